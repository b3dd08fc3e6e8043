"""Withdrawing a retest: it need not be measured again. An objection is its objector's to take back, nobody else's."""

from uuid import UUID

from backend.core import clock
from backend.core.database import transaction
from backend.core.refusals import FieldError, Invalid
from backend.deadlines import clocks
from backend.laboratory import result_queries, retest_queries, retest_records, retest_tasks, retests
from backend.laboratory.refusals_results import RetestClosed, RetestUnknown
from backend.laboratory.result_schemas import RetestRecord, RetestWithdrawal
from backend.laboratory.retest_queries import Row
from backend.laboratory.visibility import reader
from backend.laboratory.words import RetestKind, RetestState
from backend.people.actors import Actor

LONGEST = 400
"""Of what is kept: why it was asked for, and why it was withdrawn."""


@transaction
async def withdraw_retest(*, retest_id: UUID, why: RetestWithdrawal, by: Actor) -> RetestRecord:
    """It is not measured again, and its reason says why; its task and its clock end. Withdrawn twice is the same.

    by   whoever may answer it

    Raises RetestUnknown (404), NotThisBench (403), RetestClosed (409), Invalid (400).
    """
    reading = await reader(by)
    held = await retest_queries.hold_one(retest_id)
    first = await result_queries.read_by(held["result"], reading) if held else None
    if held is None or first is None:
        raise RetestUnknown("There is no retest {id} that you may read.", id=str(retest_id))
    retests.must_handle(first, reading, by)
    if held["state"] not in (RetestState.OPEN, RetestState.WITHDRAWN):
        raise RetestClosed("It was answered by a result; it stays as it is.")
    if held["state"] == RetestState.OPEN:
        await _withdraw(held, why, by)
    return await retest_records.record(await _shown(retest_id))


async def _withdraw(held: Row, why: RetestWithdrawal, by: Actor) -> None:
    kind, at = RetestKind(held["kind"]), clock.now()
    reason = _reason(held, why)
    await retest_queries.withdraw(held["id"], reason=reason, at=at, by=by.person_id)
    if kind is RetestKind.OBJECTION:
        await clocks.stop_clock(clock_id=retests.clock_of(held["id"]), by=by, at=at)
    if kind is not RetestKind.REPEAT or not await retest_queries.waits(held["result"]):
        await retest_tasks.settle(held["result"], kind, by=by, moot=True)


def _reason(held: Row, why: RetestWithdrawal) -> str:
    """Why it was asked for, and why it was withdrawn. Raises Invalid (400)."""
    if held["kind"] == RetestKind.OBJECTION and not why.taken_back:
        raise _wrong("/taken_back", "An objection ends only when whoever objected takes it back: say that he did.")
    said = why.reason.strip()
    if not said:
        raise _wrong("/reason", "Say why it need not be measured again.")
    reason = " ｜ ".join(filter(None, (held["reason"], said)))
    if len(reason) > LONGEST:
        raise _wrong("/reason", "Say it in fewer words: it is kept beside why it was asked for.")
    return reason


def _wrong(pointer: str, detail: str) -> Invalid:
    return Invalid("The retest cannot be withdrawn like this.", errors=[FieldError(pointer=pointer, detail=detail)])


async def _shown(retest_id: UUID) -> Row:
    row = await retest_queries.one(retest_id)
    assert row is not None  # noqa: S101 - it is held
    return row
