"""What opens by itself: repeats of a finding, the confirmation of one that stays, and who is asked to see to it.

Called inside the caller's transaction with every result that was stored or judged again. Again is harmless: ids follow
from the result.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID, uuid5

from backend.core import clock, ids
from backend.core.database import transaction
from backend.laboratory import retest_queries as queries
from backend.laboratory import retest_tasks, retesting_queries
from backend.laboratory.judgement_rows import word
from backend.laboratory.retest_policies import retest_policy
from backend.laboratory.retest_queries import Row
from backend.laboratory.retest_rules import Finding, Plan, Repeat, found_again, kind_of_test, planned
from backend.laboratory.words import RetestKind, RetestState

Key = tuple[UUID, str]
"""A sample and what was measured in it."""


@transaction
async def open_for(result_ids: Collection[UUID]) -> int:
    """What follows from results that were just stored or judged again: all of them, negative ones too.

    A positive or suspect enzyme test opens its repeats and one task; a result of a sample where repeats wait answers
    the next of them; when all are answered and the finding stays, another method has to confirm it. How many opened.
    """
    rows = await retesting_queries.noticed(list(result_ids))
    if not rows:
        return 0
    plans = await _plans(rows)
    opened = [
        _row(each, RetestKind.REPEAT, n + 1) for plan in plans for each, times in plan.opened for n in range(times)
    ]
    confirm = [_row(each, RetestKind.CONFIRMATION, 1) for plan in plans for each in plan.confirm]
    again = await retesting_queries.reopen([row[0] for row in (*opened, *confirm)])
    made = again | await queries.insert([*opened, *confirm])
    await retesting_queries.answer([each for plan in plans for each in plan.answered], at=clock.now())
    await _withdraw([each.id for plan in plans for each in plan.moot])
    await _tell(plans, made, anew=ids.uuid7() if again else None)
    return len(made)


async def _withdraw(result_ids: Sequence[UUID]) -> None:
    """Their own repeats fall away."""
    for row in await retesting_queries.withdraw_repeats(result_ids) if result_ids else ():
        await retest_tasks.settle(row["result"], RetestKind.REPEAT, moot=True)


async def _plans(rows: Sequence[Row]) -> list[Plan]:
    policy = retest_policy(clock.today())
    tested: dict[Key, list[Finding]] = {}
    for row in rows:
        tested.setdefault((row["sample"], row["analyte"]), []).append(finding_of(row))
    repeats: dict[Key, list[Repeat]] = {}
    confirmed: set[Key] = set()
    for row in await retesting_queries.repeats_of({row["sample"] for row in rows}):
        key = (row["sample"], row["analyte"])
        if row["kind"] == RetestKind.CONFIRMATION:
            confirmed.add(key)
        else:
            repeats.setdefault(key, []).append(_repeat_of(row))
    return [
        planned(those, repeats.get(key, ()), policy=policy, confirmed=key in confirmed) for key, those in tested.items()
    ]


def finding_of(row: Row) -> Finding:
    """A row with the columns of `TESTED`."""
    return Finding(
        id=row["id"],
        test=kind_of_test(method=row["method"], judged_unit=row["judged_unit"]),
        word=word(row),
        at=row["at"],
        line=row["line"],
        import_id=row["import_file"],
    )


def _repeat_of(row: Row) -> Repeat:
    return Repeat(
        of=finding_of(row),
        number=row["number"],
        state=RetestState(row["state"]),
        answered_by=row["answered_by_result"],
        by_itself=row["asked_by"] is None,
    )


def retest_id(result_id: UUID, kind: RetestKind, number: int) -> UUID:
    """The id of what opens by itself."""
    return uuid5(result_id, f"{kind} {number}")


def _row(tested: Finding, kind: RetestKind, number: int) -> tuple[Any, ...]:
    method = tested.test.value if kind is RetestKind.REPEAT else None
    id = retest_id(tested.id, kind, number)
    return (id, tested.id, kind.value, number, method, "", None, clock.now(), None, None, None)


async def _tell(plans: Iterable[Plan], made: set[UUID], *, anew: UUID | None) -> None:
    """A task for each finding to be repeated or confirmed; those whose repeats are all answered are done."""
    repeat, confirm, answered = set(), set(), set()
    for plan in plans:
        repeat |= {each.id for each, _ in plan.opened if retest_id(each.id, RetestKind.REPEAT, 1) in made}
        confirm |= {each.id for each in plan.confirm if retest_id(each.id, RetestKind.CONFIRMATION, 1) in made}
        answered |= {each.of.id for each in plan.answered}
    await retest_tasks.ask(repeat, RetestKind.REPEAT, anew=anew)
    await retest_tasks.ask(confirm, RetestKind.CONFIRMATION, anew=anew)
    for each in answered:
        if not await queries.waits(each):
            await retest_tasks.settle(each, RetestKind.REPEAT)


@transaction
async def withdraw_moot(result_ids: Collection[UUID]) -> None:
    """After results were judged again: what they no longer ask for is withdrawn, and what they answered is looked at
    anew. A repeat whose answer says nothing any more is open again.
    """
    for row in await retesting_queries.withdraw_moot(list(result_ids)):
        await retest_tasks.settle(row["result"], RetestKind(row["kind"]), moot=True)
    for row in await retesting_queries.answered_by(list(result_ids)):
        state = found_again(row["first_verdict"], word(row)) or RetestState.OPEN
        if state != row["state"]:
            await retesting_queries.set_state(row["retest"], state.value)
            if state is RetestState.OPEN:
                await retest_tasks.ask({row["first"]}, RetestKind.REPEAT, anew=row["id"])


@transaction
async def wait_again(result_ids: Collection[UUID]) -> None:
    """After a sample was separated: repeats that a result of the other sample had answered wait again, and a
    confirmation that those had opened is withdrawn.
    """
    results = {row["result"] for row in await retesting_queries.reopen_across(list(result_ids))}
    for row in await retesting_queries.withdraw_confirmations(list(results)) if results else ():
        await retest_tasks.settle(row["result"], RetestKind.CONFIRMATION, moot=True)
    for each in results:
        await retest_tasks.settle(each, RetestKind.REPEAT, moot=True)
    await retest_tasks.ask(results, RetestKind.REPEAT, anew=ids.uuid7())
