"""Flow slips (工作流转单): printed empty under a number, written at a stall without a signal, typed in later.

The paper's own time stays: the case is opened when it was written, and what is late since then is late.
"""

from datetime import datetime, time
from typing import Any
from uuid import UUID, uuid5

from backend.cases.opening import open_case
from backend.cases.schemas import NewCase, OpenedCase
from backend.cases.words import Channel
from backend.core import clock, creates
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.paging import Page, Position, page, position
from backend.core.refusals import DifferentArguments, FieldError, Invalid
from backend.hotline import flow_slip_queries as queries
from backend.hotline.desk_asks import ROOM
from backend.hotline.flow_slip_refusals import SlipNumberWrong, SlipTyped, SlipUnknown, SlipVoided
from backend.hotline.flow_slip_schemas import FlowSlipRecord, NewFlowSlips, PrintedFlowSlips, TypedFlowSlip
from backend.hotline.paper_numbers import SLIP, read, said
from backend.hotline.unit_people import stands_near, works_at
from backend.people.actors import Actor
from backend.people.refusals import UnitUnknown
from backend.people.tables import Role

STALL = (Role.CADRE, Role.OPERATOR, Role.SUPERVISOR, Role.ADMIN)


@transaction
async def print_flow_slips(*, id: UUID, new: NewFlowSlips, by: Actor) -> Outcome[PrintedFlowSlips]:
    """Numbers for empty slips. The same again are the same slips, as they are now.

    For cadres, operators, supervisors and administrators of the unit or its place. Raises Forbidden (403), UnitUnknown
    (404), DifferentArguments (409).
    """
    by.must_have(*STALL)
    if not await works_at(new.unit_id, by, roles=STALL):
        raise UnitUnknown("There is no unit {unit_id}.", unit_id=str(new.unit_id))
    asked = [by.person_id, new.unit_id, new.slips_n]
    await queries.hold_printing(id)
    known = await queries.printed(id)
    if known is not None and not creates.same(known["arguments_digest"], asked):
        raise DifferentArguments("Slips {id} were printed otherwise; they stay.", id=str(id))
    if known is None:
        digest = creates.digest(asked)
        await queries.print_many(id, new.slips_n, unit_id=new.unit_id, by=by.person_id, digest=digest, at=clock.now())
    return Outcome(PrintedFlowSlips(slips=await queries.together(id, new.slips_n)), created=known is None)


@transaction
async def type_in_flow_slip(
    *, number: str, typed: TypedFlowSlip, by: Actor, door: str = "flow slip"
) -> Outcome[OpenedCase]:
    """Open the case that stands on a slip, at the time that stands on it. The same again is the same case.

    number   as it stands on the paper; blanks and small letters are forgiven
    by       of the slip's unit, of the place where it is, or of a place in it: he holds the paper

    Raises SlipNumberWrong, Invalid (400), Forbidden (403), SlipUnknown (404), SlipVoided, DifferentArguments (409), and
    what opening a case raises.
    """
    row = await _held(number, by, near=True)
    if row["voided_at"] is not None:
        raise SlipVoided("Slip {number} was declared void. Take another one.", number=row["number"])
    if is_too_early(typed.begun_at, row["printed_at"]):
        raise _too_early(row["printed_at"])
    new = new_case(typed, id=case_id_of(row["id"]), origin_id=row["id"])
    outcome = await open_case(new=new, by=by, door=door, owner_unit_id=row["unit"])
    if outcome.created:
        await queries.change(row["id"], begun_at=typed.begun_at, case=outcome.record.case.id)
    return outcome


@transaction
async def void_flow_slip(*, number: str, by: Actor) -> FlowSlipRecord:
    """A spoilt slip counts no more. Twice is harmless.

    Raises SlipNumberWrong (400), Forbidden (403), SlipUnknown (404), SlipTyped (409).
    """
    row = await _held(number, by)
    if row["case_id"] is not None:
        raise SlipTyped("Slip {number} is a case already; it stays.", number=row["number"])
    if row["voided_at"] is None:
        await queries.change(row["id"], voided_at=clock.now())
    return queries.record(await queries.slip(row["number"]))


async def get_flow_slip(*, number: str, by: Actor) -> FlowSlipRecord:
    """One, by its number. Raises SlipNumberWrong (400), Forbidden (403), SlipUnknown (404)."""
    return queries.record(await _held(number, by, near=True))


async def list_flow_slips(
    *, unit_id: UUID, by: Actor, waiting: bool | None = None, limit: int = 50, cursor: str | None = None
) -> Page[FlowSlipRecord]:
    """A unit's slips, the last printed first. `waiting`: neither typed in nor void.

    Raises Invalid (400), Forbidden (403), UnitUnknown (404).
    """
    by.must_have(*STALL)
    if not await works_at(unit_id, by, roles=STALL):
        raise UnitUnknown("There is no unit {unit_id}.", unit_id=str(unit_id))
    rows = await queries.page(unit_id, waiting=waiting, limit=limit, after=position(cursor))
    return page(rows, limit, lambda each: Position(each.printed_at, each.id))


async def _held(number: str, by: Actor, *, near: bool = False) -> Any:
    """Raises SlipNumberWrong (400), Forbidden (403), SlipUnknown (404)."""
    by.must_have(*STALL)
    n = read(SLIP, number)
    if n is None:
        raise SlipNumberWrong("Compare each digit with the paper: GZ and eight digits.")
    row = await queries.slip(said(SLIP, n), lock=True)
    if row is None or not await may_use(row, by, near=near):
        raise SlipUnknown("There is no slip {number} that you may type in.", number=said(SLIP, n))
    return row


async def may_use(row: Any, by: Actor, *, near: bool) -> bool:
    """Whether somebody works at a slip's unit; with `near` also where its place holds one of his."""
    return await works_at(row["unit"], by, roles=STALL) or (near and stands_near(row["division_code"], by, roles=STALL))


def new_case(typed: TypedFlowSlip, *, id: UUID, origin_id: UUID, origin_room: str = ROOM) -> NewCase:
    """The case that stands on a paper."""
    facts = {name: getattr(typed, name) for name in TypedFlowSlip.__struct_fields__ if name != "begun_at"}
    return NewCase(
        **facts,
        id=id,
        channel=Channel.MARKET_STALL,
        opened_at=typed.begun_at,
        origin_room=origin_room,
        origin_id=origin_id,
    )


def case_id_of(slip_id: UUID) -> UUID:
    """The one case of a slip."""
    return uuid5(slip_id, "case")


def is_too_early(begun_at: datetime, printed_at: datetime) -> bool:
    """Nobody wrote on it before the day it was printed."""
    return begun_at < datetime.combine(clock.local(printed_at).date(), time.min, clock.SHANGHAI)


def _too_early(printed_at: datetime) -> Invalid:
    detail = "The slip was printed on {day}: look at the date."
    facts = {"day": clock.local(printed_at).date().isoformat()}
    wrong = FieldError(pointer="/begun_at", detail=detail, code="range", facts=facts)
    return Invalid("The slip cannot be so; see errors.", errors=[wrong])
