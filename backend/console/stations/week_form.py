"""The week of a station as a form has it: a row for each weekday and one for market days, each with two spans."""

from collections.abc import Mapping

from msgspec import Struct

from backend.console.form_refusals import at_field
from backend.console.stations.clock_typed import clock_typed
from backend.console.stations.words import day_name
from backend.console.typed import Typed
from backend.core.refusals import FieldError, Invalid
from backend.core.words import Term, say
from backend.rosters.station_hours_schemas import StationHoursRecord

ORDER = (1, 2, 3, 4, 5, 6, 7, 0)
LEAST_SPANS = 2
A_TIME = Term("A time looks like this: 08:30.")
BOTH = Term("Say both: when it opens and when it closes.")


class Field(Struct, frozen=True):
    """One span: the names of its two fields and what stands in them."""

    opens_name: str
    opens: str
    closes_name: str
    closes: str


class Row(Struct, frozen=True):
    """One day of the week."""

    weekday: int
    name: str
    spans: list[Field]


class Read(Struct, frozen=True):
    """What was typed, as records want it. `names`: which field each of their pointers is about."""

    hours: list[dict[str, object]]
    names: dict[str, str]


def rows_of(week: StationHoursRecord | None, form: Typed | None = None) -> list[Row]:
    """The table of a form: as it was typed, else as it is set."""
    return [Row(day, day_name(day), _spans(f"d{day}", _set(week, day), form)) for day in ORDER]


def spans_of_day(form: Typed | None = None) -> list[Field]:
    """The two spans of days that are otherwise."""
    return _spans("x", [], form)


def _set(week: StationHoursRecord | None, weekday: int) -> list[tuple[str, str]]:
    return [(one.opens, one.closes) for one in week.hours if one.weekday == weekday] if week else []


def _spans(day: str, stored: list[tuple[str, str]], form: Typed | None) -> list[Field]:
    many = max(LEAST_SPANS, len(stored), *(n + 1 for n in range(8) if form and f"{day}-{n}-opens" in form.fields), 0)
    padded = [*stored, *[("", "")] * (many - len(stored))]
    names = [(f"{day}-{n}-opens", f"{day}-{n}-closes") for n in range(many)]
    typed = [(form.get(opens), form.get(closes)) for opens, closes in names] if form else padded
    return [Field(o, a, c, b) for (o, c), (a, b) in zip(names, typed, strict=True)]


def read_week(form: Typed) -> Read:
    """Out of a form. Raises Invalid (400) that names the fields that are no times."""
    days = [(weekday, span) for weekday in ORDER for span in _spans(f"d{weekday}", [], form)]
    return _read([({"weekday": weekday}, span) for weekday, span in days])


def read_day(form: Typed) -> Read:
    """The spans of days that are otherwise. Raises Invalid (400)."""
    return _read([({}, span) for span in spans_of_day(form)])


def _read(given: list[tuple[Mapping[str, object], Field]]) -> Read:
    wrong: list[FieldError] = []
    hours: list[dict[str, object]] = []
    names: dict[str, str] = {}
    for facts, span in given:
        if not span.opens and not span.closes:
            continue
        wrong += _mistakes(span)
        place = len(hours)
        names |= {f"hours/{place}/opens": span.opens_name, f"hours/{place}/closes": span.closes_name}
        hours.append({**facts, "opens": clock_typed(span.opens), "closes": clock_typed(span.closes)})
    if wrong:
        raise Invalid("Please look at the marked fields.", errors=wrong)
    return Read(hours, names)


def _mistakes(span: Field) -> list[FieldError]:
    found = []
    for name, typed in ((span.opens_name, span.opens), (span.closes_name, span.closes)):
        if not typed:
            found.append(at_field(name, say(BOTH)))
        elif clock_typed(typed) is None:
            found.append(at_field(name, say(A_TIME)))
    if not found and clock_typed(span.opens) == "24:00":
        found.append(at_field(span.opens_name, say(A_TIME)))
    return found
