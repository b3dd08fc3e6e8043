"""Who writes warnings, who approves them, and who sees which.

Desks (supervisors, auditors, administrators, operators, and handlers of a police unit) see drafts and all else that
touches their territory; everybody signed in sees what was published where he serves, restricted ones by their roles.
"""

from collections.abc import Collection, Iterable

from backend.alerts import queries
from backend.alerts.refusals import OutsideTerritory
from backend.core.refusals import Forbidden
from backend.core.statements import Values
from backend.core.words import Term
from backend.people.actors import OVERSEERS, Actor
from backend.people.tables import Role

DRAFTERS = frozenset({Role.SUPERVISOR, Role.OPERATOR, Role.ADMIN})
APPROVERS = frozenset({Role.SUPERVISOR, Role.ADMIN})
DESKS = OVERSEERS | DRAFTERS


async def must_draft(prefixes: Iterable[str], by: Actor) -> None:
    """Raises Forbidden, OutsideTerritory (403)."""
    where = await _where(by, DRAFTERS)
    if not where:
        raise _needs(DRAFTERS)
    _must_cover(where, prefixes)


def _needs(roles: Iterable[Role]) -> Forbidden:
    return Forbidden(
        "This needs one of the roles: {roles}.", roles=[*map(Term, sorted(roles)), Term("handler of a police unit")]
    )


def must_approve(prefixes: Iterable[str], by: Actor) -> None:
    """Raises Forbidden, OutsideTerritory (403)."""
    by.must_have(*sorted(APPROVERS))
    _must_cover(by.prefixes(APPROVERS), prefixes)


async def overseen(prefixes: Collection[str], by: Actor) -> list[str] | None:
    """Which parts of these places he oversees from a desk; null: all of them. Raises Forbidden (403) for no part."""
    where = await _where(by, DESKS)
    if where and all(prefix.startswith(where) for prefix in prefixes):
        return None
    met = ((of_it, his) for of_it in prefixes for his in where if of_it.startswith(his) or his.startswith(of_it))
    parts = sorted({max(of_it, his, key=len) for of_it, his in met})
    if not parts:
        raise _needs(DESKS)
    return parts


def _must_cover(where: tuple[str, ...], prefixes: Iterable[str]) -> None:
    for prefix in prefixes:
        if not prefix.startswith(where):
            raise OutsideTerritory("Division {division_code} lies outside your territory.", division_code=prefix)


async def seen_by(by: Actor, value: Values) -> str:
    """SQL that holds for rows `a` of alerts_alert that he may see."""
    desks, everywhere = await _where(by, DESKS), by.prefixes(Role)
    roles = sorted({held.role.value for held in by.held})
    return f"""(a.drafted_by = {value(by.person_id)} OR {_touches(desks, value)} OR (
        a.state = 'published' AND {_touches(everywhere, value)}
        AND (a.message ->> 'scope' = 'Public' OR a.audience -> 'roles' ?| {value(roles)}::text[])))"""


def _touches(prefixes: tuple[str, ...], value: Values) -> str:
    his = f"unnest({value(list(prefixes))}::text[]) AS his(prefix)"
    return f"""EXISTS (SELECT FROM unnest(a.prefixes) AS of_it(prefix), {his}
        WHERE starts_with(of_it.prefix, his.prefix) OR starts_with(his.prefix, of_it.prefix))"""


async def _where(by: Actor, roles: frozenset[Role]) -> tuple[str, ...]:
    """Prefixes at which he holds one of the roles, or handles for a police unit."""
    units = [held.unit_id for held in by.held if held.role is Role.HANDLER and held.unit_id]
    police = await queries.police_units(units) if units else frozenset()
    holding = [each for each in by.held if each.role in roles or (each.role is Role.HANDLER and each.unit_id in police)]
    return tuple(sorted({prefix for held in holding for prefix in held.prefixes}))


async def drafts_in(by: Actor) -> tuple[str, ...]:
    """Prefixes of the places for which he may write warnings."""
    return await _where(by, DRAFTERS)


async def sits_at_a_desk(by: Actor) -> bool:
    """Whether he sees drafts and reaches anywhere."""
    return bool(await _where(by, DESKS))
