"""/console/map: visits on a map and in a table, by place, day, channel and flag."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Response, Router, get
from litestar.params import QueryParameter
from msgspec import Struct

from backend.console import labels
from backend.console.pages import page
from backend.console.shown import VisitShown, shown_visits
from backend.core import clock
from backend.core.paging import Page, Position, position
from backend.core.paging import page as paged
from backend.core.settings import settings
from backend.core.words import say
from backend.people.actors import Actor, visible_to
from backend.people.guards import SignedIn
from backend.territory import queries as territory
from backend.territory.coordinates import Crs, from_wgs84
from backend.territory.queries import DivisionFilters
from backend.territory.tables import Level
from backend.visits import queries as visits
from backend.visits.schemas import VisitFilters, VisitRecord
from backend.visits.tables import Channel, FlagKind

ROWS = 200
"""Rows on one page: what a person can look through, and what keeps the page under 100 KB on the line."""


class Chosen(Struct, frozen=True):
    """What the filter form says; empty fields are None."""

    division: str | None
    from_: date | None
    to: date | None
    channel: Channel | None
    flag: FlagKind | None


@get("/map", include_in_schema=False)
async def show_map(
    by: SignedIn,
    division: Annotated[str, QueryParameter()] = "",
    from_: Annotated[str, QueryParameter(name="from")] = "",
    to: Annotated[str, QueryParameter()] = "",
    channel: Annotated[str, QueryParameter()] = "",
    flag: Annotated[str, QueryParameter()] = "",
    after: Annotated[str, QueryParameter()] = "",
) -> Response[str]:
    """The newest visits that fit; a filter that cannot be read is said, not obeyed."""
    try:
        chosen = _chosen(division, from_, to, channel, flag)
    except ValueError as error:
        return await _page(by, Chosen(None, None, None, None, None), "", problem=str(error))
    return await _page(by, chosen, after)


def _chosen(division: str, from_: str, to: str, channel: str, flag: str) -> Chosen:
    return Chosen(
        division=division or None,
        from_=date.fromisoformat(from_) if from_ else None,
        to=date.fromisoformat(to) if to else None,
        channel=Channel(channel) if channel else None,
        flag=FlagKind(flag) if flag else None,
    )


async def _page(by: Actor, chosen: Chosen, after: str, problem: str | None = None) -> Response[str]:
    rows = await visits.list_visits(
        scope=visible_to(by), filters=_filters(chosen), limit=ROWS, after=position(after or None)
    )
    records = paged(rows, ROWS, lambda visit: Position(visit.occurred_at, visit.id))
    shown = await shown_visits(records.items, by=by)
    return page(
        "map/map.html",
        by=by,
        chosen=chosen,
        divisions=await _divisions(by, chosen.division),
        channels=labels.channels(),
        flags=labels.flags(),
        visits=shown,
        located=sum(visit.point is not None for visit in shown),
        points=[_point(visit) for visit in shown if visit.point is not None],
        next_page=_next_page(chosen, records),
        place=", ".join(sorted({labels.place(held.division_name) for held in by.held})),
        tiles={"url": settings().tiles_url, "attribution": settings().tiles_attribution},
        words={"open": say("Open")},
        problem=problem and say("This filter cannot be read: {what}", what=problem),
    )


def _filters(chosen: Chosen) -> VisitFilters:
    return VisitFilters(
        division_code=chosen.division,
        occurred_from=_midnight(chosen.from_),
        occurred_to=_midnight(chosen.to and chosen.to + timedelta(days=1)),
        flag=chosen.flag,
        channel=chosen.channel,
    )


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), clock.SHANGHAI) if day else None


def _next_page(chosen: Chosen, records: Page[VisitRecord]) -> str | None:
    if not records.next_cursor:
        return None
    fields = {
        "division": chosen.division,
        "from": chosen.from_,
        "to": chosen.to,
        "channel": chosen.channel,
        "flag": chosen.flag,
    }
    return "/console/map?" + urlencode({**{k: v for k, v in fields.items() if v}, "after": records.next_cursor})


def _point(visit: VisitShown) -> dict[str, Any]:
    """A visit as the map's script takes it, in the coordinates of the tiles."""
    assert visit.point is not None  # noqa: S101 - the caller asked
    longitude, latitude = from_wgs84(visit.point.longitude, visit.point.latitude, Crs(settings().tiles_crs))
    when = clock.local(visit.occurred_at).strftime("%m-%d %H:%M")
    label = f"{when} {visit.channel_name} {visit.place} {visit.recorded_by_name}"
    return {
        "id": str(visit.id),
        "longitude": longitude,
        "latitude": latitude,
        "place": visit.place.split(" · ")[0],
        "label": label,
        "flags": visit.flag_names,
    }


async def _divisions(by: Actor, chosen: str | None) -> list[dict[str, str]]:
    """What he can choose from: his own divisions, their townships, and the villages of the township chosen."""
    filters = [DivisionFilters(under=held.division_code, level=level) for held in by.held for level in _CHOICES]
    if chosen:
        filters.append(DivisionFilters(parent_code=chosen[:9].ljust(12, "0"), level=Level.VILLAGE))
    found = {
        division.code: {"code": division.code, "label": _indented(division.level, division.name)}
        for choice in filters
        for division in await territory.list_divisions(filters=choice, limit=400)
    }
    return sorted(found.values(), key=lambda division: division["code"])


_CHOICES = (Level.COUNTY, Level.TOWNSHIP)


def _indented(level: Level, name: str) -> str:
    return {Level.TOWNSHIP: "　", Level.VILLAGE: "　　"}.get(level, "") + labels.place(name)


router = Router(path="/console", route_handlers=[show_map])
