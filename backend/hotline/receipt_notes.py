"""Receipt notes (来件回条) for a stall: printed empty, for matters that go straight into the phone."""

from uuid import UUID

from backend.hotline.flow_slip_ranges import printing_desks
from backend.kits.letters import fill_letter
from backend.people.actors import Actor
from backend.people.refusals import UnitUnknown

KIT, LETTER = "market_stall", "receipt_note"


async def print_receipt_notes(*, unit_id: UUID, notes_n: int, by: Actor) -> bytes:
    """A PDF of so many notes with a unit's name and public number; all else is written by hand.

    For whoever prints flow slips for it. Raises Forbidden (403), UnitUnknown (404), and what
    `kits.letters.fill_letter` raises.
    """
    unit = next((each for each in await printing_desks(by=by) if each.id == unit_id), None)
    if unit is None:
        raise UnitUnknown("There is no unit {unit_id}.", unit_id=str(unit_id))
    facts = {"unit": unit.name, "phone": unit.public_phone or ""}
    return await fill_letter(kit_id=KIT, name=LETTER, sheets=[facts] * notes_n)
