"""What talks and posters have in common: when it was, the photo that came with the form, and photos in a list."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid5

from msgspec import Struct

from backend.antifraud.outreach_places import RECORDERS
from backend.console import typed
from backend.console.form_photos import PhotoTooLarge
from backend.console.form_refusals import at_field
from backend.console.forms import Filled
from backend.console.outreach.outreach_places import PLACES, place_of
from backend.core import clock
from backend.core.ids import uuid7
from backend.core.multipart import Part
from backend.core.refusals import Invalid, Refusal
from backend.core.settings import settings
from backend.core.words import say
from backend.media import records
from backend.media.actions import upload_photo
from backend.media.facts import Kind, PhotoState
from backend.media.photo_reading import photo_for
from backend.media.receiving import Door
from backend.media.refusals import PhotoUnknown
from backend.people.actors import Actor, visible_to

SHOWN = 20
FORM = {"division_code": "village", "photo_id": "photo"}
PLACE_WRONG = "Say where in at most 120 characters, such as 村委会大院; nobody's name."


class PhotoShown(Struct, frozen=True):
    """A photo of a list. words: why there is none to see; empty where there is."""

    address: str
    words: str = ""


def fresh(place: dict[str, str]) -> Filled:
    """An empty form of now, for a place or none."""
    now = clock.local(clock.now()).strftime("%Y-%m-%dT%H:%M")
    return Filled({"id": str(uuid7()), "at": now} | place, {})


def anew(form: Filled) -> Filled:
    """The same under another id, so that the next tap writes it down as a record of its own."""
    return Filled(form.fields | {"id": str(uuid7())}, form.files)


async def facts(form: Filled, by: Actor) -> dict[str, Any]:
    """Where, when, and the photo. Raises Invalid (400) with every field that is wrong."""
    wrong = []
    given: dict[str, Any] = {"id": form.id(), "place": form.get("place")}
    for read in (_village, _at, _photo):
        try:
            given |= await read(form, by)
        except Invalid as refusal:
            wrong += refusal.errors
    if wrong:
        raise Invalid("Please look at the marked fields.", errors=wrong)
    return given


async def _village(form: Filled, by: Actor) -> dict[str, Any]:
    return {"division_code": await place_of(form, by=by, roles=RECORDERS, levels=PLACES)}


async def _at(form: Filled, _: Actor) -> dict[str, Any]:
    try:
        at = typed.moment(form.get("at"))
    except Refusal as refusal:
        raise Invalid(errors=[at_field("at", say(refusal.detail))]) from refusal
    return {"at": at or clock.now()}


async def _photo(form: Filled, by: Actor) -> dict[str, Any]:
    photo_id = await photo_of(form, by)
    if photo_id is not None:
        form.fields["photo_id"] = str(photo_id)  # a refused form shows that it is here, and need not send it again
    return {"photo_id": photo_id}


async def photo_of(form: Filled, by: Actor) -> UUID | None:
    """The photo that came along, else the one that came before the form was refused. Raises Invalid (400)."""
    chosen = form.files.get("photo", [])
    if chosen:
        return await _keep(chosen[0], form.id(), by)
    kept = form.get("photo_id")
    return typed.identity(kept) if kept and not form.get("no_photo") else None


async def _keep(part: Part, form_id: UUID, by: Actor) -> UUID:
    """Under an id that follows from the form's and its bytes: sent twice it is there once, another is another."""
    most = settings().station_upload_max_bytes
    if part.size_bytes > most:
        raise _no_photo(say(PhotoTooLarge.title))
    digest = await part.sha256()
    kept = await upload_photo(
        source=part.chunks(),
        sha256=digest,
        file_name=part.file_name or "",
        photo_id=uuid5(form_id, digest.hex()),
        uploaded_by=by.person_id,
        door=Door.PAGE,
    )
    if kept.record.kind != Kind.PHOTO:
        raise _no_photo(say("This is no photo. Take one with the phone, or leave it out."))
    return kept.record.id


def _no_photo(words: str) -> Invalid:
    return Invalid("Please look at the marked fields.", errors=[at_field("photo", words)])


async def photos_of(photo_ids: Iterable[UUID | None], by: Actor) -> dict[UUID, PhotoShown]:
    """Photos of a list's page, by their ids."""
    return {photo_id: await _shown(photo_id, by) for photo_id in photo_ids if photo_id is not None}


async def _shown(photo_id: UUID, by: Actor) -> PhotoShown:
    address = f"/api/v1/photos/{photo_id}/copy"
    try:
        photo = records.record(await photo_for(photo_id=photo_id, scope=visible_to(by)))
    except PhotoUnknown:
        return PhotoShown(address, say("The photo is shown to whoever took it and to supervisors."))
    if photo.copy:
        return PhotoShown(address)
    if photo.state == PhotoState.WAITING:
        return PhotoShown(address, say("The photo has arrived and is being looked at."))
    return PhotoShown(address, photo.verdict.text if photo.verdict else say("The photo was deleted in time."))
