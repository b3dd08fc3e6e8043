"""How the crop clinic does: how many ask, how soon they are answered, whether it helped. Nobody is ranked by it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from backend.cases.schemas import DivisionShown
from backend.core import clock
from backend.core.refusals import FieldError, Invalid
from backend.diagnosis import figure_queries as queries
from backend.diagnosis.figure_queries import SPANS, Row
from backend.diagnosis.figure_rules import rows_told, share, whole_told
from backend.diagnosis.figure_schemas import (
    Declared,
    DiagnosisFigures,
    Figures,
    MonthFigures,
    PlaceFigures,
    Spans,
)
from backend.diagnosis.policies import diagnosis_policy
from backend.diagnosis.words import OutcomeResult, RequestState
from backend.people.actors import OVERSEERS, Actor, visible_to
from backend.territory import queries as territory

SPAN = timedelta(days=365)
LEVEL_DIGITS = (2, 4, 6, 9, 12)


async def diagnosis_figures(
    *,
    by: Actor,
    division_code: str | None = None,
    counted_from: datetime | None = None,
    counted_to: datetime | None = None,
    for_public: bool = False,
) -> DiagnosisFigures:
    """Of requests asked in a span (the last year unless told), in a division or all that `by` oversees.

    for_public   as it may be hung up in the village: numbers from 1 to k - 1 are left out, and so is what could be
                 found by subtraction

    Raises Forbidden (403) for whoever oversees nothing, DivisionUnknown (404), Invalid (400).
    """
    by.must_have(*OVERSEERS)
    ends = counted_to or clock.now()
    begins = counted_from or ends - SPAN
    if begins >= ends:
        raise Invalid(errors=[FieldError(pointer="asked_from", detail="It begins after it ends.", code="order")])
    scope = visible_to(by).prefixes
    prefixes = await _prefixes(division_code)
    digits = _digits_below(prefixes or scope)
    rows = await queries.figures(begins=begins, ends=ends, scope=scope, prefixes=prefixes, digits=digits)
    least = diagnosis_policy(clock.today()).outbreak_households if for_public else 0
    return await _told(rows, begins, ends, least)


async def _prefixes(division_code: str | None) -> tuple[str, ...] | None:
    if division_code is None:
        return None
    division = await territory.division(code=division_code)
    return await territory.prefixes(division_id=division.id)


def _digits_below(prefixes: Sequence[str]) -> int:
    """How long the codes are of what lies one level below.

    >>> [_digits_below(prefixes) for prefixes in (["371526"], ["371526101"], ["371526", "370782101255"], [])]
    [9, 12, 9, 2]
    """
    shortest = min(map(len, prefixes), default=0)
    return next((digits for digits in LEVEL_DIGITS if digits > shortest), LEVEL_DIGITS[-1])


async def _told(rows: Sequence[Row], begins: datetime, ends: datetime, least: int) -> DiagnosisFigures:
    [whole] = [row for row in rows if row["place"] is None and row["month"] is None]
    names = await queries.names([row["place"] for row in rows if row["place"]])
    places = [row for row in rows if row["place"] in names]
    months = [row for row in rows if row["month"]]
    total, of_places, of_months = _figures(whole), [_figures(row) for row in places], [_figures(row) for row in months]
    if least:
        largest = whole["declared_largest"]
        total = whole_told(total, largest_value=largest and float(largest), least=least)
        of_places, of_months = rows_told(of_places, least=least), rows_told(of_months, least=least)
    return DiagnosisFigures(
        counted_from=begins,
        counted_to=ends,
        least=least,
        total=total,
        by_division=[
            PlaceFigures(division=DivisionShown(*names[row["place"]]), figures=each)
            for row, each in zip(places, of_places, strict=True)
        ],
        by_month=[MonthFigures(month=row["month"], figures=each) for row, each in zip(months, of_months, strict=True)],
    )


def _figures(row: Row) -> Figures:
    spans = {
        name: Spans(
            n=row[f"{name}_n"], median_minutes=_minutes(row[f"{name}_median"]), p90_minutes=_minutes(row[f"{name}_p90"])
        )
        for name in SPANS
    }
    return Figures(
        requests=row["requests"],
        by_state={each.value: row[f"state_{each}"] for each in RequestState},
        better_photo=share(row["better_photo_n"], row["requests"]),
        lapsed_offers=share(row["lapsed_n"], row["offers_n"]),
        helped=share(row["helped_n"], row["evaluated_n"]),
        outcomes={each.value: row[f"outcome_{each}"] for each in OutcomeResult},
        declared=Declared(value_saved_yuan=float(row["declared_sum"] or 0), n=row["declared_n"]),
        **spans,
    )


def _minutes(minutes: float | None) -> float | None:
    return None if minutes is None else round(float(minutes), 1)
