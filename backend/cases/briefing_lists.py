"""Briefings in a list: those of one's territory, and one's own."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from backend.cases.areas import READERS
from backend.cases.briefing_rules import number_said
from backend.cases.loop_words import BriefingState
from backend.cases.reading import person
from backend.cases.schemas import PersonShown
from backend.core.database import fetch
from backend.core.paging import Page, Position, page, position
from backend.people.actors import Actor, visible_to


class BriefingSummary(Struct, frozen=True, kw_only=True):
    """A row of the list. `number` is null until it was submitted. Its words are in the briefing."""

    id: UUID
    number: str | None
    title: str
    division_code: str
    state: BriefingState
    drafted_by: PersonShown
    drafted_at: datetime
    submitted_at: datetime | None
    endorsed_by: str | None
    endorsed_on: date | None
    executed_at: datetime | None
    cases_n: int


_LISTED = """
SELECT b.id, b.number_year, b.number_serial, b.title, b.division_code, b.state, b.drafted_by, p.name, b.drafted_at,
       b.submitted_at, b.endorsed_by, b.endorsed_on, b.executed_at,
       (SELECT count(*) FROM cases_briefing_case x WHERE x.briefing = b.id) AS cases_n
FROM cases_briefing b JOIN people_person p ON p.id = b.drafted_by
WHERE ({where} OR b.drafted_by = $1) AND ($2::text IS NULL OR b.state = $2)
  AND ($3::timestamptz IS NULL OR (b.drafted_at, b.id) < ($3, $4::uuid))
ORDER BY b.drafted_at DESC, b.id DESC LIMIT $5
"""


async def list_briefings(
    *, by: Actor, state: BriefingState | None = None, limit: int = 50, cursor: str | None = None
) -> Page[BriefingSummary]:
    """Who may read a briefing finds it here, the latest drafted first. Raises Invalid (400)."""
    after = position(cursor)
    where, values = visible_to(by, roles=READERS).clause("b.division_code", 6)
    rows = await fetch(
        _LISTED.format(where=where), by.person_id, state, after and after.at, after and after.id, limit + 1, *values
    )
    return page([_summary(row) for row in rows], limit, lambda one: Position(one.drafted_at, one.id))


def _summary(row: Mapping[str, Any]) -> BriefingSummary:
    facts = dict(row) | {
        "drafted_by": person(row["drafted_by"], row["name"]),
        "number": number_said(row["number_year"], row["number_serial"]),
    }
    return msgspec.convert(facts, BriefingSummary, from_attributes=True)
