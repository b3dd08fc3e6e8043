"""The second person: a warning goes out, or it does not."""

from uuid import UUID

from backend.alerts import queries, visibility
from backend.alerts.drafting import ROOM
from backend.alerts.following_on import told_prefixes
from backend.alerts.lists import seen_alert
from backend.alerts.publishing import publish
from backend.alerts.queries import Row
from backend.alerts.records import record
from backend.alerts.refusals import SecondPersonNeeded, decided
from backend.alerts.schemas import AlertRecord
from backend.alerts.words import AlertState
from backend.core import clock
from backend.core.database import transaction
from backend.people.actors import Actor
from backend.push import actions as push


@transaction
async def approve_alert(*, alert_id: UUID, note: str | None = None, by: Actor) -> AlertRecord:
    """Publish a draft of somebody else: numbered, frozen as XML, in the feed, and on its way to people.

    An update or a cancellation ends what it speaks of, and what of that had not gone out yet stays where it is.

    by   a supervisor or administrator of every division that is told

    Twice by the same person is once. Raises AlertUnknown (404), Forbidden, OutsideTerritory, SecondPersonNeeded (403),
    AlertDecided, AlertOver (409), AlertWrong (400) where time has passed it by.
    """
    row, told = await _to_decide(alert_id, by)
    if row["state"] == AlertState.DRAFT:
        await publish(row, told=told, note=note, by=by)
        await push.call_off(origin_room=ROOM, origin_id=alert_id)
    elif not (row["state"] == AlertState.PUBLISHED and row["decided_by"] == by.person_id):
        raise decided(row["state"])
    return await _now(alert_id)


@transaction
async def refuse_alert(*, alert_id: UUID, note: str, by: Actor) -> AlertRecord:
    """Do not let a draft of somebody else out; its writer is told why. Twice by the same person is once.

    Raises AlertUnknown (404), Forbidden, OutsideTerritory, SecondPersonNeeded (403), AlertDecided (409).
    """
    row, _ = await _to_decide(alert_id, by)
    if row["state"] == AlertState.DRAFT:
        await queries.decide(alert_id, to=AlertState.REFUSED, by=by.person_id, note=note, at=clock.now())
        await push.call_off(origin_room=ROOM, origin_id=alert_id)
        await _tell_its_writer(row, note)
    elif not (row["state"] == AlertState.REFUSED and row["decided_by"] == by.person_id):
        raise decided(row["state"])
    return await _now(alert_id)


async def _tell_its_writer(row: Row, note: str) -> None:
    await push.notify(
        to=row["drafted_by"],
        text=push.text("Your warning “{event}” does not go out: {note}", event=row["event"], note=note),
        category=push.Category.SERVICE,
        dedupe_key=f"alert {row['id']} refused",
        origin_room=ROOM,
        origin_id=row["id"],
    )


async def _to_decide(alert_id: UUID, by: Actor) -> tuple[Row, list[str]]:
    """The row, held until the transaction ends, and the places that would be told."""
    await seen_alert(alert_id, by)
    row = await queries.alert(alert_id, lock=True)
    assert row is not None  # noqa: S101 - seen above, and nobody deletes one
    told = await told_prefixes(row)
    visibility.must_approve(told, by)
    if row["drafted_by"] == by.person_id:
        raise SecondPersonNeeded("You wrote it yourself. Somebody else has to look at it before it goes out.")
    return row, told


async def _now(alert_id: UUID) -> AlertRecord:
    row = await queries.alert(alert_id)
    assert row is not None  # noqa: S101 - held above
    return record(row, at=clock.now())
