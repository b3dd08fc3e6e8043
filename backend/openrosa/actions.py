"""Taking a submission: the XML byte for byte, its files, and the record it becomes, all or nothing."""

from collections.abc import Callable, Collection, Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

from msgspec import Struct

from backend.core import cipher, clock
from backend.core.database import transaction
from backend.core.refusals import DifferentArguments, Refusal
from backend.media.actions import claim_photos
from backend.media.receiving import Door, Flushed, flush, forget, keep
from backend.openrosa import queries
from backend.openrosa.catalogue import file_questions, form_of
from backend.openrosa.instances import Instance, InstanceWrong, NamedFile, read_instance
from backend.openrosa.visit_form import PHOTO_KINDS, new_visit
from backend.people.actors import Actor
from backend.visits.actions import record_visit
from backend.visits.photos import attach_photos
from backend.visits.schemas import NewVisit, NewVisitPhoto

XML_PURPOSE = "openrosa_submission.xml"
LONGEST_FILE_NAME = 200
LONGEST_DEVICE_ID, LONGEST_USER_AGENT = 200, 300

Files = Mapping[str, Callable[[], bytes]]
"""What came along, by name; called when the bytes are wanted, so that they are in memory one at a time."""


class Sender(Struct, frozen=True):
    """Who sends, and what the phone says of itself."""

    by: Actor
    device_id: str | None = None
    user_agent: str | None = None


class Receipt(Struct, frozen=True):
    """What stands on disk now. `missing` files may follow in a POST of the same XML."""

    visit_id: UUID
    created: bool
    missing: int


async def submit(*, xml: bytes, files: Files, sender: Sender) -> Receipt:
    """Take one POST, complete in itself. The same XML again is harmless and brings missing files.

    Raises what `read_instance`, `new_visit` and `record_visit` refuse, FormUnknown (404), DifferentArguments (409).
    """
    instance = read_instance(xml)
    named = instance.files(file_questions(form_of(instance.form_id, instance.form_version)))
    _must_be_sensible(named)
    missing = await _missing(instance, named, xml, sender.by) if named else []
    arrived = [file for file in missing if file.file_name in files]
    new = new_visit(instance, {file: _photo_id(instance, file) for file in arrived})
    flushed: dict[NamedFile, Flushed] = {}
    try:
        for file in arrived:
            flushed[file] = await flush(source=files[file.file_name]())
        return await _store(instance=instance, xml=xml, named=named, flushed=flushed, new=new, sender=sender)
    except Refusal:
        await forget(flushed.values())
        raise


def _must_be_sensible(named: Collection[NamedFile]) -> None:
    if any(len(file.file_name) > LONGEST_FILE_NAME for file in named):
        raise InstanceWrong("It names a file with more than {limit} characters.", limit=LONGEST_FILE_NAME)


async def _missing(instance: Instance, named: list[NamedFile], xml: bytes, by: Actor) -> list[NamedFile]:
    """Named files that are not here yet: all of them at the first sending."""
    former = await queries.submission(instance.submission_id)
    if former is None:
        return named
    _must_be_the_same(former, xml, by)
    rows = await queries.files_of(instance.submission_id)
    return [NamedFile(row["question"], row["file_name"]) for row in rows if row["photo"] is None]


def _must_be_the_same(former: Mapping[str, Any], xml: bytes, by: Actor) -> None:
    if (former["xml_sha256"], former["submitted_by"]) != (sha256(xml).digest(), by.person_id):
        raise DifferentArguments("This record was sent before with other content. The first one stays.")


def _photo_id(instance: Instance, file: NamedFile) -> UUID:
    return uuid5(instance.submission_id, f"{file.question}\n{file.file_name}")


@transaction
async def _store(
    *,
    instance: Instance,
    xml: bytes,
    named: list[NamedFile],
    flushed: Mapping[NamedFile, Flushed],
    new: NewVisit,
    sender: Sender,
) -> Receipt:
    if not await queries.insert_submission(_row(instance, xml, sender)):
        return await _fill_in(instance=instance, xml=xml, flushed=flushed, by=sender.by)
    await _keep(instance, flushed, sender.by)
    visit = (await record_visit(new=new, by=sender.by, door="openrosa")).record
    await queries.set_visit(instance.submission_id, visit.id)
    if named:
        await queries.insert_files([_file_row(instance, file, is_here=file in flushed) for file in named])
    await _claim_others(instance, flushed, visit.division.code)
    return Receipt(visit_id=visit.id, created=True, missing=len(named) - len(flushed))


async def _fill_in(*, instance: Instance, xml: bytes, flushed: Mapping[NamedFile, Flushed], by: Actor) -> Receipt:
    """The same instance again: its first XML stays, files that were missing come in."""
    former = await queries.submission_locked(instance.submission_id)
    if former is None:
        raise DifferentArguments("This record was sent before with other content. The first one stays.")
    _must_be_the_same(former, xml, by)
    rows = await queries.files_of(instance.submission_id)
    absent = {NamedFile(row["question"], row["file_name"]) for row in rows if row["photo"] is None}
    late = {file: photo for file, photo in flushed.items() if file in absent}
    await forget(photo for file, photo in flushed.items() if file not in absent)
    await _keep(instance, late, by)
    for file in late:
        await queries.fill_file(instance.submission_id, file.question, file.file_name, _photo_id(instance, file))
    photos = [
        NewVisitPhoto(photo_id=_photo_id(instance, f), kind=PHOTO_KINDS[f.question])
        for f in late
        if f.question in PHOTO_KINDS
    ]
    division_code = await attach_photos(visit_id=former["visit"], photos=photos, by=by)
    await _claim_others(instance, late, division_code)
    return Receipt(visit_id=former["visit"], created=False, missing=len(absent) - len(late))


async def _keep(instance: Instance, flushed: Mapping[NamedFile, Flushed], by: Actor) -> None:
    """Photo rows, in the order of their bytes: two sendings that share photos never wait for each other in a ring."""
    for file, photo in sorted(flushed.items(), key=lambda pair: pair[1].sha256):
        await keep(
            flushed=photo,
            file_name=file.file_name,
            uploaded_by=by.person_id,
            photo_id=_photo_id(instance, file),
            door=Door.OPENROSA,
        )


async def _claim_others(instance: Instance, files: Collection[NamedFile], division_code: str) -> None:
    """Answers to questions that somebody added to the form: kept with the submission, whose place they share."""
    others = [_photo_id(instance, file) for file in files if file.question not in PHOTO_KINDS]
    if others:
        await claim_photos(
            photo_ids=others, kind="submission", record_id=instance.submission_id, division_code=division_code
        )


def _file_row(instance: Instance, file: NamedFile, *, is_here: bool) -> queries.FileRow:
    photo_id = _photo_id(instance, file)
    row_id = uuid5(photo_id, "file")
    return row_id, instance.submission_id, file.question, file.file_name, photo_id if is_here else None


def _row(instance: Instance, xml: bytes, sender: Sender) -> dict[str, Any]:
    key, key_sealed = cipher.new_key(purpose=XML_PURPOSE)
    return {
        "id": instance.submission_id,
        "form_id": instance.form_id,
        "form_version": instance.form_version,
        "instance_id": instance.instance_id,
        "xml_sealed": cipher.seal_bytes(xml, key=key, purpose=XML_PURPOSE),
        "xml_sha256": sha256(xml).digest(),
        "key_sealed": key_sealed,
        "submitted_by": sender.by.person_id,
        "received_at": clock.now(),
        "device_id": _shortened(sender.device_id, LONGEST_DEVICE_ID),
        "user_agent": _shortened(sender.user_agent, LONGEST_USER_AGENT),
    }


def _shortened(said: str | None, longest: int) -> str | None:
    printable = "".join(letter for letter in said or "" if letter.isprintable())
    return printable[:longest] or None
