"""The rows of one chunk judged one after the other, as if those before had been sent one by one."""

from bisect import bisect_right, insort
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from backend.core import creates
from backend.core.refusals import DifferentArguments, Refusal
from backend.people.actors import Actor
from backend.visits import entries, lookups, need_queries, photo_lookups, rules
from backend.visits.batch_rows import Row, refused
from backend.visits.entries import Entry, Photos
from backend.visits.flags import Fix
from backend.visits.lookups import Found
from backend.visits.reference import Reference
from backend.visits.schemas import NewVisit, RowOutcome, RowVerdict


class Chunk:
    """The rows of one chunk as they are judged one after the other, each against the database and those before it."""

    def __init__(
        self, *, by: Actor, door: str, received_at: datetime, reference: Reference, photos_later: bool = False
    ) -> None:
        self.by, self.door, self.received_at, self.reference = by, door, received_at, reference
        self._photos_later = photos_later
        self.entries: list[Entry] = []
        self._digests: dict[UUID, bytes] = {}
        self._needs: set[UUID] = set()
        self._photos: Photos = {}
        self._timeline: list[tuple[datetime, int, Fix]] = []

    async def verdicts(self, rows: Sequence[Row]) -> list[RowVerdict]:
        """A verdict for each row; what is to be written is in `entries` then."""
        rows = await _as_kept(rows, self.by)
        found = await lookups.look_up([(row.id, row.new) for row in rows], by=self.by) if rows else []
        photo_ids = {photo.photo_id for row in rows for photo in row.new.photos}
        self._photos = await photo_lookups.look_at_photos(list(photo_ids), by=self.by) if photo_ids else {}
        need_ids = {need.id for row in rows for need in row.new.needs if need.id}
        self._needs = await need_queries.known_needs(list(need_ids)) if need_ids else set()
        return [self._verdict(row, known) for row, known in zip(rows, found, strict=True)]

    def _verdict(self, row: Row, found: Found) -> RowVerdict:
        try:
            before = found.stored_digest or self._digests.get(row.id)
            if before is not None:
                rules.check_same(before, rules.told(row.new, self.by.person_id), row.id)
                return RowVerdict(index=row.index, id=row.id, outcome=RowOutcome.DUPLICATE)
            entry = self._entry(row, found)
        except Refusal as refusal:
            return refused(row.index, row.id, refusal)
        self._remember(entry, row)
        raised = [flag.kind for flag in entry.flags]
        return RowVerdict(index=row.index, id=row.id, outcome=RowOutcome.STORED, flags=raised)

    def _entry(self, row: Row, found: Found) -> Entry:
        if self._needs and any(need.id in self._needs for need in row.new.needs):
            raise DifferentArguments(rules.NEED_ID_TAKEN)
        return entries.entry(
            visit_id=row.id,
            new=self._with_photos_that_are_here(row.new) if self._photos_later else row.new,
            by=self.by,
            door=self.door,
            received_at=self.received_at,
            digest=row.digest,
            found=self._among_neighbours(found, row.new.occurred_at),
            photos=self._photos,
            reference=self.reference,
        )

    def _with_photos_that_are_here(self, new: NewVisit) -> NewVisit:
        return replace(new, photos=[photo for photo in new.photos if photo.photo_id in self._photos])

    def _among_neighbours(self, found: Found, at: datetime) -> Found:
        """The nearest visits in time, whether they are in the database or earlier in this chunk."""
        if not self._timeline:
            return found
        place = bisect_right(self._timeline, at, key=lambda entry: entry[0])
        before, after = found.before, found.after
        if place and (before is None or self._timeline[place - 1][0] >= before.occurred_at):
            before = self._timeline[place - 1][2]
        if place < len(self._timeline) and (after is None or self._timeline[place][0] < after.occurred_at):
            after = self._timeline[place][2]
        return replace(found, before=before, after=after)

    def _remember(self, entry: Entry, row: Row) -> None:
        self.entries.append(entry)
        self._digests[row.id] = row.digest
        self._needs |= {need.id for need in row.new.needs if need.id}
        if (fix := entry.fix) is not None:
            insort(self._timeline, (fix.occurred_at, row.index, fix), key=lambda known: known[:2])
        if entry.photos:
            bytes_of = {photo.sha256 for photo in entry.photos.values()}
            self._photos = {
                id: photo_lookups.taken(photo, entry.photos, entry.id, bytes_of) for id, photo in self._photos.items()
            }


async def _as_kept(rows: Sequence[Row], by: Actor) -> list[Row]:
    """A row without an id, if it was kept before 2026-11-23, has that of its former digest; it goes when that goes."""
    told = {row.index: rules.told(row.new, by.person_id) for row in rows if row.new.id is None}
    formerly = {at: rules.id_of_content(creates.former_digest(each), by.person_id) for at, each in told.items()}
    kept = await lookups.kept(list(formerly.values())) if formerly else set()
    return [replace(row, id=formerly[row.index]) if formerly.get(row.index) in kept else row for row in rows]
