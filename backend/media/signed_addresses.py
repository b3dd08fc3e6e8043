"""Addresses that show one copy, or play a voice note, to whoever holds them, for a short time: for citizens' pages,
which have no sign-in.

The token is the photo, the copy (0: the voice note), the last second and 16 bytes of HMAC-SHA256 over these, in Base64
for URLs.
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from datetime import UTC, datetime, timedelta
from struct import Struct as Layout
from uuid import UUID

from backend.core import clock
from backend.core.refusals import Refusal
from backend.core.settings import settings
from backend.media.facts import SIZES

PATH = "/media/shown"
LONGEST = timedelta(days=1)
VOICE = 0
"""In place of a copy's size: the voice note itself."""
_LAYOUT = Layout(">16sHI")
_SIGNATURE_BYTES = 16


class AddressExpired(Refusal):
    """The address was never ours, or its time is over: the same answer for both."""

    status, code, title = 404, "media/address-expired", "This address shows nothing any more"


def signed_address(*, photo_id: UUID, longest: int, valid_for: timedelta) -> str:
    """The path that shows a copy until then. The caller has looked whether the reader may see the photo.

    longest    the copy: its longest side in pixels, 320 or 1600
    valid_for  at most a day
    """
    if longest not in SIZES:
        raise ValueError("No such copy")
    return _address(photo_id, longest, valid_for)


def signed_voice_address(*, photo_id: UUID, valid_for: timedelta) -> str:
    """The path that plays a voice note until then; at most a day."""
    return _address(photo_id, VOICE, valid_for)


def _address(photo_id: UUID, longest: int, valid_for: timedelta) -> str:
    if not timedelta() < valid_for <= LONGEST:
        raise ValueError("No address to a copy or a note lasts so long")
    until = int((clock.now() + valid_for).timestamp())
    said = _LAYOUT.pack(photo_id.bytes, longest, until)
    return f"{PATH}/{urlsafe_b64encode(said + _signature(said)).decode().rstrip('=')}"


def read_token(token: str) -> tuple[UUID, str, datetime]:
    """Photo, name of the copy (`"0"`: the voice note), and when the address ends. Raises AddressExpired (404)."""
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (NotBase64, ValueError) as error:
        raise AddressExpired from error
    said, signature = raw[: _LAYOUT.size], raw[_LAYOUT.size :]
    if len(said) != _LAYOUT.size or not hmac.compare_digest(signature, _signature(said)):
        raise AddressExpired
    photo, longest, until = _LAYOUT.unpack(said)
    ends_at = datetime.fromtimestamp(until, UTC)
    if ends_at <= clock.now():
        raise AddressExpired
    return UUID(bytes=photo), str(longest), ends_at


def _signature(said: bytes) -> bytes:
    key = hashlib.sha256(b"lianxin signed addresses\n" + settings().secret_key.encode()).digest()
    return hmac.digest(key, said, "sha256")[:_SIGNATURE_BYTES]
