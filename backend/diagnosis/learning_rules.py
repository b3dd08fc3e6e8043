"""What may go into the learning set, byte by byte and field by field. Pure."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from backend.core import clock

LICENCE = "LicenseRef-Lianxin-Learning-1.0"

_START_OF_SCAN, _END = 0xDA, 0xD9
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD8)})
_TELLING = frozenset({*range(0xE1, 0xF0), 0xFE})
"""APP1 to APP15 (EXIF, XMP, ICC, IPTC, Adobe …) and COM."""


class NotBare(RuntimeError):
    """A copy carries more than its pixels: the pipeline that drew it is broken, and nothing may go out."""


class Opinion(Struct, frozen=True, kw_only=True):
    """What an expert said who had not seen the first answer. `label` null: he gave no code."""

    label: str | None
    confidence: str


class Line(Struct, frozen=True, kw_only=True):
    """One line of `labels.jsonl`: a photo, what it shows in an expert's eyes, and nothing that leads back.

    image, group   random, made anew for each export; photos of one request share `group`
    month          in which help was asked for, such as 2026-07; where is not told: the farmer was promised so
    """

    image: str
    group: str
    crop: str
    crop_eppo: str | None
    crop_zh: str
    crop_en: str
    topic: str
    organ: str
    growth_stage: str
    label: str
    label_eppo: str | None
    label_zh: str
    label_en: str
    labelled_by: str
    confidence: str
    second_opinion: Opinion | None
    remarks: list[str]
    month: str
    consent_text: str
    consent_sha256: str
    licence: str = LICENCE


COPIED = (
    *("crop", "crop_eppo", "crop_zh", "crop_en", "topic", "organ", "growth_stage", "label", "label_eppo", "label_zh"),
    *("label_en", "confidence", "consent_text"),
)


def line_of(row: Mapping[str, Any], *, image: UUID, group: UUID) -> Line:
    """What is told of a photo out of `learning_queries.photos`."""
    second = row["second_confidence"]
    asked_at: datetime = row["asked_at"]
    return Line(
        **{name: row[name] for name in COPIED},
        image=f"{image}.jpg",
        group=str(group),
        labelled_by="correction" if row["kind"] == "correction" else "expert",
        second_opinion=Opinion(label=row["second_label"], confidence=second) if second else None,
        remarks=sorted(row["reasons"]),
        month=f"{clock.local(asked_at):%Y-%m}",
        consent_sha256=row["consent_sha256"].hex(),
    )


def json_lines(lines: Collection[Line]) -> bytes:
    """In the order of their random names, so that not even their order says who came first."""
    ordered = sorted(lines, key=lambda each: each.image)
    return b"".join(msgspec.json.encode(each) + b"\n" for each in ordered)


def bare(content: bytes) -> bytes:
    """The JPEG itself, if it holds pixels and nothing besides. Raises NotBare.

    Every segment is walked (ISO/IEC 10918-1, annex B): EXIF and XMP lie in APP1, comments in COM, and a thumbnail or a
    second picture could hide behind the end.
    """
    if content[:2] != b"\xff\xd8":
        raise NotBare("no JPEG")
    at = 2
    while (marker := _marker(content, at)) != _END:
        if marker in _TELLING:
            raise NotBare(f"segment {marker:02x}")
        at += 2 if marker in _WITHOUT_LENGTH else 2 + int.from_bytes(content[at + 2 : at + 4])
        if marker == _START_OF_SCAN:
            at = _after_scan(content, at)
    if at + 2 != len(content):
        raise NotBare("something behind the end")
    return content


def _marker(content: bytes, at: int) -> int:
    if at + 2 > len(content) or content[at] != 0xFF:
        raise NotBare("cut off")
    return content[at + 1]


def _after_scan(content: bytes, at: int) -> int:
    """Where the next marker is: inside a scan 0xFF is followed by 0, or by a restart marker."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 1 >= len(content):
            raise NotBare("cut off")
        if content[at + 1] != 0 and content[at + 1] not in _WITHOUT_LENGTH:
            return at
        at += 2
