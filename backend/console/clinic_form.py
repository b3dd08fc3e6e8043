"""The answer form: what a template, an earlier answer or a keyboard put into its fields, and the answer that makes.

A form is `Typed`: each field's name with what stands in it. One advice step a line; one line for each thing it could
be instead, `name: how to tell`. A product's fields are numbered: `name-0`, `dose-0`, …
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from backend.console import diagnosis_labels
from backend.console.typed import Typed
from backend.core import clock
from backend.core.refusals import Refusal
from backend.core.words import Term, say
from backend.diagnosis.answer_schemas import (
    Advice,
    AnswerRecord,
    ConditionRecord,
    Differential,
    NewAnswer,
    Product,
    TemplateRecord,
)
from backend.diagnosis.policies import diagnosis_policy
from backend.diagnosis.words import Confidence

FEWEST_ROWS, MOST_PRODUCTS = 4, 8
MOST_STEPS, MOST_STEP = 12, 2000
PROTECTION = (
    Term("Gloves and a mask"),
    Term("Spray with the wind at the back"),
    Term("Not in the heat of noon"),
    Term("Away from ponds, bees and silkworms"),
    Term("Wash hands and face afterwards"),
    Term("Bring empty bottles back"),
)
NUMBERS = ("dose", "water", "times", "interval", "harvest")
WHOLE = frozenset({"times", "interval", "harvest"})
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


_NUMBERED = re.compile(r"^\s*\d{1,2}[.、．)）](?!\d)")


class FieldWrong(Refusal):
    """A field of the form that cannot be sent so. `field` is its name in the form."""

    status, code, title = 400, "console/answer-field", "The answer is not complete"


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


def new_answer(form: Typed, conditions: Conditions) -> NewAnswer:
    """Raises FieldWrong (400) with the name of the field."""
    if not form.get("diagnosis"):
        raise FieldWrong("Say what it is, in words that the farmer understands.", field="diagnosis")
    if form.get("confidence") not in tuple(Confidence):
        raise FieldWrong("Say how sure you are.", field="confidence")
    facts = {
        "diagnosis": form.get("diagnosis"),
        "confidence": form.get("confidence"),
        "advice": _read_advice(form),
        "condition_code": _condition(form.get("condition"), conditions),
        "differential": [_differential(line, conditions) for line in _lines(form.get("differential"))],
        "template_code": form.get("template") or None,
        "visit_proposed": bool(form.get("visit")),
        "visit_by": _day(form, "visit_by") if form.get("visit") else None,
        "follow_up_on": _day(form, "follow_up_on"),
        "id": identity(form),
    }
    return fitting(NewAnswer, facts)


def identity(form: Typed) -> UUID:
    """The id that was made with the page, so that a second tap is the same. Raises FieldWrong (400)."""
    try:
        return UUID(form.get("id"))
    except ValueError as error:
        raise FieldWrong("The page is too old. Load it again.", field="") from error


def fitting(kind: type[Any], facts: dict[str, Any]) -> Any:
    """A record of `kind`. Raises FieldWrong (400) for what is too long or out of bounds."""
    try:
        return msgspec.convert({name: value for name, value in facts.items() if value is not None}, kind)
    except msgspec.ValidationError as error:
        raise FieldWrong("Something is too long, or a number is too large.", field="") from error


def _condition(said: str, conditions: Conditions) -> str | None:
    code = conditions.code(said)
    if said and code is None:
        raise FieldWrong("This code is not in the list. Choose one, or leave it empty.", field="condition")
    return code


def _differential(line: str, conditions: Conditions) -> Differential:
    name = line.replace("：", ":").partition(":")[0]
    return Differential(words=line[:500], condition_code=conditions.code(name))


def _read_advice(form: Typed) -> Advice:
    steps = _lines(form.get("steps"))
    if len(steps) > MOST_STEPS:
        raise FieldWrong("At most {n} steps, one a line.", n=MOST_STEPS, field="steps")
    return Advice(
        steps=[step[:MOST_STEP] for step in steps],
        products=[_product(form, row) for row in range(MOST_PRODUCTS) if form.get(f"name-{row}")],
        timing=form.get("timing"),
        protection=[*form.all("protection"), *_parts(form.get("protection_more"))],
        warning=form.get("warning"),
        treat_on=_day(form, "treat_on"),
    )


def _product(form: Typed, row: int) -> Product:
    texts = {column: form.get(f"{field}-{row}") or None for field, column in COLUMNS.items() if field not in NUMBERS}
    numbers = {COLUMNS[field]: number(form, f"{field}-{row}", whole=field in WHOLE) for field in NUMBERS}
    product: Product = fitting(Product, texts | numbers)
    return product


def number(form: Typed, field: str, *, whole: bool = False) -> float | int | None:
    """A number as it was typed. Raises FieldWrong (400)."""
    said = form.get(field).replace("，", ".").replace("。", ".").replace(",", ".")
    if not said:
        return None
    try:
        return int(said) if whole else float(said)
    except ValueError as error:
        raise FieldWrong("“{said}” is not a number.", said=said, field=field) from error


def _day(form: Typed, field: str) -> date | None:
    said = form.get(field)
    try:
        return date.fromisoformat(said) if said else None
    except ValueError as error:
        raise FieldWrong("A day looks like this: 2026-11-30.", field=field) from error


def _lines(text: str) -> list[str]:
    """One each line, without the numbers that somebody put before them."""
    return [line for raw in text.splitlines() if (line := _NUMBERED.sub("", raw).strip())]


def _parts(text: str) -> Iterable[str]:
    cleaned = text
    for mark in "；;，、\n":
        cleaned = cleaned.replace(mark, "\n")
    return [part.strip() for part in cleaned.splitlines() if part.strip()]
