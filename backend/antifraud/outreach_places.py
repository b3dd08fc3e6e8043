"""Whose place it is: divisions that a person acts in or reads of, and the few words that all records share."""

from collections.abc import Iterable
from datetime import date

from backend.antifraud.library_files import shipped_types
from backend.antifraud.outreach_refusals import NotYourPlace
from backend.core import clock
from backend.core.refusals import FieldError, Invalid
from backend.people.actors import OVERSEERS, Actor
from backend.people.tables import Role
from backend.territory import queries as territory
from backend.territory.schemas import DivisionRecord
from backend.territory.tables import Level

PLANNERS = frozenset({Role.SUPERVISOR, Role.ADMIN})
"""Who plans rounds, hands out letters and puts records right."""
RECORDERS = PLANNERS | {Role.ASSISTANT}
READERS = OVERSEERS | {Role.ASSISTANT}

IN_C_ORDER = '{column} COLLATE "C"'
"""Of columns that are not ranged over by an index: `statements.under` needs the order of C whatever the database's."""


async def place(code: str, *, by: Actor, roles: Iterable[Role], village: bool = False) -> DivisionRecord:
    """A division of today all of which `by` holds in one of the roles.

    village   only a village will do: what is counted there is counted nowhere else

    Raises DivisionUnknown (404), Forbidden, NotYourPlace (403), Invalid (400).
    """
    roles = frozenset(roles)
    by.must_have(*roles)
    found = await territory.division(code=code, on=clock.today())
    if found.level == Level.COMMUNITY or (village and found.level != Level.VILLAGE):
        raise _no_such_level(code, village=village)
    if not holds(by, found.prefix, roles):
        raise NotYourPlace(
            "Division {division_code} lies outside the territory of your role, which is {territory}.",
            division_code=code,
            territory=list(by.prefixes(roles)),
        )
    return found


def holds(by: Actor, code: str, roles: Iterable[Role]) -> bool:
    """Whether a code lies in the territory that `by` holds in one of the roles."""
    prefixes = by.prefixes(roles)
    return bool(prefixes) and code.startswith(prefixes)


def shared(prefix: str, by: Actor, roles: Iterable[Role]) -> tuple[str, ...]:
    """What a division and the territory of `by` have in common, as prefixes; nothing where they do not meet."""
    return met(prefix, by.prefixes(roles))


def met(prefix: str, prefixes: Iterable[str]) -> tuple[str, ...]:
    """What lies under a prefix and under one of the others.

    >>> met("371526", ["371526101", "370782"])
    ('371526101',)
    """
    both = {max(prefix, each, key=len) for each in prefixes if each.startswith(prefix) or prefix.startswith(each)}
    return tuple(sorted(both))


def _no_such_level(code: str, *, village: bool) -> Invalid:
    if village:
        detail = "Name one village; {division_code} is none."
    else:
        detail = "Name a county, a township or a village; {division_code} is a community."
    return Invalid(errors=[FieldError(pointer="/division_code", detail=detail, facts={"division_code": code})])


def check_fraud_type(code: str | None, *, on: date) -> None:
    """Raises Invalid (400) for a type that the library does not know on a day."""
    if code is None or any(each.code == code and each.valid_from <= on for each in shipped_types()):
        return
    known = [each.code for each in shipped_types()]
    wrong = FieldError(
        pointer="/fraud_type",
        detail="There is no fraud type {seen}; there are {known}.",
        facts={"seen": code, "known": known},
    )
    raise Invalid(errors=[wrong])


def check_not_after_today(day: date, pointer: str) -> None:
    """Raises Invalid (400) for a day that has not come."""
    if day > clock.today():
        raise Invalid(errors=[FieldError(pointer=pointer, detail="This day has not come yet.", code="range")])
