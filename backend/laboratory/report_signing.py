"""A report's digest and signature: whoever holds its contents and our public key can check both without us.

The digest is SHA-256 of the contents as canonical JSON (RFC 8785: names sorted, no blanks, UTF-8; there are no floating
numbers in a report), the signature Ed25519 (RFC 8032) of these 32 bytes. The key follows from the server's secret by
HKDF (RFC 5869), so that there is nothing more to keep, and a backup with its secret signs on. Another secret is another
key: reports signed before it are then told as signed by an earlier one.
"""

import hashlib
from functools import cache
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from backend.core.settings import settings

KEY_ID_DIGITS = 16
_encoder = msgspec.json.Encoder(order="sorted")


def canonical(contents: Any) -> bytes:
    """Contents as they are digested.

    >>> canonical({"b": "抑制率", "a": [1, None]}).decode()
    '{"a":[1,null],"b":"抑制率"}'
    """
    return _encoder.encode(contents)


def digest_of(contents: Any) -> bytes:
    """32 bytes."""
    return hashlib.sha256(canonical(contents)).digest()


def signature_of(digest: bytes) -> bytes:
    """64 bytes, by the key of today."""
    return _private_key().sign(digest)


def is_genuine(digest: bytes, signature: bytes, *, public_key: bytes) -> bool:
    """Whether a signature is of this digest, under a key of 32 bytes."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, digest)
    except (InvalidSignature, ValueError):
        return False
    return True


def public_key() -> bytes:
    """32 bytes, of today's key."""
    return _private_key().public_key().public_bytes_raw()


def key_id() -> str:
    """What the key of today is called: the first digits of the SHA-256 of its public half."""
    return key_id_of(public_key())


def key_id_of(public: bytes) -> str:
    """The same of any key."""
    return hashlib.sha256(public).hexdigest()[:KEY_ID_DIGITS]


def _private_key() -> Ed25519PrivateKey:
    return _derived(settings().secret_key)


@cache
def _derived(secret: str) -> Ed25519PrivateKey:
    seed = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"lianxin laboratory reports").derive(secret.encode())
    return Ed25519PrivateKey.from_private_bytes(seed)
