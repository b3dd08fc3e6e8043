"""Who speaks with a farmer that does not read his answer himself: whoever took his call, else somebody near him."""

from collections.abc import Collection
from uuid import UUID

from msgspec import Struct

from backend.cases.people import supervisor_of
from backend.core.clock import today
from backend.core.database import fetch_row
from backend.diagnosis.answer_queries import CaseFacts
from backend.people.household_queries import serving_today
from backend.rosters.queries import duty_person

DESK_ROLES = ["technician", "operator", "handler"]


class Asked(Struct, frozen=True):
    """Whom a task is for: a person, or whoever serves a household."""

    person_id: UUID | None = None
    household_id: UUID | None = None


async def whom_to_ask(case: CaseFacts, *, but: Collection[UUID] = ()) -> Asked | None:
    """Whoever took the call; the station's duty person or one of its desk; the household's cadre; the studio's duty
    person; a supervisor of the place. None where there is nobody at all.

    but   persons who said that it is not theirs to do
    """
    if case.opened_by and case.opened_by not in but and await _is_there(case.opened_by):
        return Asked(case.opened_by)
    if case.station and (person := await _of_unit(case.station, but)):
        return Asked(person)
    if case.household and await _serves(case.household, but):
        return Asked(household_id=case.household)
    person = await _of_unit(case.studio, but) or await supervisor_of(case.division_code)
    return Asked(person) if person else None


async def who_goes_there(case: CaseFacts) -> Asked | None:
    """Whoever serves the household, else a cadre of the place, else its supervisor."""
    if case.household and await serving_today(household_id=case.household):
        return Asked(household_id=case.household)
    person = await _cadre_of(case.division_code) or await supervisor_of(case.division_code)
    return Asked(person) if person else None


async def _serves(household_id: UUID, but: Collection[UUID]) -> bool:
    cadre = await serving_today(household_id=household_id)
    return cadre is not None and cadre not in but


async def _is_there(person_id: UUID) -> bool:
    return await fetch_row("SELECT 1 FROM people_person WHERE id = $1 AND closed_at IS NULL", person_id) is not None


_HELD_TODAY = "r.valid_from <= $2 AND (r.valid_to IS NULL OR r.valid_to >= $2) AND p.closed_at IS NULL"


async def _of_unit(unit_id: UUID, but: Collection[UUID]) -> UUID | None:
    on_duty = await duty_person(unit_id=unit_id)
    if on_duty and on_duty not in but:
        return on_duty
    row = await fetch_row(
        f"""
        SELECT r.person FROM people_role_assignment r JOIN people_person p ON p.id = r.person
        WHERE r.unit = $1 AND {_HELD_TODAY} AND r.role = ANY($3) AND r.person <> ALL($4::uuid[])
        ORDER BY array_position($3, r.role::text), r.valid_from, r.person LIMIT 1
        """,
        unit_id,
        today(),
        DESK_ROLES,
        list(but),
    )
    return row["person"] if row else None


async def _cadre_of(division_code: str) -> UUID | None:
    row = await fetch_row(
        f"""
        SELECT r.person FROM people_role_assignment r JOIN people_person p ON p.id = r.person
        JOIN territory_division v ON v.id = r.division
        WHERE r.role = 'cadre' AND starts_with($1, v.prefix) AND {_HELD_TODAY}
        ORDER BY length(v.prefix) DESC, r.valid_from, r.person LIMIT 1
        """,
        division_code,
        today(),
    )
    return row["person"] if row else None
