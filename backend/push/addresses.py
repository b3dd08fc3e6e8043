"""Where people can be reached: registered by their phones, confirmed now and then, revoked, dead."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from backend.core import clock, ids
from backend.core.cipher import blind_index, seal
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.jobs import enqueue
from backend.core.refusals import DifferentArguments, FieldError, Invalid
from backend.people.actors import Actor
from backend.people.proofs import PHONE_COLUMN
from backend.people.rules import normal_phone
from backend.push import address_queries as queries
from backend.push.address_schemas import NewPushAddress, PushAddressRecord
from backend.push.messages import ADDRESS_COLUMN
from backend.push.policies import APP
from backend.push.provider import AddressKind, Category
from backend.push.refusals import AddressUnknown
from backend.push.states import SubjectKind
from backend.push.topics import SYNC

OURS_ALONE = (AddressKind.FCM_TOPIC, AddressKind.ROBOT)


@transaction
async def register_push_address(*, id: UUID, new: NewPushAddress, by: Actor) -> Outcome[PushAddressRecord]:
    """An address of `by` himself. Said again, it is confirmed; one that somebody else had is his no longer.

    Raises Invalid (400), DifferentArguments (409).
    """
    if new.kind in OURS_ALONE:
        wrong = FieldError(pointer="/kind", detail="A phone cannot have an address of this kind.")
        raise Invalid("A phone cannot have an address of this kind.", errors=[wrong])
    return await _register(
        id,
        kind=new.kind,
        value=await _own_phone(new.value, by) if new.kind is AddressKind.SMS else new.value,
        language=new.language,
        muted=new.muted,
        subject=by.person_id,
        subject_kind=SubjectKind.PERSON,
        device=by.device_id,
    )


async def _own_phone(value: str, by: Actor) -> str:
    """The number, if it is the account's own: nobody has text messages sent to somebody else. Raises Invalid (400)."""
    phone = normal_phone(value)
    if not await queries.is_phone_of(by.person_id, blind_index(phone, column=PHONE_COLUMN)):
        wrong = FieldError(pointer="/value", detail="Text messages go to your account's own phone number only.")
        raise Invalid("Text messages go to your account's own phone number only.", errors=[wrong])
    return phone


@transaction
async def register_address_of(
    *, id: UUID, person_id: UUID, kind: AddressKind, value: str, language: str = "zh"
) -> Outcome[PushAddressRecord]:
    """An address that another room knows to be this person's, such as a robot of a staff group that he reads. Twice is
    once.
    """
    return await _register(
        id, kind=kind, value=value, language=language, subject=person_id, subject_kind=SubjectKind.PERSON
    )


@transaction
async def register_household_address(
    *,
    id: UUID,
    household_id: UUID,
    kind: AddressKind,
    value: str,
    consent_id: UUID,
    division_code: str,
    interests: list[str] | None = None,
    muted: list[Category] | None = None,
    language: str = "zh",
) -> Outcome[PushAddressRecord]:
    """An address of a household that agreed to be written to; withdrawing that consent silences it at once.

    consent_id   the ledger's line; interests: crops and fraud types it asked to hear of
    muted        what it does not want to be told; an emergency always comes
    """
    return await _register(
        id,
        kind=kind,
        value=value,
        language=language,
        subject=household_id,
        subject_kind=SubjectKind.HOUSEHOLD,
        consent=consent_id,
        division_code=division_code,
        interests=interests or [],
        muted=muted,
    )


@transaction
async def register_citizen_address(
    *,
    id: UUID,
    citizen_id: UUID,
    kind: AddressKind,
    value: str,
    opted_in_text: str,
    division_code: str | None,
    interests: list[str] | None = None,
    muted: list[Category] | None = None,
    language: str = "zh",
) -> Outcome[PushAddressRecord]:
    """An address of somebody without account or card, who asked for it himself.

    citizen_id     stands for nothing else; opted_in_text: the version of the words he agreed to
    division_code  whose warnings he asked for; none where he asked for none, and no audience finds him
    """
    return await _register(
        id,
        kind=kind,
        value=value,
        language=language,
        subject=citizen_id,
        subject_kind=SubjectKind.CITIZEN,
        opted_in_text=opted_in_text,
        division_code=division_code,
        interests=interests or [],
        muted=muted,
    )


@transaction
async def reach_by_phone(*, citizen_id: UUID, phone: str, opted_in_text: str) -> UUID:
    """Whom a text message to a number has to be for: `notify(to=…)` it.

    That is `citizen_id`, who stands for somebody that left his number in order to be told of one matter of his, also
    where he left it for an earlier matter: no warning goes there. But a number that staff, a household or a citizen
    who asked for warnings registered stays theirs.

    Raises Invalid (400) for what is no phone number.
    """
    number = normal_phone(phone)
    known = await queries.in_use(blind_index(f"{AddressKind.SMS}\n{number}", column=ADDRESS_COLUMN))
    if known is not None and (known["subject_kind"] != SubjectKind.CITIZEN or known["division_code"]):
        return UUID(str(known["subject"]))
    await register_citizen_address(
        id=ids.uuid7(),
        citizen_id=citizen_id,
        kind=AddressKind.SMS,
        value=number,
        opted_in_text=opted_in_text,
        division_code=None,
    )
    return citizen_id


async def _register(
    id: UUID,
    *,
    kind: AddressKind,
    value: str,
    subject: UUID,
    subject_kind: SubjectKind,
    language: str = "zh",
    muted: list[Category] | None = None,
    **more: Any,
) -> Outcome[PushAddressRecord]:
    index = blind_index(f"{kind}\n{value}", column=ADDRESS_COLUMN)
    at, hushed = clock.now(), [each for each in muted or [] if each is not Category.EMERGENCY]
    known = await queries.in_use(index)
    if known is not None and known["subject"] == subject:
        return Outcome(
            _record(await queries.confirm(known["id"], language=language, muted=hushed, at=at)), created=False
        )
    if known is not None:
        await queries.bury([known["id"]], reason="registered_by_another", at=at)
    made = await queries.insert(
        id=id,
        subject=subject,
        subject_kind=subject_kind,
        kind=kind,
        value_sealed=seal(value, column=ADDRESS_COLUMN),
        value_index=index,
        language=language,
        muted=hushed,
        at=at,
        **more,
    )
    if made is None:
        raise DifferentArguments("Address {id} was registered with another value; it stays as it is.", id=id)
    if kind in APP:
        await enqueue(SYNC, id)
    return Outcome(_record(made), created=True)


@transaction
async def revoke_push_address(*, address_id: UUID, by: Actor) -> None:
    """Not to be used again; twice is once. Raises AddressUnknown (404)."""
    if not await queries.own(address_id, person_id=by.person_id):
        raise AddressUnknown("You have no push address {id}.", id=address_id)
    await queries.bury([address_id], reason="revoked", at=clock.now())
    await enqueue(SYNC, address_id)


@transaction
async def mute_subject(*, subject_id: UUID, muted: list[Category]) -> int:
    """What a citizen or a household does not want to be told on any address; how many addresses. An emergency comes."""
    return await queries.mute_all(subject_id, muted=[each for each in muted if each is not Category.EMERGENCY])


@transaction
async def revoke_subject(*, subject_id: UUID) -> int:
    """Silence every address of a subject (a citizen opts out, an account closes); how many."""
    return await queries.bury_all(subject_id, reason="revoked", at=clock.now())


async def list_push_addresses(*, by: Actor) -> list[PushAddressRecord]:
    """One's own addresses that are in use, the last confirmed first."""
    return [_record(row) for row in await queries.of_subject(by.person_id)]


def _record(row: Mapping[str, Any]) -> PushAddressRecord:
    return msgspec.convert({name: row[name] for name in PushAddressRecord.__struct_fields__}, PushAddressRecord)
