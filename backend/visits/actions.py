"""What may be done with a visit: record it, read it, answer its flags. Amending is next door, batches too."""

from datetime import datetime
from uuid import UUID

from asyncpg import UniqueViolationError

from backend.core import arrivals, clock, creates, ids
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.paging import Position
from backend.core.refusals import DifferentArguments, Forbidden, Unknown
from backend.media.actions import claim_photos
from backend.people.actors import Actor, visible_to
from backend.territory.coordinates import Crs
from backend.visits import entries, lookups, photo_lookups, queries, rules, storing
from backend.visits.entries import Entry
from backend.visits.reference import reference
from backend.visits.schemas import FlagRecord, NewVisit, TopicRecord, VisitFilters, VisitRecord
from backend.visits.tables import FlagKind


class VisitUnknown(Unknown):
    """No such visit, or none that this person may see."""

    code, title = "visits/visit-unknown", "No such visit"


class FlagUnknown(Unknown):
    """The visit has no such flag."""

    code, title = "visits/flag-unknown", "No such flag"


class NotYourVisit(Forbidden):
    """Only the one who recorded a visit answers its flags."""

    code, title = "visits/not-your-visit", "Somebody else recorded this visit"


async def record_visit(*, new: NewVisit, by: Actor, door: str = "api") -> Outcome[VisitRecord]:
    """Record one contact; it is on disk when this returns outside a transaction.

    What looks odd raises flags and never a refusal. Two round trips: one look-up, one insert; photos add three, and
    needs, which become cases, seven for all of them.
    The same id again gives the record as it is now.

    door   how it came in: api, batch, openrosa, page, seed

    Raises Invalid, ReferenceUnknown, PointOutside (400), OutsideYourTerritory (403), DifferentArguments (409).
    """
    new = rules.normalised(new)
    visit_id = new.id or ids.uuid7()
    entry = await _entry(visit_id, new, by, door)
    if entry is not None and await _store(entry):
        return Outcome(entries.record_of(entry), created=True)
    if entry is not None:
        await _entry(visit_id, new, by, door)  # somebody was faster with this id: refuses other content
    return Outcome(await get_visit(visit_id=visit_id, by=by), created=False)


async def get_visit(*, visit_id: UUID, by: Actor, crs: Crs = Crs.WGS84) -> VisitRecord:
    """One visit. Whoever recorded it has seen its flags now. Raises VisitUnknown (404)."""
    record = await queries.visit(visit_id, scope=visible_to(by), crs=crs)
    if record is None:
        raise VisitUnknown("There is no such visit, or it is not yours to see.", id=str(visit_id))
    await _see([record], by)
    return record


async def find_visits(
    *, by: Actor, filters: VisitFilters, limit: int = 50, after: Position | None = None, crs: Crs = Crs.WGS84
) -> list[VisitRecord]:
    """Up to `limit` + 1 visits, newest first. Flags of the asker's own visits have been seen now.

    Raises DivisionCodeWrong (400), DivisionUnknown (404).
    """
    records = await queries.list_visits(scope=visible_to(by), filters=filters, limit=limit, after=after, crs=crs)
    await _see(records, by)
    return records


async def answer_flag(
    *, visit_id: UUID, kind: FlagKind, answer: str, by: Actor, at: datetime | None = None
) -> Outcome[FlagRecord]:
    """What the cadre says to a flag on his own visit; the first answer stays.

    at   when he said it, where that was offline

    Raises VisitUnknown, FlagUnknown (404), NotYourVisit (403), DifferentArguments (409).
    """
    record = await get_visit(visit_id=visit_id, by=by)
    if record.recorded_by.id != by.person_id:
        raise NotYourVisit("Only the person who recorded this visit can answer its flags.")
    raised_at = _flag(record, kind).raised_at
    said_at = arrivals.done_at(at, since=raised_at, now=clock.now())
    written = await queries.answer_flag(visit_id, kind, answer.strip(), at=said_at)
    flag = _flag(await get_visit(visit_id=visit_id, by=by), kind)
    if flag.answer != answer.strip():
        raise DifferentArguments("This flag was answered before, with other words.", kind=kind.value)
    return Outcome(flag, created=written)


async def topics() -> list[TopicRecord]:
    """The topics of today, in the order of their codes, each top category before what is under it."""
    known, today = await reference(), clock.today()
    return [topic for topic in known.topics.values() if known.has_topic(topic.code, today)]


async def _entry(visit_id: UUID, new: NewVisit, by: Actor, door: str) -> Entry | None:
    """The visit checked and judged; None where it is stored already. Raises what `record_visit` raises."""
    known, told = await reference(), rules.told(new, by.person_id)
    [found] = await lookups.look_up([(visit_id, new)], by=by)
    if found.stored_digest is not None:
        rules.check_same(found.stored_digest, told, visit_id)
        return None
    photos = await photo_lookups.look_at_photos([photo.photo_id for photo in new.photos], by=by) if new.photos else {}
    return entries.entry(
        visit_id=visit_id,
        new=new,
        by=by,
        door=door,
        received_at=clock.now(),
        digest=creates.digest(told),
        found=found,
        photos=photos,
        reference=known,
    )


async def _store(entry: Entry) -> bool:
    try:
        return await (_store_with_more if entry.new.needs or entry.new.photos else storing.insert)(entry)
    except UniqueViolationError as error:
        raise DifferentArguments(rules.NEED_ID_TAKEN) from error


@transaction
async def _store_with_more(entry: Entry) -> bool:
    if not await storing.insert(entry):
        return False
    await storing.open_needs([entry])
    await claim(entry)
    return True


async def claim(entry: Entry) -> None:
    """Take up the photos that are free; one that another visit holds stays there, and was flagged."""
    free = [id for id, photo in entry.photos.items() if photo.is_free]
    if free:
        await claim_photos(
            photo_ids=free,
            kind="visit",
            record_id=entry.id,
            division_code=entry.found.division_code or "",
            household_id=entry.found.household_id,
            uploaded_by=entry.by.person_id,
        )


async def _see(records: list[VisitRecord], by: Actor) -> None:
    unseen = [
        record.id
        for record in records
        if record.recorded_by.id == by.person_id and any(flag.seen_at is None for flag in record.flags)
    ]
    if unseen:
        await queries.see_flags(unseen, person_id=by.person_id)


def _flag(record: VisitRecord, kind: FlagKind) -> FlagRecord:
    for flag in record.flags:
        if flag.kind == kind:
            return flag
    raise FlagUnknown("The visit {id} has no flag {kind}.", id=str(record.id), kind=kind.value)
