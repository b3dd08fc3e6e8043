"""Idempotent creates: the same id with the same arguments is the same record, with others a refusal."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from types import NoneType
from typing import Annotated, Any, Generic, TypeAlias, TypeVar
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import HeaderParameter
from msgspec import NODEFAULT, Struct, UnsetType
from msgspec.structs import FieldInfo, astuple, fields

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
    """32 bytes that stand for arguments: structs, mappings, lists and scalars, one in another.

    Equal are the same moment under another offset, text with and without blanks around, an enum and its value; and
    what is left out and the default that it has then. So a server that is brought up to date between two sendings may
    take an optional field more, of which the first knew nothing. A `default_factory` is asked once a type.

    Raises OverflowError where a moment cannot be told in UTC: the year 1 of Shandong.
    """
    return hashlib.sha256(_encoder.encode(_told(arguments))).digest()


def same(kept: bytes | None, arguments: Any) -> bool:
    """Whether what a record was kept with stands for these arguments; never where nothing was kept."""
    return kept is not None and (kept == digest(arguments) or kept == former_digest(arguments))


def former_digest(arguments: Any) -> bytes:
    """The digest as it was until 2026-11-23, of all fields, said or not: what was kept before was kept with it.

    From 2027-06-01 it may go, and whoever asks it: nobody sends again what is half a year old.
    """
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


_Way: TypeAlias = Callable[[Any], Any] | None
"""How values of a type are told, so that equal ones are written alike; None: as they are, the encoder knows them."""


def _told(value: Any) -> Any:
    way = _ways[type(value)]
    return value if way is None else way(value)


class _Ways(dict[type, _Way]):
    """By type, found once: a push of 200 visits takes 200 digests."""

    def __missing__(self, kind: type) -> _Way:
        known = (way for kinds, way in _KINDS if issubclass(kind, kinds))
        self[kind] = _struct(kind) if issubclass(kind, Struct) else next(known, _through_builtins)
        return self[kind]


_ways = _Ways()


def _struct(kind: type[Struct]) -> _Way:
    config, known = kind.__struct_config__, fields(kind)
    tag = {config.tag_field: config.tag} if config.tag_field else {}  # it tells structs of a union apart
    names, unsaid = [field.name for field in known], [_default(field) for field in known]

    def tell(value: Struct) -> dict[str, Any]:
        told = dict(tag)
        for name, each, default in zip(names, astuple(value), unsaid, strict=True):
            if each is default or each == default:
                continue
            said = each if (way := _ways[type(each)]) is None else way(each)
            if said != default:
                told[name] = said
        return told

    return tell


def _default(field: FieldInfo) -> Any:
    if field.required:
        return NODEFAULT
    return _told(field.default if field.default_factory is NODEFAULT else field.default_factory())


def _list(values: Iterable[Any]) -> list[Any]:
    return [value if (way := _ways[type(value)]) is None else way(value) for value in values]


def _mapping(values: Mapping[Any, Any]) -> dict[Any, Any]:
    return {msgspec.to_builtins(key): _told(value) for key, value in values.items()}


def _set(values: Iterable[Any]) -> list[Any]:
    return sorted(_list(values), key=_encoder.encode)


def _through_builtins(value: Any) -> Any:
    return _told(msgspec.to_builtins(value, builtin_types=(datetime,)))


_KINDS: tuple[tuple[type | tuple[type, ...], _Way], ...] = (
    (datetime, lambda moment: moment.astimezone(UTC)),
    ((NoneType, int, float, Enum, date, Decimal, UUID, bytes), None),
    (str, str.strip),
    ((list, tuple), _list),
    (Mapping, _mapping),
    ((set, frozenset), _set),
    (UnsetType, lambda _: {"": "unset"}),  # where it is no default it is neither null nor nothing
)
