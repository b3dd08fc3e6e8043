"""A folder in which instruments leave their files: each is taken in when it has stopped growing, then put away.

`done/` and `refused/` in it hold what was taken in, each file with the answer to its rows. What cannot be taken in now
(the database is away, the disk is full) stays and is tried again. A file that was taken in and not put away when the
process died is known again.
"""

import asyncio
import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid5

import structlog
from msgspec import Struct

from backend.core.refusals import Refusal
from backend.laboratory import import_queries, import_streams, importing
from backend.laboratory.import_answers import rows_of
from backend.laboratory.import_rows import shown
from backend.laboratory.import_schemas import NewImport
from backend.laboratory.words import ImportDoor, ImportState

log = structlog.get_logger()

EVERY_S = 2.0
SETTLED_S = 3.0
"""A copy over a network goes on in steps: a file is whole when it stood still for so long."""
UNFINISHED = (".part", ".tmp", ".crdownload", ".download", ".swp")
DONE, REFUSED = "done", "refused"

Write = Callable[[str], None]


class Look(Struct, frozen=True):
    """How a file stood."""

    size_bytes: int
    changed_ns: int


class Watch:
    """A folder and what was seen in it last."""

    def __init__(self, folder: Path, *, told: NewImport, write: Write) -> None:
        if told.unit_id is None:
            raise ValueError("a folder belongs to a desk")
        self._folder, self._told, self._unit_id, self._write = folder, told, told.unit_id, write
        self._seen: dict[Path, Look] = {}

    async def go_on(self, stop: asyncio.Event) -> None:
        """Look again and again until told to stop."""
        while not stop.is_set():
            await self.look()
            try:
                await asyncio.wait_for(stop.wait(), EVERY_S)
            except TimeoutError:
                continue

    async def look(self, *, now: float | None = None) -> int:
        """Take in what has stopped growing since the last look; how many files.

        now   seconds since 1970
        """
        found = {path: _look(path) for path in sorted(self._folder.iterdir()) if _is_file(path)}
        still = [path for path, look in found.items() if self._stands_still(path, look, now or time.time())]
        self._seen = found
        return sum([await self._take(path) for path in still])

    def _stands_still(self, path: Path, look: Look, now: float) -> bool:
        return self._seen.get(path) == look and now - look.changed_ns / 1e9 >= SETTLED_S

    async def _take(self, path: Path) -> bool:
        try:
            await self._taken(path)
        except (Refusal, OSError) as error:
            log.warning("a file in a watched folder waits", kind=type(error).__name__)
            self._write(f"{path.name}: {type(error).__name__}; it stays and is tried again")
            return False
        return True

    async def _taken(self, path: Path) -> None:
        import_id = await asyncio.to_thread(self._id_of, path)
        with path.open("rb") as source:
            outcome = await importing.import_file(
                source, file_name=path.name, told=self._told, by=None, door=ImportDoor.FOLDER, id=import_id, wait=True
            )
        await _put_away(path, import_id)
        record = outcome.record
        self._write(f"{path.name}: {record.stored} stored, {record.duplicate} duplicate, {record.refused} refused")

    def _id_of(self, path: Path) -> UUID:
        """Of this file as it lies there: taken in already, it is the same import."""
        with path.open("rb") as source:
            digest = hashlib.file_digest(source, "sha256").hexdigest()
        return uuid5(self._unit_id, f"{path.name}\n{path.stat().st_mtime_ns}\n{digest}")


def _is_file(path: Path) -> bool:
    name = path.name.lower()
    return path.is_file() and not name.startswith((".", "~$")) and not name.endswith(UNFINISHED)


def _look(path: Path) -> Look:
    stat = path.stat()
    return Look(stat.st_size, stat.st_mtime_ns)


async def _put_away(path: Path, import_id: UUID) -> None:
    row = await import_queries.of_id(import_id)
    assert row is not None  # noqa: S101 - it was just taken in
    folder = path.parent / (REFUSED if row["state"] == ImportState.FAILED else DONE)
    folder.mkdir(exist_ok=True)
    target = _free(folder / path.name, import_id)
    part = target.with_name(f".{import_id.hex}.part")
    with part.open("wb") as out:
        async for piece in import_streams.as_csv(shown(each) async for each, _ in rows_of(row)):
            await asyncio.to_thread(out.write, piece)
    await asyncio.to_thread(_named, part, path, target)


def _named(part: Path, path: Path, target: Path) -> None:
    """The answer first: a file that is put away has one."""
    part.replace(target.with_name(f"{target.name}.answer.csv"))
    path.replace(target)


def _free(target: Path, import_id: UUID) -> Path:
    """A name that no other file has: 结果.csv may come every day."""
    return target.with_name(f"{target.stem}-{import_id.hex[:8]}{target.suffix}") if target.exists() else target
