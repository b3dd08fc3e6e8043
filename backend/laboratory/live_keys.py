"""The key under which an instrument signs what it posts by itself."""

import re
from urllib.parse import quote
from uuid import UUID

from backend.core import cipher, clock
from backend.core.database import fetch, transaction
from backend.laboratory import instrument_queries
from backend.laboratory.instrument_desks import must_keep
from backend.laboratory.instrument_refusals import NotRegistered
from backend.laboratory.instrument_schemas import LiveKey
from backend.people.actors import Actor

PURPOSE = "laboratory_instrument.live_key_sealed"
ADDRESS = "/api/v1/laboratory/live"


@transaction
async def make_key(*, instrument_id: UUID, by: Actor, base_url: str) -> LiveKey:
    """A new key, told this once; what was signed with the old one is refused from now on.

    By those who keep it. Raises NotYourInstrument (403), InstrumentUnknown (404), NotRegistered (409).
    """
    row = await instrument_queries.visible(instrument_id, by=by, lock=True)
    await must_keep(by, row)
    if row["registered_at"] is None:
        raise NotRegistered("Register {serial} first.", serial=row["serial"])
    key, sealed = cipher.new_key(purpose=PURPOSE)
    made_at = clock.now()
    await fetch(
        "UPDATE laboratory_instrument SET live_key_sealed = $2, live_key_made_at = $3 WHERE id = $1",
        *(instrument_id, sealed, made_at),
    )
    post_to = f"{base_url}{ADDRESS}/{_segment(row['serial'], instrument_id)}"
    return LiveKey(instrument_id=instrument_id, key=key.hex(), made_at=made_at, post_to=post_to)


def _segment(serial: str, instrument_id: UUID) -> str:
    """How an address names it: by its serial, else by its id, where a serial would be taken for a path.

    >>> _segment("NC 1@2", UUID(int=1)), _segment("A/1", UUID(int=1))
    ('NC%201%402', '00000000-0000-0000-0000-000000000001')
    """
    return str(instrument_id) if re.search(r"[/\\?#%]|^\.+$", serial) else quote(serial, safe="")
