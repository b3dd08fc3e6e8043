"""The monthly table of a desk: what came, what was found, how long it took, what waits.

Whoever tests the samples reads all of it. Overseers read how the desk works; of findings only numbers from five on,
for a farmer's free test is his, and a desk may have had one sample in a month. Of several desks at once they read no
findings: two such tables, subtracted, would tell those of the third.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from typing import Any
from uuid import UUID

from backend.cases.refusals import UnitUnknown
from backend.cases.schemas import UnitShown
from backend.core import clock
from backend.core.clock import SHANGHAI
from backend.core.refusals import FieldError, Invalid
from backend.core.small_counts import told
from backend.core.words import Term, say
from backend.laboratory import month_queries as queries
from backend.laboratory.month_queries import Row
from backend.laboratory.month_schemas import Agreement, Counted, HoursTaken, LabMonth, MonthScope
from backend.laboratory.soil_figure_policies import soil_figure_policy
from backend.laboratory.visibility import reader
from backend.laboratory.words import InvalidRun, RetestKind, RunKind, SampleKind
from backend.people.actors import OVERSEERS, Actor
from backend.people.tables import Role

KINDS = {SampleKind.PRODUCE: Term("produce"), SampleKind.SOIL: Term("soil"), "": Term("kind not told")}
RUN_KINDS = {RunKind.ADVICE: Term("free tests"), RunKind.SUPERVISION: Term("supervision samplings")}
WORDS = {
    "negative": Term("negative"),
    "suspect": Term("suspect"),
    "positive": Term("positive"),
    "invalid": Term("invalid"),
    "graded": Term("soil, graded"),
    "undecided": Term("no verdict"),
}
REASONS = {
    InvalidRun.BLANK_OUT_OF_WINDOW: Term("blank out of its window"),
    InvalidRun.CONTROL_OUT_OF_RANGE: Term("control out of its range"),
    InvalidRun.REPLICATES_DISAGREE: Term("replicates disagree"),
    InvalidRun.SAID_SO: Term("the operator said so"),
}
RETESTS = {
    RetestKind.REPEAT: Term("repeats"),
    RetestKind.CONFIRMATION: Term("confirmations"),
    RetestKind.OBJECTION: Term("objections"),
}
Least = int | None
"""No number of findings below it is told; null: none at all."""


async def scope(by: Actor) -> MonthScope:
    """The desks whose months `by` reads. Raises Forbidden (403) for whoever works at none and oversees none."""
    by.must_have(Role.TECHNICIAN, Role.EXPERT, *OVERSEERS)
    seeing = await reader(by)
    rows = await queries.units(tests=seeing.tests, oversees=seeing.oversees)
    shown = [UnitShown(row["id"], row["name"], row["public_phone"]) for row in rows]
    return MonthScope(units=shown, tests=frozenset(seeing.tests))


async def lab_month(*, month: str, unit_id: UUID | None = None, by: Actor) -> LabMonth:
    """A month such as 2026-05, of one desk or of all that `by` reads.

    Raises Forbidden (403), UnitUnknown (404), Invalid (400) for what is no month.
    """
    begins, ends = _span(month)
    seen = await scope(by)
    units = [each for each in seen.units if unit_id in (None, each.id)]
    if unit_id is not None and not units:
        raise UnitUnknown("There is no open unit {id}.", id=str(unit_id))
    ids = [each.id for each in units]
    least = 0 if seen.tests.issuperset(ids) else soil_figure_policy(clock.today()).households
    return await _month(month, begins, ends, units=units, ids=ids, least=None if least and len(ids) > 1 else least)


def _span(month: str) -> tuple[datetime, datetime]:
    try:
        first = datetime.strptime(month, "%Y-%m").date()  # noqa: DTZ007 - a month has no zone; the next line gives one
        after = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    except ValueError as error:
        raise Invalid(errors=[FieldError(pointer="month", detail="A month is written as 2026-05.")]) from error
    return datetime.combine(first, time(), SHANGHAI), datetime.combine(after, time(), SHANGHAI)


async def _month(
    month: str, begins: datetime, ends: datetime, *, units: list[UnitShown], ids: list[UUID], least: Least
) -> LabMonth:
    samples = await queries.samples(ids, begins, ends)
    results = await queries.results(ids, begins, ends)
    runs = await queries.runs(ids, begins, ends)
    spans = await queries.spans(ids, begins, ends)
    retests = await queries.retests(ids, begins, ends, clock.now())
    looks, reports = await queries.second_looks(ids, begins, ends), await queries.reports(ids, begins, ends)
    results_n = sum(row["n"] for row in results)
    if least is not None and results_n < least:
        least = None  # of three results, "none positive" is a finding of each
    return LabMonth(
        month=month,
        counted_from=begins,
        counted_to=ends,
        units=units,
        least=least,
        samples=sum(row["received"] for row in samples),
        by_kind=_counted(KINDS, _sums(samples, "kind", "received")),
        by_run_kind=_counted(RUN_KINDS, _sums(samples, "run_kind", "received")),
        by_drop_off=_drop_offs(samples),
        held=sum(row["held"] for row in samples),
        results=results_n,
        by_verdict=_counted(WORDS, _sums(results, "word", "n"), least=least),
        disagreements=_told(sum(row["disagreements"] for row in results), least),
        runs=sum(row["n"] for row in runs),
        invalid_runs=sum(row["n"] for row in runs if row["invalid_reasons"]),
        by_invalid_reason=_counted(REASONS, _reasons(runs)),
        result_hours=_hours(spans, "result"),
        report_hours=_hours(spans, "report"),
        hand_over_hours=_hours(spans, "hand_over"),
        retests=_counted(RETESTS, _sums(retests, "kind", "asked"), least=least),
        retests_open=_told(sum(row["open"] for row in retests), least),
        retests_late=_told(sum(row["late"] for row in retests), least),
        second_looks=looks["asked"],
        agreement=_agreement(looks),
        reports=reports["issued"],
        superseded=reports["superseded"],
    )


def _sums(rows: Iterable[Row], key: str, n: str) -> Counter[str]:
    counted: Counter[str] = Counter()
    for row in rows:
        counted[row[key]] += row[n]
    return counted


def _reasons(runs: Iterable[Row]) -> Counter[str]:
    """A run may have several."""
    counted: Counter[str] = Counter()
    for row in runs:
        counted.update(dict.fromkeys(row["invalid_reasons"], row["n"]))
    return counted


def _counted(names: Mapping[Any, str], counted: Mapping[str, int], *, least: Least = 0) -> list[Counted]:
    """Every kind there is, also those without any, so that months stand beside each other."""
    numbers = _numbers({code: counted.get(code, 0) for code in names}, least)
    return [Counted(code=str(code), says=say(name), n=numbers[code]) for code, name in names.items()]


def _drop_offs(samples: Sequence[Row]) -> list[Counted]:
    """Where they were handed in, the place with most first."""
    counted = _sums(samples, "drop_off", "received")
    names = {row["drop_off"]: row["drop_off_name"] or say(Term("not told where")) for row in samples}
    order = sorted((-n, names[place], place) for place, n in counted.items() if n)
    return [Counted(code=str(place or ""), says=name, n=-n) for n, name, place in order]


def _told(n: int, least: Least) -> int | None:
    return _numbers({"": n}, least)[""]


def _numbers(counted: Mapping[str, int], least: Least) -> Mapping[str, int | None]:
    return dict.fromkeys(counted) if least is None else told(counted, least=least)


def _hours(row: Row, name: str) -> HoursTaken:
    half, most = row[f"{name}_median"], row[f"{name}_p90"]
    return HoursTaken(
        n=row[f"{name}_n"],
        median_hours=None if half is None else round(float(half), 1),
        p90_hours=None if most is None else round(float(most), 1),
    )


def _agreement(row: Row) -> Agreement:
    share = round(row["agreed"] / row["answered"], 4) if row["answered"] else None
    return Agreement(n=row["agreed"], of=row["answered"], share=share)
