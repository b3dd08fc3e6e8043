"""Needs: what somebody asked for during a contact, and what became of it.

A need is a case (`cases`): here it is listed, counted and moved in the words of the field. It is `received`; it is
`passed_on` to whoever can meet it (the cadre himself, where he can); then it is `solved`, or `explained`, or found
`unreasonable`, which takes a reason and may be contested: then it is `received` once more, and its timeline says so.
Whoever serves the household today holds its open needs: that is derived from the service, so a reassignment carries
them along without touching them.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from backend.cases import dispatching, ending, working
from backend.cases.visibility import Conditions, Sight, sight
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.ids import uuid7
from backend.core.paging import Page, Position, page, position
from backend.core.refusals import DifferentArguments, Refusal, Unknown
from backend.core.words import Term
from backend.people.actors import Actor
from backend.visits import need_queries as queries
from backend.visits.need_schemas import NeedFilters, NeedHistory, NeedMove, NeedRecord, NeedTotals
from backend.visits.need_states import Told, history, sent_back
from backend.visits.tables import NeedState
from backend.visits.visibility import prefixes_of


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
    *,
    need_id: UUID,
    to_state: NeedState,
    by: Actor,
    remark: str | None = None,
    id: UUID | None = None,
    unit_id: UUID | None = None,
    at: datetime | None = None,
) -> Outcome[NeedRecord]:
    """Take a need one step on: by the cadre of today, the desk of its place, or the unit that has it.

    id        the step's; the same step again changes nothing, and so does a move to where the need is already
    unit_id   to whom it is passed on; unless told, to one's own unit, or the one the routing table has
    at        when it was done, where that was offline

    Raises NeedUnknown, UnitUnknown (404), Forbidden (403), NeedCannotMove, StepNotOpen (409), RemarkNeeded (400),
    DifferentArguments (409).
    """
    need = await _locked(need_id, by=by)
    step = NeedMove(id=id or uuid7(), to_state=to_state, remark=_said(remark), unit_id=unit_id)
    before = await queries.step_kind(step.id) if step.id else None
    if before is None:
        if need.state == to_state:
            return Outcome(need, created=False)
        check_move(need.state, step)
    kind = before or _KIND[need.state, to_state]
    if kind not in {kind for (_, to), kind in _KIND.items() if to == to_state}:
        raise DifferentArguments("Step {id} was taken before with other content; it stays.", id=id)
    await _take(kind, need, step, by=by, again=before is not None, at=at)
    return Outcome((await get_need(need_id=need_id, by=by)).need, created=before is None)


@transaction
async def contest_need(
    *, need_id: UUID, remark: str, by: Actor, id: UUID | None = None, at: datetime | None = None
) -> Outcome[NeedRecord]:
    """Record a citizen's objection to `unreasonable`: the need is received once more and keeps its trace.

    remark   the citizen's words; the cadre of today or the desk writes them down on his behalf

    Raises NeedUnknown (404), Forbidden (403), NeedCannotMove (409), RemarkNeeded (400), DifferentArguments (409).
    """
    need = await _locked(need_id, by=by)
    words = _said(remark)
    before = await queries.step_kind(id) if id else None
    if before is None:
        if need.state == NeedState.RECEIVED and need.last_step and need.last_step.event == "contested":
            return Outcome(need, created=False)
        check_contest(need.state, words)
    await ending.contest(case_id=need_id, id=id or uuid7(), reason=words or "", by=by, at=at)
    return Outcome((await get_need(need_id=need_id, by=by)).need, created=before is None)


async def get_need(*, need_id: UUID, by: Actor) -> NeedHistory:
    """A need and its steps. Raises NeedUnknown (404)."""
    row = await queries.need(need_id, reader=sight(by))
    if row is None:
        raise NeedUnknown("There is no need {need_id} among those you may see.", need_id=need_id)
    return _history(row)


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


async def _conditions(filters: NeedFilters, *, by: Actor) -> Conditions:
    prefixes = await prefixes_of(filters.division_code) if filters.division_code else None
    reader = Sight(by.person_id, (), ()) if filters.mine else sight(by)
    return queries.conditions(reader, filters, prefixes)


async def _locked(need_id: UUID, *, by: Actor) -> NeedRecord:
    """Locked first and read afterwards, so that what is read is what the holder of the lock left."""
    await queries.lock(need_id)
    return (await get_need(need_id=need_id, by=by)).need


async def _take(kind: str, need: NeedRecord, step: NeedMove, *, by: Actor, again: bool, at: datetime | None) -> None:
    """The step as the case's own verb; where it was taken before, the verb looks whether it was the same."""
    id, words = step.id or uuid7(), step.remark or ""
    if kind == "dispatched":
        await dispatching.pass_on(case_id=need.id, id=id, unit_id=step.unit_id, remark=step.remark, by=by, at=at)
    elif kind == "resolved":
        await working.resolve(case_id=need.id, id=id, remark=words, by=by, at=at)
    elif kind == "rejected":
        await working.reject(case_id=need.id, id=id, reason=words, by=by, at=at)
    else:
        case = await ending.reopen(case_id=need.id, id=id, reason=words, by=by, at=at)
        if not again:
            unit_id = step.unit_id or (case.assignee_unit.id if case.assignee_unit else None)
            await dispatching.pass_on(case_id=need.id, id=sent_back(id), unit_id=unit_id, by=by, at=at)


def _history(row: queries.Row) -> NeedHistory:
    facts = dict(row)
    steps = history(msgspec.json.decode(facts.pop("lines") or "[]", type=list[Told]))
    contested = [step.at for step in steps if step.event == "contested"]
    told = {"contested_at": max(contested, default=None), "last_step": steps[-1] if steps else None}
    return NeedHistory(msgspec.convert(facts | told, NeedRecord, from_attributes=True), steps)


def _record(row: queries.Row) -> NeedRecord:
    return _history(row).need


def _said(remark: str | None) -> str | None:
    return (remark or "").strip() or None


_KIND = {
    (NeedState.RECEIVED, NeedState.PASSED_ON): "dispatched",
    (NeedState.PASSED_ON, NeedState.SOLVED): "resolved",
    (NeedState.PASSED_ON, NeedState.UNREASONABLE): "rejected",
    (NeedState.SOLVED, NeedState.PASSED_ON): "reopened",
    (NeedState.EXPLAINED, NeedState.PASSED_ON): "reopened",
}
"""From where to where a need is moved here, and which step of a case that is. Out of `solved` it goes back to work when
it turns out that it is not; out of `unreasonable` by a contest; `explained` and `withdrawn` are said of the case."""


WORDS = {state: Term(state.value) for state in NeedState}


def check_move(state: NeedState, step: NeedMove) -> None:
    """Raises NeedCannotMove, or RemarkNeeded for a finding of unreasonable and for taking `solved` back."""
    if state == NeedState.UNREASONABLE:
        raise NeedCannotMove("The need was found unreasonable. It moves again when the household contests that.")
    if (state, step.to_state) not in _KIND:
        raise NeedCannotMove(
            "The need is {state}. From there it can go to: {open_states}.",
            state=WORDS[state],
            open_states=[WORDS[to] for each, to in _KIND if each == state],
        )
    if not step.remark and _KIND[state, step.to_state] in ("rejected", "reopened"):
        raise RemarkNeeded("Say why: the household will ask, and has the right to contest it.")


def check_contest(state: NeedState, words: str | None) -> None:
    """Raises NeedCannotMove unless the need was found unreasonable, RemarkNeeded without the citizen's words."""
    if state != NeedState.UNREASONABLE:
        raise NeedCannotMove(
            "The need is {state}; only one that was found unreasonable can be contested.", state=WORDS[state]
        )
    if not words:
        raise RemarkNeeded("Write down what the citizen says against it.")


def totals_of(
    *,
    received: int,
    passed_on: int,
    solved: int,
    unreasonable: int,
    contested: int,
    explained: int = 0,
    withdrawn: int = 0,
) -> NeedTotals:
    """The totals out of the number of needs in each state.

    >>> totals = totals_of(received=253, passed_on=643, solved=9041, unreasonable=52, contested=0)
    >>> totals.received, totals.passed_on, totals.unsolved, totals.passed_on_share, totals.solved_share
    (9989, 9736, 695, 0.9747, 0.9051)
    """
    handed_on = passed_on + solved + unreasonable + explained
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
        explained=explained,
        withdrawn=withdrawn,
    )
