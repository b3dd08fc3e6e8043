"""Reading warnings: those of one's territory, and one of them."""

from collections.abc import Collection
from uuid import UUID

from backend.alerts import queries, visibility
from backend.alerts.queries import Row
from backend.alerts.records import record
from backend.alerts.refusals import AlertUnknown
from backend.alerts.schemas import AlertRecord
from backend.alerts.words import AlertState
from backend.core import clock
from backend.core.paging import Page, Position, page, position
from backend.core.statements import Conditions
from backend.people.actors import Actor


async def list_alerts(
    *,
    by: Actor,
    state: AlertState | None = None,
    in_force: bool | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[AlertRecord]:
    """Those that `by` may see, the newest first.

    in_force   true: published, not over and not ended by a later message; false: the others
    """
    at, seen = clock.now(), Conditions()
    seen.add(await visibility.seen_by(by, seen.value))
    if state is not None:
        seen.add("a.state = {}", state)
    if in_force is not None:
        seen.add(queries.IN_FORCE if in_force else f"NOT ({queries.IN_FORCE})", at)
    rows = await queries.alerts(seen, limit=limit + 1, after=position(cursor))
    return page([record(row, at=at) for row in rows], limit, lambda each: Position(each.drafted_at, each.id))


async def over_among(alert_ids: Collection[UUID]) -> set[UUID]:
    """Those of these warnings that are over, or that a later message has replaced or cancelled."""
    return await queries.over_among(list(alert_ids), at=clock.now())


async def get_alert(*, alert_id: UUID, by: Actor) -> AlertRecord:
    """One of them. Raises AlertUnknown (404)."""
    return record(await seen_alert(alert_id, by), at=clock.now())


async def seen_alert(alert_id: UUID, by: Actor) -> Row:
    """The row of a warning that `by` may see. Raises AlertUnknown (404)."""
    seen = Conditions()
    seen.add("a.id = {}", alert_id).add(await visibility.seen_by(by, seen.value))
    row = await queries.alert_where(seen)
    if row is None:
        raise AlertUnknown("There is no warning {id} for you.", id=alert_id)
    return row
