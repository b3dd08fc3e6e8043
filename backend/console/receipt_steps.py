"""What whoever holds a receipt may do on its page, and what each form sends."""

from collections.abc import Awaitable, Callable
from uuid import UUID, uuid5

from msgspec import Struct

from backend.cases import ending, uploads, working
from backend.cases.public import PublicCase
from backend.cases.words import CaseOutcome, CaseState, Satisfaction
from backend.console import form_photos
from backend.console.forms import MOST_PHOTOS, Filled
from backend.core.refusals import Refusal
from backend.core.words import Term
from backend.media.receiving import Door, Owner


class Holder(Struct, frozen=True):
    """Whose receipt, and the id of the step."""

    case_id: UUID
    id: UUID


class NoPhoto(Refusal):
    """Nothing was chosen to be sent."""

    status, code, title = 400, "console/photo-missing", "Choose a photo first"


async def _add_words(holder: Holder, form: Filled) -> None:
    await ending.add_words(case_id=holder.case_id, id=holder.id, words=form.words(), by=None)


async def _evaluate(holder: Holder, form: Filled) -> None:
    judged = Satisfaction.SATISFIED if form.get("judged") == "satisfied" else Satisfaction.DISSATISFIED
    await ending.evaluate(case_id=holder.case_id, id=holder.id, satisfaction=judged, remark=form.words(), by=None)


async def _reopen(holder: Holder, form: Filled) -> None:
    await ending.reopen(case_id=holder.case_id, id=holder.id, reason=form.words(), by=None)


async def _contest(holder: Holder, form: Filled) -> None:
    await ending.contest(case_id=holder.case_id, id=holder.id, reason=form.words(), by=None)


async def _withdraw(holder: Holder, form: Filled) -> None:
    await ending.withdraw(case_id=holder.case_id, id=holder.id, remark=form.words(), by=None)


async def _erase(holder: Holder, _: Filled) -> None:
    await ending.erase_contact(case_id=holder.case_id, id=holder.id, by=None)


async def _add_photos(holder: Holder, form: Filled) -> None:
    photo_ids = await kept_photos(holder, form)
    if not photo_ids:
        raise NoPhoto("Tap the field above and choose a photo, then send it.")
    opener = uploads.opener_of_case(holder.case_id)
    await working.add_photos(case_id=holder.case_id, id=holder.id, photo_ids=photo_ids, by=None, opener=opener)


async def kept_photos(holder: Holder, form: Filled) -> list[UUID]:
    """The photos chosen, each under an id that follows from the step's: sent twice they are the same. Before them those
    that a script has uploaded with the receipt's ticket, by their ids.
    """
    uploaded = [_identity(each) for each in form.get("photo_ids").split()[:MOST_PHOTOS]]
    chosen = form.files.get("photo", [])[:MOST_PHOTOS]
    owner = Owner(opener=uploads.opener_of_case(holder.case_id))
    return uploaded + [
        await form_photos.keep(part, uuid5(holder.id, str(n)), owner=owner, door=Door.RECEIPT)
        for n, part in enumerate(chosen)
    ]


def _identity(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NoPhoto("Tap the field above and choose a photo, then send it.") from error


STEPS: dict[str, Callable[[Holder, Filled], Awaitable[None]]] = {
    "evaluation": _evaluate,
    "reopening": _reopen,
    "contest": _contest,
    "words": _add_words,
    "photos": _add_photos,
    "withdrawal": _withdraw,
    "erasure": _erase,
}

DID = {
    "evaluation": ("evaluated", Term("Thank you, this is written down.")),
    "reopening": ("reopened", Term("It is opened again; you have a new date below.")),
    "contest": ("contested", Term("It is opened again; you have a new date below.")),
    "words": ("relayed", Term("What you added is written down.")),
    "photos": ("photos_added", Term("The photos are here.")),
    "withdrawal": ("withdrawn", Term("It is withdrawn.")),
    "erasure": ("contact_erased", Term("Your name and phone are deleted.")),
}
"""The line that a step leaves, and what the page says after it."""


def open_to(case: PublicCase) -> dict[str, bool]:
    """Which of the forms the page shows. Coming back has one form: a contest where it was refused, else a reopening."""
    steps = set(case.steps)
    refused = case.outcome in (CaseOutcome.UNREASONABLE, CaseOutcome.EXPLAINED)
    contest = "contested" in steps and refused
    return {
        "evaluation": "evaluated" in steps,
        "contest": contest,
        "reopening": "reopened" in steps and not contest,
        "words": "photos_added" in steps and case.state not in (CaseState.MERGED, CaseState.WITHDRAWN),
        "photos": "photos_added" in steps,
        "withdrawal": "withdrawn" in steps,
        "erasure": "contact_erased" in steps,
    }
