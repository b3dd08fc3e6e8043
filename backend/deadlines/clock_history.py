"""What happened to a clock: started, changed, standing still. Each change and its line of history are one statement."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from backend.core import ids
from backend.core.database import fetch, fetch_row
from backend.deadlines.clock_queries import Held, Row
from backend.deadlines.tables import ClockEventKind

_RECORDSET = """
    id uuid, subject_room text, subject_id uuid, kind text, label text, link text, unit uuid, division_code text,
    policy uuid, ladder text, calendar_version int, provisional boolean, state text, opened_at timestamptz,
    upstream_due_at timestamptz, due_at timestamptz, expected_at timestamptz, expedite_percents smallint[],
    expedite_at timestamptz[], next_expedite_at timestamptz, digest text, event uuid
"""


async def insert(clocks: Sequence[Held], digests: Sequence[bytes], *, at: datetime, by: UUID | None) -> set[UUID]:
    """Start clocks with the first line of their history; the ids of those that were not there."""
    rows = [
        msgspec.structs.asdict(clock) | {"digest": digest.hex(), "event": ids.uuid7()}
        for clock, digest in zip(clocks, digests, strict=True)
    ]
    made = await fetch(
        f"""
        WITH asked AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS n({_RECORDSET})),
        made AS (
            INSERT INTO deadlines_clock (id, subject_room, subject_id, kind, label, link, unit, division_code, policy,
                ladder, calendar_version, provisional, round, state, opened_at, upstream_due_at, due_at, expected_at,
                expedite_percents, expedite_at, expedited_percent, next_expedite_at, notices, revision,
                arguments_digest)
            SELECT id, subject_room, subject_id, kind, label, link, unit, division_code, policy, ladder,
                calendar_version, provisional, 1, state, opened_at, upstream_due_at, due_at, expected_at,
                expedite_percents, expedite_at, 0, next_expedite_at, 0, 1, decode(digest, 'hex')
            FROM asked ON CONFLICT DO NOTHING RETURNING id
        ), told AS (
            INSERT INTO deadlines_clock_event (id, clock, kind, at, recorded_at, by, opened_at, new_due_at,
                calendar_version, subject_room, clock_kind, unit, division_code, policy)
            SELECT a.event, a.id, 'started', a.opened_at, $2, $3, a.opened_at, a.due_at, a.calendar_version,
                a.subject_room, a.kind, a.unit, a.division_code, a.policy
            FROM asked a JOIN made USING (id)
        )
        SELECT id FROM made
        """,
        msgspec.json.encode(rows).decode(),
        at,
        by,
    )
    return {row["id"] for row in made}


async def digests(subjects: Sequence[tuple[str, UUID, str]], ids: Sequence[UUID]) -> dict[UUID, bytes]:
    """The digests of what clocks were started with, by id: those of the ids, and those of the subjects."""
    rows = await fetch(
        """
        SELECT c.id, c.arguments_digest FROM deadlines_clock c WHERE c.id = ANY($1)
        UNION SELECT c.id, c.arguments_digest FROM unnest($2::text[], $3::uuid[], $4::text[]) AS s(room, id, kind)
        JOIN deadlines_clock c ON c.subject_room = s.room AND c.subject_id = s.id AND c.kind = s.kind
        """,
        list(ids),
        [room for room, _, _ in subjects],
        [id for _, id, _ in subjects],
        [kind for _, _, kind in subjects],
    )
    return {row["id"]: row["arguments_digest"] for row in rows}


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a clock's history: the clock before and after, and when it happened."""

    kind: ClockEventKind
    at: datetime
    before: Held
    after: Held
    reason: str | None = None


_CHANGEABLE = (
    *("state", "unit", "division_code", "policy", "ladder", "calendar_version", "provisional", "round", "opened_at"),
    *("upstream_due_at", "due_at", "expected_at", "expedite_percents", "expedite_at", "expedited_percent"),
    *("next_expedite_at", "suspended_at", "stopped_at", "stop_recorded_at"),
)

_CHANGE = f"""
WITH asked AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS n({_RECORDSET}, round smallint, expedited_percent smallint,
        suspended_at timestamptz, stopped_at timestamptz, stop_recorded_at timestamptz, change text, at timestamptz,
        old_due_at timestamptz, reason text)
), changed AS (
    UPDATE deadlines_clock c SET {", ".join(f"{name} = n.{name}" for name in _CHANGEABLE)}, revision = c.revision + 1
    FROM asked n WHERE c.id = n.id
)
INSERT INTO deadlines_clock_event (id, clock, kind, at, recorded_at, by, opened_at, old_due_at, new_due_at,
    calendar_version, reason, subject_room, clock_kind, unit, division_code, policy)
SELECT event, id, change, at, $2, $3, opened_at, old_due_at, due_at, calendar_version, reason, subject_room, kind, unit,
    division_code, policy
FROM asked
"""


async def change(changes: Sequence[Change], *, at: datetime, by: UUID | None) -> None:
    """Write changes of clocks that the caller holds, with their lines of history. `at` is when it is written down."""
    rows = [
        msgspec.structs.asdict(change.after)
        | {"event": ids.uuid7(), "change": change.kind, "at": change.at, "reason": change.reason}
        | {"old_due_at": change.before.due_at}
        for change in changes
    ]
    await fetch(_CHANGE, msgspec.json.encode(rows).decode(), at, by)


async def begin_suspensions(clocks: Sequence[Held], *, reason: str, at: datetime) -> None:
    """These clocks stand still from a moment on."""
    await fetch(
        "INSERT INTO deadlines_suspension (id, clock, round, reason, began_at) "
        "SELECT n.id, n.clock, n.round, $4, $5 "
        "FROM unnest($1::uuid[], $2::uuid[], $3::smallint[]) AS n(id, clock, round)",
        [ids.uuid7() for _ in clocks],
        [clock.id for clock in clocks],
        [clock.round for clock in clocks],
        reason,
        at,
    )


async def end_suspensions(clock_ids: Sequence[UUID], *, at: datetime) -> None:
    """These clocks run on, or were stopped."""
    await fetch(
        "UPDATE deadlines_suspension SET ended_at = greatest(began_at, $2) WHERE clock = ANY($1) AND ended_at IS NULL",
        list(clock_ids),
        at,
    )


async def last_change_at(clock_ids: Sequence[UUID]) -> datetime | None:
    """When the last thing happened to any of these clocks."""
    row = await fetch_row("SELECT max(at) AS at FROM deadlines_clock_event WHERE clock = ANY($1)", list(clock_ids))
    return row["at"] if row else None


async def events(clock_id: UUID) -> Sequence[Row]:
    """What happened to a clock, in order."""
    return await fetch(
        "SELECT kind, at, recorded_at, by, old_due_at, new_due_at, reason FROM deadlines_clock_event "
        "WHERE clock = $1 ORDER BY recorded_at, id",
        clock_id,
    )
