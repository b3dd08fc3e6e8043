"""Identifiers. Whoever makes a record makes its id, so a retry is the same row."""

import os
from datetime import UTC, datetime
from uuid import UUID, uuid5

from backend.core import clock


def uuid7(at: datetime | None = None) -> UUID:
    """A version 7 UUID (RFC 9562, 5.7): milliseconds, then 74 random bits; index pages fill in the order of time."""
    milliseconds = int((at or clock.now()).timestamp() * 1000)
    number = (milliseconds << 80) | int.from_bytes(os.urandom(10), "big")
    number = (number & ~(0xF << 76)) | (7 << 76)
    return UUID(int=(number & ~(0x3 << 62)) | (0x2 << 62))


def made_at(identifier: UUID) -> datetime | None:
    """When a version 7 id says it was made, in UTC; None for other versions. A phone's claim, not a fact."""
    if identifier.version != 7:
        return None
    return datetime.fromtimestamp((identifier.int >> 80) / 1000, UTC)


def from_key(owner: UUID, operation: str, key: str) -> UUID:
    """The id an `Idempotency-Key` stands for: the same person, operation and key give the same id for ever."""
    return uuid5(owner, f"{operation}\n{key}")
