"""What the campaign comes to: cases, losses and loss per case together and against the year before; days without a
reported incident beside the reports; letters, talks, coverage; how soon warnings were taken. Nobody is ranked.
"""

from calendar import isleap
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from msgspec import convert

from backend.antifraud import coverages
from backend.antifraud import fraud_figure_queries as queries
from backend.antifraud.fraud_figure_schemas import (
    AppFigures,
    DaysWithout,
    FraudCaseFigures,
    FraudFigures,
    LetterFigures,
    OutreachFigures,
    TypeOfCases,
    YearOnYear,
)
from backend.antifraud.incident_days import Incident, run_of_days
from backend.antifraud.library_files import shipped_types
from backend.antifraud.outreach_places import check_not_after_today, place
from backend.antifraud.warning_figures import WarningFigures, warning_figures
from backend.core import clock
from backend.core.clock import SHANGHAI
from backend.core.refusals import FieldError, Invalid
from backend.core.small_counts import told
from backend.people.actors import OVERSEERS, Actor
from backend.territory.schemas import DivisionRecord
from backend.territory.tables import Level

LEAST_CASES = 5
LONGEST_DAYS = 6 * 366
WIDE = (Level.COUNTY, Level.PREFECTURE, Level.PROVINCE)


async def fraud_figures(
    *, division_code: str, by: Actor, since: date | None = None, until: date | None = None
) -> FraudFigures:
    """Figures of a division and a span of days, both included; unless told, of this year until today.

    by   a supervisor, auditor or administrator of all of it

    Raises Forbidden, NotYourPlace (403), DivisionUnknown (404), Invalid (400).
    """
    division = await place(division_code, by=by, roles=OVERSEERS)
    until = until or clock.today()
    since = since or until.replace(month=1, day=1)
    _check(since, until)
    begins, ends = _moment(since), _moment(until + timedelta(days=1))
    days = {"since": since, "until": until, "today": clock.today()}
    cases, before, warnings, without = await _of_cases(division, since, until)
    return FraudFigures(
        division_code=division.code,
        division_name=division.name,
        since=since,
        until=until,
        cases=cases,
        year_before=before,
        year_on_year=year_on_year(cases, before) if cases and before else None,
        days_without=without,
        warnings=warnings,
        letters=convert(dict(await queries.letters(division.prefix, begins, ends)), LetterFigures),
        outreach=convert(dict(await queries.outreach(division.prefix, begins, ends, **days)), OutreachFigures),
        app=await _app(division.prefix, until),
    )


def _check(since: date, until: date) -> None:
    check_not_after_today(until, "until")
    if not timedelta() <= until - since <= timedelta(days=LONGEST_DAYS):
        detail = "The span ends before it begins, or is longer than six years."
        raise Invalid(errors=[FieldError(pointer="since", detail=detail, code="range")])


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


async def _of_cases(
    division: DivisionRecord, since: date, until: date
) -> tuple[FraudCaseFigures | None, FraudCaseFigures | None, WarningFigures | None, DaysWithout | None]:
    """What would tell of a house in a small place: of a county and above only."""
    if division.level not in WIDE:
        return None, None, None, None
    return (
        await _cases(division.prefix, since, until),
        await _cases(division.prefix, a_year_before(since), a_year_before(until)),
        await warning_figures(prefix=division.prefix, since=since, until=until),
        await _days_without(division.prefix, since, until),
    )


def a_year_before(day: date) -> date:
    """The same day of the year before; 29 February is the 28th.

    >>> a_year_before(date(2028, 2, 29)).isoformat()
    '2027-02-28'
    """
    leap_day = (day.month, day.day) == (2, 29) and not isleap(day.year - 1)
    return day.replace(year=day.year - 1, day=28 if leap_day else day.day)


async def _cases(prefix: str, since: date, until: date) -> FraudCaseFigures:
    rows = await queries.cases(prefix, since, until)
    cases_n, loss = sum(row["n"] for row in rows), float(sum(row["loss"] for row in rows))
    return FraudCaseFigures(
        since=since,
        until=until,
        cases_n=cases_n,
        loss_yuan=loss,
        loss_per_case_yuan=round(loss / cases_n, 2) if cases_n else None,
        by_type=_by_type(rows),
    )


def _by_type(rows: Sequence[queries.Row]) -> list[TypeOfCases]:
    """In the order of the library's list, not of how many."""
    counted = {row["fraud_type"]: row["n"] for row in rows}
    numbers = told({each.code: counted.get(each.code, 0) for each in shipped_types()}, least=LEAST_CASES)
    return [
        TypeOfCases(fraud_type=each.code, name_zh=each.name_zh, name_en=each.name_en, cases_n=numbers[each.code])
        for each in shipped_types()
    ]


def year_on_year(now: FraudCaseFigures, before: FraudCaseFigures) -> YearOnYear:
    """All three, so that fewer cases never hide that each cost more."""
    return YearOnYear(
        cases_pct=_pct(now.cases_n, before.cases_n),
        loss_pct=_pct(now.loss_yuan, before.loss_yuan),
        loss_per_case_pct=_pct(now.loss_per_case_yuan, before.loss_per_case_yuan),
    )


def _pct(now: float | None, before: float | None) -> float | None:
    """By how many per cent it went up.

    >>> _pct(38.06, 100.0)
    -61.94
    """
    return None if now is None or not before else round((now - before) / before * 100, 2)


async def _days_without(prefix: str, since: date, until: date) -> DaysWithout:
    """Counting begins with the earliest incident of the register, or with the span: whichever is earlier."""
    incidents = [Incident(row["occurred_on"], row["registered_on"]) for row in await queries.incidents(prefix, until)]
    counted_since = min([since, *(each.occurred_on for each in incidents)])
    run = run_of_days(incidents, since=counted_since, until=until)
    return DaysWithout(
        counted_since=counted_since,
        began_on=run.began_on,
        days=run.days,
        settled_days=run.settled_days,
        provisional_days=run.provisional_days,
        broken_on=run.broken_on,
        reports_n=run.reports_n,
    )


async def _app(prefix: str, on: date) -> AppFigures:
    villages = await coverages.newest([prefix], on=on)
    counted = [each for each in villages if each.asked_n]
    with_app_n, asked_n = sum(each.with_app_n or 0 for each in counted), sum(each.asked_n or 0 for each in counted)
    return AppFigures(
        villages_n=len(villages),
        villages_counted_n=len(counted),
        with_app_n=with_app_n,
        asked_n=asked_n,
        share=round(with_app_n / asked_n, 4) if asked_n else None,
    )
