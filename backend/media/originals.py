"""Where an original and its copies lie, and what was flushed before any row says so.

An object's path ends in random letters: two senders of the same bytes at the same moment write two objects, and the
one whose row loses is deleted without touching the other's.
"""

import os

from msgspec import Struct

from backend.media.facts import Facts

OBJECT_PURPOSE = "media_original.object"


class FlushedPhoto(Struct, frozen=True, kw_only=True):
    """A photo whose bytes are safe and whose rows are not written yet. `object_path` is null for bytes known before."""

    sha256: bytes
    size_bytes: int
    facts: Facts
    object_path: str | None = None
    key_sealed: bytes | None = None
    names: tuple[str, ...] = ()


def new_object_path(digest: bytes) -> str:
    """What the paths of one original and its copies begin with; `object_at` completes it."""
    return f"media/{digest.hex()[:2]}/{digest.hex()}-{os.urandom(6).hex()}"


def object_at(object_path: str, name: str) -> str:
    """The path of `"original"` or of a copy (`"1600"`, `"320"`)."""
    return f"{object_path}.{name}"
