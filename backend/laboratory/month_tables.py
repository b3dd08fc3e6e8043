"""The monthly table line by line: the same on paper, on the page and in a spreadsheet. Pure."""

import csv
from collections.abc import Iterator
from io import StringIO

from msgspec import Struct

from backend.core.words import Term, say
from backend.laboratory.csv_cells import harmless
from backend.laboratory.month_schemas import Counted, HoursTaken, LabMonth


def _(msgid: str) -> str:
    return msgid


class Line(Struct, frozen=True, kw_only=True):
    """One number. `part`: under which heading; `told`: as people read it, also where it is too small to be told."""

    part: str
    item: str
    told: str


HEADER = (Term("part"), Term("figure"), Term("number"))
SAMPLES, RESULTS = Term("Samples received"), Term("Results")
RUNS, HOURS = Term("Runs"), Term("How long it took")
AGAIN, REPORTS = Term("Measured again"), Term("Reports")


def lines(month: LabMonth, *, places: int | None = None) -> Iterator[Line]:
    """All of it, in the order of a sample's way. `places`: so many drop-offs by name, and the others together."""
    yield from _samples(month, places)
    yield from _results(month)
    yield from _runs(month)
    yield from _spans(month)
    yield from _again(month)
    yield _line(REPORTS, _("issued"), month.reports)
    yield _line(REPORTS, _("of these replaced by a later one"), month.superseded)


def _samples(month: LabMonth, places: int | None) -> Iterator[Line]:
    yield _line(SAMPLES, _("all of them"), month.samples)
    yield from _each(SAMPLES, [*month.by_kind, *month.by_run_kind])
    named = month.by_drop_off[:places]
    others = month.by_drop_off[len(named) :]
    for one in named:
        yield Line(part=say(SAMPLES), item=say(_("handed in: {place}"), place=one.says), told=_told(one.n))
    if others:
        item = say(_("handed in at {n} other places"), n=len(others))
        yield Line(part=say(SAMPLES), item=item, told=str(sum(one.n or 0 for one in others)))
    yield _line(SAMPLES, _("from files, nobody knows yet whose"), month.held)


def _results(month: LabMonth) -> Iterator[Line]:
    yield _line(RESULTS, _("all of them"), month.results)
    yield from _each(RESULTS, month.by_verdict)
    yield _line(RESULTS, _("the instrument says otherwise"), month.disagreements)


def _runs(month: LabMonth) -> Iterator[Line]:
    yield _line(RUNS, _("all of them"), month.runs)
    yield _line(RUNS, _("do not count"), month.invalid_runs)
    yield from _each(RUNS, month.by_invalid_reason)


def _spans(month: LabMonth) -> Iterator[Line]:
    for name, hours in (
        (_("to the desk that tests it"), month.hand_over_hours),
        (_("to the first result"), month.result_hours),
        (_("to the first report"), month.report_hours),
    ):
        yield Line(part=say(HOURS), item=say(name), told=_hours(hours))


def _again(month: LabMonth) -> Iterator[Line]:
    yield from _each(AGAIN, month.retests)
    yield _line(AGAIN, _("open today"), month.retests_open)
    yield _line(AGAIN, _("late today"), month.retests_late)
    yield _line(AGAIN, _("second looks asked for"), month.second_looks)
    agreed = month.agreement
    share = (
        "–"
        if agreed.share is None
        else say(_("{n} of {of}, {pct} %"), n=agreed.n, of=agreed.of, pct=_pct(agreed.share))
    )
    yield Line(part=say(AGAIN), item=say(_("second looks that saw the same")), told=share)


def _pct(share: float) -> str:
    return f"{share * 100:.0f}"


def _each(part: str, counted: list[Counted]) -> Iterator[Line]:
    for one in counted:
        yield Line(part=say(part), item=one.says, told=_told(one.n))


def _line(part: str, item: str, n: int | None) -> Line:
    return Line(part=say(part), item=say(item), told=_told(n))


def _told(n: int | None) -> str:
    return say(_("fewer than can be told")) if n is None else str(n)


def _hours(hours: HoursTaken) -> str:
    if hours.median_hours is None or hours.p90_hours is None:
        return "–"
    facts = {"half": f"{hours.median_hours:g}", "most": f"{hours.p90_hours:g}", "n": hours.n}
    return say(_("half within {half} h, nine in ten within {most} h ({n} samples)"), **facts)


def as_csv(month: LabMonth) -> bytes:
    """With a byte order mark, or a spreadsheet reads Chinese as something else."""
    written = StringIO()
    table = csv.writer(written)
    table.writerow([say(name) for name in HEADER])
    table.writerows([harmless(each.part), harmless(each.item), harmless(each.told)] for each in lines(month))
    return written.getvalue().encode("utf-8-sig")
