"""Keys that a phone or a program carries, as they travel."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from backend.core.shapes import Code


class NewAccessKey(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key for a program that cannot sign in, such as ODK Collect."""

    id: UUID | None = None
    purpose: Code = "odk-collect"


class AccessKeyRecord(Struct, frozen=True, kw_only=True):
    """An access key. `key` is given to its maker only, and is null once the key is revoked."""

    id: UUID
    purpose: str
    made_at: datetime
    revoked_at: datetime | None
    key: str | None = None


class KeyHolder(Struct, frozen=True, kw_only=True):
    """A person, as a list of keys names him."""

    id: UUID
    name: str


class KeyHolding(KeyHolder, frozen=True, kw_only=True):
    """The same with where he works, and how many of his keys count."""

    place: str
    keys_n: int


class PhoneKeyRecord(Struct, frozen=True, kw_only=True):
    """A key by the phone that it is in. `made_by` is null where its holder made it himself; `key` is told to its maker
    alone, while it counts."""

    id: UUID
    holder: KeyHolder
    label: str
    made_at: datetime
    made_by: KeyHolder | None
    revoked_at: datetime | None
    key: str | None = None
