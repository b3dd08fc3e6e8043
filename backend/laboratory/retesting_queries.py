"""Retests that open, close and are answered by themselves: raw SQL, whole batches in one statement each."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from backend.core.database import connection, fetch
from backend.laboratory.retest_queries import TESTED, Row
from backend.laboratory.retest_rules import Repeat


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
