"""Stall days: reckoned from their rules and the market's days, confirmed by the township, listed for everybody near."""

from datetime import date
from uuid import UUID

import asyncpg
import msgspec

from backend.core import clock
from backend.core.database import fetch, fetch_row, transaction
from backend.core.paging import Page, page, position_of
from backend.core.refusals import FieldError, Invalid
from backend.people.actors import Actor
from backend.rosters import stall_queries as queries
from backend.rosters.market_queries import held_days, lock_market
from backend.rosters.market_rules import first_of_months, horizon
from backend.rosters.market_schemas import DayPlace
from backend.rosters.stall_asking import settle_asked
from backend.rosters.stall_rules import stall_days
from backend.rosters.stall_schemas import StallDayRecord, ToldStall
from backend.rosters.station_hours_rules import clock_text
from backend.rosters.station_places import must_lead, near, places_around
from backend.rosters.station_refusals import NoMarketThen, StallOver, StallUnknown
from backend.rosters.station_words import DayState, StallRuleKind
from backend.territory.rules import prefix_of


async def reckon_stalls_at(place_id: UUID) -> None:
    """Write the stalls of every rule at a place, after its market's days or the rules have changed. It is locked."""
    first, last = horizon(clock.today())
    markets = await held_days(place_id, first, last)
    rows = await fetch(
        "SELECT id, kind, day_of_month, valid_from, valid_to FROM rosters_stall_rule WHERE place = $1", place_id
    )
    for row in rows:
        await _reckon(row, markets, last)


async def _reckon(rule: asyncpg.Record, markets: list[date], last: date) -> None:
    kind = StallRuleKind(rule["kind"])
    days = stall_days(kind, months=first_of_months(clock.today()), markets=markets, day_of_month=rule["day_of_month"])
    ends = rule["valid_to"] or date.max
    holding = {month: on for month, on in days.items() if rule["valid_from"] <= on <= ends}
    held = markets if kind is StallRuleKind.ODD_MARKET else None
    await queries.write_reckoned(rule["id"], holding, held, last=last)


@transaction
async def confirm_stall_day(*, stall_id: UUID, told: ToldStall, by: Actor) -> StallDayRecord:
    """Say that a stall is held, perhaps on another day, or called off. Twice is once.

    by   a supervisor or administrator of the place it stands in

    Raises Invalid (400), NotYourStation (403), StallUnknown (404), StallOver, NoMarketThen (409).
    """
    row = await _known(stall_id, by)
    must_lead(row["division_code"], by=by)
    await lock_market(row["place_id"])
    row = await _known(stall_id, by)
    on = (told.on if told.held else None) or row["on"]
    state = DayState.CONFIRMED if told.held else DayState.CALLED_OFF
    if (on, state, told.note) != (row["on"], row["state"], row["note"]):
        await _check(row, on, held=told.held)
    if await queries.say(stall_id, on=on, state=state, note=told.note, by=by.person_id):
        await settle_asked(stall_id, row["on"])
    return stall_record(await fetch_row(f"{queries.DAY} WHERE s.id = $1", stall_id))


async def _known(stall_id: UUID, by: Actor) -> asyncpg.Record:
    row = await fetch_row(f"{queries.DAY} WHERE s.id = $1", stall_id)
    if row is None or not near(prefix_of(row["division_code"]), by=by):
        raise StallUnknown("There is no stall {id}.", id=stall_id)
    return row


async def _check(row: asyncpg.Record, on: date, *, held: bool) -> None:
    if min(row["on"], on) < clock.today():
        raise StallOver("The day {on} has gone by; it stays as it was.", on=on.isoformat())
    if on.replace(day=1) != row["month"]:
        wrong = FieldError(pointer="/on", detail="A stall moves within its month; call it off for another one.")
        raise Invalid("The day lies in another month.", errors=[wrong])
    if held and row["kind"] == StallRuleKind.ODD_MARKET and not await held_days(row["place_id"], on, on):
        raise NoMarketThen("There is no market there on {on}. Add it to the market's days first.", on=on.isoformat())


async def list_stall_days(
    *,
    by: Actor,
    division_code: str | None = None,
    first: date | None = None,
    last: date | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[StallDayRecord]:
    """Stalls and station days from today on, around a place or one's own places. Raises DivisionUnknown (404)."""
    clause, values = places_around(division_code, column="s.division_code", first=6, by=by)
    after = position_of(cursor, DayPlace) or DayPlace(date.min, UUID(int=0))
    rows = await fetch(
        f'{queries.DAY} WHERE {clause} AND NOT {queries.RECKONED_AWAY} AND s."on" BETWEEN $1 AND $2 '
        'AND (s."on", s.id) > ($3, $4) ORDER BY s."on", s.id LIMIT $5',
        first or clock.today(),
        last or horizon(clock.today())[1],
        after.on,
        after.id,
        limit + 1,
        *values,
    )
    return page([stall_record(row) for row in rows], limit, lambda day: DayPlace(day.on, day.id))


def stall_record(row: asyncpg.Record | None) -> StallDayRecord:
    """A row of `stall_queries.DAY`."""
    given = dict(row or {})
    given |= {"opens": clock_text(given.pop("opens_minute")), "closes": clock_text(given.pop("closes_minute"))}
    return msgspec.convert(given, StallDayRecord)
