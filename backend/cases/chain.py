"""The pure part of a timeline: digests over digests, and what verification makes of what it finds."""

import hashlib
import hmac
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from backend.core.cipher import blind_index

START = bytes(32)
HEAD = "cases_timeline_head.seal"

encode = msgspec.json.Encoder(order="sorted").encode


class Line(msgspec.Struct, frozen=True):
    """One line as it is chained. `payload` is JSON text; None together with `salt` when it was erased."""

    id: UUID
    case_id: UUID
    seq: int
    kind: str
    public: bool
    at: datetime
    by: UUID | None
    by_unit: UUID | None
    payload: str | None
    salt: bytes | None
    payload_digest: bytes
    digest: bytes


class Found(StrEnum):
    """What verification says of one line, or of the end of the chain."""

    INTACT = "intact"
    ERASED = "erased"
    CHANGED = "changed"
    MISSING = "missing"


class LineFinding(msgspec.Struct, frozen=True):
    """One line's verdict. `seq` counts from 1."""

    seq: int
    found: Found


class TimelineVerdict(msgspec.Struct, frozen=True):
    """A whole timeline: `intact` when every line is intact or erased, and none is missing at the end."""

    case_id: UUID
    intact: bool
    lines_n: int
    erased_n: int
    head: str
    findings: list[LineFinding]


def chained(line: Line, before: bytes) -> Line:
    """The line with its digests: payload_digest = sha256(salt ‖ payload), digest = sha256(before ‖ all it says)."""
    payload_digest = (
        hashlib.sha256((line.salt or b"") + line.payload.encode()).digest()
        if line.payload is not None
        else line.payload_digest
    )
    said = [line.id, line.case_id, line.seq, line.kind, line.public, line.at.astimezone(UTC), line.by, line.by_unit]
    return msgspec.structs.replace(
        line,
        payload_digest=payload_digest,
        digest=hashlib.sha256(before + encode(said) + payload_digest).digest(),
    )


def seal_of(case_id: UUID, seq: int, digest: bytes) -> bytes:
    """The HMAC of a timeline's end, under a key that is not in the database."""
    return blind_index(f"{case_id} {seq} {digest.hex()}", column=HEAD)


def judged(case_id: UUID, lines: list[Line], head: tuple[int, bytes, bytes] | None) -> TimelineVerdict:
    """The verdict over lines in the order of `seq`, and the head: its seq, digest and seal."""
    findings: list[LineFinding] = []
    before, expected = START, 1
    for line in lines:
        findings += [LineFinding(seq, Found.MISSING) for seq in range(expected, line.seq)]
        findings.append(LineFinding(line.seq, _found(line, before)))
        before, expected = line.digest, line.seq + 1
    findings += _end(case_id, expected - 1, before, head)
    told = [each for each in findings if each.found != Found.INTACT]
    return TimelineVerdict(
        case_id=case_id,
        intact=all(each.found == Found.ERASED for each in told),
        lines_n=len(lines),
        erased_n=sum(each.found == Found.ERASED for each in told),
        head=before.hex(),
        findings=told,
    )


def _found(line: Line, before: bytes) -> Found:
    again = chained(line, before)
    if not hmac.compare_digest(again.digest, line.digest) or again.payload_digest != line.payload_digest:
        return Found.CHANGED
    return Found.ERASED if line.payload is None else Found.INTACT


def _end(case_id: UUID, last: int, digest: bytes, head: tuple[int, bytes, bytes] | None) -> list[LineFinding]:
    if head is None:
        return [LineFinding(last + 1, Found.MISSING)]  # every case has a first line, and a head
    seq, said, seal = head
    if not hmac.compare_digest(seal, seal_of(case_id, seq, said)):
        return [LineFinding(seq, Found.CHANGED)]
    if last < seq:
        return [LineFinding(each, Found.MISSING) for each in range(last + 1, seq + 1)]
    return [] if said == digest and last == seq else [LineFinding(last, Found.CHANGED)]
