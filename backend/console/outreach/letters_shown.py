"""The letters of a territory as a table: a line for a village or a township, and what they come to."""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from backend.antifraud import letters
from backend.antifraud.letter_ranges import serials
from backend.antifraud.letter_schemas import LetterStock
from backend.antifraud.outreach_places import READERS, place
from backend.console import labels
from backend.console.typed import Typed
from backend.kits.letters import MOST_SHEETS
from backend.people.actors import Actor
from backend.territory import queries as territory
from backend.territory.queries import DivisionFilters
from backend.territory.tables import Level

MOST_LINES = 150
"""Villages beside each other on one page; of more, townships come first."""
MOST_VILLAGES = 5_000
TOWNSHIP_DIGITS = 9
NUMBERS = ("given_n", "signed_n", "declined_n", "lost_n", "returned_n", "stock_n")


class Line(Struct, frozen=True, kw_only=True):
    """A village, a township, or all of them together (`code` is empty)."""

    code: str
    name: str
    href: str
    given_n: int = 0
    signed_n: int = 0
    declined_n: int = 0
    lost_n: int = 0
    returned_n: int = 0
    stock_n: int = 0


class Overview(Struct, frozen=True, kw_only=True):
    """The table. `names`: what its villages are called; `township`: the one it is of, if it is of one."""

    lines: list[Line]
    total: Line
    names: dict[str, str]
    township: str | None
    by_township: bool
    only_village: str | None


async def overview(by: Actor, township: str | None) -> Overview:
    """Of a township, or of all that `by` reads. Raises Forbidden, NotYourPlace (403), DivisionUnknown (404)."""
    of = await place(township, by=by, roles=READERS) if township else None
    under = [of.prefix] if of else list(by.prefixes(READERS))
    villages = await _below(under, Level.VILLAGE)
    stocks = await letters.list_stocks(by=by, division_code=township, limit=MOST_VILLAGES)
    there = {each.division_code: each for each in stocks.items}
    lines = [
        _line(code, name, f"/console/letters/{code}", [there[code]] if code in there else [])
        for code, name in villages.items()
    ]
    by_township = len(lines) > MOST_LINES
    return Overview(
        lines=await _townships(under, lines) if by_township else lines,
        total=_line("", "", "", lines),
        names=villages,
        township=labels.place(of.name) if of else None,
        by_township=by_township,
        only_village=next(iter(villages)) if len(villages) == 1 and township is None else None,
    )


async def _below(prefixes: Iterable[str], level: Level) -> dict[str, str]:
    """What divisions of a level are called, by code and in the order of codes."""
    found: dict[str, str] = {}
    for prefix in prefixes:
        filters = DivisionFilters(under=prefix.ljust(12, "0"), level=level)
        found |= {
            each.code: labels.place(each.name)
            for each in await territory.list_divisions(filters=filters, limit=MOST_VILLAGES)
        }
    return dict(sorted(found.items()))


def _line(code: str, name: str, href: str, rows: Iterable[LetterStock | Line]) -> Line:
    """The sum of rows, as one."""
    rows = list(rows)
    sums = {number: sum(getattr(each, number) for each in rows) for number in NUMBERS}
    return Line(code=code, name=name, href=href, **sums)


async def _townships(prefixes: Iterable[str], lines: list[Line]) -> list[Line]:
    names = await _below(prefixes, Level.TOWNSHIP)
    by_code: dict[str, list[Line]] = {}
    for each in lines:
        by_code.setdefault(each.code[:TOWNSHIP_DIGITS].ljust(12, "0"), []).append(each)
    return [
        _line(code, names.get(code, code), f"/console/letters?township={code}", inside)
        for code, inside in by_code.items()
    ]


def to_print(stock: LetterStock, form: Typed) -> tuple[str, str] | None:
    """The first and last serial that the form for printing shows: as typed, else what lies there first, as many as one
    file holds. Nothing where no letter lies there."""
    if form.get("print_first"):
        return form.get("print_first"), form.get("print_last")
    if not stock.ranges:
        return None
    ends = stock.ranges[0].split(" – ")
    there = serials(ends[0], ends[-1])
    last = min(there.last, there.first + MOST_SHEETS - 1)
    return ends[0], str(replace(there, first=last, last=last))
