"""Households: registered, served by one cadre at a time, read with a trace, put right with a history."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET

from backend.core import clock, ids
from backend.core.cipher import blind_index, seal, unseal
from backend.core.creates import digest, same
from backend.core.database import transaction
from backend.core.refusals import DifferentArguments
from backend.people import household_queries, role_queries, rules
from backend.people.access_log import note_access
from backend.people.actors import Actor, visible_to
from backend.people.household_queries import SERVERS, household_record, household_row, visible_household
from backend.people.household_schemas import HouseholdChanges, HouseholdContact, HouseholdRecord, ServiceRecord
from backend.people.household_tables import Household, HouseholdAmendment, HouseholdService
from backend.people.refusals import CannotServe, HouseholdCodeTaken, HouseholdUnknown, OtherTerritory, ServiceBegun
from backend.people.tables import Role
from backend.territory import queries as territory
from backend.territory.points import Point, as_read, columns
from backend.territory.tables import POINT_COLUMNS

REGISTRARS = (Role.CADRE, Role.SUPERVISOR, Role.ADMIN)
ASSIGNERS = (Role.SUPERVISOR, Role.ADMIN)

PHONE_COLUMN = "people_household.contact_phone"
CONTACT = ("contact_name", "contact_phone", "address_note")


@transaction
async def register_household(
    *,
    id: UUID,
    code: str,
    division_code: str,
    contact_name: str | None = None,
    contact_phone: str | None = None,
    address_note: str | None = None,
    point: Point | None = None,
    service_needs: Sequence[str] = (),
    demo: bool = False,
    by: Actor,
) -> HouseholdRecord:
    """A household card. Idempotent.

    For cadres, supervisors and administrators of the place. Raises DivisionUnknown (404), OtherTerritory (403),
    PointOutside (400), HouseholdCodeTaken (409), DifferentArguments (409).
    """
    division = await territory.division(code=division_code)
    if not visible_to(by, roles=REGISTRARS).covers(division_code):
        raise OtherTerritory(division_code)
    contact = {"contact_name": contact_name, "contact_phone": _phone(contact_phone), "address_note": address_note}
    where = _located(point)
    asked = [code, division_code, _keyed(contact), where, list(service_needs), demo]
    fresh = Household(
        id=id,
        code=code,
        division=division.id,
        division_code=division_code,
        service_needs=list(service_needs),
        created_at=clock.now(),
        demo=demo,
        arguments_digest=digest(asked),
        **_sealed(contact),
        **where,
    )
    await Household.insert(fresh).on_conflict(action="DO NOTHING")
    row = await household_row(household_id=id)
    if row is None:
        raise HouseholdCodeTaken("The number {household_code} is on another card.", household_code=code)
    if not same(row["arguments_digest"], asked):
        raise DifferentArguments
    return household_record(row)


@transaction
async def assign_household(*, household_id: UUID, person_id: UUID, valid_from: date, by: Actor) -> ServiceRecord:
    """From this day on somebody serves the household; whoever served it ends the day before. Idempotent.

    What is open for the household goes along: its assignee is whoever serves today.
    For supervisors and administrators of the place.
    Raises HouseholdUnknown (404), CannotServe (409), ServiceBegun (409).
    """
    row = await household_row(household_id=household_id, lock=True)
    if row is None or not visible_to(by, roles=ASSIGNERS).covers(row["division_code"]):
        raise HouseholdUnknown("There is no household {household_id}.", household_id=str(household_id))
    await _must_be_able_to_serve(person_id, row["division_code"], valid_from)
    for service in await household_queries.services_from(household_id=household_id, day=valid_from):
        if (service.person_id, service.valid_from) == (person_id, valid_from):
            return service
        if service.valid_from >= valid_from:
            raise ServiceBegun("Service begins on {day}; choose a later one.", day=str(service.valid_from))
        if service.person_id == person_id and service.valid_to is None:
            return service
    return await _begin_service(household_id=household_id, person_id=person_id, valid_from=valid_from, by=by)


async def _begin_service(*, household_id: UUID, person_id: UUID, valid_from: date, by: Actor) -> ServiceRecord:
    await household_queries.end_services(household_id=household_id, before=valid_from)
    record = ServiceRecord(
        id=ids.uuid7(), household_id=household_id, person_id=person_id, valid_from=valid_from, valid_to=None
    )
    await HouseholdService.insert(
        HouseholdService(
            id=record.id, household=household_id, person=person_id, valid_from=valid_from, assigned_by=by.person_id
        )
    )
    return record


async def _must_be_able_to_serve(person_id: UUID, division_code: str, day: date) -> None:
    if not await role_queries.has_role_on(person_id=person_id, roles=SERVERS, division_code=division_code, on=day):
        detail = "Give this person the role of cadre or assistant in division {division_code} on {day} first."
        raise CannotServe(detail, division_code=division_code, day=str(day))


@transaction
async def read_contact(*, household_id: UUID, by: Actor, request_id: str) -> HouseholdContact:
    """How to reach a household; the read goes into its access log. Raises HouseholdUnknown (404)."""
    row = await visible_household(household_id=household_id, by=by)
    await note_access(
        by=by, subject_kind="household", subject_id=household_id, fields=list(CONTACT), request_id=request_id
    )
    return HouseholdContact(household_id=household_id, **_opened(row))


class Amendable(msgspec.Struct, frozen=True):
    """What a card says now, of what can be amended, its contact in clear; and where the household is."""

    said: Mapping[str, Any]
    division_code: str


async def hold_for_amending(*, household_id: UUID, by: Actor) -> Amendable:
    """What a card says, for whoever may amend it; nobody else amends it before the caller's transaction ends.

    To compare with: whoever shows a contact out of it to somebody writes the access log. Raises HouseholdUnknown (404).
    """
    row = await visible_household(household_id=household_id, by=by, lock=True)
    said = {**_opened(row), "service_needs": list(row["service_needs"]), "point": as_read(row)}
    return Amendable(said, row["division_code"])


@transaction
async def amend_household(*, household_id: UUID, changes: HouseholdChanges, reason: str, by: Actor) -> HouseholdRecord:
    """Put a household card right; what it said before is kept, sealed. Done twice, the second changes nothing.

    For who serves it today and its overseers. Raises HouseholdUnknown (404), PointOutside (400), Invalid (400).
    """
    row = await visible_household(household_id=household_id, by=by, lock=True)
    before, after = _differences(row, changes)
    if after:
        await Household.update(**after).where(Household.id == household_id)
        await _keep_what_it_said(household_id, before, reason=reason, by=by)
    return await household_queries.household(household_id=household_id, by=by)


def _differences(row: Mapping[str, Any], changes: HouseholdChanges) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the changed fields said, in clear; and the columns as they shall be."""
    said: dict[str, Any] = {**_opened(row), "service_needs": list(row["service_needs"])}
    wanted = {name: getattr(changes, name) for name in said}
    wanted["contact_phone"] = _phone(wanted["contact_phone"])
    before = {name: said[name] for name, value in wanted.items() if value is not UNSET and value != said[name]}
    after = _sealed({name: wanted[name] for name in CONTACT if name in before})
    if "service_needs" in before:
        after["service_needs"] = wanted["service_needs"]
    if changes.point is not UNSET and _located(changes.point) != (
        stored := {name: row[name] for name in POINT_COLUMNS}
    ):
        before["point"] = stored
        after |= _located(changes.point)
    return before, after


async def _keep_what_it_said(household_id: UUID, before: dict[str, Any], *, reason: str, by: Actor) -> None:
    await HouseholdAmendment.insert(
        HouseholdAmendment(
            id=ids.uuid7(),
            household=household_id,
            at=clock.now(),
            by=by.person_id,
            fields=sorted(before),
            reason=reason,
            before_sealed=seal(msgspec.json.encode(before).decode(), column="people_household_amendment.before_sealed"),
        )
    )


def _sealed(contact: dict[str, str | None]) -> dict[str, Any]:
    """Columns for these contact fields; the phone also gets its blind index."""
    sealed: dict[str, Any] = {}
    for name, value in contact.items():
        sealed[f"{name}_sealed"] = None if value is None else seal(value, column=f"people_household.{name}_sealed")
        if name == "contact_phone":
            sealed["contact_phone_index"] = None if value is None else blind_index(value, column=PHONE_COLUMN)
    return sealed


def _opened(row: Mapping[str, Any]) -> dict[str, str | None]:
    """The contact fields of a row in clear. Whoever shows them to somebody writes the access log."""
    sealed = {name: row[f"{name}_sealed"] for name in CONTACT}
    return {
        name: None if value is None else unseal(value, column=f"people_household.{name}_sealed")
        for name, value in sealed.items()
    }


def _phone(value: Any) -> Any:
    return rules.normal_phone(value) if isinstance(value, str) else value


def _located(point: Point | None) -> dict[str, Any]:
    """The point's columns, its moment in UTC: equal points, equal columns."""
    where = columns(point)
    return {**where, "fixed_at": where["fixed_at"] and where["fixed_at"].astimezone(UTC)}


def _keyed(contact: dict[str, str | None]) -> str:
    """A contact as text that tells nothing: a plain hash of a phone number can be guessed back."""
    return blind_index(msgspec.json.encode(contact, order="sorted").decode(), column="people_household.contact").hex()
