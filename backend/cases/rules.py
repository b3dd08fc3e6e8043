"""What may happen to a case: one list, read from top to bottom.

Each step says from which states it starts, where it leads, whose it is, whether a reason is asked, and whether the
citizen sees it on his receipt. `to=None`: the state stays.
"""

from enum import StrEnum

from msgspec import Struct

from backend.cases.words import CaseOutcome, CaseState, Stage
from backend.core.refusals import Refusal
from backend.core.words import Term

S = CaseState

OPEN = frozenset({S.RECEIVED, S.DISPATCHED, S.IN_HAND, S.SUSPENDED, S.REOPENED})
WORKED_ON = frozenset({S.DISPATCHED, S.IN_HAND})
ENDED = frozenset({S.RESOLVED, S.EXPLAINED, S.UNREASONABLE})
TOLD = frozenset({S.ANSWERED, S.EVALUATED})


class Whose(StrEnum):
    """Who may take a step.

    desk      an operator, supervisor or admin of the territory; whoever opened the case; and of a diagnosis the
              technicians of the station that received it
    unit      a handler, expert or technician of the unit that has it now, or the person it was given to
    either    one of the two
    overseer  a supervisor or admin of the territory
    citizen   whoever holds the receipt; the desk or the cadre of today may write it down for him

    A need found at a visit is also its cadre's: whoever serves the household today, and where nobody does whoever found
    it, takes every step but the overseer's. He solves it himself where he can; so may the desk of the place.
    """

    DESK = "desk"
    UNIT = "unit"
    EITHER = "either"
    OVERSEER = "overseer"
    CITIZEN = "citizen"


class Step(Struct, frozen=True):
    """One thing that may happen. `offered` is false for what belongs to a suggestion, a meeting or a briefing: it is
    asked for there, and not named among the steps that are open to a case."""

    name: str
    start: frozenset[CaseState]
    to: CaseState | None
    whose: Whose
    reason: bool = False
    public: bool = True
    outcome: CaseOutcome | None = None
    offered: bool = True


STEPS: dict[str, Step] = {
    step.name: step
    for step in (
        Step("opened", frozenset(), S.RECEIVED, Whose.DESK),
        Step("answered_on_spot", frozenset({S.RECEIVED}), S.ANSWERED, Whose.DESK, outcome=CaseOutcome.ANSWERED_ON_SPOT),
        Step("dispatched", frozenset({S.RECEIVED, S.REOPENED}), S.DISPATCHED, Whose.DESK),
        Step("taken_in_hand", frozenset({S.DISPATCHED}), S.IN_HAND, Whose.UNIT),
        Step("transferred", WORKED_ON, S.DISPATCHED, Whose.EITHER, reason=True),
        Step("escalated", OPEN, None, Whose.EITHER, reason=True),
        Step("suspended", WORKED_ON, S.SUSPENDED, Whose.UNIT, reason=True),
        Step("resumed", frozenset({S.SUSPENDED}), S.IN_HAND, Whose.EITHER),
        Step("responded", WORKED_ON | {S.SUSPENDED}, None, Whose.EITHER),
        Step("noted", OPEN | ENDED | TOLD, None, Whose.EITHER, public=False),
        Step("resolved", WORKED_ON, S.RESOLVED, Whose.UNIT, outcome=CaseOutcome.SOLVED),
        Step("explained", WORKED_ON, S.EXPLAINED, Whose.UNIT, reason=True, outcome=CaseOutcome.EXPLAINED),
        Step(
            *("rejected", WORKED_ON | {S.RECEIVED}, S.UNREASONABLE, Whose.EITHER),
            reason=True,
            outcome=CaseOutcome.UNREASONABLE,
        ),
        Step("answered", ENDED, S.ANSWERED, Whose.EITHER),
        Step("evaluated", frozenset({S.ANSWERED}), S.EVALUATED, Whose.CITIZEN),
        Step("contested", frozenset({S.UNREASONABLE, S.ANSWERED}), S.REOPENED, Whose.CITIZEN, reason=True),
        Step("reopened", ENDED | TOLD, S.REOPENED, Whose.CITIZEN, reason=True),
        Step("merged", OPEN, S.MERGED, Whose.DESK, reason=True, outcome=CaseOutcome.MERGED),
        Step("unmerged", frozenset({S.MERGED}), S.REOPENED, Whose.OVERSEER, reason=True),
        Step("withdrawn", OPEN, S.WITHDRAWN, Whose.CITIZEN, outcome=CaseOutcome.WITHDRAWN),
        Step("receipt_renewed", frozenset(S), None, Whose.CITIZEN, offered=False),
        Step("photos_added", OPEN | ENDED | TOLD, None, Whose.CITIZEN, offered=False),
        Step("contact_erased", frozenset(S), None, Whose.CITIZEN, offered=False),
        Step("relayed", OPEN | ENDED | TOLD, None, Whose.CITIZEN, offered=False),
        Step("disclosed", frozenset(S), None, Whose.DESK, offered=False),
        Step("owner_moved", OPEN, None, Whose.OVERSEER, reason=True),
        Step("place_corrected", frozenset(S), None, Whose.DESK, public=False, offered=False),
        Step("called_to_meeting", OPEN, None, Whose.OVERSEER, offered=False),
        Step("conferred", OPEN, None, Whose.OVERSEER, offered=False),
        Step("briefed", frozenset(S), None, Whose.EITHER, public=False, offered=False),
        Step("amended", OPEN, None, Whose.CITIZEN, reason=True, offered=False),
        Step("signed", OPEN | ENDED | TOLD, None, Whose.EITHER, offered=False),
        Step("heard", OPEN | ENDED | TOLD, None, Whose.EITHER, offered=False),
        Step("reported", ENDED | TOLD, None, Whose.EITHER, offered=False),
        Step("fed_back", OPEN | ENDED | TOLD, None, Whose.EITHER, offered=False),
        Step("corrected", ENDED | TOLD, None, Whose.EITHER, offered=False),
    )
}

STAGES: dict[CaseState, Stage] = {
    S.RECEIVED: Stage.RECEIVED,
    S.REOPENED: Stage.RECEIVED,
    S.DISPATCHED: Stage.DISPATCHED,
    S.IN_HAND: Stage.DISPATCHED,
    S.SUSPENDED: Stage.DISPATCHED,
    S.RESOLVED: Stage.RESOLVED,
    S.EXPLAINED: Stage.RESOLVED,
    S.UNREASONABLE: Stage.RESOLVED,
    S.MERGED: Stage.RESOLVED,
    S.WITHDRAWN: Stage.RESOLVED,
    S.ANSWERED: Stage.ANSWERED,
    S.EVALUATED: Stage.EVALUATED,
}


class StepNotOpen(Refusal):
    """The step does not start from the state the case is in."""

    status, code, title = 409, "cases/step-not-open", "This step is not open to the case"


class ReasonNeeded(Refusal):
    """The step takes a reason, because somebody will be told it."""

    status, code, title = 400, "cases/reason-needed", "A reason is needed"


def check_step(name: str, *, state: CaseState, reason: str | None) -> Step:
    """The step, if it may be taken from here. Raises StepNotOpen (409), ReasonNeeded (400)."""
    step = STEPS[name]
    if state not in step.start:
        raise StepNotOpen(
            "The case is {state}. From there it can be: {open_steps}.",
            state=Term(state),
            open_steps=[Term(each) for each in steps_from(state)],
        )
    if step.reason and not (reason or "").strip():
        raise ReasonNeeded("Say why: whoever asked will read it, and may contest it.")
    return step


def steps_from(state: CaseState) -> list[str]:
    """The names of the steps that start here, in the order of the list."""
    return [step.name for step in STEPS.values() if step.offered and state in step.start]
