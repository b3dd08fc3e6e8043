"""An answer as plain text in Chinese: what stands on the case's timeline, and what is read to a farmer."""

from collections.abc import Iterator

from backend.core.words import Term
from backend.diagnosis.answer_schemas import AnswerRecord, Product
from backend.diagnosis.words import Confidence
from backend.push.wording import said

CONFIDENCE = {
    Confidence.SURE: Term("sure of it"),
    Confidence.LIKELY: Term("most likely"),
    Confidence.UNSURE: Term("not sure yet"),
}
DIAGNOSIS = Term("Diagnosis: {diagnosis} ({confidence})")
STEP, TIMING, PROTECTION, WARNING = (
    Term("{n}. {words}"),
    Term("When: {words}"),
    Term("Protect yourself: {words}"),
    Term("Mind: {words}"),
)
PRODUCT, DOSE, WATER = Term("Use: {name}"), Term("{dose:g} {unit} each time"), Term("in {water:g} L of water per mu")
TIMES, INTERVAL, BEFORE = (
    Term("at most {times} times"),
    Term("{days} days between two treatments"),
    Term("the last one {days} days before harvest at the latest"),
)
UNITS = {
    "g/mu": Term("g per mu"),
    "kg/mu": Term("kg per mu"),
    "mL/mu": Term("mL per mu"),
    "L/mu": Term("L per mu"),
    "g/L": Term("g per litre of water"),
    "mL/L": Term("mL per litre of water"),
}
COMMA = Term(", ")


def plain(answer: AnswerRecord) -> str:
    """The whole of it, a line for each thing to do, in the order of doing it."""
    return "\n".join(_lines(answer))


def _lines(answer: AnswerRecord) -> Iterator[str]:
    advice = answer.advice
    confidence = said("zh", CONFIDENCE[answer.confidence])
    yield said("zh", DIAGNOSIS, diagnosis=answer.diagnosis, confidence=confidence)
    for n, step in enumerate(advice.steps, 1):
        yield said("zh", STEP, n=n, words=step)
    for product in advice.products:
        yield said("zh", COMMA).join(_product(product))
    if advice.timing:
        yield said("zh", TIMING, words=advice.timing)
    if advice.protection:
        yield said("zh", PROTECTION, words=said("zh", COMMA).join(advice.protection))
    if advice.warning:
        yield said("zh", WARNING, words=advice.warning)


def _product(product: Product) -> Iterator[str]:
    yield said("zh", PRODUCT, name=product.name)
    if product.dose is not None:
        unit = product.dose_unit or ""
        yield said("zh", DOSE, dose=product.dose, unit=said("zh", UNITS[unit]) if unit in UNITS else unit)
    if product.water_l_per_mu is not None:
        yield said("zh", WATER, water=product.water_l_per_mu)
    if product.times is not None:
        yield said("zh", TIMES, times=product.times)
    if product.interval_days:
        yield said("zh", INTERVAL, days=product.interval_days)
    if product.pre_harvest_days:
        yield said("zh", BEFORE, days=product.pre_harvest_days)
