"""Access keys by the phone they are in: made by whoever has the phone, or for him by those who look after his area.

Only the maker of a key is told it. Everybody sees his own, also those that another person made for him, and revokes
them; a supervisor or administrator does both for people all of whose roles lie in his territory.
"""

from uuid import UUID

from backend.core import clock
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.paging import Position
from backend.core.refusals import Forbidden
from backend.people import keys, phone_key_queries
from backend.people.access_tables import AccessKey
from backend.people.actors import OVERSEERS, Actor, visible_to
from backend.people.key_schemas import KeyHolder, KeyHolding, PhoneKeyRecord
from backend.people.phone_key_queries import HolderFilters, HolderPosition, KeyFilters
from backend.people.refusals import AccessKeyUnknown, PersonUnknown
from backend.people.tables import Role

KEEPERS = (Role.SUPERVISOR, Role.ADMIN)


@transaction
async def issue_phone_key(*, id: UUID, person_id: UUID, label: str, purpose: str, by: Actor) -> Outcome[PhoneKeyRecord]:
    """A key for one phone of somebody. The same again is the same key, told again while it counts.

    Raises PersonUnknown (404) for an account that is not his to look after, DifferentArguments (409).
    """
    if not await keeps(person_id=person_id, by=by):
        raise PersonUnknown("There is no open account {person_id}.", person_id=str(person_id))
    made_by = None if person_id == by.person_id else by.person_id
    made = await keys.keep(key_id=id, person_id=person_id, purpose=purpose, label=label.strip(), made_by=made_by)
    return Outcome(await phone_key(key_id=id, purpose=purpose, by=by), created=made)


async def phone_key(*, key_id: UUID, purpose: str, by: Actor) -> PhoneKeyRecord:
    """One that he may see, with the key itself if he made it. Raises AccessKeyUnknown (404)."""
    filters = KeyFilters(purpose=purpose, key_id=key_id)
    found = await phone_key_queries.phone_keys(filters, scope=visible_to(by), limit=1, after=None)
    if not found:
        raise AccessKeyUnknown
    return found[0]


async def list_phone_keys(
    *, filters: KeyFilters, by: Actor, limit: int, after: Position | None
) -> list[PhoneKeyRecord]:
    """Up to `limit` + 1 of one's own and of the territory one oversees, the newest first, without the keys."""
    return await phone_key_queries.phone_keys(filters, scope=visible_to(by), limit=limit + 1, after=after)


async def holder(*, person_id: UUID, by: Actor) -> KeyHolder:
    """Oneself, or somebody of the territory one oversees. Raises PersonUnknown (404)."""
    if person_id == by.person_id:
        return KeyHolder(id=by.person_id, name=by.name)
    found = await phone_key_queries.holders(HolderFilters(person_id=person_id), scope=visible_to(by), limit=1)
    if not found:
        raise PersonUnknown("There is no open account {person_id}.", person_id=str(person_id))
    return found[0]


async def list_holders(
    *, by: Actor, purpose: str, name: str, limit: int, after: HolderPosition | None
) -> list[KeyHolding]:
    """Up to `limit` + 1 people of the territory one oversees, by name; `name`: a part of it."""
    filters = HolderFilters(name=name)
    return await phone_key_queries.holders(filters, scope=visible_to(by), purpose=purpose, limit=limit + 1, after=after)


@transaction
async def revoke_phone_key(*, key_id: UUID, purpose: str, by: Actor) -> PhoneKeyRecord:
    """Dead from the next request on; done twice it is the same. Raises AccessKeyUnknown (404), Forbidden (403)."""
    found = await phone_key(key_id=key_id, purpose=purpose, by=by)
    if not await keeps(person_id=found.holder.id, by=by):
        raise Forbidden("Only whoever has the phone, or a supervisor of his area, may revoke its key.")
    await AccessKey.update({AccessKey.revoked_at: clock.now()}).where(
        (AccessKey.id == key_id) & AccessKey.revoked_at.is_null()
    )
    return await phone_key(key_id=key_id, purpose=purpose, by=by)


async def keeps(*, person_id: UUID, by: Actor) -> bool:
    """Whether he may make and revoke keys for this person: himself, or somebody all of whose roles lie where he is a
    supervisor or administrator. An overseer's phone is an administrator's business, so nobody takes over a superior."""
    if person_id == by.person_id:
        return True
    for roles, barred in ((KEEPERS, OVERSEERS), ([Role.ADMIN], frozenset[Role]())):
        scope = visible_to(by, roles=roles)
        filters = HolderFilters(person_id=person_id, barred=barred)
        if await phone_key_queries.holders(filters, scope=scope, limit=1):
            return True
    return False
