"""回访: somebody is asked after every resolution, once, by whoever is on duty when it is due.

Rows of `cases` are read here, nobody tells us: a resolution that holds and that nobody was asked about gets its
callback within a minute, however many workers look, because the database keeps one for each resolution.
"""

from datetime import datetime
from uuid import UUID

from backend.core import clock, ids
from backend.core.database import transaction
from backend.core.jobs import schedule
from backend.hotline import callback_opening
from backend.hotline import callback_queries as queries
from backend.hotline import callback_telling as telling
from backend.hotline.callback_opening import NewCallback
from backend.hotline.callback_policies import callback_policy
from backend.hotline.callback_rules import next_try, part_of, supervised_for
from backend.hotline.words import CallbackReason, CallbackState
from backend.tasks.tables import TaskState

BATCH = 200


@schedule("hotline/verify", "* * * * *")
async def verify() -> None:
    """Open what nobody was asked about, drop what became moot, hand what is due to whoever is on duty now."""
    now = clock.now()
    since = now - callback_policy(clock.today()).look_back
    while any([await open_callback(case_id=case_id) for case_id in await queries.not_asked(since=since, limit=BATCH)]):
        pass
    for callback_id in await queries.gone_on(limit=BATCH):
        await drop(callback_id=callback_id)
    for callback_id in await queries.due(at=now, limit=BATCH):
        await hand_to_duty(callback_id=callback_id)


@transaction
async def open_callback(*, case_id: UUID) -> UUID | None:
    """Somebody is to be rung about a resolution that holds: he is told, an operator is asked, and a supervisor where
    one follows it. None where somebody is already, or it holds no more."""
    now, policy = clock.now(), callback_policy(clock.today())
    case = await queries.case_to_ask(case_id, since=now - policy.look_back)
    if case is None or case["unit"] is None:
        return None
    supervised = supervised_for(
        policy_code=case["policy_code"],
        category_code=case["category_code"],
        repeated=case["repeated"],
        policy=policy,
    )
    due_at = next_try(now, tried=(), policy=policy)
    asked = await telling.whose(case["unit"], division_code=case["division_code"], at=due_at)
    made = await callback_opening.open_callback(
        NewCallback(
            id=ids.uuid7(now),
            reason=CallbackReason.RESOLUTION,
            unit_id=case["unit"],
            division_code=case["division_code"],
            due_at=due_at,
            case_id=case_id,
            round=case["reopened_n"],
            supervised=supervised,
            assignee_id=asked.person_id if asked else None,
        )
    )
    if made is not None:
        await _tell(made, due_at, at=now)
    return made


async def _tell(callback_id: UUID, due_at: datetime, *, at: datetime) -> None:
    row = await queries.callback(callback_id)
    if row is None:
        raise LookupError(callback_id)
    if await telling.tell_citizen(row, telling.WE_RING, key="before", at=due_at):
        await queries.change(callback_id, {"told_at": at})
    if row["supervised"] is not None:
        await telling.ask_supervisor(row, telling.FOLLOW[row["supervised"]])


@transaction
async def drop(*, callback_id: UUID) -> bool:
    """Nobody need be rung: the case came back, or he has said himself how it was. Whether it was open."""
    row = await queries.callback(callback_id, lock=True)
    if row is None or row["state"] != CallbackState.OPEN:
        return False
    await queries.change(callback_id, {"state": CallbackState.MOOT.value, "closed_at": clock.now()})
    await telling.let_go(callback_id, to=TaskState.WITHDRAWN)
    return True


@transaction
async def hand_to_duty(*, callback_id: UUID) -> bool:
    """What is due goes to whoever is on duty now, where that is somebody else than it was given to; whether it did.

    At night nobody is asked to ring about how it was: that waits for the morning's operator.
    """
    row, now = await queries.callback(callback_id, lock=True), clock.now()
    if row is None or row["state"] != CallbackState.OPEN or row["due_at"] > now:
        return False
    if row["reason"] == CallbackReason.RESOLUTION and part_of(now, callback_policy(clock.today())) is None:
        return False
    to = await telling.whose_next(row, at=now)
    if to is None or to == row["assignee_id"]:
        return False
    await queries.change(callback_id, {"assignee": to})
    await telling.ask_to_ring(row, to=to)
    return True
