"""Dissatisfied firms, talks with units, public pledges, survey waves."""

from piccolo.columns import (
    JSONB,
    UUID,
    BigInt,
    Bytea,
    Date,
    ForeignKey,
    Integer,
    OnDelete,
    SmallInt,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from backend.cases.tables import Case
from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.hotline.words import DrawState, FirmCaseState, PledgeState, WaveState
from backend.people.household_tables import Household
from backend.people.tables import Person, Unit
from backend.territory.tables import Division

ASK = "asking a random few whether the services help"
WAVE_END = "until the wave closes; then only answers per stratum stay"


class FirmCase(Table, tablename="hotline_firm_case"):
    """A firm that was not satisfied, on the leader's desk (企业直通车). Its clock is one of `deadlines`."""

    id = UUID(primary_key=True, null=False)
    case = ForeignKey(Case, null=False, on_delete=OnDelete.restrict, unique=True)
    firm = Varchar(length=120, null=False)
    division_code = Varchar(length=15, null=False)
    desk: ForeignKey = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    state = Varchar(length=8, null=False, choices=FirmCaseState)
    opened_at = Timestamptz(null=False)
    opened_by: ForeignKey = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    endorsement = Varchar(length=1000, null=True, default=None)
    endorsed_at = Timestamptz(null=True, default=None)
    endorsed_by: ForeignKey = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    result = Varchar(length=1000, null=True, default=None)
    closed_at = Timestamptz(null=True, default=None)
    arguments_digest = Bytea(null=False)

    firm_case_state_is_known = one_of("state", FirmCaseState)

    privacy = Privacy(
        personal={
            "endorsement": Personal("a leader's word on it", DataClass.INTERNAL, "24 months after it is closed", 731),
            "result": Personal("a leader's word on it", DataClass.INTERNAL, "24 months after it is closed", 731),
        },
        impersonal=frozenset({"firm", "division_code", "state", "arguments_digest"}),
    )


class UnitTalk(Table, tablename="hotline_unit_talk"):
    """A talk with a unit (约谈) about a case: who (an office, no name), what was agreed, by when."""

    id = UUID(primary_key=True, null=False)
    case = ForeignKey(Case, null=False, on_delete=OnDelete.restrict)
    unit = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    office = Varchar(length=60, null=False)
    held_at = Timestamptz(null=False)
    recorded_at = Timestamptz(null=False)
    by = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    reason = Varchar(length=400, null=False)
    agreed = Varchar(length=1000, null=False)
    fix_by = Date(null=True, default=None)
    fixed_on = Date(null=True, default=None)
    fixed_note = Varchar(length=400, null=True, default=None)
    arguments_digest = Bytea(null=False)

    privacy = Privacy(
        personal={
            name: Personal("putting a unit's work right", DataClass.INTERNAL, "24 months after it", 731)
            for name in ("reason", "agreed", "fixed_note")
        },
        impersonal=frozenset({"office", "arguments_digest"}),
    )


class PledgeBatch(Table, tablename="hotline_pledge_batch"):
    """One batch of public pledges (百件实事)."""

    id = UUID(primary_key=True, null=False)
    division = ForeignKey(Division, null=False, on_delete=OnDelete.restrict)
    division_code = Varchar(length=15, null=False)
    year = SmallInt(null=False)
    number = SmallInt(null=False)
    title = Varchar(length=120, null=False)
    published_at = Timestamptz(null=False)
    published_by: ForeignKey = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    arguments_digest = Bytea(null=False)

    one_batch_a_number = Unique([division, year, number])

    privacy = Privacy(impersonal=frozenset({"division_code", "year", "number", "title", "arguments_digest"}))


class Pledge(Table, tablename="hotline_pledge"):
    """One thing that a unit promised everybody, by a day. `office` answers for it: an office, no name."""

    id = UUID(primary_key=True, null=False)
    batch = ForeignKey(PledgeBatch, null=False, on_delete=OnDelete.restrict)
    number = SmallInt(null=False)
    title = Varchar(length=200, null=False)
    unit = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    office = Varchar(length=60, null=False)
    due_on = Date(null=False)
    state = Varchar(length=8, null=False, choices=PledgeState)
    done_on = Date(null=True, default=None)
    note = Varchar(length=400, null=True, default=None)
    changed_at = Timestamptz(null=False)
    changed_by: ForeignKey = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)

    one_pledge_a_number = Unique([batch, number])
    pledge_state_is_known = one_of("state", PledgeState)
    pledge_is_done_on_a_day = Check('("state" = \'done\') = ("done_on" IS NOT NULL)')

    privacy = Privacy(impersonal=frozenset({"number", "title", "office", "state", "note"}))


class SurveyWave(Table, tablename="hotline_survey_wave"):
    """A random survey by telephone: its frame, seed and sizes are kept, so that it can be drawn again and checked.

    questions   as `survey_schemas.Question`, asked in this order
    strata      as `survey_schemas.Stratum`: a division each, how many in the frame, how many drawn
    """

    id = UUID(primary_key=True, null=False)
    name = Varchar(length=120, null=False)
    division = ForeignKey(Division, null=False, on_delete=OnDelete.restrict)
    prefix = Varchar(length=15, null=False)
    questions = JSONB(null=False)
    strata = JSONB(null=False)
    seed = BigInt(null=False)
    state = Varchar(length=8, null=False, choices=WaveState)
    begins_on = Date(null=False)
    ends_on = Date(null=False)
    drawn_at = Timestamptz(null=False)
    drawn_by: ForeignKey = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    closed_at = Timestamptz(null=True, default=None)
    arguments_digest = Bytea(null=False)

    wave_state_is_known = one_of("state", WaveState)
    wave_ends_after_it_begins = Check('"ends_on" >= "begins_on"')

    privacy = Privacy(
        impersonal=frozenset({"name", "prefix", "questions", "strata", "seed", "state", "arguments_digest"})
    )


class SurveyDraw(Table, tablename="hotline_survey_draw"):
    """A household that was drawn. Goes when the wave closes; nothing joins it to an answer."""

    id = UUID(primary_key=True, null=False)
    wave = ForeignKey(SurveyWave, null=False, on_delete=OnDelete.restrict)
    household = ForeignKey(Household, null=False, on_delete=OnDelete.restrict)
    stratum_code = Varchar(length=15, null=False)
    number = Integer(null=False)
    state = Varchar(length=12, null=False, choices=DrawState)
    tries_n = SmallInt(null=False, default=0)
    asked_on = Date(null=True, default=None)

    one_draw_a_household = Unique([wave, household])
    draw_state_is_known = one_of("state", DrawState)

    privacy = Privacy(
        personal={"state": Personal(ASK, DataClass.INTERNAL, WAVE_END)},
        impersonal=frozenset({"stratum_code", "number", "tries_n"}),
    )


class SurveyAnswer(Table, tablename="hotline_survey_answer"):
    """What one person answered, by stratum. Nobody can tell whose it is.

    answers   by question's code
    """

    id = UUID(primary_key=True, null=False)
    wave = ForeignKey(SurveyWave, null=False, on_delete=OnDelete.restrict)
    stratum_code = Varchar(length=15, null=False)
    answers = JSONB(null=False)

    privacy = Privacy(impersonal=frozenset({"stratum_code", "answers"}))
