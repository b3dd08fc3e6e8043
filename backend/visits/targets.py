"""Targets: the least number of visits per household and period in a division. A call is never a visit (Qingzhou).

For a household the target of its nearest division up the tree counts, of that division's targets the latest that has
begun. The period is the calendar's: a month, quarter or year of Shandong.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import msgspec

from backend.core.clock import today
from backend.core.creates import Outcome
from backend.core.database import fetch, fetch_row, transaction
from backend.core.refusals import DifferentArguments
from backend.core.shapes import DivisionCode, Line
from backend.core.words import Term
from backend.people.actors import OVERSEERS, Actor
from backend.people.tables import Role
from backend.territory import queries as territory
from backend.visits.visibility import overseen

SETTERS = OVERSEERS - {Role.AUDITOR}


class Period(StrEnum):
    """How often the count starts anew."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class NewVisitTarget(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From `valid_from` on, every household of the division is to be visited so often in each period."""

    division_code: DivisionCode
    period: Period
    minimum_visits: Annotated[int, msgspec.Meta(ge=0, le=366)]
    valid_from: date
    source: Annotated[Line, msgspec.Meta(min_length=1)]
    id: UUID | None = None


class VisitTargetRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A target, and who said so."""

    id: UUID
    division_code: str
    period: Period
    minimum_visits: int
    valid_from: date
    source: str


@transaction
async def set_target(
    *, id: UUID, division_code: str, period: Period, minimum_visits: int, valid_from: date, source: str, by: Actor
) -> Outcome[VisitTargetRecord]:
    """Set a target for a division that `by` supervises or administers. A changed mind is a new row with a new date.

    Raises Forbidden, AnotherTerritory (403), DivisionUnknown (404), DifferentArguments (409) for another target of the
    same id, or of the same division and day.
    """
    await overseen(division_code, by=by, roles=SETTERS)
    division = await territory.division(code=division_code, on=today())
    asked = VisitTargetRecord(
        id=id,
        division_code=division_code,
        period=Period(period),
        minimum_visits=minimum_visits,
        valid_from=valid_from,
        source=source,
    )
    created = await _insert(asked, division.id)
    stored = await _stored(asked, division.id)
    if stored != asked:
        raise DifferentArguments(
            "There is a target of {minimum_visits} visits a {period} for {division_code} from {valid_from} on; "
            "it stays. Set the new one for another day.",
            minimum_visits=stored.minimum_visits,
            period=WORDS[stored.period],
            division_code=stored.division_code,
            valid_from=stored.valid_from,
        )
    return Outcome(stored, created=created)


async def list_targets(*, division_code: str) -> list[VisitTargetRecord]:
    """The targets of a division and of those above it, the one that counts first; those still to begin are in it.

    They are rules, not records of anybody, so everyone signed in may read them. Raises DivisionUnknown (404).
    """
    division = await territory.division(code=division_code, on=today())
    rows = await fetch(
        f"{_SELECT} WHERE starts_with($1, d.prefix) "
        "ORDER BY t.valid_from > $2, length(d.prefix) DESC, t.valid_from DESC",
        division.code,
        today(),
    )
    return [_record(row) for row in rows]


WORDS = {Period.MONTH: Term("month"), Period.QUARTER: Term("quarter"), Period.YEAR: Term("year")}

NEAREST = """
SELECT t.minimum_visits, t.period,
       date_trunc(t.period, {on}::date::timestamp) AT TIME ZONE 'Asia/Shanghai' AS starts_at,
       (date_trunc(t.period, {on}::date::timestamp) + CASE t.period WHEN 'month' THEN interval '1 month'
            WHEN 'quarter' THEN interval '3 months' ELSE interval '1 year' END) AT TIME ZONE 'Asia/Shanghai' AS ends_at
FROM visits_target t JOIN territory_division d ON d.id = t.division
WHERE starts_with({code}, d.prefix) AND t.valid_from <= {on}::date
ORDER BY length(d.prefix) DESC, t.valid_from DESC LIMIT 1
"""
"""For a LATERAL join: the target that counts for {code} on the date {on}, with its period as two moments."""

_SELECT = """
SELECT t.id, d.code AS division_code, t.period, t.minimum_visits, t.valid_from, t.source
FROM visits_target t JOIN territory_division d ON d.id = t.division
"""


async def _insert(asked: VisitTargetRecord, division_id: UUID) -> bool:
    row = await fetch_row(
        "INSERT INTO visits_target (id, division, period, minimum_visits, valid_from, source) "
        "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING id",
        asked.id,
        division_id,
        asked.period,
        asked.minimum_visits,
        asked.valid_from,
        asked.source,
    )
    return row is not None


async def _stored(asked: VisitTargetRecord, division_id: UUID) -> VisitTargetRecord:
    row = await fetch_row(
        f"{_SELECT} WHERE t.id = $1 OR (t.division = $2 AND t.valid_from = $3) ORDER BY t.id <> $1",
        asked.id,
        division_id,
        asked.valid_from,
    )
    return _record(row or {})


def _record(row: Mapping[str, Any]) -> VisitTargetRecord:
    return msgspec.convert(dict(row), VisitTargetRecord)
