"""The shapes of text messages that come."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.cases.schemas import PersonShown, Title, UnitShown
from backend.core.shapes import NO_NUL, Code, DivisionCode, Moment, Phone
from backend.hotline.words import TextState


class PostedText(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A message as a gateway posts it. reference: the gateway's own number of it; sender: who wrote it."""

    reference: Annotated[str, Meta(min_length=1, max_length=100, pattern=NO_NUL)]
    sender: Phone
    body: Annotated[str, Meta(max_length=2000, pattern=NO_NUL)]
    sent_at: Moment


class TextReceipt(Struct, frozen=True, kw_only=True):
    """What the gateway is told: that it is kept, and nothing of what it says."""

    id: UUID
    state: TextState
    received_at: datetime


class TextRecord(Struct, frozen=True, kw_only=True):
    """A message in a list. What it says, and who wrote it, getText tells."""

    id: UUID
    code: str | None
    unit: UnitShown
    state: TextState
    emergency: bool
    sent_at: datetime
    received_at: datetime
    case_id: UUID | None
    case_number: str | None
    taken_by: PersonShown | None
    taken_at: datetime | None


class TextDetail(Struct, frozen=True, kw_only=True):
    """A message with its words and its sender; null once they were forgotten, after six months."""

    text: TextRecord
    sender: str | None
    body: str | None


class TextCase(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody who read it makes of it: the case's words and contact are the message's."""

    division_code: DivisionCode
    category_code: Code
    title: Title
    household_id: UUID | None = None


Reply = Annotated[str, Meta(min_length=1, max_length=300, pattern=NO_NUL)]


class TextTaking(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Read by a person: it becomes a case, or is answered with these words, or both; or nothing follows."""

    case: TextCase | None = None
    answer: Reply | None = None
