"""Taking a submission: the XML byte for byte, its files, and the record it becomes, all or nothing.

Where its verb refuses the record, the rest stays, with the reason (`keeping`): a phone that was told 201 has done its
part. An edit of what was sent before goes through `editing`.
"""

from collections.abc import Callable, Collection, Mapping

from backend.core.database import transaction
from backend.core.refusals import Refusal
from backend.kits.form_questions import questions_of
from backend.kits.schemas import PublishedForm
from backend.media.receiving import flush, forget
from backend.openrosa import editing, keeping, queries
from backend.openrosa.catalogue import form_of, must_take, verb_of
from backend.openrosa.instances import Instance, InstanceWrong, NamedFile, read_instance
from backend.openrosa.storing import (
    Post,
    Receipt,
    absent_files,
    changed_files,
    claim_others,
    fill_in,
    keep_files,
    must_be_the_same,
    photo_ids,
)
from backend.openrosa.submission_rows import Sender, file_rows, record_columns, refused_row, submission_row
from backend.openrosa.verb_doors import Filled, Sent, VerbDoor
from backend.people.actors import Actor

LONGEST_FILE_NAME = 200

Files = Mapping[str, Callable[[], bytes]]
"""What came along, by name; called when the bytes are wanted, so that they are in memory one at a time."""


async def submit(*, xml: bytes, files: Files, sender: Sender) -> Receipt:
    """Take one POST, complete in itself. The same XML again is harmless and brings missing files.

    Raises what `read_instance` refuses, FormUnknown (404), Forbidden (403), SentBefore (409), and of a form that tells
    its phones what its `read` and its verb refuse.
    """
    instance = read_instance(xml)
    form = await form_of(instance.form_id, instance.form_version)
    must_take(form, sender.by)
    known = verb_of(form)
    named = instance.files(questions_of(form.xml).files)
    _must_be_sensible(named)
    missing = await _missing(instance, named, xml, sender.by) if named else []
    arrived = [file for file in missing if file.file_name in files]
    arrived += await changed_files(instance, files) if len(missing) < len(named) else []
    post = Post(instance, xml, sender, named, {})
    try:
        for file in arrived:
            post.flushed[file] = await flush(source=files[file.file_name]())
        if instance.deprecated_id:
            return await editing.stored_edit(post, known, form)
        return await _stored(post, known, form)
    except Refusal:
        await forget(post.flushed.values())
        raise


async def _stored(post: Post, known: VerbDoor, form: PublishedForm) -> Receipt:
    """With its record; where that is refused, in a transaction of its own without one."""
    try:
        filled = known.read(Sent(form, post.instance, photo_ids(post.instance, post.flushed)))
        return await _store(post, known, form, filled)
    except Refusal as refusal:
        if not keeping.keeps(form, known, refusal):
            raise
        return await _store_refused(post, known, form, keeping.told(refusal))


def _must_be_sensible(named: Collection[NamedFile]) -> None:
    if any(len(file.file_name) > LONGEST_FILE_NAME for file in named):
        raise InstanceWrong("It names a file with more than {limit} characters.", limit=LONGEST_FILE_NAME)


async def _missing(instance: Instance, named: list[NamedFile], xml: bytes, by: Actor) -> list[NamedFile]:
    """Named files that are not here yet: all of them at the first sending."""
    former = await queries.submission(instance.submission_id)
    if former is None:
        return named
    must_be_the_same(former, xml, by)
    return await absent_files(instance)


async def _store(post: Post, known: VerbDoor, form: PublishedForm, filled: Filled) -> Receipt:
    if known.alike and not post.named:
        return await _store_at_once(post, known, form, filled)
    return await _store_in_steps(post, known, form, filled)


@transaction
async def _store_at_once(post: Post, known: VerbDoor, form: PublishedForm, filled: Filled) -> Receipt:
    """The record first, so that the submission's row is written once: without it an update of five indexes."""
    became = await filled.record(by=post.sender.by)
    row = submission_row(post.instance, post.xml, post.sender) | record_columns(known.becomes, became)
    if not await queries.insert_submission(row):
        return await fill_in(post, known, form)
    return Receipt(record_id=became.record_id, created=True, missing=0, number=became.number, said=became.said)


@transaction
async def _store_in_steps(post: Post, known: VerbDoor, form: PublishedForm, filled: Filled) -> Receipt:
    instance, by = post.instance, post.sender.by
    if not await queries.insert_submission(submission_row(instance, post.xml, post.sender)):
        return await fill_in(post, known, form)
    here = await keep_files(post.flushed, photo_ids(instance, post.flushed), by=by)
    became = await filled.record(by=by)
    await queries.set_record(instance.submission_id, known.becomes, became)
    if post.named:
        await queries.insert_files(file_rows(instance, post.named, here))
    await claim_others(instance, here, became.took, became.division_code)
    missing = len(post.named) - len(here)
    return Receipt(record_id=became.record_id, created=True, missing=missing, number=became.number, said=became.said)


@transaction
async def _store_refused(post: Post, known: VerbDoor, form: PublishedForm, refused: keeping.Told) -> Receipt:
    instance, by = post.instance, post.sender.by
    row = submission_row(instance, post.xml, post.sender) | refused_row(refused, by)
    if not await queries.insert_submission(row):
        return await fill_in(post, known, form)
    here = await keep_files(post.flushed, photo_ids(instance, post.flushed), by=by)
    if post.named:
        await queries.insert_files(file_rows(instance, post.named, here))
    await claim_others(instance, here, frozenset(), row["division_code"])
    missing = len(post.named) - len(here)
    return Receipt(record_id=None, created=True, missing=missing, number=None, refused=refused)
