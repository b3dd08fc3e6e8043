"""What was kept though its verb refused it, given to the verb once more: the household was entered meanwhile, the kit's
mapping was mended, or somebody puts a slip right here.

The record is its sender's, as if it had been taken at once; who put what right stands beside the XML.
"""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import msgspec

from backend.core import clock
from backend.core.database import savepoint, transaction
from backend.core.refusals import Forbidden, Refusal
from backend.media.actions import claim_photos, release_photos
from backend.openrosa import keeping, kept_xml, queries
from backend.openrosa.catalogue import form_of, verb_of
from backend.openrosa.editing import became_of_edit
from backend.openrosa.instances import Instance, NamedFile
from backend.openrosa.kept_xml import Opened
from backend.openrosa.submission_refusals import NoSuchAnswer, NothingToMap, SubmissionGone
from backend.openrosa.submission_schemas import SubmissionMapping, SubmissionRecord
from backend.openrosa.submissions import seen
from backend.openrosa.verb_doors import Became, PhotoIds, Sent, VerbDoor
from backend.openrosa.words import SubmissionState
from backend.people import sessions
from backend.people.actors import Actor
from backend.people.tables import Role

MENDERS = (Role.SUPERVISOR, Role.ADMIN)


@transaction
async def remap_submission(*, submission_id: UUID, said: SubmissionMapping, by: Actor) -> SubmissionRecord:
    """Whether it became a record now is in the answer: refused again, it says why again. Done twice it is once.

    By whoever sent it, and by supervisors and administrators who see it. Raises SubmissionUnknown (404),
    Forbidden (403), NothingToMap (409), SubmissionGone (410), NoSuchAnswer (400), FormUnknown (404).
    """
    found = await seen(submission_id, by)
    if found.sender.id != by.person_id and not by.has(*MENDERS):
        raise Forbidden("Only whoever sent it, or a supervisor of its area, may put it right.")
    row = await queries.submission_locked(submission_id)
    if row is None or row["state"] in (SubmissionState.REPLACED, SubmissionState.DELETED):
        raise NothingToMap
    if row["state"] == SubmissionState.ATTENTION:
        await _again(row, said, by)
    return await seen(submission_id, by)


async def _again(row: Mapping[str, Any], said: SubmissionMapping, by: Actor) -> None:
    opened = await kept_xml.opened(row["id"])
    if opened is None:
        raise SubmissionGone
    await _correct(row["id"], opened, said, by)
    instance = await kept_xml.mended(row["id"], opened)
    form = await form_of(instance.form_id, said.form_version or instance.form_version)
    here = await _files(row["id"])
    held = await queries.photos_held(row["id"])
    await release_photos(kind="submission", record_id=row["id"])
    became = await _tried(verb_of(form), Sent(form, instance, here), row)
    if isinstance(became, Refusal):
        await _refused(row, became, held)
    else:
        took = {here[file] for file in became.took}
        await _recorded(row, became, held - took, verb_of(form))


async def _correct(submission_id: UUID, opened: Opened, said: SubmissionMapping, by: Actor) -> None:
    instance: Instance = opened.instance()
    for each in said.corrections:
        if each.path.startswith("meta/") or not instance.put(each.path, each.nth, each.value):
            raise NoSuchAnswer("The record has no field {path} to put right.", path=each.path)
        await kept_xml.keep_correction(submission_id, opened, each, by=by)


async def _files(submission_id: UUID) -> PhotoIds:
    rows = await queries.files_of(submission_id)
    return {NamedFile(row["question"], row["file_name"]): row["photo"] for row in rows if row["photo"] is not None}


async def _tried(known: VerbDoor, sent: Sent, row: Mapping[str, Any]) -> Became | Refusal:
    sender = await sessions.actor(person_id=row["submitted_by"])
    try:
        async with savepoint():
            return await _became(known, sent, row, sender)
    except Refusal as refusal:
        if not keeping.keeps(sent.form, known, refusal):
            raise
        return refusal


async def _became(known: VerbDoor, sent: Sent, row: Mapping[str, Any], sender: Actor) -> Became:
    """An edit that waited amends the record that it is an edit of."""
    former = await queries.submission_locked(row["replaces"]) if row["replaces"] else None
    if former is None:
        return await known.read(sent).record(by=sender)
    return await became_of_edit(known, former, sent, sender)


async def _refused(row: Mapping[str, Any], refusal: Refusal, held: Collection[UUID]) -> None:
    told = msgspec.json.encode(keeping.told(refusal)).decode()
    await queries.set_tried(row["id"], state=SubmissionState.ATTENTION, refusal=told, at=clock.now())
    await _keep(row["id"], held, row["division_code"])


async def _recorded(row: Mapping[str, Any], became: Became, left: Collection[UUID], known: VerbDoor) -> None:
    await queries.set_tried(row["id"], state=SubmissionState.RECORDED, refusal=None, at=clock.now())
    await queries.set_record(row["id"], known.becomes, became)
    await _keep(row["id"], left, became.division_code)


async def _keep(submission_id: UUID, photo_ids: Collection[UUID], division_code: str) -> None:
    if photo_ids:
        await claim_photos(photo_ids=photo_ids, kind="submission", record_id=submission_id, division_code=division_code)
