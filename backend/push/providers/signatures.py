"""Signed webhooks: who sent this, and is it fresh?"""

import base64
import binascii
import hmac
from collections.abc import Iterator, Mapping

from backend.core import clock
from backend.core.refusals import Refusal

WINDOW_S = 300.0


class ReceiptNotSigned(Refusal):
    """The signature is missing or wrong, or its time is too far from ours: it may be an old one, played again."""

    status, code, title = 401, "push/receipt-not-signed", "The receipt's signature does not hold"


class ReceiptUnreadable(Refusal):
    """Signed, but not a receipt as agreed."""

    status, code, title = 400, "push/receipt-unreadable", "The receipt cannot be read"


def unreadable() -> ReceiptUnreadable:
    """The refusal of a body that is not as agreed."""
    return ReceiptUnreadable("Send it as the contract says, as JSON.")


def header(headers: Mapping[str, str], name: str) -> str:
    """One header, however it is spelled."""
    wanted = name.lower()
    return next((value for key, value in headers.items() if key.lower() == wanted), "")


def check(said: bytes, signature: bytes, *, keys: Iterator[bytes], at_s: float) -> None:
    """Let HMAC-SHA256 over `said` by one of the keys pass, when `at_s` (Unix time) is near. Raises ReceiptNotSigned."""
    fresh = abs(clock.now().timestamp() - at_s) <= WINDOW_S
    held = [hmac.compare_digest(hmac.digest(key, said, "sha256"), signature) for key in keys]
    if not (fresh and any(held)):
        raise ReceiptNotSigned("Sign with the agreed secret and the time of now (within {minutes} minutes).", minutes=5)


def seconds(text: str) -> float:
    """A Unix time; 0 (never fresh) when it is none."""
    return float(text) if text.isascii() and text.isdecimal() else 0.0


def from_hex(text: str) -> bytes:
    """Bytes of hexadecimal text; none when it is not that."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def from_base64(text: str) -> bytes:
    """Bytes of base64 text; none when it is not that."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
