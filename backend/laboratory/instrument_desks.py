"""At which desk an instrument stands, and who keeps it there: its technicians, and who leads the place."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.core.database import fetch_row
from backend.core.refusals import FieldError, Invalid
from backend.laboratory.instrument_refusals import NotYourInstrument
from backend.laboratory.visibility import reader
from backend.people.actors import Actor
from backend.people.tables import Role

LEADERS = frozenset({Role.SUPERVISOR, Role.ADMIN})
KEEPERS = (Role.TECHNICIAN, *sorted(LEADERS))


class Desk(Struct, frozen=True):
    """A unit, with the code of its division."""

    id: UUID
    division_code: str


async def desk_of(unit_id: UUID | None, *, by: Actor) -> Desk:
    """The unit that is named, else the one whose technician he is; his to keep. Raises Invalid (400)."""
    if unit_id is None:
        own = {held.unit_id for held in by.held if held.role is Role.TECHNICIAN and held.unit_id is not None}
        if len(own) != 1:
            raise _wrong("Say at which unit: you have no desk of your own, or several.", code="needed")
        (unit_id,) = own
    found = await _open(unit_id)
    if found is None or not await keeps(by, found):
        raise _wrong("There is no open unit {id} of yours.", code="unknown", id=str(unit_id))
    return found


async def keeps(by: Actor, desk: Desk) -> bool:
    """Whether what stands there is his to keep."""
    leads = by.prefixes(LEADERS)
    return (bool(leads) and desk.division_code.startswith(leads)) or desk.id in (await reader(by)).desks


async def must_keep(by: Actor, instrument: Mapping[str, Any]) -> None:
    """Raises NotYourInstrument (403). instrument: a row of `instrument_queries.visible`."""
    if not await keeps(by, Desk(instrument["unit"], instrument["division_code"])):
        raise NotYourInstrument("Its technicians keep it, or the supervisor of the place.")


async def _open(unit_id: UUID) -> Desk | None:
    row = await fetch_row(
        "SELECT u.id, v.code FROM people_unit u JOIN territory_division v ON v.id = u.division "
        "WHERE u.id = $1 AND u.closed_at IS NULL",
        unit_id,
    )
    return Desk(row["id"], row["code"]) if row else None


def _wrong(detail: str, *, code: str, **facts: Any) -> Invalid:
    error = FieldError(pointer="/unit_id", detail=detail, code=code, facts=facts)
    return Invalid("The instrument stands nowhere that we know.", errors=[error])
