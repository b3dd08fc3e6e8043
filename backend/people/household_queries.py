"""Reads of households: who may see one, and who serves it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from backend.core import clock, ids
from backend.core.database import fetch, fetch_row
from backend.people.actors import Actor, visible_to
from backend.people.household_schemas import HouseholdRecord, ServedBy, ServiceRecord
from backend.people.refusals import HouseholdUnknown
from backend.people.role_queries import HELD_ON
from backend.people.tables import Role
from backend.territory.points import as_read

SERVERS = (Role.CADRE, Role.ASSISTANT)
"""Who may serve a household: one of these roles, over its division."""

_MAY_SERVE = HELD_ON.format(
    person="s.person",
    roles=f"ARRAY[{', '.join(repr(str(role)) for role in SERVERS)}]",
    code="(SELECT k.division_code FROM people_household k WHERE k.id = s.household)",
    day="${n}",
)
SERVED_ON = f"s.valid_from <= ${{n}} AND (s.valid_to IS NULL OR s.valid_to >= ${{n}}) AND {_MAY_SERVE}"
"""The condition on `people_household_service s` for one day, for queries of the rooms above; `n` is its parameter.

Somebody serves while he may: a household that was given to nobody else when his role ended is served by nobody.
Each service costs three look-ups by key.
"""

_HOUSEHOLD = f"""
SELECT h.*, v.name AS division_name, s.person AS served_by, s.valid_from AS served_since, p.name AS server_name
FROM people_household h
JOIN territory_division v ON v.id = h.division
LEFT JOIN people_household_service s ON s.household = h.id AND {SERVED_ON.format(n=2)}
LEFT JOIN people_person p ON p.id = s.person
"""


async def household(*, household_id: UUID, by: Actor) -> HouseholdRecord:
    """A household that `by` serves today or oversees. Raises HouseholdUnknown (404)."""
    return household_record(await visible_household(household_id=household_id, by=by))


async def visible_household(*, household_id: UUID, by: Actor, lock: bool = False) -> Mapping[str, Any]:
    """The same as a row with its sealed columns; `lock` holds it to the transaction's end. Raises HouseholdUnknown."""
    row = await household_row(household_id=household_id, lock=lock)
    if row is None or not (row["served_by"] == by.person_id or visible_to(by).covers(row["division_code"])):
        raise HouseholdUnknown("There is no household {household_id}.", household_id=str(household_id))
    return row


async def household_row(*, household_id: UUID, lock: bool = False) -> Mapping[str, Any] | None:
    """The row of any household, with who serves it today: only for verbs that look at the scope themselves."""
    held = " FOR UPDATE OF h" if lock else ""
    return await fetch_row(_HOUSEHOLD + "WHERE h.id = $1" + held, household_id, clock.today())


async def household_of_code(*, code: str, by: Actor) -> UUID | None:
    """The open household of a card's number, where `by` serves it today or it lies in his territory, in any role."""
    row = await fetch_row(_HOUSEHOLD + "WHERE h.code = $1 AND h.closed_at IS NULL", code, clock.today())
    is_his = row is not None and (
        row["served_by"] == by.person_id or visible_to(by, roles=Role).covers(row["division_code"])
    )
    return row["id"] if row and is_his else None


async def household_division_code(*, household_id: UUID) -> str | None:
    """Where a household is; None for no household."""
    row = await fetch_row("SELECT division_code FROM people_household WHERE id = $1", household_id)
    return row["division_code"] if row else None


async def serving_on(*, household_id: UUID, day: date) -> UUID | None:
    """Who serves a household on a day."""
    row = await fetch_row(
        f"SELECT person FROM people_household_service s WHERE household = $1 AND {SERVED_ON.format(n=2)}",
        household_id,
        day,
    )
    return row["person"] if row else None


async def serving_today(*, household_id: UUID) -> UUID | None:
    """Who serves a household today: the assignee of whatever is open for it."""
    return await serving_on(household_id=household_id, day=clock.today())


async def served_at(*, household_id: UUID, person_id: UUID, at: datetime) -> bool:
    """Whether somebody served a household at a moment, as was known then.

    Services go by days and may be dated back, so what the next one has from this day on is still the former's until it
    was entered: until then nobody could know better.
    """
    day = clock.local(at).date()
    rows = await fetch(_SERVICES, household_id, person_id, day)
    return any(row["valid_to"] is None or row["valid_to"] >= day or _entered_after(row["next"], at) for row in rows)


_SERVICES = f"""
SELECT s.valid_to, n.id AS next FROM people_household_service s
LEFT JOIN people_household_service n ON n.household = s.household AND n.valid_from = s.valid_to + 1
WHERE s.household = $1 AND s.person = $2 AND s.valid_from <= $3 AND {_MAY_SERVE.format(n=3)}
"""


def _entered_after(service_id: UUID | None, at: datetime) -> bool:
    """The ids of services are made here as they are entered (`households.assign_household`), and by nobody else."""
    entered_at = ids.made_at(service_id) if service_id else None
    return entered_at is not None and entered_at > at


async def served_today(*, person_id: UUID) -> tuple[UUID, ...]:
    """The open households that somebody serves today."""
    rows = await fetch(
        f"""
        SELECT h.id FROM people_household_service s JOIN people_household h ON h.id = s.household
        WHERE s.person = $1 AND {SERVED_ON.format(n=2)} AND h.closed_at IS NULL ORDER BY h.code
        """,
        person_id,
        clock.today(),
    )
    return tuple(row["id"] for row in rows)


async def closed_or_not(*, household_ids: Sequence[UUID]) -> dict[UUID, bool]:
    """Whether each of these households is closed, whoever serves it; those that are no more are left out."""
    rows = await fetch("SELECT id, closed_at FROM people_household WHERE id = ANY($1)", list(household_ids))
    return {row["id"]: row["closed_at"] is not None for row in rows}


async def services_from(*, household_id: UUID, day: date) -> list[ServiceRecord]:
    """Services of a household that reach to a day or beyond, the earliest first."""
    rows = await fetch(
        """
        SELECT id, household AS household_id, person AS person_id, valid_from, valid_to FROM people_household_service
        WHERE household = $1 AND (valid_to IS NULL OR valid_to >= $2) ORDER BY valid_from
        """,
        household_id,
        day,
    )
    return [ServiceRecord(**row) for row in rows]


async def end_services(*, household_id: UUID, before: date) -> None:
    """Whoever serves a household on this day ended the day before."""
    await fetch(
        """
        UPDATE people_household_service SET valid_to = $2::date - 1
        WHERE household = $1 AND valid_from < $2 AND (valid_to IS NULL OR valid_to >= $2)
        """,
        household_id,
        before,
    )


def household_record(row: Mapping[str, Any]) -> HouseholdRecord:
    """A row of `visible_household` for the wire: nothing sealed is in it."""
    served_by = None
    if row["served_by"]:
        served_by = ServedBy(person_id=row["served_by"], name=row["server_name"], since=row["served_since"])
    return HouseholdRecord(
        id=row["id"],
        code=row["code"],
        division_code=row["division_code"],
        division_name=row["division_name"],
        service_needs=list(row["service_needs"]),
        point=as_read(row),
        served_by=served_by,
        created_at=row["created_at"],
        closed_at=row["closed_at"],
        demo=row["demo"],
    )
