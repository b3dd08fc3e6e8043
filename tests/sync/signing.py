"""A phone's key for one author, and commands signed with it, as an app makes them."""

from base64 import b64encode, urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurve, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from backend.core import ids
from backend.people.actors import Actor
from backend.sync.push_schemas import CommandAuthor, SyncCommand
from backend.sync.signatures import signed_bytes

MORNING = datetime(2026, 11, 20, 1, 30, 5, 250000, tzinfo=UTC)


class PhoneKey:
    """A private key in a phone's store."""

    def __init__(self, curve: EllipticCurve | None = None) -> None:
        self.id = ids.uuid7()
        self._private = generate_private_key(curve or SECP256R1())

    @property
    def public(self) -> str:
        """The public half as it is registered."""
        content = self._private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return b64encode(content).decode()

    def signature(self, content: bytes, *, raw: bool = True) -> str:
        """base64url: r and s as WebCrypto gives them, or DER as key stores of phones do."""
        signed = self._private.sign(content, ECDSA(SHA256()))
        if raw:
            r, s = decode_dss_signature(signed)
            signed = r.to_bytes(32) + s.to_bytes(32)
        return urlsafe_b64encode(signed).decode().rstrip("=")


def command(
    author: Actor | None = None,
    key: PhoneKey | None = None,
    *,
    raw: bool = True,
    key_id: UUID | None = None,
    **said: Any,
) -> SyncCommand:
    """A command as it travels, signed for its author where there is one."""
    usual: dict[str, Any] = {"id": ids.uuid7(), "verb": "completeTask", "captured_at": MORNING}
    told = usual | {"arguments": msgspec.Raw(b'{"task_id": "x",  "note": "\xe5\xa5\xbd"}')} | said
    if author is None or key is None:
        return SyncCommand(**told)
    content = signed_bytes(
        id=told["id"],
        verb=told["verb"],
        captured_at=told["captured_at"],
        person_id=author.person_id,
        arguments=bytes(told["arguments"]),
    )
    signature = key.signature(content, raw=raw)
    return SyncCommand(
        **told, author=CommandAuthor(person_id=author.person_id, key_id=key_id or key.id, signature=signature)
    )
