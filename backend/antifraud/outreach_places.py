"""Whose place it is: divisions that a person acts in or reads of, and the few words that all records share."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from backend.antifraud.library_files import shipped_types
from backend.antifraud.outreach_refusals import NotYourPlace
from backend.cases.lint import lint
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

CLOCKS_DIFFER = timedelta(minutes=5)

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


async def prefixes_of(division_code: str | None, *, by: Actor, roles: Iterable[Role]) -> tuple[str, ...]:
    """What a list is of: a division, or all that `by` holds in one of the roles. Raises what `place` raises."""
    by.must_have(*roles)
    if division_code is None:
        return by.prefixes(roles)
    return ((await place(division_code, by=by, roles=roles)).prefix,)


def check_at(at: datetime) -> None:
    """Raises Invalid (400) for a moment that has not come."""
    if at > clock.now() + CLOCKS_DIFFER:
        detail = "This moment has not come yet; look at the phone's clock."
        raise Invalid(errors=[FieldError(pointer="/at", detail=detail, code="range")])


def check_text(text: str, pointer: str) -> None:
    """Raises Invalid (400) for a text with a number by which somebody can be found."""
    if lint(text):
        detail = "Leave out phone, identity and card numbers and plates; nobody is named here."
        raise Invalid(errors=[FieldError(pointer=pointer, detail=detail, code="personal")])


def check_not_after_today(day: date, pointer: str) -> None:
    """Raises Invalid (400) for a day that has not come."""
    if day > clock.today():
        raise Invalid(errors=[FieldError(pointer=pointer, detail="This day has not come yet.", code="range")])
