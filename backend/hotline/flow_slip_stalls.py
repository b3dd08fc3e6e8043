"""What was heard at a market stall and comes in by itself, with or without a slip: nothing of it is lost.

A number that is no slip's, a slip that is void or that stands for another case already: the matter is a case of its
own then, and its words say what was the matter with the number.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from backend.cases.opening import open_case
from backend.cases.schemas import CaseRecord
from backend.core.database import transaction
from backend.core.words import Term, translations
from backend.hotline import flow_slip_queries as queries
from backend.hotline.flow_slip_schemas import TypedFlowSlip
from backend.hotline.flow_slips import STALL, case_id_of, is_too_early, may_use, new_case, type_in_flow_slip
from backend.hotline.paper_numbers import SLIP, read, said
from backend.people.actors import Actor


class SlipFate(StrEnum):
    """What became of the number that somebody wrote beside a matter."""

    TAKEN = "taken"
    NONE = "none"
    MISTYPED = "mistyped"
    UNKNOWN = "unknown"
    VOIDED = "voided"
    USED = "used"
    TOO_EARLY = "too_early"


REMARKS = {
    SlipFate.MISTYPED: Term("Number on paper: {number}. It is no slip's number."),
    SlipFate.UNKNOWN: Term("Number on paper: {number}. No such slip was printed here."),
    SlipFate.VOIDED: Term("Number on paper: {number}. That slip was declared void."),
    SlipFate.USED: Term("Number on paper: {number}. That slip is case {case} already; compare the two."),
    SlipFate.TOO_EARLY: Term("Number on paper: {number}. That slip was printed after the day that is written on it."),
}


class Heard(Struct, frozen=True, kw_only=True):
    """A case out of a matter, and what became of its number."""

    case: CaseRecord
    fate: SlipFate
    number: str | None


@transaction
async def take_at_stall(
    *, id: UUID, typed: TypedFlowSlip, by: Actor, door: str, stall_id: UUID, number: str | None, unit_id: UUID | None
) -> Heard:
    """Open the case of a matter: on its slip, or else under `id`. Call it once an id.

    stall_id   the stall's record, which a case without a slip is said to come from (room `door`)
    unit_id    the open unit whose stall it was; a slip's own counts first

    Raises Forbidden (403) and what opening a case raises, never for the number.
    """
    by.must_have(*STALL)
    fate, known = await _fate(number, typed.begun_at, by)
    if fate is SlipFate.TAKEN and known:
        outcome = await type_in_flow_slip(number=known.number, typed=typed, by=by, door=door)
        return Heard(case=outcome.record.case, fate=fate, number=known.number)
    remark = _remark(fate, number, known)
    words = replace(typed, description="\n".join(filter(None, (typed.description.strip(), remark))))
    new = new_case(words, id=id, origin_id=stall_id, origin_room=door)
    opened = (await open_case(new=new, by=by, door=door, owner_unit_id=unit_id)).record
    return Heard(case=opened.case, fate=fate, number=known.number if known else number)


async def case_of_matter(*, id: UUID, number: str | None) -> UUID | None:
    """The case that a matter became: under its own id, or its slip's. Null where it became none."""
    n = read(SLIP, number) if number else None
    slip = await queries.slip(said(SLIP, n)) if n is not None else None
    candidates = [id] + ([case_id_of(slip["id"])] if slip else [])
    known = await queries.cases_among(candidates)
    return next((each for each in candidates if each in known), None)


class _Known(Struct, frozen=True):
    number: str
    case_number: str | None = None


async def _fate(number: str | None, begun_at: datetime, by: Actor) -> tuple[SlipFate, _Known | None]:
    """The slip is held until the transaction ends."""
    if not number:
        return SlipFate.NONE, None
    n = read(SLIP, number)
    if n is None:
        return SlipFate.MISTYPED, None
    row = await queries.slip(said(SLIP, n), lock=True)
    if row is None or not await may_use(row, by, near=True):
        return SlipFate.UNKNOWN, None
    known = _Known(row["number"], row["case_number"])
    if row["voided_at"] is not None:
        return SlipFate.VOIDED, known
    if row["case_id"] is not None:
        return SlipFate.USED, known
    return (SlipFate.TOO_EARLY if is_too_early(begun_at, row["printed_at"]) else SlipFate.TAKEN), known


def _remark(fate: SlipFate, number: str | None, known: _Known | None) -> str | None:
    """In Chinese: it stays with the case."""
    if fate not in REMARKS:
        return None
    told = known.number if known else number
    return translations("zh").gettext(REMARKS[fate]).format(number=told, case=known and known.case_number)
