"""What people are told of their shifts: notices by push, tasks for what must be done. In both languages, no names."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backend.core import clock, ids
from backend.core.words import Term, language, say
from backend.push import actions as push
from backend.push.provider import Category
from backend.rosters.rules import span_text
from backend.rosters.schemas import ShiftRecord
from backend.tasks import actions as tasks
from backend.tasks.schemas import NewTask
from backend.tasks.tables import TaskKind, Urgency

ROOM = "rosters"
PAGE = "/console/roster"


class Saying:
    """A sentence and its facts, said in one language at a time; a `span` fact is said as people say it."""

    def __init__(self, msgid: Term, *, span: tuple[datetime, datetime] | None = None, **facts: Any) -> None:
        self.msgid, self.span, self.facts = msgid, span, facts

    def told(self, tongue: str) -> str:
        """In `zh` or `en`."""
        before = language.set(tongue)
        try:
            spans = {"span": span_text(*self.span)} if self.span else {}
            return say(self.msgid, **spans, **self.facts)
        finally:
            language.reset(before)


async def ask(
    *,
    origin_id: UUID,
    kind: TaskKind,
    assignee_id: UUID,
    saying: Saying,
    division_code: str,
    due_at: datetime,
    urgency: Urgency = Urgency.NORMAL,
) -> None:
    """A task for one person, once for each record and kind."""
    await tasks.ask(
        task=NewTask(
            id=ids.from_key(origin_id, kind, str(assignee_id)),
            kind=kind,
            title_zh=saying.told("zh"),
            title_en=saying.told("en"),
            assignee_id=assignee_id,
            urgency=urgency,
            due_at=due_at,
            division_code=division_code,
            origin_room=ROOM,
            origin_id=origin_id,
            link=PAGE,
        )
    )


async def settle(origin_ids: Sequence[UUID]) -> None:
    """What was asked about these records has happened; nothing rings about them any more."""
    for origin_id in origin_ids:
        await tasks.settle(origin_room=ROOM, origin_id=origin_id)
        await push.call_off(origin_room=ROOM, origin_id=origin_id)


async def tell(
    to: UUID,
    saying: Saying,
    *,
    key: str,
    origin_id: UUID,
    expires_at: datetime | None = None,
    category: Category = Category.SERVICE,
    acknowledge_within: timedelta | None = None,
    then: UUID | None = None,
    last_resort: UUID | None = None,
) -> None:
    """A notice by every way push has, sent when the caller's transaction ends. `key`: said once."""
    await push.notify(
        to=to,
        text=push.Text(zh=saying.told("zh"), en=saying.told("en"), public=category is Category.EMERGENCY),
        category=category,
        dedupe_key=f"{ROOM}/{key}",
        link=PAGE,
        expires_at=expires_at,
        origin_room=ROOM,
        origin_id=origin_id,
        acknowledge_within=acknowledge_within,
        then=then,
        last_resort=last_resort,
    )


MOVED = Term("You are no longer on this shift: {unit}, {span}.")


async def tell_moved(shift: ShiftRecord) -> None:
    """The holder need not come, because somebody else decided so."""
    if shift.ends_at > clock.now():
        await tell(
            shift.person_id,
            Saying(MOVED, unit=shift.unit_name, span=(shift.starts_at, shift.ends_at)),
            key=f"moved/{shift.id}",
            origin_id=shift.id,
            expires_at=shift.ends_at,
        )
