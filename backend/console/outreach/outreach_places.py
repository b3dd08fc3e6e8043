"""A place in a form: a list where one's territory is small, else looked for by name; and the townships of a list."""

import re
from collections.abc import Iterable, Sequence
from typing import Protocol

from msgspec import Struct

from backend.antifraud.outreach_places import READERS, holds
from backend.antifraud.outreach_villages import names_of
from backend.console import labels
from backend.console.form_refusals import at_field
from backend.core.refusals import Invalid, Unknown
from backend.core.words import say
from backend.people.actors import Actor
from backend.people.tables import Role
from backend.territory import queries as territory
from backend.territory.queries import DivisionFilters
from backend.territory.rules import is_code
from backend.territory.schemas import DivisionRecord
from backend.territory.tables import Level

VILLAGES = (Level.VILLAGE,)
PLACES = (Level.TOWNSHIP, Level.VILLAGE)
DIVISIONS = (Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE)
FEW = 30
"""More than this is looked for by name: nobody scrolls through a county's thousand villages."""
MOST_FOUND = 12
MOST_TOWNSHIPS = 400


class Form(Protocol):
    """What was filled in, with files or without."""

    def get(self, name: str) -> str:
        """A field without the blanks around it."""
        ...


class Choice(Struct, frozen=True):
    """A division as one chooses it: 梁村镇 · 琉璃庙村."""

    code: str
    name: str


class PlaceField(Struct, frozen=True, kw_only=True):
    """How a form asks for a place. few: `choices` are all there are; else what `said` found."""

    few: bool
    said: str
    code: str
    choices: list[Choice]


async def place_field(form: Form, *, by: Actor, roles: Iterable[Role], levels: Sequence[Level]) -> PlaceField:
    """What the field shows, with what was chosen or typed before."""
    roles, code, said = frozenset(roles), form.get("division_code"), form.get("village")
    every = await _inside(by, roles, levels, most=FEW + 1)
    if len(every) <= FEW:
        return PlaceField(few=True, said="", code=code or _only(every), choices=await _choices(every))
    found = await _found(said, by, roles, levels) if said else []
    return PlaceField(few=False, said=said, code=code, choices=found)


def _only(every: list[DivisionRecord]) -> str:
    return every[0].code if len(every) == 1 else ""


async def place_of(form: Form, *, by: Actor, roles: Iterable[Role], levels: Sequence[Level]) -> str:
    """The code of the place that a form names. Raises Invalid (400) at `village` for none, or several."""
    said, code = form.get("village"), form.get("division_code")
    if code and said == form.get("village_was"):
        return code
    found = await _found(said, by, frozenset(roles), levels) if said else []
    exact = [each for each in found if each.name.split(" · ")[-1] == _words(said)[-1]]
    if len(exact or found) == 1:
        return (exact or found)[0].code
    raise Invalid("Please look at the marked fields.", errors=[at_field("village", _why(said, found))])


def _why(said: str, found: list[Choice]) -> str:
    if not said:
        return say("Say which village, or which township.")
    if found:
        return say("More than one place fits. Choose one below and send it again.")
    return say("No place of yours is called so. Type the name of the village, such as 琉璃庙村.")


async def named(code: str) -> dict[str, str]:
    """The fields of a form that is opened for a place."""
    if not is_code(code):
        return {}
    try:
        (choice,) = await _choices([await territory.division(code=code)])
    except Unknown:
        return {}
    return {"division_code": choice.code, "village": choice.name, "village_was": choice.name}


async def townships(by: Actor) -> list[Choice]:
    """Of the territory that he reads of; nothing where it is one township or less."""
    found = await _inside(by, READERS, (Level.TOWNSHIP,), most=MOST_TOWNSHIPS)
    return [Choice(each.code, each.name) for each in found] if len(found) > 1 else []


async def full_names(codes: Iterable[str]) -> dict[str, str]:
    """Places of a list as people call them, with the township before the village."""
    codes = list(codes)
    known = await names_of([*codes, *map(township_of, codes)])
    return {code: full_name(code, known) for code in codes}


def full_name(code: str, known: dict[str, str]) -> str:
    """梁村镇 · 琉璃庙村, out of names by code."""
    own = labels.place(known.get(code, code))
    above = known.get(township_of(code)) if township_of(code) != code and not code.endswith("000000") else None
    return f"{above} · {own}" if above else own


def township_of(code: str) -> str:
    """The code of the township in which a village lies."""
    return f"{code[:9]}000"


async def _inside(
    by: Actor, roles: frozenset[Role], levels: Sequence[Level], *, most: int, name: str | None = None
) -> list[DivisionRecord]:
    found: dict[str, DivisionRecord] = {}
    for prefix in by.prefixes(roles):
        for level in levels:
            filters = DivisionFilters(under=prefix.ljust(12, "0"), level=level, name=name)
            inside = await territory.list_divisions(filters=filters, limit=most)
            found |= {each.code: each for each in inside if holds(by, each.prefix, roles)}
    return list(found.values())


async def _choices(divisions: Iterable[DivisionRecord]) -> list[Choice]:
    divisions = list(divisions)
    names = await full_names([each.code for each in divisions])
    return [Choice(each.code, names[each.code]) for each in divisions]


async def _found(said: str, by: Actor, roles: frozenset[Role], levels: Sequence[Level]) -> list[Choice]:
    """By code, or by a name whose last word is the place's and whose others are in its township's."""
    *above, name = _words(said)
    if is_code(name):
        found = await _of_code(name, by, roles, levels)
    else:
        found = await _inside(by, roles, levels, most=MOST_FOUND * 10, name=name)
    choices = await _choices(found)
    return [each for each in choices if all(word in each.name for word in above)][:MOST_FOUND]


def _words(said: str) -> list[str]:
    """梁村镇 琉璃庙村, in whatever way they are parted."""
    return re.split(r"[\s·,，、]+", said)


async def _of_code(code: str, by: Actor, roles: frozenset[Role], levels: Sequence[Level]) -> list[DivisionRecord]:
    try:
        found = await territory.division(code=code)
    except Unknown:
        return []
    return [found] if found.level in levels and holds(by, found.prefix, roles) else []
