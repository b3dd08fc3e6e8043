"""Joint meetings, briefings, the nine steps of a suggestion, feedback, repeats and hot spots."""

from piccolo.columns import (
    UUID,
    Boolean,
    Bytea,
    Date,
    DoublePrecision,
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

from backend.cases.loop_words import (
    BriefingState,
    ClockChange,
    FeedbackWay,
    HotSpotState,
    MeetingState,
    ReportTo,
    Signatory,
)
from backend.cases.tables import Case
from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.people.tables import Person, Unit
from backend.territory.tables import Division, Located, point_privacy

DECIDE = "showing how it was decided, and by whom it is to be done"
NINE = "proving that a suggestion was signed, heard on the spot and reported"
TELL = "proving that the one who asked was told"
KEPT = "24 months after it was written"
KEPT_DAYS = 731


def _kept(purpose: str) -> Personal:
    return Personal(purpose, DataClass.INTERNAL, KEPT, KEPT_DAYS)


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
            "title": _kept(DECIDE),
            "place_note": _kept("finding the place"),
            "minutes": _kept(DECIDE),
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

    privacy = Privacy(personal={"reason": _kept(DECIDE)}, impersonal=frozenset({"position", "clocks"}))


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

    privacy = Privacy(personal={"what": _kept(DECIDE)})


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
            "title": _kept(DECIDE),
            "body": _kept(DECIDE),
            "endorsed_by": _kept("showing which office decided"),
            "endorsement": _kept(DECIDE),
            "execution": _kept(DECIDE),
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


class Signature(Table, tablename="cases_signature"):
    """One of three who signed a suggestion: over the hash of its text, so that it stands for that text and no other.

    signed_as   the office of a leader or head; null for the suggester, whose name is the case's
    """

    id = UUID(primary_key=True, null=False)
    case = ForeignKey(Case, null=False, on_delete=OnDelete.restrict)
    signatory = Varchar(length=16, null=False, choices=Signatory)
    signed_as = Varchar(length=60, null=True, default=None)
    text_sha256 = Bytea(null=False)
    signed_at = Timestamptz(null=False)
    recorded_by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    recorded_at = Timestamptz(null=False)

    signs_a_text_once = Unique([case, signatory, text_sha256])
    signatory_is_known = one_of("signatory", Signatory)

    privacy = Privacy(
        personal={"signed_as": _kept(NINE)},
        impersonal=frozenset({"signatory", "text_sha256"}),
    )


class Hearing(Located, Table, tablename="cases_hearing"):
    """The one hearing on the spot (三对质): committee, unit and suggester face to face."""

    id = UUID(primary_key=True, null=False)
    case = ForeignKey(Case, null=False, unique=True, on_delete=OnDelete.restrict)
    held_at = Timestamptz(null=False)
    place_note = Varchar(length=200, null=True, default=None)
    committee = Varchar(length=60, null=False)
    unit = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    unit_spoke_by = Varchar(length=60, null=False)
    suggester_came = Boolean(null=False)
    minutes = Text(null=False)
    recorded_by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    recorded_at = Timestamptz(null=False)
    coarse = Boolean(null=False, default=False)
    arguments_digest = Bytea(null=False)

    hearing_has_all_three = Check('"suggester_came"')

    privacy = Privacy(
        personal={
            "place_note": _kept("finding the place"),
            "committee": _kept(NINE),
            "unit_spoke_by": _kept(NINE),
            "minutes": _kept(NINE),
            **point_privacy("showing that it was held on the spot"),
        },
        impersonal=frozenset({"arguments_digest"}),
    )


class SuggestionReport(Table, tablename="cases_report"):
    """One of three reports (三报告). A public notice says nothing by which somebody could be found."""

    id = UUID(primary_key=True, null=False)
    case = ForeignKey(Case, null=False, on_delete=OnDelete.restrict)
    audience = Varchar(length=16, null=False, choices=ReportTo)
    text = Text(null=False)
    reference = Varchar(length=60, null=True, default=None)
    reported_on = Date(null=False)
    recorded_by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    recorded_at = Timestamptz(null=False)
    arguments_digest = Bytea(null=False)

    reported_once_to_each = Unique([case, audience])
    audience_of_report_is_known = one_of("audience", ReportTo)

    privacy = Privacy(
        personal={"text": _kept(NINE)},
        impersonal=frozenset({"audience", "reference", "arguments_digest"}),
    )


class Feedback(Located, Table, tablename="cases_feedback"):
    """That the one who asked was told, how, and what proves it. A posted notice has its photo and its place."""

    id = UUID(primary_key=True, null=False)
    case = ForeignKey(Case, null=False, on_delete=OnDelete.restrict)
    way = Varchar(length=16, null=False, choices=FeedbackWay)
    text = Text(null=False)
    photo_id = UUID(null=True, default=None)
    place_note = Varchar(length=200, null=True, default=None)
    given_at = Timestamptz(null=False)
    given_by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    recorded_at = Timestamptz(null=False)
    coarse = Boolean(null=False, default=False)
    arguments_digest = Bytea(null=False)

    feedback_way_is_known = one_of("way", FeedbackWay)
    feedback_has_its_proof = Check(
        '"way" = \'in_person\' OR ("photo_id" IS NOT NULL AND ("way" <> \'posted_notice\' OR "longitude" IS NOT NULL))'
    )

    privacy = Privacy(
        personal={
            "text": _kept(TELL),
            "photo_id": Personal(TELL, DataClass.INTERNAL, "as long as the photo room keeps the photo"),
            "place_note": _kept("finding the place"),
            **point_privacy("showing where the notice hangs"),
        },
        impersonal=frozenset({"way", "arguments_digest"}),
    )


class Repeat(Table, tablename="cases_repeat"):
    """A matter that came again: this case, and an earlier one of the same place, topic and words that had ended.

    It marks the matter and expires; no person is counted, listed or ranked by it.
    """

    id = UUID(primary_key=True, null=False)
    case = ForeignKey(Case, null=False, unique=True, on_delete=OnDelete.restrict)
    earlier = ForeignKey(Case, null=False, on_delete=OnDelete.restrict)
    likeness = SmallInt(null=False)
    marked_at = Timestamptz(null=False)
    expires_at = Timestamptz(null=False)

    privacy = Privacy(impersonal=frozenset({"likeness"}))


class HotSpot(Table, tablename="cases_hot_spot"):
    """A place and a topic that people bring up far more than they used to: a proposal to act before the next complaint.

    people_n     different households and telephones, a case without either counting as one
    expected_n   cases per window as they were over the baseline
    """

    id = UUID(primary_key=True, null=False)
    division = ForeignKey(Division, null=False, on_delete=OnDelete.restrict)
    division_code = Varchar(length=15, null=False)
    category_code = Varchar(length=40, null=False)
    window_from = Timestamptz(null=False)
    window_to = Timestamptz(null=False)
    cases_n = Integer(null=False)
    people_n = Integer(null=False)
    expected_n = DoublePrecision(null=False)
    state = Varchar(length=12, null=False, choices=HotSpotState)
    found_at = Timestamptz(null=False)
    expires_at = Timestamptz(null=False)
    decided_at = Timestamptz(null=True, default=None)
    decided_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    reason = Varchar(length=200, null=True, default=None)
    lead_unit: ForeignKey = ForeignKey(Unit, null=True, on_delete=OnDelete.restrict)

    hot_spot_state_is_known = one_of("state", HotSpotState)

    privacy = Privacy(
        personal={"reason": _kept(DECIDE)},
        impersonal=frozenset({"division_code", "category_code", "cases_n", "people_n", "expected_n", "state"}),
    )


class HotSpotCase(Table, tablename="cases_hot_spot_case"):
    """One of the cases that made a hot spot."""

    id = UUID(primary_key=True, null=False)
    hot_spot = ForeignKey(HotSpot, null=False, on_delete=OnDelete.restrict)
    case = ForeignKey(Case, null=False, on_delete=OnDelete.restrict)

    in_a_spot_once = Unique([hot_spot, case])

    privacy = Privacy()
