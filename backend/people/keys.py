"""Access keys: what ODK Collect carries in its address instead of signing in.

A key is derived from its id and the server's secret, and only its hash is stored: a copied database opens nothing, and
its maker, sending the same id again, sees the same key again (a lost answer, a second look at the QR).
"""

from uuid import UUID

from backend.core import clock, ids
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.refusals import DifferentArguments
from backend.people import rules, standings, tokens
from backend.people.access_tables import AccessKey
from backend.people.actors import Actor
from backend.people.key_schemas import AccessKeyRecord
from backend.people.refusals import AccessKeyUnknown, TokenVoid


async def actor_of_access_key(key: str) -> Actor:
    """The holder of a key, with today's roles. One round trip. Raises TokenVoid (401)."""
    standing = await standings.standing_of_key(key_sha256=rules.sha256(key))
    if standing is None or not standing.may_enter:
        raise TokenVoid
    return standing.actor


async def make_access_key(*, person_id: UUID, purpose: str) -> str:
    """A new key: for the demo's QR and tests."""
    outcome = await _kept(key_id=ids.uuid7(), person_id=person_id, purpose=purpose)
    return outcome.record.key or ""


async def open_access_key(*, id: UUID, purpose: str, by: Actor) -> Outcome[AccessKeyRecord]:
    """A key for oneself. Raises DifferentArguments (409)."""
    return await _kept(key_id=id, person_id=by.person_id, purpose=purpose)


async def list_access_keys(*, by: Actor) -> list[AccessKeyRecord]:
    """One's own keys without the keys themselves, the newest first."""
    rows = await AccessKey.select().where(AccessKey.person == by.person_id).order_by(AccessKey.made_at, ascending=False)
    return [
        AccessKeyRecord(id=row["id"], purpose=row["purpose"], made_at=row["made_at"], revoked_at=row["revoked_at"])
        for row in rows
    ]


async def revoke_access_key(*, key_id: UUID, by: Actor) -> None:
    """Dead from the next request on; done twice it is the same. Raises AccessKeyUnknown (404)."""
    mine = (AccessKey.id == key_id) & (AccessKey.person == by.person_id)
    if not await AccessKey.exists().where(mine):
        raise AccessKeyUnknown
    await AccessKey.update({AccessKey.revoked_at: clock.now()}).where(mine & AccessKey.revoked_at.is_null())


def key_of(key_id: UUID) -> str:
    """The key that an id stands for, whether or not there is one. For its maker's eyes only."""
    return rules.derived_token("access key", str(key_id), key=tokens.derivation_key())


@transaction
async def keep(*, key_id: UUID, person_id: UUID, purpose: str, label: str = "", made_by: UUID | None = None) -> bool:
    """Let a key count; false where it did before. `made_by`: whoever made it for somebody else.

    Raises DifferentArguments (409).
    """
    fresh = AccessKey(
        id=key_id,
        person=person_id,
        purpose=purpose,
        key_sha256=rules.sha256(key_of(key_id)),
        made_at=clock.now(),
        label=label,
        made_by=made_by,
    )
    made = await AccessKey.insert(fresh).on_conflict(target=AccessKey.id, action="DO NOTHING")
    row = await AccessKey.select().where(AccessKey.id == key_id).first() or {}
    told = [row.get(name) for name in ("person", "purpose", "label", "made_by")]
    if told != [person_id, purpose, label, made_by]:
        raise DifferentArguments
    return bool(made)


async def _kept(*, key_id: UUID, person_id: UUID, purpose: str) -> Outcome[AccessKeyRecord]:
    made = await keep(key_id=key_id, person_id=person_id, purpose=purpose)
    row = await AccessKey.select().where(AccessKey.id == key_id).first() or {}
    shown = None if row["revoked_at"] else key_of(key_id)
    record = AccessKeyRecord(
        id=key_id, purpose=purpose, made_at=row["made_at"], revoked_at=row["revoked_at"], key=shown
    )
    return Outcome(record, created=made)
