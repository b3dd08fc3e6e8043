"""Market days: reckoned twelve months ahead, confirmed or called off by the township, listed for everybody near."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from backend.core import clock
from backend.core.database import fetch, transaction
from backend.core.jobs import schedule
from backend.core.paging import Page, page, position_of
from backend.core.words import Term, say
from backend.people.actors import Actor
from backend.rosters import market_queries as queries
from backend.rosters.market_lunar import lunar_text
from backend.rosters.market_queries import RECKONED_AWAY
from backend.rosters.market_rules import Rule, horizon, market_days
from backend.rosters.market_schemas import (
    DayPlace,
    MarketDayRecord,
    ToldDay,
    ToldDays,
    ToldDaysVerdict,
    ToldVerdict,
)
from backend.rosters.stall_days import reckon_stalls_at
from backend.rosters.station_places import led_station, near_station, places_around
from backend.rosters.station_words import DayState

GONE = Term("This day has gone by.")
TOO_FAR = Term("Days are kept for twelve months ahead.")
TWICE = Term("This day is there twice.")
NO_MARKET = Term("There is no market on this day to call off.")


@schedule("rosters/market-days", "20 4 * * *")
async def reckon_markets() -> None:
    """Every place with a rule of markets or stalls, one transaction each; each month another comes into sight."""
    rows = await fetch(
        "SELECT u.id FROM people_unit u WHERE u.closed_at IS NULL AND (u.id IN (SELECT market FROM rosters_market_rule "
        "WHERE valid_to IS NULL OR valid_to >= $1) OR u.id IN (SELECT place FROM rosters_stall_rule "
        "WHERE valid_to IS NULL OR valid_to >= $1)) ORDER BY u.id",
        clock.today(),
    )
    for row in rows:
        await _reckon_one(row["id"])


@transaction
async def _reckon_one(market_id: UUID) -> None:
    await queries.lock_market(market_id)
    await reckon_market(market_id)


async def reckon_market(market_id: UUID) -> None:
    """Write the days of a market as its rules name them, and the stalls that stand there. The market is locked."""
    first, last = horizon(clock.today())
    ids, rules = await _rules(market_id)
    days = {day: ids[place] for day, place in market_days(rules, first, last).items()}
    await queries.write_reckoned(market_id, days, max(first, clock.today()), last)
    await reckon_stalls_at(market_id)


async def _rules(market_id: UUID) -> tuple[list[UUID], list[Rule]]:
    rows = await fetch(
        "SELECT id, kind, numbers, dates, short_month, held_on_new_year, valid_from, valid_to FROM rosters_market_rule "
        "WHERE market = $1 ORDER BY valid_from, set_at, id",
        market_id,
    )
    plain = [{name: value for name, value in row.items() if name != "id"} for row in rows]
    return [row["id"] for row in rows], [msgspec.convert(each, Rule) for each in plain]


@transaction
async def confirm_market_days(*, market_id: UUID, told: ToldDays, by: Actor) -> ToldDaysVerdict:
    """Say of days of a market that they are held, added ones too, or called off. Twice is once.

    by   a supervisor or administrator of the township or above

    Raises NotYourStation (403), UnitUnknown (404), NoStation (409).
    """
    place = await led_station(market_id, by=by)
    await queries.lock_market(place.id)
    problems = _judged(told.days, await _known(place.id, told.days))
    good = [day for day, problem in zip(told.days, problems, strict=True) if problem is None]
    changed = await queries.write_told(
        place.id, place.division_code, [(day.on, _state(day), day.note) for day in good], by.person_id
    )
    if changed:
        await reckon_stalls_at(place.id)
    return _verdict(told.days, problems, changed, await _known(place.id, told.days))


def _state(day: ToldDay) -> DayState:
    return DayState.CONFIRMED if day.held else DayState.CALLED_OFF


async def _known(market_id: UUID, days: Sequence[ToldDay]) -> dict[date, UUID]:
    rows = await fetch(
        f'SELECT m.id, m."on" FROM rosters_market_day m WHERE m.market = $1 AND m."on" = ANY($2) '
        f"AND NOT {RECKONED_AWAY}",
        market_id,
        [day.on for day in days],
    )
    return {row["on"]: row["id"] for row in rows}


def _judged(days: Sequence[ToldDay], known: dict[date, UUID]) -> list[Term | None]:
    first, last = clock.today(), horizon(clock.today())[1]
    seen: set[date] = set()
    problems: list[Term | None] = []
    for day in days:
        problem = None
        if day.on in seen:
            problem = TWICE
        elif day.on < first:
            problem = GONE
        elif day.on > last:
            problem = TOO_FAR
        elif not day.held and day.on not in known:
            problem = NO_MARKET
        seen.add(day.on)
        problems.append(problem)
    return problems


def _verdict(
    days: Sequence[ToldDay], problems: Sequence[Term | None], changed: set[date], known: dict[date, UUID]
) -> ToldDaysVerdict:
    rows = [
        ToldVerdict(
            index=index,
            id=known.get(day.on),
            outcome="refused" if problem else "stored" if day.on in changed else "duplicate",
            problem=say(problem) if problem else None,
        )
        for index, (day, problem) in enumerate(zip(days, problems, strict=True))
    ]
    tally = {word: sum(row.outcome == word for row in rows) for word in ("stored", "duplicate", "refused")}
    return ToldDaysVerdict(rows=rows, **tally)


async def list_market_days(
    *,
    by: Actor,
    unit_id: UUID | None = None,
    division_code: str | None = None,
    first: date | None = None,
    last: date | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[MarketDayRecord]:
    """Market days from today on, of one market, of the markets around a place, or of one's own territory.

    A village's markets are those of its township. Called-off ones are told too.
    Raises Invalid (400), UnitUnknown, DivisionUnknown (404), NoStation (409).
    """
    clause, values = await _where(unit_id, division_code, by)
    after = position_of(cursor, DayPlace) or DayPlace(date.min, UUID(int=0))
    rows = await fetch(
        f'{queries.DAY} WHERE {clause} AND NOT {RECKONED_AWAY} AND m."on" BETWEEN $1 AND $2 '
        'AND (m."on", m.id) > ($3, $4) ORDER BY m."on", m.id LIMIT $5',
        first or clock.today(),
        last or horizon(clock.today())[1],
        after.on,
        after.id,
        limit + 1,
        *values,
    )
    return page([_record(row) for row in rows], limit, lambda day: DayPlace(day.on, day.id))


async def _where(unit_id: UUID | None, division_code: str | None, by: Actor) -> tuple[str, list[Any]]:
    if unit_id is not None:
        return "m.market = $6", [(await near_station(unit_id, by=by)).id]
    return places_around(division_code, column="m.division_code", first=6, by=by)


def _record(row: asyncpg.Record) -> MarketDayRecord:
    return msgspec.convert(dict(row) | {"lunar": lunar_text(row["on"])}, MarketDayRecord)
