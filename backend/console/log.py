"""/console/log: a cadre's own page. With scripts it works without signal; without scripts it is forms."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromQuery
from litestar.response import Redirect
from msgspec import Struct

from backend.console import labels
from backend.console.pages import page
from backend.console.refused import told
from backend.console.shown import topic_name
from backend.core import clock
from backend.core.ids import uuid7
from backend.core.logs import request_id
from backend.core.refusals import Refusal
from backend.core.settings import settings
from backend.core.words import say
from backend.media import actions as media
from backend.media.receiving import Door
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.people.household_queries import household_record, visible_household
from backend.visits import actions, campaigns, needs
from backend.visits import households as served
from backend.visits.reference import Reference, reference
from backend.visits.schemas import NewNeed, NewVisit, NewVisitPhoto
from backend.visits.tables import Channel
from backend.visits.unanswered import FlaggedVisit, flags_to_answer

OPENED_NEEDS = 10


class ContactForm(Struct, kw_only=True):
    """One contact as the form without scripts sends it."""

    id: UUID
    household_id: UUID
    channel: Channel
    topics: list[str] | str = []
    note: str = ""
    photo: UploadFile | None = None
    need_category: str = ""
    need: str = ""
    campaign_code: str = ""
    companions: str = ""
    occurred_at: str = ""


@get("/log", include_in_schema=False)
async def show_log(by: SignedIn, saved: FromQuery[bool] = False) -> Response[str]:
    """My households, what waits for my word, and what became of the needs I handed up."""
    words = await reference()
    return page(
        "log/list.html",
        by=by,
        saved=saved,
        households=(await served.my_households(by=by, request_id=request_id.get())).households,
        flags=[_flagged(visit) for visit in await flags_to_answer(by=by)],
        needs=[_need(need, words) for need in (await needs.my_needs(by=by, limit=OPENED_NEEDS)).items],
        words=_script_words(),
        **await _form_context(by, words, Channel.VISIT),
    )


@get("/log/new", include_in_schema=False)
async def show_new(
    by: SignedIn, household: FromQuery[UUID], channel: FromQuery[Channel] = Channel.VISIT
) -> Response[str]:
    """The form for one contact, for browsers without scripts."""
    return await _new(by, household, channel)


@post("/log", include_in_schema=False, status_code=200, request_max_body_size=None)
async def log_contact(
    by: SignedIn, data: Annotated[ContactForm, Body(media_type=RequestEncodingType.MULTI_PART)]
) -> Response[Any]:
    """The contact is on disk, and back to the list; or the form again with the reason."""
    try:
        photos = await _photos(data, by)
        await actions.record_visit(new=_visit(data, photos), by=by, door="page")
    except Refusal as refusal:
        return await _new(by, data.household_id, data.channel, problem=told(refusal))
    return Redirect("/console/log?saved=true", status_code=303)


async def _new(by: Actor, household_id: UUID, channel: Channel, problem: str | None = None) -> Response[str]:
    household = household_record(await visible_household(household_id=household_id, by=by))
    context = await _form_context(by, await reference(), channel)
    title = f"{household.code} · {labels.place(household.division_name)}"
    return page("log/new.html", by=by, id=uuid7(), household_id=household_id, title=title, problem=problem, **context)


async def _form_context(by: Actor, words: Reference, channel: Channel) -> dict[str, Any]:
    return {
        "channels": labels.channels(),
        "channel": channel.value,
        "topics": [
            {"code": topic.code, "name": labels.topic(topic.name_zh, topic.name_en)}
            for topic in sorted(words.topics.values(), key=lambda topic: _CATEGORY_ORDER.get(topic.code, 99))
            if topic.parent_code is None
        ],
        "campaigns": await campaigns.running(by=by),
    }


_CATEGORY_ORDER = {
    code: place
    for place, code in enumerate(
        ("livelihood_security", "employment", "production", "planning_construction", "justice_rights", "other")
    )
}


async def _photos(data: ContactForm, by: Actor) -> list[NewVisitPhoto]:
    if data.photo is None or not (content := await data.photo.read(settings().photo_max_bytes + 1)):
        return []
    kept = await media.keep_photo(
        content=content, file_name=data.photo.filename, uploaded_by=by.person_id, door=Door.PAGE
    )
    return [NewVisitPhoto(photo_id=kept.id)]


def _visit(data: ContactForm, photos: list[NewVisitPhoto]) -> NewVisit:
    need = data.need.strip()
    return NewVisit(
        id=data.id,
        channel=data.channel,
        occurred_at=_moment(data.occurred_at),
        household_id=data.household_id,
        topics=[data.topics] if isinstance(data.topics, str) else data.topics,
        note=data.note.strip() or None,
        companions=[name for name in data.companions.replace("、", ",").replace("，", ",").split(",") if name.strip()],
        needs=[NewNeed(category=data.need_category or "other", description=need)] if need else [],
        photos=photos,
        campaign_code=data.campaign_code or None,
    )


def _moment(text: str) -> datetime:
    """What the browser's field says is a wall clock in Shandong; empty is now."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=clock.SHANGHAI) if text else clock.now()
    except ValueError as error:
        raise _DayUnreadable("{text} is not a day and time.", text=text) from error


class _DayUnreadable(Refusal):
    status, code, title = 400, "console/day-unreadable", "The day cannot be read"


def _flagged(visit: FlaggedVisit) -> dict[str, Any]:
    kinds = "、".join(labels.flag(kind) for kind in visit.kinds)
    return {"id": visit.id, "occurred_at": visit.occurred_at, "kinds": kinds}


def _need(need: Any, words: Reference) -> dict[str, Any]:
    state, tone = labels.need_state(need.state)
    remark = need.last_step.remark if need.last_step else None
    return {
        "visit_id": need.visit_id,
        "description": f"{topic_name(need.category, words)}：{need.description}",
        "state_name": state,
        "tone": tone,
        "state_since": need.state_since,
        "last_remark": remark,
    }


def _script_words() -> dict[str, Any]:
    """What the page's script says."""
    said = {
        "m": "m",
        "km": "km",
        "today": "contacted today",
        "waiting": "waiting:",
        "all_sent": "all sent",
        "offline": "no signal",
        "photo": "photo",
        "discard": "Discard",
        "discard_sure": "Discard this contact? It is on this phone only.",
        "sign_in": "Sign in to send",
        "other_person": "Somebody else is signed in here; these contacts wait for their author.",
    }
    return {name: say(text) for name, text in said.items()} | {"channels": dict(labels.channels())}


router = Router(path="/console", route_handlers=[show_log, show_new, log_contact])
