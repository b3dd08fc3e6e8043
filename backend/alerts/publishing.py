"""Out it goes: an identifier, the XML as it stays, a campaign to people, and an end to what it replaces."""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from msgspec import structs

from backend.alerts import cap_xml, composing, identifiers, queries
from backend.alerts.following_on import must_hold
from backend.alerts.messages import AlertMessage
from backend.alerts.queries import Row
from backend.alerts.records import audience_of, kept, message_of
from backend.alerts.telling import notice, whole_second
from backend.alerts.words import AlertState
from backend.core import clock
from backend.people.actors import Actor
from backend.push import campaigns
from backend.tasks import actions as tasks
from backend.tasks.tables import TaskState

PUSH = "push"


async def publish(row: Row, *, told: list[str], note: str | None, by: Actor) -> None:
    """Publish a draft whose row is held. Raises AlertOver (409), AlertWrong (400) and what push refuses."""
    former = await _former(row)
    message, audience = message_of(row), audience_of(row)
    composing.must_be_right(composing.as_sent_now(message), audience, told)
    message = await _numbered(message)
    xml = cap_xml.written(message)
    id = uuid5(row["id"], "notice")
    await campaigns.send_notice(id=id, new=notice(message, audience, told, id=id), by=by)
    await queries.publish(row["id"], _columns(message, xml, id, note, by))
    if former is not None:
        await queries.end(former["id"], by=row["id"])
        await _stop(former["notice_id"], by)


async def _former(row: Row) -> Row | None:
    """What it speaks of, held: of two updates the second one comes too late."""
    if row["refers_to"] is None:
        return None
    former = await queries.alert(row["refers_to"], lock=True)
    assert former is not None  # noqa: S101 - a foreign key
    must_hold(former)
    return former


async def _numbered(message: AlertMessage) -> AlertMessage:
    """The message with its second and the first number of it that is free; the eleventh waits for the next second."""
    sent = whole_second()
    while True:
        of_it = _of_second(message.sender, sent)
        taken = await queries.taken(of_it, issuer=message.sender)
        free = [each for each in of_it if each not in taken]
        if free:
            return structs.replace(message, identifier=free[0], sent=sent)
        sent += timedelta(seconds=1)


def _of_second(sender: str, sent: datetime) -> list[str]:
    numbers = range(identifiers.MOST_IN_A_SECOND)
    return [identifiers.identifier(issuer=sender, sent=sent, number=number) for number in numbers]


def _columns(message: AlertMessage, xml: bytes, notice_id: UUID, note: str | None, by: Actor) -> dict[str, object]:
    return {
        "state": AlertState.PUBLISHED,
        "identifier": message.identifier,
        "message": kept(message, draft=False),
        "sent_at": message.sent,
        "decided_by": by.person_id,
        "decided_at": clock.now(),
        "decision_note": note,
        "notice_id": notice_id,
        "xml": xml,
        "sha256": hashlib.sha256(xml).digest(),
    }


async def _stop(notice_id: UUID | None, by: Actor) -> None:
    """Nobody is told any more what no longer holds; who was asked to post it in a group need not."""
    if notice_id is None:
        return
    campaign = await campaigns.seen_campaign(notice_id, by)
    if campaign["campaign_state"] not in campaigns.OVER:
        await campaigns.cancel_campaign(notice_id=notice_id, by=by)
    await tasks.settle(origin_room=PUSH, origin_id=notice_id, to=TaskState.WITHDRAWN)
