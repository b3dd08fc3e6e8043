"""Taking a submission: the XML byte for byte, its files, and the record it becomes, all or nothing.

Where its verb refuses the record, the rest stays, with the reason (`keeping`): a phone that was told 201 has done its
part.
"""

from collections.abc import Callable, Collection, Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from backend.core.database import transaction
from backend.core.refusals import Refusal
from backend.media.actions import claim_photos
from backend.media.receiving import Door, Flushed, flush, forget, keep
from backend.openrosa import keeping, queries
from backend.openrosa.catalogue import FIELD_FORMS, file_questions, form_of
from backend.openrosa.field_forms import FieldForm, Filled, PhotoIds, Sent
from backend.openrosa.instances import Instance, InstanceWrong, NamedFile, read_instance
from backend.openrosa.keeping import SentBefore
from backend.openrosa.submission_rows import Sender, file_rows, photo_id, refused_row, submission_row
from backend.openrosa.words import SubmissionState
from backend.people.actors import Actor

LONGEST_FILE_NAME = 200
SENT_BEFORE = "This record was sent before with other content. The first one stays."
COUNTS_NO_MORE = {
    SubmissionState.REPLACED: "This record was edited since. The later one stands.",
    SubmissionState.DELETED: "This record was struck out. It is not taken again.",
}

Files = Mapping[str, Callable[[], bytes]]
"""What came along, by name; called when the bytes are wanted, so that they are in memory one at a time."""


class Receipt(Struct, frozen=True):
    """What stands on disk now. `missing` files may follow in a POST of the same XML.

    record_id  None while its verb refuses it: `refused` says why
    number     twelve digits, where the record is a case
    said       what its form says to whoever sent it, at the first time
    """

    record_id: UUID | None
    created: bool
    missing: int
    number: str | None
    said: str | None = None
    refused: keeping.Told | None = None


class Post(Struct, frozen=True):
    """One POST, read: what it names, and what of it came along and is safe already."""

    instance: Instance
    xml: bytes
    sender: Sender
    named: list[NamedFile]
    flushed: dict[NamedFile, Flushed]


async def submit(*, xml: bytes, files: Files, sender: Sender) -> Receipt:
    """Take one POST, complete in itself. The same XML again is harmless and brings missing files.

    Raises what `read_instance` refuses, FormUnknown (404), Forbidden (403), SentBefore (409), and of a form that tells
    its phones what its `read` and its verb refuse.
    """
    instance = read_instance(xml)
    form = form_of(instance.form_id, instance.form_version)
    known = FIELD_FORMS[instance.form_id]
    sender.by.must_have(*sorted(known.roles))
    named = instance.files(file_questions(form))
    _must_be_sensible(named)
    missing = await _missing(instance, named, xml, sender.by) if named else []
    arrived = [file for file in missing if file.file_name in files]
    filled = keeping.read(known, Sent(form, instance, _photo_ids(instance, arrived)))
    post = Post(instance, xml, sender, named, {})
    try:
        for file in arrived:
            post.flushed[file] = await flush(source=files[file.file_name]())
        return await _stored(post, known, filled)
    except Refusal:
        await forget(post.flushed.values())
        raise


async def _stored(post: Post, known: FieldForm, filled: Filled) -> Receipt:
    """With its record; where that is refused, in a transaction of its own without one."""
    try:
        return await _store(post, known, filled)
    except Refusal as refusal:
        if not keeping.keeps(known, refusal):
            raise
        return await _store_refused(post, known, keeping.told(refusal))


def _must_be_sensible(named: Collection[NamedFile]) -> None:
    if any(len(file.file_name) > LONGEST_FILE_NAME for file in named):
        raise InstanceWrong("It names a file with more than {limit} characters.", limit=LONGEST_FILE_NAME)


async def _missing(instance: Instance, named: list[NamedFile], xml: bytes, by: Actor) -> list[NamedFile]:
    """Named files that are not here yet: all of them at the first sending."""
    former = await queries.submission(instance.submission_id)
    if former is None:
        return named
    _must_be_the_same(former, xml, by)
    return await _absent(instance)


def _must_be_the_same(former: Mapping[str, Any], xml: bytes, by: Actor) -> None:
    if former["state"] in COUNTS_NO_MORE:
        raise SentBefore(COUNTS_NO_MORE[former["state"]])
    if (former["xml_sha256"], former["submitted_by"]) != (sha256(xml).digest(), by.person_id):
        raise SentBefore(SENT_BEFORE)


async def _absent(instance: Instance) -> list[NamedFile]:
    rows = await queries.files_of(instance.submission_id)
    return [NamedFile(row["question"], row["file_name"]) for row in rows if row["photo"] is None]


@transaction
async def _store(post: Post, known: FieldForm, filled: Filled) -> Receipt:
    instance, by = post.instance, post.sender.by
    if not await queries.insert_submission(submission_row(instance, post.xml, post.sender)):
        return await _fill_in(post, known)
    here = await _keep(instance, post.flushed, by)
    became = await filled.record(by=by)
    await queries.set_record(instance.submission_id, known.becomes, became)
    if post.named:
        await queries.insert_files(file_rows(instance, post.named, here))
    await _claim_others(instance, here, became.took, became.division_code)
    missing = len(post.named) - len(here)
    return Receipt(record_id=became.record_id, created=True, missing=missing, number=became.number, said=became.said)


@transaction
async def _store_refused(post: Post, known: FieldForm, refused: keeping.Told) -> Receipt:
    instance, by = post.instance, post.sender.by
    row = submission_row(instance, post.xml, post.sender) | refused_row(refused, by)
    if not await queries.insert_submission(row):
        return await _fill_in(post, known)
    here = await _keep(instance, post.flushed, by)
    if post.named:
        await queries.insert_files(file_rows(instance, post.named, here))
    await _claim_others(instance, here, frozenset(), row["division_code"])
    missing = len(post.named) - len(here)
    return Receipt(record_id=None, created=True, missing=missing, number=None, refused=refused)


async def _fill_in(post: Post, known: FieldForm) -> Receipt:
    """The same instance again: its first XML stays, files that were missing come in."""
    instance, by = post.instance, post.sender.by
    former = await queries.submission_locked(instance.submission_id)
    if former is None:
        raise SentBefore(SENT_BEFORE)
    _must_be_the_same(former, post.xml, by)
    absent = await _absent(instance) if post.named else []
    late = {file: photo for file, photo in post.flushed.items() if file in absent}
    await forget(photo for file, photo in post.flushed.items() if file not in late)
    here = await _keep(instance, late, by)
    for file, photo in here.items():
        await queries.fill_file(instance.submission_id, file.question, file.file_name, photo)
    if here:
        await _give(instance, known, former, here, by)
    return Receipt(
        record_id=former["record"],
        created=False,
        missing=len(absent) - len(here),
        number=former["number"],
        refused=former["refusal"] and msgspec.json.decode(former["refusal"]),
    )


async def _give(instance: Instance, known: FieldForm, former: Mapping[str, Any], here: PhotoIds, by: Actor) -> None:
    """Files that came late go to the record; while there is none they stay with the submission."""
    if former["record"] is None:
        return await _claim_others(instance, here, frozenset(), former["division_code"])
    became = await known.add(former["record"], here, by)
    return await _claim_others(instance, here, became.took, became.division_code)


async def _keep(instance: Instance, flushed: Mapping[NamedFile, Flushed], by: Actor) -> PhotoIds:
    """Photo rows, in the order of their bytes: two sendings that share photos never wait for each other in a ring."""
    for file, photo in sorted(flushed.items(), key=lambda pair: pair[1].sha256):
        await keep(
            flushed=photo,
            file_name=file.file_name,
            uploaded_by=by.person_id,
            photo_id=photo_id(instance, file),
            door=Door.OPENROSA,
        )
    return _photo_ids(instance, flushed)


def _photo_ids(instance: Instance, files: Collection[NamedFile]) -> PhotoIds:
    return {file: photo_id(instance, file) for file in files}


async def _claim_others(instance: Instance, here: PhotoIds, took: Collection[NamedFile], division_code: str) -> None:
    """What no record took, such as answers to questions that somebody added to the form: kept with the submission,
    whose place they share."""
    others = [photo for file, photo in here.items() if file not in took]
    if others:
        await claim_photos(
            photo_ids=others, kind="submission", record_id=instance.submission_id, division_code=division_code
        )
