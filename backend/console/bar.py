"""The bar above every page: what this person uses daily, and everything else of his behind 更多 (all pages)."""

from typing import NamedTuple

from backend.people.actors import Actor
from backend.people.tables import Role

DESKS = (Role.OPERATOR, Role.HANDLER, Role.SUPERVISOR, Role.AUDITOR, Role.ADMIN)
DOORS = (Role.CADRE, Role.ASSISTANT)
EVERYBODY = tuple(Role)
SHOWN = 4
"""Beside the name on a bar: more do not fit one line of a 390 px phone."""


class Entry(NamedTuple):
    """`roles` may go there; those among them who do so `daily` find it outside the menu."""

    key: str
    title: str
    href: str
    roles: tuple[Role, ...]
    daily: tuple[Role, ...] = ()


class Bar(NamedTuple):
    """What one person is offered."""

    shown: list[Entry]
    more: list[Entry]


ENTRIES = (
    Entry("log", "My households", "/console/log", DOORS, DOORS),
    Entry("round", "From door to door", "/console/round", (Role.ASSISTANT,)),
    Entry(
        "letters", "Reminder letters", "/console/letters", (Role.ASSISTANT, Role.SUPERVISOR, Role.AUDITOR, Role.ADMIN)
    ),
    Entry("desk", "Duty desk", "/console/desk", DESKS, (Role.OPERATOR,)),
    Entry("slips", "Flow slips", "/console/desk/slips", (Role.CADRE,)),
    Entry("cases", "Cases", "/console/cases", (*DESKS, *DOORS), DESKS),
    Entry(
        "bench",
        "The bench",
        "/console/bench",
        (Role.TECHNICIAN, Role.EXPERT, Role.SUPERVISOR, Role.AUDITOR, Role.ADMIN),
        (Role.TECHNICIAN,),
    ),
    Entry(
        "clinic",
        "Clinic",
        "/console/clinic",
        (Role.EXPERT, Role.TECHNICIAN, Role.OPERATOR, Role.SUPERVISOR, Role.AUDITOR, Role.ADMIN, Role.CADRE),
        (Role.EXPERT, Role.TECHNICIAN),
    ),
    Entry("warnings", "Fraud warnings", "/console/warnings", (Role.ASSISTANT, *DESKS), (Role.ASSISTANT,)),
    Entry(
        "outreach",
        "Fraud outreach",
        "/console/outreach",
        (Role.ASSISTANT, Role.SUPERVISOR, Role.AUDITOR, Role.ADMIN),
    ),
    Entry("antifraud", "Anti-fraud desk", "/console/antifraud", (*DESKS, *DOORS)),
    Entry("alerts", "Public warnings", "/console/alerts", EVERYBODY),
    Entry(
        "citizens",
        "Warnings by text message",
        "/console/citizen-warnings",
        (Role.OPERATOR, Role.TECHNICIAN, Role.CADRE),
    ),
    Entry("notices", "Notices", "/console/notices", EVERYBODY, EVERYBODY),
    Entry("map", "Visits", "/console/map", EVERYBODY, (Role.CADRE,)),
    Entry("photos", "Photos", "/console/photos", EVERYBODY),
    Entry("submissions", "Sent from phones", "/console/submissions", EVERYBODY),
    Entry("conflicts", "Changed by two people", "/console/conflicts", (*DOORS, Role.SUPERVISOR)),
    Entry("roster", "Duty", "/console/roster", EVERYBODY, (Role.OPERATOR, Role.SUPERVISOR)),
    Entry("calendar", "Calendar on my phone", "/console/calendar", EVERYBODY),
    Entry("collect", "Forms on my phone", "/console/collect", EVERYBODY),
    Entry(
        "deadlines",
        "By when?",
        "/console/deadlines/preview",
        (Role.OPERATOR, Role.HANDLER, Role.SUPERVISOR),
    ),
    Entry("kits", "What phones carry", "/console/kits", (Role.SUPERVISOR, Role.AUDITOR, Role.ADMIN)),
    Entry("partners", "Partners", "/console/partners", (Role.SUPERVISOR, Role.AUDITOR, Role.ADMIN)),
    Entry("stations", "Stations", "/console/stations", EVERYBODY),
)
"""In the order in which a bar shows them. `title` is a msgid of the catalogue."""


def bar_of(by: Actor) -> Bar:
    """At most SHOWN daily ones; whatever else his roles open is in the menu, in the same order."""
    his = [entry for entry in ENTRIES if by.has(*entry.roles)]
    shown = [entry for entry in his if by.has(*entry.daily)][:SHOWN]
    return Bar(shown, [entry for entry in his if entry not in shown])
