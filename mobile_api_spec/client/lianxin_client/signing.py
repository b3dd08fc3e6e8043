"""Whose hand a command is from: each person has a key of his own on the phone, and signs what he does with it.

Two people share a phone, and whoever is signed in when there is a line sends what both did. The signature says which of
them did it, whenever it is sent. It stands on six lines of UTF-8:

    lianxin-sync-1
    the command's id
    its verb
    captured_at as it is sent: UTC, milliseconds, Z
    the person's id
    base64url of the SHA-256 of `arguments`, of the very bytes that are sent
"""

from base64 import b64encode, urlsafe_b64encode
from hashlib import sha256

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

FIRST_LINE = "lianxin-sync-1"


def new_key() -> bytes:
    """A P-256 key as PKCS #8. On a phone it is made in the Keystore or Secure Enclave and never leaves it."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def public_half(private_key: bytes) -> str:
    """What `registerAuthorKey` takes: SPKI in Base64."""
    public = _loaded(private_key).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return b64encode(public).decode()


def signature(private_key: bytes, *, id: str, verb: str, captured_at: str, person_id: str, arguments: str) -> str:
    """ECDSA over SHA-256 as r and s, 32 bytes each, in base64url."""
    lines = (FIRST_LINE, id, verb, captured_at, person_id, base64url(sha256(arguments.encode()).digest()))
    r, s = decode_dss_signature(_loaded(private_key).sign("\n".join(lines).encode(), ec.ECDSA(hashes.SHA256())))
    return base64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def base64url(content: bytes) -> str:
    """Without the signs of equality at its end."""
    return urlsafe_b64encode(content).decode().rstrip("=")


def _loaded(private_key: bytes) -> ec.EllipticCurvePrivateKey:
    key = load_der_private_key(private_key, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("not a P-256 key")
    return key
