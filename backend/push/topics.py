"""Topics: one call that reaches all staff of a place, where a provider keeps them.

A phone subscribes to its owner's places, from the province down to his own, and to his roles in each. The sync is a
job: when an address is registered or revoked, and on the day on which a role begins or has ended.
"""

from typing import cast
from uuid import UUID

from backend.core import clock
from backend.core.cipher import unseal
from backend.core.jobs import enqueue, job, schedule
from backend.push import address_queries as queries
from backend.push import outlets
from backend.push.messages import ADDRESS_COLUMN
from backend.push.provider import AddressKind, Topics

SYNC = "push/sync-topics"
KINDS = (AddressKind.FCM_TOKEN, AddressKind.FCM_FID)


class NotSubscribed(RuntimeError):
    """The provider did not take a subscription; the job is tried again."""


@job(SYNC, lane="push", at_once=lambda: 4)
async def sync_topics(address_id: UUID) -> None:
    """Bring one address's subscriptions in line with its owner's roles of today; none when it is dead."""
    row, keeper = await queries.with_topics(address_id, day=clock.today()), _keeper()
    if row is None or keeper is None or row["kind"] not in KINDS or row["topics"] == row["wanted"]:
        return
    value = unseal(row["value_sealed"], column=ADDRESS_COLUMN)
    had, wanted = set(row["topics"]), set(row["wanted"])
    failed = [topic for topic in sorted(wanted - had) if await keeper.subscribe([value], topic)]
    failed += [topic for topic in sorted(had - wanted) if await keeper.unsubscribe([value], topic)]
    if failed:
        raise NotSubscribed(failed[0])
    await queries.set_topics(address_id, sorted(wanted))


@schedule("push/follow-roles", "31 0 * * *")
async def follow_roles() -> None:
    """Every night: whose roles change today is subscribed anew."""
    for address_id in await queries.whose_roles_changed(clock.today(), KINDS):
        await enqueue(SYNC, address_id, dedupe=f"push sync {address_id}")


def _keeper() -> Topics | None:
    """Whoever keeps topics here."""
    for provider in outlets.in_use():
        if AddressKind.FCM_TOPIC in provider.kinds and hasattr(provider, "subscribe"):
            return cast(Topics, provider)
    return None
