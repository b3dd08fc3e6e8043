"""Citizens who ask for warnings by text message: registered with a code, muted, changed, stopped; no account needed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.core import clock, ids
from backend.core.cipher import blind_index, unseal
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.refusals import Forbidden
from backend.people.actors import Actor
from backend.people.household_tables import ConsentChannel, ConsentMethod
from backend.push import address_queries, addresses, citizen_consent
from backend.push import citizen_queries as queries
from backend.push.citizen_codes import DESKS, proven
from backend.push.citizen_refusals import CitizenTicketExpired, NotRegistered, StaffNumber
from backend.push.citizen_schemas import (
    CitizenTicket,
    CitizenWarnings,
    NewDeskRegistration,
    NewRegistration,
    Opening,
    Wishes,
)
from backend.push.citizen_sending import PHONE_COLUMN
from backend.push.citizen_tickets import address_of_ticket, ticket_for
from backend.push.messages import ADDRESS_COLUMN
from backend.push.provider import AddressKind, Category
from backend.push.states import SubjectKind

BUT_EMERGENCIES = (Category.SERVICE, Category.INFO)
_STAFF = "Its owner chooses in his own account what he is told."
_NONE = "Ask for warnings first: it takes a minute."


class _How(Struct, frozen=True):
    """How somebody agreed, and who wrote it down."""

    channel: ConsentChannel
    method: ConsentMethod
    by: UUID | None


async def register_citizen(*, new: NewRegistration) -> Outcome[CitizenTicket]:
    """He entered the digits himself and agreed: from now on warnings go to his number. The same again changes nothing.

    A household's number stays the household's, with these wishes. Call it outside a transaction.

    Raises CodeRefused (403), Invalid (400), StaffNumber (409).
    """
    return await _register(new, _How(ConsentChannel.PAGE, ConsentMethod.TAPPED, None))


async def register_at_desk(*, new: NewDeskRegistration, by: Actor) -> Outcome[CitizenTicket]:
    """The same by somebody at a desk, who read the text out to him. Raises Forbidden (403) and as above."""
    await _must_be_his(new.code_id, by)
    return await _register(new, _How(new.channel, ConsentMethod.SPOKEN, by.person_id))


async def _must_be_his(code_id: UUID, by: Actor) -> None:
    by.must_have(*DESKS)
    code = await queries.code(code_id)
    if code is not None and code["asked_by"] != by.person_id:
        raise Forbidden("Another desk had this code sent.")


async def _register(new: NewRegistration, how: _How) -> Outcome[CitizenTicket]:
    text_sha256 = citizen_consent.sha256_of(new.text_version)
    code = await proven(code_id=new.code_id, code=new.code)
    return await _registered(new, code, text_sha256, how)


@transaction
async def _registered(
    new: NewRegistration, code: Mapping[str, Any], text_sha256: bytes, how: _How
) -> Outcome[CitizenTicket]:
    phone = unseal(code["phone_sealed"], column=PHONE_COLUMN)
    known = await _known(phone)
    subject = known["subject"] if known is not None and known["division_code"] else ids.uuid7()
    line = {"subject": subject, "text_version": new.text_version, "text_sha256": text_sha256}
    created = await _note(new.code_id, how, given=True, **line)
    if not created:
        if known is None:
            raise NotRegistered(_NONE)
        return Outcome(await _ticket(known["id"]), created=False)
    if known is None or subject != known["subject"]:
        return Outcome(await _ticket(await _insert(new, phone, subject, code["division_code"])), created=True)
    await _wish(known["id"], new.wishes)
    return Outcome(await _ticket(known["id"]), created=True)


async def _known(phone: str) -> Mapping[str, Any] | None:
    """The address of a number, held until the transaction ends. Raises StaffNumber (409)."""
    known = await address_queries.in_use(blind_index(f"{AddressKind.SMS}\n{phone}", column=ADDRESS_COLUMN))
    if known is not None and known["subject_kind"] == SubjectKind.PERSON:
        raise StaffNumber(_STAFF)
    return known


async def _insert(new: NewRegistration, phone: str, subject: UUID, division_code: str) -> UUID:
    made = await addresses.register_citizen_address(
        id=ids.uuid7(),
        citizen_id=subject,
        kind=AddressKind.SMS,
        value=phone,
        opted_in_text=new.text_version,
        division_code=division_code,
        interests=_interests(new.wishes),
        muted=_muted(new.wishes),
        language=new.language,
    )
    return made.record.id


async def open_citizen_warnings(*, opening: Opening) -> CitizenTicket:
    """His own page again, for half an hour. Call it outside a transaction.

    Raises CodeRefused (403), NotRegistered (404), StaffNumber (409).
    """
    code = await proven(code_id=opening.code_id, code=opening.code)
    return await _opened(unseal(code["phone_sealed"], column=PHONE_COLUMN))


@transaction
async def _opened(phone: str) -> CitizenTicket:
    known = await _known(phone)
    if known is None or not known["division_code"]:
        raise NotRegistered(_NONE)
    return await _ticket(known["id"])


async def citizen_warnings(*, ticket: str) -> CitizenWarnings:
    """What the number of a ticket gets. Raises CitizenTicketExpired (403)."""
    return _record(await queries.address(address_of_ticket(ticket)))


@transaction
async def change_citizen_warnings(*, ticket: str, wishes: Wishes) -> CitizenWarnings:
    """He wants to hear of this instead; the same again changes nothing. Raises CitizenTicketExpired (403)."""
    return await _wish(address_of_ticket(ticket), wishes)


@transaction
async def stop_citizen_warnings(*, ticket: str) -> None:
    """Nothing comes any more, no emergency either: the number is erased. Twice is once.

    Raises CitizenTicketExpired (403).
    """
    await _stop(address_of_ticket(ticket), _How(ConsentChannel.PAGE, ConsentMethod.TAPPED, None))


async def stop_at_desk(*, opening: Opening, by: Actor) -> None:
    """The same for somebody who tells a desk that he wants no more, and the digits that came. Twice is once.

    Call it outside a transaction. Raises Forbidden (403), CodeRefused (403), StaffNumber (409).
    """
    await _must_be_his(opening.code_id, by)
    code = await proven(code_id=opening.code_id, code=opening.code)
    await _stopped(unseal(code["phone_sealed"], column=PHONE_COLUMN), by)


@transaction
async def _stopped(phone: str, by: Actor) -> None:
    known = await _known(phone)
    if known is not None:
        await _stop(known["id"], _How(ConsentChannel.DESK, ConsentMethod.SPOKEN, by.person_id))


@transaction
async def stop_by_text(*, phone: str) -> bool:
    """The same for a text message that came from the number itself. Twice is once; False where staff owns the number,
    who chooses in his own account.

    phone   as `people.rules.normal_phone` gives it
    """
    try:
        known = await _known(phone)
    except StaffNumber:
        return False
    if known is not None:
        await _stop(known["id"], _How(ConsentChannel.CALL, ConsentMethod.TAPPED, None))
    return True


async def _stop(address_id: UUID, how: _How) -> None:
    gone = await queries.erase(address_id)
    last = await queries.agreed(gone["subject"]) if gone is not None else None
    if last is not None:
        line = {"subject": last["subject"], "text_version": last["text_version"], "text_sha256": last["text_sha256"]}
        await _note(ids.uuid7(), how, given=False, **line)


async def _note(id: UUID, how: _How, **line: Any) -> bool:
    return await queries.note_consent(
        id=id, channel=how.channel.value, method=how.method.value, at=clock.now(), by=how.by, **line
    )


async def _wish(address_id: UUID, wishes: Wishes) -> CitizenWarnings:
    return _record(await queries.wish(address_id, interests=_interests(wishes), muted=_muted(wishes), at=clock.now()))


async def _ticket(address_id: UUID) -> CitizenTicket:
    ticket, until = ticket_for(address_id)
    return CitizenTicket(ticket=ticket, valid_until=until, warnings=_record(await queries.address(address_id)))


def _interests(wishes: Wishes) -> list[str]:
    return sorted(set(wishes.interests))


def _muted(wishes: Wishes) -> list[Category]:
    return list(BUT_EMERGENCIES) if wishes.only_emergencies else []


def _record(row: Mapping[str, Any] | None) -> CitizenWarnings:
    if row is None:
        raise CitizenTicketExpired("This number gets no messages any more. To begin anew, have a code sent.")
    return CitizenWarnings(
        phone_ends=unseal(row["value_sealed"], column=ADDRESS_COLUMN)[-4:],
        division_code=row["division_code"],
        interests=list(row["interests"]),
        only_emergencies=set(row["muted"]) >= set(BUT_EMERGENCIES),
        registered_at=row["registered_at"],
    )
