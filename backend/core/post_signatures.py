"""How we know that a post is whole, its sender's, and not an old one: the Standard Webhooks scheme, inward.

    webhook-id         the message's id, the same at every try
    webhook-timestamp  seconds since 1970 of this try, within five minutes of our clock
    webhook-signature  one or more `v1,<base64>` with blanks between, HMAC-SHA256 over "{id}.{timestamp}.{body}"

A secret is written `whsec_` and base64. Source: standardwebhooks.com, specification 1.0.
"""

import base64
import binascii
import hmac
import os
import re
from datetime import datetime, timedelta

from msgspec import Struct

PREFIX = "whsec_"
WITHIN = timedelta(minutes=5)
_MESSAGE_ID = re.compile(r"[\x21-\x7e]{1,100}")
_SECONDS = re.compile(r"[0-9]{1,12}")


class PostHeaders(Struct, frozen=True):
    """The three headers, as they came."""

    message_id: str
    timestamp: str
    signature: str


def new_secret() -> str:
    """A fresh secret, as a source keeps it."""
    return PREFIX + base64.b64encode(os.urandom(32)).decode()


def holds(given: PostHeaders, body: bytes, *, secret: str) -> bool:
    """Whether one of the signatures is right. Compared in constant time, over the bytes as they came."""
    if not (_MESSAGE_ID.fullmatch(given.message_id) and _SECONDS.fullmatch(given.timestamp)):
        return False
    key = base64.b64decode(secret.removeprefix(PREFIX))
    right = hmac.digest(key, f"{given.message_id}.{given.timestamp}.".encode() + body, "sha256")
    return any(hmac.compare_digest(right, each) for each in _signatures(given.signature))


def is_timely(given: PostHeaders, *, now: datetime) -> bool:
    """Whether a signed post is of these minutes."""
    return abs(int(given.timestamp) - now.timestamp()) <= WITHIN.total_seconds()


def _signatures(header: str) -> list[bytes]:
    """
    >>> _signatures("v1,AAAA v1a,BBBB v1,?")
    [b'\\x00\\x00\\x00']
    """
    found = []
    for version, _, text in (each.partition(",") for each in header.split()[:10]):
        try:
            found.append(base64.b64decode(text, validate=True) if version == "v1" else b"")
        except (binascii.Error, ValueError):
            continue
    return [each for each in found if each]
