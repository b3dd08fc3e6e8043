"""Whose a step is (`Whose`, told by `rules.STEPS`), and in whose name somebody takes it."""

from uuid import UUID

from backend.cases.holding import Held
from backend.cases.refusals import NotYourStep
from backend.cases.rules import Whose
from backend.cases.visibility import DESK, HANDLING
from backend.cases.words import CaseKind
from backend.people.actors import Actor
from backend.people.tables import Role

VISITS = "visits"
"""The room whose needs are cases: `origin_room` of those."""


def check_whose(whose: Whose, case: Held, by: Actor | None) -> None:
    """Raises NotYourStep (403)."""
    if not _may(whose, case, by):
        raise NotYourStep(_WHOSE[whose])


def _may(whose: Whose, case: Held, by: Actor | None) -> bool:
    if by is None:
        return whose is Whose.CITIZEN
    if whose is Whose.OVERSEER:
        return case.division_code.startswith(by.prefixes((Role.SUPERVISOR, Role.ADMIN)))
    desk = case.division_code.startswith(by.prefixes(DESK)) or case.opened_by == by.person_id
    unit = _acts(case, by)
    if case.kind is CaseKind.DIAGNOSIS:
        desk = desk or _at_its_station(case, by)
    if case.origin_room == VISITS:
        return _may_with_need(whose, case, by, unit=unit)
    if whose is Whose.CITIZEN:
        return desk or case.served_by == by.person_id
    return {Whose.DESK: desk, Whose.UNIT: unit, Whose.EITHER: desk or unit}[whose]


def _may_with_need(whose: Whose, case: Held, by: Actor, *, unit: bool) -> bool:
    """A need found at a visit: its cadre of today (else who found it) may do what the desk and the unit may; whoever
    handles for the unit, or for a territory without one, may do all but speak for the citizen."""
    cadre = (case.served_by or case.opened_by) == by.person_id
    desk = case.division_code.startswith(by.prefixes(DESK))
    return desk or cadre or (unit and whose is not Whose.CITIZEN)


def _acts(case: Held, by: Actor) -> bool:
    """Whether he is of the unit that has it now (without a unit: of the territory's), or it was given to him."""
    if case.assignee == by.person_id:
        return True
    return any(
        held.unit_id == case.assignee_unit
        if held.unit_id
        else held.role == Role.HANDLER and case.division_code.startswith(held.prefixes)
        for held in by.held
        if held.role in HANDLING
    )


def _at_its_station(case: Held, by: Actor) -> bool:
    """Whether he is a technician of the station that received a diagnosis: farmers come to its desk."""
    return case.owner_unit is not None and any(
        held.role == Role.TECHNICIAN and held.unit_id == case.owner_unit for held in by.held
    )


_WHOSE = {
    Whose.DESK: "This is for the desk (operator, supervisor, admin) of the place, or for whoever opened the case.",
    Whose.UNIT: "This is for the unit that has the case now.",
    Whose.EITHER: "This is for the unit that has the case now, or for the desk of the place.",
    Whose.OVERSEER: "This is for a supervisor of the place.",
    Whose.CITIZEN: "This is for whoever holds the receipt; the desk or the cadre of today may write it down for him.",
}


def person_of(by: Actor | None) -> UUID | None:
    """Who acts; None for the citizen, or a rule of ours."""
    return by.person_id if by else None


def unit_of(by: Actor, case: Held) -> UUID | None:
    """The unit in whose name somebody acts: the case's, where he is of it, else the first that he is of."""
    units = [held.unit_id for held in by.held if held.unit_id is not None]
    return case.assignee_unit if case.assignee_unit in units else next(iter(units), None)
