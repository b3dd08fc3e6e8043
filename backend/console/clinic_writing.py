"""The answer form of the desk: whose it is now, what stands in it, and what it offers."""

from typing import Any

from msgspec import Struct

from backend.console import clinic_form as forms
from backend.console import diagnosis_labels as says
from backend.console.clinic_form import Conditions
from backend.console.clinic_steps import Tried
from backend.console.typed import Typed
from backend.core import clock
from backend.core.words import Term, say
from backend.diagnosis import answer_queries, templates
from backend.diagnosis.answer_schemas import TemplateRecord
from backend.diagnosis.request_schemas import DiagnosisRecord
from backend.diagnosis.words import AnswerKind
from backend.people.actors import Actor


class Writing(Struct, frozen=True, kw_only=True):
    """The answer form as it is now. `plans`: it proposes a visit and a day to ask again; a second opinion does not."""

    step: str
    title: Term
    send: Term
    words: Term | None = None
    plans: bool = True


ANSWER = Writing(step="answer", title=Term("The answer to the farmer"), send=Term("Send it to the farmer"))
CORRECTION = Writing(
    step="correction",
    title=Term("Correct the answer"),
    send=Term("Correct it and tell the farmer"),
    words=Term("The farmer is told that this is better than the first answer."),
)
SECOND = Writing(
    step="second-answer",
    title=Term("Your second opinion"),
    send=Term("Give the second opinion"),
    words=Term("You do not see the first answer until you have given yours. The farmer is not told of it."),
    plans=False,
)


async def form(one: DiagnosisRecord, by: Actor, *, template: str, correct: bool, tried: Tried | None) -> dict[str, Any]:
    """The answer form, where this reader has one: what stands in it, and what it offers."""
    writing = await _writing(one, by, correct=correct or bool(tried and tried.step == "correction"))
    if writing is None:
        return {"writing": None, "form": Typed(), "templates": []}
    conditions = Conditions(await templates.list_conditions(crop_code=one.crop.code))
    known = await templates.list_templates(crop_code=one.crop.code)
    filled = {each.code: forms.from_template(each, conditions) for each in known}
    filled_in = _filled(one, writing, conditions, filled.get(template), tried)
    return {
        "writing": writing,
        "form": filled_in,
        "templates": _fitting_first(known, one, conditions),
        "template_fields": {code: form.fields for code, form in filled.items()},
        "conditions": conditions.known,
        "confidences": says.choices(says.CONFIDENCES),
        "product_kinds": says.choices(says.PRODUCTS),
        "product_rows": forms.rows_for(filled_in),
        "protections": [say(each) for each in forms.PROTECTION],
    }


async def _writing(one: DiagnosisRecord, by: Actor, *, correct: bool) -> Writing | None:
    if await answer_queries.blind_in([one.id], by=by):
        return SECOND
    if "answer" in one.may:
        return ANSWER
    return CORRECTION if correct and "correct" in one.may else None


def _filled(
    one: DiagnosisRecord, writing: Writing, conditions: Conditions, template: Typed | None, tried: Tried | None
) -> Typed:
    if tried and tried.step == writing.step:
        return tried.form
    told = [each for each in one.answers if each.kind is not AnswerKind.SECOND]
    if template is None and writing is CORRECTION and told:
        return forms.from_answer(told[-1], conditions)
    return template or forms.empty()


def _fitting_first(known: list[TemplateRecord], one: DiagnosisRecord, conditions: Conditions) -> list[TemplateRecord]:
    """Those of the season first, and among them those of the sort of trouble that the farmer sees."""
    month = clock.today().month
    topics = {each.code: each.topic for each in conditions.known}

    def far(each: TemplateRecord) -> tuple[bool, bool]:
        return bool(each.months) and month not in each.months, topics.get(each.condition_code) != one.topic

    return sorted(known, key=far)
