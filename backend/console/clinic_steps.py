"""The steps of a request as forms: what each button of the desk does with what was filled in."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.console import clinic_form as forms
from backend.console import clinic_form_reading as reading
from backend.console.clinic_form import Conditions
from backend.console.clinic_form_reading import FieldWrong
from backend.console.refused import told
from backend.console.typed import Typed
from backend.core.problems import problem
from backend.core.refusals import Refusal
from backend.core.words import Term, say
from backend.diagnosis import answers, offers, outcomes, questions, second_opinions
from backend.diagnosis.answer_schemas import NewOutcome, NewSecondOpinion
from backend.diagnosis.request_schemas import NewQuestion, QuestionAnswer
from backend.diagnosis.words import RefusalReason
from backend.people.actors import Actor

MOST_WORDS = 1000


class Taking(Struct, frozen=True, kw_only=True):
    """Somebody takes a step with a request. `conditions`: what a code may be, where the step is an answer."""

    request_id: UUID
    by: Actor
    form: Typed
    conditions: Conditions


class Step(Struct, frozen=True):
    """What a step does, and what the page says afterwards."""

    verb: Callable[[Taking], Awaitable[Any]]
    did: Term


class Tried(Struct, frozen=True):
    """A step that was refused: which, why, at which field, and what had been filled in."""

    step: str
    problem: str
    at: dict[str, str]
    form: Typed
    status: int


class Ready(Struct, frozen=True):
    """A sentence that farmers are asked often. `photo`: it asks for one."""

    words: Term
    photo: bool = False


READY: dict[str, Ready] = {
    "underside": Ready(Term("Please photograph the underside of a leaf, close and sharp."), photo=True),
    "field": Ready(Term("Please photograph the whole field from its edge."), photo=True),
    "root": Ready(Term("Please dig out one plant and photograph the root."), photo=True),
    "sprayed": Ready(Term("What did you spray or spread lately, and on which day?")),
    "spots": Ready(Term("Is it the whole field, or single plants here and there?")),
    "since": Ready(Term("When did it begin, and has it become more since?")),
    "water": Ready(Term("Did it rain or did you water in the last days?")),
    "insects": Ready(Term("Do you see insects, and on which part?")),
    "variety": Ready(Term("Which variety is it, and what grew there before?")),
}


async def _claim(on: Taking) -> None:
    await offers.claim(request_id=on.request_id, id=reading.identity(on.form), by=on.by)


async def _decline(on: Taking) -> None:
    reason = on.form.get("reason")
    if reason not in tuple(RefusalReason):
        raise FieldWrong("Say why you do not take it.", field="reason")
    remark = on.form.get("remark")
    await offers.decline(request_id=on.request_id, reason=RefusalReason(reason), remark=remark, by=on.by)


async def _hand_over(on: Taking) -> None:
    to, reason = _expert(on.form), on.form.get("reason")
    if to is None or not reason:
        raise FieldWrong("Choose a colleague and say why.", field="expert")
    await offers.hand_over(request_id=on.request_id, to=to, reason=reason, id=reading.identity(on.form), by=on.by)


async def _ask(on: Taking) -> None:
    ticked = [READY[code] for code in on.form.all("ready") if code in READY]
    words = "\n".join([*(say(each.words) for each in ticked), on.form.get("words")]).strip()
    wants_photo = bool(on.form.get("wants_photo")) or any(each.photo for each in ticked)
    if not words:
        raise FieldWrong("Tick a sentence or write your own.", field="words")
    new = reading.fitting(NewQuestion, {"words": words, "wants_photo": wants_photo, "id": reading.identity(on.form)})
    await questions.ask_farmer(request_id=on.request_id, new=new, by=on.by)


async def _second_opinion(on: Taking) -> None:
    facts = {
        "reason": on.form.get("reason"),
        "expert_id": _expert(on.form),
        "id": reading.identity(on.form),
    }
    new = reading.fitting(NewSecondOpinion, facts)
    await second_opinions.request_second_opinion(request_id=on.request_id, new=new, by=on.by)


async def _answer(on: Taking) -> None:
    new = reading.new_answer(on.form, on.conditions)
    await answers.answer_diagnosis(request_id=on.request_id, new=new, by=on.by)


async def _correct(on: Taking) -> None:
    new = reading.new_answer(on.form, on.conditions)
    await answers.correct_diagnosis(request_id=on.request_id, new=new, by=on.by)


async def _give_second(on: Taking) -> None:
    new = reading.new_answer(on.form, on.conditions)
    await second_opinions.give_second_opinion(request_id=on.request_id, new=new, by=on.by)


async def _outcome(on: Taking) -> None:
    if not on.form.get("result"):
        raise FieldWrong("Say how the crop is now.", field="result")
    facts = {
        "result": on.form.get("result"),
        "area_mu": reading.number(on.form, "area_mu"),
        "value_saved_yuan": reading.number(on.form, "value"),
        "value_method": on.form.get("method") or None,
        "words": on.form.get("words"),
        "id": reading.identity(on.form),
    }
    await outcomes.record_outcome(request_id=on.request_id, new=reading.fitting(NewOutcome, facts), by=on.by)


def _expert(form: Typed) -> UUID | None:
    try:
        return UUID(form.get("expert")) if form.get("expert") else None
    except ValueError as error:
        raise FieldWrong("Choose a colleague from the list.", field="expert") from error


async def write_down(*, question_id: UUID, request_id: UUID, form: Typed, by: Actor) -> None:
    """What the farmer said to a question, typed for him."""
    facts = {
        "words": form.get("words")[:MOST_WORDS],
        "no_better_photo": bool(form.get("no_better_photo")),
        "id": reading.identity(form),
    }
    new = reading.fitting(QuestionAnswer, facts)
    await questions.answer_question(request_id=request_id, question_id=question_id, new=new, by=by)


STEPS: dict[str, Step] = {
    "claim": Step(_claim, Term("It is yours. The farmer sees your name.")),
    "refusal": Step(_decline, Term("It goes on to somebody else.")),
    "hand-over": Step(_hand_over, Term("Handed over.")),
    "question": Step(_ask, Term("The question is with the farmer; the clock stands still.")),
    "question-answer": Step(_ask, Term("Written down: what the farmer says.")),
    "answer": Step(_answer, Term("Sent. The farmer can read it.")),
    "correction": Step(_correct, Term("Corrected. The farmer is told.")),
    "second-opinion": Step(_second_opinion, Term("A second opinion is asked for.")),
    "second-answer": Step(_give_second, Term("Your second opinion is written down.")),
    "outcome": Step(_outcome, Term("Written down: what became of it.")),
}


def field_problems(refusal: Refusal, form: Typed) -> dict[str, str]:
    """What is wrong with which field of the answer form. Products are counted as they were sent: empty rows are not."""
    field = refusal.facts.get("field") if isinstance(refusal, FieldWrong) else None
    if field:
        return {str(field): told(refusal)}
    rows = [row for row in range(forms.MOST_PRODUCTS) if form.get(f"name-{row}")]
    said = problem(refusal)
    found = {}
    for error in said.get("errors", []):
        name = _field_of(error.get("pointer", ""), rows)
        if name:
            found[name] = f"{said['detail']}" if name.startswith("name-") else error["detail"]
    return found


def _field_of(pointer: str, rows: list[int]) -> str | None:
    """`/advice/products/0/dose` as `dose-0`.

    >>> _field_of("/advice/products/1/dose", [0, 2])
    'dose-2'
    """
    parts = pointer.strip("/").split("/")
    if parts[:2] == ["advice", "products"] and len(parts) > 2 and int(parts[2]) < len(rows):
        named = {column: field for field, column in forms.COLUMNS.items()}
        return f"{named.get(parts[3], 'name') if len(parts) > 3 else 'name'}-{rows[int(parts[2])]}"
    return {"condition_code": "condition"}.get(parts[0], parts[0]) if parts[0] else None
