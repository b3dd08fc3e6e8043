"""Warm hand-overs (一线接入、三线转办): a caller goes to 110, 119, 120, 12348 or 96110, under a reference of ours.

Until they say that they have him he is ours; when they give him back he is ours again, and our desk is told. What
happened stands on the case's timeline: that he was handed on, the citizen reads on his receipt.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5

from backend.cases import entries, records
from backend.cases.rules import STEPS
from backend.cases.steps import take
from backend.core import clock, creates
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.paging import Page, page, position
from backend.core.paging import Position as Place
from backend.core.refusals import DifferentArguments, FieldError, Invalid
from backend.core.words import Term
from backend.hotline import transfer_queries as queries
from backend.hotline.call_refusals import CallUnknown, NotYourLine
from backend.hotline.desk_asks import ask_desk, asked_no_more
from backend.hotline.paper_numbers import TRANSFER, read
from backend.hotline.transfer_refusals import TransferNotOpen, TransferUnknown
from backend.hotline.transfer_schemas import NewTransfer, TransferAcceptance, TransferRecord, TransferReturn
from backend.hotline.words import TransferState
from backend.people.actors import Actor, visible_to
from backend.people.refusals import UnitUnknown
from backend.people.tables import Role
from backend.push.wording import said

DESK = (Role.OPERATOR, Role.SUPERVISOR, Role.ADMIN)
READERS = (*DESK, Role.AUDITOR)

HANDED = Term("Handed to the line {line} by telephone, under our reference {reference}.")
HAVE = Term("{line} has the caller now (our reference {reference}, theirs {theirs}).")
BACK = Term("{line} gave the caller back (our reference {reference}, theirs {theirs}).")
SETTLED = Term("{line} has settled it (our reference {reference}, theirs {theirs}).")
GO_ON = Term("{line} gave a caller back, reference {reference}: go on with him.")
NOT_TOLD = Term("not told")
PURPOSE = Term("so that the line that can act speaks with him")


@transaction
async def transfer_to_line(*, id: UUID, new: NewTransfer, by: Actor) -> Outcome[TransferRecord]:
    """Hand a caller on. The same again is the same transfer, as it is now.

    Raises Invalid (400), Forbidden, NotYourLine (403), CallUnknown, CaseUnknown, UnitUnknown (404),
    DifferentArguments (409).
    """
    by.must_have(*DESK)
    division_code, unit_id = await _whence(new, by)
    asked = [by.person_id, new.line, new.reason, new.call_id, new.case_id, new.unit_id, new.their_desk]
    digest = creates.digest(asked)
    made = await queries.insert(
        new, id=id, unit_id=unit_id, division_code=division_code, digest=digest, by=by.person_id, at=clock.now()
    )
    row = await queries.transfer(id)
    if not creates.same(row["arguments_digest"], asked):
        raise DifferentArguments("Transfer {id} was made before with other content; it stays.", id=str(id))
    found = queries.record(row)
    if made and found.case_id is not None:
        words = said("zh", HANDED, line=found.line.value, reference=found.reference)
        shared: dict[str, object] = {
            "words": words,
            "partner": found.line.value,
            "purpose": said("zh", PURPOSE),
            "fields": [],
        }
        await take("disclosed", case_id=found.case_id, id=uuid5(id, "handed"), by=by, said=shared, by_rule=True)
    return Outcome(found, created=made)


@transaction
async def accept_transfer(*, transfer_id: UUID, told: TransferAcceptance, by: Actor) -> TransferRecord:
    """They have him: they are responsible now. Twice is harmless.

    Raises Forbidden (403), TransferUnknown (404), TransferNotOpen (409).
    """
    row = await _held(transfer_id, by)
    theirs = told.their_reference or row["their_reference"]
    if row["state"] == TransferState.ACCEPTED and theirs == row["their_reference"]:
        return queries.record(row)
    _must_be(row, TransferState.OFFERED)
    desk = told.their_desk or row["their_desk"]
    now = {"state": TransferState.ACCEPTED.value, "accepted_at": clock.now()}
    await queries.move(transfer_id, **now, their_reference=theirs, their_desk=desk)
    return await _moved(transfer_id, HAVE, by=by)


@transaction
async def return_transfer(*, transfer_id: UUID, told: TransferReturn, by: Actor) -> TransferRecord:
    """They give him back: we are responsible again, and whoever is on duty at our desk is told. Twice is harmless.

    Raises Forbidden (403), TransferUnknown (404), TransferNotOpen (409).
    """
    row = await _held(transfer_id, by)
    if row["state"] == TransferState.RETURNED and row["returned_because"] == told.because.strip():
        return queries.record(row)
    _must_be(row, TransferState.OFFERED, TransferState.ACCEPTED)
    await queries.move(
        transfer_id,
        state=TransferState.RETURNED.value,
        returned_at=clock.now(),
        returned_because=told.because.strip(),
        their_reference=told.their_reference or row["their_reference"],
    )
    found = await _moved(transfer_id, BACK, by=by)
    await ask_desk(
        found.unit.id,
        GO_ON,
        id=uuid5(transfer_id, "returned"),
        origin_id=transfer_id,
        division_code=found.division_code,
        by=by,
        link=f"/console/cases/{found.case_id}" if found.case_id else None,
        line=found.line.value,
        reference=found.reference,
    )
    return found


@transaction
async def close_transfer(*, transfer_id: UUID, by: Actor) -> TransferRecord:
    """They settled it; or we did, after they had given him back. Twice is harmless.

    Raises Forbidden (403), TransferUnknown (404), TransferNotOpen (409).
    """
    row = await _held(transfer_id, by)
    if row["closed_at"] is not None:
        return queries.record(row)
    if row["state"] == TransferState.RETURNED:
        await queries.move(transfer_id, closed_at=clock.now())
        await asked_no_more(transfer_id, by=by, done=True)
        return queries.record(await queries.transfer(transfer_id))
    _must_be(row, TransferState.ACCEPTED)
    await queries.move(transfer_id, state=TransferState.CLOSED.value, closed_at=clock.now())
    return await _moved(transfer_id, SETTLED, by=by)


async def get_transfer(*, transfer_id: UUID, by: Actor) -> TransferRecord:
    """One of one's territory. Raises Forbidden (403), TransferUnknown (404)."""
    by.must_have(*READERS)
    row = await queries.transfer(transfer_id)
    if row is None or not visible_to(by, roles=READERS).covers(row["division_code"]):
        raise _unknown(transfer_id)
    return queries.record(row)


async def list_transfers(
    *, by: Actor, out: bool | None = None, reference: str | None = None, limit: int = 50, cursor: str | None = None
) -> Page[TransferRecord]:
    """Those of one's territory, the newest first. `out`: offered or with another line now; `reference`: ours.

    Raises Forbidden (403), Invalid (400).
    """
    by.must_have(*READERS)
    number = None if reference is None else read(TRANSFER, reference) or 0
    scope = visible_to(by, roles=READERS)
    rows = await queries.page(scope, out=out, number=number, limit=limit, after=position(cursor))
    return page(rows, limit, lambda each: Place(each.offered_at, each.id))


async def transfers_of(
    *, by: Actor, call_id: UUID | None = None, case_id: UUID | None = None
) -> Sequence[TransferRecord]:
    """Those of one call or of one case, the newest first; none for whoever may not read them."""
    return await queries.of(visible_to(by, roles=READERS), call_id=call_id, case_id=case_id)


async def _whence(new: NewTransfer, by: Actor) -> tuple[str, UUID]:
    """The place of the matter and the desk that hands it on."""
    if new.call_id is None and new.case_id is None:
        wrong = FieldError(pointer="/case_id", detail="Say whose caller: call_id, case_id or both.", code="required")
        raise Invalid("The transfer cannot be so; see errors.", errors=[wrong])
    scope, code, unit_id = visible_to(by, roles=DESK), None, None
    if new.call_id is not None:
        call = await queries.call(new.call_id)
        if call is None or not scope.covers(call["division_code"]):
            raise CallUnknown("There is no call {id} that you may see.", id=str(new.call_id))
        code, unit_id = call["division_code"], call["unit"]
    if new.case_id is not None:
        case = await records.get_case(case_id=new.case_id, by=by)
        code = case.division.code
        unit_id = unit_id or entries.unit_of(by, code) or (case.owner_unit and case.owner_unit.id)
    if code is None or not scope.covers(code):
        raise NotYourLine("Division {code} lies outside your territory.", code=code)
    return code, await _desk(new.unit_id or unit_id, by)


async def _desk(unit_id: UUID | None, by: Actor) -> UUID:
    """Raises Invalid (400), UnitUnknown (404)."""
    if unit_id is None:
        wrong = FieldError(pointer="/unit_id", detail="Say which desk hands him on: unit_id.", code="required")
        raise Invalid("The transfer cannot be so; see errors.", errors=[wrong])
    code = await queries.unit_division(unit_id)
    own = any(held.unit_id == unit_id for held in by.held)
    if code is None or not (own or visible_to(by, roles=DESK).covers(code)):
        raise UnitUnknown("There is no unit {unit_id}.", unit_id=str(unit_id))
    return unit_id


async def _held(transfer_id: UUID, by: Actor) -> Any:
    by.must_have(*DESK)
    row = await queries.transfer(transfer_id, lock=True)
    if row is None or not visible_to(by, roles=DESK).covers(row["division_code"]):
        raise _unknown(transfer_id)
    return row


def _must_be(row: Any, *states: TransferState) -> None:
    if row["state"] not in states:
        raise TransferNotOpen(
            "The transfer is {state}. Make another one if the caller is handed on again.", state=Term(row["state"])
        )


async def _moved(transfer_id: UUID, message: str, *, by: Actor) -> TransferRecord:
    """The transfer as it is now; staff read of it on the case's timeline."""
    found = queries.record(await queries.transfer(transfer_id))
    if found.case_id is not None:
        case = await records.read(found.case_id)
        if case.state in STEPS["noted"].start:
            theirs = found.their_reference or said("zh", NOT_TOLD)
            words = said("zh", message, line=found.line.value, reference=found.reference, theirs=theirs)
            note = uuid5(transfer_id, message)
            await take("noted", case_id=found.case_id, id=note, by=by, said={"words": words}, by_rule=True)
    return found


def _unknown(transfer_id: UUID) -> TransferUnknown:
    return TransferUnknown("There is no transfer {id} that you may see.", id=str(transfer_id))
