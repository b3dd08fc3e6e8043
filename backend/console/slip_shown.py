"""A sample as its farmer's page lays it out: words, bars, steps and figures."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from backend.cases.numbers import grouped
from backend.console import slip_consent
from backend.core.words import Term, say
from backend.laboratory.farmer_telling import name_of
from backend.laboratory.farmer_words import told
from backend.laboratory.fertilisers import fertiliser_name
from backend.laboratory.public import Finding, PublicSample
from backend.laboratory.report_contents import NUTRIENTS
from backend.laboratory.report_words import TOLD_ONCE, verdict_says
from backend.laboratory.soil_words import bar
from backend.laboratory.words import RunKind, SampleKind, Verdict

STEPS = (Term("handed in"), Term("at the desk"), Term("tested"), Term("on paper"))
SOIL = Term("Soil")
MOST_FIGURES = 40
"""A laboratory may look for hundreds of substances; the rest stands in the report."""

SAID_ELSEWHERE = frozenset({*TOLD_ONCE, "advice_only"})
"""Reasons that the page gives in its own words, or the report once for all."""


GRAVITY: dict[Verdict | None, int] = {Verdict.POSITIVE: 0, Verdict.SUSPECT: 0, Verdict.INVALID: 1, Verdict.NEGATIVE: 2}


class Figure(Struct, frozen=True, kw_only=True):
    """One finding with its numbers and every reason."""

    name: str
    value: str
    limit: str
    verdict: str
    takes_n: int
    instrument: str | None
    why: list[str]
    rule: str | None


class Dose(Struct, frozen=True, kw_only=True):
    """Signed advice: so many kilograms of a fertiliser for a mu."""

    fertiliser: str
    nutrient: str
    crop: str
    kg: str | None
    note: str | None
    signed_by: str
    signed_at: Any


def shown(one: PublicSample) -> dict[str, Any]:
    """What the template asks for."""
    signed = [each for each in one.advice if each.signed_by]
    return {
        "one": one,
        "told": told(one),
        "what": _what(one),
        "soil": _soil(one) if one.kind is SampleKind.SOIL else [],
        "steps": [(say(name), look) for name, look in zip(STEPS, _looks(one), strict=True)],
        "rows": [_figure(each) for each in by_gravity(one.findings)[:MOST_FIGURES]],
        "more": max(0, len(one.findings) - MOST_FIGURES),
        "signed": [_dose(each) for each in signed],
        "unsigned": len(signed) < len(one.advice),
        "number_said": number_said(one.report.number) if one.report else "",
        "consent": slip_consent.said() if one.run_kind is RunKind.ADVICE else None,
    }


def _what(one: PublicSample) -> str:
    """Cucumber; soil of a field that he gave a name."""
    named = name_of(one.crop) if one.crop else say(SOIL) if one.kind is SampleKind.SOIL else ""
    return " · ".join(filter(None, (named, one.plot)))


def _soil(one: PublicSample) -> list[tuple[str, Any, str]]:
    """Name, bars and value of everything that could be graded."""
    drawn = ((each.reading, bar(each.reading)) for each in one.findings)
    return [(name_of(reading.name), shape, reading.value) for reading, shape in drawn if shape is not None]


def _looks(one: PublicSample) -> list[str]:
    """Each step: done, now or to come."""
    tested = bool(one.findings) and not any(each.repeats_open for each in one.findings)
    done = [True, one.at_bench or bool(one.findings), tested or one.report is not None, one.report is not None]
    at = done.index(False) if False in done else len(done)
    return ["done" if n < at else "now" if n == at else "to-come" for n in range(len(done))]


def by_gravity(findings: Sequence[Finding]) -> list[Finding]:
    """What is grave first, what is harmless last; else as it was measured."""
    return sorted(findings, key=lambda each: GRAVITY.get(each.reading.verdict, 1))


def _figure(finding: Finding) -> Figure:
    one = finding.reading
    return Figure(
        name=name_of(one.name),
        value=one.value,
        limit=one.limit,
        verdict=verdict_says(one),
        takes_n=finding.takes_n,
        instrument=one.instrument_verdict,
        why=[str(each) for each in one.reasons if each.code not in SAID_ELSEWHERE],
        rule=one.rule,
    )


def _dose(advice: Any) -> Dose:
    return Dose(
        fertiliser=fertiliser_name(advice.fertiliser),
        nutrient=say(NUTRIENTS.get(advice.nutrient, Term(advice.nutrient))),
        crop=name_of(advice.crop),
        kg=None if advice.kg_per_mu is None else f"{advice.kg_per_mu:f}",
        note=advice.note,
        signed_by=advice.signed_by,
        signed_at=advice.signed_at,
    )


def number_said(number: str) -> str:
    """JC 6180 3398 8739."""
    letters = number.rstrip("0123456789")
    return f"{letters} {grouped(number[len(letters) :])}".strip()
