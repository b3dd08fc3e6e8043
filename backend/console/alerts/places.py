"""Where: chosen from a tree of one's own territory, or looked for by name. Nobody types a code."""

from collections.abc import Sequence

from msgspec import Struct

from backend.alerts.visibility import drafts_in
from backend.console import labels
from backend.people.actors import Actor
from backend.territory import queries as territory
from backend.territory.queries import DivisionFilters, DivisionUnknown
from backend.territory.rules import DivisionCodeWrong
from backend.territory.schemas import DivisionRecord
from backend.territory.tables import Level

SHOWN_LEVELS = (Level.PREFECTURE, Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE)
LEAVES = (Level.VILLAGE, Level.COMMUNITY, Level.CELL)
MOST_FOUND = 30
MOST_BELOW = 400


class Node(Struct, frozen=True, kw_only=True):
    """A division in the picker. `children` is None where it is folded; `opens` says that it could be opened."""

    code: str
    name: str
    opens: bool
    children: list["Node"] | None = None


class Picker(Struct, frozen=True, kw_only=True):
    """What the page offers: what is chosen by its name, what a search found, and the tree."""

    chosen: list[Node]
    found: list[Node] | None
    tree: list[Node]


async def picker(by: Actor, *, chosen: Sequence[str], opened: Sequence[str], search: str) -> Picker:
    """The tree is open below his own places and wherever he opened it."""
    held = [prefix.ljust(12, "0") for prefix in await drafts_in(by)]
    tops = [division for code in held if (division := await _division(code))]
    unfolded = {*opened, *(top.code for top in tops)}
    return Picker(
        chosen=await named(chosen),
        found=await _found(tops, search) if search else None,
        tree=[await _node(top, unfolded) for top in tops],
    )


async def named(codes: Sequence[str]) -> list[Node]:
    """Places by their codes; unknown ones are left out, and refused when the form is sent."""
    found = [await _division(code) for code in codes]
    return [_leaf(each, await _above(each)) for each in found if each]


async def _division(code: str) -> DivisionRecord | None:
    try:
        return await territory.division(code=code)
    except (DivisionUnknown, DivisionCodeWrong):
        return None


async def _above(one: DivisionRecord) -> str:
    """The township before a village, because villages share their names."""
    if one.level not in LEAVES or not one.parent_code:
        return ""
    above = await _division(one.parent_code)
    return labels.place(above.name) if above else ""


async def _found(tops: Sequence[DivisionRecord], search: str) -> list[Node]:
    found: list[DivisionRecord] = []
    for top in tops:
        filters = DivisionFilters(under=top.code, name=search[:40])
        found += await territory.list_divisions(filters=filters, limit=MOST_FOUND)
    return [_leaf(each, await _above(each)) for each in found[:MOST_FOUND]]


def _leaf(one: DivisionRecord, above: str) -> Node:
    name = labels.place(one.name)
    return Node(code=one.code, name=f"{above} · {name}" if above else name, opens=False)


async def _node(one: DivisionRecord, opened: set[str]) -> Node:
    opens, children = one.level not in LEAVES, None
    if opens and one.code in opened:
        below = await territory.list_divisions(filters=DivisionFilters(parent_code=one.code), limit=MOST_BELOW)
        children = [await _node(each, opened) for each in below if each.level in SHOWN_LEVELS]
    return Node(code=one.code, name=labels.place(one.name), opens=opens, children=children)
