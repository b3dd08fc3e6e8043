"""What a second sending of a command must equal."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from msgspec import NODEFAULT, Struct
from msgspec.structs import FieldInfo, fields

from backend.core import creates
from backend.core.cipher import blind_index
from backend.sync.push_refusals import CommandMalformed


def digest(*, verb: str, author_id: UUID, arguments: Any) -> bytes:
    """It tells nothing: a phone number in an argument could be guessed back from a plain one.

    Raises CommandMalformed (400).
    """
    try:
        said = creates.digest([verb, author_id, arguments])
    except OverflowError as error:  # the year 1 of Shandong
        raise CommandMalformed("A time or a number lies further off than can be kept.") from error
    return _blind(said)


def fits_formerly(kept: bytes, *, verb: str, author_id: UUID, arguments: Any) -> bool:
    """Whether the ledger's digest stands for this command as it was reckoned until 2026-11-23.

    Text of blanks alone was told then, and photos after their visit with all their fields, plain: there is nothing in
    them to guess. It goes when `creates.former_digest` goes.
    """
    former = creates.former_digest([verb, author_id, _said(arguments)])
    return kept in (_blind(former), creates.former_digest([verb, author_id, arguments]))


def _said(value: Any) -> Any:
    if isinstance(value, Struct):
        told = ((field, getattr(value, field.name)) for field in fields(value))
        return {field.name: _said(each) for field, each in told if each != _default(field)}
    if isinstance(value, Mapping):
        return {name: _said(each) for name, each in value.items()}
    return [_said(each) for each in value] if isinstance(value, list | tuple) else value


def _default(field: FieldInfo) -> Any:
    return field.default if field.default_factory is NODEFAULT else field.default_factory()


def _blind(said: bytes) -> bytes:
    return blind_index(said.hex(), column="sync_command.digest")
