"""Batches as a phone makes them, and who answers them, without HTTP."""

from typing import Any
from uuid import UUID

import msgspec

from backend.core import clock, ids
from backend.people.actors import Actor
from backend.sync.push_schemas import SyncVerdicts
from backend.sync.pushing import sync_push
from tests.visits.contacts import body


def command(verb: str, arguments: dict[str, Any], **said: Any) -> dict[str, Any]:
    """One thing done just now, under an id of its own."""
    usual = {"id": str(ids.uuid7()), "verb": verb, "captured_at": clock.now().isoformat(), "arguments": arguments}
    return usual | said


def visit(after: tuple[str, ...] = (), **said: Any) -> dict[str, Any]:
    """A visit to LLM-001 an hour ago."""
    return command("recordVisit", body(**said), after=list(after))


def done(task_id: UUID, **said: Any) -> dict[str, Any]:
    """A task entered as done."""
    return command("completeTask", {"task_id": str(task_id)}, **said)


async def push(by: Actor, *commands: Any, **said: Any) -> SyncVerdicts:
    """Send a batch."""
    return await sync_push(body=msgspec.json.encode({"commands": list(commands)} | said), by=by)


def outcomes(verdicts: SyncVerdicts) -> list[str]:
    """What became of each."""
    return [row.outcome.value for row in verdicts.rows]
