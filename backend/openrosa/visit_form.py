"""A contact: a form's answers become a `NewVisit`."""

from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from backend.core.words import say
from backend.openrosa.answers import shaped
from backend.openrosa.instances import NamedFile
from backend.openrosa.mapping_reading import answers_of, files_of
from backend.openrosa.verb_doors import Became, EditWaits, Sent, VerbDoor
from backend.openrosa.words import RecordKind
from backend.people.actors import Actor
from backend.visits.actions import get_visit, record_visit
from backend.visits.amendments import amend_visit
from backend.visits.photos import attach_photos
from backend.visits.schemas import AmendVisit, NewVisit, NewVisitPhoto
from backend.visits.tables import PhotoKind

PHOTOS = "photos"
AMENDABLE = frozenset(AmendVisit.__struct_fields__)


class FilledVisit(Struct, frozen=True):
    """A visit as the phone wrote it."""

    new: NewVisit
    took: frozenset[NamedFile]

    async def record(self, *, by: Actor) -> Became:
        """Raises what `record_visit` refuses."""
        visit = (await record_visit(new=self.new, by=by, door="openrosa")).record
        return Became(visit.id, visit.division.code, self.took)


def _read(sent: Sent) -> FilledVisit:
    return FilledVisit(new_visit(sent), frozenset(files_of(sent, PHOTOS)))


def new_visit(sent: Sent) -> NewVisit:
    """What the phone wrote, as the verb takes it. Raises Invalid (400)."""
    return shaped({"id": str(sent.instance.record_id)} | answers_of(sent), NewVisit)


async def _add(visit_id: UUID, sent: Sent, by: Actor) -> Became:
    took = files_of(sent, PHOTOS)
    photos = [NewVisitPhoto(photo_id=sent.files[file], kind=PhotoKind(kind)) for file, kind in took.items()]
    return Became(visit_id, await attach_photos(visit_id=visit_id, photos=photos, by=by), frozenset(took))


async def _amend(visit_id: UUID, before: Sent, after: Sent, by: Actor) -> Became:
    """What was changed goes to `amend_visit`; what a visit cannot be amended in waits for a person."""
    was, now = new_visit(before), new_visit(replace(after, files={}))
    changed = {name for name in NewVisit.__struct_fields__ if getattr(was, name) != getattr(now, name)} - {"id"}
    if changed - AMENDABLE:
        what = ", ".join(sorted(changed - AMENDABLE))
        raise EditWaits("A visit cannot be amended in {what}: somebody has to do it by hand.", what=what)
    if changed:
        visit = await get_visit(visit_id=visit_id, by=by)
        given = {name: getattr(now, name) for name in changed if name != "division_code" or now.division_code}
        change = AmendVisit(reason=say("Edited on the phone"), version=visit.version, **given)
        await amend_visit(visit_id=visit_id, change=change, by=by)
    return await _add(visit_id, after, by)


VISIT = VerbDoor(verb="recordVisit", becomes=RecordKind.VISIT, read=_read, add=_add, amend=_amend, alike=True)
