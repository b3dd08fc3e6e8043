"""The answer form, filled in from a template or an earlier answer. `clinic_form_reading` makes an answer of it.

A form is `Typed`: each field's name with what stands in it. One advice step a line; one line for each thing it could
be instead, `name: how to tell`. A product's fields are numbered: `name-0`, `dose-0`, …
"""

from datetime import date, timedelta
from typing import Any

from msgspec import Struct

from backend.console import diagnosis_labels
from backend.console.typed import Typed
from backend.core import clock
from backend.core.words import Term, say
from backend.diagnosis.answer_schemas import Advice, AnswerRecord, ConditionRecord, TemplateRecord
from backend.diagnosis.policies import diagnosis_policy

FEWEST_ROWS, MOST_PRODUCTS = 4, 8

PROTECTION = (
    Term("Gloves and a mask"),
    Term("Spray with the wind at the back"),
    Term("Not in the heat of noon"),
    Term("Away from ponds, bees and silkworms"),
    Term("Wash hands and face afterwards"),
    Term("Bring empty bottles back"),
)

COLUMNS = {
    "name": "name",
    "kind": "kind",
    "substance": "substance",
    "registration": "registration_no",
    "dose": "dose",
    "unit": "dose_unit",
    "water": "water_l_per_mu",
    "times": "times",
    "interval": "interval_days",
    "harvest": "pre_harvest_days",
}
"""What a product's fields are called in the form, and in `answer_schemas.Product`."""


class Conditions(Struct, frozen=True):
    """The coded diagnoses that the form offers."""

    known: list[ConditionRecord]

    def code(self, said: str) -> str | None:
        """By name, code or EPPO code, as typed or chosen."""
        wanted = said.strip().casefold()
        for each in self.known:
            if wanted and wanted in {one.casefold() for one in _names(each)}:
                return each.code
        return None

    def name(self, code: str | None) -> str:
        """As people call it."""
        found = next((each for each in self.known if each.code == code), None)
        return diagnosis_labels.name(found) if found else (code or "")


def _names(one: ConditionRecord) -> set[str]:
    return {one.code, one.name_zh, one.name_en} | ({one.eppo_code} if one.eppo_code else set())


def empty() -> Typed:
    """Nothing but the day on which the farmer is asked again."""
    return Typed({"follow_up_on": [str(_follow_up(None))]})


def from_template(template: TemplateRecord, conditions: Conditions) -> Typed:
    """What a template says. How sure he is, an expert says himself."""
    name = conditions.name(template.condition_code)
    fields = _advice(template.advice) | {
        "diagnosis": [name or template.title_zh],
        "condition": [name],
        "template": [template.code],
        "follow_up_on": [str(_follow_up(template.follow_up_after_days))],
    }
    return Typed(fields)


def from_answer(answer: AnswerRecord, conditions: Conditions) -> Typed:
    """An earlier answer, to be corrected."""
    fields = _advice(answer.advice) | {
        "diagnosis": [answer.diagnosis],
        "condition": [conditions.name(answer.condition_code)],
        "confidence": [answer.confidence.value],
        "differential": ["\n".join(each.words for each in answer.differential)],
        "follow_up_on": [str(answer.follow_up_on or _follow_up(None))],
    }
    return Typed(fields)


def _follow_up(after_days: int | None) -> date:
    wait = diagnosis_policy(clock.today()).follow_up_after
    return clock.today() + (timedelta(days=after_days) if after_days else wait)


def _advice(advice: Advice) -> dict[str, list[str]]:
    known = {say(each) for each in PROTECTION}
    fields = {
        "steps": ["\n".join(advice.steps)],
        "timing": [advice.timing],
        "warning": [advice.warning],
        "treat_on": [str(advice.treat_on or "")],
        "protection": [each for each in advice.protection if each in known],
        "protection_more": [say("; ").join(each for each in advice.protection if each not in known)],
    }
    for row, product in enumerate(advice.products):
        fields |= {f"{field}-{row}": [_text(getattr(product, column))] for field, column in COLUMNS.items()}
    return fields


def _text(value: Any) -> str:
    if isinstance(value, float):
        return diagnosis_labels.number(value).replace(",", "")
    return "" if value is None else str(value)


def rows_for(form: Typed) -> int:
    """How many products the form has room for: one more than it names."""
    named = [row for row in range(MOST_PRODUCTS) if form.get(f"name-{row}")]
    return min(max(FEWEST_ROWS, max(named, default=0) + 2), MOST_PRODUCTS)
