"""Accounts, roles and units.

`by=None` is the command line or the seed, which need no leave; an actor needs to be an administrator of the territory.
"""

from datetime import date
from typing import Any
from uuid import UUID

from backend.core import clock, ids
from backend.core.cipher import blind_index, seal
from backend.core.creates import digest, same
from backend.core.database import transaction
from backend.core.refusals import DifferentArguments
from backend.people import rules, sign_in_queries
from backend.people.actors import Actor
from backend.people.administering import must_administer, must_cover
from backend.people.proofs import PHONE_COLUMN
from backend.people.refusals import PersonUnknown, PhoneTaken, UnitUnknown
from backend.people.schemas import PersonRecord, RoleRecord, UnitRecord, person_record
from backend.people.tables import Person, Role, RoleAssignment, Unit, UnitKind
from backend.territory import queries as territory


@transaction
async def open_account(*, id: UUID, name: str, phone: str, by: Actor | None = None) -> PersonRecord:
    """An account without a password, which its holder sets with a one-time link. Idempotent.

    Raises Invalid (400), Forbidden (403), PhoneTaken (409), DifferentArguments (409).
    """
    if by is not None:
        by.must_have(Role.ADMIN)
    phone = rules.normal_phone(phone)
    index = blind_index(phone, column=PHONE_COLUMN)
    asked = [name.strip(), index.hex()]
    fresh = Person(
        id=id,
        name=name.strip(),
        phone_sealed=seal(phone, column="people_person.phone_sealed"),
        phone_index=index,
        created_at=clock.now(),
        arguments_digest=digest(asked),
    )
    await Person.insert(fresh).on_conflict(action="DO NOTHING")
    row = await Person.select().where(Person.id == id).first()
    if row is None:
        raise PhoneTaken("Find the account of this number, or use another number.")
    if not same(row["arguments_digest"], asked):
        raise DifferentArguments
    return person_record(row)


@transaction
async def close_account(*, person_id: UUID, by: Actor | None = None) -> None:
    """Shut an account; what its holder signed in with is void at the next request. Raises PersonUnknown (404)."""
    await must_administer(person_id, by)
    await Person.update({Person.closed_at: clock.now()}).where((Person.id == person_id) & Person.closed_at.is_null())
    await sign_in_queries.bump_epoch(person_id=person_id)


@transaction
async def open_unit(
    *,
    id: UUID,
    name: str,
    kind: UnitKind | str,
    division_code: str,
    parent_id: UUID | None = None,
    public_phone: str | None = None,
    by: Actor | None = None,
) -> UnitRecord:
    """A department, studio or station. Idempotent.

    Raises DivisionUnknown (404), OtherTerritory (403), DifferentArguments (409).
    """
    division = await territory.division(code=division_code)
    must_cover(division_code, by)
    if parent_id and not await Unit.exists().where(Unit.id == parent_id):
        raise UnitUnknown("There is no unit {unit_id}.", unit_id=str(parent_id))
    columns: dict[str, Any] = {
        "name": name.strip(),
        "kind": UnitKind(kind).value,
        "division": division.id,
        "parent": parent_id,
        "public_phone": public_phone,
    }
    fresh = Unit(id=id, created_at=clock.now(), **columns)
    await Unit.insert(fresh).on_conflict(target=Unit.id, action="DO NOTHING")
    row = await Unit.select().where(Unit.id == id).first()
    if row is None or {name: row[name] for name in columns} != columns:
        raise DifferentArguments
    return UnitRecord(
        id=id,
        name=row["name"],
        kind=UnitKind(row["kind"]),
        division_code=division_code,
        parent_id=row["parent"],
        public_phone=row["public_phone"],
        created_at=row["created_at"],
        closed_at=row["closed_at"],
    )


@transaction
async def assign_role(
    *,
    person_id: UUID,
    role: Role | str,
    division_code: str,
    unit_id: UUID | None = None,
    valid_from: date,
    valid_to: date | None = None,
    by: Actor | None = None,
) -> RoleRecord:
    """One of the nine roles in one division, both days included. The same again is the same row, with its new end.

    Raises PersonUnknown, DivisionUnknown, UnitUnknown (404), OtherTerritory (403).
    """
    division = await territory.division(code=division_code)
    must_cover(division_code, by)
    if not await Person.exists().where((Person.id == person_id) & Person.closed_at.is_null()):
        raise PersonUnknown("There is no open account {person_id}.", person_id=str(person_id))
    if unit_id and not await Unit.exists().where(Unit.id == unit_id):
        raise UnitUnknown("There is no unit {unit_id}.", unit_id=str(unit_id))
    word = Role(role)
    assignment = RoleAssignment(
        id=ids.from_key(person_id, "assign_role", f"{word} {division.id} {unit_id} {valid_from}"),
        person=person_id,
        role=word.value,
        division=division.id,
        unit=unit_id,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    await RoleAssignment.insert(assignment).on_conflict(
        target=RoleAssignment.id, action="DO UPDATE", values=[RoleAssignment.valid_to]
    )
    return RoleRecord(
        id=UUID(str(assignment.id)),
        person_id=person_id,
        role=word,
        division_code=division_code,
        unit_id=unit_id,
        valid_from=valid_from,
        valid_to=valid_to,
    )
