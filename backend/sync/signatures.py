"""Who did a command, proved: which bytes an author's key signs, and whether a signature is of that key.

Signed are these six lines, joined by one line feed, without one at the end, in UTF-8:

    lianxin-sync-1
    {id}                the command's, lower case with hyphens
    {verb}
    {captured_at}       in UTC with milliseconds cut off and a Z: 2026-11-22T07:05:09.120Z
    {person_id}         the author's, lower case with hyphens
    {arguments}         base64url without padding of the SHA-256 of the arguments' JSON, byte by byte as it is sent

The arguments are not put into any canonical form: a phone keeps the text that it signed and sends that text. ECDSA on
P-256 over SHA-256, as WebCrypto (r and s, 32 bytes each) and Android's and iOS's key stores (DER) give it.
"""

import hashlib
from base64 import b64decode, urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from uuid import UUID

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

VERSION = "lianxin-sync-1"
RAW_BYTES = 64


def signed_bytes(*, id: UUID, verb: str, captured_at: datetime, person_id: UUID, arguments: bytes) -> bytes:
    """What the author's key signs; `arguments` as they travel.

    >>> at = datetime(2026, 11, 22, 15, 5, 9, 120987, tzinfo=UTC)
    >>> said = signed_bytes(id=UUID(int=1), verb="completeTask", captured_at=at, person_id=UUID(int=2), arguments=b"{}")
    >>> print(said.decode())
    lianxin-sync-1
    00000000-0000-0000-0000-000000000001
    completeTask
    2026-11-22T15:05:09.120Z
    00000000-0000-0000-0000-000000000002
    RBNvo1WzZ4oRRq0W9-hknpT7T8If536DEMBg9hyq_4o
    """
    digest = urlsafe_b64encode(hashlib.sha256(arguments).digest()).decode().rstrip("=")
    return "\n".join((VERSION, str(id), verb, moment(captured_at), str(person_id), digest)).encode()


def moment(at: datetime) -> str:
    """A moment as it is signed: the same one under another offset is signed alike."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def public_key(text: str) -> bytes | None:
    """The SubjectPublicKeyInfo (DER) behind a key's base64; None where it is no public key on P-256."""
    try:
        key = load_der_public_key(b64decode(text, validate=True))
    except (ValueError, UnsupportedAlgorithm):
        return None
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        return None
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def is_signed(content: bytes, *, signature: str, key: bytes) -> bool:
    """Whether a base64url signature, raw or DER, over `content` is of the key that `public_key` gave."""
    public = load_der_public_key(key)
    assert isinstance(public, EllipticCurvePublicKey)  # noqa: S101 - nothing else is ever registered
    try:
        public.verify(_der(urlsafe_b64decode(signature + "=" * (-len(signature) % 4))), content, ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def _der(signature: bytes) -> bytes:
    if len(signature) != RAW_BYTES:
        return signature
    half = RAW_BYTES // 2
    return encode_dss_signature(int.from_bytes(signature[:half]), int.from_bytes(signature[half:]))
