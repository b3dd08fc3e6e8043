"""For which desk a file is: whose results its rows become, and among whose samples they are looked for."""

from uuid import UUID

from msgspec import Struct

from backend.core.database import fetch
from backend.core.refusals import FieldError
from backend.laboratory.refusals_imports import DeskNeeded, NotThisDesk
from backend.laboratory.visibility import reader
from backend.people.actors import Actor
from backend.people.tables import Role

TESTS = (Role.TECHNICIAN, Role.EXPERT)
LEADS = (Role.SUPERVISOR, Role.ADMIN)


class Desk(Struct, frozen=True, kw_only=True):
    """A studio or station. `units`: it and those below it. `reads`: whoever imports reads what is found there."""

    id: UUID
    division_code: str
    units: tuple[UUID, ...]
    reads: bool


async def desk_of(by: Actor | None, unit_id: UUID | None) -> Desk:
    """The desk that is told, else the own one. Without `by` it is the server's own doing, at a desk that is told.

    Raises Forbidden, NotThisDesk (403), DeskNeeded (400).
    """
    if by is not None:
        by.must_have(*TESTS, *LEADS)
    wanted = unit_id or (_own(by) if by else None)
    if wanted is None:
        raise DeskNeeded(errors=[FieldError(pointer="unit_id", code="missing", detail="Say which desk tested it.")])
    rows = await fetch(_DESK, wanted)
    if not rows:
        raise NotThisDesk
    code = rows[0]["division_code"]
    tests = by is None or wanted in (await reader(by)).tests
    if by is not None and not tests and not code.startswith(by.prefixes(LEADS) or ("none",)):
        raise NotThisDesk
    return Desk(id=wanted, division_code=code, units=tuple(row["id"] for row in rows), reads=tests)


def _own(by: Actor) -> UUID | None:
    at = [held.unit_id for role in TESTS for held in by.held if held.role is role and held.unit_id is not None]
    return at[0] if at else None


_DESK = """
WITH RECURSIVE below AS (
    SELECT u.id, 1 AS step FROM people_unit u WHERE u.id = $1 AND u.closed_at IS NULL
    UNION SELECT u.id, b.step + 1 FROM below b JOIN people_unit u ON u.parent = b.id WHERE b.step < 5
)
SELECT b.id, v.code AS division_code FROM (SELECT id, min(step) AS step FROM below GROUP BY id) b
CROSS JOIN people_unit t JOIN territory_division v ON v.id = t.division
WHERE t.id = $1 ORDER BY b.step, b.id
"""
