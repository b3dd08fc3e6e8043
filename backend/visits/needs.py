"""Needs: what somebody asked for during a contact, and what became of it.

Four states. A need is `received`; it is `passed_on` to whoever can meet it (the cadre himself, where he can); then it
is `solved`, or found `unreasonable`, which takes a reason and may be contested: then it is `received` once more, and
its trace says so. Every step is a row that is never altered. Whoever serves the household today holds its open needs:
that is derived from the service, so a reassignment carries them along without touching them.
"""

from uuid import UUID

import msgspec

from backend.core.clock import now
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.ids import uuid7
from backend.core.paging import Page, Position, page, position
from backend.core.refusals import DifferentArguments, Forbidden, Refusal, Unknown
from backend.core.words import Term
from backend.people.actors import OVERSEERS, Actor, Scope, visible_to
from backend.people.tables import Role
from backend.visits import need_queries as queries
from backend.visits.need_schemas import NeedFilters, NeedHistory, NeedMove, NeedRecord, NeedStep, NeedTotals
from backend.visits.tables import NeedState
from backend.visits.visibility import prefixes_of

HANDLING = OVERSEERS | {Role.HANDLER}


class NeedUnknown(Unknown):
    """No such need, or none that this person may see."""

    code, title = "visits/need-unknown", "No such need"


class NeedCannotMove(Refusal):
    """The step does not exist from the state the need is in."""

    status, code, title = 409, "visits/need-cannot-move", "This step is not open to the need"


class RemarkNeeded(Refusal):
    """The step takes a reason, because somebody will be told it."""

    status, code, title = 400, "visits/remark-needed", "A reason is needed"


@transaction
async def move_need(
    *, need_id: UUID, to_state: NeedState, by: Actor, remark: str | None = None, id: UUID | None = None
) -> Outcome[NeedRecord]:
    """Take a need one step on: by the cadre of today, an overseer, or a handler of its territory.

    id   the step's; the same step again changes nothing, and so does a move to where the need is already

    Raises NeedUnknown (404), Forbidden (403), NeedCannotMove (409), RemarkNeeded (400), DifferentArguments (409).
    """
    need = await _locked(need_id, by=by)
    step = NeedMove(id=id, to_state=to_state, remark=_said(remark))
    if await _taken_before(need, step.id, "moved", step.to_state, step.remark, by):
        return Outcome(need, created=False)
    _check_responsible(need, visible_to(by, roles=HANDLING))
    if need.state == to_state:
        return Outcome(need, created=False)
    check_move(need.state, step)
    return await _take_step(need, step.id, "moved", to_state, step.remark, by)


@transaction
async def contest_need(*, need_id: UUID, remark: str, by: Actor, id: UUID | None = None) -> Outcome[NeedRecord]:
    """Record a citizen's objection to `unreasonable`: the need is received once more and keeps its trace.

    remark   the citizen's words; the cadre of today or an overseer writes them down on his behalf

    Raises NeedUnknown (404), Forbidden (403), NeedCannotMove (409), RemarkNeeded (400), DifferentArguments (409).
    """
    need = await _locked(need_id, by=by)
    words = _said(remark)
    if await _taken_before(need, id, "contested", NeedState.RECEIVED, words, by):
        return Outcome(need, created=False)
    _check_responsible(need, visible_to(by))
    if need.state == NeedState.RECEIVED and need.last_step and need.last_step.event == "contested":
        return Outcome(need, created=False)
    check_contest(need.state, words)
    return await _take_step(need, id, "contested", NeedState.RECEIVED, words, by)


async def get_need(*, need_id: UUID, by: Actor) -> NeedHistory:
    """A need and its steps. Raises NeedUnknown (404)."""
    row = await queries.need(need_id, scope=visible_to(by, roles=HANDLING))
    if row is None:
        raise NeedUnknown("There is no need {need_id} among those you may see.", need_id=need_id)
    steps = await queries.steps(need_id)
    return NeedHistory(_record(row), [msgspec.convert(step, NeedStep) for step in steps])


async def list_needs(
    *, by: Actor, filters: NeedFilters | None = None, limit: int = 50, cursor: str | None = None
) -> Page[NeedRecord]:
    """Needs that `by` may see, the newest first."""
    conditions = await _conditions(filters or NeedFilters(), by=by)
    rows = await queries.needs(conditions, order="received_at", limit=limit + 1, after=position(cursor))
    return page([_record(row) for row in rows], limit, lambda need: Position(need.received_at, need.id))


async def my_needs(*, by: Actor, limit: int = 50, cursor: str | None = None) -> Page[NeedRecord]:
    """What became of the needs that `by` handed up: those he recorded, the latest news first.

    A need that moves while the list is being paged comes up on its first page: start again to see it.
    """
    conditions = queries.recorded_by(by.person_id)
    rows = await queries.needs(conditions, order="state_since", limit=limit + 1, after=position(cursor))
    return page([_record(row) for row in rows], limit, lambda need: Position(need.state_since, need.id))


async def need_totals(*, by: Actor, filters: NeedFilters | None = None) -> NeedTotals:
    """The four totals over what `by` may see, in one query over one snapshot (see NeedTotals)."""
    conditions = await _conditions(filters or NeedFilters(), by=by)
    return totals_of(**await queries.state_counts(conditions))


async def _conditions(filters: NeedFilters, *, by: Actor) -> queries.Conditions:
    prefixes = await prefixes_of(filters.division_code) if filters.division_code else None
    scope = Scope(by.person_id, ()) if filters.mine else visible_to(by, roles=HANDLING)
    return queries.conditions(scope, filters, prefixes)


async def _locked(need_id: UUID, *, by: Actor) -> NeedRecord:
    """Locked first and read afterwards, so that what is read is what the holder of the lock left."""
    await queries.lock(need_id)
    return (await get_need(need_id=need_id, by=by)).need


async def _taken_before(
    need: NeedRecord, step_id: UUID | None, event: str, to_state: NeedState, remark: str | None, by: Actor
) -> bool:
    """Whether the step is there already. Raises DifferentArguments when its id stands for another one."""
    before = await queries.step(step_id) if step_id else None
    if before is None:
        return False
    if tuple(before) != (need.id, by.person_id, event, to_state, remark):
        raise DifferentArguments("Step {id} was taken before with other content; it stays.", id=step_id)
    return True


async def _take_step(
    need: NeedRecord, step_id: UUID | None, event: str, to_state: NeedState, remark: str | None, by: Actor
) -> Outcome[NeedRecord]:
    at = now()
    taken = await queries.take_step(
        step_id=step_id or uuid7(at),
        need_id=need.id,
        at=at,
        by=by.person_id,
        from_state=need.state,
        to_state=to_state,
        event=event,
        remark=remark,
    )
    if not taken:
        raise DifferentArguments("Step {id} was taken before with other content; it stays.", id=step_id)
    return Outcome((await get_need(need_id=need.id, by=by)).need, created=True)


def _check_responsible(need: NeedRecord, scope: Scope) -> None:
    if scope.person_id != need.responsible and not scope.covers(need.division_code):
        raise Forbidden("Another cadre serves this household today. The step is his, or his supervisor's.")


def _record(row: queries.Row) -> NeedRecord:
    facts = dict(row)
    step = {name.removeprefix("step_"): facts.pop(name) for name in list(facts) if name.startswith("step_")}
    return msgspec.convert(facts | {"last_step": step if step["id"] else None}, NeedRecord)


def _said(remark: str | None) -> str | None:
    return (remark or "").strip() or None


STEPS = {
    NeedState.RECEIVED: frozenset({NeedState.PASSED_ON}),
    NeedState.PASSED_ON: frozenset({NeedState.SOLVED, NeedState.UNREASONABLE}),
    NeedState.SOLVED: frozenset({NeedState.PASSED_ON}),
    NeedState.UNREASONABLE: frozenset[NeedState](),
}
"""Out of `solved` a need goes back to work when it turns out that it is not; out of `unreasonable` by a contest."""


WORDS = {
    NeedState.RECEIVED: Term("received"),
    NeedState.PASSED_ON: Term("passed_on"),
    NeedState.SOLVED: Term("solved"),
    NeedState.UNREASONABLE: Term("unreasonable"),
}


def check_move(state: NeedState, step: NeedMove) -> None:
    """Raises NeedCannotMove, or RemarkNeeded for a finding of unreasonable and for taking `solved` back."""
    if not STEPS[state]:
        raise NeedCannotMove("The need was found unreasonable. It moves again when the household contests that.")
    if step.to_state not in STEPS[state]:
        raise NeedCannotMove(
            "The need is {state}. From there it can go to: {open_states}.",
            state=WORDS[state],
            open_states=[WORDS[each] for each in sorted(STEPS[state])],
        )
    if not step.remark and (step.to_state == NeedState.UNREASONABLE or state == NeedState.SOLVED):
        raise RemarkNeeded("Say why: the household will ask, and has the right to contest it.")


def check_contest(state: NeedState, words: str | None) -> None:
    """Raises NeedCannotMove unless the need was found unreasonable, RemarkNeeded without the citizen's words."""
    if state != NeedState.UNREASONABLE:
        raise NeedCannotMove(
            "The need is {state}; only one that was found unreasonable can be contested.", state=WORDS[state]
        )
    if not words:
        raise RemarkNeeded("Write down what the citizen says against it.")


def totals_of(*, received: int, passed_on: int, solved: int, unreasonable: int, contested: int) -> NeedTotals:
    """The totals out of the number of needs in each state.

    >>> totals = totals_of(received=253, passed_on=643, solved=9041, unreasonable=52, contested=0)
    >>> totals.received, totals.passed_on, totals.unsolved, totals.passed_on_share, totals.solved_share
    (9989, 9736, 695, 0.9747, 0.9051)
    """
    handed_on = passed_on + solved + unreasonable
    everything = received + handed_on
    return NeedTotals(
        received=everything,
        not_passed_on=received,
        passed_on=handed_on,
        open=passed_on,
        solved=solved,
        unreasonable=unreasonable,
        unsolved=handed_on - solved,
        contested=contested,
        passed_on_share=round(handed_on / everything, 4) if everything else None,
        solved_share=round(solved / everything, 4) if everything else None,
    )
