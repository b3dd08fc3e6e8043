"""Two pictures of the figures: cases by type beside the year before, and the run of days. Pure."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from backend.antifraud.fraud_figure_schemas import DaysWithout, TypeOfCases

LONGEST, ROW = 188, 34
"""Of a picture 360 wide: how long the longest bar is, and how high a type with its two."""
STRIP = 340


class Bar(Struct, frozen=True):
    """A type's two bars. A null number is withheld: no bar, a word."""

    name: str
    y: int
    now: int | None
    before: int | None
    now_length: float
    before_length: float


class Bars(Struct, frozen=True):
    """The picture; `rest`: names of types with no case in either span."""

    height: int
    rows: list[Bar]
    rest: list[str]


def bars_of(now: Sequence[TypeOfCases], before: Sequence[TypeOfCases], names: Mapping[str, str]) -> Bars:
    """In the order of the library's list, not of how many: nothing is ranked."""
    then = {each.fraud_type: each.cases_n for each in before}
    told = [(each, then.get(each.fraud_type, 0)) for each in now]
    seen = [(each, n) for each, n in told if each.cases_n != 0 or n != 0]
    most = max((n for each, was in seen for n in (each.cases_n, was) if n), default=1)
    rows = [
        Bar(
            name=names.get(each.fraud_type, each.name_zh),
            y=place * ROW,
            now=each.cases_n,
            before=was,
            now_length=length(each.cases_n, most),
            before_length=length(was, most),
        )
        for place, (each, was) in enumerate(seen)
    ]
    rest = [names.get(each.fraud_type, each.name_zh) for each, was in told if each.cases_n == 0 and was == 0]
    return Bars(len(rows) * ROW, rows, rest)


def length(n: int | None, most: int) -> float:
    """Of a bar.

    >>> length(5, 10), length(None, 10), length(0, 10)
    (94.0, 0.0, 0.0)
    """
    return round(LONGEST * (n or 0) / most, 1)


class Strip(Struct, frozen=True):
    """The run of days as a strip: settled days first, provisional ones hatched after them."""

    settled: float
    provisional: float


def strip_of(run: DaysWithout) -> Strip | None:
    """Nothing where the run has no day. Provisional days stay wide enough to be seen beside hundreds."""
    if not run.days:
        return None
    provisional = max(STRIP * run.provisional_days / run.days, 24.0 if run.provisional_days else 0.0)
    return Strip(settled=round(STRIP - provisional, 1), provisional=round(provisional, 1))
