"""The answer form as it was sent: the answer that its fields make, or the field that is wrong."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from backend.console.clinic_form import COLUMNS, MOST_PRODUCTS, Conditions
from backend.console.typed import Typed
from backend.core.refusals import Refusal
from backend.diagnosis.answer_schemas import Advice, Differential, NewAnswer, Product
from backend.diagnosis.words import Confidence

MOST_STEPS, MOST_STEP = 12, 2000
NUMBERS = ("dose", "water", "times", "interval", "harvest")
WHOLE = frozenset({"times", "interval", "harvest"})
_NUMBERED = re.compile(r"^\s*\d{1,2}[.、．)）](?!\d)")


class FieldWrong(Refusal):
    """A field of the form that cannot be sent so. `field` is its name in the form."""

    status, code, title = 400, "console/answer-field", "The answer is not complete"


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
