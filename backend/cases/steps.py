"""The one way in which anything happens to a case after it was opened.

`take` holds the case, looks whether `by` may see it (404), whether the step was taken before (then nothing changes),
whether it starts from here (409) and is his (403); then it writes the case, the lines and moves the clocks. All of it
in one transaction, which the verb around it shares for tasks, notices and photos.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from backend.cases import clocks, loop_clocks
from backend.cases.holding import Held, hold, unknown
from backend.cases.rules import check_step
from backend.cases.step_dating import dated
from backend.cases.step_rights import check_whose, person_of
from backend.cases.step_writing import TAKEN_BEFORE, clocks_anew, lines_of, write
from backend.cases.timeline import NewLine
from backend.cases.visibility import sight
from backend.core import clock, creates
from backend.core.database import transaction
from backend.core.refusals import DifferentArguments
from backend.deadlines.schemas import ClockRecord
from backend.people.actors import Actor


class Decided(Struct, frozen=True, kw_only=True):
    """What a verb makes of the case it holds: columns that change, facts for the line, further lines after it."""

    changes: Mapping[str, Any] = {}
    facts: Mapping[str, object] = {}
    lines: Sequence[NewLine] = ()


Decide = Callable[[Held], Awaitable[Decided]]


class Taken(Struct, frozen=True):
    """The case as it was before the step. `new` is false when the step had been taken already, and nothing changed.

    clocks   all of the case's as they are after it, where the step had them in hand; None: who wants them reads them
    """

    before: Held
    new: bool
    at: datetime
    clocks: list[ClockRecord] | None = None


@transaction
async def take(
    step: str,
    *,
    case_id: UUID,
    id: UUID,
    by: Actor | None,
    said: Mapping[str, object],
    internal: Mapping[str, object] | None = None,
    asked: object = None,
    reason: str | None = None,
    decide: Decide | None = None,
    by_rule: bool = False,
    at: datetime | None = None,
) -> Taken:
    """Take a step of `rules.STEPS`.

    id        the line's, given by the maker: the same again changes nothing
    by        None: the citizen, whose receipt the caller has checked, or (`by_rule`) a rule of ours
    said      what the step's line says, plain JSON; where the step is public: what the citizen may read
    internal  what staff alone may read: a line of its own
    asked     all that was asked for, where the lines tell only some of it
    decide    called with the case held: what else changes; it may raise refusals
    by_rule   the calling room has looked whether it may be taken, and by whom
    at        when it was done, where it was done offline; the line says so (`done_at`), and the case's state and
              clocks go by when it came all the same

    Raises CaseUnknown (404), NotYourStep (403), StepNotOpen, DifferentArguments (409), ReasonNeeded (400).
    """
    held = await hold(case_id, step_id=id)
    if asked is not None:
        said = {**said, "given_in": creates.digest(asked).hex()}
    given = [step, person_of(by), said, internal]
    now = clock.now()
    if held.step_case is not None and _is_the_same(held, given, asked):
        return Taken(held, False, now)  # also for somebody who sent the case on, and does not see it any more
    if by is not None and not by_rule and not sight(by).sees(held):
        raise unknown(case_id)
    if held.step_case is not None:
        raise DifferentArguments(TAKEN_BEFORE, id=str(id))
    checked = check_step(step, state=held.state, reason=reason)
    if not by_rule:
        check_whose(checked.whose, held, by)
    decided = await decide(held) if decide else Decided()
    facts = {**said, **decided.facts, "given": creates.digest(given).hex()}
    lines = lines_of(checked, id, facts, internal, decided.lines)
    lines = await dated(lines, at, held, checked, now=now)
    await write(held, checked, decided.changes, lines, by=by, at=now)
    moved = await clocks.follow(checked, clocks_anew(held, now), changes=decided.changes, said=said, by=by, at=now)
    if held.loop > 1:
        await loop_clocks.follow(checked, case_id, changes=decided.changes, by=by, at=now)
    return Taken(held, True, now, moved if held.loop == 1 else None)


def _is_the_same(held: Held, given: list[Any], asked: object) -> bool:
    """Whether what stands there is this step, by the same person with the same content (erased, it is taken for it)."""
    if (held.step_case, held.step_kind) != (held.id, given[0]):
        return False
    if not held.step_payload:
        return True
    kept = msgspec.json.decode(held.step_payload).get("given")
    return kept in (creates.digest(given).hex(), _given_formerly(given, asked))


def _given_formerly(given: list[Any], asked: object) -> str:
    """What stands with a line of before 2026-11-23; it goes when `creates.former_digest` goes."""
    step, person, said, internal = given
    if asked is not None:
        said = {**said, "given_in": creates.former_digest(asked).hex()}
    return creates.former_digest([step, person, said, internal]).hex()
