"""What is told of the phones that ODK Collect is set up on."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.core.shapes import Moment

PhoneLabel = Annotated[
    str,
    Meta(max_length=60, pattern=r"^[^\x00]*[^\x00\s][^\x00]*$", description="What its holder calls the phone"),
]


class NewCollectKey(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A phone to set up. `person_id`: whose, oneself without it."""

    id: UUID | None = None
    person_id: UUID | None = None
    device_label: PhoneLabel


class CollectHolder(Struct, frozen=True, kw_only=True):
    """A person of whom a key tells."""

    id: UUID
    name: str


class CollectSettings(Struct, frozen=True, kw_only=True):
    """Collect's settings as its own documentation writes them: docs.getodk.org/collect-import-export."""

    general: dict[str, str | bool]
    admin: dict[str, bool]
    project: dict[str, str]


class CollectSetUp(Struct, frozen=True, kw_only=True):
    """What sets a phone up. Whoever has it can send records in its holder's name.

    server_url   for who types it in by hand
    settings     what the code says
    qr_text      the same deflated, as base64: what the QR holds
    """

    server_url: str
    settings: CollectSettings
    qr_text: str


class CollectKeyRecord(Struct, frozen=True, kw_only=True):
    """The key of one phone. `made_by` is null where its holder made it; `set_up` is told to whoever made it, while it
    counts, and is null in a list."""

    id: UUID
    person: CollectHolder
    device_label: str
    made_at: Moment
    made_by: CollectHolder | None
    revoked_at: Moment | None
    set_up: CollectSetUp | None
