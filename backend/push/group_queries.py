"""The SQL of groups as recipients: what becomes of a text posted there, their owners' tasks tell."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from backend.core.database import fetch
from backend.push.delivery_sql import uuid7
from backend.push.planning_queries import Row


async def groups_under(prefixes: Sequence[str]) -> Sequence[Row]:
    """The open groups of these places."""
    return await fetch(
        """
        SELECT DISTINCT g.id, g.name, g.owner, g.division_code, g.headcount
        FROM unnest($1::text[]) AS x(prefix) JOIN push_group g
            ON g.division_code >= x.prefix AND g.division_code < x.prefix || ':'
        WHERE g.closed_at IS NULL ORDER BY g.id
        """,
        list(prefixes),
    )


async def add_groups(notice: Row, group_ids: Sequence[UUID], at: datetime) -> int:
    """Groups as recipients: what becomes of them their owners' tasks tell."""
    rows = await fetch(
        f"""
        INSERT INTO push_recipient (id, notice, subject, subject_kind, division_code, reached, way, made_at)
        SELECT {uuid7("$3", by="g.id")}, $1, g.id, 'group', g.division_code, 'waiting', 0, $3
        FROM push_group g WHERE g.id = ANY($2) ON CONFLICT (notice, subject) DO NOTHING RETURNING id
        """,
        notice["id"],
        list(group_ids),
        at,
    )
    return len(rows)
