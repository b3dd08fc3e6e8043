"""Which sample a row speaks of: one that was received under this code, else one that only the file tells of (held).

A received one of the desk, or of a desk below it, of the last 60 days. Where a code was used on several days: the last
that was received by the day of the test, else the newest. The id of a held one follows from desk, serial, text and day,
so that the same row means the same sample again; was it joined meanwhile, the row belongs to that one.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from msgspec import Struct

from backend.core.database import fetch
from backend.laboratory import context
from backend.laboratory.context import Told
from backend.laboratory.import_desks import Desk
from backend.laboratory.import_keys import CUT, Entry, Speaks
from backend.laboratory.instrument_serials import as_said
from backend.laboratory.residue_limits import Limits
from backend.laboratory.words import RunKind, SampleState

Row = Mapping[str, Any]
LOOKED_BACK = timedelta(days=60)
MAX_CODE = 60


class Match(Struct, frozen=True, kw_only=True, gc=False):
    """A sample for a row. `sample`: the columns of `context.SAMPLE`. `is_new`: nobody knew of it before this file."""

    sample_id: UUID
    sample: Row
    held: bool
    is_new: bool = False

    @property
    def free(self) -> bool:
        """A free test, whose findings are for its desk only."""
        return self.sample["run_kind"] != RunKind.SUPERVISION


async def matched(
    entries: Iterable[Entry], *, desk: Desk, told: Told, run_kind: RunKind, received_at: datetime, limits: Limits
) -> dict[Speaks, Match]:
    """A sample for each row. `limits`: they name commodities that our own list lacks."""
    first = {each.speaks: each for each in reversed(list(entries))}
    received = await _received(desk, {code_of(text) for text, _, _ in first}, received_at)
    found = {key: match for key in first if (match := _chosen(received.get(code_of(key[0]), ()), desk, key[2]))}
    ids = {held_id(desk.id, key): key for key in first if key not in found}
    known = {row["held_id"]: _known(row) for row in await fetch(_HELD, list(ids))} if ids else {}
    return found | {key: known.get(id) or _new(first[key], id, told, run_kind, limits) for id, key in ids.items()}


def held_id(unit_id: UUID, key: Speaks) -> UUID:
    """The id of the sample that only a file tells of."""
    text, serial, day = key
    return uuid5(unit_id, CUT.join((serial or "", text, day.isoformat())))


def came_with(unit_id: UUID, result: Row) -> set[UUID]:
    """Ids of the held sample that a stored result was of, if a file told of it: its serial may be kept with the county.

    result   sample_said, record_id, channel, line, tested_at, received_at, and the serial of its instrument
    """
    text = result["sample_said"] or f"#{result['record_id'] or result['channel'] or result['line']}"
    day = context.day_of_test(result)
    return {held_id(unit_id, (text, serial, day)) for serial in as_said(result["serial"])}


def code_of(text: str) -> str:
    """As `Sample.code` holds it."""
    return text[:MAX_CODE]


async def _received(desk: Desk, codes: set[str], received_at: datetime) -> dict[str, list[Row]]:
    """Code → samples, the newest first."""
    found: dict[str, list[Row]] = {}
    rows = await fetch(_RECEIVED, list(desk.units), list(codes), received_at - LOOKED_BACK)
    for row in rows:
        found.setdefault(row["code"], []).append(row)
    return found


def _chosen(rows: Sequence[Row], desk: Desk, day: date) -> Match | None:
    """The desk's own go before those of desks below it. The same code at two of those is no answer."""
    own = [row for row in rows if row["unit"] == desk.id]
    if not own and len({row["unit"] for row in rows}) > 1:
        return None
    candidates = own or rows
    row = next((row for row in candidates if row["received_on"] <= day), next(iter(candidates), None))
    return _known(row) if row else None


def _known(row: Row) -> Match:
    return Match(sample_id=row["id"], sample=row, held=row["state"] == SampleState.HELD)


def _new(entry: Entry, id: UUID, told: Told, run_kind: RunKind, limits: Limits) -> Match:
    """Of a sample that nobody knew of, what row and file tell."""
    reading = entry.reading
    said = limits.commodity(reading.sample_name)
    crop = said or limits.commodity(told.crop)
    named = reading.sample_name if reading.sample_code or said else None
    sample = {
        "code": code_of(entry.speaks[0]),
        "sampled_on": told.on,
        "kind": told.kind,
        "run_kind": run_kind,
        "land_use": reading.land_use or told.land_use,
        "crop_code": crop.code if crop and len(crop.code) <= 40 else None,
        "crop_said": (named or told.crop or "")[:80] or None,
        "crop": crop.code if crop else named or told.crop,
        "ph": None,
    }
    return Match(sample_id=id, sample=sample, held=True, is_new=True)


_COLUMNS = f"s.id, s.code, s.unit, s.state, {context.SAMPLE}"
_RECEIVED = f"""
SELECT {_COLUMNS}, (s.received_at AT TIME ZONE 'Asia/Shanghai')::date AS received_on
FROM laboratory_sample s WHERE s.unit = ANY($1::uuid[]) AND s.code = ANY($2::text[]) AND s.state = 'received'
AND s.received_at > $3 ORDER BY s.code, s.received_at DESC, s.id DESC
"""
_HELD = f"""
SELECT h.id AS held_id, {_COLUMNS}
FROM laboratory_sample h JOIN laboratory_sample s ON s.id = coalesce(h.joined_to, h.id) WHERE h.id = ANY($1::uuid[])
"""
