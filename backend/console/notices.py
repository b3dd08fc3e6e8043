"""/console/notices: what was told to me; for those who tell others, how far their notices have come."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, QueryParameter
from litestar.response import Redirect
from msgspec import Struct

from backend.console import notice_labels, notice_writing
from backend.console.pages import page
from backend.console.refused import told
from backend.core import clock
from backend.core.refusals import Refusal
from backend.core.words import say
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.push import actions, campaigns, inbox
from backend.push.campaign_schemas import CampaignProgress, CampaignSummary
from backend.push.schemas import InboxNotice, NoticeRecord
from backend.push.unreached import list_unreached
from backend.territory import queries as territory

SHOWN = 30
CAMPAIGNS = 20
PLACES_NAMED = 12
SAID = {
    "acknowledged": "Noted: you know of it.",
    "sent": "It is on its way. This page counts along.",
    "pause": "Paused. Nothing more is handed over until you go on.",
    "resume": "Going on.",
    "cancellation": "Called off. What went out stays out.",
}
TURNS: dict[str, Callable[..., Awaitable[NoticeRecord]]] = {
    "pause": campaigns.pause_campaign,
    "resume": campaigns.resume_campaign,
    "cancellation": campaigns.cancel_campaign,
}


class BackForm(Struct, kw_only=True):
    """Where the button was tapped: back there."""

    back: str = ""


Back = Annotated[BackForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
Did = Annotated[str, QueryParameter(max_length=20)]
After = Annotated[str, QueryParameter(max_length=400)]


@get("/notices", include_in_schema=False)
async def show_notices(by: SignedIn, did: Did = "", after: After = "", older: After = "") -> Response[str]:
    """`after` pages through the inbox, `older` through campaigns."""
    return await _page(by, did=did, after=after, older=older)


@get("/notices/inbox", include_in_schema=False)
async def show_inbox(by: SignedIn) -> Response[str]:
    """The inbox alone, for the page's script when news have come."""
    return page("notices/_inbox.html", by=by, says=notice_labels, **await _inbox(by, ""))


@get("/notices/campaigns", include_in_schema=False)
async def show_campaigns(by: SignedIn) -> Response[str]:
    """The campaigns alone, for the page's script."""
    return page("notices/_campaigns.html", by=by, says=notice_labels, **await _campaigns(by, ""))


@get("/notices/{notice_id:uuid}", include_in_schema=False)
async def show_campaign(by: SignedIn, notice_id: FromPath[UUID], did: Did = "") -> Response[str]:
    """One campaign: its words, whom it is for, how far it came, who was not reached."""
    return await _campaign_page(by, notice_id, did=did)


@get("/notices/{notice_id:uuid}/counts", include_in_schema=False)
async def show_counts(by: SignedIn, notice_id: FromPath[UUID]) -> Response[str]:
    """Its counts alone, for the page's script."""
    one = await campaigns.campaign_progress(notice_id=notice_id, by=by)
    return page("notices/_counts.html", by=by, says=notice_labels, one=one, turns=_may_turn(by))


@post("/notices/{notice_id:uuid}/acknowledgement", include_in_schema=False, status_code=200)
async def acknowledge(by: SignedIn, notice_id: FromPath[UUID], data: Back) -> Response[Any]:
    """知道了."""
    await actions.acknowledge_notice(notice_id=notice_id, by=by)
    back = "/console/today" if data.back == "today" else "/console/notices?did=acknowledged"
    return Redirect(back, status_code=303)


@post("/notices/{notice_id:uuid}/{turn:str}", include_in_schema=False, status_code=200)
async def turn_campaign(by: SignedIn, notice_id: FromPath[UUID], turn: FromPath[str], data: Back) -> Response[Any]:
    """暂停, 继续, 取消."""
    if turn not in TURNS:
        raise NoSuchStep
    one = f"/{notice_id}" if data.back == "one" else ""
    try:
        await TURNS[turn](notice_id=notice_id, by=by)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        problem = told(refusal)
        return await (_campaign_page(by, notice_id, problem=problem) if one else _page(by, problem=problem))
    return Redirect(f"/console/notices{one}?did={turn}", status_code=303)


class NoSuchStep(Refusal):
    """An address nobody of ours leads to."""

    status, code, title = 404, "console/no-such-step", "There is no such page"


async def _page(
    by: Actor, *, did: str = "", after: str = "", older: str = "", problem: str | None = None
) -> Response[str]:
    return page(
        "notices/notices.html",
        status=409 if problem else 200,
        by=by,
        says=notice_labels,
        told=say(SAID[did]) if did in SAID else None,
        problem=problem,
        reads=by.has(*campaigns.READERS),
        **await _inbox(by, after),
        **await _campaigns(by, older),
    )


async def _inbox(by: Actor, after: str) -> dict[str, Any]:
    """Emergencies that nobody answered first; the rest stays unread first, then the newest."""
    found, now = await inbox.list_notices(by=by, limit=SHOWN, cursor=after or None), clock.now()
    rows = sorted(found.items, key=lambda notice: not notice_labels.urgent(notice, now))
    return {"notices": rows, "unread": _unread(rows), "moment": now, "next_page": found.next_cursor}


def _unread(rows: list[InboxNotice]) -> int:
    return sum(notice.seen_at is None for notice in rows)


async def _campaigns(by: Actor, older: str) -> dict[str, Any]:
    """Those that go on with all their counts, those that are over with a bar."""
    if not by.has(*campaigns.READERS):
        return {"going_on": [], "over": [], "older": None, "turns": False}
    found = await campaigns.list_campaigns(by=by, limit=CAMPAIGNS, cursor=older or None)
    over = [each for each in found.items if each.notice.campaign_state in campaigns.OVER]
    ids = [each.notice.id for each in found.items if each not in over]
    going_on = [await campaigns.campaign_progress(notice_id=id, by=by) for id in ids]
    return {"going_on": going_on, "over": over, "older": found.next_cursor, "turns": _may_turn(by)}


def _may_turn(by: Actor) -> bool:
    return by.has(*campaigns.SENDERS)


async def _campaign_page(by: Actor, notice_id: UUID, did: str = "", problem: str | None = None) -> Response[str]:
    one = await campaigns.campaign_progress(notice_id=notice_id, by=by)
    return page(
        "notices/campaign.html",
        status=409 if problem else 200,
        by=by,
        says=notice_labels,
        one=one,
        turns=_may_turn(by),
        told=say(SAID[did]) if did in SAID else None,
        problem=problem,
        places=await _places(one),
        unreached=await list_unreached(notice_id=notice_id, by=by),
    )


async def _places(one: CampaignProgress | CampaignSummary) -> list[str]:
    """The names of the places it is for, as far as one reads them."""
    codes = [prefix.ljust(12, "0") for prefix in one.notice.audience.prefixes[:PLACES_NAMED]]
    return [notice_labels.place((await territory.division(code=code)).name) for code in codes]


ON_TODAY_ALREADY = frozenset({"antifraud"})
"""Rooms whose own part of the front page shows what rang, with the tap that takes it."""


async def part_of_today(by: Actor) -> dict[str, Any]:
    """For the front page: emergencies to answer, and how many notices are unread."""
    found = await _inbox(by, "")
    ringing = [notice for notice in found["notices"] if notice.origin_room not in ON_TODAY_ALREADY]
    urgent = [notice for notice in ringing if notice_labels.urgent(notice, found["moment"])]
    return {"says": notice_labels, "urgent": urgent, "unread": found["unread"], "more": found["unread"] == SHOWN}


PART_OF_TODAY = ("notices/_today.html", part_of_today)

router = Router(
    path="/console",
    route_handlers=[
        *(show_notices, show_inbox, show_campaigns, show_campaign, show_counts, acknowledge, turn_campaign),
        *notice_writing.HANDLERS,
    ],
)
