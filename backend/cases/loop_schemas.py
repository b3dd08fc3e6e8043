"""The shapes of escalations, meetings and briefings."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.cases.loop_words import BriefingState, ClockChange, MeetingState
from backend.cases.schemas import PersonShown, Title, UnitShown
from backend.core.shapes import NO_NUL, DivisionCode, Line, Moment
from backend.territory.tables import Level

Reason = Annotated[str, Meta(min_length=1, max_length=200, pattern=NO_NUL)]
LongText = Annotated[str, Meta(min_length=1, max_length=20_000, pattern=NO_NUL)]
Office = Annotated[
    str, Meta(min_length=1, max_length=60, pattern=NO_NUL, description="an office, such as 县水利局局长")
]


class NewEscalation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One step up: to a loop (2, 3) or to a level (village, community, township, county, prefecture), not both.

    Where it goes is said, not "one more", so that two who press at once do not send it up twice.

    to_unit_id   who acts there; for a level with one government unit it goes there by itself
    """

    reason: Reason
    id: UUID | None = None
    to_loop: Annotated[int, Meta(ge=2, le=3)] | None = None
    to_level: Level | None = None
    to_unit_id: UUID | None = None


class NewOwner(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another unit answers for the case from now on: by a supervisor's word."""

    unit_id: UUID
    reason: Reason
    id: UUID | None = None


class NewMeeting(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A joint meeting (会商) over cases of one division, with two units or more."""

    title: Title
    division_code: DivisionCode
    meets_at: Moment
    case_ids: Annotated[list[UUID], Meta(min_length=1, max_length=50)]
    unit_ids: Annotated[list[UUID], Meta(min_length=2, max_length=50)]
    place_note: Line | None = None
    id: UUID | None = None


class Decision(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was decided of one case. `owner_unit_id` moves who answers for it; that, and clocks, take a reason."""

    case_id: UUID
    owner_unit_id: UUID | None = None
    clocks: ClockChange = ClockChange.LEAVE
    reason: Line | None = None


class SubTask(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one unit is to do by when. No names, no numbers of people."""

    id: UUID
    unit_id: UUID
    what: Reason
    due_at: Moment


class Conclusion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a meeting ended. The lead unit acts on every case of the agenda from now on."""

    minutes: LongText
    lead_unit_id: UUID
    attended_unit_ids: Annotated[list[UUID], Meta(min_length=1, max_length=50)]
    decisions: Annotated[list[Decision], Meta(max_length=50)] = []
    sub_tasks: Annotated[list[SubTask], Meta(max_length=50)] = []
    due_at: Moment | None = None


class AgendaItem(Struct, frozen=True, kw_only=True):
    """One case of an agenda, with what was decided of it."""

    case_id: UUID
    number: str
    title: str
    position: int
    owner_unit: UnitShown | None
    clocks: ClockChange
    reason: str | None


class PartyRecord(Struct, frozen=True, kw_only=True):
    """A unit that was asked. `attended` is null before the meeting."""

    unit: UnitShown
    attended: bool | None


class SubTaskRecord(Struct, frozen=True, kw_only=True):
    """What a unit is to do. `tasked` is null where nobody of it is on duty or has an account."""

    id: UUID
    unit: UnitShown
    what: str
    due_at: datetime
    tasked: PersonShown | None


class MeetingRecord(Struct, frozen=True, kw_only=True):
    """A meeting as it is now."""

    id: UUID
    title: str
    division_code: str
    state: MeetingState
    meets_at: datetime
    place_note: str | None
    opened_by: PersonShown
    opened_at: datetime
    concluded_by: PersonShown | None
    concluded_at: datetime | None
    lead_unit: UnitShown | None
    minutes: str | None
    due_at: datetime | None
    agenda: list[AgendaItem]
    parties: list[PartyRecord]
    sub_tasks: list[SubTaskRecord]


class NewBriefing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A briefing (专报) on cases of one division."""

    title: Title
    body: LongText
    division_code: DivisionCode
    case_ids: Annotated[list[UUID], Meta(min_length=1, max_length=200)]
    id: UUID | None = None


class NewEndorsement(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a leader wrote on it (批示): the office, the words, the day."""

    endorsed_by: Office
    note: LongText
    endorsed_on: date


class NewExecution(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was done about it."""

    report: LongText


class BriefingRecord(Struct, frozen=True, kw_only=True):
    """A briefing as it is now. `number`: 专报〔2026〕第3号, given when it is submitted; a draft has none."""

    id: UUID
    number: str | None
    title: str
    body: str
    division_code: str
    state: BriefingState
    drafted_by: PersonShown
    drafted_at: datetime
    submitted_by: PersonShown | None
    submitted_at: datetime | None
    endorsed_by: str | None
    endorsed_on: date | None
    endorsement: str | None
    executed_by: PersonShown | None
    executed_at: datetime | None
    execution: str | None
    case_ids: list[UUID]
