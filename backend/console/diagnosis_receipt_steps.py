"""What the farmer may do on the page of a request for advice, beside what every receipt's holder may do."""

from collections.abc import Awaitable, Callable
from uuid import uuid5

from backend.cases import ending, uploads
from backend.cases.public import public_case
from backend.cases.words import CaseState
from backend.console import receipt_steps
from backend.console.forms import Filled
from backend.console.receipt_steps import Holder
from backend.console.typed import Incomplete, figure, identity
from backend.core.database import transaction
from backend.core.words import Term
from backend.diagnosis import farmer_words, following, forgetting, gate, outcomes, questions, telling
from backend.diagnosis.answer_schemas import NewOutcome
from backend.diagnosis.request_schemas import QuestionAnswer
from backend.diagnosis.words import OutcomeResult

MOST_MU, MOST_YUAN, MOST_LETTERS = 1_000_000, 1_000_000_000, 1000


async def _reply(holder: Holder, form: Filled) -> None:
    """To the expert's question, or with a better photo; words, photos, or both."""
    photo_ids = await receipt_steps.kept_photos(holder, form)
    said = QuestionAnswer(
        id=holder.id, words=form.words(), photo_ids=photo_ids, no_better_photo=bool(form.get("no_better_photo"))
    )
    await questions.answer_question(
        request_id=holder.case_id,
        question_id=identity(form.get("question")),
        new=said,
        by=None,
        opener=uploads.opener_of_case(holder.case_id),
    )


@transaction
async def _add_photos(holder: Holder, form: Filled) -> None:
    """The gate looks at them soon: one of them may be the better one that it waits for."""
    await receipt_steps.STEPS["photos"](holder, form)
    await gate.look_soon(holder.case_id)


@transaction
async def _add_words(holder: Holder, form: Filled) -> None:
    """Whoever has it hears that there is more to read."""
    await receipt_steps.STEPS["words"](holder, form)
    await farmer_words.tell_expert(request_id=holder.case_id, key=str(holder.id))


@transaction
async def _evaluate(holder: Holder, form: Filled) -> None:
    """Who says whether it helped has read it: nobody needs to ring him any more."""
    case = await public_case(case_id=holder.case_id)
    if case.state is CaseState.RESOLVED:
        await telling.heard(request_id=holder.case_id)
    await receipt_steps.STEPS["evaluation"](holder, form)


def _followed(step: str) -> Callable[[Holder, Filled], Awaitable[None]]:
    """A step of the case, which the request follows at once: back to the expert, or ended."""

    @transaction
    async def take(holder: Holder, form: Filled) -> None:
        await receipt_steps.STEPS[step](holder, form)
        await following.follow(request_id=holder.case_id)

    return take


async def _say_outcome(holder: Holder, form: Filled) -> None:
    result = form.get("result")
    if result not in tuple(OutcomeResult):
        raise Incomplete("Tap one of the three: better, no change, or worse.")
    said = NewOutcome(
        id=holder.id,
        result=OutcomeResult(result),
        area_mu=_within(figure(form.get("area_mu")), MOST_MU) or None,
        value_saved_yuan=_within(figure(form.get("value_saved_yuan")), MOST_YUAN),
        words=form.words()[:MOST_LETTERS],
    )
    await outcomes.record_outcome(request_id=holder.case_id, new=said, by=None)


@transaction
async def _erase(holder: Holder, _: Filled) -> None:
    """Nobody goes on with it, and all that is his goes: on the case, its timeline, and in the request."""
    case = await public_case(case_id=holder.case_id)
    if "withdrawn" in case.steps:
        await ending.withdraw(case_id=holder.case_id, id=uuid5(holder.id, "withdrawn"), by=None)
    await ending.erase_contact(case_id=holder.case_id, id=holder.id, by=None)
    await forgetting.erase(request_id=holder.case_id)
    await following.follow(request_id=holder.case_id)


def _within(value: float | None, most: int) -> float | None:
    if value is not None and not 0 <= value <= most:
        raise Incomplete("A figure such as 3.5 is wanted, or nothing at all.")
    return value


STEPS: dict[str, Callable[[Holder, Filled], Awaitable[None]]] = receipt_steps.STEPS | {
    "reply": _reply,
    "words": _add_words,
    "photos": _add_photos,
    "evaluation": _evaluate,
    "outcome": _say_outcome,
    **{step: _followed(step) for step in ("reopening", "contest", "withdrawal")},
    "erasure": _erase,
}

DID = receipt_steps.DID | {
    "reopening": ("reopened", Term("Your question is with the expert.")),
    "contest": ("contested", Term("Your question is with the expert.")),
    "erasure": ("contact_erased", Term("What was yours is deleted.")),
    "reply": ("relayed photos_added", Term("Thank you, it has arrived.")),
    "outcome": ("answered", Term("Thank you, this is written down.")),
}
"""The line that a step leaves (for an outcome, the one before it), and what the page says after it."""
