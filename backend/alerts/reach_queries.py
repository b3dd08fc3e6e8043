"""The SQL of who a warning came to: push's recipients and the tasks of groups' owners, along their own indexes; and the
counts that stay when push has forgotten its recipients.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.core.database import fetch

Row = Mapping[str, Any]
Under = Sequence[str] | None
"""Prefixes of codes; null: everywhere, and where nobody knows the place."""

_NAME = """LEFT JOIN LATERAL (SELECT d.code, d.name FROM territory_division d
    WHERE d.code = rpad(c.place, 12, '0') ORDER BY d.valid_from DESC LIMIT 1) v ON TRUE"""
_UNDER = """($3::text[] IS NULL OR EXISTS (
        SELECT FROM unnest($3::text[]) AS his(prefix) WHERE starts_with({code}, his.prefix)))"""

_PEOPLE_OF_PLACES = f"""
    SELECT left(r.division_code, $2) AS place, count(*) AS recipients,
           count(*) FILTER (WHERE r.reached IN ('delivered', 'shown')
               OR r.seen_at IS NOT NULL OR r.acknowledged_at IS NOT NULL) AS reached,
           count(r.acknowledged_at) AS acknowledged,
           count(*) FILTER (WHERE r.reached = 'unreachable' AND r.seen_at IS NULL) AS unreachable
    FROM push_recipient r WHERE r.notice = $1 AND r.subject_kind <> 'group'
    AND {_UNDER.format(code="r.division_code")} GROUP BY 1
"""
_GROUPS_OF_PLACES = f"""
    SELECT left(t.division_code, $2) AS place, count(*) AS groups, coalesce(sum(t.headcount), 0) AS group_people,
           count(*) FILTER (WHERE t.state = 'done') AS posted,
           coalesce(sum(t.headcount) FILTER (WHERE t.state = 'done'), 0) AS posted_people
    FROM tasks_task t WHERE t.origin_room = 'push' AND t.origin_id = $1 AND t.kind = 'forward_text'
    AND {_UNDER.format(code="t.division_code")} GROUP BY 1
"""
_KEPT_OF_PLACES = f"""
    SELECT left(nullif(k.division_code, ''), $2) AS place, min(k.kept_at) AS kept_at, sum(k.recipients) AS recipients,
           sum(k.reached) AS reached, sum(k.acknowledged) AS acknowledged, sum(k.unreachable) AS unreachable,
           sum(k.groups) AS groups, sum(k.group_people) AS group_people,
           sum(k.posted) AS posted, sum(k.posted_people) AS posted_people
    FROM alerts_kept_reach k WHERE k.alert = $1 AND k.recipients + k.groups > 0
    AND {_UNDER.format(code="k.division_code")} GROUP BY 1
"""
_COUNTS = "recipients, reached, acknowledged, unreachable, groups, group_people, posted, posted_people"
_SUMS = ", ".join(f"coalesce(sum({name}), 0)" for name in _COUNTS.split(", "))


async def people(notice_id: UUID, *, length: int, under: Under) -> Sequence[Row]:
    """By the first `length` digits of where they live or serve: recipients, reached, acknowledged, unreachable."""
    return await _named(_PEOPLE_OF_PLACES, notice_id, length, under)


async def groups(notice_id: UUID, *, length: int, under: Under) -> Sequence[Row]:
    """The same of groups: groups, group_people, posted, posted_people."""
    return await _named(_GROUPS_OF_PLACES, notice_id, length, under)


async def kept(alert_id: UUID, *, length: int, under: Under) -> Sequence[Row]:
    """All of that as it was kept."""
    return await _named(_KEPT_OF_PLACES, alert_id, length, under)


async def _named(counted: str, id: UUID, length: int, under: Under) -> Sequence[Row]:
    return await fetch(
        f"WITH c AS ({counted}) SELECT c.*, v.code, v.name FROM c {_NAME} ORDER BY c.place NULLS LAST",
        *(id, length, None if under is None else list(under)),
    )


async def kept_at(alert_id: UUID) -> datetime | None:
    """When its counts were kept; null: they were not yet."""
    rows = await fetch("SELECT min(kept_at) AS at FROM alerts_kept_reach WHERE alert = $1", alert_id)
    return rows[0]["at"] if rows else None


async def to_keep(*, sent_after: datetime, sent_before: datetime) -> Sequence[Row]:
    """Id and notice of warnings sent in that span whose counts nobody has kept."""
    return await fetch(
        """
        SELECT a.id, a.notice_id FROM alerts_alert a
        WHERE a.state = 'published' AND a.notice_id IS NOT NULL AND a.sent_at > $1 AND a.sent_at <= $2
        AND NOT EXISTS (SELECT FROM alerts_kept_reach k WHERE k.alert = a.id) ORDER BY a.sent_at
        """,
        *(sent_after, sent_before),
    )


_KEEP = f"""
INSERT INTO alerts_kept_reach (id, alert, division_code, {_COUNTS}, kept_at)
SELECT gen_random_uuid(), $4, coalesce(x.place, ''), {_SUMS}, $5 FROM (
    SELECT NULL AS place, 0 AS recipients, 0 AS reached, 0 AS acknowledged, 0 AS unreachable,
           0 AS groups, 0 AS group_people, 0 AS posted, 0 AS posted_people
    UNION ALL SELECT p.*, 0, 0, 0, 0 FROM ({_PEOPLE_OF_PLACES}) p
    UNION ALL SELECT g.place, 0, 0, 0, 0, g.groups, g.group_people, g.posted, g.posted_people
    FROM ({_GROUPS_OF_PLACES}) g
) x GROUP BY coalesce(x.place, '') ON CONFLICT (alert, division_code) DO NOTHING
"""


async def keep(alert_id: UUID, *, notice_id: UUID, at: datetime) -> None:
    """Write the counts by village; a row without a place says that it was done, also where there was nobody."""
    await fetch(_KEEP, notice_id, 12, None, alert_id, at)
