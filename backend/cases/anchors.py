"""Where timelines end, kept outside the database: once a day a file in the store, each file bound to the one before.

Whoever can write to the database, even with our keys, cannot shorten or rewrite a timeline that was anchored without
it being seen; whoever can write to the store alone neither. `lianxin doctor` says the newest file's SHA-256: written
down on paper, it binds both.

A file is lines of JSON, sorted by case: first {"day", "before": SHA-256 of the file before, "before_day", "heads"},
then [case, number of its last line, digest of that line] for each timeline that grew since it was anchored last.
"""

import hashlib
import random
from datetime import date, timedelta
from uuid import UUID

import msgspec
from msgspec import Struct

from backend.cases import anchor_queries as queries
from backend.cases import timeline
from backend.cases.chain import Found, LineFinding
from backend.core import clock, storage
from backend.core.database import transaction
from backend.core.jobs import schedule
from backend.core.storage_refusals import ObjectMissing

FOLDER = "anchors/cases"
SAMPLE = 200
OTHER_FILES = 10

_encode = msgspec.json.Encoder(order="sorted").encode


class Header(Struct, frozen=True):
    """The first line of a file. `before` is "" in the first file of all."""

    day: date
    before: str
    before_day: date | None
    heads: int


class Head(Struct, frozen=True, array_like=True):
    """Where one timeline ended when it was anchored."""

    case_id: UUID
    seq: int
    digest: str


class Anchored(Struct, frozen=True, kw_only=True):
    """What the newest anchor of a timeline says; `day` null: it was not anchored yet (a case of today)."""

    day: date | None
    seq: int | None


class CheckedTimeline(Struct, frozen=True, kw_only=True):
    """A whole timeline, looked at line by line and held against its anchor.

    intact     every line is intact or erased, none is missing, and the anchor agrees
    findings   the lines that are not simply intact: erased, changed, missing
    """

    case_id: UUID
    intact: bool
    lines_n: int
    erased_n: int
    head: str
    anchored: Anchored
    findings: list[LineFinding]


@schedule("cases/anchor", "47 3 * * *")
async def anchor_heads() -> None:
    """The daily file, at 03:47 in Shandong. Again on the same day it adds nothing: what grew waits for tomorrow."""
    day = clock.today()
    path = path_of(day)
    if not await storage.exists(path):
        await storage.put(path, await _content(day))
    await _note(day, read(await storage.get(path))[1])


async def _content(day: date) -> bytes:
    before_day = max((each for each in await _days() if each < day), default=None)
    before = await storage.get(path_of(before_day)) if before_day else None
    heads = [Head(row["case"], row["seq"], row["digest"].hex()) for row in await queries.grown()]
    digest = hashlib.sha256(before).hexdigest() if before is not None else ""
    return b"\n".join([_encode(Header(day, digest, before_day, len(heads))), *map(_encode, heads)]) + b"\n"


@transaction
async def _note(day: date, heads: list[Head]) -> None:
    await queries.note_anchored(day, [head.case_id for head in heads], [head.seq for head in heads])


async def verify(*, case_id: UUID) -> CheckedTimeline:
    """Reckon a timeline again and hold it against its newest anchor."""
    verdict = await timeline.verify(case_id=case_id)
    day = await queries.anchored_on(case_id)
    head = await _head(case_id, day)
    findings = [*verdict.findings, *await _against(case_id, day, head)]
    if day is None and await _should_be_anchored(case_id):
        findings.append(LineFinding(1, Found.MISSING))
    return CheckedTimeline(
        case_id=case_id,
        intact=all(each.found == Found.ERASED for each in findings),
        lines_n=verdict.lines_n,
        erased_n=verdict.erased_n,
        head=verdict.head,
        anchored=Anchored(day=day, seq=head.seq if head else None),
        findings=sorted(set(findings), key=lambda each: (each.seq, each.found)),
    )


async def _against(case_id: UUID, day: date | None, head: Head | None) -> list[LineFinding]:
    """What the anchor says against the table. A day without a file, or a file without the case: tampered with."""
    if head is None:
        return [] if day is None else [LineFinding(1, Found.MISSING)]
    digest = await queries.digest_of(case_id, head.seq)
    if digest is None:
        return [LineFinding(head.seq, Found.MISSING)]
    return [] if digest.hex() == head.digest else [LineFinding(head.seq, Found.CHANGED)]


async def _should_be_anchored(case_id: UUID) -> bool:
    """Whether the file of the day after its first line is there: then the timeline ought to be in it."""
    began_at = await queries.began_at(case_id)
    return began_at is not None and await storage.exists(path_of(clock.local(began_at).date() + timedelta(days=1)))


async def _head(case_id: UUID, day: date | None) -> Head | None:
    if day is None:
        return None
    try:
        heads = read(await storage.get(path_of(day)))[1]
    except ObjectMissing:
        return None
    return next((head for head in heads if head.case_id == case_id), None)


class Sampled(Struct, frozen=True, kw_only=True):
    """What a look at the newest anchors found.

    files_n, broken_files   files in the chain, and the days whose file does not carry the hash of the one before
    newest, sha256          the newest file's day and SHA-256, to be written down
    timelines_n, wrong      timelines held against it, and the cases whose timeline is not intact
    """

    files_n: int
    broken_files: list[date]
    newest: date | None
    sha256: str
    timelines_n: int
    wrong: list[UUID]


async def verify_sample(*, size: int = SAMPLE) -> Sampled:
    """The chain of files, and timelines out of the newest file and some others: chosen there, where the table cannot
    hide them. An older file's head must still stand in the chain, however much the timeline grew since."""
    days = await _days()
    broken, before, newest = [], "", b""
    for day in days:
        newest = await storage.get(path_of(day))
        if read(newest)[0].before != before:
            broken.append(day)
        before = hashlib.sha256(newest).hexdigest()
    chosen = await _chosen(days, size)
    wrong = [head.case_id for head in chosen if not await _stands(head)]
    last = days[-1] if days else None
    return Sampled(
        files_n=len(days), broken_files=broken, newest=last, sha256=before, timelines_n=len(chosen), wrong=wrong
    )


async def _chosen(days: list[date], size: int) -> list[Head]:
    """Half out of the newest file, the rest out of ten others."""
    others = random.sample(days[:-1], min(OTHER_FILES, len(days[:-1])))
    chosen: list[Head] = []
    for day, share in [*((day, size // 2) for day in days[-1:]), *((day, size // 2 // OTHER_FILES) for day in others)]:
        heads = read(await storage.get(path_of(day)))[1]
        chosen += random.sample(heads, min(share, len(heads)))
    return chosen


async def _stands(head: Head) -> bool:
    verdict = await timeline.verify(case_id=head.case_id)
    digest = await queries.digest_of(head.case_id, head.seq)
    return verdict.intact and digest is not None and digest.hex() == head.digest


def path_of(day: date) -> str:
    """Where a day's file lies in the store."""
    return f"{FOLDER}/{day.isoformat()}.jsonl"


def read(content: bytes) -> tuple[Header, list[Head]]:
    """A file's header and heads."""
    first, *lines = content.splitlines()
    return msgspec.json.decode(first, type=Header), [msgspec.json.decode(line, type=Head) for line in lines]


async def _days() -> list[date]:
    """The days that have a file, in order."""
    paths = [path async for path, _ in storage.listed(FOLDER)]
    return sorted(date.fromisoformat(path.rpartition("/")[2].removesuffix(".jsonl")) for path in paths)
