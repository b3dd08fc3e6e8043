"""The shapes of needs on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from backend.core.shapes import Code, DivisionCode, Moment, Prose
from backend.visits.tables import NeedState

Remark = Annotated[Prose, msgspec.Meta(min_length=1)]


class NeedMove(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A step of a need. The maker of the step makes its id, so a retry is the same step.

    unit_id   to whom it is passed on; unless told, to one's own unit, or the one the routing table has
    """

    to_state: NeedState
    id: UUID | None = None
    remark: Prose | None = None
    unit_id: UUID | None = None


class NeedContest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The citizen's objection, in his words, as the cadre or an overseer took it down."""

    remark: Remark
    id: UUID | None = None


class NeedStep(msgspec.Struct, frozen=True):
    """One step as it was taken. `event` is opened, moved or contested. `by` is null where a citizen took it.

    at, done_at   when it came, and when it was done, where that was earlier: offline
    """

    id: UUID
    at: datetime
    by: UUID | None
    by_name: str | None
    event: str
    from_state: NeedState | None
    to_state: NeedState
    remark: str | None
    done_at: datetime | None = None


class NeedRecord(msgspec.Struct, frozen=True):
    """A need as it is now: the case of the same id, whose number is `number`.

    responsible   serves the household today, or recorded the need where nobody does
    """

    id: UUID
    number: str
    visit_id: UUID
    household_id: UUID | None
    household_code: str | None
    division_code: str
    category: str
    description: str
    state: NeedState
    state_since: datetime
    received_at: datetime
    contested_at: datetime | None
    recorded_by: UUID
    responsible: UUID
    last_step: NeedStep | None


class NeedHistory(msgspec.Struct, frozen=True):
    """A need with every step, oldest first."""

    need: NeedRecord
    steps: list[NeedStep]


class NeedFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which needs. `mine`: of the households I serve today, or recorded by me; `received_to` itself is not included."""

    mine: bool = False
    state: NeedState | None = None
    division_code: DivisionCode | None = None
    household_id: UUID | None = None
    campaign_code: Code | None = None
    received_from: Moment | None = None
    received_to: Moment | None = None


class NeedTotals(msgspec.Struct, frozen=True):
    """The totals of Liaocheng's 三遍访, and what is left between them.

    received       all of them
    not_passed_on  still in state `received`                                    253 = 9,989 − 9,736
    passed_on      ever handed on, as the source counts: open + solved + unreasonable + explained        9,736
    open           in state `passed_on`: someone is at work on it               643
    solved         9,041
    unreasonable   52
    unsolved       passed_on − solved: the source's "695 open", which still holds the 52 unreasonable
    explained      cannot be done, and why was explained: counted apart from solved; the source has none
    contested      contested at least once, whatever their state now
    withdrawn      wanted no more: in none of the others

    So received = not_passed_on + passed_on and passed_on = open + solved + unreasonable + explained, always: every need
    is in exactly one state. Shares are of `received` (97.5 % and 90.5 % in the source), None where there is nothing.
    """

    received: int
    not_passed_on: int
    passed_on: int
    open: int
    solved: int
    unreasonable: int
    unsolved: int
    contested: int
    passed_on_share: float | None
    solved_share: float | None
    explained: int = 0
    withdrawn: int = 0
