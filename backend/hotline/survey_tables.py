"""Random surveys by telephone: waves, who was drawn, answers that belong to nobody."""

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

from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.hotline.words import DrawState, WaveState
from backend.people.household_tables import Household
from backend.people.tables import Person
from backend.territory.tables import Division

ASK = "asking a random few whether the services help"
WAVE_END = "until the wave closes; then only answers per stratum stay"


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
