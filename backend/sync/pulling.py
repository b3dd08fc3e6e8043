"""What changed since a cursor: what the phone holds is compared with what is there now, entity by entity.

The log of changes says only where to look, so a line too many costs a comparison, and once a day all is compared: the
log cannot lose anything for longer than a day even if a trigger were missing. A person carries hundreds of records, not
the county's millions, so the cost does not grow with the tables.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from backend.core import clock
from backend.core.database import transaction
from backend.people.actors import Actor
from backend.sync import cursors, views, watermarks
from backend.sync.carried import CARRIED
from backend.sync.cursors import NOTHING_HELD, Cursor
from backend.sync.entities import Entity, Reader
from backend.sync.policies import sync_policy
from backend.sync.schemas import EntityChanges, GoneRecord, SyncChanges, SyncPage
from backend.sync.views import Held
from backend.sync.watermarks import Looked
from backend.sync.words import EVERYTHING, GoneWhy

START = Cursor(NOTHING_HELD, 0, date.min)
"""The cursor of a phone that comes without one."""


class Difference(Struct, frozen=True):
    """What one entity has to tell: records to put and their marks, ids to let go."""

    entity: Entity
    put: Mapping[str, Any]
    marks: Mapping[str, bytes]
    gone: Sequence[str]

    @property
    def size(self) -> int:
        """How many lines of an answer it takes."""
        return len(self.put) + len(self.gone)

    def first(self, room: int) -> "Difference":
        """As much of it as there is room for; what is to be let go comes first."""
        gone = self.gone[:room]
        put = dict(list(self.put.items())[: room - len(gone)])
        return Difference(self.entity, put, {id: self.marks[id] for id in put}, gone)


@transaction
async def sync_pull(
    *, by: Actor, request_id: str, cursor: str | None = None, limit: int | None = None
) -> SyncPage | None:
    """What changed for `by` since `cursor`, at most `limit` records of it; None while nothing did.

    The same cursor again gives the same again, or what is newer: an answer that was lost is asked for once more. The
    cursor of another person, or of a phone that was away for longer than views are kept, starts anew (`reset`).

    Raises Invalid (400) for a cursor that is none of ours.
    """
    since, today = cursors.read(cursor) if cursor else START, clock.today()
    looked = await watermarks.look(person_id=by.person_id, since=since)
    if not looked.entities and since.day == today:
        return None
    held = await views.held_under(since.view_id, by=by)
    if held is None:
        since = START
    reader = Reader(by, today, sync_policy(today), request_id)
    whole = since.day != today or EVERYTHING in looked.entities
    names = [name for name in CARRIED if whole or name in looked.entities]
    differences = [await _difference(CARRIED[name], reader, (held or {}).get(name, {})) for name in names]
    return await _answer(differences, reader, since, held or {}, looked, limit)


async def _difference(entity: Entity, reader: Reader, held: Mapping[str, bytes]) -> Difference:
    found = await entity.read(reader)
    marks = {id: views.mark(each.record, each.secret) for id, each in found.items()}
    changed = {id: mark for id, mark in marks.items() if held.get(id) != mark}
    gone = sorted(id for id in held if id not in found)
    return Difference(entity, {id: found[id].record for id in changed}, changed, gone)


async def _answer(
    differences: Sequence[Difference], reader: Reader, since: Cursor, held: Held, looked: Looked, limit: int | None
) -> SyncPage:
    most = min(limit or reader.policy.page_records, reader.policy.page_records)
    sent = _cut(differences, most)
    more = sum(each.size for each in differences) > most
    view_id = await _next_view(sent, since, held, reader.by)
    place = Cursor(view_id, looked.next, reader.day, looked.timeline, looked.settles)
    if more:
        place = replace(since, view_id=view_id, timeline=looked.timeline)
    return SyncPage(
        cursor=cursors.told(place),
        more=more,
        reset=since.view_id == NOTHING_HELD,
        changes=SyncChanges(**{each.entity.name: await _told(each, reader) for each in sent}),
    )


def _cut(differences: Sequence[Difference], room: int) -> list[Difference]:
    """The first lines of all, entity by entity in their order."""
    sent = []
    for each in differences:
        part = each.first(room)
        room -= part.size
        if part.size:
            sent.append(part)
    return sent


async def _next_view(sent: Sequence[Difference], since: Cursor, held: Held, by: Actor) -> Any:
    if not sent:
        return since.view_id
    after = views.next_view(held)
    for each in sent:
        marks = after.setdefault(each.entity.name, {})
        marks.update(each.marks)
        for id in each.gone:
            marks.pop(id)
    return await views.keep(after, after=since.view_id, by=by)


async def _told(part: Difference, reader: Reader) -> EntityChanges[Any]:
    put = await part.entity.finished(reader, part.put) if part.put else {}
    whys = await part.entity.why_gone(reader, part.gone) if part.gone else {}
    gone = [GoneRecord(id=id, why=whys.get(id, GoneWhy.DELETED)) for id in part.gone]
    return EntityChanges(put=list(put.values()), gone=gone)
