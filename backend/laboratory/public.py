"""A sample as its farmer reads it by his slip: where it is, what was found and how sure that is, what may be done.

The caller has looked at the slip. No name, no telephone of his, nobody of the staff but who signed advice, and nothing
of other farmers is in it: a slip may lie in the street.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from backend.laboratory import public_queries as queries
from backend.laboratory.censoring import shown
from backend.laboratory.conclusions import MeasuredAgain, Standing, Taken, conclude
from backend.laboratory.judgement_reasons import Name, Reason
from backend.laboratory.judgement_rows import reasons_of
from backend.laboratory.naming import analyte, commodity, named
from backend.laboratory.words import Comparator, Method, RetestKind, RetestState, RunKind, SampleKind


class Reading(Taken, frozen=True, kw_only=True):
    """One reading with its judgement. `value`, `limit`: as they are printed, with their units; empty: none."""

    id: UUID
    analyte: str | None
    name: Name
    kind: str
    method: Method
    value: str
    limit: str
    ban_found: bool
    instrument_verdict: str | None
    instrument_disagrees: bool
    reasons: tuple[Reason, ...]
    rule: str | None
    at: datetime
    judged_at: datetime


class Finding(Struct, frozen=True):
    """What the readings of one analyte come to; the numbers as in `conclusions.Conclusion`."""

    reading: Reading
    standing: Standing
    repeats_open: int = 0
    takes_n: int = 1
    high_n: int = 0


class SignedAdvice(Struct, frozen=True, kw_only=True):
    """Advice on fertiliser. Until an agronomist signed it there is no number, only that it waits for him."""

    crop: Name
    nutrient: str
    fertiliser: str
    kg_per_mu: Decimal | None
    signed_by: str | None
    signed_at: datetime | None
    note: str | None


class Step(Struct, frozen=True):
    """One hand that it went through."""

    at: datetime
    to_unit: str
    temperature_c: Decimal | None


class PublicReport(Struct, frozen=True):
    """The report that counts."""

    number: str
    issued_at: datetime


class PublicSample(Struct, frozen=True, kw_only=True):
    """A sample on its farmer's page.

    reachable    we have a telephone number of his
    at_bench     it is at the desk that tests it
    shares       he agreed that what was found is told on; `shares_since` when he said so, or took it back
    newer        something was measured, or judged anew, after the report
    """

    id: UUID
    code: str
    kind: SampleKind | None
    run_kind: RunKind
    crop: Name | None
    plot: str | None
    sampled_on: date | None
    received_at: datetime
    wants_call: bool
    reachable: bool
    shares: bool
    shares_since: datetime | None
    studio: str
    studio_phone: str | None
    drop_off: str | None
    holder: str | None
    at_bench: bool
    way: list[Step]
    findings: list[Finding]
    report: PublicReport | None
    newer: bool
    advice: list[SignedAdvice]


async def public_sample(*, sample_id: UUID) -> PublicSample | None:
    """What the holder of the slip may read; None where there is no such sample any more."""
    row = await queries.sample(sample_id)
    if row is None:
        return None
    readings = [reading(each) for each in await queries.results(sample_id)]
    report = await queries.report(sample_id)
    consent = await queries.consent_to_share(sample_id)
    facts = {name: row[name] for name in _AS_IT_IS} | {
        "kind": row["kind"] or _kind_of(readings),
        "crop": _crop(row["crop_code"] or row["crop_said"]),
        "shares_since": consent["at"] if consent else None,
        "way": [Step(**dict(each)) for each in await queries.way(sample_id)],
        "findings": findings_of(readings),
        "report": PublicReport(**dict(report)) if report else None,
        "newer": report is not None and any(each.judged_at > report["issued_at"] for each in readings),
        "advice": [_advice(each) for each in await queries.advice(sample_id)],
    }
    return msgspec.convert(facts, PublicSample)


_AS_IT_IS = (
    *("id", "code", "run_kind", "plot", "sampled_on", "received_at", "wants_call", "reachable", "shares"),
    *("studio", "studio_phone", "drop_off", "holder", "at_bench"),
)


def findings_of(readings: Sequence[Reading]) -> list[Finding]:
    """One for each analyte, in the order in which they were first measured."""
    order = {key: n for n, key in reversed(list(enumerate(map(_key, readings))))}
    grouped = groupby(sorted(readings, key=lambda each: order[_key(each)]), key=_key)
    return [_finding(list(takes)) for _, takes in grouped]


def _key(one: Reading) -> str:
    return one.analyte or one.name.zh


def _finding(takes: list[Reading]) -> Finding:
    found = conclude(takes)
    assert isinstance(found.counts, Reading)  # noqa: S101 - one of those that went in
    return Finding(found.counts, found.standing, found.repeats_open, found.takes_n, found.high_n)


def reading(row: Mapping[str, Any]) -> Reading:
    """One row of results, with `again` and `at`."""
    known = analyte(row["analyte"]) or analyte(row["analyte_text"])
    said = row["analyte_text"] or row["analyte"] or row["method"]
    again = [MeasuredAgain(RetestKind(kind), RetestState(state)) for kind, state in msgspec.json.decode(row["again"])]
    facts = {name: row[name] for name in _AS_MEASURED} | {
        "analyte": known.code if known else row["analyte"],
        "name": named(known) if known else Name("", said, said),
        "kind": known.kind if known else _KIND_BY_METHOD.get(row["method"], ""),
        "value": _value(row),
        "limit": _with_unit(row["judged_limit"], row["judged_unit"]),
        "reasons": reasons_of(row["reasons"]),
        "again": tuple(again),
    }
    return msgspec.convert(facts, Reading)


_AS_MEASURED = (
    *("id", "method", "verdict", "grade", "ph_class", "category", "ban_found", "instrument_verdict"),
    *("instrument_disagrees", "rule", "at", "judged_at"),
)
_KIND_BY_METHOD = {
    Method.ENZYME_INHIBITION: "inhibition",
    Method.STRIP: "pesticide",
    Method.CHROMATOGRAPHY: "pesticide",
    Method.SOIL_TEST: "nutrient",
}


def _value(row: Mapping[str, Any]) -> str:
    """As it was measured; computed where the row told absorbances only."""
    comparator = Comparator(row["comparator"])
    if row["value"] is not None or comparator is Comparator.NOT_DETECTED:
        return f"{shown(comparator, row['value'])} {row['unit_said'] or ''}".strip()
    if row["tc_ratio"] is not None:
        return f"T/C {row['tc_ratio']:f}"
    return _with_unit(row["judged_value"], row["judged_unit"])


def _with_unit(value: Decimal | None, unit: str | None) -> str:
    return "" if value is None else f"{value:f} {unit or ''}".strip()


def _kind_of(readings: Sequence[Reading]) -> SampleKind | None:
    """Of a sample that nobody said it of: what was measured tells."""
    known = next((found for each in readings if (found := analyte(each.analyte))), None)
    return known.sample_kind if known else None


def _crop(said: str | None) -> Name | None:
    found = commodity(said)
    return named(found) if found else Name("", said, said) if said else None


def _advice(row: Mapping[str, Any]) -> SignedAdvice:
    advice = msgspec.json.decode(row["advice"])
    signed = row["signed_at"] is not None
    return SignedAdvice(
        crop=_crop(row["crop_code"]) or Name("", "", ""),
        nutrient=row["nutrient"],
        fertiliser=row["fertiliser"],
        kg_per_mu=_decimal(advice.get("kg_per_mu")) if signed else None,
        signed_by=row["signed_by"] if signed else None,
        signed_at=row["signed_at"],
        note=row["signed_note"] if signed else None,
    )


def _decimal(stored: Any) -> Decimal | None:
    value = stored.get("d") if isinstance(stored, dict) else stored
    return None if value is None else Decimal(str(value))
