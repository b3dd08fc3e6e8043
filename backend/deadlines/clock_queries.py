"""Clocks as they are read; written, with their history, they are by `clock_history`. Raw SQL: others wait for it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from backend.core.database import fetch, fetch_row
from backend.deadlines.limits import ClockKind, Suspension
from backend.deadlines.tables import ClockState

Row = Mapping[str, Any]


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A clock with its policy's limit and what stood still in this round; an open suspension is in `suspended_at`.

    The defaults are those of a clock that starts.
    """

    id: UUID
    subject_room: str
    subject_id: UUID
    kind: str
    label: str
    link: str | None
    unit: UUID | None
    division_code: str
    policy: UUID
    policy_code: str
    clock: ClockKind | None
    amount: int | None
    expected_amount: int | None
    hours: str | None
    ladder: str
    calendar_version: int
    opened_at: datetime
    upstream_due_at: datetime | None
    expedite_percents: list[int]
    provisional: bool = False
    round: int = 1
    state: ClockState = ClockState.RUNNING
    due_at: datetime | None = None
    expected_at: datetime | None = None
    expedite_at: list[datetime] = []
    expedited_percent: int = 0
    next_expedite_at: datetime | None = None
    suspended_at: datetime | None = None
    suspended_for: str | None = None
    stopped_at: datetime | None = None
    stop_recorded_at: datetime | None = None
    notices: int = 0
    revision: int = 1
    stops: list[Suspension] = []


_HELD = """
SELECT c.id, c.subject_room, c.subject_id, c.kind, c.label, c.link, c.unit, c.division_code, c.policy,
       p.code AS policy_code, p.clock, p.amount, p.expected_amount, p.hours, c.ladder, c.calendar_version,
       c.provisional, c.round, c.state, c.opened_at, c.upstream_due_at, c.due_at, c.expected_at, c.expedite_percents,
       c.expedite_at, c.expedited_percent, c.next_expedite_at, c.suspended_at, c.stopped_at, c.stop_recorded_at,
       c.notices, c.revision,
       (SELECT s.reason FROM deadlines_suspension s WHERE s.clock = c.id AND s.ended_at IS NULL) AS suspended_for,
       (SELECT coalesce(jsonb_agg(to_jsonb(s) - 'clock' - 'id' - 'round' ORDER BY s.began_at), '[]')
        FROM deadlines_suspension s WHERE s.clock = c.id AND s.round = c.round AND s.ended_at IS NOT NULL) AS stops
FROM deadlines_clock c JOIN deadlines_policy p ON p.id = c.policy
"""


async def held(clock_id: UUID, *, lock: bool = False) -> Held | None:
    """One clock; locked, nobody else changes it until the transaction ends."""
    row = await fetch_row(f"{_HELD} WHERE c.id = $1 {'FOR UPDATE OF c' if lock else ''}", clock_id)
    return held_of(row) if row else None


async def of_subject(
    subject_room: str, subject_id: UUID, *, kinds: Collection[str] | None = None, lock: bool = False
) -> list[Held]:
    """The clocks of a subject (of these kinds), in the order in which they were opened; locked as one is."""
    rows = await fetch(
        f"{_HELD} WHERE c.subject_room = $1 AND c.subject_id = $2 AND ($3::text[] IS NULL OR c.kind = ANY($3)) "
        f"ORDER BY c.opened_at, c.kind DESC {'FOR UPDATE OF c' if lock else ''}",
        subject_room,
        subject_id,
        list(kinds) if kinds is not None else None,
    )
    return [held_of(row) for row in rows]


async def of_subjects(subject_room: str, subject_ids: Sequence[UUID]) -> list[Held]:
    """The clocks of several subjects, for a list."""
    rows = await fetch(
        f"{_HELD} WHERE c.subject_room = $1 AND c.subject_id = ANY($2) ORDER BY c.opened_at, c.kind DESC",
        subject_room,
        list(subject_ids),
    )
    return [held_of(row) for row in rows]


async def open_after(prefixes: Sequence[str], after: UUID | None, limit: int) -> list[Held]:
    """Open clocks with a limit that holidays move, under code prefixes, in the order of their ids."""
    rows = await fetch(
        f"""
        {_HELD} WHERE c.state <> 'stopped' AND p.clock IN ('working_days', 'working_minutes')
        AND ($1::uuid IS NULL OR c.id > $1)
        AND EXISTS (SELECT FROM unnest($2::text[]) AS prefix WHERE starts_with(c.division_code, prefix))
        ORDER BY c.id LIMIT $3
        """,
        after,
        list(prefixes),
        limit,
    )
    return [held_of(row) for row in rows]


def held_of(row: Row) -> Held:
    """A row as a Held."""
    return msgspec.convert(dict(row) | {"stops": msgspec.json.decode(row["stops"])}, Held)
