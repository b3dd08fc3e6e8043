"""Stall rules: set, listed, ended."""

from datetime import date, timedelta
from uuid import UUID

import asyncpg
import msgspec

from backend.core import clock
from backend.core.creates import Outcome, digest, same
from backend.core.database import fetch, fetch_row, transaction
from backend.core.refusals import DifferentArguments, FieldError, Invalid
from backend.people.actors import Actor
from backend.rosters import stall_queries as queries
from backend.rosters.market_queries import lock_market
from backend.rosters.stall_days import reckon_stalls_at
from backend.rosters.stall_schemas import NewStallRule, StallRuleRecord
from backend.rosters.station_hours_rules import clock_text, minute
from backend.rosters.station_places import Place, led_station, must_lead, near, places_around
from backend.rosters.station_refusals import StallRuleBegun, StallRuleUnknown, wrong_span
from backend.rosters.station_tables import StallRule
from backend.rosters.station_words import StallRuleKind
from backend.territory import queries as territory
from backend.territory.rules import prefix_of


@transaction
async def set_stall_rule(*, id: UUID, place_id: UUID, new: NewStallRule, by: Actor) -> Outcome[StallRuleRecord]:
    """Set when a stall stands at a place. The rule before it, of that kind for these people, ends the day before.

    by   a supervisor or administrator of the place and of the division it is announced in

    Raises Invalid (400), NotYourStation (403), UnitUnknown, DivisionUnknown (404), NoStation, StallRuleBegun,
    DifferentArguments (409).
    """
    place = await led_station(place_id, by=by)
    division = await territory.division(code=new.division_code)
    must_lead(division.code, by=by)
    _check(new)
    await lock_market(place.id)
    asked = [place.id, msgspec.structs.replace(new, id=None)]
    stored = await queries.rule(id)
    if stored is None:
        await _set(id, place, division.id, new, digest(asked), by)
        return Outcome(_record(await queries.rule(id)), created=True)
    if not same(stored["arguments_digest"], asked):
        raise DifferentArguments("Stall rule {id} was set with other arguments; it stays as it is.", id=id)
    return Outcome(_record(stored), created=False)


def _check(new: NewStallRule) -> None:
    errors = wrong_span(new.valid_from, new.valid_to)
    if minute(new.closes) <= minute(new.opens):
        errors.append(FieldError(pointer="/closes", detail="The door closes later than it opens."))
    if (new.day_of_month is None) is not (new.kind is StallRuleKind.ODD_MARKET):
        errors.append(
            FieldError(pointer="/day_of_month", detail="A day at the station has its day of the month, a stall none.")
        )
    if errors:
        raise Invalid("The stall rule has mistakes.", errors=errors)


async def _set(id: UUID, place: Place, division_id: UUID, new: NewStallRule, arguments: bytes, by: Actor) -> None:
    await _end_earlier(place.id, division_id, new)
    fresh = StallRule(
        id=id, kind=new.kind.value, place=place.id, division=division_id, opens_minute=minute(new.opens),
        closes_minute=minute(new.closes), day_of_month=new.day_of_month,
        announce_days_before=new.announce_days_before, valid_from=new.valid_from, valid_to=new.valid_to,
        source=new.source.strip(), set_by=by.person_id, set_at=clock.now(), arguments_digest=arguments,
    )  # fmt: skip
    await StallRule.insert(fresh)
    await reckon_stalls_at(place.id)


async def _end_earlier(place_id: UUID, division_id: UUID, new: NewStallRule) -> None:
    same = "place = $1 AND division = $2 AND kind = $3 AND (valid_to IS NULL OR valid_to >= valid_from)"
    begun = await fetch_row(
        f"SELECT valid_from FROM rosters_stall_rule WHERE {same} AND valid_from >= $4 LIMIT 1",
        place_id,
        division_id,
        new.kind,
        new.valid_from,
    )
    if begun is not None:
        raise StallRuleBegun(
            "A rule of this kind begins on {valid_from}; choose a later day, or end that one first.",
            valid_from=begun["valid_from"].isoformat(),
        )
    await fetch(
        f"UPDATE rosters_stall_rule SET valid_to = $4 WHERE {same} AND (valid_to IS NULL OR valid_to > $4)",
        place_id,
        division_id,
        new.kind,
        new.valid_from - timedelta(days=1),
    )


async def list_stall_rules(*, by: Actor, division_code: str | None = None) -> list[StallRuleRecord]:
    """The rules around a place, or around one's own, that have not ended. Raises DivisionUnknown (404)."""
    clause, values = places_around(division_code, column="pv.code", first=2, by=by)
    rows = await fetch(
        f"{queries.RULE} WHERE {clause} AND (r.valid_to IS NULL OR r.valid_to >= $1) "
        "ORDER BY pv.code, u.name, r.kind, r.valid_from LIMIT 1000",
        clock.today(),
        *values,
    )
    return [_record(row) for row in rows]


@transaction
async def end_stall_rule(*, rule_id: UUID, valid_to: date, by: Actor) -> StallRuleRecord:
    """Let a rule end with a day; one before its beginning takes it back whole. The same again changes nothing.

    Raises NotYourStation (403), StallRuleUnknown (404).
    """
    found = await queries.rule(rule_id)
    if found is None or not near(prefix_of(found["place_code"]), by=by):
        raise StallRuleUnknown("There is no stall rule {id}.", id=rule_id)
    must_lead(found["place_code"], by=by)
    await lock_market(found["place_id"])
    await fetch("UPDATE rosters_stall_rule SET valid_to = $2 WHERE id = $1", rule_id, valid_to)
    await reckon_stalls_at(found["place_id"])
    return _record(await queries.rule(rule_id))


_INWARD = ("arguments_digest", "place_code", "set_by", "opens_minute", "closes_minute")


def _record(row: asyncpg.Record | None) -> StallRuleRecord:
    assert row is not None  # noqa: S101 - written above
    given = {name: value for name, value in row.items() if name not in _INWARD}
    opens, closes = clock_text(row["opens_minute"]), clock_text(row["closes_minute"])
    return msgspec.convert(given | {"opens": opens, "closes": closes}, StallRuleRecord)
