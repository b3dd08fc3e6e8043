"""Swapping: the holder offers a shift to a colleague, alone or against one of his; the colleague says yes or no."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from backend.core import clock
from backend.core.creates import Outcome, digest, same
from backend.core.database import fetch, fetch_row, transaction
from backend.core.refusals import DifferentArguments
from backend.core.words import Term
from backend.people.actors import Actor
from backend.rosters import queries, telling
from backend.rosters.moving import end, follow, hold, must_be_free, must_come, seen_shift, successors
from backend.rosters.refusals import NobodyAmongThem, ShiftUnknown, SwapAnswered, SwapUnknown
from backend.rosters.schemas import NewSwap, ShiftRecord, SwapRecord, shift_record
from backend.rosters.swap_tables import Swap, SwapState
from backend.rosters.tables import Ending
from backend.tasks.tables import TaskKind

OFFER = Term("A colleague asks you to take a shift: {unit}, {span}.")
ACCEPTED = Term("Your colleague takes your shift: {unit}, {span}.")
DECLINED = Term("Your colleague cannot take your shift: {unit}, {span}. It is still yours.")

_SWAP = """
SELECT w.*, a.name AS offered_by_name, b.name AS offered_to_name FROM rosters_swap w
JOIN people_person a ON a.id = w.offered_by JOIN people_person b ON b.id = w.offered_to
"""


@transaction
async def swap_shift(*, id: UUID, shift_id: UUID, new: NewSwap, by: Actor) -> Outcome[SwapRecord]:
    """Offer one's shift to a colleague of the unit. A shift has one open offer; another one takes its place.

    Raises ShiftUnknown (404), ShiftMoved, NobodyAmongThem, PersonBusy, DifferentArguments (409).
    """
    asked = [shift_id, new.to_person_id, new.in_return_shift_id, new.remark, by.person_id]
    stored = await fetch_row("SELECT arguments_digest FROM rosters_swap WHERE id = $1", id)
    if stored is not None:
        return Outcome(await _again(id, stored, asked, by), created=False)
    shift, in_return = await _both(shift_id, new.in_return_shift_id, by=by)
    await _check(shift, in_return, giver=by.person_id, taker=new.to_person_id)
    await _lapse_earlier(shift_id)
    fresh = Swap(
        id=id, shift=shift_id, in_return=new.in_return_shift_id, offered_by=by.person_id, offered_to=new.to_person_id,
        offered_at=clock.now(), remark=(new.remark or "").strip() or None, state=SwapState.OFFERED.value,
        arguments_digest=digest(asked),
    )  # fmt: skip
    if not await Swap.insert(fresh).on_conflict(target=Swap.id, action="DO NOTHING"):
        return Outcome(await _again(id, {}, asked, by), created=False)
    await _tell_offer(id, shift, new.to_person_id)
    return Outcome(await get_swap(swap_id=id, by=by), created=True)


async def _again(id: UUID, stored: asyncpg.Record | dict[str, bytes], asked: object, by: Actor) -> SwapRecord:
    row = stored or await fetch_row("SELECT arguments_digest FROM rosters_swap WHERE id = $1", id)
    if row is None or not same(row["arguments_digest"], asked):
        raise DifferentArguments("Offer {id} was made with other arguments; it stays as it is.", id=id)
    return await get_swap(swap_id=id, by=by)


async def get_swap(*, swap_id: UUID, by: Actor) -> SwapRecord:
    """An offer made by or to oneself, or about a roster one may read. Raises SwapUnknown (404)."""
    row = await fetch_row(f"{_SWAP} WHERE w.id = $1", swap_id)
    if row is None or not await _may_see(row, by):
        raise SwapUnknown("There is no offer {id} among yours.", id=swap_id)
    return (await _records([row]))[0]


async def _may_see(row: asyncpg.Record, by: Actor) -> bool:
    if by.person_id in (row["offered_by"], row["offered_to"]):
        return True
    try:
        await seen_shift(row["shift"], by=by)
    except ShiftUnknown:
        return False
    return True


async def my_offers(*, by: Actor) -> list[SwapRecord]:
    """Offers that wait for one's answer, the nearest shift first."""
    rows = await fetch(
        f"{_SWAP} JOIN rosters_shift s ON s.id = w.shift WHERE w.offered_to = $1 AND w.state = 'offered' "
        "AND s.starts_at > $2 ORDER BY s.starts_at, w.id",
        by.person_id,
        clock.now(),
    )
    return await _records(rows)


async def _records(rows: Sequence[asyncpg.Record]) -> list[SwapRecord]:
    ids = [shift_id for row in rows for shift_id in (row["shift"], row["in_return"]) if shift_id]
    shifts = {row["id"]: shift_record(row) for row in await queries.shifts_by_id(ids)}
    followed = await successors([shift.id for shift in shifts.values()])
    return [
        SwapRecord(
            id=row["id"],
            state=SwapState(row["state"]),
            shift=shifts[row["shift"]],
            in_return=shifts[row["in_return"]] if row["in_return"] else None,
            successors=[one for one in followed if one.follows in (row["shift"], row["in_return"])]
            if row["state"] == SwapState.ACCEPTED
            else [],
            **{name: row[name] for name in _PLAIN},
        )
        for row in rows
    ]


_PLAIN = ("offered_by", "offered_by_name", "offered_to", "offered_to_name", "offered_at", "answered_at", "remark")


@transaction
async def accept_swap(*, swap_id: UUID, by: Actor) -> SwapRecord:
    """Take the shift: the old one is `swapped`, one's own follows it, confirmed. Said again, nothing changes.

    Raises SwapUnknown (404), SwapAnswered, ShiftMoved, NobodyAmongThem, PersonBusy, PostTaken (409).
    """
    offer = await _asked(swap_id, by)
    shift, in_return = await _both(offer.shift.id, _id(offer.in_return), by=by)
    offer = await _asked(swap_id, by)  # what it says now that the shifts are held
    if offer.state is SwapState.ACCEPTED:
        return offer
    _must_stand(offer)
    await _check(shift, in_return, giver=offer.offered_by, taker=by.person_id)
    await _answer(swap_id, SwapState.ACCEPTED)
    moved = [one.id for one in (shift, in_return) if one]
    await end(moved, ending=Ending.SWAP)
    await follow(shift.id, person_id=by.person_id, confirmed=True)
    if in_return:
        await follow(in_return.id, person_id=offer.offered_by, confirmed=True)
    await _tell_answer(offer, ACCEPTED)
    return await get_swap(swap_id=swap_id, by=by)


@transaction
async def decline_swap(*, swap_id: UUID, by: Actor) -> SwapRecord:
    """Say no; whoever offered may take his offer back the same way. Said again, nothing changes.

    Raises SwapUnknown (404), SwapAnswered (409).
    """
    offer = await get_swap(swap_id=swap_id, by=by)
    if by.person_id not in (offer.offered_by, offer.offered_to):
        raise SwapUnknown("There is no offer {id} among yours.", id=swap_id)
    await queries.lock_shifts([offer.shift.id])
    offer = await get_swap(swap_id=swap_id, by=by)
    answer = SwapState.DECLINED if by.person_id == offer.offered_to else SwapState.LAPSED
    if offer.state is answer:
        return offer
    _must_stand(offer)
    await _answer(swap_id, answer)
    if answer is SwapState.DECLINED:
        await _tell_answer(offer, DECLINED)
    return await get_swap(swap_id=swap_id, by=by)


async def _asked(swap_id: UUID, by: Actor) -> SwapRecord:
    offer = await get_swap(swap_id=swap_id, by=by)
    if offer.offered_to != by.person_id:
        raise SwapUnknown("There is no offer {id} among yours.", id=swap_id)
    return offer


def _must_stand(offer: SwapRecord) -> None:
    if offer.state is not SwapState.OFFERED:
        raise SwapAnswered("This offer was answered or lapsed; look at the roster.")


async def _both(shift_id: UUID, return_id: UUID | None, *, by: Actor) -> tuple[ShiftRecord, ShiftRecord | None]:
    held = await hold([shift_id, return_id] if return_id else [shift_id], by=by)
    return held[0], held[1] if return_id else None


def _id(shift: ShiftRecord | None) -> UUID | None:
    return shift.id if shift else None


async def _check(shift: ShiftRecord, in_return: ShiftRecord | None, *, giver: UUID, taker: UUID) -> None:
    """Both ends, each without the shift that he gives away."""
    if shift.person_id != giver:
        raise ShiftUnknown("There is no shift {id} among yours.", id=shift.id)
    if taker == giver or (in_return and (in_return.person_id != taker or in_return.unit_id != shift.unit_id)):
        raise NobodyAmongThem("A shift goes to a colleague; one in return has to be his, in the same unit.")
    must_come(shift)
    await must_be_free(taker, shift, giving=_id(in_return))
    if in_return:
        must_come(in_return)
        await must_be_free(giver, in_return, giving=shift.id)


async def _answer(swap_id: UUID, state: SwapState) -> None:
    await fetch("UPDATE rosters_swap SET state = $2, answered_at = $3 WHERE id = $1", swap_id, state, clock.now())
    await telling.settle([swap_id])


async def _lapse_earlier(shift_id: UUID) -> None:
    rows = await fetch(
        "UPDATE rosters_swap SET state = 'lapsed', answered_at = $2 WHERE shift = $1 AND state = 'offered' "
        "RETURNING id",
        shift_id,
        clock.now(),
    )
    await telling.settle([row["id"] for row in rows])


async def _tell_offer(swap_id: UUID, shift: ShiftRecord, to_person_id: UUID) -> None:
    saying = telling.Saying(OFFER, unit=shift.unit_name, span=(shift.starts_at, shift.ends_at))
    await telling.ask(
        origin_id=swap_id,
        kind=TaskKind.CONFIRM_SHIFT,
        assignee_id=to_person_id,
        saying=saying,
        division_code=shift.division_code,
        due_at=shift.starts_at,
    )
    await telling.tell(to_person_id, saying, key=f"swap/{swap_id}", origin_id=swap_id, expires_at=shift.starts_at)


async def _tell_answer(offer: SwapRecord, msgid: Term) -> None:
    span = (offer.shift.starts_at, offer.shift.ends_at)
    await telling.tell(
        offer.offered_by,
        telling.Saying(msgid, unit=offer.shift.unit_name, span=span),
        key=f"swap/{offer.id}/answer",
        origin_id=offer.id,
        expires_at=span[1],
    )
