"""Cases as the police registered them, to be counted: a day, a type, a sum. Nothing here points at a victim."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from msgspec import convert
from msgspec.structs import replace

from backend.antifraud import library_queries
from backend.antifraud import outreach_rows as rows
from backend.antifraud.fraud_case_schemas import FraudCaseRecord, FraudCaseWithdrawal, NewFraudCase
from backend.antifraud.outreach_places import (
    PLANNERS,
    check_fraud_type,
    check_not_after_today,
    check_text,
    holds,
    place,
    prefixes_of,
)
from backend.antifraud.outreach_refusals import FraudCaseUnknown
from backend.core import clock, ids
from backend.core.creates import Outcome
from backend.core.database import fetch, transaction
from backend.core.paging import Page, Position, page, position
from backend.core.refusals import FieldError, Forbidden, Invalid
from backend.people.actors import OVERSEERS, Actor
from backend.people.tables import Role
from backend.territory.tables import Level

TABLE = "antifraud_case"
REGISTRARS = PLANNERS | {Role.HANDLER}
LEVELS = (Level.COUNTY, Level.TOWNSHIP)
FEN = Decimal("0.01")


@transaction
async def register_case(*, new: NewFraudCase, by: Actor) -> Outcome[FraudCaseRecord]:
    """Register a case; a late one breaks the run of days on the day on which it happened.

    by   supervisors and administrators of the place, handlers of a police unit there

    Raises Forbidden, NotYourPlace (403), DivisionUnknown (404), Invalid (400), DifferentArguments (409).
    """
    division = await place(new.division_code, by=by, roles=await registrar_roles(by))
    _check(new, division.level)
    columns = {
        "id": new.id or ids.uuid7(),
        "occurred_on": new.occurred_on,
        "registered_on": new.registered_on,
        "fraud_type": new.fraud_type,
        "loss_yuan": Decimal(str(new.loss_yuan)).quantize(FEN),
        "division_code": division.code,
        "recorded_at": clock.now(),
        "by": by.person_id,
    }
    row, created = await rows.write(TABLE, columns, told=[replace(new, id=None), by.person_id])
    return Outcome(_record(row), created)


async def registrar_roles(by: Actor) -> frozenset[Role]:
    """In which of his roles somebody registers cases. Raises Forbidden (403)."""
    by.must_have(*REGISTRARS)
    units = [held.unit_id for held in by.held if held.role is Role.HANDLER and held.unit_id]
    if units and await library_queries.any_of_the_police(units):
        return REGISTRARS
    if by.has(*PLANNERS):
        return PLANNERS
    raise Forbidden("Cases are registered by a supervisor or by a police unit's handler.")


def _check(new: NewFraudCase, level: Level) -> None:
    check_fraud_type(new.fraud_type, on=clock.today())
    check_not_after_today(new.registered_on, "/registered_on")
    if level not in LEVELS:
        detail = "Name the county or the township; a village would point at a house."
        raise Invalid(errors=[FieldError(pointer="/division_code", detail=detail)])
    if new.registered_on < new.occurred_on:
        detail = "It was registered before it happened."
        raise Invalid(errors=[FieldError(pointer="/registered_on", detail=detail, code="range")])


@transaction
async def withdraw_case(*, case_id: UUID, why: FraudCaseWithdrawal, by: Actor) -> FraudCaseRecord:
    """It was a mistake. Twice is harmless; the first note stays.

    Raises Forbidden (403), FraudCaseUnknown (404), Invalid (400).
    """
    roles = await registrar_roles(by)
    check_text(why.note, "/note")
    row = await rows.one(TABLE, case_id, lock=True)
    if row is None or not holds(by, row["division_code"], roles):
        raise FraudCaseUnknown("There is no case {id} in a place of yours.", id=str(case_id))
    if row["withdrawn_at"] is not None:
        return _record(row)
    changed = {"withdrawn_at": clock.now(), "withdrawn_note": why.note.strip()}
    await fetch(
        "UPDATE antifraud_case SET withdrawn_at = $2, withdrawn_note = $3 WHERE id = $1", case_id, *changed.values()
    )
    return _record({**row, **changed})


def _record(row: rows.Row) -> FraudCaseRecord:
    told = rows.told({**row, "loss_yuan": float(row["loss_yuan"])}, FraudCaseRecord.__struct_fields__)
    return convert(told, FraudCaseRecord)


async def list_cases(
    *,
    by: Actor,
    division_code: str | None = None,
    since: date | None = None,
    until: date | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[FraudCaseRecord]:
    """Cases by when they were written down, the newest first; since, until: registered on these days.

    by   who oversees the place, or a handler of the police there

    Raises Forbidden, NotYourPlace (403), DivisionUnknown (404).
    """
    roles = OVERSEERS if by.has(*OVERSEERS) else await registrar_roles(by)
    prefixes = await prefixes_of(division_code, by=by, roles=roles)
    found = await rows.newest(
        TABLE,
        prefixes,
        limit=limit + 1,
        after=position(cursor),
        also="t.registered_on BETWEEN coalesce({}, '-infinity'::date) AND coalesce({}, 'infinity'::date)",
        values=(since, until),
    )
    return page([_record(row) for row in found], limit, lambda each: Position(each.recorded_at, each.id))
