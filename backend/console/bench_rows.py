"""A file's rows as its page shows them: counted by verdict, what needs somebody's eyes first, the rest by line."""

import re
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from urllib.parse import urlencode

from msgspec import Struct

from backend.console import bench_labels as says
from backend.console.bench_labels import Sign
from backend.core.words import Term, say
from backend.laboratory.import_records import RowFilters
from backend.laboratory.import_schemas import ImportRow
from backend.laboratory.words import RowOutcome

ROWS = 300
FIRST = ("positive", "suspect", "refused", "invalid", "disagrees", "held")
"""What is looked at first, in this order."""
FILTERS: dict[str, tuple[str, str, Term]] = {
    "all": ("", "", Term("All rows")),
    "positive": ("■", "bad", Term("Positive")),
    "suspect": ("▲", "warn", Term("Suspect")),
    "refused": ("✕", "bad", Term("Not taken")),
    "invalid": ("╳", "", Term("Invalid")),
    "disagrees": ("≠", "warn", Term("Instrument says otherwise")),
    "held": ("◇", "warn", Term("Held")),
    "negative": ("○", "", Term("Negative")),
    "graded": ("▅", "", Term("Graded")),
    "unjudged": ("·", "", Term("No verdict")),
    "duplicate": ("＝", "", Term("There already")),
}
PAGED = {
    "positive": RowFilters(verdicts=("positive", "strict_control")),
    "suspect": RowFilters(verdicts=("suspect", "safe_use")),
    "refused": RowFilters(outcome=RowOutcome.REFUSED),
    "invalid": RowFilters(verdicts=("invalid",)),
    "all": RowFilters(),
}
"""How a file is looked through that is too long to be counted for each look, the most urgent first."""
SENTENCE = re.compile(r"(?<=[。.！!]) ")
ALIKE = {"strict_control": "positive", "safe_use": "suspect", "priority_protection": "negative"}
"""Soil's categories under the shape that they share with a verdict."""


class Row(Struct, frozen=True):
    """A row with its verdict, analyte and value in words; the reason that decided, and what else there is to say."""

    one: ImportRow
    sign: Sign
    analyte: str
    measured: str
    why: str
    more: str


class Filter(Struct, frozen=True):
    """A way to see some of the rows only."""

    word: str
    shape: str
    tone: str
    n: int | None
    address: str | None
    now: bool


class Seen(Struct):
    """What one walk over a file's rows found: how many of each, and those that are to be shown."""

    show: str
    skip: int = 0
    counts: Counter[str] = Counter()
    rows: list[ImportRow] = []
    more: bool = False

    def add(self, row: ImportRow) -> None:
        """One row more."""
        kinds = kinds_of(row)
        self.counts.update(kinds)
        if self.show not in kinds:
            return
        place = self.counts[self.show] - self.skip
        if place > ROWS:
            self.more = True
        elif place > 0:
            self.rows.append(row)


def kinds_of(row: ImportRow) -> set[str]:
    """Which of the filters take it."""
    if row.outcome is RowOutcome.REFUSED:
        return {"all", "refused"}
    kinds = {"all", _judged(row.verdict)}
    kinds |= {name for name, holds in (("disagrees", row.disagrees), ("held", row.held)) if holds}
    return kinds | ({"duplicate"} if row.outcome is RowOutcome.DUPLICATE else set())


def _judged(verdict: str | None) -> str:
    if verdict is None:
        return "unjudged"
    word = ALIKE.get(verdict, verdict)
    return word if word in FILTERS else "graded"


async def seen(rows: AsyncIterator[ImportRow], *, show: str, skip: int = 0) -> Seen:
    """One walk in constant memory."""
    found = Seen(show=show if show in FILTERS else "all", skip=skip, counts=Counter(), rows=[])
    async for row in rows:
        found.add(row)
    return found


def seen_of(rows: Iterable[ImportRow], *, show: str = "all") -> Seen:
    """The same of rows at hand."""
    found = Seen(show=show, counts=Counter(), rows=[])
    for row in rows:
        found.add(row)
    return found


def shown(found: Seen) -> list[Row]:
    """The rows in words; all of a short file on one page with the suspects on top."""
    rows = found.rows
    if found.show == "all" and not found.more and not found.skip:
        rows = sorted(rows, key=_urgency)  # stable: by line within
    return [row(each) for each in rows]


def _urgency(row: ImportRow) -> int:
    kinds = kinds_of(row)
    return next((place for place, kind in enumerate(FIRST) if kind in kinds), len(FIRST))


def row(one: ImportRow) -> Row:
    """One in words."""
    refused = one.outcome is RowOutcome.REFUSED
    sign = says.sign(says.OUTCOMES, one.outcome) if refused else says.verdict(one.verdict)
    why, *more = SENTENCE.split(one.reason, maxsplit=1)
    return Row(
        one=one,
        sign=sign,
        analyte=says.analyte(one.analyte),
        measured=says.measured(one.comparator, one.value, one.unit),
        why=why,
        more=" ".join(more),
    )


def filters(found: Seen, address: str | None) -> list[Filter]:
    """Those that take any row; without an address they only count."""
    return [
        Filter(
            word=say(word),
            shape=shape,
            tone=tone,
            n=found.counts[name],
            address=f"{address}?{urlencode({'show': name})}" if address else None,
            now=bool(address) and name == found.show,
        )
        for name, (shape, tone, word) in FILTERS.items()
        if found.counts[name] or name == "all"
    ]


def uncounted(now: str, address: str) -> list[Filter]:
    """The same for a long file."""
    return [
        Filter(say(word), shape, tone, None, f"{address}?{urlencode({'show': name})}", name == now)
        for name in PAGED
        for shape, tone, word in [FILTERS[name]]
    ]
