"""The SQL of text messages, and of whose place a number is."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.cases.contacts import phone_index
from backend.cases.schemas import PersonShown, UnitShown
from backend.core import clock
from backend.core.cipher import blind_index
from backend.core.database import fetch, fetch_row
from backend.core.paging import Position
from backend.hotline.text_schemas import TextRecord
from backend.hotline.words import TextState
from backend.people import households, proofs
from backend.people.actors import Scope

_SELECT = """
SELECT t.id, t.code, t.unit, u.name AS unit_name, u.public_phone, t.state, t.emergency, t.sent_at, t.received_at,
       t."case" AS case_id, c.number AS case_number, t.taken_by, p.name AS taken_by_name, t.taken_at, t.division_code,
       t.sender_sealed, t.body_sealed, t.arguments_digest
FROM hotline_text t JOIN people_unit u ON u.id = t.unit LEFT JOIN cases_case c ON c.id = t."case"
LEFT JOIN people_person p ON p.id = t.taken_by
"""
_SAME = ("id", "code", "emergency", "sent_at", "received_at", "case_id", "case_number", "taken_at")
_WHERE = """
SELECT h.division_code, h.id AS household FROM people_household h
WHERE h.contact_phone_index = $1 AND h.closed_at IS NULL AND starts_with(h.division_code, $4)
UNION
SELECT c.division_code, NULL FROM cases_case c WHERE c.contact_phone_index = $2 AND starts_with(c.division_code, $4)
UNION
SELECT d.code, NULL FROM people_person p JOIN people_role_assignment r ON r.person = p.id
JOIN territory_division d ON d.id = r.division
WHERE p.phone_index = $3 AND p.closed_at IS NULL AND d.level = 'village' AND starts_with(d.code, $4)
  AND r.valid_from <= $5 AND (r.valid_to IS NULL OR r.valid_to >= $5)
"""


async def by_reference(system_id: UUID, reference: str) -> Any:
    """What came under a gateway's number."""
    return await fetch_row(
        "SELECT id, state, received_at, arguments_digest FROM hotline_text WHERE system = $1 AND reference = $2",
        system_id,
        reference,
    )


async def insert(columns: Mapping[str, Any]) -> None:
    """A message as it came."""
    names = ", ".join(columns)
    places = ", ".join(f"${n}" for n in range(1, len(columns) + 1))
    await fetch(f"INSERT INTO hotline_text ({names}) VALUES ({places})", *columns.values())


async def change(text_id: UUID, **columns: Any) -> None:
    """Change these columns of one."""
    told = ", ".join(f'"{name}" = ${n}' for n, name in enumerate(columns, 2))
    await fetch(f"UPDATE hotline_text SET {told} WHERE id = $1", text_id, *columns.values())


async def answered_since(sender_index: bytes, since: datetime) -> int:
    """How many messages of a number were answered by themselves."""
    row = await fetch_row(
        "SELECT count(*) AS n FROM hotline_text WHERE received_at >= $2 AND sender_index = $1 "
        "AND state IN ('answered', 'case')",
        sender_index,
        since,
    )
    return row["n"] if row else 0


async def places_of(phone: str, prefix: str) -> set[tuple[str, UUID | None]]:
    """The places under a prefix where a number is known, as a household's, an earlier case's or a cadre's of a village,
    with the household."""
    own = blind_index(phone, column=households.PHONE_COLUMN), phone_index(phone)
    person = blind_index(phone, column=proofs.PHONE_COLUMN)
    return {
        (row["division_code"], row["household"]) for row in await fetch(_WHERE, *own, person, prefix, clock.today())
    }


async def case_of(phone: str, number: str | None) -> Any:
    """Where a case of this number's stands: the one asked for, else the newest."""
    return await fetch_row(
        "SELECT c.number, c.state, u.name AS unit_name FROM cases_case c "
        "LEFT JOIN people_unit u ON u.id = coalesce(c.assignee_unit, c.owner_unit) "
        "WHERE c.contact_phone_index = $1 AND ($2::text IS NULL OR c.number = $2) "
        "ORDER BY c.received_at DESC, c.id DESC LIMIT 1",
        phone_index(phone),
        number,
    )


async def text(text_id: UUID, *, lock: bool = False) -> Any:
    """A row of `record`, held to the transaction's end with `lock`."""
    return await fetch_row(f"{_SELECT} WHERE t.id = $1{' FOR UPDATE OF t' if lock else ''}", text_id)


async def page(
    scope: Scope, *, units: Sequence[UUID], waiting: bool | None, limit: int, after: Position | None
) -> Sequence[TextRecord]:
    """Up to `limit` + 1 of a territory or of these units, the newest first."""
    clause, values = scope.clause("t.division_code", 1)
    told: list[Any] = list(values)

    def value(given: Any) -> str:
        told.append(given)
        return f"${len(told)}"

    where = [f"({clause} OR t.unit = ANY({value(list(units))}::uuid[]))"]
    if waiting is not None:
        where.append(f"t.state {'' if waiting else 'NOT '}IN ('received', 'unroutable')")
    if after is not None:
        where.append(f"(t.received_at, t.id) < ({value(after.at)}, {value(after.id)})")
    rows = await fetch(
        f"{_SELECT} WHERE {' AND '.join(where)} ORDER BY t.received_at DESC, t.id DESC LIMIT {limit + 1}", *told
    )
    return [record(row) for row in rows]


def record(row: Any) -> TextRecord:
    """A message in a list."""
    return TextRecord(
        **{name: row[name] for name in _SAME},
        unit=UnitShown(row["unit"], row["unit_name"], row["public_phone"]),
        state=TextState(row["state"]),
        taken_by=PersonShown(row["taken_by"], row["taken_by_name"]) if row["taken_by"] else None,
    )
