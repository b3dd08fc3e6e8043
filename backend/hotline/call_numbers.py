"""The other side's number: sealed, found again by a blind index, one caller dealt with at a time."""

import re

from backend.core.cipher import blind_index, seal, unseal
from backend.core.database import fetch
from backend.people.rules import normal_phone

_COLUMN = "hotline_call.caller_sealed"
_MOBILE = re.compile(r"\+861[3-9][0-9]{9}")


def sealed(caller: str | None) -> dict[str, bytes | None]:
    """The columns for a number. Raises Invalid (400) for what is none."""
    number = normal_phone(caller) if caller else None
    return {
        "caller_sealed": None if number is None else seal(number, column=_COLUMN),
        "caller_index": None if number is None else index_of(number),
    }


def opened(caller_sealed: bytes | None) -> str | None:
    """The number in clear, as E.164. Whoever shows it to somebody writes the access log."""
    return None if caller_sealed is None else unseal(caller_sealed, column=_COLUMN)


def index_of(normal: str) -> bytes:
    """By what the calls of one number are found; `normal` as `people.rules.normal_phone` gives it."""
    return blind_index(normal, column="hotline_call.caller")


def takes_texts(normal: str) -> bool:
    """Whether a text message reaches it: a mobile phone of mainland China.

    >>> takes_texts("+8619900000051"), takes_texts("+866353950001")
    (True, False)
    """
    return _MOBILE.fullmatch(normal) is not None


async def hold(caller_index: bytes) -> None:
    """One at a time with this caller, until the transaction ends."""
    await fetch("SELECT pg_advisory_xact_lock($1)", int.from_bytes(caller_index[:8], signed=True))


async def hold_reference(system_reference: str) -> None:
    """One at a time with this call of an exchange, until the transaction ends."""
    mark = blind_index(system_reference, column="hotline_call.reference")
    await fetch("SELECT pg_advisory_xact_lock($1)", int.from_bytes(mark[:8], signed=True))
