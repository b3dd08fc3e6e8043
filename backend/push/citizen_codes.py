"""Proving that a number is in somebody's hand: six digits by text message, typed in again."""

import hmac
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from backend.core import clock
from backend.core.cipher import blind_index, seal
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.jobs import enqueue
from backend.core.refusals import DifferentArguments, FieldError, Forbidden, Invalid
from backend.people import station_codes
from backend.people.actors import Actor, visible_to
from backend.people.allowances import Allowance, take
from backend.people.rules import normal_phone
from backend.people.tables import Role
from backend.push import citizen_queries as queries
from backend.push import citizen_sending
from backend.push.citizen_policies import citizen_policy
from backend.push.citizen_refusals import CodeRefused, CodesRationed, NoTextMessages
from backend.push.citizen_schemas import CitizenCodeRecord, NewCitizenCode, NewDeskCode
from backend.push.citizen_sending import PHONE_COLUMN, SEND, code_of, words_of

DESKS = (Role.OPERATOR, Role.TECHNICIAN, Role.CADRE)
"""Who may register somebody that telephones or stands there."""

_MOBILE = re.compile(r"\+861[3-9][0-9]{9}")


async def request_citizen_code(*, new: NewCitizenCode, address: str) -> Outcome[CitizenCodeRecord]:
    """Digits for whoever scanned a station's poster; his village is the station's. The same id again sends nothing.

    address  where the request comes from. Call it outside a transaction: a refusal would give an allowance back.

    Raises StationCodeVoid (401), Invalid (400), CodesRationed, StationBusy (429), NoTextMessages (503),
    DifferentArguments (409).
    """
    station = await station_codes.unit_of_station_code(new.station_code, address=address)
    policy = citizen_policy(clock.today())
    device = f"citizen codes from {address}", policy.codes_per_device
    return await _request(new.id, new.phone, station.division_code, by=None, device=device)


async def request_code_at_desk(*, new: NewDeskCode, by: Actor) -> Outcome[CitizenCodeRecord]:
    """Digits for somebody at a desk or on the telephone, who then tells them. Raises Forbidden (403) and as above."""
    by.must_have(*DESKS)
    if not visible_to(by, roles=DESKS).covers(new.division_code):
        raise Forbidden("This place lies outside your territory.")
    policy = citizen_policy(clock.today())
    device = f"citizen codes by {by.person_id}", policy.codes_per_desk
    return await _request(new.id, new.phone, new.division_code, by=by.person_id, device=device)


async def _request(
    id: UUID, phone: str, division_code: str, *, by: UUID | None, device: tuple[str, Allowance]
) -> Outcome[CitizenCodeRecord]:
    number = mobile(phone)
    index = blind_index(number, column=PHONE_COLUMN)
    known = await queries.code(id)
    if known is not None:
        if known["phone_index"] != index or known["asked_by"] != by:
            raise DifferentArguments
        return Outcome(_record(known), created=False)
    if not citizen_sending.is_possible():
        raise NoTextMessages("Ask at the village office or the station: they write it down for you.")
    await _must_be_allowed(number, device)
    return Outcome(await _send(id, number, index, division_code, by), created=True)


async def _must_be_allowed(number: str, device: tuple[str, Allowance]) -> None:
    policy = citizen_policy(clock.today())
    rations = [
        device,
        (f"citizen code to {number}", policy.codes_per_number),
        (f"citizen code of a day to {number}", policy.codes_per_number_day),
    ]
    for holder, allowance in rations:
        wait: timedelta | None = await take(holder, allowance)
        if wait is not None:
            raise CodesRationed(wait)


def mobile(phone: str) -> str:
    """A number that takes text messages. Raises Invalid (400)."""
    number = normal_phone(phone)
    if not _MOBILE.fullmatch(number):
        wrong = "Text messages go to mobile numbers only: eleven digits that begin with 1."
        raise Invalid(wrong, errors=[FieldError(pointer="/phone", detail=wrong, code="phone")])
    return number


@transaction
async def _send(id: UUID, number: str, index: bytes, division_code: str, by: UUID | None) -> CitizenCodeRecord:
    at = clock.now()
    kept = await queries.keep_code(
        id=id,
        phone_sealed=seal(number, column=PHONE_COLUMN),
        phone_index=index,
        division_code=division_code,
        asked_by=by,
        at=at,
        valid_until=at + citizen_policy(clock.today()).code_valid_for,
    )
    if kept:
        await enqueue(SEND, id)
    row = await queries.code(id)
    if row is None or row["phone_index"] != index:
        raise DifferentArguments
    return _record(row)


def _record(row: Mapping[str, Any]) -> CitizenCodeRecord:
    shown = words_of(code_of(row["id"])) if citizen_sending.is_stood_in_for() else None
    return CitizenCodeRecord(id=row["id"], valid_until=row["valid_until"], shown=shown)


async def proven(*, code_id: UUID, code: str) -> Mapping[str, Any]:
    """The request whose digits these are; its phone is in the hand of whoever sends them. Raises CodeRefused (403).

    Call it outside a transaction: a try counts whatever becomes of it.
    """
    digits = "".join(str(int(letter)) for letter in code if letter.isdecimal())
    row = await queries.count_try(code_id, most=citizen_policy(clock.today()).tries, at=clock.now())
    fits = hmac.compare_digest(code_of(code_id), digits)
    if row is None or not fits:
        raise CodeRefused
    return row
