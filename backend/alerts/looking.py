"""A warning before it goes out: as phones will show it, how many are told, who may approve it. Nothing is written."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from backend.alerts import drafting, queries, visibility
from backend.alerts.following_on import told_prefixes
from backend.alerts.lists import seen_alert
from backend.alerts.messages import AlertMessage
from backend.alerts.records import audience_of, message_of
from backend.alerts.schemas import AlertAudience, AlertHand, NewAlert
from backend.alerts.telling import notice
from backend.alerts.words import AlertScope
from backend.core import clock
from backend.people.actors import Actor
from backend.push.audiences import counted
from backend.push.campaign_schemas import AudienceCount
from backend.push.campaigns import words_of
from backend.push.provider import Category
from backend.push.wording import shown


class AlertLook(Struct, frozen=True, kw_only=True):
    """How it reaches people.

    title, body  as a phone shows them and a text message carries them
    shortened    the description is too long for a phone's push and is left out there
    voice        to be read aloud
    feed_title   null: it is not for everybody
    """

    category: Category
    title: str
    body: str
    shortened: bool
    voice: str
    feed_title: str | None
    count: AudienceCount


async def look_at_new(*, new: NewAlert, by: Actor) -> AlertLook:
    """A warning that nobody has stored. Raises as `drafting.raise_alert` does."""
    message, prefixes = await drafting.composed(new, by)
    return await _look(message, new.audience, prefixes)


async def look_at_draft(*, alert_id: UUID, by: Actor) -> AlertLook:
    """One that waits, for all who would be told: of an update also those of the warning before it.

    Raises AlertUnknown (404), Forbidden (403) for who sits at no desk of its territory.
    """
    row = await seen_alert(alert_id, by)
    told = await told_prefixes(row)
    await visibility.overseen(told, by)
    return await _look(message_of(row), audience_of(row), told)


async def _look(message: AlertMessage, audience: AlertAudience, told: Sequence[str]) -> AlertLook:
    new = notice(message, audience, list(told))
    phone = shown(words_of(new), language="zh", exercise=new.exercise)
    return AlertLook(
        category=new.category,
        title=phone.title,
        body=phone.body,
        shortened=message.description.strip() not in new.text_zh,
        voice=new.voice_zh,
        feed_title=message.headline if message.scope is AlertScope.PUBLIC else None,
        count=await counted(new=new, prefixes=told),
    )


async def approvers_of(*, alert_id: UUID, by: Actor) -> list[AlertHand]:
    """Who may approve it, the nearest first, at most twenty. Raises AlertUnknown (404)."""
    row = await seen_alert(alert_id, by)
    told, roles = await told_prefixes(row), sorted(visibility.APPROVERS)
    who = await queries.approvers(
        told, roles=roles, besides=row["drafted_by"], on=clock.today(), limit=drafting.MOST_ASKED
    )
    return [AlertHand(each["person"], each["name"]) for each in who]


async def may_approve(*, alert_id: UUID, by: Actor) -> bool:
    """Whether he may: the role, the whole territory, and somebody else's words. Raises AlertUnknown (404)."""
    row = await seen_alert(alert_id, by)
    where = by.prefixes(visibility.APPROVERS)
    covered = bool(where) and all(prefix.startswith(where) for prefix in await told_prefixes(row))
    return covered and row["drafted_by"] != by.person_id
