"""Instruments come to be known: by the files they write, and by whoever registers them."""

import hashlib
import unicodedata
from collections.abc import Iterable
from uuid import UUID

from backend.core import clock, ids
from backend.core.database import fetch

LONGEST = 60


def plain_serial(said: str) -> str:
    """A serial in half width, without blanks and NULs around. One over 60 characters ends in a mark of the whole.

    >>> plain_serial(" ＮＣ－0 01\\0"), len(plain_serial("9" * 80))
    ('NC-0 01', 60)
    """
    serial = "".join(each for each in unicodedata.normalize("NFKC", said) if each.isprintable()).strip()
    if len(serial) <= LONGEST:
        return serial
    return f"{serial[: LONGEST - 17]}~{hashlib.sha256(serial.encode()).hexdigest()[:16]}"


async def seen(serial: str, unit_id: UUID) -> UUID:
    """The instrument of a serial that stood in a file of a unit; taken in where nobody knows it.

    serial   not blank: raises KeyError
    """
    return (await seen_many([serial], unit_id))[serial]


async def seen_many(serials: Iterable[str], unit_id: UUID) -> dict[str, UUID]:
    """The same for many in two statements, by the serial as it stood; blank ones are left out."""
    plain = {said: found for said in set(serials) if (found := plain_serial(said))}
    wanted = sorted(set(plain.values()))
    if not wanted:
        return {}
    now = clock.now()
    await fetch(_SEEN, [ids.uuid7(now) for _ in wanted], wanted, unit_id, now)
    known = {row["serial"]: row["id"] for row in await fetch(_OF_SERIALS, wanted)}
    return {said: known[serial] for said, serial in plain.items()}


_SEEN = """
INSERT INTO laboratory_instrument (id, serial, unit, method, first_seen_at)
SELECT given.id, given.serial, $3, 'unknown', $4 FROM unnest($1::uuid[], $2::text[]) AS given (id, serial)
WHERE NOT EXISTS (SELECT FROM laboratory_instrument i WHERE i.serial = given.serial)
ON CONFLICT (serial) DO NOTHING
"""
_OF_SERIALS = "SELECT id, serial FROM laboratory_instrument WHERE serial = ANY($1::text[])"
