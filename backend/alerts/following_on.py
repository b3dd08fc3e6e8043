"""What comes after a warning: an update or a cancellation, a message of its own that a second person approves, too."""

from uuid import UUID

from msgspec import structs

from backend.alerts import composing, drafting, queries, visibility
from backend.alerts.lists import seen_alert
from backend.alerts.messages import AlertMessage, Reference
from backend.alerts.queries import Row
from backend.alerts.records import audience_of, message_of
from backend.alerts.refusals import AlertOver
from backend.alerts.schemas import AlertAudience, AlertCancellation, AlertChanges, AlertRecord
from backend.alerts.telling import marked
from backend.alerts.words import AlertState, AlertUrgency, MessageType
from backend.core import clock
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.words import Term
from backend.people.actors import Actor
from backend.push.wording import said

MOST_HEADLINE = 160
_OVER = Term("Over: {headline}")
_NOTHING_TO_DO = Term("You need not act on that warning any more.")


@transaction
async def update_alert(*, id: UUID, alert_id: UUID, changes: AlertChanges, by: Actor) -> Outcome[AlertRecord]:
    """Draft a message that replaces a published warning; what `changes` leaves out stays as it was.

    Raises AlertUnknown, DivisionUnknown (404), AlertOver (409), Forbidden, OutsideTerritory (403), and what
    `raise_alert` raises.
    """
    asked = [structs.replace(changes, id=None), alert_id, by.person_id]
    if known := await drafting.same_as_before(id, asked):
        return known
    former = await _to_follow(alert_id, by)
    message, prefixes = message_of(former), list(former["prefixes"])
    if changes.areas is not None:
        areas, prefixes = await composing.areas_of(changes.areas)
        message = structs.replace(message, areas=areas)
    audience = changes.audience or audience_of(former)
    message = structs.replace(_follows(message, MessageType.UPDATE), audience=audience.described, **_changed(changes))
    message = structs.replace(message, headline=marked(message.headline, message.status))
    return await _store(id, message, audience, prefixes, former, asked, by)


def _changed(changes: AlertChanges) -> dict[str, object]:
    """What an update says itself; a moment of the old one that it does not repeat is over."""
    given = {name: getattr(changes, name) for name in changes.__struct_fields__ if name not in _NOT_OF_THE_MESSAGE}
    return {name: each for name, each in given.items() if each is not None or name in _ONCE}


_NOT_OF_THE_MESSAGE = frozenset({"id", "areas", "audience"})
_ONCE = frozenset({"effective", "onset", "note"})


@transaction
async def cancel_alert(*, id: UUID, alert_id: UUID, cancellation: AlertCancellation, by: Actor) -> Outcome[AlertRecord]:
    """Draft a message that ends a published warning, for all who were told of it. Raises as `update_alert`."""
    asked = [structs.replace(cancellation, id=None), alert_id, by.person_id]
    if known := await drafting.same_as_before(id, asked):
        return known
    former = await _to_follow(alert_id, by)
    old = message_of(former)
    message = structs.replace(
        _follows(old, MessageType.CANCEL),
        headline=marked(said("zh", _OVER, headline=old.headline), old.status)[:MOST_HEADLINE],
        description=cancellation.description,
        instruction=cancellation.instruction or said("zh", _NOTHING_TO_DO),
        say_on_phone=None,
        urgency=AlertUrgency.PAST,
        effective=None,
        onset=None,
    )
    return await _store(id, message, audience_of(former), list(former["prefixes"]), former, asked, by)


async def _to_follow(alert_id: UUID, by: Actor) -> Row:
    """The warning that a message may follow. Raises AlertUnknown (404), AlertOver (409), Forbidden (403)."""
    former = await seen_alert(alert_id, by)
    await visibility.must_draft(former["prefixes"], by)
    must_hold(former)
    return former


def must_hold(former: Row) -> None:
    """Raises AlertOver (409)."""
    if former["ended_by"] is not None:
        raise AlertOver("A later message has replaced or cancelled it.", ended_by_id=former["ended_by"])
    if former["state"] != AlertState.PUBLISHED or former["type"] == MessageType.CANCEL:
        raise AlertOver("Only a published warning can be updated or cancelled.")
    if former["expires_at"] <= clock.now():
        raise AlertOver("It was over on {expires_at}. Write a new one.", expires_at=former["expires_at"])


def _follows(old: AlertMessage, type: MessageType) -> AlertMessage:
    """The same again as a message about it; references go back to the first one, as CAP has them (3.2.1)."""
    reference = Reference(old.sender, old.identifier, old.sent)
    return structs.replace(old, type=type, references=(*old.references, reference))


async def _store(
    id: UUID,
    message: AlertMessage,
    audience: AlertAudience,
    prefixes: list[str],
    former: Row,
    asked: object,
    by: Actor,
) -> Outcome[AlertRecord]:
    told = sorted({*prefixes, *former["prefixes"]})
    await visibility.must_draft(told, by)
    message = composing.as_sent_now(message)
    composing.must_be_right(message, audience, told)
    return await drafting.store(
        id=id,
        message=message,
        audience=audience,
        prefixes=prefixes,
        told=told,
        asked=asked,
        by=by,
        refers_to=former["id"],
    )


async def told_prefixes(row: Row) -> list[str]:
    """The places that push tells: an update's are also those of the warning before it, which may no longer be named."""
    former = await queries.alert(row["refers_to"]) if row["refers_to"] else None
    return sorted({*row["prefixes"], *(former["prefixes"] if former else ())})
