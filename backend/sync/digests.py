"""What a second sending of a command must equal.

Left out is what is so by default: a server that is brought up to date between two sendings may take a field more, which
the phone could not say, and it is the same command still.
"""

from collections.abc import Mapping
from functools import cache
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
        said = creates.digest([verb, author_id, _said(arguments)])
    except OverflowError as error:  # the year 1 of Shandong
        raise CommandMalformed("A time or a number lies further off than can be kept.") from error
    return blind_index(said.hex(), column="sync_command.digest")


def _said(value: Any) -> Any:
    if isinstance(value, Struct):
        told = ((field, getattr(value, field.name)) for field in _fields(type(value)))
        return {field.name: _said(each) for field, each in told if each != _default(field)}
    if isinstance(value, Mapping):
        return {name: _said(each) for name, each in value.items()}
    return [_said(each) for each in value] if isinstance(value, list | tuple) else value


@cache
def _fields(shape: type[Struct]) -> tuple[FieldInfo, ...]:
    return fields(shape)


def _default(field: FieldInfo) -> Any:
    return field.default if field.default_factory is NODEFAULT else field.default_factory()
