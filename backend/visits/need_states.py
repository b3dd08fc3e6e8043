"""A need is a case found at a visit: what its states and lines are called here. Pure, and as SQL for lists.

    received       nobody has it yet, or it came back
    passed_on      somebody is at work on it
    solved         done, or answered on the spot
    explained      it cannot be done, and why was explained: counted apart from solved
    unreasonable   what is asked for is not reasonable; the household may contest that
    withdrawn      the household wants it no more: then it counts no longer as received

A need that was merged is where the case is that it was merged into.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import msgspec

from backend.cases.step_dating import done_at
from backend.visits.need_schemas import NeedStep
from backend.visits.tables import NeedState

STATE = """CASE WHEN {c}.state IN ('received', 'reopened') THEN 'received'
    WHEN {c}.state IN ('dispatched', 'in_hand', 'suspended') THEN 'passed_on'
    WHEN {c}.state = 'withdrawn' THEN 'withdrawn'
    WHEN {c}.state = 'merged' THEN {merged}
    WHEN {c}.outcome IN ('explained', 'unreasonable') THEN {c}.outcome ELSE 'solved' END"""
_INTO = STATE.format(c="m", merged="'passed_on'")
STATE_OF_CASE = STATE.format(c="c", merged=f"(SELECT {_INTO} FROM cases_case m WHERE m.id = c.merged_into)")
"""The state of a need whose case is `c`."""

CONTESTED_AT = """CASE WHEN c.reopened_n > 0 THEN (
    SELECT max(e.at) FROM cases_event e WHERE e."case" = c.id AND e.kind = 'contested') END"""
"""When a case `c` was last contested."""

OPEN = "c.origin_room = 'visits' AND c.closed_at IS NULL"
"""That a case `c` is a need nobody is done with."""

REMARK = "noted"
_LEADS_TO = {
    "opened": NeedState.RECEIVED,
    "answered_on_spot": NeedState.SOLVED,
    "dispatched": NeedState.PASSED_ON,
    "resolved": NeedState.SOLVED,
    "explained": NeedState.EXPLAINED,
    "rejected": NeedState.UNREASONABLE,
    "contested": NeedState.RECEIVED,
    "reopened": NeedState.RECEIVED,
    "merged": NeedState.PASSED_ON,
    "unmerged": NeedState.RECEIVED,
    "withdrawn": NeedState.WITHDRAWN,
}
LINES = [*_LEADS_TO, REMARK]
"""The kinds of lines that a need's history is told from."""


class Told(msgspec.Struct, frozen=True):
    """A line of a case, as the history needs it. `payload` is JSON text; None where it was erased."""

    id: UUID
    at: datetime
    by: UUID | None
    by_name: str | None
    kind: str
    payload: str | None

    @property
    def said(self) -> Mapping[str, Any]:
        """What the line says."""
        return msgspec.json.decode(self.payload) if self.payload else {}


def sent_back(step_id: UUID) -> UUID:
    """The id of the dispatch that follows at once when a solved need is taken back to work by a step."""
    return uuid5(step_id, "taken back")


def history(lines: Sequence[Told]) -> list[NeedStep]:
    """The steps that a need's lines tell, oldest first: those that moved it, and every contest."""
    return list(_steps(lines))


def _steps(lines: Sequence[Told]) -> Iterator[NeedStep]:
    state: NeedState | None = None
    for i, line in enumerate(lines):
        if line.kind == REMARK:
            continue
        following = lines[i + 1] if i + 1 < len(lines) else None
        to = _LEADS_TO[line.kind]
        if following and following.id == sent_back(line.id):
            to = NeedState.PASSED_ON
        if to != state or line.kind == "contested":
            words = _remark(line, following)
            done = done_at(line.payload)
            yield NeedStep(line.id, line.at, line.by, line.by_name, _event(line), state, to, words, done)
        state = to


def _event(line: Told) -> str:
    return line.kind if line.kind in ("opened", "contested") else "moved"


def _remark(line: Told, following: Told | None) -> str | None:
    words = line.said.get("words")
    if words is None and following and following.kind == REMARK and following.said.get("about") == line.kind:
        words = following.said.get("remark")
    return words or None
