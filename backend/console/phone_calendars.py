"""/console/calendar: one's own addresses for the calendar in a phone, each shown once, with how to put it there."""

from typing import Any
from uuid import UUID

import segno
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from markupsafe import Markup

from backend.console import labels
from backend.console.form_refusals import Tried, fitting, tried
from backend.console.pages import page
from backend.console.typed import Typed, identity, typed
from backend.core.addresses import base_url
from backend.core.ids import uuid7
from backend.core.refusals import Refusal
from backend.core.words import Term, say
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.rosters import calendar_feeds
from backend.rosters.calendar_schemas import NewPhoneCalendar, PhoneCalendarRecord
from backend.rosters.station_words import CalendarKind
from backend.territory import queries as territory
from backend.territory.queries import DivisionFilters
from backend.territory.rules import PREFIX_DIGITS, prefix_of
from backend.territory.tables import Level

HERE = "/console/calendar"
KINDS = {
    CalendarKind.SHIFTS: Term("My duty shifts"),
    CalendarKind.MARKETS: Term("Market days"),
    CalendarKind.STALLS: Term("Deputies' days"),
}
OF_A_PLACE = (CalendarKind.MARKETS, CalendarKind.STALLS)
WRONG = {"kind": Term("Choose which days."), "division_code": Term("Choose a place from the list.")}


@get("/calendar", include_in_schema=False)
async def show_calendars(by: SignedIn, did: FromQuery[str] = "") -> Response[str]:
    """What he follows, how to follow more."""
    return await _page(by, revoked=did == "revoked")


@post("/calendar", include_in_schema=False, status_code=200)
async def make_calendar(by: SignedIn, request: Request[Any, Any, Any]) -> Response[str]:
    """Make one, and show its address on this answer alone. The same form again shows the same one again."""
    form = await typed(request)
    try:
        given = {"kind": form.get("kind"), "division_code": form.get("place") or None}
        made = await calendar_feeds.issue_calendar(
            id=identity(form.get("id")),
            new=fitting(NewPhoneCalendar, given, wrong=WRONG),
            by=by,
            base_url=base_url(request),
        )
    except Refusal as refusal:
        return await _page(by, form, refused=tried(refusal, names={"division_code": "place"}))
    return await _page(by, made=made.record)


@post("/calendar/{calendar_id:uuid}/revocation", include_in_schema=False, status_code=303)
async def revoke_calendar(by: SignedIn, calendar_id: FromPath[UUID]) -> Redirect:
    """Its address opens nothing any more. Raises CalendarFeedUnknown (404)."""
    await calendar_feeds.revoke_calendar(calendar_id=calendar_id, by=by)
    return Redirect(f"{HERE}?did=revoked", status_code=303)


async def _page(
    by: Actor,
    form: Typed | None = None,
    *,
    refused: Tried | None = None,
    made: PhoneCalendarRecord | None = None,
    revoked: bool = False,
) -> Response[str]:
    return page(
        "phone_calendars/calendars.html",
        status=refused.status if refused else 200,
        by=by,
        form=form or Typed(),
        tried=refused,
        made=made,
        qr=_qr(made.webcal) if made and made.webcal else None,
        revoked=revoked,
        calendars=await calendar_feeds.list_calendars(by=by),
        called=_called,
        kinds=[(kind.value, say(KINDS[kind])) for kind in OF_A_PLACE],
        choices=await _places(by),
        own=_township(by),
        ids=(uuid7(), uuid7()),
    )


def _called(one: PhoneCalendarRecord) -> str:
    name = say(KINDS[one.kind])
    return f"{name} · {labels.place(one.division_name)}" if one.division_name else name


async def _places(by: Actor) -> list[tuple[str, str]]:
    """The county and townships around each of his places: whoever serves a village goes to its markets too."""
    found: dict[str, str] = {}
    for county in {_around(held.division_code, Level.COUNTY) for held in by.held}:
        for level in (Level.COUNTY, Level.TOWNSHIP):
            filters = DivisionFilters(under=county, level=level)
            listed = await territory.list_divisions(filters=filters, limit=400)
            found |= {one.code: labels.place(one.name) for one in listed}
    return sorted(found.items())


def _township(by: Actor) -> str:
    """What is chosen unless he chooses: the township of his first place, or that place where it is larger."""
    return _around(by.held[0].division_code, Level.TOWNSHIP) if by.held else ""


def _around(division_code: str, level: Level) -> str:
    return prefix_of(division_code)[: PREFIX_DIGITS[level]].ljust(12, "0")


def _qr(address: str) -> Markup:
    """For a phone's camera in front of a desk's screen."""
    code = segno.make(address, error="m", micro=False)
    return Markup(code.svg_inline(omitsize=True, border=3, dark="#000", light="#fff", svgclass="qr", lineclass=None))  # noqa: S704 - ours


router = Router(path="/console", route_handlers=[show_calendars, make_calendar, revoke_calendar])
