"""What makes a row the same row again, and what makes it a contradiction. Pure.

    row key   of (device serial, record id, analyte) within the county, as a serial is one instrument there only; of a
              row without them, of all its cells within the desk
    content   of what was measured: the same key with other content is no repeat

A value that stands twice in one row under one name (two columns without an analyte) is told apart by its place.
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from msgspec import Struct

from backend.core.clock import SHANGHAI, local
from backend.laboratory.readings import Reading, Unread

CUT = "\x1f"


Speaks = tuple[str, str | None, date]
"""What a row says of its sample: its text, the instrument's serial as it stood, the day of the test."""


class Entry(Struct, frozen=True, array_like=True, gc=False):
    """A reading with what it is known by."""

    reading: Reading
    row_key: bytes
    content: bytes
    speaks: Speaks
    tested_at: datetime | None

    @property
    def serial(self) -> str | None:
        """Of the instrument."""
        return self.speaks[1]


def entries(
    told: Iterable[Reading | Unread], *, county: str, unit_id: UUID, serial: str | None, received_on: date
) -> Iterator[Entry | Unread]:
    """Each with its keys.

    county        the first six digits of the desk's division
    serial        of the instrument that was told for rows without one
    received_on   the day of a test that does not say its own
    """
    line: tuple[str | None, int] = (None, 0)
    seen: dict[str, int] = {}
    for each in told:
        if isinstance(each, Unread):
            yield each
            continue
        if (each.sheet, each.line) != line:
            line, seen = (each.sheet, each.line), {}
        about = each.analyte or each.analyte_text or ""
        place = seen[about] = seen.get(about, 0) + 1
        yield entry(
            each,
            county=county,
            unit_id=unit_id,
            serial=serial,
            received_on=received_on,
            place=place,
        )


def entry(
    reading: Reading, *, county: str, unit_id: UUID, serial: str | None, received_on: date, place: int = 1
) -> Entry:
    """One reading with its keys; `place` 2 where its row has another one about the same before it."""
    at, serial = _aware(reading.tested_at), reading.device_serial or serial
    about = f"{reading.analyte or reading.analyte_text or ''}{CUT}{place}"
    if serial and reading.record_id:
        known_by = f"record{CUT}{county}{CUT}{serial}{CUT}{reading.record_id}{CUT}{about}"
    else:
        known_by = f"row{CUT}{unit_id}{CUT}{CUT.join(reading.raw.values())}{CUT}{about}"
    return Entry(
        reading=reading,
        row_key=hashlib.sha256(known_by.encode(errors="surrogatepass")).digest(),
        content=hashlib.sha256(_measured(reading, at).encode()).digest(),
        speaks=(_text(reading), serial, local(at).date() if at else received_on),
        tested_at=at,
    )


def _text(reading: Reading) -> str:
    """Its code, else its name; a row that names no sample is one of its own."""
    said = reading.sample_code or reading.sample_name
    return said or f"#{reading.record_id or reading.channel or reading.line}"


def _measured(reading: Reading, at: datetime | None) -> str:
    return CUT.join(
        (
            reading.sample_code or "",
            reading.sample_name or "",
            reading.comparator.value,
            _number(reading.value),
            reading.unit or "",
            _number(reading.blank_delta),
            _number(reading.sample_delta),
            _number(reading.tc_ratio),
            str(reading.control_line),
            reading.instrument_verdict or "",
            at.astimezone(UTC).isoformat() if at else "",
        )
    )


def _number(value: Decimal | None) -> str:
    """5.10 is 5.1."""
    return "" if value is None else str(value.normalize())


def _aware(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=SHANGHAI) if at is not None and at.tzinfo is None else at
