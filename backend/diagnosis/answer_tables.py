"""Answers, second opinions, and what became of the crop."""

from piccolo.columns import UUID, Array, Boolean, Bytea, Date, ForeignKey, Numeric, OnDelete, Text, Timestamptz, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from backend.cases.tables import CLOSED_24, CLOSED_24_DAYS
from backend.core.constraints import one_of
from backend.core.privacy import DataClass, Personal, Privacy
from backend.diagnosis.reference_tables import AnswerTemplate, Condition
from backend.diagnosis.tables import ADVISE, Request
from backend.diagnosis.words import AnswerKind, Confidence, OutcomeResult
from backend.people.tables import Person


class Answer(Table, tablename="diagnosis_answer"):
    """What an expert says. Never altered: a chief's correction is another answer, and the newest one counts.

    diagnosis      in words a farmer understands; `condition`: the same as a code, where there is one
    differential   JSON list of {"condition_code", "words"}: what else it could be
    advice         JSON of `answer_schemas.Advice`: steps, products with dose and interval, protection, warnings
    warnings       codes of what was missing or odd when it was given (registration_missing, …)
    tells_farmer   whether it is shown to the farmer: the first and a correction are, a second opinion is not
    """

    id = UUID(primary_key=True, null=False)
    request = ForeignKey(Request, null=False, on_delete=OnDelete.restrict)
    expert = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    kind = Varchar(length=10, null=False, choices=AnswerKind)
    given_at = Timestamptz(null=False)
    diagnosis = Text(null=False)
    condition: ForeignKey = ForeignKey(Condition, null=True, on_delete=OnDelete.restrict)
    confidence = Varchar(length=8, null=False, choices=Confidence)
    differential = Text(null=False)
    advice = Text(null=False)
    warnings: Array = Array(base_column=Varchar(length=40), null=False, default=list)
    knowledge_codes: Array = Array(base_column=Varchar(length=60), null=False, default=list)
    template: ForeignKey = ForeignKey(AnswerTemplate, null=True, on_delete=OnDelete.restrict)
    visit_proposed = Boolean(null=False, default=False)
    visit_by = Date(null=True, default=None)
    follow_up_on = Date(null=True, default=None)
    tells_farmer = Boolean(null=False)
    arguments_digest = Bytea(null=False)

    answer_kind_is_known = one_of("kind", AnswerKind)
    answer_confidence_is_known = one_of("confidence", Confidence)

    privacy = Privacy(
        personal={
            "diagnosis": Personal(ADVISE, DataClass.INTERNAL, CLOSED_24, CLOSED_24_DAYS),
            "differential": Personal(ADVISE, DataClass.INTERNAL, CLOSED_24, CLOSED_24_DAYS),
            "advice": Personal(ADVISE, DataClass.INTERNAL, CLOSED_24, CLOSED_24_DAYS),
        },
        impersonal=frozenset(
            {
                *("kind", "confidence", "warnings", "knowledge_codes", "visit_proposed", "tells_farmer"),
                "arguments_digest",
            }
        ),
    )


class SecondOpinion(Table, tablename="diagnosis_second_opinion"):
    """Another expert asked, who sees everything but what the first one said, until he has answered himself."""

    id = UUID(primary_key=True, null=False)
    request = ForeignKey(Request, null=False, on_delete=OnDelete.restrict)
    asked_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    asked_at = Timestamptz(null=False)
    reason = Text(null=False)
    expert = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    first_answer: ForeignKey = ForeignKey(Answer, null=True, on_delete=OnDelete.restrict)
    answer: ForeignKey = ForeignKey(Answer, null=True, on_delete=OnDelete.restrict)
    answered_at = Timestamptz(null=True, default=None)

    asked_once_of_each = Unique([request, expert])
    opinion_is_answered_by_an_answer = Check('("answer" IS NULL) = ("answered_at" IS NULL)')

    privacy = Privacy(
        personal={"reason": Personal("answering well", DataClass.INTERNAL, CLOSED_24, CLOSED_24_DAYS)},
    )


class Outcome(Table, tablename="diagnosis_outcome"):
    """What the farmer says became of it; said again, the newest counts. Money is his own figure and marked so.

    reported_by   null: the farmer himself, on his receipt
    """

    id = UUID(primary_key=True, null=False)
    request = ForeignKey(Request, null=False, on_delete=OnDelete.restrict)
    at = Timestamptz(null=False)
    reported_by = ForeignKey(Person, null=True, on_delete=OnDelete.restrict)
    result = Varchar(length=8, null=False, choices=OutcomeResult)
    area_mu = Numeric(digits=(10, 2), null=True, default=None)
    value_saved_yuan = Numeric(digits=(12, 2), null=True, default=None)
    value_method = Varchar(length=200, null=True, default=None)
    words = Text(null=True, default=None)
    arguments_digest = Bytea(null=False)

    outcome_result_is_known = one_of("result", OutcomeResult)
    outcome_figures_are_positive = Check(
        '("area_mu" IS NULL OR "area_mu" > 0) AND ("value_saved_yuan" IS NULL OR "value_saved_yuan" >= 0)'
    )

    privacy = Privacy(
        personal={
            "area_mu": Personal("learning whether it helped", DataClass.INTERNAL, "with the case, as a figure"),
            "value_saved_yuan": Personal(
                "learning whether it helped", DataClass.INTERNAL, "with the case, as a figure"
            ),
            "value_method": Personal("learning whether it helped", DataClass.INTERNAL, CLOSED_24, CLOSED_24_DAYS),
            "words": Personal("learning whether it helped", DataClass.INTERNAL, CLOSED_24, CLOSED_24_DAYS),
        },
        impersonal=frozenset({"result", "arguments_digest"}),
    )
