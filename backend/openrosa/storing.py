"""The rows and files of a submission: what is new, what comes late, and to whom its files belong."""

from collections.abc import Callable, Collection, Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

import msgspec
from msgspec import Struct

from backend.kits.schemas import PublishedForm
from backend.media.actions import claim_photos
from backend.media.receiving import Door, Flushed, forget, keep
from backend.openrosa import queries
from backend.openrosa.instances import Instance, NamedFile
from backend.openrosa.keeping import SentBefore, Told
from backend.openrosa.submission_rows import Sender, photo_id
from backend.openrosa.verb_doors import PhotoIds, Sent, VerbDoor
from backend.openrosa.words import SubmissionState
from backend.people.actors import Actor

SENT_BEFORE = "This record was sent before with other content. The first one stays."
COUNTS_NO_MORE = {
    SubmissionState.REPLACED: "This record was edited since. The later one stands.",
    SubmissionState.DELETED: "This record was struck out. It is not taken again.",
}


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
    refused: Told | None = None


class Post(Struct, frozen=True):
    """One POST, read: what it names, and what of it came along and is safe already."""

    instance: Instance
    xml: bytes
    sender: Sender
    named: list[NamedFile]
    flushed: dict[NamedFile, Flushed]


def must_be_the_same(former: Mapping[str, Any], xml: bytes, by: Actor) -> None:
    """Raises SentBefore (409) unless this is the same sending of something that still counts."""
    if former["state"] in COUNTS_NO_MORE:
        raise SentBefore(COUNTS_NO_MORE[former["state"]])
    if (former["xml_sha256"], former["submitted_by"]) != (sha256(xml).digest(), by.person_id):
        raise SentBefore(SENT_BEFORE)


async def absent_files(instance: Instance) -> list[NamedFile]:
    """Files that its XML names and that have not come."""
    rows = await queries.files_of(instance.submission_id)
    return [NamedFile(row["question"], row["file_name"]) for row in rows if row["photo"] is None]


async def fill_in(post: Post, known: VerbDoor, form: PublishedForm) -> Receipt:
    """The same instance again: its first XML stays, files that were missing come in."""
    instance, by = post.instance, post.sender.by
    former = await queries.submission_locked(instance.submission_id)
    if former is None:
        raise SentBefore(SENT_BEFORE)
    must_be_the_same(former, post.xml, by)
    rows = {NamedFile(row["question"], row["file_name"]): row for row in await queries.files_of(former["id"])}
    new = {file: photo for file, photo in post.flushed.items() if file in rows and rows[file]["sha256"] != photo.sha256}
    await forget(photo for file, photo in post.flushed.items() if file not in new)
    ids = {file: _id_of(instance, file, photo, rows[file]["photo"]) for file, photo in new.items()}
    here = await keep_files(new, ids, by=by)
    for file, photo_here in here.items():
        await queries.fill_file(instance.submission_id, file.question, file.file_name, photo_here)
    if here:
        await _give(Sent(form, instance, here), known, former, by)
    return Receipt(
        record_id=former["record"],
        created=False,
        missing=sum(row["photo"] is None and file not in here for file, row in rows.items()),
        number=former["number"],
        refused=former["refusal"] and msgspec.json.decode(former["refusal"]),
    )


async def _give(sent: Sent, known: VerbDoor, former: Mapping[str, Any], by: Actor) -> None:
    """Files that came late go to the record; while there is none they stay with the submission."""
    if former["record"] is None:
        return await claim_others(sent.instance, sent.files, frozenset(), former["division_code"])
    became = await known.add(former["record"], sent, by)
    return await claim_others(sent.instance, sent.files, became.took, became.division_code)


def _id_of(instance: Instance, file: NamedFile, photo: Flushed, former: UUID | None) -> UUID:
    """One that takes the place of another has an id of its own, the same for every sending of these bytes."""
    first = photo_id(instance, file)
    return first if former is None else uuid5(first, photo.sha256.hex())


async def keep_files(flushed: Mapping[NamedFile, Flushed], ids: PhotoIds, *, by: Actor) -> PhotoIds:
    """Photo rows, in the order of their bytes: two sendings that share photos never wait for each other in a ring."""
    for file, photo in sorted(flushed.items(), key=lambda pair: pair[1].sha256):
        await keep(
            flushed=photo,
            file_name=file.file_name,
            uploaded_by=by.person_id,
            photo_id=ids[file],
            door=Door.OPENROSA,
        )
    return ids


async def changed_files(instance: Instance, files: Mapping[str, Callable[[], bytes]]) -> list[NamedFile]:
    """Files that are here, and come again with other bytes: those take their place."""
    return [
        NamedFile(row["question"], row["file_name"])
        for row in await queries.files_of(instance.submission_id)
        if row["photo"] is not None
        and row["file_name"] in files
        and sha256(files[row["file_name"]]()).digest() != row["sha256"]
    ]


def photo_ids(instance: Instance, files: Collection[NamedFile]) -> PhotoIds:
    """The ids that these files have or will have."""
    return {file: photo_id(instance, file) for file in files}


async def claim_others(instance: Instance, here: PhotoIds, took: Collection[NamedFile], division_code: str) -> None:
    """What no record took, such as answers to questions that somebody added to the form: kept with the submission,
    whose place they share."""
    others = [photo for file, photo in here.items() if file not in took]
    if others:
        await claim_photos(
            photo_ids=others, kind="submission", record_id=instance.submission_id, division_code=division_code
        )
