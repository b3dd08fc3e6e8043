"""Warnings as one person writes them; nothing of it goes out before a second one has approved it."""

from uuid import UUID

from msgspec import structs

from backend.alerts import composing, queries, visibility
from backend.alerts.messages import AlertMessage
from backend.alerts.queries import Row
from backend.alerts.records import kept, kept_audience, record
from backend.alerts.refusals import AlertUnknown, decided
from backend.alerts.schemas import AlertAudience, AlertRecord, NewAlert
from backend.alerts.telling import category
from backend.alerts.words import AlertState, AlertStatus
from backend.core import clock
from backend.core.creates import Outcome, digest, same
from backend.core.database import transaction
from backend.core.refusals import DifferentArguments
from backend.people.actors import Actor
from backend.push import actions as push

ROOM = "alerts"
MOST_ASKED = 20
"""Approvers who are told that a draft waits, the nearest first."""


@transaction
async def raise_alert(*, id: UUID, new: NewAlert, by: Actor) -> Outcome[AlertRecord]:
    """Write a warning, and tell those who may approve it that it waits.

    by   a supervisor, operator, administrator or police unit's handler of every division named

    Raises Forbidden, OutsideTerritory (403), DivisionUnknown (404), AlertWrong, NobodyAsked, NotPublic,
    PayloadTooLarge, LinkRefused (400), DifferentArguments (409).
    """
    asked = [structs.replace(new, id=None), by.person_id]
    if known := await same_as_before(id, asked):
        return known
    message, prefixes = await composed(new, by)
    return await store(
        id=id, message=message, audience=new.audience, prefixes=prefixes, told=prefixes, asked=asked, by=by
    )


async def composed(new: NewAlert, by: Actor) -> tuple[AlertMessage, list[str]]:
    """The message, and the prefixes of its divisions. Raises as `raise_alert` does."""
    areas, prefixes = await composing.areas_of(new.areas)
    await visibility.must_draft(prefixes, by)
    message = await composing.first_message(new, areas, prefixes)
    composing.must_be_right(message, new.audience, prefixes)
    return message, prefixes


async def same_as_before(id: UUID, asked: object) -> Outcome[AlertRecord] | None:
    """The warning of that id as it is now, if it was written with the same arguments. Raises DifferentArguments."""
    row = await queries.alert(id)
    if row is None:
        return None
    if not same(row["arguments_digest"], asked):
        raise DifferentArguments("Warning {id} was written with other words; it stays as it is.", id=id)
    return Outcome(record(row, at=clock.now()), created=False)


async def store(
    *,
    id: UUID,
    message: AlertMessage,
    audience: AlertAudience,
    prefixes: list[str],
    told: list[str],
    asked: object,
    by: Actor,
    refers_to: UUID | None = None,
) -> Outcome[AlertRecord]:
    """Keep a draft; `told` are the places that push will tell: an update's are those of the warning before it, too."""
    made = await queries.insert(
        {
            "id": id,
            "state": AlertState.DRAFT,
            **{name: getattr(message, name) for name in ("type", "status", "colour", "event", "fraud_type")},
            "message": kept(message, draft=True),
            "audience": kept_audience(audience),
            "prefixes": prefixes,
            "expires_at": message.expires,
            "refers_to": refers_to,
            "drafted_by": by.person_id,
            "drafted_at": clock.now(),
            "arguments_digest": digest(asked),
        }
    )
    if not made:
        known = await same_as_before(id, asked)
        assert known is not None  # noqa: S101 - the insert met it
        return known
    row = await queries.alert(id)
    assert row is not None  # noqa: S101 - just written
    await _ask_for_a_second_look(row, message, audience, told)
    return Outcome(record(row, at=clock.now()), created=True)


async def _ask_for_a_second_look(row: Row, message: AlertMessage, audience: AlertAudience, told: list[str]) -> None:
    roles = sorted(visibility.APPROVERS)
    who = await queries.approvers(told, roles=roles, besides=row["drafted_by"], on=clock.today(), limit=MOST_ASKED)
    if who:
        await push.notify(
            to=[each["person"] for each in who],
            text=push.text("A warning waits for a second person: {event}", event=message.event),
            category=category(message, audience),
            dedupe_key=f"alert {row['id']} waits",
            expires_at=message.expires,
            origin_room=ROOM,
            origin_id=row["id"],
            exercise=message.status is not AlertStatus.ACTUAL,
        )


@transaction
async def drop_alert(*, alert_id: UUID, by: Actor) -> AlertRecord:
    """Take one's own draft back; twice is once. Raises AlertUnknown (404), AlertDecided (409)."""
    row = await queries.alert(alert_id, lock=True)
    if row is None or row["drafted_by"] != by.person_id:
        raise AlertUnknown("There is no draft {id} of yours.", id=alert_id)
    if row["state"] not in (AlertState.DRAFT, AlertState.DROPPED):
        raise decided(row["state"])
    if row["state"] == AlertState.DRAFT:
        await queries.decide(alert_id, to=AlertState.DROPPED, by=None, note=None, at=clock.now())
        await push.call_off(origin_room=ROOM, origin_id=alert_id)
        row = await queries.alert(alert_id)
        assert row is not None  # noqa: S101 - held above
    return record(row, at=clock.now())
