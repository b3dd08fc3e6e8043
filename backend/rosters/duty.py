"""Who is on duty: for a telephone exchange, an operator, or anybody of the territory."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID

import asyncpg
import msgspec

from backend.core import clock
from backend.core.cipher import unseal
from backend.core.database import fetch, transaction
from backend.core.refusals import Forbidden
from backend.core.words import Term
from backend.people.access_log import note_access
from backend.people.actors import Actor, visible_to
from backend.people.refusals import UnitUnknown
from backend.people.tables import Role, UnitKind
from backend.rosters import queries
from backend.rosters.duty_schemas import DutyAnswer, OnDuty, UnitOnDuty
from backend.rosters.units import own_units
from backend.territory.queries import DivisionUnknown
from backend.territory.rules import prefix_of

PHONE_READERS = (Role.OPERATOR, Role.SUPERVISOR, Role.ADMIN)


async def who_is_on_duty(
    *,
    by: Actor,
    unit_id: UUID | None = None,
    division_code: str | None = None,
    kind: UnitKind | None = None,
    at: datetime | None = None,
) -> DutyAnswer:
    """Who is on duty in a unit, or in the units that serve a division (a village's own, its township's, its county's).

    by   anybody with a role above, in or below the place; the exchange's own account is one of these

    Raises UnitUnknown, DivisionUnknown (404). One statement.
    """
    at = at or clock.now()
    if unit_id is not None:
        rows = [row for row in await queries.who_at_unit(unit_id=unit_id, at=at) if _related(row, by)]
        if not rows:
            raise UnitUnknown("There is no unit {unit_id}.", unit_id=str(unit_id))
    else:
        code = division_code or ""
        if not _near(prefix_of(code), by):
            raise DivisionUnknown("There is no division {division_code} near yours.", division_code=code)
        rows = list(await queries.who_for_division(division_code=code, kind=kind, at=at))
    return DutyAnswer(at, _units(rows))


def _related(row: asyncpg.Record, by: Actor) -> bool:
    return row["unit_id"] in own_units(by) or _near(row["prefix"], by)


def _near(prefix: str, by: Actor) -> bool:
    """Whether somebody has a role over a place, or in a place below it, which it serves."""
    return any(prefix.startswith(held.prefixes) or held.division_code.startswith(prefix) for held in by.held)


def _units(rows: Sequence[asyncpg.Record]) -> list[UnitOnDuty]:
    return [_unit(list(own)) for _, own in groupby(rows, lambda row: row["unit_id"])]


def _unit(rows: Sequence[asyncpg.Record]) -> UnitOnDuty:
    people = [row for row in rows if row["shift_id"]]
    following = [_holder(row) for row in people if row["is_next"]]
    return UnitOnDuty(
        on_duty=[_holder(row) for row in people if not row["is_next"]],
        next=following[0] if following else None,
        **{name: rows[0][name] for name in _OF_UNIT},
    )


_OF_UNIT = ("unit_id", "unit_name", "kind", "division_code", "division_name", "public_phone")
_OF_HOLDER = ("person_id", "name", "shift_id", "post", "starts_at", "ends_at", "confirmed", "state")


def _holder(row: asyncpg.Record) -> OnDuty:
    return msgspec.convert({name: row[name] for name in _OF_HOLDER}, OnDuty)


@transaction
async def with_phones(answer: DutyAnswer, *, by: Actor, request_id: str) -> DutyAnswer:
    """The same with people's own numbers, for operators, supervisors and administrators of the units' territory.

    Each number read is logged. Raises Forbidden (403).
    """
    by.must_have(*PHONE_READERS)
    scope = visible_to(by, roles=PHONE_READERS)
    if not all(scope.covers(unit.division_code) for unit in answer.units):
        raise Forbidden("This needs one of the roles: {roles}.", roles=[Term(role) for role in PHONE_READERS])
    people = {one.person_id for unit in answer.units for one in _people(unit)}
    phones = await _phones(list(people))
    for person_id in sorted(people):
        await note_access(by=by, subject_kind="person", subject_id=person_id, fields=["phone"], request_id=request_id)
    return DutyAnswer(answer.at, [_told(unit, phones) for unit in answer.units])


def _people(unit: UnitOnDuty) -> list[OnDuty]:
    return [*unit.on_duty, *([unit.next] if unit.next else [])]


def _told(unit: UnitOnDuty, phones: dict[UUID, str]) -> UnitOnDuty:
    def told(one: OnDuty) -> OnDuty:
        return msgspec.structs.replace(one, phone=phones.get(one.person_id))

    return msgspec.structs.replace(
        unit, on_duty=[told(one) for one in unit.on_duty], next=told(unit.next) if unit.next else None
    )


async def _phones(person_ids: list[UUID]) -> dict[UUID, str]:
    rows = await fetch(
        "SELECT id, phone_sealed FROM people_person WHERE id = ANY($1) AND closed_at IS NULL", person_ids
    )
    return {row["id"]: unseal(row["phone_sealed"], column="people_person.phone_sealed") for row in rows}
