"""A case as the citizen reads it on his receipt: where it stands, by when, what was said to him, what he may do."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.cases import clocks, numbers, queries, reading
from backend.cases.refusals import ReceiptUnknown
from backend.cases.rules import STAGES, STEPS, Whose
from backend.cases.schemas import CategoryShown, UnitShown
from backend.cases.step_dating import done_at
from backend.cases.words import CaseKind, CaseOutcome, CaseState, Satisfaction, Stage
from backend.deadlines.rules import Light

TOLD = frozenset(
    {
        *("words", "reason", "reason_code", "satisfaction", "photo_ids", "to_unit_name", "from_unit_name", "channel"),
        *("opened_at", "knowledge_code", "recognised", "upstream_number", "loop", "hops"),
        *("partner", "purpose", "fields"),
    }
)
"""What of a public line's payload the citizen is told."""


class PublicClock(Struct, frozen=True, kw_only=True):
    """By when. kind: response (you are answered) or handling (the matter is resolved); due_at null: no limit."""

    kind: str
    expected_at: datetime | None
    due_at: datetime | None
    stopped_at: datetime | None
    light: Light
    overdue: bool
    in_time: bool | None


class PublicLine(Struct, frozen=True, kw_only=True):
    """One thing that happened. `said` by kind of line; null with `erased`. `done_at`: where that was before it came."""

    id: UUID
    kind: str
    at: datetime
    done_at: datetime | None = None
    by_unit: UnitShown | None
    said: dict[str, Any] | None
    erased: bool


class PublicTrail(Struct, frozen=True, kw_only=True):
    """The case in which a merged one goes on: where it stands, what offices did. Nothing that its own citizen said."""

    number: str
    number_said: str
    stage: Stage
    state: CaseState
    assignee_unit: UnitShown | None
    timeline: list[PublicLine]


class PublicCase(Struct, frozen=True, kw_only=True):
    """What a receipt shows. There is no contact in it, and nobody of the staff by name.

    steps   what the citizen may do next: evaluated, contested, reopened, withdrawn, contact_erased
    goes_on the case that it was merged into, and that one's in turn
    """

    number: str
    number_said: str
    kind: CaseKind
    category: CategoryShown
    title: str
    description: str
    division_name: str
    stage: Stage
    state: CaseState
    state_since: datetime
    outcome: CaseOutcome | None
    satisfaction: Satisfaction | None
    opened_at: datetime
    received_at: datetime
    owner_unit: UnitShown | None
    assignee_unit: UnitShown | None
    has_contact: bool
    clocks: list[PublicClock]
    timeline: list[PublicLine]
    steps: list[str]
    goes_on: PublicTrail | None = None


async def public_case(*, case_id: UUID) -> PublicCase:
    """What the holder of a receipt may read; the caller has looked at it, or a ticket. Raises ReceiptUnknown (404)."""
    row = await queries.case(case_id)
    if row is None:
        raise ReceiptUnknown(ReceiptUnknown.SAID)
    record = reading.record(row, clocks=await clocks.of_case(case_id), photo_ids=[])
    return PublicCase(
        number=record.number,
        number_said=numbers.grouped(record.number),
        kind=record.kind,
        category=record.category,
        title=record.title,
        description=record.description,
        division_name=record.division.name,
        stage=STAGES[record.state],
        state=record.state,
        state_since=record.state_since,
        outcome=record.outcome,
        satisfaction=record.satisfaction,
        opened_at=record.opened_at,
        received_at=record.received_at,
        owner_unit=record.owner_unit,
        assignee_unit=record.assignee_unit,
        has_contact=record.has_contact,
        clocks=[
            PublicClock(**{name: getattr(each, name) for name in PublicClock.__struct_fields__})
            for each in record.clocks
        ],
        timeline=[public_line(each) for each in await queries.lines(case_id, public_only=True)],
        steps=citizens_steps(record.state, has_contact=record.has_contact),
        goes_on=await _goes_on(record.merged_into) if record.merged_into else None,
    )


async def _goes_on(case_id: UUID) -> PublicTrail | None:
    row = await queries.case(case_id)
    while row is not None and row["merged_into"] is not None:
        row = await queries.case(row["merged_into"])
    if row is None:
        return None
    record = reading.record(row, clocks=[], photo_ids=[])
    return PublicTrail(
        number=record.number,
        number_said=numbers.grouped(record.number),
        stage=STAGES[record.state],
        state=record.state,
        assignee_unit=record.assignee_unit,
        timeline=[
            public_line(each)
            for each in await queries.lines(row["id"], public_only=True)
            if each["kind"] in STEPS and STEPS[each["kind"]].whose is not Whose.CITIZEN
        ],
    )


OWN = frozenset({"photos_added", "contact_erased"})
"""What is offered on the receipt alone, beside the steps that are offered everywhere."""


def citizens_steps(state: CaseState, *, has_contact: bool) -> list[str]:
    """What whoever holds the receipt may do from a state."""
    return [
        step.name
        for step in STEPS.values()
        if step.whose is Whose.CITIZEN
        and state in step.start
        and (step.offered or step.name in OWN)
        and (has_contact or step.name != "contact_erased")
    ]


def public_line(row: reading.Row) -> PublicLine:
    """A line of a timeline as the citizen reads it."""
    said = reading.said(row["payload"])
    return PublicLine(
        id=row["id"],
        kind=row["kind"],
        at=row["at"],
        done_at=done_at(row["payload"]),
        by_unit=reading.unit(row["by_unit"], row["unit_name"], row["unit_phone"]),
        said=None if said is None else {name: value for name, value in said.items() if name in TOLD},
        erased=said is None,
    )
