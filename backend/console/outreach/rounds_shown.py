"""A round as its page shows it: bars, villages with the least visited first, and the townships they lie in."""

from collections.abc import Iterable
from operator import attrgetter

from msgspec import Struct

from backend.antifraud.outreach_villages import names_of
from backend.antifraud.round_schemas import RoundProgress, RoundVillage
from backend.console import labels
from backend.console.outreach.outreach_labels import number, percent
from backend.console.outreach.outreach_places import township_of
from backend.console.outreach.round_labels import MARKS, SIGNS
from backend.core.words import say

COUNTED = {f"{mark.value}_n": (mark.value, SIGNS[mark], label) for mark, label in MARKS.items()}
WIDTH = 1000


class Piece(Struct, frozen=True):
    """One piece of a bar of 1,000 units: from where, how wide, and the words beside it."""

    state: str
    sign: str
    label: str
    n: str
    begins: int
    width: int


class Counts(Struct, frozen=True, kw_only=True):
    """Doors of a village, a township or a round. No door and no name is in it."""

    code: str
    name: str
    households_n: int
    visited_n: int
    absent_n: int
    declined_n: int

    @property
    def left_n(self) -> int:
        """Doors at which nobody has knocked."""
        return max(self.households_n - self.visited_n - self.absent_n - self.declined_n, 0)

    @property
    def percent(self) -> int:
        """Visited, of a hundred."""
        return percent(self.visited_n, self.households_n)

    @property
    def pieces(self) -> list[Piece]:
        """The bar, without what there is none of."""
        parts = [(state, sign, say(label), getattr(self, name)) for name, (state, sign, label) in COUNTED.items()]
        parts.append(("left", "□", say("Still to go"), self.left_n))
        return _pieces(parts)


def _pieces(parts: Iterable[tuple[str, str, str, int]]) -> list[Piece]:
    parts = [part for part in parts if part[3]]
    total, begins, found = sum(part[3] for part in parts), 0, []
    for state, sign, label, n in parts:
        width = max(6, round(WIDTH * n / total))
        found.append(Piece(state, sign, label, number(n), begins, width))
        begins += width
    return found


class RoundShown(Struct, frozen=True, kw_only=True):
    """villages   whose numbers are told, the least visited first
    small      of fewer than five households: their numbers would be somebody's answer
    without    no household card, so that nobody is counted
    """

    whole: Counts
    villages: list[Counts]
    small: list[str]
    without: list[str]
    townships: list[Counts]


async def shown(one: RoundProgress, *, township: str = "") -> RoundShown:
    """As far as the reader's territory goes; `township` narrows it to one."""
    inside = [each for each in one.villages if not township or township_of(each.division_code) == township]
    names = await names_of({township_of(each.division_code) for each in one.villages})
    told = [_counts(each) for each in inside if each.visited_n is not None and each.households_n]
    name = names.get(township, one.division_name)
    return RoundShown(
        whole=_sum(township or one.division_code, labels.place(name), told),
        villages=sorted(told, key=lambda each: (each.visited_n / each.households_n, each.code)),
        small=[_name(each) for each in inside if each.visited_n is None and each.households_n],
        without=[_name(each) for each in inside if not each.households_n],
        townships=_townships(one, names),
    )


def whole(one: RoundProgress) -> Counts:
    """All that is told of it."""
    told = [_counts(each) for each in one.villages if each.visited_n is not None]
    return _sum(one.division_code, labels.place(one.division_name), told)


def _counts(village: RoundVillage) -> Counts:
    return Counts(
        code=village.division_code,
        name=_name(village),
        households_n=village.households_n,
        visited_n=village.visited_n or 0,
        absent_n=village.absent_n or 0,
        declined_n=village.declined_n or 0,
    )


def _name(village: RoundVillage) -> str:
    return labels.place(village.name or village.division_code)


def _sum(code: str, name: str, parts: list[Counts]) -> Counts:
    sums = {each: sum(map(attrgetter(each), parts)) for each in ("households_n", *COUNTED)}
    return Counts(code=code, name=name, **sums)


def _townships(one: RoundProgress, names: dict[str, str]) -> list[Counts]:
    """In the order of their codes; nothing where all lies in one."""
    parts: dict[str, list[Counts]] = {}
    for village in one.villages:
        of = parts.setdefault(township_of(village.division_code), [])
        if village.visited_n is not None:
            of.append(_counts(village))
    found = [_sum(code, names.get(code, code), of) for code, of in sorted(parts.items())]
    return found if len(found) > 1 else []
