"""Submissions and the files they name, as rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.core.database import fetch, fetch_row
from backend.openrosa.verb_doors import Became
from backend.openrosa.words import RecordKind, SubmissionState

FileRow = tuple[UUID, UUID, str, str, UUID | None]
"""Id, submission, question, file name, photo."""


_FORMER = """
SELECT s.id, s.xml_sha256, s.submitted_by, s.state, s.refusal, s.division_code, s.replaces, s.record_id AS record,
       c.number
FROM openrosa_submission s LEFT JOIN cases_case c ON c.id = s.record_id WHERE s.id = $1
"""


async def submission(submission_id: UUID) -> Mapping[str, Any] | None:
    """What was sent before under this id: `record` is what it became, `number` the case's if it is one."""
    return await fetch_row(_FORMER, submission_id)


async def submission_locked(submission_id: UUID) -> Mapping[str, Any] | None:
    """The same, and nobody else may fill in its files until this transaction ends."""
    return await fetch_row(f"{_FORMER} FOR UPDATE OF s", submission_id)


async def insert_submission(columns: Mapping[str, Any]) -> bool:
    """Whether the row is new. Waits for another sending of the same instance that is under way."""
    names = ", ".join(columns)
    places = ", ".join(f"${at}" for at in range(1, len(columns) + 1))
    row = await fetch_row(
        f"INSERT INTO openrosa_submission ({names}) VALUES ({places}) ON CONFLICT DO NOTHING RETURNING id",
        *columns.values(),
    )
    return row is not None


async def files_of(submission_id: UUID) -> Sequence[Mapping[str, Any]]:
    """The files its XML names; `photo` and the digest of its bytes are null while one is missing."""
    return await fetch(
        "SELECT f.id, f.question, f.file_name, f.photo, p.original AS sha256 FROM openrosa_submission_file f "
        "LEFT JOIN media_photo p ON p.id = f.photo WHERE f.submission = $1",
        submission_id,
    )


async def photos_held(submission_id: UUID) -> frozenset[UUID]:
    """Photos that belong to the submission itself: no record has taken them."""
    rows = await fetch(
        "SELECT id FROM media_photo WHERE claimed_kind = 'submission' AND claimed_id = $1", submission_id
    )
    return frozenset(row["id"] for row in rows)


async def insert_files(rows: Sequence[FileRow]) -> None:
    """At least one."""
    columns = list(zip(*rows, strict=True))
    await fetch(
        "INSERT INTO openrosa_submission_file (id, submission, question, file_name, photo) "
        "SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[])",
        *columns,
    )


async def fill_file(submission_id: UUID, question: str, file_name: str, photo_id: UUID) -> None:
    """A missing file has come, or another in the place of one. The submission is locked."""
    await fetch(
        "UPDATE openrosa_submission_file SET photo = $4 WHERE submission = $1 AND question = $2 AND file_name = $3",
        submission_id,
        question,
        file_name,
        photo_id,
    )


async def set_record(submission_id: UUID, kind: RecordKind, became: Became) -> None:
    """The record that the submission became, and where that is."""
    await fetch(
        "UPDATE openrosa_submission SET record_kind = $2, record_id = $3, division_code = $4 WHERE id = $1",
        submission_id,
        kind,
        became.record_id,
        became.division_code,
    )


async def set_state(submission_id: UUID, state: SubmissionState) -> None:
    """What became of it."""
    await fetch("UPDATE openrosa_submission SET state = $2 WHERE id = $1", submission_id, state)


async def set_tried(submission_id: UUID, *, state: SubmissionState, refusal: str | None, at: datetime) -> None:
    """It was given to its verb once more: `refusal` as JSON where it was refused again."""
    await fetch(
        "UPDATE openrosa_submission SET state = $2, refusal = $3, tried_at = $4, tried_n = tried_n + 1 WHERE id = $1",
        *(submission_id, state, refusal, at),
    )


async def settle(submission_id: UUID, *, state: SubmissionState, note: str, by: UUID, at: datetime) -> None:
    """A person ended its waiting; an edit that was carried over has the record of what it edits."""
    await fetch(
        """
        UPDATE openrosa_submission s SET state = $2::text, settled_note = $3, settled_by = $4, settled_at = $5,
               record_kind = CASE WHEN $2::text = 'recorded' THEN f.record_kind END,
               record_id = CASE WHEN $2::text = 'recorded' THEN f.record_id END
        FROM openrosa_submission o LEFT JOIN openrosa_submission f ON f.id = o.replaces
        WHERE s.id = $1 AND o.id = $1
        """,
        *(submission_id, state, note, by, at),
    )


async def sealed_xml(submission_id: UUID) -> Mapping[str, Any] | None:
    """The XML as it is kept: `xml_sealed` under `key_sealed`, null once it was emptied."""
    return await fetch_row("SELECT xml_sealed, key_sealed FROM openrosa_submission WHERE id = $1", submission_id)


async def household_of_card(code: str) -> Mapping[str, Any] | None:
    """The household whose card has this number, and where it is."""
    return await fetch_row("SELECT id, division_code FROM people_household WHERE code = $1", code)


async def division_of_case(case_id: UUID) -> str:
    """Where a case is."""
    [row] = await fetch("SELECT division_code FROM cases_case WHERE id = $1", case_id)
    return str(row["division_code"])


async def division_of_sample(sample_id: UUID) -> str:
    """Where a sample comes from."""
    [row] = await fetch("SELECT division_code FROM laboratory_sample WHERE id = $1", sample_id)
    return str(row["division_code"])
