"""The SQL of meetings."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import msgspec

from backend.cases.areas import reads
from backend.cases.loop_schemas import (
    AgendaItem,
    Conclusion,
    MeetingRecord,
    NewMeeting,
    PartyRecord,
    SubTask,
    SubTaskRecord,
)
from backend.cases.reading import person, unit
from backend.core.database import fetch, fetch_row
from backend.people.actors import Actor

Row = Mapping[str, Any]


async def insert(new: NewMeeting, *, id: UUID, division: UUID, digest: bytes, by: UUID, at: datetime) -> bool:
    """Write a meeting; false where its id was taken."""
    row = await fetch_row(
        """
        INSERT INTO cases_meeting (id, title, division, division_code, state, meets_at, place_note, opened_by,
                                   opened_at, arguments_digest)
        VALUES ($1, $2, $3, $4, 'called', $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING RETURNING id
        """,
        *(id, new.title.strip(), division, new.division_code, new.meets_at, new.place_note, by, at, digest),
    )
    return row is not None


async def digest(id: UUID) -> bytes | None:
    """What it was called with."""
    row = await fetch_row("SELECT arguments_digest FROM cases_meeting WHERE id = $1", id)
    return row["arguments_digest"] if row else None


async def add_agenda(id: UUID, case_ids: Sequence[UUID]) -> None:
    """Its cases, in their order."""
    listed = list(dict.fromkeys(case_ids))
    await fetch(
        'INSERT INTO cases_meeting_case (id, meeting, "case", position) '
        "SELECT n.id, $1, n.case_id, n.position FROM unnest($2::uuid[], $3::uuid[], $4::int[]) "
        "AS n(id, case_id, position)",
        *(id, [uuid5(id, f"case {each}") for each in listed], listed, list(range(1, len(listed) + 1))),
    )


async def add_parties(id: UUID, unit_ids: Sequence[UUID]) -> None:
    """The units asked."""
    listed = list(dict.fromkeys(unit_ids))
    await fetch(
        "INSERT INTO cases_meeting_party (id, meeting, unit) "
        "SELECT n.id, $1, n.unit FROM unnest($2::uuid[], $3::uuid[]) AS n(id, unit)",
        *(id, [uuid5(id, f"unit {each}") for each in listed], listed),
    )


async def locked(id: UUID) -> Row | None:
    """A meeting, held until the transaction ends."""
    return await fetch_row(
        "SELECT id, state, division_code, conclusion_digest FROM cases_meeting WHERE id = $1 FOR UPDATE", id
    )


async def agenda_ids(id: UUID) -> list[UUID]:
    """The cases of its agenda."""
    rows = await fetch('SELECT "case" FROM cases_meeting_case WHERE meeting = $1', id)
    return [row["case"] for row in rows]


async def conclude(id: UUID, conclusion: Conclusion, *, digest: bytes, by: UUID, at: datetime) -> None:
    """Write down how it ended: of the meeting, of each case, and who came."""
    await fetch(
        "UPDATE cases_meeting SET state = 'concluded', concluded_at = $2, concluded_by = $3, lead_unit = $4, "
        "minutes = $5, due_at = $6, conclusion_digest = $7 WHERE id = $1",
        *(id, at, by, conclusion.lead_unit_id, conclusion.minutes.strip(), conclusion.due_at, digest),
    )
    await fetch(
        "UPDATE cases_meeting_party SET attended = unit = ANY($2) WHERE meeting = $1",
        *(id, conclusion.attended_unit_ids),
    )
    for each in conclusion.decisions:
        await fetch(
            "UPDATE cases_meeting_case SET owner_unit = $3, clocks = $4, reason = $5 "
            'WHERE meeting = $1 AND "case" = $2',
            *(id, each.case_id, each.owner_unit_id, each.clocks.value, each.reason),
        )


async def add_task(id: UUID, task: SubTask, tasked: UUID | None) -> None:
    """What a unit is to do."""
    await fetch(
        "INSERT INTO cases_meeting_task (id, meeting, unit, what, due_at, tasked) VALUES ($1, $2, $3, $4, $5, $6)",
        *(task.id, id, task.unit_id, task.what.strip(), task.due_at, tasked),
    )


_MEETING = """
SELECT m.*, o.name AS opened_by_name, c.name AS concluded_by_name, u.name AS lead_name, u.public_phone AS lead_phone,
       EXISTS (SELECT FROM cases_meeting_party x WHERE x.meeting = m.id AND x.unit = ANY($2)) AS asked
FROM cases_meeting m JOIN people_person o ON o.id = m.opened_by LEFT JOIN people_person c ON c.id = m.concluded_by
LEFT JOIN people_unit u ON u.id = m.lead_unit WHERE m.id = $1
"""
_AGENDA = """
SELECT a."case" AS case_id, c.number, c.title, a.position, a.clocks, a.reason, a.owner_unit, u.name, u.public_phone
FROM cases_meeting_case a JOIN cases_case c ON c.id = a."case" LEFT JOIN people_unit u ON u.id = a.owner_unit
WHERE a.meeting = $1 ORDER BY a.position
"""
_PARTIES = """
SELECT p.unit, p.attended, u.name, u.public_phone FROM cases_meeting_party p JOIN people_unit u ON u.id = p.unit
WHERE p.meeting = $1 ORDER BY u.name, u.id
"""
_TASKS = """
SELECT t.id, t.unit, t.what, t.due_at, t.tasked, p.name AS tasked_name, u.name, u.public_phone
FROM cases_meeting_task t JOIN people_unit u ON u.id = t.unit LEFT JOIN people_person p ON p.id = t.tasked
WHERE t.meeting = $1 ORDER BY t.due_at, t.id
"""


async def record(id: UUID, *, by: Actor) -> MeetingRecord | None:
    """A meeting as `by` reads it; None where it is not for him."""
    units = [held.unit_id for held in by.held if held.unit_id is not None]
    row = await fetch_row(_MEETING, id, units)
    if row is None or not (row["asked"] or reads(row["division_code"], by=by)):
        return None
    facts = dict(row) | {
        "opened_by": person(row["opened_by"], row["opened_by_name"]),
        "concluded_by": person(row["concluded_by"], row["concluded_by_name"]),
        "lead_unit": unit(row["lead_unit"], row["lead_name"], row["lead_phone"]),
        "agenda": [_agenda_item(each) for each in await fetch(_AGENDA, id)],
        "parties": [_party(each) for each in await fetch(_PARTIES, id)],
        "sub_tasks": [_sub_task(each) for each in await fetch(_TASKS, id)],
    }
    return msgspec.convert(facts, MeetingRecord, from_attributes=True)


def _agenda_item(row: Row) -> AgendaItem:
    owner = unit(row["owner_unit"], row["name"], row["public_phone"])
    return msgspec.convert(dict(row) | {"owner_unit": owner}, AgendaItem, from_attributes=True)


def _party(row: Row) -> PartyRecord:
    return msgspec.convert(
        {"unit": unit(row["unit"], row["name"], row["public_phone"]), "attended": row["attended"]},
        PartyRecord,
        from_attributes=True,
    )


def _sub_task(row: Row) -> SubTaskRecord:
    facts = dict(row) | {
        "unit": unit(row["unit"], row["name"], row["public_phone"]),
        "tasked": person(row["tasked"], row["tasked_name"]),
    }
    return msgspec.convert(facts, SubTaskRecord, from_attributes=True)
