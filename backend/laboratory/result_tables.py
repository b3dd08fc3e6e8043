"""What was measured and how it was judged; judgements of before and beside; what has to be tested again."""

from piccolo.columns import (
    JSONB,
    UUID,
    Boolean,
    Bytea,
    ForeignKey,
    Integer,
    Numeric,
    OnDelete,
    SmallInt,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Check
from piccolo.table import Table

from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.laboratory.import_tables import ImportFile
from backend.laboratory.instrument_tables import Instrument, Run
from backend.laboratory.sample_tables import Sample
from backend.laboratory.words import (
    Comparator,
    JudgedBecause,
    Method,
    RetestKind,
    RetestState,
    SoilCategory,
    Verdict,
)
from backend.people.tables import Person, Unit


class Result(Table, tablename="laboratory_result"):
    """One reading as it was taken, and the judgement that counts.

    row_key        32 bytes: of (device serial, record id, analyte), else of the row as it stood; unique
    content        32 bytes of what was measured: the same key with other content is a contradiction, not a repeat
    sample_said    the sample's code or name as it stood in the row
    analyte        our code, or null; analyte_text as it stood. method_code: of reference/method_codes.csv
    instrument_verdict   word for word
    verdict, grade, ph_class, category   at most one; none: nothing could be said, and `reasons` says why
    judged_value, judged_unit, judged_limit, judged_control   in the rule's unit
    reasons        [{code, facts}], the decisive one first; rule and rule_source as they are printed
    reviewed_by    a technician or expert who looked at it and let it stand
    """

    id = UUID(primary_key=True, null=False)
    row_key = Bytea(null=False, unique=True)
    content = Bytea(null=False)
    sample = ForeignKey(Sample, null=False, on_delete=OnDelete.restrict)
    unit = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    instrument = ForeignKey(Instrument, null=True, on_delete=OnDelete.restrict)
    run = ForeignKey(Run, null=True, on_delete=OnDelete.restrict)
    import_file = ForeignKey(ImportFile, null=True, on_delete=OnDelete.restrict)
    line = Integer(null=False)
    sheet = Varchar(length=60, null=True, default=None)
    record_id = Varchar(length=100, null=True, default=None)
    sample_said = Varchar(length=120, null=True, default=None)
    analyte = Varchar(length=40, null=True, default=None)
    analyte_text = Varchar(length=80, null=True, default=None)
    method = Varchar(length=20, null=False, choices=Method)
    method_code = Varchar(length=40, null=True, default=None)
    comparator = Varchar(length=2, null=False, choices=Comparator)
    value = Numeric(null=True, default=None)
    unit_said = Varchar(length=20, null=True, default=None)
    unit_implied = Boolean(null=False, default=False)
    lod = Numeric(null=True, default=None)
    loq = Numeric(null=True, default=None)
    dilution = Numeric(null=True, default=None)
    replicate = SmallInt(null=True, default=None)
    blank_delta = Numeric(null=True, default=None)
    sample_delta = Numeric(null=True, default=None)
    tc_ratio = Numeric(null=True, default=None)
    control_line = Boolean(null=True, default=None)
    limit_text = Varchar(length=60, null=True, default=None)
    channel = Varchar(length=20, null=True, default=None)
    instrument_verdict = Varchar(length=60, null=True, default=None)
    tested_at = Timestamptz(null=True, default=None)
    received_at = Timestamptz(null=False)

    verdict = Varchar(length=10, null=True, default=None, choices=Verdict)
    grade = SmallInt(null=True, default=None)
    ph_class = Varchar(length=20, null=True, default=None)
    category = Varchar(length=20, null=True, default=None, choices=SoilCategory)
    judged_value = Numeric(null=True, default=None)
    judged_unit = Varchar(length=20, null=True, default=None)
    judged_limit = Numeric(null=True, default=None)
    judged_control = Numeric(null=True, default=None)
    rule = Varchar(length=80, null=True, default=None)
    rule_source = Varchar(length=300, null=True, default=None)
    instrument_disagrees = Boolean(null=False, default=False)
    ban_found = Boolean(null=False, default=False)
    reasons = JSONB(null=False, default="[]")
    judged_at = Timestamptz(null=False)
    reviewed_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    reviewed_at = Timestamptz(null=True, default=None)

    result_method_is_known = one_of("method", Method)
    result_comparator_is_known = one_of("comparator", Comparator)
    result_verdict_is_known = one_of("verdict", Verdict)
    result_category_is_known = one_of("category", SoilCategory)
    result_grade_is_one_of_six = Check('"grade" IS NULL OR "grade" BETWEEN 1 AND 6')

    privacy = Privacy(
        personal={
            "sample_said": Personal(
                "finding the sample that a row speaks of", DataClass.INTERNAL, "36 months after it came", 1096
            )
        },
        impersonal=frozenset(
            {
                *("row_key", "content", "line", "sheet", "record_id", "analyte", "analyte_text", "method"),
                *("method_code", "comparator", "value", "unit_said", "unit_implied", "lod", "loq", "dilution"),
                *("replicate", "blank_delta", "sample_delta", "tc_ratio", "control_line", "limit_text", "channel"),
                *("instrument_verdict", "verdict", "grade", "ph_class", "category", "judged_value", "judged_unit"),
                *("judged_limit", "judged_control", "rule", "rule_source", "instrument_disagrees", "ban_found"),
                "reasons",
            }
        ),
    )


class JudgedAgain(Table, tablename="laboratory_judgement"):
    """A judgement that does not count: one of before (joined, overridden, run_recorded), or one that stands beside
    because somebody asked for it (asked). Never updated.

    judgement   as `judgements.Judgement`, its reasons as in `Result.reasons`
    """

    id = UUID(primary_key=True, null=False)
    result = ForeignKey(Result, null=False, on_delete=OnDelete.cascade)
    because = Varchar(length=14, null=False, choices=JudgedBecause)
    judgement = JSONB(null=False)
    rule = Varchar(length=80, null=True, default=None)
    at = Timestamptz(null=False)
    by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)

    judged_because_is_known = one_of("because", JudgedBecause)

    privacy = Privacy(impersonal=frozenset({"because", "judgement", "rule"}))


class Retest(Table, tablename="laboratory_retest"):
    """Something has to be measured again. A positive opens two repeats by itself, and their agreement a confirmation.

    due_at     of an objection: when its report is due; null: no clock
    told_at    of an objection: when the result was received, from which its clock runs
    method     asked for; an objection's and a confirmation's is never a rapid one
    answered_by_result   what was found
    """

    id = UUID(primary_key=True, null=False)
    result: ForeignKey = ForeignKey(Result, null=False, on_delete=OnDelete.restrict)
    kind = Varchar(length=12, null=False, choices=RetestKind)
    number = SmallInt(null=False, default=1)
    state = Varchar(length=10, null=False, choices=RetestState)
    method = Varchar(length=20, null=True, default=None, choices=Method)
    reason = Varchar(length=400, null=False, default="")
    told_at = Timestamptz(null=True, default=None)
    asked_at = Timestamptz(null=False)
    asked_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    due_at = Timestamptz(null=True, default=None)
    answered_by_result: ForeignKey = ForeignKey(Result, null=True, on_delete=OnDelete.restrict)
    answered_at = Timestamptz(null=True, default=None)
    answered_by: ForeignKey = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    arguments_digest = Bytea(null=True, default=None)

    retest_kind_is_known = one_of("kind", RetestKind)
    retest_state_is_known = one_of("state", RetestState)
    retest_method_is_known = one_of("method", Method)

    privacy = Privacy(
        personal={
            "reason": Personal("knowing why it was tested again", DataClass.INTERNAL, "36 months after it came", 1096)
        },
        impersonal=frozenset({"kind", "number", "state", "method", "arguments_digest"}),
    )


class SecondLook(Table, tablename="laboratory_second_look"):
    """A strip's photo before an expert on duty, the technician's reading hidden until he has said his own.

    seen         what the expert sees: a verdict; null: not yet
    agrees       whether both say the same; null until then
    """

    id = UUID(primary_key=True, null=False)
    result = ForeignKey(Result, null=False, on_delete=OnDelete.restrict)
    photo_id = UUID(null=False)
    expert = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    asked_by: ForeignKey = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    asked_at = Timestamptz(null=False)
    seen = Varchar(length=10, null=True, default=None, choices=Verdict)
    seen_at = Timestamptz(null=True, default=None)
    agrees = Boolean(null=True, default=None)
    remark = Varchar(length=200, null=True, default=None)
    arguments_digest = Bytea(null=False)

    second_look_seen_is_known = one_of("seen", Verdict)

    privacy = Privacy(
        personal={
            "remark": Personal("understanding a reading", DataClass.INTERNAL, "36 months after it came", 1096),
            "photo_id": Personal("looking at a strip again", DataClass.INTERNAL, "with its photo"),
        },
        impersonal=frozenset({"seen", "agrees", "arguments_digest"}),
    )
