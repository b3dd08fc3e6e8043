"""Commands that amend, done as a push does them, and conflicts that come of it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from backend.core import clock, ids
from backend.core.database import transaction
from backend.people.actors import Actor
from backend.sync.command_kinds import COMMANDS, Doing, Done
from backend.sync.commands import amending  # noqa: F401 - offers
from backend.visits import actions, amendments
from backend.visits.schemas import AmendVisit, VisitRecord
from tests.visits.contacts import contact


async def command(
    verb: str, arguments: dict[str, Any], by: Actor, *, id: UUID | None = None, ago_h: float = 24
) -> Done:
    """One command, as it came in a batch, done in a transaction of its own."""
    kind = COMMANDS[verb]
    read = msgspec.json.decode(msgspec.json.encode(arguments), type=kind.arguments)
    doing = Doing(
        command_id=id or ids.uuid7(),
        by=by,
        carrier=by,
        captured_at=clock.now() - timedelta(hours=ago_h),
        received_at=clock.now(),
    )
    return await transaction(kind.run)(read, doing)


def changed(**fields: tuple[Any, Any]) -> dict[str, Any]:
    """`note=("was", "shall be")` as it travels."""
    return {name: {"from": had, "to": wanted} for name, (had, wanted) in fields.items()}


async def amend_visit(
    visit_id: UUID, by: Actor, *, id: UUID | None = None, reason: str = "记错了", **fields: Any
) -> Done:
    """The command, a day old."""
    arguments = {"visit_id": visit_id, "reason": reason, "changes": changed(**fields)}
    return await command("amendVisit", arguments, by, id=id)


async def amend_household(household_id: UUID, by: Actor, *, id: UUID | None = None, **fields: Any) -> Done:
    """The command, a day old."""
    arguments = {"household_id": household_id, "reason": "核对过户卡", "changes": changed(**fields)}
    return await command("amendHousehold", arguments, by, id=id)


async def recorded(by: Actor, **said: Any) -> VisitRecord:
    """A visit as the phone has it."""
    usual = {"note": "看了井", "topics": ["other"], "companions": ["周敏"]}
    return (await actions.record_visit(new=contact(**(usual | said)), by=by)).record


async def amended_online(visit: VisitRecord, by: Actor, **fields: Any) -> VisitRecord:
    """What somebody else did meanwhile, at a desk."""
    now = await actions.get_visit(visit_id=visit.id, by=by)
    change = AmendVisit(reason="复核", version=now.version, **fields)
    return await amendments.amend_visit(visit_id=visit.id, change=change, by=by)


async def contested_visit(cast: Any, *, id: UUID | None = None, **fields: Any) -> tuple[VisitRecord, UUID]:
    """A visit of the cadre's whose note the supervisor amended too, and the conflict."""
    visit, conflict_id = await recorded(cast.cadre), id or ids.uuid7()
    await amended_online(visit, cast.supervisor, note="看了机井，水位低")
    await amend_visit(visit.id, cast.cadre, id=conflict_id, **(fields or {"note": ("看了井", "看了井，约周五修")}))
    return visit, conflict_id
