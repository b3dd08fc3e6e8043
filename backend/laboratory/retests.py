"""Measuring again, as people ask for it and answer it: repeats, confirmations, objections with their clock."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from msgspec.structs import replace

from backend.core import clock, creates, ids
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.refusals import DifferentArguments
from backend.deadlines import clocks, starting
from backend.deadlines.schemas import NewClock
from backend.laboratory import objections, result_queries, retest_queries, retest_records, retest_tasks
from backend.laboratory.judgement_rows import word
from backend.laboratory.refusals_results import (
    Inconclusive,
    NotThisBench,
    RapidMethod,
    RetestClosed,
    RetestOpen,
    RetestUnknown,
)
from backend.laboratory.result_queries import Row
from backend.laboratory.result_schemas import NewRetest, RetestRecord
from backend.laboratory.results import unknown
from backend.laboratory.retest_records import ROOM
from backend.laboratory.retest_rules import RAPID, check_answer, found_again, kind_of_test
from backend.laboratory.visibility import LabReader, reader
from backend.laboratory.words import RetestKind, RetestState
from backend.people.actors import Actor
from backend.people.tables import Role

LEADS = (Role.SUPERVISOR, Role.ADMIN)
NO_RAPID = "A rapid method confirms nothing and settles no objection. Name another method, such as chromatography."


@transaction
async def request_retest(*, result_id: UUID, new: NewRetest, by: Actor) -> Outcome[RetestRecord]:
    """Ask that something is measured again. An objection's clock starts: its report is due in so many working days.

    by   a technician of the desk, an expert of its studio; about a supervision sampling also who leads the place

    Raises ResultUnknown (404), NotThisBench (403), NoObjection, ObjectionLate, RapidMethod, RetestOpen,
    DifferentArguments (409), Invalid (400) for an objection that does not say when the result was received.
    """
    id, told = new.id or ids.uuid7(), [result_id, by.person_id, replace(new, id=None)]
    row = await _result(result_id, by)
    if (stored := await retest_queries.one(id)) is not None:
        if not creates.same(stored["arguments_digest"], told):
            raise DifferentArguments("Retest {id} was asked for with other content; it stays.", id=str(id))
        return Outcome(await retest_records.record(stored), created=False)
    due_at = await _checked(new, row, id)
    number = await retest_queries.next_number(result_id, new.kind)
    method = new.method or (_tested(row) if new.kind is RetestKind.REPEAT else None)
    asked = (id, result_id, new.kind.value, number, method, new.reason.strip(), new.told_at, clock.now())
    await retest_queries.insert([(*asked, by.person_id, due_at, creates.digest(told))])
    await retest_tasks.ask({result_id}, new.kind, anew=id)
    return Outcome(await _read(id), created=True)


async def _result(result_id: UUID, by: Actor) -> Row:
    """The result, held against others who ask for the same."""
    reading = await reader(by)
    row = await result_queries.read_by(result_id, reading)
    if row is None:
        raise unknown(result_id)
    must_handle(row, reading, by)
    await retest_queries.hold(result_id)
    return row


def must_handle(row: Row, reading: LabReader, by: Actor) -> None:
    """Raises NotThisBench (403) for others than those who test it, and who leads the place of a supervision sampling.

    row   of the result, as `result_queries.SHOWN`
    """
    leads = row["run_kind"] == "supervision" and row["division_code"].startswith(by.prefixes(LEADS) or ("-",))
    if row["sample_unit"] not in reading.tests and not leads:
        raise NotThisBench("This is for the technicians of the desk and the experts of its studio.")


def _tested(row: Row) -> str:
    return kind_of_test(method=row["method"], judged_unit=row["judged_unit"]).value


async def _checked(new: NewRetest, row: Row, id: UUID) -> datetime | None:
    """When it is due. Raises what `request_retest` raises."""
    if new.kind is not RetestKind.REPEAT and new.method in RAPID:
        raise RapidMethod(NO_RAPID)
    if new.kind is not RetestKind.REPEAT and await retest_queries.is_open(row["id"], new.kind):
        raise RetestOpen("The same was asked for before and still waits for its result.")
    if new.kind is not RetestKind.OBJECTION:
        return None
    await objections.check(told_at=new.told_at, row=row)
    return await _start_clock(id, row)


async def _start_clock(id: UUID, row: Row) -> datetime | None:
    started = await starting.start_clock(
        clock=NewClock(
            id=clock_of(id),
            subject_room=ROOM,
            subject_id=id,
            kind="report",
            policy_code="laboratory_objection",
            opened_at=clock.now(),
            division_code=row["division_code"],
            label=row["sample_code"],
            unit_id=row["sample_unit"],
            link=f"/console/bench/samples/{row['sample']}",
        )
    )
    return started.record.due_at


def clock_of(retest_id: UUID) -> UUID:
    """The id of an objection's clock."""
    return uuid5(retest_id, "clock")


async def _read(id: UUID) -> RetestRecord:
    row = await retest_queries.one(id)
    assert row is not None  # noqa: S101 - just written
    return await retest_records.record(row)


@transaction
async def answer_retest(*, retest_id: UUID, result_id: UUID, by: Actor) -> RetestRecord:
    """A result of the same sample and analyte answers it: upheld when it says the same, else overturned.

    An enzyme test names a group of pesticides: any single one that a laboratory looked for in the sample answers it.
    The same answer again changes nothing.

    Raises RetestUnknown, ResultUnknown (404), NotThisBench (403), RetestClosed, RapidMethod, Inconclusive (409),
    Invalid (400) for a result of something else, or from before.
    """
    reading = await reader(by)
    held = await retest_queries.hold_one(retest_id)
    first = await result_queries.read_by(held["result"], reading) if held else None
    if held is None or first is None:
        raise RetestUnknown("There is no retest {id} that you may read.", id=str(retest_id))
    must_handle(first, reading, by)
    if held["state"] != RetestState.OPEN:
        return await _as_it_is(held, result_id)
    answer = await result_queries.read_by(result_id, reading)
    if answer is None:
        raise unknown(result_id)
    await _answer(held, first, answer, by)
    return await _read(retest_id)


async def _as_it_is(held: Row, result_id: UUID) -> RetestRecord:
    if held["answered_by_result"] != result_id:
        raise RetestClosed("It was answered by another result, or withdrawn; it stays as it is.")
    return await _read(held["id"])


async def _answer(held: Row, first: Row, answer: Row, by: Actor) -> None:
    kind = RetestKind(held["kind"])
    if kind is not RetestKind.REPEAT and kind_of_test(**_test(answer)) in RAPID:
        raise RapidMethod(NO_RAPID)
    check_answer(first, answer)
    state = found_again(word(first), word(answer))
    if state is None:
        raise Inconclusive("This result is invalid or says nothing: it decides nothing. Measure once more.")
    at = clock.now()
    await retest_queries.close(held["id"], state=state.value, result_id=answer["id"], at=at, by=by.person_id)
    if kind is RetestKind.OBJECTION:
        await clocks.stop_clock(clock_id=clock_of(held["id"]), by=by, at=at)
    if kind is not RetestKind.REPEAT or not await retest_queries.waits(first["id"]):
        await retest_tasks.settle(first["id"], kind, by=by)


def _test(row: Row) -> dict[str, Any]:
    return {"method": row["method"], "judged_unit": row["judged_unit"]}
