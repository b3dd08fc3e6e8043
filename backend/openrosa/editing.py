"""An edit of a record that was sent before (deprecatedID): the later one stands, and the record is amended by its verb.

What no verb carries over is kept like anything else that is refused, and a person does it by hand. Files that are named
again and not sent again are carried over. Source: docs.getodk.org/openrosa-metadata, OpenRosa's deprecatedID.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from backend.core.database import transaction
from backend.core.refusals import Refusal
from backend.kits.schemas import PublishedForm
from backend.media.actions import release_photos
from backend.openrosa import keeping, kept_xml, queries
from backend.openrosa.catalogue import form_of
from backend.openrosa.instances import NamedFile
from backend.openrosa.keeping import SentBefore
from backend.openrosa.storing import COUNTS_NO_MORE, Post, Receipt, claim_others, fill_in, keep_files, photo_ids
from backend.openrosa.submission_rows import file_rows, refused_row, submission_row
from backend.openrosa.verb_doors import Became, EditWaits, PhotoIds, Sent, VerbDoor
from backend.openrosa.words import SubmissionState
from backend.people.actors import Actor


class EditOfUnknown(SentBefore):
    """An edit of something that was never sent here, or by somebody else."""

    status, code, title = 404, "openrosa/edit-of-unknown", "The record that was edited is not here"


async def stored_edit(post: Post, known: VerbDoor, form: PublishedForm) -> Receipt:
    """With its record amended; where that is refused, in a transaction of its own, for a person.

    Raises EditOfUnknown (404), SentBefore (409), and of a form that tells its phones what its verb refuses.
    """
    try:
        return await _store(post, known, form, refused=None)
    except Refusal as refusal:
        if not keeping.keeps(form, known, refusal):
            raise
        return await _store(post, known, form, refused=keeping.told(refusal))


@transaction
async def _store(post: Post, known: VerbDoor, form: PublishedForm, *, refused: keeping.Told | None) -> Receipt:
    instance, by = post.instance, post.sender.by
    row = submission_row(instance, post.xml, post.sender) | ({} if refused is None else refused_row(refused, by))
    former = await _former(post)
    if former is None or not await queries.insert_submission(row | {"replaces": former["id"]}):
        return await fill_in(post, known, form)
    here = await keep_files(post.flushed, photo_ids(instance, post.flushed), by=by)
    whole = {**await _carried(former, post, here), **here}
    await queries.set_state(former["id"], SubmissionState.REPLACED)
    if post.named:
        await queries.insert_files(file_rows(instance, post.named, whole))
    missing = len(post.named) - len(whole)
    if former["record"] is None:
        held = await queries.photos_held(former["id"])
        await release_photos(kind="submission", record_id=former["id"])
        here = {file: photo for file, photo in whole.items() if file in here or photo in held}
    if refused is not None:
        await claim_others(instance, here, frozenset(), row["division_code"])
        return Receipt(record_id=None, created=True, missing=missing, number=None, refused=refused)
    became = await became_of_edit(known, former, Sent(form, instance, whole), by)
    await queries.set_record(instance.submission_id, known.becomes, became)
    await claim_others(instance, here, became.took, became.division_code)
    return Receipt(record_id=became.record_id, created=True, missing=missing, number=became.number, said=became.said)


async def _former(post: Post) -> Mapping[str, Any] | None:
    """What is edited, for this transaction alone; None where this very edit is here already."""
    instance, by = post.instance, post.sender.by
    if await queries.submission(instance.submission_id) is not None:
        return None
    assert instance.deprecated_id is not None  # noqa: S101 - asked before
    former = await queries.submission_locked(instance.deprecated_id)
    if former is None or former["submitted_by"] != by.person_id:
        raise EditOfUnknown("Send it as a new record.")
    if former["state"] in COUNTS_NO_MORE and await queries.submission(instance.submission_id) is None:
        raise SentBefore(COUNTS_NO_MORE[former["state"]])
    return former


async def _carried(former: Mapping[str, Any], post: Post, here: PhotoIds) -> dict[NamedFile, UUID]:
    rows = await queries.files_of(former["id"])
    sent = {NamedFile(row["question"], row["file_name"]): row["photo"] for row in rows if row["photo"] is not None}
    return {file: photo for file, photo in sent.items() if file in post.named and file not in here}


async def became_of_edit(known: VerbDoor, former: Mapping[str, Any], sent: Sent, by: Actor) -> Became:
    """The record amended; where there is none yet, the record that the edit becomes.

    The record is that of the last submission that has one: what is edited may be an edit that waits itself.
    """
    while former["record"] is None and former["replaces"] is not None:
        before_it = await queries.submission_locked(former["replaces"])
        assert before_it is not None  # noqa: S101 - a foreign key
        former = before_it
    if former["record"] is None:
        return await known.read(sent).record(by=by)
    if known.amend is None:
        raise EditWaits("Somebody has to carry the change over by hand.")
    before = await kept_xml.instance_of(former["id"])
    if before is None:
        raise EditWaits("Somebody has to carry the change over by hand.")
    was = Sent(await form_of(before.form_id, before.form_version), before, {})
    return await known.amend(former["record"], was, sent, by)
