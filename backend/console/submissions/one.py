"""/console/submissions/{id}: one of them, answer by answer, why it waits, and what became of it.

Put right in place: an input at each refused answer, one click, and either it is a record or it says why not. Its
waiting may also be ended by hand. Reading what another person sent is written down.
"""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from backend.console import labels as words
from backend.console.form_refusals import Tried, fitting, tried
from backend.console.pages import page
from backend.console.submissions import labels, mending
from backend.console.submissions.answers import sheet_of
from backend.console.typed import Typed, typed
from backend.core.logs import request_id
from backend.core.refusals import Refusal
from backend.core.words import Term, say
from backend.media import photo_reading, records
from backend.media.refusals import PhotoUnknown
from backend.media.schemas import PhotoRecord
from backend.openrosa import remapping, settling, submission_overview, submissions
from backend.openrosa.submission_schemas import SubmissionDetail, SubmissionRecord, SubmissionSettlement
from backend.openrosa.words import SubmissionState
from backend.people.actors import Actor, visible_to
from backend.people.guards import SignedIn

HERE = "/console/submissions"
WRONG = {
    "outcome": Term("Choose how it ends."),
    "note": Term("Say why, in up to 300 characters."),
}
SAID = {
    "mapped": Term("Done: it is a record now."),
    "settled": Term("Written down: it waits no more."),
}
Did = Annotated[str, QueryParameter(max_length=20)]


@get("/{submission_id:uuid}", include_in_schema=False)
async def show_submission(by: SignedIn, submission_id: FromPath[UUID], did: Did = "") -> Response[str]:
    """`did` says what was just tried."""
    return await _page(by, submission_id, did=did)


@post("/{submission_id:uuid}/mapping", include_in_schema=False, status_code=200)
async def mend(by: SignedIn, request: Request[Any, Any, Any], submission_id: FromPath[UUID]) -> Response[Any]:
    """改好，再试一次. A second tap finds the record that the first one made."""
    form = await typed(request)
    try:
        said = await mending.said(form, await _read(submission_id, by))
        became = await remapping.remap_submission(submission_id=submission_id, said=said, by=by)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return await _page(by, submission_id, form=form, refused=tried(refusal, names={}))
    did = "again" if became.state == SubmissionState.ATTENTION else "mapped"
    return Redirect(f"{HERE}/{submission_id}?did={did}", status_code=303)


@post("/{submission_id:uuid}/settlement", include_in_schema=False, status_code=200)
async def settle(by: SignedIn, request: Request[Any, Any, Any], submission_id: FromPath[UUID]) -> Response[Any]:
    """手工处理好了, or 作废, with a reason. A second tap changes nothing."""
    form = await typed(request)
    try:
        given = {"outcome": form.get("outcome"), "note": form.get("note")}
        said = fitting(SubmissionSettlement, given, wrong=WRONG)
        await settling.settle_submission(submission_id=submission_id, said=said, by=by)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return await _page(by, submission_id, form=form, refused=tried(refusal, names={}), step="settlement")
    return Redirect(f"{HERE}/{submission_id}?did=settled", status_code=303)


async def _read(submission_id: UUID, by: Actor) -> SubmissionDetail:
    return await submissions.get_submission(submission_id=submission_id, by=by, request_id=request_id.get())


async def _page(
    by: Actor,
    submission_id: UUID,
    *,
    did: str = "",
    form: Typed | None = None,
    refused: Tried | None = None,
    step: str = "mapping",
) -> Response[str]:
    found = await _read(submission_id, by)
    one, sheet = found.submission, await sheet_of(found)
    waits = one.state == SubmissionState.ATTENTION
    return page(
        "submissions/submission.html",
        status=refused.status if refused else 200,
        by=by,
        found=found,
        one=one,
        sheet=sheet,
        mine=one.sender.id == by.person_id,
        waits=waits,
        mends=waits and may_mend(one, by) and found.xml_bytes is not None,
        settles=waits and by.has(*remapping.MENDERS),
        photos=await _photos(found, by),
        state_of=words.photo_verdict,
        later=await submission_overview.edit_of(submission_id=submission_id, by=by),
        form=form or Typed(),
        refused=refused,
        step=step,
        told=_told(did, one),
        says=labels,
        place=words.place,
        value=lambda field: mending.typed_value(field, form if step == "mapping" else None),
    )


def may_mend(one: SubmissionRecord, by: Actor) -> bool:
    """Whoever sent it, and whoever oversees it and may change things."""
    return one.sender.id == by.person_id or by.has(*remapping.MENDERS)


def _told(did: str, one: SubmissionRecord) -> tuple[str, str] | None:
    """A tone and a sentence, as long as it is true."""
    waits = one.state == SubmissionState.ATTENTION
    if did == "again" and waits:
        return "warn", say("Tried again, and it still cannot be taken. What is marked below says why.")
    if did in SAID and not waits:
        return "good", say(SAID[did])
    return None


async def _photos(found: SubmissionDetail, by: Actor) -> dict[UUID, PhotoRecord]:
    """Those of its files that are here and that he may look at."""
    shown = {}
    for file in found.files:
        if file.photo_id is not None:
            try:
                row = await photo_reading.photo_for(photo_id=file.photo_id, scope=visible_to(by))
            except PhotoUnknown:
                continue
            shown[file.photo_id] = records.record(row)
    return shown


HANDLERS = (show_submission, mend, settle)
