"""What a bench PC posts by itself: signed JSON with a nonce and a clock, taken in like any other file.

The import's id follows from instrument, nonce and time, and the nonce is written once all is stored: a post whose
answer was lost may be sent again as it is. 409 `laboratory/post-repeated` means: it is stored.
"""

import asyncio
import io
import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from backend.core import cipher, clock, ids
from backend.core.creates import Outcome
from backend.core.database import fetch, fetch_row
from backend.core.refusals import FieldError, Invalid
from backend.laboratory import importing, instrument_serials, live_keys, reading_files, records
from backend.laboratory.import_schemas import NewImport
from backend.laboratory.importing import Answer
from backend.laboratory.instrument_refusals import PostRefused, PostRepeated, PostUnreadable
from backend.laboratory.readings import Reading
from backend.laboratory.records import JsonWrong
from backend.laboratory.unread_reasons import SENTENCES
from backend.laboratory.words import ImportDoor

Row = Mapping[str, Any]
WITHIN = timedelta(minutes=5)
"""How far a post's clock may be from ours. A nonce is remembered twice as long."""


async def post_records(*, serial: str, body: bytes) -> Outcome[Answer]:
    """Take in what an instrument posts under its key. Not inside a transaction, as `importing` says.

    serial   of a registered instrument that has a key, or its id

    Raises PostRefused (401), PostRepeated (409), PostUnreadable, Invalid (400).
    """
    instrument = await _instrument(serial)
    key = _key(instrument)
    document = await asyncio.to_thread(_signed, body, key, clock.now())
    if instrument is None:
        raise PostRefused(SENTENCES["signature_wrong"], reason="signature_wrong")
    post_id = uuid5(instrument["id"], f"live\n{document['timestamp']}\n{document['nonce']}")
    nonce = str(uuid5(instrument["id"], str(document["nonce"])))  # of any length, with whatever characters
    await _must_be_new(instrument["id"], nonce, post_id)
    await asyncio.to_thread(_must_be_its_own, body, instrument)
    told = NewImport(unit_id=instrument["unit"], instrument_id=instrument["id"])
    name = f"{instrument['serial']}.json"
    outcome = await importing.import_bytes(body, file_name=name, told=told, by=None, door=ImportDoor.LIVE, id=post_id)
    await _remember(instrument["id"], nonce)
    return outcome


async def _instrument(serial: str) -> Row | None:
    if not serial.isprintable():
        return None
    return await fetch_row(
        "SELECT i.id, i.serial, i.unit, i.live_key_sealed, left(v.code, 6) AS county FROM laboratory_instrument i "
        "JOIN people_unit u ON u.id = i.unit JOIN territory_division v ON v.id = u.division "
        "WHERE (i.serial = $1 OR i.id::text = $1) AND i.live_key_sealed IS NOT NULL AND i.retired_at IS NULL",
        serial,
    )


def _key(instrument: Row | None) -> bytes:
    """A stranger's serial gets the same answers as a wrong signature."""
    return cipher.open_key(instrument["live_key_sealed"], purpose=live_keys.PURPOSE) if instrument else os.urandom(32)


def _signed(body: bytes, key: bytes, now: datetime) -> Mapping[str, Any]:
    """The document, once signature, clock and nonce hold."""
    document = _document(body)
    why = records.refused_signature(document, key=key, now=now, within=WITHIN)
    if why is not None:
        raise PostRefused(SENTENCES[why], reason=why, server_time=now.isoformat())
    return document


def _document(body: bytes) -> Mapping[str, Any]:
    try:
        document = records.payload(body.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise PostUnreadable(SENTENCES["json_wrong"], reason="json_wrong") from None
    except JsonWrong as wrong:
        raise PostUnreadable(SENTENCES[str(wrong)], reason=str(wrong)) from None
    return document if isinstance(document, dict) else {}


async def _must_be_new(instrument_id: UUID, nonce: str, post_id: UUID) -> None:
    asked = "SELECT 1 FROM laboratory_nonce WHERE instrument = $1 AND nonce = $2 AND at >= $3"
    if await fetch_row(asked, instrument_id, nonce, clock.now() - 2 * WITHIN):
        raise PostRepeated(SENTENCES["nonce_used"], reason="nonce_used", import_id=str(post_id))


def _must_be_its_own(body: bytes, instrument: Row) -> None:
    """A key signs for its own instrument only, whatever serial stands in the records."""
    own = {instrument["serial"], instrument["serial"].removesuffix(f" @{instrument['county']}")}
    for each in reading_files.read(io.BytesIO(body)):
        said = each.device_serial if isinstance(each, Reading) else None
        if said and instrument_serials.plain(said) not in own:
            facts = {"seen": said, "serial": instrument["serial"]}
            detail = "“{seen}” is another instrument; this key signs for {serial}."
            raise Invalid(errors=[FieldError(pointer="", detail=detail, code="of_another", facts=facts)])


async def _remember(instrument_id: UUID, nonce: str) -> None:
    """And forget what no clock would let in again."""
    now = clock.now()
    await fetch("DELETE FROM laboratory_nonce WHERE instrument = $1 AND at < $2", instrument_id, now - 2 * WITHIN)
    await fetch(
        "INSERT INTO laboratory_nonce (id, instrument, nonce, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        *(ids.uuid7(now), instrument_id, nonce, now),
    )
