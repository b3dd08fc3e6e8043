"""Joint meetings (会商) and briefings (专报), and the cases they are about."""

from piccolo.columns import (
    UUID,
    Boolean,
    Bytea,
    Date,
    ForeignKey,
    Integer,
    OnDelete,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from backend.cases.kept import DECIDE, kept
from backend.cases.loop_words import (
    BriefingState,
    ClockChange,
    MeetingState,
)
from backend.cases.tables import Case
from backend.core.constraints import one_of
from backend.core.privacy import Privacy
from backend.people.tables import Person, Unit
from backend.territory.tables import Division


class Meeting(Table, tablename="cases_meeting"):
    """A joint meeting (会商): it takes its cases into loop 3 and alone may move an owner unit, beside a supervisor."""

    id = UUID(primary_key=True, null=False)
    title = Varchar(length=120, null=False)
    division = ForeignKey(Division, null=False, on_delete=OnDelete.restrict)
    division_code = Varchar(length=15, null=False)
    state = Varchar(length=12, null=False, choices=MeetingState)
    meets_at = Timestamptz(null=False)
    place_note = Varchar(length=200, null=True, default=None)
    opened_by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    opened_at = Timestamptz(null=False)
    concluded_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    concluded_at = Timestamptz(null=True, default=None)
    lead_unit: ForeignKey = ForeignKey(Unit, null=True, on_delete=OnDelete.restrict)
    minutes = Text(null=True, default=None)
    due_at = Timestamptz(null=True, default=None)
    arguments_digest = Bytea(null=False)
    conclusion_digest = Bytea(null=True, default=None)

    meeting_state_is_known = one_of("state", MeetingState)
    meeting_is_concluded_by_somebody = Check(
        '("state" = \'concluded\') = ("concluded_at" IS NOT NULL AND "lead_unit" IS NOT NULL)'
    )

    privacy = Privacy(
        personal={
            "title": kept(DECIDE),
            "place_note": kept("finding the place"),
            "minutes": kept(DECIDE),
        },
        impersonal=frozenset({"division_code", "state", "arguments_digest", "conclusion_digest"}),
    )


class MeetingCase(Table, tablename="cases_meeting_case"):
    """One case on an agenda, and what was decided of it."""

    id = UUID(primary_key=True, null=False)
    meeting = ForeignKey(Meeting, null=False, on_delete=OnDelete.restrict)
    case = ForeignKey(Case, null=False, on_delete=OnDelete.restrict)
    position = SmallInt(null=False)
    owner_unit: ForeignKey = ForeignKey(Unit, null=True, on_delete=OnDelete.restrict)
    clocks = Varchar(length=8, null=False, default=ClockChange.LEAVE.value, choices=ClockChange)
    reason = Varchar(length=200, null=True, default=None)

    on_an_agenda_once = Unique([meeting, case])
    clock_change_is_known = one_of("clocks", ClockChange)

    privacy = Privacy(personal={"reason": kept(DECIDE)}, impersonal=frozenset({"position", "clocks"}))


class MeetingParty(Table, tablename="cases_meeting_party"):
    """One unit asked to a meeting, and whether it came."""

    id = UUID(primary_key=True, null=False)
    meeting = ForeignKey(Meeting, null=False, on_delete=OnDelete.restrict)
    unit = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    attended = Boolean(null=True, default=None)

    asked_once = Unique([meeting, unit])

    privacy = Privacy()


class MeetingTask(Table, tablename="cases_meeting_task"):
    """What one unit is to do after a meeting. `tasked` is whoever was asked for it; null while nobody was on duty."""

    id = UUID(primary_key=True, null=False)
    meeting = ForeignKey(Meeting, null=False, on_delete=OnDelete.restrict)
    unit = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    what = Varchar(length=200, null=False)
    due_at = Timestamptz(null=False)
    tasked = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)

    privacy = Privacy(personal={"what": kept(DECIDE)})


class Briefing(Table, tablename="cases_briefing"):
    """A briefing (专报) to whoever may decide: draft, submitted, endorsed (批示) by an office, executed.

    number_*   its document number, by county and year, from when it was submitted
    """

    id = UUID(primary_key=True, null=False)
    title = Varchar(length=120, null=False)
    body = Text(null=False)
    division = ForeignKey(Division, null=False, on_delete=OnDelete.restrict)
    division_code = Varchar(length=15, null=False)
    state = Varchar(length=12, null=False, choices=BriefingState)
    drafted_by: ForeignKey = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    drafted_at = Timestamptz(null=False)
    submitted_by: ForeignKey = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    submitted_at = Timestamptz(null=True, default=None)
    endorsed_by = Varchar(length=60, null=True, default=None)
    endorsed_on = Date(null=True, default=None)
    endorsement = Text(null=True, default=None)
    endorsement_recorded_by: ForeignKey = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    executed_at = Timestamptz(null=True, default=None)
    executed_by: ForeignKey = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    execution = Text(null=True, default=None)
    number_county = Varchar(length=6, null=True, default=None)
    number_year = SmallInt(null=True, default=None)
    number_serial = Integer(null=True, default=None)
    arguments_digest = Bytea(null=False)

    briefing_has_a_number_of_its_own = Unique([number_county, number_year, number_serial])
    briefing_state_is_known = one_of("state", BriefingState)

    privacy = Privacy(
        personal={
            "title": kept(DECIDE),
            "body": kept(DECIDE),
            "endorsed_by": kept("showing which office decided"),
            "endorsement": kept(DECIDE),
            "execution": kept(DECIDE),
        },
        impersonal=frozenset(
            {"division_code", "state", "number_county", "number_year", "number_serial", "arguments_digest"}
        ),
    )


class BriefingCase(Table, tablename="cases_briefing_case"):
    """A case that a briefing is about."""

    id = UUID(primary_key=True, null=False)
    briefing = ForeignKey(Briefing, null=False, on_delete=OnDelete.restrict)
    case = ForeignKey(Case, null=False, on_delete=OnDelete.restrict)

    briefed_once = Unique([briefing, case])

    privacy = Privacy()
