"""Serials: one is one instrument within a county.

Makers number from 1 anew: where another county has the same serial, ours is kept as `001 @371526`, so that nobody's
results stand by somebody else's calibration.
"""

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from backend.core import clock, ids
from backend.core.database import fetch

LONGEST = 50
"""Of a serial: ten characters of the column are left for the county."""


def plain(said: str) -> str:
    """A serial in half width, without blanks and NULs around. One that is too long ends in a mark of the whole.

    >>> plain(" ＮＣ－0 01\\0"), len(plain("9" * 80))
    ('NC-0 01', 50)
    """
    serial = "".join(each for each in unicodedata.normalize("NFKC", said) if each.isprintable()).strip()
    if len(serial) <= LONGEST:
        return serial
    return f"{serial[: LONGEST - 17]}~{hashlib.sha256(serial.encode()).hexdigest()[:16]}"


def as_said(serial: str | None) -> set[str | None]:
    """What a file may have called the instrument that is on file under this serial.

    >>> sorted(as_said("001 @371526")), as_said(None)
    (['001', '001 @371526'], {None})
    """
    return {serial, serial.rpartition(" @")[0] or serial} if serial else {None}


async def known(serials: Iterable[str], unit_id: UUID) -> dict[str, UUID]:
    """Those that are on file in the unit's county. serials: `plain`."""
    return {row["said"]: row["id"] for row in await _rows(sorted(set(serials)), unit_id) if row["ours"]}


async def take_in(serials: Iterable[str], unit_id: UUID, *, id: UUID | None = None) -> dict[str, UUID]:
    """Each one's instrument in the unit's county, new where there is none.

    serials   `plain`
    id        of a new one; where it stands for another instrument, the serial is missing in the answer
    """
    wanted = sorted(set(serials))
    for _ in range(2):  # somebody of another county may take a serial between the two statements
        rows = await _rows(wanted, unit_id)
        missing = sorted(set(wanted) - {row["said"] for row in rows if row["ours"]})
        if not missing:
            break
        await _insert(missing, {row["said"] for row in rows}, unit_id, id)
    return await known(wanted, unit_id)


async def _rows(serials: Sequence[str], unit_id: UUID) -> Sequence[Mapping[str, Any]]:
    return await fetch(_KNOWN, serials, unit_id) if serials else []


async def _insert(missing: Sequence[str], elsewhere: set[str], unit_id: UUID, id: UUID | None) -> None:
    now = clock.now()
    made = [id or ids.uuid7(now) for _ in missing]
    await fetch(_INSERT, made, missing, [serial in elsewhere for serial in missing], unit_id, now)


_KNOWN = """
SELECT given.said, i.id, (left(v.code, 6) = here.county) AS ours
FROM (SELECT left(v.code, 6) AS county FROM people_unit u JOIN territory_division v ON v.id = u.division
      WHERE u.id = $2) here
CROSS JOIN unnest($1::text[]) AS given (said)
JOIN laboratory_instrument i ON i.serial IN (given.said, given.said || ' @' || here.county)
JOIN people_unit u ON u.id = i.unit JOIN territory_division v ON v.id = u.division
"""
_INSERT = """
INSERT INTO laboratory_instrument (id, serial, unit, method, first_seen_at)
SELECT given.id, given.said || CASE WHEN given.elsewhere THEN ' @' || left(v.code, 6) ELSE '' END, u.id, 'unknown', $5
FROM unnest($1::uuid[], $2::text[], $3::boolean[]) AS given (id, said, elsewhere)
CROSS JOIN people_unit u JOIN territory_division v ON v.id = u.division WHERE u.id = $4
ON CONFLICT DO NOTHING
"""
