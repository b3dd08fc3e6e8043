"""Requests that say only what a test is about."""

from typing import Any

from backend.core import ids
from backend.tasks.actions import ask
from backend.tasks.schemas import NewTask, TaskRecord
from backend.tasks.tables import TaskKind


def new_task(**given: Any) -> NewTask:
    """A call that some record of another room asks for."""
    usual = {
        "id": ids.uuid7(),
        "kind": TaskKind.CALL,
        "title_zh": "给农技站回个电话",
        "origin_room": "tests",
        "origin_id": ids.uuid7(),
    }
    return NewTask(**(usual | given))


async def asked(**given: Any) -> TaskRecord:
    """One task in the database."""
    return (await ask(task=new_task(**given))).record
