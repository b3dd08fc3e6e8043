"""What a message to a partner looks like on the wire (`fields.message` makes it), for the document of webhooks."""

from datetime import datetime
from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from backend.open311.words import Event

Text = str | UnsetType | None
Moment = datetime | UnsetType | None


class Named(Struct, frozen=True, kw_only=True):
    """A code and what people call it."""

    code: str | None
    name: str | None


class SquareKilometre(Struct, frozen=True, kw_only=True):
    """The middle of a cell of one square kilometre, WGS-84."""

    longitude: float
    latitude: float


class CaseFacts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The fields of the webhook's purpose, and no others. Null: not known, or not to be told."""

    number: Text = UNSET
    upstream_number: Text = UNSET
    status: Literal["open", "closed"] | UnsetType = UNSET
    extended_status: Text = UNSET
    stage: Text = UNSET
    outcome: Text = UNSET
    category: Named | UnsetType = UNSET
    title: Text = UNSET
    description: Text = UNSET
    words: Text = UNSET
    division: Named | UnsetType = UNSET
    area: SquareKilometre | UnsetType | None = UNSET
    agency: Text = UNSET
    received_at: Moment = UNSET
    updated_at: Moment = UNSET
    expected_at: Moment = UNSET


class CaseMessage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One event of a case. `type` is `case.` and the event; `purpose` as the webhook was set."""

    type: str
    timestamp: datetime
    purpose: str
    data: CaseFacts


TYPES = tuple(f"case.{each.value}" for each in Event)
"""Every `type` there is."""
