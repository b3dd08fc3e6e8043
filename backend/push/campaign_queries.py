"""Reads of campaigns: rows, counters, and the few counts that are taken from recipients by an index."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from backend.core.database import fetch, fetch_row
from backend.core.paging import Position
from backend.people.actors import Scope
from backend.push.states import CampaignState, DeliveryState

Row = Mapping[str, Any]


async def campaign(notice_id: UUID, *, lock: bool = False) -> Row | None:
    """A campaign's row, held until the transaction ends if asked."""
    held = " FOR UPDATE" if lock else ""
    return await fetch_row("SELECT * FROM push_notice WHERE id = $1 AND campaign_state IS NOT NULL" + held, notice_id)


async def campaigns(scope: Scope, *, limit: int, after: Position | None) -> Sequence[Row]:
    """Campaigns that `scope` sees, the newest first."""
    under, values = scope.clause("n.division_code", 5)
    return await fetch(
        f"""
        SELECT n.* FROM push_notice n WHERE n.campaign_state IS NOT NULL AND ({under} OR n.made_by = $1)
        AND ($2::timestamptz IS NULL OR (n.made_at, n.id) < ($2, $3::uuid))
        ORDER BY n.made_at DESC, n.id DESC LIMIT $4
        """,
        scope.person_id,
        after and after.at,
        after and after.id,
        limit,
        *values,
    )


async def not_over() -> Sequence[Row]:
    """Campaigns that are scheduled, run or are paused."""
    return await fetch(
        "SELECT * FROM push_notice WHERE campaign_state IN ('scheduled', 'running', 'paused') ORDER BY made_at DESC"
    )


async def set_state(notice_id: UUID, to: CampaignState) -> None:
    """Write where it stands; one that is not planned yet and resumes is scheduled or runs alike."""
    await fetch("UPDATE push_notice SET campaign_state = $2 WHERE id = $1", notice_id, to)


async def counted(notice_ids: Sequence[UUID]) -> dict[UUID, dict[DeliveryState, int]]:
    """Deliveries by state, by notice; states without any are left out."""
    rows = await fetch(
        "SELECT notice, state, sum(n)::int AS n FROM push_counter WHERE notice = ANY($1) "
        "GROUP BY notice, state HAVING sum(n) <> 0 ORDER BY notice, state",
        list(notice_ids),
    )
    found: dict[UUID, dict[DeliveryState, int]] = {}
    for row in rows:
        found.setdefault(row["notice"], {})[DeliveryState(row["state"])] = row["n"]
    return found


async def subjects(notice_id: UUID) -> Row:
    """How many subjects (groups apart), and how many of them saw and acknowledged it."""
    row = await fetch_row(
        "SELECT count(*) AS recipients, count(seen_at) AS seen, count(acknowledged_at) AS acknowledged "
        "FROM push_recipient WHERE notice = $1 AND subject_kind <> 'group'",
        notice_id,
    )
    return row or {"recipients": 0, "seen": 0, "acknowledged": 0}


async def unreachable(notice_id: UUID) -> Sequence[Row]:
    """Subjects whom no way reaches, by township."""
    return await fetch(
        """
        SELECT v.code AS division_code, v.name AS division_name, sum(u.people)::int AS people FROM (
            SELECT left(division_code, 9) AS prefix, count(*) AS people FROM push_recipient
            WHERE notice = $1 AND reached = 'unreachable' GROUP BY 1) u
        LEFT JOIN LATERAL (
            SELECT d.code, d.name FROM territory_division d WHERE d.code = rpad(u.prefix, 12, '0')
            ORDER BY d.valid_from DESC LIMIT 1) v ON TRUE
        GROUP BY v.code, v.name ORDER BY v.code NULLS LAST
        """,
        notice_id,
    )


async def providers() -> Sequence[Row]:
    """The state of every provider, by name."""
    return await fetch(
        "SELECT provider, breaker, failures, opened_at, until, unknown_receipts FROM push_provider_state "
        "ORDER BY provider"
    )
