"""What the tests of transfers, firms, pledges, slips and texts share: who asks a route, and who was asked for what."""

from typing import Any
from uuid import UUID

import httpx

from backend.core.database import fetch
from backend.people.actors import Actor
from tests.antifraud.outreach import signed_in


async def asked(origin_id: UUID) -> list[tuple[UUID, str, str]]:
    """Who was asked because of a record: person, words, state; in the order of asking."""
    rows = await fetch("SELECT assignee, title_zh, state FROM tasks_task WHERE origin_id = $1 ORDER BY id", origin_id)
    return [(row["assignee"], row["title_zh"], row["state"]) for row in rows]


async def told(origin_id: UUID) -> int:
    """How many notices went out because of a record."""
    rows = await fetch("SELECT id FROM push_notice WHERE origin_id = $1", origin_id)
    return len(rows)


async def get(wire: httpx.AsyncClient, path: str, who: Actor | None = None, **params: Any) -> httpx.Response:
    """A read by somebody."""
    return await wire.get(path, params=params, headers=await signed_in(who) if who else {})


async def post(wire: httpx.AsyncClient, path: str, who: Actor | None = None, json: Any = None) -> httpx.Response:
    """A write by somebody."""
    return await wire.post(path, json=json, headers=await signed_in(who) if who else {})
