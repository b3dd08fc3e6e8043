"""Keys with which an author signs what he does offline, as they travel."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

PublicKey = Annotated[
    str,
    Meta(
        min_length=80,
        max_length=200,
        pattern=r"^[A-Za-z0-9+/]+=*$",
        description="base64 of SubjectPublicKeyInfo (DER), an EC key on P-256",
    ),
]


class NewAuthorKey(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The public half of a key that the app made for whoever is signed in; the private half never leaves the phone."""

    id: UUID
    public_key: PublicKey


class AuthorKeyRecord(Struct, frozen=True, kw_only=True):
    """One's own key. `counts`: neither it nor the phone it was registered from was revoked."""

    id: UUID
    public_key: str
    device_id: UUID | None
    registered_at: datetime
    revoked_at: datetime | None
    counts: bool
