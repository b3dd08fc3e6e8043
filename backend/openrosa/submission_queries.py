"""Submissions as they are listed, and the files of one. Nothing personal is in a list but the sender's name."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from backend.core.database import fetch
from backend.core.paging import Position
from backend.core.statements import Conditions
from backend.core.words import language
from backend.openrosa.submission_schemas import (
    SubmissionBecame,
    SubmissionRecord,
    SubmissionRefusal,
    SubmissionSender,
    SubmissionSettled,
)
from backend.openrosa.words import RecordKind, SubmissionState

_COLUMNS = """
SELECT s.id, s.form_id, s.form_version, s.instance_id, s.state, s.received_at, s.submitted_by, p.name AS sender_name,
       s.record_kind, s.record_id, s.refusal, s.replaces, s.division_code, s.tried_n, c.number,
       (SELECT d.name FROM territory_division d WHERE d.code = s.division_code ORDER BY d.valid_from DESC LIMIT 1)
           AS division_name,
       f.files_n, f.missing_n, s.settled_at, s.settled_note,
       (SELECT e.name FROM people_person e WHERE e.id = s.settled_by) AS settled_by
FROM ({chosen}) s JOIN people_person p ON p.id = s.submitted_by
LEFT JOIN cases_case c ON c.id = s.record_id AND s.record_kind = 'diagnosis_request'
CROSS JOIN LATERAL (
    SELECT count(*) AS files_n, count(*) FILTER (WHERE photo IS NULL) AS missing_n
    FROM openrosa_submission_file WHERE submission = s.id
) f ORDER BY s.received_at DESC, s.id DESC
"""


async def submissions(seen: Conditions, *, limit: int, after: Position | None) -> list[SubmissionRecord]:
    """Up to `limit` of them, the newest first."""
    if after is not None:
        seen.add("(s.received_at, s.id) < ({}, {})", after.at, after.id)
    chosen = (
        f"SELECT * FROM openrosa_submission s WHERE {seen.sql} "
        f"ORDER BY s.received_at DESC, s.id DESC LIMIT {seen.value(limit)}"
    )
    return [record(row) for row in await fetch(_COLUMNS.format(chosen=chosen), *seen.values)]


async def submissions_in_order(
    seen: Conditions, *, limit: int, after: SubmissionRecord | None
) -> list[SubmissionRecord]:
    """The same, the oldest first: for who reads them all."""
    if after is not None:
        seen.add("(s.received_at, s.id) > ({}, {})", after.received_at, after.id)
    chosen = (
        f"SELECT * FROM openrosa_submission s WHERE {seen.sql} ORDER BY s.received_at, s.id LIMIT {seen.value(limit)}"
    )
    rows = await fetch(_COLUMNS.format(chosen=chosen), *seen.values)
    return [record(row) for row in reversed(rows)]


def record(row: Any) -> SubmissionRecord:
    """A row of `_COLUMNS`."""
    kind = row["record_kind"]
    became = kind and SubmissionBecame(kind=RecordKind(kind), id=row["record_id"], number=row["number"])
    same = {name: row[name] for name in ("id", "form_id", "form_version", "instance_id", "received_at", "replaces")}
    counts = {name: row[name] for name in ("division_code", "division_name", "files_n", "missing_n", "tried_n")}
    return SubmissionRecord(
        state=SubmissionState(row["state"]),
        sender=SubmissionSender(id=row["submitted_by"], name=row["sender_name"]),
        became=became,
        refusal=refusal(row["refusal"]),
        settled=_settled(row),
        **same,
        **counts,
    )


def _settled(row: Any) -> SubmissionSettled | None:
    if row["settled_at"] is None:
        return None
    return SubmissionSettled(by=row["settled_by"], at=row["settled_at"], note=row["settled_note"])


def refusal(kept: str | None) -> SubmissionRefusal | None:
    """What `keeping.told` wrote, in the language of this request."""
    if kept is None:
        return None
    told = msgspec.json.decode(kept)
    plain = {"status": told["status"], "code": told["code"]} | told[language.get()]
    return msgspec.convert(plain, SubmissionRefusal)


async def digest_of(submission_id: UUID) -> str:
    """SHA-256 of the XML as it came, in hex."""
    [row] = await fetch("SELECT xml_sha256 FROM openrosa_submission WHERE id = $1", submission_id)
    return str(row["xml_sha256"].hex())


async def files(submission_id: UUID) -> Sequence[Any]:
    """The files its XML names, with the digest and size of what came."""
    return await fetch(
        "SELECT f.question, f.file_name, f.photo AS photo_id, encode(o.sha256, 'hex') AS sha256, o.size_bytes "
        "FROM openrosa_submission_file f LEFT JOIN media_photo p ON p.id = f.photo "
        "LEFT JOIN media_original o ON o.sha256 = p.original WHERE f.submission = $1 ORDER BY f.question, f.file_name",
        submission_id,
    )
