"""Sealing what must not lie readable on a disk: AES-256-GCM for values, HMAC-SHA256 as the blind index to find them by.

FIELD_KEY seals, INDEX_KEY indexes: two keys, so that a leaked index opens nothing. A sealed value says which column it
belongs to (as associated data), so it cannot be moved to another one. Larger things get a key of their own
(`new_key`), itself sealed: destroying that key is how a purge reaches the backups.
"""

import hashlib
import hmac
import os
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from backend.core.settings import settings

_NONCE_BYTES = 12
OVERHEAD_BYTES = _NONCE_BYTES + 16
"""By how much a sealed value is longer than the plain one: nonce and tag."""


class SealBroken(RuntimeError):
    """The value was altered, moved to another column, or sealed with another key."""


def seal(text: str, *, column: str) -> bytes:
    """Nonce, ciphertext and tag of a text, bound to `room_table.column`."""
    return seal_bytes(text.encode(), key=_field_key(), purpose=column)


def unseal(sealed: bytes, *, column: str) -> str:
    """The text again. Raises SealBroken."""
    return unseal_bytes(sealed, key=_field_key(), purpose=column).decode()


def seal_bytes(content: bytes, *, key: bytes, purpose: str) -> bytes:
    """The same for bytes under a key of 32 bytes."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, purpose.encode())


def unseal_bytes(sealed: bytes, *, key: bytes, purpose: str) -> bytes:
    """The bytes again. Raises SealBroken."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], purpose.encode())
    except (InvalidTag, ValueError) as error:  # ValueError: too short to hold a nonce
        raise SealBroken(f"A value of {purpose} cannot be opened with this key.") from error


def new_key(*, purpose: str) -> tuple[bytes, bytes]:
    """A fresh key of 32 bytes, and the same key sealed for keeping in a column."""
    key = os.urandom(32)
    return key, seal_bytes(key, key=_field_key(), purpose=purpose)


def open_key(sealed: bytes, *, purpose: str) -> bytes:
    """A kept key again. Raises SealBroken."""
    return unseal_bytes(sealed, key=_field_key(), purpose=purpose)


def blind_index(text: str, *, column: str) -> bytes:
    """32 bytes by which an equal value can be found without storing it."""
    return hmac.new(_index_key(), f"{column}\n{text}".encode(), hashlib.sha256).digest()


@cache
def _field_key() -> bytes:
    return hashlib.sha256(b"lianxin field key\n" + settings().field_key.encode()).digest()


@cache
def _index_key() -> bytes:
    return hashlib.sha256(b"lianxin index key\n" + settings().index_key.encode()).digest()
