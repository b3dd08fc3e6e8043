"""The shapes of the room's figures. A null says: nothing to divide by, or too few to be told."""

from datetime import date

from msgspec import Struct

from backend.antifraud.warning_figures import WarningFigures


class TypeOfCases(Struct, frozen=True, kw_only=True):
    """Cases of one type; of fewer than five no number is told."""

    fraud_type: str
    name_zh: str
    name_en: str
    cases_n: int | None


class FraudCaseFigures(Struct, frozen=True, kw_only=True):
    """Cases that were registered in a span: how many, how much, and how much each, always together."""

    since: date
    until: date
    cases_n: int
    loss_yuan: float
    loss_per_case_yuan: float | None
    by_type: list[TypeOfCases]


class YearOnYear(Struct, frozen=True, kw_only=True):
    """By how many per cent each went up or down against the same span a year before."""

    cases_pct: float | None
    loss_pct: float | None
    loss_per_case_pct: float | None


class DaysWithout(Struct, frozen=True, kw_only=True):
    """Days without a reported incident, up to the span's last. Never a rank: it is told beside the reports received.

    counted_since     the first day that is counted at all
    settled_days      of `days`, those of which hardly a report is still to come; the rest is provisional
    broken_on         the last day with an incident; null: none since counting began
    reports_n         reports received since counting began
    """

    counted_since: date
    began_on: date
    days: int
    settled_days: int
    provisional_days: int
    broken_on: date | None
    reports_n: int


class LetterFigures(Struct, frozen=True, kw_only=True):
    """Letters of the span by what happened to them; stock_n lies in the villages now."""

    given_n: int
    signed_n: int
    declined_n: int
    lost_n: int
    returned_n: int
    stock_n: int


class OutreachFigures(Struct, frozen=True, kw_only=True):
    """What was held and hung in the span, and what the checks found. Doors: of rounds that closed in the span."""

    talks_n: int
    talks_headcount: int
    posters_n: int
    poster_places_n: int
    rounds_closed_n: int
    doors_visited_n: int
    checks_n: int
    checks_to_fix_n: int
    checks_overdue_n: int


class AppFigures(Struct, frozen=True, kw_only=True):
    """The newest counts on the span's last day, summed. `share` is of who was asked, never of all residents."""

    villages_n: int
    villages_counted_n: int
    with_app_n: int
    asked_n: int
    share: float | None


class FraudFigures(Struct, frozen=True, kw_only=True):
    """Figures of a place and a span of days, both included.

    cases, year_before, year_on_year, days_without, warnings   of a county and above only: of a township or a village
                                                               they would tell of a house
    """

    division_code: str
    division_name: str
    since: date
    until: date
    cases: FraudCaseFigures | None
    year_before: FraudCaseFigures | None
    year_on_year: YearOnYear | None
    days_without: DaysWithout | None
    warnings: WarningFigures | None
    letters: LetterFigures
    outreach: OutreachFigures
    app: AppFigures
