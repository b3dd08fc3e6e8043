"""Huawei's message receipts: what a phone did with a message, posted to us by Push Kit.

The header X-HUAWEI-CALLBACK-ID reads `timestamp=<ms>; nonce=<uuid>; value=<base64>`, where value is HMAC-SHA256 over
timestamp, nonce and the callback's user name, under the callback's secret (newer secrets are base64 of the key).
Huawei wants `{"code": "0", "message": "success"}` back.
"""

import re
from collections.abc import Iterator, Mapping

import msgspec
from msgspec import Struct

from backend.push.provider import Receipt, ReceiptState
from backend.push.providers import signatures

_ARRIVED = 0
_CALLBACK_ID = re.compile(r"timestamp=(\d{1,20}) *; *nonce=([^;]{1,100}?) *; *value=([A-Za-z0-9+/=]{1,100})")


class _Delivery(Struct):
    result: int


class _Line(Struct, rename="camel"):
    """Version 1 says `status`, version 2 `deliveryStatus.result`."""

    request_id: str
    bi_tag: str = ""
    status: int | None = None
    delivery_status: _Delivery | None = None


class _Receipts(Struct):
    statuses: list[_Line]


def read(body: bytes, headers: Mapping[str, str], user: str, secret: str) -> list[Receipt]:
    """The receipts in a signed body. Raises ReceiptNotSigned, ReceiptUnreadable."""
    _check(signatures.header(headers, "X-HUAWEI-CALLBACK-ID"), user, secret)
    try:
        return [_receipt(line) for line in msgspec.json.decode(body, type=_Receipts).statuses]
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise signatures.unreadable() from None


def _check(said: str, user: str, secret: str) -> None:
    found = _CALLBACK_ID.fullmatch(said.strip())
    timestamp, nonce, value = found.groups() if found else ("0", "", "")
    signatures.check(
        f"{timestamp}{nonce}{user}".encode(),
        signatures.from_base64(value),
        keys=_keys(secret) if user else iter(()),
        at_s=int(timestamp) / 1000,
    )


def _keys(secret: str) -> Iterator[bytes]:
    if secret:
        yield secret.encode()
    if decoded := signatures.from_base64(secret):
        yield decoded


def _receipt(line: _Line) -> Receipt:
    result = line.delivery_status.result if line.delivery_status else line.status
    return Receipt(
        state=ReceiptState.DELIVERED if result == _ARRIVED else ReceiptState.FAILED,
        provider_message_id=line.request_id,
        dedupe_id=line.bi_tag or None,
        reason=None if result == _ARRIVED else str(result),
    )
