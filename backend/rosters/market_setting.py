"""Market rules: set, listed, ended. A changed rule moves the days to come that nobody has confirmed."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import asyncpg
import msgspec

from backend.core import clock
from backend.core.creates import Outcome, digest, same
from backend.core.database import fetch, fetch_row, transaction
from backend.core.refusals import DifferentArguments, FieldError, Invalid
from backend.people.actors import Actor
from backend.rosters.market_days import reckon_market
from backend.rosters.market_queries import lock_market
from backend.rosters.market_rules import Rule, horizon, market_days
from backend.rosters.market_schemas import MarketRuleRecord, NewMarketRule
from backend.rosters.station_places import Place, led_station, must_lead, near, near_station
from backend.rosters.station_refusals import MarketRuleBegun, MarketRuleUnknown, wrong_span
from backend.rosters.station_tables import MarketRule
from backend.rosters.station_words import MarketRuleKind
from backend.territory.rules import prefix_of

_FITS: dict[MarketRuleKind, Callable[[int], bool]] = {
    MarketRuleKind.LUNAR_DIGIT: lambda number: number <= 10,
    MarketRuleKind.SOLAR_DIGIT: lambda number: number <= 10,
    MarketRuleKind.WEEKDAY: lambda number: 1 <= number <= 7,
    MarketRuleKind.BRANCH: lambda number: number >= 1,
    MarketRuleKind.DATES: lambda number: False,  # noqa: ARG005
}
_DIGITS = (MarketRuleKind.LUNAR_DIGIT, MarketRuleKind.SOLAR_DIGIT)


@transaction
async def set_market_rule(*, id: UUID, market_id: UUID, new: NewMarketRule, by: Actor) -> Outcome[MarketRuleRecord]:
    """Say when a place holds market. Its other rules end the day before, unless this one goes beside them.

    Raises Invalid (400), NotYourStation (403), UnitUnknown (404), NoStation, MarketRuleBegun, DifferentArguments (409).
    """
    place = await led_station(market_id, by=by)
    _check(new)
    await lock_market(place.id)
    asked = [place.id, msgspec.structs.replace(new, id=None)]
    stored = await fetch_row(f"{_RULE} WHERE r.id = $1", id)
    if stored is None:
        stored = await _set(id, place, new, digest(asked), by)
        return Outcome(_record(stored), created=True)
    if not same(stored["arguments_digest"], asked):
        raise DifferentArguments("Market rule {id} was set with other arguments; it stays as it is.", id=id)
    return Outcome(_record(stored), created=False)


def preview_market_rule(new: NewMarketRule) -> list[date]:
    """The days that a rule would name of itself, from today to the end of what is reckoned. Writes nothing.

    Raises Invalid (400).
    """
    _check(new)
    given = msgspec.structs.asdict(new) | {"numbers": _numbers(new)}
    rule = Rule(**{name: given[name] for name in Rule.__struct_fields__})
    return list(market_days([rule], clock.today(), horizon(clock.today())[1]))


def _check(new: NewMarketRule) -> None:
    errors = wrong_span(new.valid_from, new.valid_to)
    if not all(_FITS[new.kind](number) for number in new.numbers):
        errors.append(
            FieldError(pointer="/numbers", detail="Digits are 0 to 10, weekdays 1 to 7, branches 1 to 12; dates none.")
        )
    if not (new.dates if new.kind is MarketRuleKind.DATES else new.numbers):
        errors.append(FieldError(pointer="/numbers", detail="Name at least one day: numbers, or dates for a fair."))
    if new.dates and new.kind is not MarketRuleKind.DATES:
        errors.append(FieldError(pointer="/dates", detail="Only a rule of the kind dates has dates."))
    if errors:
        raise Invalid("The market rule has mistakes.", errors=errors)


async def _set(id: UUID, place: Place, new: NewMarketRule, arguments: bytes, by: Actor) -> asyncpg.Record | None:
    if not new.beside:
        await _end_earlier(place.id, new.valid_from)
    fresh = MarketRule(
        id=id, market=place.id, kind=new.kind.value, numbers=_numbers(new), dates=sorted(set(new.dates)),
        short_month=new.short_month.value, held_on_new_year=new.held_on_new_year, valid_from=new.valid_from,
        valid_to=new.valid_to, source=new.source.strip(), set_by=by.person_id, set_at=clock.now(),
        arguments_digest=arguments,
    )  # fmt: skip
    await MarketRule.insert(fresh)
    await reckon_market(place.id)
    return await fetch_row(f"{_RULE} WHERE r.id = $1", id)


def _numbers(new: NewMarketRule) -> list[int]:
    """As they are kept: 0 for the 10th, 20th and 30th."""
    return sorted({number % 10 if new.kind in _DIGITS else number for number in new.numbers})


async def _end_earlier(market_id: UUID, valid_from: date) -> None:
    begun = await fetch_row(
        "SELECT valid_from FROM rosters_market_rule WHERE market = $1 AND valid_from >= $2 "
        "AND (valid_to IS NULL OR valid_to >= valid_from) LIMIT 1",
        market_id,
        valid_from,
    )
    if begun is not None:
        raise MarketRuleBegun(
            "A rule of this market begins on {valid_from}; choose a later day, or end that one first.",
            valid_from=begun["valid_from"].isoformat(),
        )
    await fetch(
        "UPDATE rosters_market_rule SET valid_to = $2 WHERE market = $1 AND (valid_to IS NULL OR valid_to > $2)",
        market_id,
        valid_from - timedelta(days=1),
    )


async def list_market_rules(*, market_id: UUID, by: Actor) -> list[MarketRuleRecord]:
    """The rules of a market that have not ended, by date. Raises UnitUnknown (404), NoStation (409)."""
    place = await near_station(market_id, by=by)
    rows = await fetch(
        f"{_RULE} WHERE r.market = $1 AND (r.valid_to IS NULL OR r.valid_to >= $2) ORDER BY r.valid_from, r.set_at",
        place.id,
        clock.today(),
    )
    return [_record(row) for row in rows]


@transaction
async def end_market_rule(*, rule_id: UUID, valid_to: date, by: Actor) -> MarketRuleRecord:
    """Let a rule end with a day; one before its beginning takes it back whole. The same again changes nothing.

    Raises NotYourStation (403), MarketRuleUnknown (404).
    """
    found = await fetch_row(f"{_RULE} WHERE r.id = $1", rule_id)
    if found is None or not near(prefix_of(found["division_code"]), by=by):
        raise MarketRuleUnknown("There is no market rule {id}.", id=rule_id)
    must_lead(found["division_code"], by=by)
    await lock_market(found["market_id"])
    await fetch("UPDATE rosters_market_rule SET valid_to = $2 WHERE id = $1", rule_id, valid_to)
    await reckon_market(found["market_id"])
    return _record(await fetch_row(f"{_RULE} WHERE r.id = $1", rule_id))


_RULE = """
SELECT r.id, r.market AS market_id, r.kind, r.numbers, r.dates, r.short_month, r.held_on_new_year, r.valid_from,
       r.valid_to, r.source, r.arguments_digest, v.code AS division_code
FROM rosters_market_rule r JOIN people_unit u ON u.id = r.market JOIN territory_division v ON v.id = u.division
"""
_INWARD = ("arguments_digest", "division_code")


def _record(row: asyncpg.Record | None) -> MarketRuleRecord:
    assert row is not None  # noqa: S101 - written above
    return msgspec.convert({name: value for name, value in row.items() if name not in _INWARD}, MarketRuleRecord)
