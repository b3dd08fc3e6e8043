"""Who could be given a visitor's card, and for which unit he would come."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from msgspec import Struct

from backend.antifraud.visitor_cards import ISSUERS
from backend.antifraud.visitor_queries import VISITORS
from backend.antifraud.visitor_refusals import NoSuchVisitor
from backend.core import clock
from backend.core.database import fetch
from backend.people.actors import Actor, visible_to
from backend.people.tables import Role, UnitKind

FOUND_AT_ONCE = 30


class VisitorCandidate(Struct, frozen=True, kw_only=True):
    """An assistant or a cadre of today. `card_id`: of the card that he carries already."""

    person_id: UUID
    person_name: str
    role: Role
    division_code: str
    division_name: str
    unit_id: UUID | None
    unit_name: str | None
    card_id: UUID | None


class CardUnit(Struct, frozen=True, kw_only=True):
    """A unit for which somebody may come, and by which number a citizen reaches it."""

    id: UUID
    name: str
    kind: UnitKind
    public_phone: str | None


_CANDIDATES = """
SELECT * FROM (
    SELECT DISTINCT ON (p.id) p.id AS person_id, p.name AS person_name, r.role, v.code AS division_code,
           v.name AS division_name, u.id AS unit_id, u.name AS unit_name,
           (SELECT c.id FROM antifraud_visitor_card c WHERE c.person = p.id AND c.ended_at IS NULL
            AND (c.valid_to IS NULL OR c.valid_to >= $1) LIMIT 1) AS card_id
    FROM people_role_assignment r JOIN people_person p ON p.id = r.person JOIN territory_division v ON v.id = r.division
    LEFT JOIN people_unit u ON u.id = r.unit AND u.closed_at IS NULL
    WHERE p.closed_at IS NULL AND r.role = ANY($2) AND r.valid_from <= $1 AND (r.valid_to IS NULL OR r.valid_to >= $1)
    AND {asked} AND {within} ORDER BY p.id, u.kind = 'police' DESC NULLS LAST, r.role, v.code
) found ORDER BY card_id IS NOT NULL, division_code, person_name, person_id LIMIT {limit}
"""
_ASKED = "(strpos(p.name, $3) > 0 OR strpos(u.name, $3) > 0 OR strpos(v.name, $3) > 0)"


async def find_visitors(*, words: str, by: Actor) -> list[VisitorCandidate]:
    """Those of one's territory whose name, unit or place holds these words, who carry no card first; at most
    FOUND_AT_ONCE + 1. Without words nobody. Raises Forbidden (403).
    """
    by.must_have(*ISSUERS)
    if not words.strip():
        return []
    return await _candidates(_ASKED, words.strip(), by)


async def visitor_candidate(*, person_id: UUID, by: Actor) -> VisitorCandidate:
    """One of them. Raises Forbidden (403), NoSuchVisitor (404)."""
    by.must_have(*ISSUERS)
    found = await _candidates("p.id = $3", person_id, by)
    if not found:
        raise NoSuchVisitor("Nobody of your territory with this id is an assistant or a cadre on that day.")
    return found[0]


async def _candidates(asked: str, value: str | UUID, by: Actor) -> list[VisitorCandidate]:
    within, prefixes = visible_to(by, roles=ISSUERS).clause("v.code", 4)
    sql = _CANDIDATES.format(asked=asked, within=within, limit=FOUND_AT_ONCE + 1)
    rows = await fetch(sql, clock.today(), list(VISITORS), value, *prefixes)
    return [msgspec.convert(dict(row), VisitorCandidate) for row in rows]


async def card_units(*, visitor: VisitorCandidate, by: Actor) -> Sequence[CardUnit]:
    """Units of one's territory that are his, or in whose place he works: his own first, then the police's, the nearest
    first. Raises Forbidden (403).
    """
    by.must_have(*ISSUERS)
    within, prefixes = visible_to(by, roles=ISSUERS).clause("v.code", 3)
    rows = await fetch(
        "SELECT u.id, u.name, u.kind, u.public_phone FROM people_unit u JOIN territory_division v ON v.id = u.division "
        f"WHERE u.closed_at IS NULL AND (u.id = $1 OR starts_with($2, v.prefix)) AND {within} "
        "ORDER BY u.id = $1 DESC NULLS LAST, u.kind = 'police' DESC, length(v.prefix) DESC, u.name LIMIT 50",
        visitor.unit_id,
        visitor.division_code,
        *prefixes,
    )
    return [msgspec.convert(dict(row), CardUnit) for row in rows]
