"""What bytes are, by their content and never by their name; and whether a voice note or a document is whole.

Sources: RFC 4867 (AMR), ISO/IEC 14496-12 (M4A, and HEIC by 23008-12), RFC 3533 (Ogg), RFC 9559 (Matroska, of which
WebM is a part: what Chromium and WeChat record in a page), ISO 32000-1 (PDF).
"""

import re
from collections.abc import Callable

from backend.media.facts import Facts, Kind, PhotoState, Reason, refused

HEAD_BYTES, TAIL_BYTES = 64 * 1024, 2048
UNKNOWN = "application/octet-stream"

_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc", b"hevx"})
_VOICE_BRANDS = frozenset({b"M4A ", b"M4B ", b"mp42", b"mp41", b"isom", b"iso2", b"3gp4", b"3gp5", b"3gp6"})
_EBML = b"\x1aE\xdf\xa3"
_CLUSTER = b"\x1f\x43\xb6\x75"
_MP3 = re.compile(rb"\xff[\xe2-\xe7\xf2-\xf7\xfa\xfb\xfc\xfd][\x10-\xef]", re.DOTALL)


def content_type(head: bytes) -> str:
    """The type of bytes that begin so."""
    return next((name for name, fits in _SIGNS if fits(head)), UNKNOWN)


def kind(content_type: str) -> Kind:
    """What a type is to us; what is unknown is looked at as a photo, and refused as one."""
    if content_type.startswith("audio/"):
        return Kind.VOICE
    return Kind.DOCUMENT if content_type == "application/pdf" else Kind.PHOTO


def look(head: bytes, tail: bytes, *, size_bytes: int, max_bytes: int) -> Facts:
    """The verdict on a voice note or a document from its first and last bytes."""
    found = content_type(head)
    if size_bytes > max_bytes:
        return refused(Reason.TOO_LARGE, found, kind(found))
    if found == "audio/mp4" and _has_pictures(head, tail):
        return refused(Reason.NOT_USABLE, "video/mp4")
    if found == "audio/webm" and _VIDEO_CODEC.search(head):
        return refused(Reason.NOT_USABLE, "video/webm")
    if not _ENDS.get(found, lambda *_: True)(head, tail, size_bytes):
        return refused(Reason.BROKEN, found, kind(found))
    return Facts(state=PhotoState.ACCEPTED, content_type=found, kind=kind(found))


def _brand(brands: frozenset[bytes]) -> Callable[[bytes], bool]:
    return lambda head: head[4:8] == b"ftyp" and head[8:12] in brands


_SIGNS: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
    ("image/jpeg", lambda head: head.startswith(b"\xff\xd8\xff")),
    ("image/png", lambda head: head.startswith(b"\x89PNG\r\n\x1a\n")),
    ("image/webp", lambda head: head.startswith(b"RIFF") and head[8:12] == b"WEBP"),
    ("image/heic", _brand(_HEIC_BRANDS)),
    ("audio/amr-wb", lambda head: head.startswith(b"#!AMR-WB\n")),
    ("audio/amr", lambda head: head.startswith(b"#!AMR\n")),
    ("audio/mp4", _brand(_VOICE_BRANDS)),
    ("audio/ogg", lambda head: head.startswith(b"OggS") and b"theora" not in head[:512]),
    ("audio/webm", lambda head: head.startswith(_EBML) and b"\x42\x82\x84webm" in head[:64]),
    ("audio/mpeg", lambda head: head.startswith(b"ID3") or _MP3.match(head) is not None),
    ("application/pdf", lambda head: head.startswith(b"%PDF-")),
)


def _has_pictures(head: bytes, tail: bytes) -> bool:
    """A film: one of its tracks has the handler `vide`. It stands in `moov`, at the beginning or at the end."""
    return any(re.search(rb"hdlr.{8}vide", part, re.DOTALL) for part in (head, tail))


_VIDEO_CODEC = re.compile(rb"\x86[\x80-\xff]V_")
"""Of a WebM's tracks, which stand before everything else: the codec's id of one that shows pictures."""


def _boxes_end(head: bytes, _: bytes, size_bytes: int) -> bool:
    """Whether the boxes of an M4A that can be followed from its head end where the file does, or beyond the head."""
    at = 0
    while at + 16 <= len(head):
        length = int.from_bytes(head[at : at + 4])
        if length == 1:
            length = int.from_bytes(head[at + 8 : at + 16])
        if length == 0:
            return True
        if length < 8 or at + length > size_bytes:
            return False
        at += length
    return at >= len(head) or at == size_bytes


_AMR_FRAME_BYTES = (13, 14, 16, 18, 20, 21, 27, 32, 6)


def _frames_end(head: bytes, _: bytes, size_bytes: int) -> bool:
    """Whether the frames of an AMR note follow each other to its end (or to the end of the head)."""
    at = 6
    while at < len(head):
        frame = (head[at] >> 3) & 0xF
        if head[at] & 0x83 or not (frame < len(_AMR_FRAME_BYTES) or frame == 15):
            return False
        at += 1 if frame == 15 else _AMR_FRAME_BYTES[frame]
    return at == size_bytes or size_bytes > len(head)


_ENDS: dict[str, Callable[[bytes, bytes, int], bool]] = {
    "audio/mp4": _boxes_end,
    "audio/amr": _frames_end,
    "audio/ogg": lambda *ends: ends[2] > 58,  # two pages at the least
    "audio/webm": lambda head, tail, _: _CLUSTER in head or _CLUSTER in tail,  # a live one says no length and no end
    "application/pdf": lambda *ends: b"%%EOF" in ends[1],
}
