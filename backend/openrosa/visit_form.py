"""The visit form, translated: answers by their names in field_kits/visit become a `NewVisit`."""

import re
from uuid import UUID

from msgspec import Struct

from backend.core.words import say
from backend.openrosa.answers import point, shaped
from backend.openrosa.field_forms import KITS, Became, EditWaits, FieldForm, PhotoIds, Sent
from backend.openrosa.instances import Instance, NamedFile
from backend.openrosa.words import RecordKind
from backend.people.actors import Actor
from backend.people.tables import Role
from backend.visits.actions import get_visit, record_visit
from backend.visits.amendments import amend_visit
from backend.visits.photos import attach_photos
from backend.visits.schemas import AmendVisit, NewVisit, NewVisitPhoto
from backend.visits.tables import PhotoKind

PHOTO_KINDS = {
    "photos/photo": PhotoKind.SCENE,
    "photos/photo_before": PhotoKind.BEFORE,
    "photos/photo_after": PhotoKind.AFTER,
}
NO_CAMPAIGN = "none"
AMENDABLE = frozenset(AmendVisit.__struct_fields__)

_BETWEEN_NAMES = re.compile(r"[、，,；;\n]+")


class FilledVisit(Struct, frozen=True):
    """A visit as the phone wrote it."""

    new: NewVisit
    took: frozenset[NamedFile]

    async def record(self, *, by: Actor) -> Became:
        """Raises what `record_visit` refuses."""
        visit = (await record_visit(new=self.new, by=by, door="openrosa")).record
        return Became(visit.id, visit.division.code, self.took)


def _read(sent: Sent) -> FilledVisit:
    return FilledVisit(new_visit(sent.instance, sent.files), _photos_of(sent.files))


async def _add(visit_id: UUID, files: PhotoIds, by: Actor) -> Became:
    took = _photos_of(files)
    photos = [NewVisitPhoto(photo_id=files[file], kind=PHOTO_KINDS[file.question]) for file in took]
    return Became(visit_id, await attach_photos(visit_id=visit_id, photos=photos, by=by), took)


async def _amend(visit_id: UUID, before: Sent, after: Sent, by: Actor) -> Became:
    """What was changed goes to `amend_visit`; what a visit cannot be amended in waits for a person."""
    was, now = new_visit(before.instance, {}), new_visit(after.instance, {})
    changed = {name for name in NewVisit.__struct_fields__ if getattr(was, name) != getattr(now, name)} - {"id"}
    if changed - AMENDABLE:
        what = ", ".join(sorted(changed - AMENDABLE))
        raise EditWaits("A visit cannot be amended in {what}: somebody has to do it by hand.", what=what)
    if changed:
        visit = await get_visit(visit_id=visit_id, by=by)
        given = {name: getattr(now, name) for name in changed if name != "division_code" or now.division_code}
        change = AmendVisit(reason=say("Edited on the phone"), version=visit.version, **given)
        await amend_visit(visit_id=visit_id, change=change, by=by)
    return await _add(visit_id, after.files, by)


def _photos_of(files: PhotoIds) -> frozenset[NamedFile]:
    return frozenset(file for file in files if file.question in PHOTO_KINDS)


VISIT = FieldForm(
    form_id="visit",
    sheet=KITS / "visit" / "forms" / "visit.xlsx",
    roles=frozenset(Role),
    becomes=RecordKind.VISIT,
    read=_read,
    add=_add,
    amend=_amend,
)


def new_visit(instance: Instance, files: PhotoIds) -> NewVisit:
    """What the phone wrote, as the verb takes it. Raises Invalid (400)."""
    answers = {
        "id": str(instance.record_id),
        "channel": instance.answer("contact/channel"),
        "occurred_at": instance.answer("contact/occurred_at"),
        **_place(instance),
        "point": point(instance.answer("contact/point")),
        "campaign_kind": _campaign(instance.answer("findings/campaign")),
        "topics": (instance.answer("findings/topics") or "").split(),
        "note": instance.answer("findings/note"),
        "companions": _names(instance.answer("findings/companions") or ""),
        "needs": _needs(instance),
        "photos": [
            {"photo_id": str(photo), "kind": PHOTO_KINDS[named.question]}
            for named, photo in files.items()
            if named.question in PHOTO_KINDS
        ],
    }
    return shaped(answers, NewVisit)


def _place(instance: Instance) -> dict[str, str | None]:
    """The household, or else village and place: the form fills in the village of the last record, perhaps another."""
    household = instance.answer("contact/household_code")
    if household:
        return {"household_code": household}
    return {
        "division_code": instance.answer("contact/division_code"),
        "place_note": instance.answer("contact/place_note"),
    }


def _campaign(said: str | None) -> str | None:
    return None if said == NO_CAMPAIGN else said


def _names(said: str) -> list[str]:
    return [name.strip() for name in _BETWEEN_NAMES.split(said) if name.strip()]


def _needs(instance: Instance) -> list[dict[str, str]]:
    """One per repeat that was filled in."""
    told = [
        {child.tag: (child.text or "").strip() for child in repeat if isinstance(child.tag, str)}
        for repeat in instance.elements("need")
    ]
    return [
        {"category": need.get("category", ""), "description": need.get("description", "")}
        for need in told
        if any(need.values())
    ]
