"""Retests and the results they are about, one at a time, as people ask for them, answer and withdraw them: raw SQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.core.database import fetch, fetch_row

Row = Mapping[str, Any]
ANALYTE = "coalesce(r.analyte, r.analyte_text, '')"

SHOWN = """
SELECT t.*, p.name AS asked_by_name, r.sample, r.analyte, r.analyte_text, s.code
FROM laboratory_retest t JOIN laboratory_result r ON r.id = t.result JOIN laboratory_sample s ON s.id = r.sample
LEFT JOIN people_person p ON p.id = t.asked_by
"""
"""A retest with what it is about."""

TESTED = f"""
r.id, r.sample, {ANALYTE} AS analyte, r.analyte_text, r.method, r.judged_unit, r.verdict, r.grade, r.ph_class,
r.category, coalesce(r.tested_at, r.received_at) AS at, r.received_at, r.line, r.import_file
"""
"""What `retest_rules.Finding` is made of."""


async def insert(rows: Sequence[tuple[Any, ...]]) -> set[UUID]:
    """Write retests; those that are there already stay as they are. The ids of the new ones.

    rows   id, result, kind, number, method, reason, told_at, asked_at, asked_by, due_at, arguments_digest
    """
    if not rows:
        return set()
    made = await fetch(
        """
        INSERT INTO laboratory_retest
            (id, result, kind, number, state, method, reason, told_at, asked_at, asked_by, due_at, arguments_digest)
        SELECT n.id, n.result, n.kind, n.number, 'open', n.method, n.reason, n.told_at, n.asked_at, n.asked_by,
               n.due_at, n.digest
        FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::smallint[], $5::text[], $6::text[], $7::timestamptz[],
                    $8::timestamptz[], $9::uuid[], $10::timestamptz[], $11::bytea[])
            AS n(id, result, kind, number, method, reason, told_at, asked_at, asked_by, due_at, digest)
        ON CONFLICT DO NOTHING RETURNING id
        """,
        *([row[i] for row in rows] for i in range(11)),
    )
    return {row["id"] for row in made}


async def one(retest_id: UUID) -> Row | None:
    """A retest with what it is about."""
    return await fetch_row(f"{SHOWN} WHERE t.id = $1", retest_id)


async def hold_one(retest_id: UUID) -> Row | None:
    """The retest alone, which nobody else answers meanwhile."""
    return await fetch_row("SELECT * FROM laboratory_retest WHERE id = $1 FOR UPDATE", retest_id)


async def hold(result_id: UUID) -> None:
    """Nobody else asks for another retest of this result meanwhile."""
    await fetch("SELECT 1 FROM laboratory_result WHERE id = $1 FOR NO KEY UPDATE", result_id)


async def next_number(result_id: UUID, kind: str) -> int:
    """One more than the last of its kind."""
    row = await fetch_row(
        "SELECT coalesce(max(number), 0) + 1 AS next FROM laboratory_retest WHERE result = $1 AND kind = $2",
        *(result_id, kind),
    )
    return int(row["next"]) if row else 1


async def is_open(result_id: UUID, kind: str) -> bool:
    """Whether one of a kind waits."""
    row = await fetch_row(
        "SELECT 1 FROM laboratory_retest WHERE result = $1 AND kind = $2 AND state = 'open' LIMIT 1", result_id, kind
    )
    return row is not None


async def close(retest_id: UUID, *, state: str, result_id: UUID, at: datetime, by: UUID) -> None:
    """Somebody said which result answers it."""
    await fetch(
        "UPDATE laboratory_retest SET state = $2, answered_by_result = $3, answered_at = $4, answered_by = $5 "
        "WHERE id = $1",
        *(retest_id, state, result_id, at, by),
    )


async def withdraw(retest_id: UUID, *, reason: str, at: datetime, by: UUID) -> None:
    """Somebody said that it need not be measured again."""
    await fetch(
        "UPDATE laboratory_retest SET state = 'withdrawn', reason = $2, answered_at = $3, answered_by = $4 "
        "WHERE id = $1",
        *(retest_id, reason, at, by),
    )


async def waits(result_id: UUID) -> bool:
    """Whether anything of a result is still to be repeated."""
    found = await fetch_row(
        "SELECT 1 FROM laboratory_retest WHERE result = $1 AND kind = 'repeat' AND state = 'open' LIMIT 1", result_id
    )
    return found is not None


async def askable(result_ids: Sequence[UUID], *, on: Any) -> Sequence[Row]:
    """Results with what their task tells, and whom to ask: whoever ran it, brought the file or received the sample,
    if he is a technician of the desk today; else one who is. Null: there is none.
    """
    return await fetch(_ASKABLE, list(result_ids), on)


_ASKABLE = """
SELECT r.id, r.sample, r.analyte, r.analyte_text, s.code, s.division_code, (
    SELECT a.person FROM people_role_assignment a JOIN people_person p ON p.id = a.person
    WHERE a.role = 'technician' AND a.unit = r.unit AND p.closed_at IS NULL
    AND a.valid_from <= $2 AND (a.valid_to IS NULL OR a.valid_to >= $2)
    ORDER BY a.person IS NOT DISTINCT FROM n.operator DESC, a.person IS NOT DISTINCT FROM f.by DESC,
             a.person IS NOT DISTINCT FROM s.received_by DESC, a.valid_from, a.person LIMIT 1) AS person
FROM laboratory_result r JOIN laboratory_sample s ON s.id = r.sample
LEFT JOIN laboratory_run n ON n.id = r.run LEFT JOIN laboratory_import f ON f.id = r.import_file
WHERE r.id = ANY($1::uuid[])
"""
