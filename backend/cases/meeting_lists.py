"""Meetings in a list: those of one's territory, and those that one's unit was asked to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from backend.cases.areas import READERS
from backend.cases.loop_words import MeetingState
from backend.cases.reading import unit
from backend.cases.schemas import UnitShown
from backend.core.database import fetch
from backend.core.paging import Page, Position, page, position
from backend.people.actors import Actor, visible_to


class MeetingSummary(Struct, frozen=True, kw_only=True):
    """A row of the list: what it is about, when, and how many cases and units. The minutes are in the meeting."""

    id: UUID
    title: str
    division_code: str
    state: MeetingState
    meets_at: datetime
    place_note: str | None
    opened_at: datetime
    concluded_at: datetime | None
    lead_unit: UnitShown | None
    cases_n: int
    units_n: int
    sub_tasks_n: int


_LISTED = """
SELECT m.id, m.title, m.division_code, m.state, m.meets_at, m.place_note, m.opened_at, m.concluded_at, m.lead_unit,
       u.name AS lead_name, u.public_phone AS lead_phone,
       (SELECT count(*) FROM cases_meeting_case x WHERE x.meeting = m.id) AS cases_n,
       (SELECT count(*) FROM cases_meeting_party x WHERE x.meeting = m.id) AS units_n,
       (SELECT count(*) FROM cases_meeting_task x WHERE x.meeting = m.id) AS sub_tasks_n
FROM cases_meeting m LEFT JOIN people_unit u ON u.id = m.lead_unit
WHERE ({where} OR EXISTS (SELECT FROM cases_meeting_party x WHERE x.meeting = m.id AND x.unit = ANY($1)))
  AND ($2::text IS NULL OR m.state = $2)
  AND ($3::timestamptz IS NULL OR (m.opened_at, m.id) < ($3, $4::uuid))
ORDER BY m.opened_at DESC, m.id DESC LIMIT $5
"""


async def list_meetings(
    *, by: Actor, state: MeetingState | None = None, limit: int = 50, cursor: str | None = None
) -> Page[MeetingSummary]:
    """Who may read a meeting finds it here, the latest called first. Raises Invalid (400)."""
    after = position(cursor)
    units = [held.unit_id for held in by.held if held.unit_id is not None]
    where, values = visible_to(by, roles=READERS).clause("m.division_code", 6)
    rows = await fetch(
        _LISTED.format(where=where), units, state, after and after.at, after and after.id, limit + 1, *values
    )
    return page([_summary(row) for row in rows], limit, lambda one: Position(one.opened_at, one.id))


def _summary(row: Mapping[str, Any]) -> MeetingSummary:
    lead = unit(row["lead_unit"], row["lead_name"], row["lead_phone"])
    return msgspec.convert(dict(row) | {"lead_unit": lead}, MeetingSummary, from_attributes=True)
