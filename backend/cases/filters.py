"""What a list of cases may be narrowed by, and the SQL of it: a figure counts with the filters that open its list."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.cases import numbers
from backend.cases.policies import case_policy
from backend.cases.reference import categories
from backend.cases.rules import OPEN, STAGES
from backend.cases.visibility import VILLAGE_DIGITS, Conditions, sight
from backend.cases.words import CaseKind, CaseOutcome, CaseState, Channel, Stage
from backend.core.clock import now, today
from backend.deadlines.rules import Light
from backend.people.actors import Actor
from backend.territory import queries as territory


class Sort(StrEnum):
    """newest: by the moment received, the last first. due: by the nearest deadline that runs; only cases with one."""

    NEWEST = "newest"
    DUE = "due"


class CaseFilters(Struct, frozen=True, kw_only=True):
    """What a list may be narrowed by; null does not narrow.

    open             whether somebody still has to work on it
    unit_id          the unit that has it now; owner_unit_id: the one that answers for it
    not_dispatched   no unit has it yet
    light            green, yellow, red of a deadline that runs; grey: open, and none runs
    category_code    and all below it; division_code: and all below it
    number           a receipt number, or what the province calls it
    text             part of the title
    mine             given to me, or opened by me
    received_from, received_to    the last one is not included; so with `answered_` and `reopened_`
    answered_in_time with answered_from and answered_to: answered in that span, by its deadline or not
    """

    state: CaseState | None = None
    stage: Stage | None = None
    open: bool | None = None
    outcome: CaseOutcome | None = None
    unit_id: UUID | None = None
    owner_unit_id: UUID | None = None
    not_dispatched: bool | None = None
    light: Light | None = None
    category_code: str | None = None
    channel: Channel | None = None
    kind: CaseKind | None = None
    division_code: str | None = None
    household_id: UUID | None = None
    number: str | None = None
    text: str | None = None
    mine: bool | None = None
    second_hop: bool | None = None
    origin_room: str | None = None
    origin_id: UUID | None = None
    received_from: datetime | None = None
    received_to: datetime | None = None
    answered_from: datetime | None = None
    answered_to: datetime | None = None
    answered_in_time: bool | None = None
    reopened_from: datetime | None = None
    reopened_to: datetime | None = None

    @property
    def few(self) -> bool:
        """Whether one of them alone leaves few open cases, which an index finds."""
        own = (self.unit_id, self.owner_unit_id, self.household_id, self.number, self.origin_id)
        return bool(self.mine) or any(each is not None for each in own)


RUNNING = (
    "SELECT FROM deadlines_clock k WHERE k.subject_room = 'cases' AND k.subject_id = c.id AND k.state = 'running' "
    "AND k.due_at IS NOT NULL AND {}"
)
_LIGHTS = {
    Light.RED: "k.due_at < {0}",
    Light.YELLOW: "k.due_at >= {0} AND k.expedite_at[1] <= {0}",
    Light.GREEN: "k.due_at >= {0} AND (k.expedite_at[1] IS NULL OR k.expedite_at[1] > {0})",
}
_LATE = (
    "EXISTS (SELECT FROM deadlines_clock k WHERE k.subject_room = 'cases' AND k.subject_id = c.id "
    "AND k.kind = 'response' AND k.state = 'stopped' AND k.stopped_at > k.due_at)"
)
_REOPENED = "c.id IN (SELECT e.\"case\" FROM cases_event e WHERE e.kind IN ('reopened', 'contested') AND {})"


async def conditions(filters: CaseFilters, *, by: Actor) -> Conditions:
    """The filters over what `by` sees. Raises DivisionUnknown (404)."""
    found = Conditions()
    found.seen_by(sight(by))
    await _where(found, filters)
    _states(found, filters)
    _plain(found, filters)
    _clocks(found, filters)
    found.few = found.few or filters.few
    if filters.mine:
        found.add("(c.assignee = {} OR c.opened_by = {})", by.person_id, by.person_id)
    return found


async def _where(found: Conditions, filters: CaseFilters) -> None:
    if filters.division_code is not None:
        division = await territory.division(code=filters.division_code)
        prefixes = await territory.prefixes(division_id=division.id)
        found.few = all(len(prefix) >= VILLAGE_DIGITS for prefix in prefixes)
        found.add(found.under("c.division_code", prefixes))
    if filters.category_code is not None:
        found.add("c.category_code = ANY({})", (await categories()).below(filters.category_code))


def _states(found: Conditions, filters: CaseFilters) -> None:
    """`closed_at` is null exactly in the open states (a constraint), and the indexes on open cases say it so."""
    wanted = set(CaseState)
    if filters.state is not None:
        wanted &= {filters.state}
    if filters.stage is not None:
        wanted &= {state for state, stage in STAGES.items() if stage == filters.stage}
    if filters.open is not None:
        found.add("c.closed_at IS NULL" if filters.open else "c.closed_at IS NOT NULL")
    elif wanted <= OPEN:
        found.add("c.closed_at IS NULL")
    if wanted != set(CaseState):
        found.add("c.state = ANY({})", sorted(wanted))


def _plain(found: Conditions, filters: CaseFilters) -> None:
    told = case_policy(today()).hops_told
    for sql, value in (
        ("c.outcome = {}", filters.outcome),
        ("c.assignee_unit = {}", filters.unit_id),
        ("c.owner_unit = {}", filters.owner_unit_id),
        ("c.channel = {}", filters.channel),
        ("c.household = {}", filters.household_id),
        ("c.origin_room = {}", filters.origin_room),
        ("c.origin_id = {}", filters.origin_id),
        ("c.hops >= {}", told if filters.second_hop else None),
        ("c.received_at >= {}", filters.received_from),
        ("c.received_at < {}", filters.received_to),
        ("strpos(c.title, {}) > 0", filters.text),
    ):
        if value is not None:
            found.add(sql, value)
    if filters.kind is not None:
        found.add(f"c.kind = '{filters.kind.value}'")  # not a parameter: for the partial index on suggestions
    if filters.not_dispatched:
        found.add("c.assignee_unit IS NULL")
    if filters.number is not None:
        found.add("(c.number = {} OR c.upstream_number = {})", numbers.plain(filters.number), filters.number.strip())


def _clocks(found: Conditions, filters: CaseFilters) -> None:
    if filters.light is not None:
        found.add("c.closed_at IS NULL")
        if filters.light is Light.GREY:
            found.add(f"NOT EXISTS ({RUNNING.format('TRUE')})")
        else:
            found.add(f"EXISTS ({RUNNING.format(_LIGHTS[filters.light].format(found.value(now())))})")
    for each in _span(found, "c.responded_at", filters.answered_from, filters.answered_to):
        found.add(each)
    if filters.answered_in_time is not None:
        found.add("c.responded_at IS NOT NULL")
        found.add(f"NOT {_LATE}" if filters.answered_in_time else _LATE)
    if filters.reopened_from or filters.reopened_to:
        found.add(_REOPENED.format(" AND ".join(_span(found, "e.at", filters.reopened_from, filters.reopened_to))))


def _span(found: Conditions, column: str, begins: Any, ends: Any) -> list[str]:
    pairs = ((">=", begins), ("<", ends))
    return [f"{column} {sign} {found.value(value)}" for sign, value in pairs if value is not None]
