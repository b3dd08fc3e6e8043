"""What names somebody, sealed under its day's key; and marks by which the same is known again while it is there."""

from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from backend.antifraud import day_keys
from backend.antifraud.warning_schemas import WarnedPerson
from backend.core import creates
from backend.core.cipher import seal_bytes, unseal_bytes

PERSON, NOTE = "antifraud_warning.payload_sealed", "antifraud_attempt.note_sealed"


def sealed_person(person: WarnedPerson, *, key: bytes) -> bytes:
    """As it lies in the row."""
    return seal_bytes(msgspec.json.encode(person), key=key, purpose=PERSON)


async def person_of(sealed: bytes | None, *, day: date) -> WarnedPerson | None:
    """Whom a warning is about; None once its key is gone."""
    key = await day_keys.of_day(day)
    if sealed is None or key is None:
        return None
    return msgspec.json.decode(unseal_bytes(sealed, key=key, purpose=PERSON), type=WarnedPerson)


def sealed_note(note: str | None, *, key: bytes) -> bytes | None:
    """A note as it lies in the row."""
    return seal_bytes(note.encode(), key=key, purpose=NOTE) if note else None


def note_of(sealed: bytes | None, *, key: bytes | None) -> str | None:
    """A note again; None once its key is gone."""
    return unseal_bytes(sealed, key=key, purpose=NOTE).decode() if sealed and key else None


def digest_under(key: bytes, arguments: Any) -> bytes:
    """Like `creates.digest`, but nobody can try phone numbers on it once the key is gone."""
    return day_keys.keyed(key, creates.digest(arguments), purpose="arguments")


def same_under(key: bytes, kept: bytes, arguments: Any) -> bool:
    """Like `creates.same`, of what was kept under a key."""
    before = day_keys.keyed(key, creates.former_digest(arguments), purpose="arguments")
    return kept in (digest_under(key, arguments), before)


def reference_under(key: bytes, *, source_id: UUID, reference: str) -> bytes:
    """A source's own number, findable while the key is there."""
    return day_keys.keyed(key, f"{source_id}\n{reference.strip()}".encode(), purpose="reference")
