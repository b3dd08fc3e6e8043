"""The keys of phones with ODK Collect: one for each person and phone, told to its maker, dead as soon as revoked."""

from uuid import UUID

from backend.core.creates import Outcome
from backend.core.paging import Position
from backend.openrosa.addresses import PATH
from backend.openrosa.collect_schemas import CollectHolder, CollectKeyRecord, CollectSettings, CollectSetUp
from backend.openrosa.collect_settings import collect_settings, qr_text
from backend.people import phone_keys, sessions
from backend.people.actors import Actor
from backend.people.key_schemas import KeyHolder, KeyHolding, PhoneKeyRecord
from backend.people.phone_key_queries import HolderPosition, KeyFilters
from backend.people.refusals import AccessKeyUnknown
from backend.territory import queries as territory
from backend.territory.rules import PREFIX_DIGITS, prefix_of
from backend.territory.tables import Level

PURPOSE = "odk-collect"


async def issue_collect_key(
    *, id: UUID, device_label: str, by: Actor, base_url: str, person_id: UUID | None = None
) -> Outcome[CollectKeyRecord]:
    """A key for a phone of one's own, or of somebody in the territory one keeps. The same again is the same key.

    Raises PersonUnknown (404), DifferentArguments (409).
    """
    whose = person_id or by.person_id
    made = await phone_keys.issue_phone_key(id=id, person_id=whose, label=device_label, purpose=PURPOSE, by=by)
    return Outcome(await _told(made.record, base_url), created=made.created)


async def get_collect_key(*, key_id: UUID, by: Actor, base_url: str) -> CollectKeyRecord:
    """One that he may see, with what sets the phone up if he made it. Raises AccessKeyUnknown (404)."""
    return await _told(await phone_keys.phone_key(key_id=key_id, purpose=PURPOSE, by=by), base_url)


async def set_up_of(*, key_id: UUID, by: Actor, base_url: str) -> CollectSetUp:
    """What sets the phone up. Raises AccessKeyUnknown (404) for everybody but its maker, and once it is revoked."""
    found = await get_collect_key(key_id=key_id, by=by, base_url=base_url)
    if found.set_up is None:
        raise AccessKeyUnknown("Only whoever made a key is told it, and only while it counts. Make another one.")
    return found.set_up


async def list_collect_keys(
    *, by: Actor, person_id: UUID | None = None, counting: bool = False, limit: int, after: Position | None
) -> list[CollectKeyRecord]:
    """Up to `limit` + 1 of one's own and of the territory one oversees, the newest first."""
    filters = KeyFilters(purpose=PURPOSE, person_id=person_id, counting=counting)
    found = await phone_keys.list_phone_keys(filters=filters, by=by, limit=limit, after=after)
    return [_record(key, None) for key in found]


async def list_collect_people(
    *, by: Actor, name: str = "", limit: int, after: HolderPosition | None
) -> list[KeyHolding]:
    """Up to `limit` + 1 people of the territory one oversees, by name, with how many phones of theirs are set up."""
    return await phone_keys.list_holders(by=by, purpose=PURPOSE, name=name, limit=limit, after=after)


async def revoke_collect_key(*, key_id: UUID, by: Actor) -> CollectKeyRecord:
    """The phone is refused from its next request on. Raises AccessKeyUnknown (404), Forbidden (403)."""
    return _record(await phone_keys.revoke_phone_key(key_id=key_id, purpose=PURPOSE, by=by), None)


async def _told(key: PhoneKeyRecord, base_url: str) -> CollectKeyRecord:
    if key.key is None:
        return _record(key, None)
    holder = await sessions.actor(person_id=key.holder.id)
    server_url = f"{base_url}{PATH}/key/{key.key}"
    settings = collect_settings(server_url=server_url, place=await _county(holder), holder=holder)
    told = CollectSetUp(server_url=server_url, settings=CollectSettings(**settings), qr_text=qr_text(settings))
    return _record(key, told)


def _record(key: PhoneKeyRecord, set_up: CollectSetUp | None) -> CollectKeyRecord:
    return CollectKeyRecord(
        id=key.id,
        person=_holder(key.holder),
        device_label=key.label,
        made_at=key.made_at,
        made_by=_holder(key.made_by) if key.made_by else None,
        revoked_at=key.revoked_at,
        set_up=set_up,
    )


def _holder(one: KeyHolder) -> CollectHolder:
    return CollectHolder(id=one.id, name=one.name)


async def _county(holder: Actor) -> str:
    """The county of his first role, or that place where it is larger; nothing for somebody without a role today."""
    if not holder.held:
        return ""
    code = prefix_of(holder.held[0].division_code)[: PREFIX_DIGITS[Level.COUNTY]].ljust(12, "0")
    return (await territory.division(code=code)).name
