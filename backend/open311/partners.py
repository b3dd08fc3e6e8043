"""Partners: who may file here, with which key, and who with us answers for it."""

from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from backend.cases.areas import decided_in
from backend.cases.queries import unit as open_unit
from backend.cases.refusals import UnitUnknown
from backend.cases.schemas import UnitShown
from backend.core import clock, creates, ids
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.refusals import DifferentArguments
from backend.open311 import partner_queries as queries
from backend.open311.errors import ApiKeyNeeded, ApiKeyVoid
from backend.open311.limits import take
from backend.open311.partner_schemas import NewPartner, PartnerRecord, WebhookRecord
from backend.open311.policies import open311_policy
from backend.open311.refusals import PartnerUnknown
from backend.open311.tables import Partner
from backend.open311.words import DeliveryState, Permission
from backend.people import rules, tokens
from backend.people.actors import OVERSEERS, Actor
from backend.people.tables import Role

KEEPERS = frozenset({Role.ADMIN})


class KnownPartner(Struct, frozen=True, kw_only=True):
    """The partner behind a key."""

    id: UUID
    name: str
    division_codes: list[str]
    prefixes: list[str]
    may: list[Permission]


@transaction
async def open_partner(*, id: UUID | None, new: NewPartner, by: Actor) -> Outcome[PartnerRecord]:
    """Open an exchange; its key is told now, and again to whoever sends the same id with the same content.

    For an admin of all its jurisdictions. Raises NotYourArea (403), DivisionUnknown, UnitUnknown (404),
    DifferentArguments (409).
    """
    partner_id = id or ids.uuid7()
    prefixes = [each for code in new.division_codes for each in (await decided_in(code, by=by, roles=KEEPERS))[1]]
    if await open_unit(new.unit_id) is None:
        raise UnitUnknown("There is no open unit {id}.", id=str(new.unit_id))
    key = _key(partner_id)
    asked = msgspec.structs.replace(new, id=None)
    fresh = Partner(
        id=partner_id,
        name=new.name.strip(),
        unit=new.unit_id,
        division_codes=list(dict.fromkeys(new.division_codes)),
        prefixes=sorted(set(prefixes)),
        may=sorted({each.value for each in new.may}),
        key_sha256=rules.sha256(key),
        valid_until=new.valid_until,
        opened_at=clock.now(),
        opened_by=by.person_id,
        arguments_digest=creates.digest(asked),
    )
    made = await Partner.insert(fresh).on_conflict(target=Partner.id, action="DO NOTHING")
    row = await queries.partner(partner_id)
    if row is None or not creates.same(row["arguments_digest"], asked):
        raise DifferentArguments("Partner {id} was opened before with other content; it stays.", id=str(partner_id))
    opens = row["closed_at"] is None and row["key_sha256"] == fresh.key_sha256  # not after SECRET_KEY was changed
    return Outcome(record(row, api_key=key if opens else None), created=bool(made))


async def list_partners(*, by: Actor) -> list[PartnerRecord]:
    """The partners of one's territory, without keys. For supervisors, auditors and admins; raises Forbidden (403)."""
    by.must_have(*OVERSEERS)
    return [record(row) for row in await queries.partners(by.prefixes(OVERSEERS))]


@transaction
async def close_partner(*, partner_id: UUID, by: Actor) -> PartnerRecord:
    """End an exchange: its key is void and nothing is sent any more. Twice is harmless. Raises what `kept` raises."""
    row = await kept(partner_id, by=by)
    if row["closed_at"] is None:
        ended: Any = {Partner.closed_at: clock.now(), Partner.closed_by: by.person_id}
        await Partner.update(ended).where(Partner.id == partner_id)
    return record(await queries.partner(partner_id) or row)


async def kept(partner_id: UUID, *, by: Actor) -> queries.Row:
    """A partner that `by` keeps: an admin of one of its jurisdictions. Raises Forbidden (403), PartnerUnknown (404)."""
    by.must_have(*KEEPERS)
    return await _seen(partner_id, by.prefixes(KEEPERS))


async def seen(partner_id: UUID, *, by: Actor) -> queries.Row:
    """A partner that `by` may look at. Raises Forbidden (403), PartnerUnknown (404)."""
    by.must_have(*OVERSEERS)
    return await _seen(partner_id, by.prefixes(OVERSEERS))


async def _seen(partner_id: UUID, prefixes: tuple[str, ...]) -> queries.Row:
    row = await queries.partner(partner_id)
    if row is None or not any(each.startswith(prefixes) for each in row["prefixes"]):
        raise PartnerUnknown("There is no partner {id} that you may see.", id=str(partner_id))
    return row


async def partner_of_key(key: str, *, address: str, to: Permission) -> KnownPartner:
    """Whose key this is, if it may do this. Raises ApiKeyNeeded, ApiKeyVoid (403), TooMany (429).

    address  where the request comes from: who tries wrong keys again and again is told to wait
    """
    policy = open311_policy(clock.today())
    if not key.strip():
        raise ApiKeyNeeded("Send the key that an administrator gave you as api_key.")
    row = await queries.of_key(rules.sha256(key.strip()), day=clock.today())
    if row is None:
        await take(f"open311 wrong {address}", policy.wrong_keys_per_address)
        raise ApiKeyVoid("It is wrong, or has run out.")
    await take(f"open311 key {row['id']}", policy.posts_per_key)
    found = msgspec.convert(dict(row), KnownPartner, strict=False)
    if to not in found.may:
        raise ApiKeyVoid("It may not do this.")
    return found


def _key(partner_id: UUID) -> str:
    return rules.derived_token("open311 api key", str(partner_id), key=tokens.derivation_key())


def record(row: queries.Row, *, api_key: str | None = None) -> PartnerRecord:
    """A row as it is shown."""
    sent = msgspec.json.decode(row["sent"]) if row["sent"] else {}
    valid_until: date | None = row["valid_until"]
    return PartnerRecord(
        id=row["id"],
        name=row["name"],
        unit=UnitShown(row["unit"], row["unit_name"], row["unit_phone"]),
        division_codes=row["division_codes"],
        may=[Permission(each) for each in row["may"]],
        valid_until=valid_until,
        opened_at=row["opened_at"],
        closed_at=row["closed_at"],
        webhook=None if row["address"] is None else webhook(row),
        filed=row["filed"],
        deliveries={state: sent.get(state.value, 0) for state in DeliveryState},
        api_key=api_key,
    )


def webhook(row: queries.Row, *, secret: str | None = None) -> WebhookRecord:
    """The webhook of a row that has one."""
    facts = {name: row[name] for name in WebhookRecord.__struct_fields__ if name != "secret"}
    return msgspec.convert(facts | {"secret": secret}, WebhookRecord, strict=False)
