"""What a phone carries of somebody's work: as the rooms' own records, without what the clock alone would change."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from backend.cases.public import PublicLine
from backend.cases.schemas import CategoryShown, UnitShown
from backend.cases.schemas import DivisionShown as CaseDivision
from backend.cases.schemas import PersonShown as CasePerson
from backend.cases.words import CaseKind, CaseOutcome, CaseState, Satisfaction, Stage
from backend.cases.words import Channel as CaseChannel
from backend.deadlines.tables import ClockState
from backend.tasks.schemas import Place
from backend.tasks.tables import DeclineReason, TaskKind, TaskState, Urgency
from backend.territory.points import PointRecord
from backend.visits.schemas import DivisionShown, FlagRecord, HouseholdShown, PersonShown, VisitNeed, VisitPhotoRecord
from backend.visits.tables import Channel
from backend.visits.targets import Period


class CarriedTask(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A task as a phone carries it: as `TaskRecord`, without what only the phone's own clock and place can say."""

    id: UUID
    kind: TaskKind
    title_zh: str
    urgency: Urgency
    state: TaskState
    origin_room: str
    origin_id: UUID
    asked_at: datetime
    title_en: str = ""
    detail_zh: str = ""
    detail_en: str = ""
    due_at: datetime | None = None
    expires_at: datetime | None = None
    household_id: UUID | None = None
    household_code: str | None = None
    division_name: str | None = None
    point: Place | None = None
    link: str | None = None
    office_phone: str | None = None
    acknowledged_at: datetime | None = None
    closed_at: datetime | None = None
    close_reason: DeclineReason | None = None
    handed_by_name: str | None = None
    handed_remark: str | None = None


class CarriedHousehold(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A household that I serve: as `MyHousehold`, without how far it is and how long ago, which the phone reckons.

    How to reach it is not carried: it is read one by one (`readHouseholdContact`), and that read is logged.
    """

    id: UUID
    code: str
    division_code: str
    division_name: str
    contact_name: str | None = None
    service_needs: list[str] = []
    point: PointRecord | None = None
    last_contact_at: datetime | None = None
    last_channel: Channel | None = None
    last_visit_at: datetime | None = None
    period: Period | None = None
    period_ends_at: datetime | None = None
    minimum_visits: int | None = None
    visits_in_period: int | None = None
    open_needs: int = 0


class CarriedVisit(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A contact, mine or with a household that I serve: as `VisitRecord`. Points are WGS-84.

    That a flag came with it does not mean that it was looked at: `seen_at` stays as it is.
    """

    id: UUID
    channel: Channel
    occurred_at: datetime
    received_at: datetime
    recorded_by: PersonShown
    division: DivisionShown
    version: int
    entered_late: bool = False
    household: HouseholdShown | None = None
    place_note: str | None = None
    point: PointRecord | None = None
    coarse: bool = False
    campaign_code: str | None = None
    service_team: int | None = None
    topics: list[str] = []
    note: str | None = None
    companions: list[str] = []
    needs: list[VisitNeed] = []
    photos: list[VisitPhotoRecord] = []
    flags: list[FlagRecord] = []


class CarriedClock(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A time limit of a case as facts; its colour the phone reckons.

    yellow_from   while it runs: the first moment at which it was, or will be, reminded of; red is after `due_at`
    provisional   days of a year whose holidays are not announced yet are in it
    round         1, and one more each time it was started anew
    """

    kind: str
    state: ClockState
    opened_at: datetime
    due_at: datetime | None = None
    expected_at: datetime | None = None
    yellow_from: datetime | None = None
    suspended_at: datetime | None = None
    stopped_at: datetime | None = None
    provisional: bool = False
    round: int = 1


class CarriedCase(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A case that was given to me, that I opened, or about a household that I serve: as `CaseRecord`.

    due_at        the nearest deadline that runs
    has_contact   somebody may be reached; how, is read one by one, and each such read is logged
    lines         the last of what the citizen reads too, oldest first
    """

    id: UUID
    number: str
    number_said: str
    channel: CaseChannel
    kind: CaseKind
    category: CategoryShown
    title: str
    division: CaseDivision
    state: CaseState
    stage: Stage
    state_since: datetime
    policy_code: str
    opened_at: datetime
    received_at: datetime
    description: str = ""
    place_note: str | None = None
    point: PointRecord | None = None
    household_id: UUID | None = None
    household_code: str | None = None
    has_contact: bool = False
    origin_room: str | None = None
    origin_id: UUID | None = None
    upstream_number: str | None = None
    outcome: CaseOutcome | None = None
    satisfaction: Satisfaction | None = None
    owner_unit: UnitShown | None = None
    assignee_unit: UnitShown | None = None
    assignee: CasePerson | None = None
    opened_by: CasePerson | None = None
    hops: int = 0
    loop: int = 1
    reopened_n: int = 0
    merged_into: UUID | None = None
    entered_late: bool = False
    responded_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    due_at: datetime | None = None
    clocks: list[CarriedClock] = []
    lines: list[PublicLine] = []
