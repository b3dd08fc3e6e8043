"""What whoever has a warning does with it: take it, try, hand it on, end it.

at   of a verb: when it was done, where that was offline. Clocks go by when it came: it rang others meanwhile
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from backend.antifraud import assigning, day_keys, payloads
from backend.antifraud import warning_queries as queries
from backend.antifraud.reading import attempt, seen
from backend.antifraud.takers import Taker, in_order
from backend.antifraud.warning_queries import Row
from backend.antifraud.warning_refusals import NobodyToTakeIt, NotYourWarning, WarningClosed, WarningErased
from backend.antifraud.warning_schemas import (
    AttemptRecord,
    FraudWarningRecord,
    NewAttempt,
    WarningHandOver,
    WarningTaker,
)
from backend.antifraud.warning_words import AttemptHow, HandedBecause, WarningOutcome, WarningState
from backend.core import arrivals, clock
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.refusals import DifferentArguments, FieldError, Invalid
from backend.core.words import Term
from backend.people.actors import Actor, visible_to
from backend.people.tables import Role
from backend.push import actions as push
from backend.tasks import actions as tasks
from backend.tasks import queries as task_queries
from backend.tasks.tables import TaskState

_AHEAD = timedelta(minutes=5)  # a phone's clock may be ahead of ours
_ANSWERS = {AttemptHow.CALL: "answered_call_at", AttemptHow.VISIT: "answered_meet_at"}


@transaction
async def acknowledge_warning(*, warning_id: UUID, by: Actor, at: datetime | None = None) -> FraudWarningRecord:
    """Taken: it goes on to nobody else and nothing rings. A second time changes nothing.

    For whoever has it. Raises WarningUnknown (404), NotYourWarning (403).
    """
    warning = await _held(warning_id, by=by)
    if warning["state"] == WarningState.OPEN:
        await _take(warning, by=by, at=at)
    return queries.record(await seen(warning_id, by=by))


@transaction
async def record_attempt(
    *, warning_id: UUID, id: UUID, new: NewAttempt, by: Actor, at: datetime | None = None
) -> Outcome[AttemptRecord]:
    """Somebody tried. Whoever has not acknowledged has done so with it; after the closing it is welcome, too, and by
    whoever had it before: he may have been at the door when his shift ended.

    Raises WarningUnknown (404), NotYourWarning (403), WarningErased, DifferentArguments (409), Invalid (400).
    """
    warning = await _held(warning_id, by=by, or_before=True)
    key = await day_keys.of_day(warning["key_day"])
    if key is None or warning["purged_at"] is not None:
        raise WarningErased("Warning {id} was erased; nothing can be added.", id=str(warning_id))
    made = await _insert(warning, id, new, key=key, by=by, at=at)
    if made and warning["state"] == WarningState.OPEN and warning["assignee_id"] == by.person_id:
        await _take(warning, by=by, at=new.at or at)
    return Outcome(await attempt(id, of=warning), created=made)


@transaction
async def close_warning(
    *, warning_id: UUID, outcome: WarningOutcome, by: Actor, at: datetime | None = None
) -> FraudWarningRecord:
    """It has ended, and how. The same outcome again changes nothing.

    For whoever has it, or a supervisor of the place. Raises WarningUnknown (404), NotYourWarning (403),
    WarningClosed (409).
    """
    warning = await _held(warning_id, by=by, or_supervisor=True)
    if warning["state"] == WarningState.CLOSED:
        if warning["outcome"] != outcome:
            raise WarningClosed("It was closed as {outcome}; that stays.", outcome=Term(warning["outcome"]))
        return queries.record(warning)
    if warning["state"] == WarningState.OPEN and warning["assignee_id"] == by.person_id:
        await _take(warning, by=by, at=at)
    now = clock.now()
    done_at = arrivals.done_before(at, since=_had_since(warning), now=now)
    await queries.close(warning_id, outcome=outcome.value, by=by.person_id, at=now, done_at=done_at)
    await assigning.let_go(warning_id, to=TaskState.DONE)
    return queries.record(await seen(warning_id, by=by))


@transaction
async def hand_over_warning(*, warning_id: UUID, said: WarningHandOver, by: Actor) -> FraudWarningRecord:
    """On to somebody else, who has to take it anew: at the end of a shift, or because he is nearer.

    Raises WarningUnknown (404), NotYourWarning (403), WarningClosed, NobodyToTakeIt (409), Invalid (400).
    """
    warning = await seen(warning_id, by=by, lock=True)
    hands = await queries.hands(warning_id)
    if _went_on(hands, said.from_number, by=by):
        return queries.record(warning)
    if warning["assignee_id"] != by.person_id or hands[-1]["number"] != said.from_number:
        raise NotYourWarning("Somebody else has this warning now.")
    if warning["state"] == WarningState.CLOSED:
        raise WarningClosed("It has an outcome; there is nothing to hand over.")
    if said.because not in (HandedBecause.SHIFT_END, HandedBecause.HANDED):
        wrong = FieldError(pointer="/because", detail="Say shift_end or handed.", code="not-one-of")
        raise Invalid(errors=[wrong])
    await assigning.hand(warning, await _taker(warning, said, by=by), because=said.because)
    return queries.record(await seen(warning_id, by=by))


async def list_warning_takers(*, warning_id: UUID, by: Actor) -> list[WarningTaker]:
    """To whom one may hand a warning now, in the order in which they would be rung.

    For whoever has it. Raises WarningUnknown (404), NotYourWarning (403).
    """
    warning = await _held(warning_id, by=by)
    return [WarningTaker(**each._asdict()) for each in await _others(warning, by=by)]


async def next_in_line(*, warning_id: UUID, by: Actor) -> WarningTaker | None:
    """To whom a warning goes on when nobody takes it in time; None where it stays. Raises WarningUnknown (404)."""
    warning = await seen(warning_id, by=by)
    if warning["state"] != WarningState.OPEN or warning["due_acknowledge_at"] is None:
        return None
    taker = await assigning.next_taker(warning)
    return WarningTaker(**taker._asdict()) if taker else None


def _went_on(hands: Sequence[Row], number: int, *, by: Actor) -> bool:
    """Whether this was said before."""
    own = [each for each in hands if each["number"] == number and each["person_id"] == by.person_id]
    after = [each for each in hands if each["number"] == number + 1]
    return bool(own and after and after[0]["because"] in (HandedBecause.SHIFT_END, HandedBecause.HANDED))


async def _taker(warning: Row, said: WarningHandOver, *, by: Actor) -> UUID:
    """Whom he names, if that one may take it; else the next in order."""
    able = [each.person_id for each in await _others(warning, by=by) if said.to_person_id in (None, each.person_id)]
    if not able:
        raise NobodyToTakeIt("Nobody else, or not this person, may take it at this moment. Call the duty desk.")
    return able[0]


async def _others(warning: Row, *, by: Actor) -> list[Taker]:
    order = await in_order(division_code=warning["division_code"], at=clock.now())
    return [each for each in order if each.person_id != by.person_id]


async def _held(warning_id: UUID, *, by: Actor, or_supervisor: bool = False, or_before: bool = False) -> Row:
    """A warning that `by` has, locked until the transaction ends."""
    warning = await seen(warning_id, by=by, lock=True)
    leads = visible_to(by, roles=(Role.SUPERVISOR, Role.ADMIN) if or_supervisor else ())
    if warning["assignee_id"] == by.person_id or leads.covers(warning["division_code"]):
        return warning
    if or_before and by.person_id in {each["person_id"] for each in await queries.hands(warning_id)}:
        return warning
    raise NotYourWarning("Somebody else has this warning now.")


def _had_since(warning: Row) -> datetime:
    """Since when it could be acted on: it came, was given to whoever has it, or was taken."""
    taken_at = warning["acknowledge_done_at"] or warning["acknowledged_at"]
    return max(each for each in (warning["received_at"], warning["assigned_at"], taken_at) if each)


async def _take(warning: Row, *, by: Actor, at: datetime | None) -> None:
    now = clock.now()
    done_at = arrivals.done_before(at, since=_had_since(warning), now=now)
    await queries.acknowledge(warning["id"], by=by.person_id, at=now, done_at=done_at)
    await push.call_off(origin_room=assigning.ROOM, origin_id=warning["id"])
    standing = await task_queries.states_of(origin_room=assigning.ROOM, origin_ids=[warning["id"]])
    for task in standing[warning["id"]]:
        if task.state is TaskState.OPEN and task.assignee_id == by.person_id:
            await tasks.acknowledge_task(task_id=task.task_id, by=by, at=at)


async def _insert(warning: Row, id: UUID, new: NewAttempt, *, key: bytes, by: Actor, at: datetime | None) -> bool:
    now = clock.now()
    if new.at is not None and new.at > now + _AHEAD:
        wrong = FieldError(pointer="/at", detail="This moment has not come yet.", code="in-the-future")
        raise Invalid(errors=[wrong])
    told = [str(warning["id"]), new.how, new.reached, new.at, new.note, str(by.person_id)]
    row = {
        "id": id,
        "warning": warning["id"],
        "how": new.how.value,
        "reached": new.reached,
        "at": new.at or arrivals.done_at(at, since=warning["received_at"], now=now),
        "recorded_at": now,
        "by": by.person_id,
        "note_sealed": payloads.sealed_note(new.note, key=key),
        "arguments_digest": payloads.digest_under(key, told),
    }
    if not await queries.insert_attempt(row):
        await _must_be_the_same(id, told, key=key)
        return False
    if column := _ANSWERS.get(new.how):
        await queries.answered(warning["id"], column, at=row["at"])
    return True


async def _must_be_the_same(attempt_id: UUID, told: object, *, key: bytes) -> None:
    stored = await queries.attempt(attempt_id)
    if stored is None or not payloads.same_under(key, stored["arguments_digest"], told):
        raise DifferentArguments("Attempt {id} was recorded before with other content; it stays.", id=str(attempt_id))
