"""/console/notices/new: write a notice, see how many it is for, send it; an emergency asks once more."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect
from msgspec import Struct

from backend.console import notice_labels
from backend.console.pages import page
from backend.console.refused import told
from backend.core.ids import uuid7
from backend.core.refusals import DifferentArguments, Refusal
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.push import actions, campaigns
from backend.push.audiences import count_audience
from backend.push.campaign_schemas import AudienceCount
from backend.push.provider import Category
from backend.push.schemas import NewNotice
from backend.territory import queries as territory
from backend.territory.queries import DivisionFilters
from backend.territory.schemas import DivisionRecord
from backend.territory.tables import Level

SHOWN_LEVELS = (Level.PREFECTURE, Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE)
Many = list[str] | str


class NoticeForm(Struct, kw_only=True):
    """The form as a browser sends it; `id` was made with the page, so that a second tap is the same notice.

    step    the button that was tapped: look, edit, send; unfold is another: the division to open or close
    open    divisions whose villages are shown
    sure    an emergency was confirmed
    """

    id: UUID
    step: str = "edit"
    unfold: str = ""
    open: Many = []
    category: str = ""
    title_zh: str = ""
    text_zh: str = ""
    title_en: str = ""
    text_en: str = ""
    voice_zh: str = ""
    link: str = ""
    not_before: str = ""
    expires_at: str = ""
    places: Many = []
    roles: Many = []
    citizens: str = ""
    groups: str = ""
    public: str = ""
    no_links: str = ""
    exercise: str = ""
    sure: str = ""


class Node(Struct, frozen=True, kw_only=True):
    """A division in the picker. `children` is None where it is folded, `opens` says that it could be opened."""

    code: str
    name: str
    opens: bool
    children: list["Node"] | None


class _Missing(Refusal):
    status, code, title = 400, "console/notice-missing", "Something is missing"


@get("/notices/new", include_in_schema=False)
async def show_new(by: SignedIn) -> Response[str]:
    """An empty form."""
    by.must_have(*campaigns.SENDERS)
    return await _form(by, NoticeForm(id=uuid7(), category=Category.SERVICE, public="yes"))


@post("/notices/new", include_in_schema=False, status_code=200)
async def write(
    by: SignedIn, data: Annotated[NoticeForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Response[Any]:
    """Whatever button was tapped; what cannot be sent is said above the form, with all that was written."""
    by.must_have(*campaigns.SENDERS)
    if data.unfold:
        return await _form(by, _unfolded(data))
    if data.step not in ("look", "send"):
        return await _form(by, data)
    try:
        return await _look_or_send(by, data)
    except DifferentArguments as refusal:
        return await _form(by, msgspec.structs.replace(data, id=uuid7()), problem=refusal)
    except Refusal as refusal:
        return await _form(by, data, problem=refusal)


async def _look_or_send(by: Actor, form: NoticeForm) -> Response[Any]:
    new = _notice(form)
    actions.check_words(campaigns.words_of(new), link=new.link, no_links=new.no_links, exercise=new.exercise)
    count = await count_audience(new=new, by=by)
    asks = new.category is Category.EMERGENCY
    if form.step == "look" or (asks and not form.sure):
        return _preview(by, form, new, count, asks=asks and form.step == "send")
    await campaigns.send_notice(id=form.id, new=new, by=by)
    return Redirect(f"/console/notices/{form.id}?did=sent", status_code=303)


def _preview(by: Actor, form: NoticeForm, new: NewNotice, count: AudienceCount, *, asks: bool) -> Response[str]:
    fields = {name: _many(value) for name, value in msgspec.structs.asdict(form).items() if name not in _BUTTONS}
    return page(
        "notices/look.html", by=by, says=notice_labels, new=new, count=count, asks=asks, fields=fields, form=form
    )


_BUTTONS = ("step", "unfold", "sure")


async def _form(by: Actor, form: NoticeForm, problem: Refusal | None = None) -> Response[str]:
    return page(
        "notices/new.html",
        status=problem.status if problem else 200,
        by=by,
        says=notice_labels,
        form=form,
        chosen={name: _many(getattr(form, name)) for name in ("places", "roles", "open")},
        tree=await _tree(by, form),
        problem=problem and told(problem),
    )


def _notice(form: NoticeForm) -> NewNotice:
    """What the form asks for. Raises _Missing (400)."""
    for missing, words in (
        (not form.category, "Choose what kind of notice it is."),
        (not form.title_zh.strip(), "Write a title."),
        (not form.text_zh.strip(), "Write what is to be told."),
        (not form.places, "Choose at least one place."),
    ):
        if missing:
            raise _Missing(words)
    given = {
        name: getattr(form, name).replace("\r\n", "\n").strip()
        for name in ("title_zh", "text_zh", "title_en", "text_en", "voice_zh")
    } | {
        "category": form.category,
        "division_codes": _many(form.places),
        "roles": _many(form.roles),
        "link": form.link.strip() or None,
        "not_before": _moment(form.not_before),
        "expires_at": _moment(form.expires_at),
    }
    ticks = {name: bool(getattr(form, name)) for name in ("citizens", "groups", "public", "no_links", "exercise")}
    try:
        return msgspec.convert(given | ticks, NewNotice)
    except msgspec.ValidationError as error:
        raise _Missing("One field cannot be read: {what}", what=str(error)) from error


def _moment(text: str) -> str | None:
    """A browser's wall clock, as Shandong's."""
    return f"{text}:00+08:00" if len(text) == 16 else text or None


def _many(value: Any) -> list[str]:
    """A form sends one tick as a text, several as a list."""
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


def _unfolded(form: NoticeForm) -> NoticeForm:
    opened = set(_many(form.open)) ^ {form.unfold}
    return msgspec.structs.replace(form, open=sorted(opened))


async def _tree(by: Actor, form: NoticeForm) -> list[Node]:
    """What he may choose from: the places of his roles, opened as far as he opened them or chose below."""
    held = {each.division_code for each in by.held if each.role in campaigns.SENDERS}
    above = {place[:n].ljust(12, "0") for place in _many(form.places) for n in (4, 6, 9)} - set(_many(form.places))
    opened = set(_many(form.open)) | above | held
    tops = [await territory.division(code=code) for code in sorted(held)]
    return [await _node(division, opened) for division in tops]


async def _node(division: DivisionRecord, opened: set[str]) -> Node:
    opens, children = division.level not in (Level.VILLAGE, Level.COMMUNITY, Level.CELL), None
    if opens and division.code in opened:
        found = await territory.list_divisions(filters=DivisionFilters(parent_code=division.code), limit=400)
        children = [await _node(each, opened) for each in found if each.level in SHOWN_LEVELS]
    name = notice_labels.place(division.name)
    return Node(code=division.code, name=name, opens=opens, children=children)


HANDLERS = (show_new, write)
