"""Idempotent creates: the same id with the same arguments is the same record, with others a refusal."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeAlias, TypeVar
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import HeaderParameter

from backend.core import ids

T = TypeVar("T")

Key: TypeAlias = Annotated[str | None, HeaderParameter(name="Idempotency-Key", min_length=1, max_length=200)]
"""A handler's `idempotency_key: Key = None`; what it stands for: `id_for`."""

_encoder = msgspec.json.Encoder(order="sorted")


class Outcome(msgspec.Struct, Generic[T], frozen=True):
    """What a create did: `created` is false when it was there already (201 against 200)."""

    record: T
    created: bool


def answered(outcome: Outcome[T], headers: Mapping[str, str] | None = None) -> Response[T]:
    """201 the first time; 200 for the same again, with the record as it is now."""
    return Response(outcome.record, status_code=201 if outcome.created else 200, headers=dict(headers or {}))


def id_for(*, given: UUID | None, key: str | None, by: UUID, operation: str) -> UUID:
    """The id of the record to make: the maker's own, else the one his `Idempotency-Key` stands for, else a new one."""
    if given is not None:
        return given
    return ids.from_key(by, operation, key) if key else ids.uuid7()


def digest(arguments: Any) -> bytes:
    """32 bytes that stand for arguments: the same moment under another offset, or text with blanks around, is equal."""
    plain = msgspec.to_builtins(arguments, builtin_types=(datetime,))
    return hashlib.sha256(_encoder.encode(_normalised(plain))).digest()


def _normalised(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if isinstance(value, dict):
        return {key: _normalised(each) for key, each in value.items()}
    return [_normalised(each) for each in value] if isinstance(value, list) else value
