"""What stands on a flow slip, as somebody types it: in the order of the paper."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid5

from backend.cases.schemas import SpotAnswer
from backend.cases.words import CaseKind
from backend.console import case_labels
from backend.console.case_opening import category_of, place_of
from backend.console.form_refusals import Tried, at_field, fitting, marked, tried
from backend.console.forms import Filled
from backend.console.refused import told
from backend.console.typed import identity, moment
from backend.core.refusals import Invalid, Refusal
from backend.core.words import Term, say
from backend.hotline.flow_slip_schemas import TypedFlowSlip
from backend.media.actions import upload_photo
from backend.media.receiving import Door
from backend.people.actors import Actor
from backend.people.household_queries import household_of_code

KINDS = (CaseKind.REQUEST, CaseKind.QUESTION, CaseKind.COMPLAINT, CaseKind.SUGGESTION)
FIXED = {CaseKind.QUESTION: "other.policy_question", CaseKind.SUGGESTION: "other.suggestion"}
"""What a kind is about where nobody wrote it down."""

MOST_LETTERS = 4000

NAMES = {
    "category_code": "category",
    "division_code": "place",
    "household_id": "household",
    "description": "words",
    "opened_at": "begun_at",
}
"""What a record's field is called in the form."""

WRONG = {
    "begun_at": Term("Type the time that stands on the paper."),
    "title": Term("Say in a few words what it is about: one to 120 characters."),
    "description": Term("What he says is too long: at most 4000 characters."),
    "place_note": Term("The exact place is too long: at most 200 characters."),
    "contact_name": Term("The name is too long: at most 60 characters."),
    "contact_phone": Term("A telephone number has 5 to 20 digits; please look at it again, or leave it out."),
    "answer": Term("What was answered is too long: at most 4000 characters."),
}


def kinds() -> list[tuple[str, str]]:
    """As boxes to tick, on paper and on the page."""
    return case_labels.choices({each: case_labels.KINDS[each] for each in KINDS})


async def read(form: Filled, by: Actor, *, photo_id: UUID | None) -> TypedFlowSlip:
    """Raises Invalid (400) with every field that is wrong, to look at the paper once more and not five times.

    photo_id   of the paper, which is here already
    """
    wrong: dict[str, str] = {}
    given: dict[str, Any] = {
        name: form.get(name) or None for name in ("title", "place_note", "contact_name", "contact_phone")
    }
    given["photo_ids"] = [photo_id] if photo_id else []
    given["description"] = form.get("words") or None
    given["kind"] = kind = form.get("kind") if form.get("kind") in KINDS else CaseKind.REQUEST.value
    if len(form.get("answer")) > MOST_LETTERS:
        wrong["answer"] = _said("answer")
    elif form.get("answer"):
        given["answer"] = SpotAnswer(words=form.get("answer"))
    for name, reading in _READ.items():
        try:
            given |= await reading(form, by, kind)
        except Refusal as refusal:
            wrong[name] = told(refusal)
    if not given.get("title"):
        wrong["title"] = _said("title")
    if wrong:
        raise Invalid("Please look at the marked fields.", errors=[at_field(*each) for each in wrong.items()])
    return fitting(TypedFlowSlip, given, wrong=WRONG)


async def paper(form: Filled, *, slip_id: UUID, by: Actor) -> UUID | None:
    """The photo of the paper: one just chosen, or one that came when something else was refused; the same sent twice is
    the same.
    """
    chosen = form.files.get("photo", [])
    if not chosen:
        return identity(form.get("photo_id")) if form.get("photo_id") else None
    digest = await chosen[0].sha256()
    kept = await upload_photo(
        source=chosen[0].chunks(),
        sha256=digest,
        file_name=chosen[0].file_name or "",
        photo_id=uuid5(slip_id, str(digest)),
        uploaded_by=by.person_id,
        door=Door.PAGE,
    )
    return kept.record.id


def _said(field: str) -> str:
    return say(WRONG[field])


def refused(refusal: Refusal) -> Tried:
    """A refusal beside the fields of this form."""
    return marked(tried(refusal, names=NAMES))


async def _time(form: Filled, _by: Actor, _kind: str) -> dict[str, Any]:
    begun_at = moment(form.get("begun_at"))
    if begun_at is None:
        raise Invalid(WRONG["begun_at"])
    return {"begun_at": begun_at}


async def _category(form: Filled, _by: Actor, kind: str) -> dict[str, Any]:
    return {"category_code": (await category_of(form.get("category") or FIXED.get(kind, ""))).code}  # type: ignore[call-overload]


async def _place(form: Filled, by: Actor, _kind: str) -> dict[str, Any]:
    """The village; with a card the household's."""
    return {} if form.get("household") else {"division_code": await place_of(form.get("place"), by)}


async def _household(form: Filled, by: Actor, _kind: str) -> dict[str, Any]:
    if not form.get("household"):
        return {}
    household_id = await household_of_code(code=form.get("household").upper(), by=by)
    if household_id is None:
        raise Invalid("There is no such card number here. Leave it out and name the village.")
    return {"household_id": household_id}


_READ: dict[str, Callable[[Filled, Actor, str], Awaitable[dict[str, Any]]]] = {
    "begun_at": _time,
    "category": _category,
    "place": _place,
    "household": _household,
}
