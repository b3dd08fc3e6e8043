"""Citizens' warnings on the wire."""

from datetime import datetime
from typing import Annotated, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from backend.core.shapes import Code, DivisionCode, Phone
from backend.people.household_tables import ConsentChannel

Interests: TypeAlias = Annotated[list[Code], Meta(max_length=80)]
TextVersion: TypeAlias = Annotated[str, Meta(min_length=1, max_length=30, pattern=r"^[a-z0-9-]+$")]
Digits: TypeAlias = Annotated[str, Meta(min_length=1, max_length=20)]


class NewCitizenCode(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A citizen wants six digits on his phone. `station_code`: of the poster that he scanned; his village is there."""

    id: UUID
    phone: Phone
    station_code: Annotated[str, Meta(min_length=1, max_length=60)]


class NewDeskCode(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody at a desk has them sent for him. `division_code`: his village."""

    id: UUID
    phone: Phone
    division_code: DivisionCode


class CitizenCodeRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Digits are on their way. `shown`: the message itself, where a demo sends none (SMS_STAND_IN)."""

    id: UUID
    valid_until: datetime
    shown: str | None


class Wishes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What he wants to hear of besides emergencies.

    interests             `crop.wheat`, `fraud.fake_loan`: warnings that are only for those who asked for it
    only_emergencies      nothing else comes, whatever the interests say
    """

    interests: Interests = []
    only_emergencies: bool = False


class NewRegistration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """He entered the digits and agrees. `text_version`: as getCitizenConsent told."""

    code_id: UUID
    code: Digits
    text_version: TextVersion
    wishes: Wishes = msgspec.field(default_factory=Wishes)
    language: Annotated[str, Meta(pattern="^(zh|en)$")] = "zh"


class NewDeskRegistration(NewRegistration, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """He told the digits, and said yes to the text that was read out to him, on the telephone or at the desk."""

    channel: ConsentChannel = ConsentChannel.DESK


class Opening(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Digits of somebody who comes back."""

    code_id: UUID
    code: Digits


class CitizenWarnings(msgspec.Struct, frozen=True, kw_only=True):
    """What a number gets. `phone_ends`: its last four digits; an emergency always comes, day and night."""

    phone_ends: str
    division_code: str | None
    interests: list[str]
    only_emergencies: bool
    registered_at: datetime


class CitizenTicket(msgspec.Struct, frozen=True, kw_only=True):
    """What stands for the digits until then: the header `Citizen-Ticket`, never part of an address."""

    ticket: str
    valid_until: datetime
    warnings: CitizenWarnings
