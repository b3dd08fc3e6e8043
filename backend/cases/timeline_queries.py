"""The SQL of timelines: the end of one, a line more, all of it."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
import msgspec

from backend.cases.chain import START, Line
from backend.core.database import fetch, fetch_row


async def end_of(case_id: UUID) -> tuple[int, bytes]:
    """Number and digest of the last line; (0, zeros) where there is none."""
    row = await fetch_row('SELECT seq, digest FROM cases_timeline_head WHERE "case" = $1', case_id)
    return (row["seq"], row["digest"]) if row else (0, START)


async def add(line: Line, *, seal: bytes) -> None:
    """Write a line and move the head to it, in one statement."""
    await fetch(
        """
        WITH line AS (
            INSERT INTO cases_event (id, "case", seq, kind, public, at, "by", by_unit, payload, salt, payload_digest,
                                     digest)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        )
        INSERT INTO cases_timeline_head ("case", seq, digest, seal) VALUES ($2, $3, $12, $13)
        ON CONFLICT ("case") DO UPDATE SET seq = excluded.seq, digest = excluded.digest, seal = excluded.seal
        """,
        *msgspec.structs.astuple(line),
        seal,
    )


async def lines(case_id: UUID) -> list[Line]:
    """All lines of a timeline, in their order."""
    rows = await fetch(
        'SELECT id, "case" AS case_id, seq, kind, public, at, "by", by_unit, payload, salt, payload_digest, digest '
        'FROM cases_event WHERE "case" = $1 ORDER BY seq',
        case_id,
    )
    return [Line(**row) for row in rows]


async def last_of_kinds(case_id: UUID, kinds: Sequence[str]) -> asyncpg.Record | None:
    """The last line of these kinds: its kind, when it came, what it says."""
    return await fetch_row(
        'SELECT kind, at, payload FROM cases_event WHERE "case" = $1 AND kind = ANY($2) ORDER BY seq DESC LIMIT 1',
        case_id,
        list(kinds),
    )


async def head(case_id: UUID) -> tuple[int, bytes, bytes] | None:
    """Number, digest and seal of where the timeline should end."""
    row = await fetch_row('SELECT seq, digest, seal FROM cases_timeline_head WHERE "case" = $1', case_id)
    return (row["seq"], row["digest"], row["seal"]) if row else None
