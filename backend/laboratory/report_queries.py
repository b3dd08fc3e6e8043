"""What a report reads of a sample, and reports as they are stored: each by an index on the sample or the number."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from backend.core.database import fetch, fetch_row
from backend.laboratory.visibility import SHARES

Row = Mapping[str, Any]
MOST_LINES = 300
"""A sheet of paper, not a data set: what has more results is exported."""


async def head(sample_id: UUID, *, lock: bool = False) -> Row | None:
    """The sample with its studio and where it was taken. `lock`: reports of one sample are issued one after another."""
    return await fetch_row(f"{_HEAD} FOR UPDATE OF s" if lock else _HEAD, sample_id)


_HEAD = f"""
SELECT s.*, {SHARES} AS shares, u.name AS studio, coalesce(u.public_phone, p.public_phone) AS studio_phone,
    d.name AS drop_off_name, coalesce((
        SELECT concat(t.name, v.name) FROM territory_division v LEFT JOIN territory_division t
            ON t.id = v.parent AND v.level IN ('village', 'cell')
        WHERE v.code = s.division_code ORDER BY v.valid_from DESC LIMIT 1), s.division_code) AS village
FROM laboratory_sample s JOIN people_unit u ON u.id = s.unit LEFT JOIN people_unit p ON p.id = u.parent
    LEFT JOIN people_unit d ON d.id = s.drop_off
WHERE s.id = $1
"""


async def results(sample_id: UUID) -> Sequence[Row]:
    """What was measured, the oldest first, at most one more than fits; as `public.reading` reads it, and more."""
    return await fetch(_RESULTS, sample_id, MOST_LINES + 1)


_RESULTS = """
SELECT r.*, coalesce(r.tested_at, r.received_at) AS at, i.serial, i.model,
    coalesce((SELECT json_agg(json_build_array(t.kind, t.state) ORDER BY t.kind DESC, t.number)
        FROM laboratory_retest t WHERE t.result = r.id), '[]') AS again
FROM laboratory_result r LEFT JOIN laboratory_instrument i ON i.id = r.instrument
WHERE r.sample = $1 ORDER BY coalesce(r.tested_at, r.received_at), r.line, r.id LIMIT $2
"""


async def way(sample_id: UUID) -> Sequence[Row]:
    """Every hand that it went through, the first first."""
    return await fetch(
        "SELECT o.at, o.temperature_c, o.travelled, f.name AS from_unit, t.name AS to_unit "
        "FROM laboratory_hand_over o JOIN people_unit t ON t.id = o.to_unit "
        "LEFT JOIN people_unit f ON f.id = o.from_unit WHERE o.sample = $1 ORDER BY o.at, o.id",
        sample_id,
    )


_REPORT = """
SELECT r.*, p.name AS issued_by_name, n.number AS superseded_by_number FROM laboratory_report r
    JOIN people_person p ON p.id = r.issued_by LEFT JOIN laboratory_report n ON n.id = r.superseded_by
"""


async def report(number: str) -> Row | None:
    """By its number."""
    return await fetch_row(f"{_REPORT} WHERE r.number = $1", number)


async def report_of_id(id: UUID) -> Row | None:
    """By its id."""
    return await fetch_row(f"{_REPORT} WHERE r.id = $1", id)


async def last_report(sample_id: UUID) -> Row | None:
    """The one that counts."""
    return await fetch_row(
        f"{_REPORT} WHERE r.sample = $1 AND r.superseded_by IS NULL ORDER BY r.issued_at DESC LIMIT 1", sample_id
    )


async def next_sequence() -> int:
    """The next report's."""
    row = await fetch_row("SELECT nextval('laboratory_report_number') AS sequence")
    assert row is not None  # noqa: S101
    sequence: int = row["sequence"]
    return sequence


async def supersede(sample_id: UUID, by_report: UUID) -> None:
    """What was issued of a sample before counts no more."""
    await fetch(
        "UPDATE laboratory_report SET superseded_by = $2 WHERE sample = $1 AND superseded_by IS NULL AND id <> $2",
        *(sample_id, by_report),
    )
