"""Accounts, roles, units and first sign-ins.

`by=None` is the command line or the seed, which need no leave; an actor needs to be an administrator of the territory.
"""

import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from backend.core import clock, ids
from backend.core.cipher import blind_index, seal
from backend.core.creates import digest
from backend.core.database import transaction
from backend.core.refusals import DifferentArguments
from backend.people import passwords, queries, rules
from backend.people.access_tables import OneTimeLink
from backend.people.actors import Actor, visible_to
from backend.people.policies import sign_in_policy
from backend.people.proofs import PHONE_COLUMN
from backend.people.refusals import LinkSpent, OtherTerritory, PersonUnknown, PhoneTaken, UnitUnknown
from backend.people.schemas import OneTimeLinkShown, PersonRecord, RoleRecord, UnitRecord
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
    fresh = Person(
        id=id,
        name=name.strip(),
        phone_sealed=seal(phone, column="people_person.phone_sealed"),
        phone_index=index,
        created_at=clock.now(),
        arguments_digest=digest([name.strip(), index.hex()]),
    )
    await Person.insert(fresh).on_conflict(action="DO NOTHING")
    row = await Person.select().where(Person.id == id).first()
    if row is None:
        raise PhoneTaken("Find the account of this number, or use another number.")
    if row["arguments_digest"] != fresh.arguments_digest:
        raise DifferentArguments
    return _person(row)


@transaction
async def close_account(*, person_id: UUID, by: Actor | None = None) -> None:
    """Shut an account; what its holder signed in with is void at the next request. Raises PersonUnknown (404)."""
    await _must_administer(person_id, by)
    await Person.update({Person.closed_at: clock.now()}).where((Person.id == person_id) & Person.closed_at.is_null())
    await queries.bump_epoch(person_id=person_id)


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
    _must_cover(division_code, by)
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
    _must_cover(division_code, by)
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


@transaction
async def make_one_time_link(*, person_id: UUID, by: Actor | None = None) -> str:
    """The token of a first sign-in (or of a forgotten password), valid as long as the policy says. Earlier ones end.

    Raises PersonUnknown (404) for an account outside the administrator's territory too.
    """
    await _must_administer(person_id, by)
    now = clock.now()
    token = secrets.token_urlsafe(32)
    waiting = (OneTimeLink.person == person_id) & OneTimeLink.used_at.is_null() & (OneTimeLink.expires_at > now)
    await OneTimeLink.update({OneTimeLink.expires_at: now}).where(waiting)
    await OneTimeLink.insert(
        OneTimeLink(
            id=ids.uuid7(),
            person=person_id,
            token_sha256=rules.sha256(token),
            made_by=by and by.person_id,
            expires_at=now + sign_in_policy(clock.today()).link_valid_for,
        )
    )
    return token


async def show_one_time_link(*, token: str) -> OneTimeLinkShown:
    """Whose link it is. Looking uses nothing up: WeChat opens links before people do. Raises LinkSpent (410)."""
    link = await queries.link_locked(token_sha256=rules.sha256(token))
    if link is None or link["used_at"] or link["expires_at"] <= clock.now():
        raise LinkSpent
    return OneTimeLinkShown(name=link["name"], expires_at=link["expires_at"])


async def use_one_time_link(*, token: str, password: str) -> PersonRecord:
    """Set the password; everything signed in before is void. Raises LinkSpent (410), Invalid (400).

    Sent again with the same password while the link would still be valid (the answer was lost), it says yes again.
    """
    encoded = await passwords.hash_password(
        rules.checked_password(password)
    )  # outside the transaction: it holds no connection meanwhile
    link = await _used(rules.sha256(token), encoded)
    if link["used_at"] and not await passwords.matches(password, link["password_hash"]):
        raise LinkSpent
    row = await Person.select().where(Person.id == link["person"]).first()
    return _person(row or {})


@transaction
async def _used(token_sha256: bytes, encoded: str) -> Mapping[str, Any]:
    """The link as it was before this use, with the person's password hash as it was."""
    link = await queries.link_locked(token_sha256=token_sha256)
    if link is None or link["expires_at"] <= clock.now():
        raise LinkSpent
    if link["used_at"] is None:
        await OneTimeLink.update({OneTimeLink.used_at: clock.now()}).where(OneTimeLink.id == link["id"])
        await set_password_hash(person_id=link["person"], encoded=encoded)
    return link


@transaction
async def set_password_hash(*, person_id: UUID, encoded: str) -> None:
    """Put a new password in place: whatever was signed in with the old one is void, a lock-out is over."""
    await Person.update({Person.password_hash: encoded}).where(Person.id == person_id)
    await queries.bump_epoch(person_id=person_id)
    await queries.forget_failures(person_id=person_id)


async def set_first_password(*, person_id: UUID, password: str) -> None:
    """A password without a link: for the demo, whose passwords are printed."""
    await set_password_hash(
        person_id=person_id, encoded=await passwords.hash_password(rules.checked_password(password))
    )


def _must_cover(division_code: str, by: Actor | None) -> None:
    if by is None:
        return
    by.must_have(Role.ADMIN)
    if not visible_to(by, roles=[Role.ADMIN]).covers(division_code):
        raise OtherTerritory(division_code)


async def _must_administer(person_id: UUID, by: Actor | None) -> None:
    """An administrator acts on accounts all of whose roles lie in his territory, so nobody takes over a superior."""
    if not await Person.exists().where((Person.id == person_id) & Person.closed_at.is_null()):
        raise PersonUnknown("There is no open account {person_id}.", person_id=str(person_id))
    if by is None:
        return
    by.must_have(Role.ADMIN)
    scope = visible_to(by, roles=[Role.ADMIN])
    if not all(map(scope.covers, await queries.persons_division_codes(person_id=person_id))):
        raise PersonUnknown("There is no open account {person_id}.", person_id=str(person_id))


def _person(row: Mapping[str, Any]) -> PersonRecord:
    return PersonRecord(
        id=row["id"],
        name=row["name"],
        language=row["language"],
        created_at=row["created_at"],
        closed_at=row["closed_at"],
    )
