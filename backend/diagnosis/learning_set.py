"""The learning set: photos that experts labelled and farmers gave for it, as one ZIP for research.

A consent of its own (unticked, taken back at any time) opens a request to it. Out go pixels, what the expert said, a
month; no name, no number, no day, no place, and no id that leads back.
"""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from uuid import UUID, uuid4

from msgspec import Struct

from backend.core import clock
from backend.core.database import transaction
from backend.core.refusals import TooLarge
from backend.diagnosis import learning_queries as queries
from backend.diagnosis.learning_queries import Row
from backend.diagnosis.learning_rules import bare, json_lines, line_of
from backend.media.archives import Entry, archive_of
from backend.people.access_log import note_access
from backend.people.actors import Actor, visible_to
from backend.people.tables import Role

READERS = (Role.AUDITOR, Role.ADMIN)
MOST = 50_000
TEXTS = Path(__file__).parent / "reference"


class LearningSet(Struct, frozen=True, kw_only=True):
    """How many there are, and the ZIP as it is written. `size_bytes` is null where sizes were not kept."""

    photos: int
    requests: int
    size_bytes: int | None
    chunks: AsyncIterator[bytes]


async def learning_set(*, by: Actor | None, crop_code: str | None = None, request_id: str = "") -> LearningSet:
    """All that may be learnt from, as it is now; of `by`'s territory, or everything for whoever sits at the server.

    by   an auditor or administrator, whose export is written into the access log; None: `lianxin learning-set`

    Raises Forbidden (403), TooLarge (413) over 50,000 photos at once.
    """
    if by is None:
        return _packed(await queries.photos(prefixes=None, crop=crop_code, most=None))
    by.must_have(*READERS)
    prefixes = visible_to(by, roles=READERS).prefixes
    rows = await queries.photos(prefixes=prefixes, crop=crop_code, most=MOST + 1)
    if len(rows) > MOST:
        raise TooLarge("These are more than {most} photos: choose one crop.", most=MOST)
    await _note(by, request_id)
    return _packed(rows)


@transaction
async def _note(by: Actor, request_id: str) -> None:
    await note_access(
        by=by, subject_kind="learning_set", subject_id=uuid4(), fields=["photos", "labels"], request_id=request_id
    )


def _packed(rows: Sequence[Row]) -> LearningSet:
    groups: dict[UUID, UUID] = {}
    lines, photos = [], []
    for row in rows:
        line = line_of(row, image=uuid4(), group=groups.setdefault(row["request_id"], uuid4()))
        lines.append(line)
        photos.append(Entry(f"images/{line.image}", row))
    photos.sort(key=lambda each: each.name)
    readme = (TEXTS / "learning_readme.txt").read_text(encoding="utf-8")
    texts = {
        "README.txt": readme.format(exported_on=clock.today(), photos=len(rows), requests=len(groups)).encode(),
        "LICENCE.txt": (TEXTS / "learning_licence.txt").read_bytes(),
        "labels.jsonl": json_lines(lines),
    }
    archive = archive_of(texts, photos, checked=bare)
    return LearningSet(photos=len(rows), requests=len(groups), size_bytes=archive.size_bytes, chunks=archive.chunks)
