"""Puts the demo's stations in: their hours, who serves which grid, three markets a year ahead, stalls announced."""

from collections.abc import Mapping
from datetime import date, timedelta

from backend.core import clock
from backend.core.database import fetch, fetch_row
from backend.people.actions import open_unit
from backend.people.actors import Actor
from backend.people.station_codes import make_station_code
from backend.people.tables import Role
from backend.push import outlets
from backend.push.planning import plan
from backend.rosters.grid_service_schemas import NewGridService
from backend.rosters.grid_services import assign_grid_service
from backend.rosters.market_days import confirm_market_days, list_market_days
from backend.rosters.market_schemas import NewMarketRule, ToldDay, ToldDays
from backend.rosters.market_setting import set_market_rule
from backend.rosters.stall_announcing import announce_stalls
from backend.rosters.stall_days import confirm_stall_day, list_stall_days
from backend.rosters.stall_schemas import NewStallRule, ToldStall
from backend.rosters.stall_setting import set_stall_rule
from backend.rosters.station_hours import set_station_hours
from backend.rosters.station_hours_schemas import NewStationHours, StationOpening
from backend.rosters.station_words import StallRuleKind
from seed import made_id
from seed.cast import LIANGCUN, Member, holder
from seed.notices import WAYS
from seed.station_words import (
    ANNOUNCED_DAYS_BEFORE,
    HOURS,
    KIND,
    MARKET_RULES,
    NOT_HELD,
    SERVICES,
    SOURCE,
    STALL_HOURS,
    STATION_HOURS,
    STATIONS,
    Market,
    home,
)

Cast = Mapping[Member, Actor]
STATION = made_id(f"unit/market/{LIANGCUN}")
"""The one that demo.json names: it has hours, a market, stalls."""
WEEKS_SERVED = 9


async def is_there() -> bool:
    """Whether they are in: a demo that was planted before there were any gets them at its next start."""
    return await fetch_row("SELECT FROM rosters_market_rule WHERE market = $1 LIMIT 1", STATION) is not None


async def open_stations(cast: Cast) -> None:
    """As of today. Told once: what is in stays as it became."""
    if await is_there():
        return
    supervisor = cast[holder(Role.SUPERVISOR)]
    for unit in STATIONS:
        parent = made_id(f"unit/{unit.parent}") if unit.parent else None
        await open_unit(
            id=unit.id,
            name=unit.name,
            kind=unit.kind,
            division_code=unit.division_code,
            parent_id=parent,
            public_phone=unit.public_phone,
        )
        await make_station_code(unit_id=unit.id, id=made_id(f"station code/{unit.key}"), by=supervisor)
    for key, week in HOURS.items():
        hours = [StationOpening(weekday=day, opens=opens, closes=closes) for day, opens, closes in week]
        new = NewStationHours(valid_from=clock.today(), hours=hours)
        await set_station_hours(unit_id=made_id(f"unit/{key}"), new=new, by=supervisor)
    await _services(supervisor)
    for market in MARKET_RULES:
        await _market(market, supervisor)
    await _announce(supervisor)


async def _services(by: Actor) -> None:
    since = clock.today() - timedelta(weeks=WEEKS_SERVED)
    for each in SERVICES:
        new = NewGridService(
            person_id=each.who.id,
            office=each.office,
            division_code=each.division_code,
            station_id=made_id(f"unit/{each.station}"),
            valid_from=since,
        )
        await assign_grid_service(
            id=made_id(f"serves/{each.who.phone}/{each.office}/{each.division_code}"), new=new, by=by
        )


async def _market(market: Market, by: Actor) -> None:
    """Its days for twelve months, the next month's confirmed; of 梁村 one is called off."""
    market_id, first = made_id(f"unit/{market.key}"), clock.today().replace(day=1)
    new = NewMarketRule(
        kind=KIND, numbers=list(market.digits), short_month=market.short_month, valid_from=first, source=SOURCE
    )
    await set_market_rule(id=made_id(f"market rule/{market.code}"), market_id=market_id, new=new, by=by)
    begins, ends = _next_month(clock.today())
    found = await list_market_days(by=by, unit_id=market_id, first=begins, last=ends)
    off = found.items[-1].on if market.code == LIANGCUN else None
    days = [ToldDay(on=day.on, held=day.on != off, note=NOT_HELD if day.on == off else None) for day in found.items]
    await confirm_market_days(market_id=market_id, told=ToldDays(days=days), by=by)
    await _stalls(market, first, by)


async def _stalls(market: Market, first: date, by: Actor) -> None:
    """At the first market of odd months, and at the deputies' home in even ones."""
    for kind, key, (opens, closes), day in (
        (StallRuleKind.ODD_MARKET, market.key, STALL_HOURS, None),
        (StallRuleKind.EVEN_STATION, home(market.code), STATION_HOURS, market.station_day),
    ):
        new = NewStallRule(
            kind=kind,
            division_code=market.code,
            opens=opens,
            closes=closes,
            valid_from=first,
            source=SOURCE,
            announce_days_before=ANNOUNCED_DAYS_BEFORE if market.announced else 3,
            day_of_month=day,
        )
        await set_stall_rule(
            id=made_id(f"stall rule/{kind}/{market.code}"), place_id=made_id(f"unit/{key}"), new=new, by=by
        )


async def _announce(by: Actor) -> None:
    """The next ones of two townships are confirmed and announced; like all notices of the demo they stay in it."""
    until = clock.today() + timedelta(days=2 * ANNOUNCED_DAYS_BEFORE)
    for market in MARKET_RULES:
        if market.announced:
            found = await list_stall_days(by=by, division_code=market.code, first=clock.today(), last=until)
            for day in found.items:
                await confirm_stall_day(stall_id=day.id, told=ToldStall(held=True), by=by)
    with outlets.in_their_place(WAYS):
        await announce_stalls()
        for row in await fetch("SELECT notice_id FROM rosters_stall_day WHERE notice_id IS NOT NULL"):
            await plan(row["notice_id"])


def _next_month(today: date) -> tuple[date, date]:
    """Its first and last day.

    >>> _next_month(date(2026, 11, 22))
    (datetime.date(2026, 12, 1), datetime.date(2026, 12, 31))
    """
    first = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
