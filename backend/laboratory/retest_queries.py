"""Retests and the results they are about: raw SQL, whole batches in one statement each."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.core.database import connection, fetch, fetch_row
from backend.laboratory.retest_rules import Repeat

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


async def noticed(result_ids: Sequence[UUID]) -> Sequence[Row]:
    """Of results those from which something follows: all of a sample of which one is positive or suspect, or of which
    something waits to be measured again. Their samples are held, so that two files at once open nothing twice.

    INTERSECT, because a join's one plan for any number of ids compares every result of a file with everything open.
    """
    return await fetch(
        f"""
        WITH told AS MATERIALIZED (SELECT id, sample, verdict FROM laboratory_result WHERE id = ANY($1::uuid[])),
        affected AS (
            SELECT sample FROM told WHERE verdict IN ('positive', 'suspect')
            UNION (SELECT sample FROM told INTERSECT SELECT o.sample FROM laboratory_retest t
                JOIN laboratory_result o ON o.id = t.result WHERE t.state = 'open')
        )
        SELECT {TESTED} FROM told JOIN laboratory_result r USING (id) JOIN laboratory_sample s ON s.id = r.sample
        WHERE told.sample IN (SELECT sample FROM affected) ORDER BY s.id, r.id FOR NO KEY UPDATE OF s
        """,
        list(result_ids),
    )


async def repeats_of(sample_ids: Collection[UUID]) -> Sequence[Row]:
    """Repeats and confirmations of what was measured in samples, but for those withdrawn, beside the result that each
    is of.
    """
    return await fetch(
        f"""
        SELECT {TESTED}, t.kind, t.number, t.state, t.answered_by_result, t.asked_by
        FROM laboratory_result r JOIN laboratory_retest t ON t.result = r.id
        WHERE r.sample = ANY($1::uuid[]) AND t.kind <> 'objection' AND t.state <> 'withdrawn'
        ORDER BY t.asked_at, t.number
        """,
        list(sample_ids),
    )


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


async def reopen(retest_ids: Sequence[UUID]) -> set[UUID]:
    """Those that fell away by themselves wait again; what somebody withdrew stays withdrawn."""
    if not retest_ids:
        return set()
    rows = await fetch(
        "UPDATE laboratory_retest SET state = 'open' WHERE id = ANY($1::uuid[]) AND state = 'withdrawn' "
        "AND asked_by IS NULL AND answered_by IS NULL RETURNING id",
        list(retest_ids),
    )
    return {row["id"] for row in rows}


async def reopen_across(result_ids: Sequence[UUID]) -> Sequence[Row]:
    """Repeats of these results that answered themselves by a result of another sample wait again."""
    return await fetch(
        """
        UPDATE laboratory_retest t SET state = 'open', answered_by_result = NULL, answered_at = NULL
        FROM laboratory_result o, laboratory_result a
        WHERE o.id = t.result AND a.id = t.answered_by_result AND o.id = ANY($1::uuid[]) AND o.sample <> a.sample
        AND t.kind = 'repeat' AND t.answered_by IS NULL AND t.state <> 'withdrawn' RETURNING t.id, t.result
        """,
        list(result_ids),
    )


async def withdraw_confirmations(result_ids: Sequence[UUID]) -> Sequence[Row]:
    """Withdraw the confirmations of these results that opened by themselves and still wait."""
    return await fetch(
        "UPDATE laboratory_retest SET state = 'withdrawn' WHERE result = ANY($1::uuid[]) AND kind = 'confirmation' "
        "AND state = 'open' AND asked_by IS NULL RETURNING result",
        list(result_ids),
    )


async def answer(repeats: Sequence[Repeat], *, at: datetime) -> None:
    """Write which result answered which open repeat, and what it said."""
    async with connection() as acquired:
        await acquired.executemany(
            "UPDATE laboratory_retest SET state = $3, answered_by_result = $4, answered_at = $5 "
            "WHERE result = $1 AND kind = 'repeat' AND number = $2 AND state = 'open'",
            [(each.of.id, each.number, each.state.value, each.answered_by, at) for each in repeats],
        )


async def withdraw_moot(result_ids: Sequence[UUID]) -> Sequence[Row]:
    """Withdraw what opened by itself and still waits, of results that are neither positive nor suspect any more."""
    return await fetch(
        """
        UPDATE laboratory_retest t SET state = 'withdrawn' FROM laboratory_result r
        WHERE r.id = t.result AND r.id = ANY($1::uuid[]) AND t.state = 'open' AND t.asked_by IS NULL
        AND r.verdict IS DISTINCT FROM 'positive' AND r.verdict IS DISTINCT FROM 'suspect'
        RETURNING t.id, t.result, t.kind
        """,
        list(result_ids),
    )


async def withdraw_repeats(result_ids: Sequence[UUID]) -> Sequence[Row]:
    """Withdraw the repeats of these results that opened by themselves and still wait."""
    return await fetch(
        "UPDATE laboratory_retest SET state = 'withdrawn' WHERE result = ANY($1::uuid[]) AND kind = 'repeat' "
        "AND state = 'open' AND asked_by IS NULL RETURNING result",
        list(result_ids),
    )


async def answered_by(result_ids: Sequence[UUID]) -> Sequence[Row]:
    """Repeats that answered themselves by these results, with the words of both; the retest is held."""
    return await fetch(
        f"""
        SELECT t.id AS retest, t.state, t.number, o.id AS first, o.verdict AS first_verdict, {TESTED}
        FROM laboratory_retest t JOIN laboratory_result o ON o.id = t.result
        JOIN laboratory_result r ON r.id = t.answered_by_result
        WHERE r.id = ANY($1::uuid[]) AND t.kind = 'repeat' AND t.answered_by IS NULL ORDER BY t.id FOR UPDATE OF t
        """,
        list(result_ids),
    )


async def set_state(retest_id: UUID, state: str) -> None:
    """Another word for an answered repeat; open: nothing answers it any more."""
    await fetch(
        """
        UPDATE laboratory_retest SET state = $2::text,
            answered_by_result = CASE WHEN $2::text = 'open' THEN NULL ELSE answered_by_result END,
            answered_at = CASE WHEN $2::text = 'open' THEN NULL ELSE answered_at END
        WHERE id = $1
        """,
        retest_id,
        state,
    )


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
