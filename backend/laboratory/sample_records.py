"""Reading one sample: what it is, its way, and how much of it a reader is told."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any
from uuid import UUID

import msgspec

from backend.cases.reading import person, unit
from backend.cases.schemas import DivisionShown
from backend.core.database import fetch, fetch_row, transaction
from backend.core.logs import request_id
from backend.core.words import language
from backend.laboratory import sample_contacts, slips
from backend.laboratory.naming import commodity
from backend.laboratory.sample_refusals import SampleUnknown
from backend.laboratory.sample_schemas import HandOverRecord, JoinedSample, SampleRecord
from backend.laboratory.visibility import SHARES, LabReader, reader, reads_findings, sees
from backend.laboratory.words import SampleKind, SampleState
from backend.people.access_log import note_access
from backend.people.actors import Actor

Row = Mapping[str, Any]


@transaction
async def get(*, sample_id: UUID, by: Actor) -> SampleRecord:
    """A sample that `by` may see. A read of its contact goes into the access log. Raises SampleUnknown (404)."""
    if not await sees(await reader(by), sample_id):
        raise unknown(sample_id)
    return await read(sample_id, by=by)


async def read(sample_id: UUID, *, by: Actor) -> SampleRecord:
    """The same for verbs that have looked. Raises SampleUnknown (404)."""
    row = await fetch_row(f"{SHOWN} WHERE s.id = $1", sample_id)
    if row is None:
        raise unknown(sample_id)
    reading, way = await reader(by), await hand_overs_of(sample_id)
    told = _told(row, reading)
    contact = await _contact(row, reading, by)
    facts = {name: row[name] for name in _AS_IT_IS} | {
        "unit": unit(row["unit"], row["unit_name"], row["unit_phone"]),
        "drop_off": unit(row["drop_off"], row["drop_off_name"], row["drop_off_phone"]),
        "holder": unit(row["holder"], row["holder_name"], row["holder_phone"]),
        "division": DivisionShown(row["division_code"], row["division_name"] or row["division_code"]),
        "household_id": row["household"],
        "crop": crop_of(row),
        "received_by": person(row["received_by"], row["received_by_name"]),
        "hand_overs": way,
        "joined_to": row["joined_to"],
        "joined": await _joined(sample_id) if row["unit"] in reading.tests else [],
        "may": may(row, reading),
        **told,
        **contact,
    }
    return msgspec.convert(facts, SampleRecord, from_attributes=True)


def unknown(sample_id: UUID) -> SampleUnknown:
    """There is none, or none for him."""
    return SampleUnknown("There is no sample {id} that you may see.", id=str(sample_id))


def crop_of(row: Row) -> str | None:
    """What was sampled, in the reader's language; else as it was said."""
    found = commodity(row["crop_code"])
    if found is None:
        return row["crop_said"]
    return found.name_zh if language.get() == "zh" else found.name_en


def findings(row: Row, reading: LabReader) -> dict[str, Any]:
    """`verdict` and `withheld` of a row of `SHOWN`, or of a list's."""
    open_to_him = reads_findings(reading, row)
    return {
        "verdict": row["verdict"] if open_to_him else None,
        "withheld": row["results_n"] > 0 and not open_to_him,
    }


def _told(row: Row, reading: LabReader) -> dict[str, Any]:
    slip = slips.slip_url(row["id"]) if row["slip_sha256"] and _prints_slip(row, reading) else None
    return findings(row, reading) | {"slip_url": slip}


def _prints_slip(row: Row, reading: LabReader) -> bool:
    """Its own desk; and whoever took it in, as long as the page behind the code says nothing yet."""
    if row["unit"] in reading.tests:
        return reads_findings(reading, row)  # not while he owes a second look
    return row["results_n"] == 0 and (handles(row, reading) or row["received_by"] == reading.person_id)


def handles(row: Row, reading: LabReader) -> bool:
    """Whether it is in his hands: of the desk that tests it, or where it was handed in, or where it is."""
    return row["unit"] in reading.tests or row["drop_off"] in reading.desks or row["holder"] in reading.desks


async def _contact(row: Row, reading: LabReader, by: Actor) -> dict[str, str | None]:
    if not handles(row, reading):
        return dict.fromkeys(sample_contacts.FIELDS)
    contact = sample_contacts.opened(row)
    shown = [name for name, value in contact.items() if value is not None]
    if shown:
        await note_access(by=by, subject_kind="sample", subject_id=row["id"], fields=shown, request_id=request_id.get())
    return contact


def may(row: Row, reading: LabReader) -> list[str]:
    """What he may do with it now: for buttons. The verbs look again."""
    received, tests = row["state"] == SampleState.RECEIVED, row["unit"] in reading.tests
    handled = handles(row, reading) or row["received_by"] == reading.person_id
    possible = {
        "hand_over": received and handled,
        "join": row["state"] == SampleState.HELD and tests,
        "separate": row["state"] == SampleState.JOINED and tests,
        "record_consent": received and (handled or row["household"] in reading.served),
        "issue_report": received and tests and row["results_n"] > 0,
        "advise": received and tests and row["kind"] == SampleKind.SOIL,
        "request_retest": received and row["results_n"] > 0 and reads_findings(reading, row),
    }
    return [name for name, open_to_him in possible.items() if open_to_him]


async def _joined(sample_id: UUID) -> list[JoinedSample]:
    rows = await fetch(
        "SELECT h.id, h.code, h.joined_at AS at, h.joined_by, p.name FROM laboratory_sample h "
        "LEFT JOIN people_person p ON p.id = h.joined_by WHERE h.joined_to = $1 ORDER BY h.joined_at DESC, h.id",
        sample_id,
    )
    return [JoinedSample(row["id"], row["code"], row["at"], person(row["joined_by"], row["name"])) for row in rows]


async def hand_overs_of(sample_id: UUID) -> list[HandOverRecord]:
    """A sample's way, the first hand first."""
    return way(await fetch(f"{_HAND_OVERS} WHERE o.sample = $1 ORDER BY o.at, o.recorded_at, o.id", sample_id))


def way(rows: Sequence[Row]) -> list[HandOverRecord]:
    """Rows of one sample's hands in their order, with the hours from one to the next."""
    spans = [None, *(round((after["at"] - before["at"]).total_seconds() / 3600, 1) for before, after in pairwise(rows))]
    return [_step(row, hours) for row, hours in zip(rows, spans, strict=False)]


def _step(row: Row, hours: float | None) -> HandOverRecord:
    facts = {name: row[name] for name in ("id", "at", "recorded_at", "travelled", "note")} | {
        "from_unit": unit(row["from_unit"], row["from_name"], row["from_phone"]),
        "to_unit": unit(row["to_unit"], row["to_name"], row["to_phone"]),
        "by": person(row["by"], row["by_name"]),
        "temperature_c": None if row["temperature_c"] is None else float(row["temperature_c"]),
        "hours": hours,
    }
    return msgspec.convert(facts, HandOverRecord, from_attributes=True)


WORST = """(
    SELECT r.verdict FROM laboratory_result r WHERE r.sample = s.id AND r.verdict IS NOT NULL
    ORDER BY array_position(ARRAY['positive', 'suspect', 'invalid', 'negative'], r.verdict::text) LIMIT 1)"""
"""The worst of a sample's verdicts."""

LAST_REPORT = """(
    SELECT p.number FROM laboratory_report p WHERE p.sample = s.id ORDER BY p.issued_at DESC, p.id DESC LIMIT 1)"""
"""The number of the last report of a sample."""

SHOWN = f"""
SELECT s.*, {SHARES} AS shares, {WORST} AS verdict, {LAST_REPORT} AS report, h.code AS household_code,
    u.name AS unit_name, u.public_phone AS unit_phone, d.name AS drop_off_name, d.public_phone AS drop_off_phone,
    o.name AS holder_name, o.public_phone AS holder_phone, p.name AS received_by_name,
    (SELECT v.name FROM territory_division v WHERE v.code = s.division_code ORDER BY v.valid_from DESC LIMIT 1)
        AS division_name
FROM laboratory_sample s JOIN people_unit u ON u.id = s.unit LEFT JOIN people_unit d ON d.id = s.drop_off
LEFT JOIN people_unit o ON o.id = s.holder LEFT JOIN people_person p ON p.id = s.received_by
LEFT JOIN people_household h ON h.id = s.household
"""

_HAND_OVERS = """
SELECT o.*, f.name AS from_name, f.public_phone AS from_phone, t.name AS to_name, t.public_phone AS to_phone,
    p.name AS by_name
FROM laboratory_hand_over o JOIN people_unit t ON t.id = o.to_unit JOIN people_person p ON p.id = o.by
LEFT JOIN people_unit f ON f.id = o.from_unit
"""

_AS_IT_IS = (
    *("id", "code", "state", "kind", "run_kind", "household_code", "market_lot", "wants_call", "crop_code", "plot"),
    *("land_use", "depth_top_cm", "depth_bottom_cm", "cores_n", "sampled_on", "received_at", "note", "shares"),
    *("results_n", "report"),
)
