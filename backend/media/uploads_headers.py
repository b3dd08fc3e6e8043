"""The headers of tus as values. Pure."""

import hashlib
import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime
from urllib.parse import urlsplit
from uuid import UUID

from msgspec import Struct

from backend.core.refusals import FieldError, Invalid
from backend.media.uploads_dialect import ALGORITHMS, PREFIX
from backend.media.uploads_refusals import ChecksumMismatch

LONGEST_METADATA = 4_000
MOST_PARTIALS = 100
PARTIAL = "partial"
_PAIR = re.compile(r"([\x21-\x2b\x2d-\x7e]+)(?: ([A-Za-z0-9+/=]*))?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Checksum(Struct, frozen=True):
    """What the sender says the bytes of one request hash to."""

    algorithm: str
    digest: bytes

    def must_fit(self, content_hash: "hashlib._Hash") -> None:
        """Raises ChecksumMismatch (460)."""
        if content_hash.digest() != self.digest:
            raise ChecksumMismatch(
                "The {algorithm} of the bytes is another one: send them again.", algorithm=self.algorithm
            )


def checksum(header: str | None) -> Checksum | None:
    """`Upload-Checksum: sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=`. Raises Invalid (400), for an unknown algorithm too.

    >>> checksum("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=").digest == hashlib.sha1(b"hello world").digest()
    True
    """
    if header is None:
        return None
    algorithm, _, encoded = header.strip().partition(" ")
    if algorithm not in ALGORITHMS:
        raise _invalid("Upload-Checksum", "not-one-of", "Use one of: {algorithms}.", algorithms=", ".join(ALGORITHMS))
    digest = _decoded(encoded)
    if digest is None or len(digest) != hashlib.new(algorithm, usedforsecurity=False).digest_size:
        raise _invalid("Upload-Checksum", "form", "Name of the algorithm, a space, the checksum in Base64.")
    return Checksum(algorithm, digest)


def metadata(header: str | None) -> dict[str, bytes]:
    """`Upload-Metadata: filename 546w5Zy6LmpwZw==,is_urgent`. Raises Invalid (400).

    >>> metadata("filename 546w5Zy6LmpwZw==,is_urgent")["filename"].decode()
    '现场.jpg'
    """
    if not header:
        return {}
    if len(header) > LONGEST_METADATA:
        raise _invalid("Upload-Metadata", "too-long", "Too long: at most {limit} characters.", limit=LONGEST_METADATA)
    pairs = [_pair(each) for each in header.split(",")]
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _invalid("Upload-Metadata", "form", "Each key may be there once.")
    return found


def _pair(text: str) -> tuple[str, bytes]:
    match = _PAIR.fullmatch(text.strip())
    value = _decoded(match[2] or "") if match else None
    if match is None or value is None:
        raise _invalid("Upload-Metadata", "form", "Pairs of a key and a value in Base64, with commas between.")
    return match[1], value


def file_name(pairs: Mapping[str, bytes]) -> str:
    """What the sender calls the file: a label of one line, never a path."""
    name = pairs.get("filename", pairs.get("name", b"")).decode("utf-8", "replace")
    return _CONTROL.sub("", re.split(r"[/\\]", name)[-1])


def chosen_id(pairs: Mapping[str, bytes]) -> UUID | None:
    """The id that the phone made for its photo: the metadata `id`. Raises Invalid (400)."""
    given = pairs.get("id")
    if given is None:
        return None
    try:
        return UUID(given.decode("ascii"))
    except ValueError as error:
        raise _invalid(
            "Upload-Metadata", "not-a-uuid", "Not a UUID, for example 01890a5d-ac96-774b-bcce-b302099a8057."
        ) from error


def partials(header: str | None) -> tuple[UUID, ...]:
    """The uploads that `Upload-Concat: final;/uploads/a /uploads/b` names, in order. Raises Invalid (400)."""
    if header is None or header.strip() == PARTIAL:
        return ()
    word, _, listed = header.strip().partition(";")
    ids = [_upload_id(address) for address in listed.split()]
    if word != "final" or not ids or len(ids) > MOST_PARTIALS or None in ids:
        raise _invalid(
            "Upload-Concat",
            "form",
            "Send partial, or final; and up to {limit} addresses of uploads.",
            limit=MOST_PARTIALS,
        )
    return tuple(each for each in ids if each)


def _upload_id(address: str) -> UUID | None:
    try:
        folder, _, last = urlsplit(address).path.rstrip("/").rpartition("/")
        return UUID(last) if folder.endswith(PREFIX) else None
    except ValueError:
        return None


def http_date(moment: datetime) -> str:
    """RFC 7231: `Wed, 25 Jun 2014 16:00:00 GMT`."""
    return format_datetime(moment, usegmt=True)


def _decoded(text: str) -> bytes | None:
    try:
        return b64decode(text, validate=True)
    except NotBase64:
        return None


def _invalid(header: str, code: str, detail: str, **facts: object) -> Invalid:
    return Invalid(errors=[FieldError(pointer=header, code=code, detail=detail, facts=dict(facts))])
