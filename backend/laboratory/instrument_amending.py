"""What changes about an instrument after it was registered: its firmware, its place, that it measures no more."""

from typing import Any
from uuid import UUID

from msgspec import UNSET
from msgspec.structs import asdict

from backend.core import clock
from backend.core.database import fetch, transaction
from backend.laboratory import instrument_queries
from backend.laboratory.instrument_desks import desk_of, must_keep
from backend.laboratory.instrument_queries import Row
from backend.laboratory.instrument_refusals import NotRegistered
from backend.laboratory.instrument_schemas import InstrumentAmendment, InstrumentRecord
from backend.people.actors import Actor


@transaction
async def amend(*, instrument_id: UUID, changes: InstrumentAmendment, by: Actor) -> InstrumentRecord:
    """Change what is named; the same again changes nothing. What was measured stays where it was measured.

    By those who keep it, and to a desk that is theirs to keep. Raises Invalid (400), NotYourInstrument (403),
    InstrumentUnknown (404), NotRegistered (409).
    """
    row = await instrument_queries.visible(instrument_id, by=by, lock=True)
    await must_keep(by, row)
    if row["registered_at"] is None:
        raise NotRegistered("Register {serial} first.", serial=row["serial"])
    named = {name: value for name, value in asdict(changes).items() if value is not UNSET}
    if "unit_id" in named:
        named["unit"] = (await desk_of(named.pop("unit_id"), by=by)).id
    if "retired" in named:
        named |= _retired(row, retired=named.pop("retired"))
    if named:
        places = ", ".join(f"{name} = ${n}" for n, name in enumerate(named, start=2))
        await fetch(f"UPDATE laboratory_instrument SET {places} WHERE id = $1", instrument_id, *named.values())
    return await instrument_queries.get(instrument_id=instrument_id, by=by)


def _retired(row: Row, *, retired: bool) -> dict[str, Any]:
    if not retired:
        return {"retired_at": None}
    return {"retired_at": row["retired_at"] or clock.now(), "live_key_sealed": None, "live_key_made_at": None}
