"""Which market is when, for everybody: the places that hold one, their days and when deputies are there."""

from datetime import date

import msgspec
from msgspec import Struct

from backend.core import clock
from backend.core.database import fetch
from backend.rosters import market_queries, stall_queries
from backend.rosters.market_lunar import lunar_text
from backend.rosters.market_rules import first_of_months
from backend.rosters.market_schemas import MarketDayRecord
from backend.rosters.stall_days import stall_record
from backend.rosters.stall_schemas import StallDayRecord
from backend.rosters.station_places import TOWNSHIP_DIGITS, around
from backend.territory.queries import division
from backend.territory.rules import prefix_of

MONTHS = 4
"""This one and the three that follow."""


class MarketPlace(Struct, frozen=True, kw_only=True):
    """A township with markets or deputies' days ahead. `next_on`: its next market that is not called off."""

    code: str
    name: str
    next_on: date | None


class PublicMarkets(Struct, frozen=True, kw_only=True):
    """What everybody may know. Without a place chosen there are places alone. `lunar` says each day as walls do."""

    place: MarketPlace | None
    places: list[MarketPlace]
    markets: list[MarketDayRecord]
    stalls: list[StallDayRecord]


async def public_markets(*, division_code: str | None = None) -> PublicMarkets:
    """Of the township of a division, or of a county all townships to choose from. Raises DivisionUnknown (404)."""
    places = await _places()
    if division_code is None:
        return PublicMarkets(place=None, places=places, markets=[], stalls=[])
    prefix = around(prefix_of((await division(code=division_code)).code))
    if len(prefix) < TOWNSHIP_DIGITS:
        inside = [one for one in places if one.code.startswith(prefix)]
        return PublicMarkets(place=None, places=inside, markets=[], stalls=[])
    code = prefix.ljust(12, "0")
    known = next((one for one in places if one.code == code), None)
    place = known or MarketPlace(code=code, name=(await division(code=code)).name, next_on=None)
    return PublicMarkets(place=place, places=places, markets=await _markets(prefix), stalls=await _stalls(prefix))


async def _places() -> list[MarketPlace]:
    rows = await fetch(
        """
        SELECT v.code, v.name, min(d."on") FILTER (WHERE d.market) AS next_on FROM (
            SELECT m.division_code, m."on", TRUE AS market FROM rosters_market_day m
            JOIN people_unit u ON u.id = m.market AND u.closed_at IS NULL
            WHERE m."on" BETWEEN $1 AND $2 AND m.state <> 'called_off'
            UNION ALL
            SELECT s.division_code, s."on", FALSE FROM rosters_stall_day s
            JOIN people_unit u ON u.id = s.place AND u.closed_at IS NULL
            WHERE s."on" BETWEEN $1 AND $2 AND s.state <> 'called_off'
        ) d JOIN territory_division v ON v.code = rpad(left(d.division_code, $3), 12, '0')
        WHERE length(v.prefix) = $3 AND (v.valid_to IS NULL OR v.valid_to >= $1) AND v.valid_from <= $1
        GROUP BY v.code, v.name ORDER BY v.code
        """,
        *(clock.today(), _last(), TOWNSHIP_DIGITS),
    )
    return [msgspec.convert(dict(row), MarketPlace) for row in rows]


def _last() -> date:
    """The last day that is told: the day before a month begins that is not."""
    return date.fromordinal(first_of_months(clock.today())[MONTHS].toordinal() - 1)


async def _markets(prefix: str) -> list[MarketDayRecord]:
    rows = await fetch(
        f'{market_queries.DAY} WHERE starts_with(m.division_code, $1) AND m."on" BETWEEN $2 AND $3 '
        f'AND NOT {market_queries.RECKONED_AWAY} ORDER BY m."on", u.name',
        *(prefix, clock.today(), _last()),
    )
    return [msgspec.convert(dict(row) | {"lunar": lunar_text(row["on"])}, MarketDayRecord) for row in rows]


async def _stalls(prefix: str) -> list[StallDayRecord]:
    rows = await fetch(
        f'{stall_queries.DAY} WHERE starts_with(s.division_code, $1) AND s."on" BETWEEN $2 AND $3 '
        f'AND NOT {stall_queries.RECKONED_AWAY} ORDER BY s."on", u.name',
        *(prefix, clock.today(), _last()),
    )
    return [stall_record(row) for row in rows]
