"""The tabs above these pages: to what somebody is offered, and to nothing that would turn him away."""

from typing import NamedTuple

from backend.antifraud.fraud_cases import registrar_roles
from backend.antifraud.visitor_cards import ISSUERS
from backend.antifraud.visitor_checking import ANSWERERS
from backend.core.refusals import Forbidden
from backend.core.words import Term, say
from backend.people.actors import OVERSEERS, Actor
from backend.people.tables import Role

HERE = "/console/antifraud"


class Way(NamedTuple):
    """One tab."""

    key: str
    href: str
    title: str


async def ways(by: Actor) -> list[Way]:
    """In the order in which they stand."""
    offered = (
        (by.has(*OVERSEERS), "figures", HERE, Term("Figures")),
        (by.has(*OVERSEERS) or await registers(by), "cases", f"{HERE}/cases", Term("Registered cases")),
        (True, "library", f"{HERE}/library", Term("Stories and bulletins")),
        (by.has(*ISSUERS, Role.AUDITOR), "cards", f"{HERE}/cards", Term("Visitors' cards")),
        (by.has(*ANSWERERS), "check", f"{HERE}/check", Term("Somebody rings")),
        (True, "board", f"{HERE}/board", Term("Village boards")),
    )
    return [Way(key, href, say(title)) for open_to_him, key, href, title in offered if open_to_him]


async def registers(by: Actor) -> bool:
    """Whether somebody registers cases."""
    try:
        await registrar_roles(by)
    except Forbidden:
        return False
    return True
