"""What the forms of a suggestion's page send, as the steps that they take."""

from collections.abc import Awaitable, Callable
from uuid import UUID, uuid5

from msgspec import Struct

from backend.cases import feedback, suggestions
from backend.cases.amending import amend_suggestion
from backend.cases.loop_words import Signatory
from backend.cases.suggestion_schemas import NewFeedback, NewHearing, NewReport, NewSignature, NewText
from backend.console.forms import Filled
from backend.console.typed import moment, place, shaped
from backend.media.actions import upload_photo
from backend.media.receiving import Door
from backend.people.actors import Actor


class Taking(Struct, frozen=True):
    """Which suggestion, the id of the step, who, and what he filled in."""

    case_id: UUID
    id: UUID
    by: Actor
    form: Filled


async def _sign(on: Taking) -> None:
    form = on.form
    signatory = form.get("signatory")
    new = shaped(
        NewSignature,
        id=on.id,
        signatory=signatory,
        text_sha256=form.get("text_sha256"),
        signed_as=form.get("signed_as") if signatory != Signatory.SUGGESTER else None,
        signed_at=moment(form.get("signed_at")),
    )
    await suggestions.sign(case_id=on.case_id, new=new, by=on.by)


async def _amend(on: Taking) -> None:
    form = on.form
    new = shaped(
        NewText,
        id=on.id,
        title=form.get("title"),
        description=form.get("description").replace("\r\n", "\n"),
        reason=form.get("reason"),
    )
    await amend_suggestion(case_id=on.case_id, new=new, by=on.by)


async def _hear(on: Taking) -> None:
    form = on.form
    new = shaped(
        NewHearing,
        id=on.id,
        held_at=moment(form.get("held_at")),
        point=place(form.get("point"), form.get("crs")),
        place_note=form.get("place_note"),
        committee=form.get("committee"),
        unit_id=form.get("unit"),
        unit_spoke_by=form.get("unit_spoke_by"),
        suggester_came=form.get("came") == "yes",
        minutes=form.get("minutes"),
    )
    await suggestions.hold_hearing(case_id=on.case_id, new=new, by=on.by)


async def _report(on: Taking) -> None:
    form = on.form
    new = shaped(
        NewReport,
        id=on.id,
        audience=form.get("audience"),
        text=form.get("text"),
        reference=form.get("reference"),
        reported_on=form.get("reported_on"),
        redact=form.get("redact") == "yes",
    )
    await suggestions.report(case_id=on.case_id, new=new, by=on.by)


async def _feed_back(on: Taking) -> None:
    form = on.form
    new = shaped(
        NewFeedback,
        id=on.id,
        way=form.get("way"),
        text=form.get("text"),
        given_at=moment(form.get("given_at")),
        photo_id=await _proof(on),
        point=place(form.get("point"), form.get("crs")),
        place_note=form.get("place_note"),
        redact=form.get("redact") == "yes",
    )
    await feedback.give_feedback(case_id=on.case_id, new=new, by=on.by)


async def _proof(on: Taking) -> UUID | None:
    """Keep the photo under an id that follows from the step's: sent twice it is the same."""
    chosen = on.form.files.get("photo")
    if not chosen:
        return None
    kept = await upload_photo(
        source=chosen[0].chunks(),
        sha256=await chosen[0].sha256(),
        file_name=chosen[0].file_name or "",
        photo_id=uuid5(on.id, "proof"),
        uploaded_by=on.by.person_id,
        door=Door.PAGE,
    )
    return kept.record.id


STEPS: dict[str, Callable[[Taking], Awaitable[None]]] = {
    "signature": _sign,
    "text": _amend,
    "hearing": _hear,
    "report": _report,
    "feedback": _feed_back,
}
