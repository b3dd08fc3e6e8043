"""The steps of a case as forms: what each asks for, and what it does with it."""

from collections.abc import Awaitable, Callable

from msgspec import Struct

from backend.cases import dispatching, ending, loops, meetings, merging, working
from backend.cases.filters import CaseFilters
from backend.cases.lists import list_cases
from backend.cases.loop_refusals import CannotMerge
from backend.cases.opening import answer_on_spot
from backend.cases.rules import ReasonNeeded
from backend.cases.schemas import SpotAnswer
from backend.cases.words import Satisfaction
from backend.console.case_taking import ChoiceMissing, Taking, photos
from backend.core.words import Term
from backend.deadlines.tables import SuspensionReason
from backend.territory.tables import Level


class StepForm(Struct, frozen=True, kw_only=True):
    """A step on the page.

    fields   of unit, words, note (staff alone read it), photos, still, why, judged, into, up
    optional which of them may stay empty
    warns    what is said before a step that is felt
    """

    label: Term
    verb: Callable[[Taking], Awaitable[object]]
    fields: tuple[str, ...] = ()
    optional: frozenset[str] = frozenset()
    ask: Term = Term("Words for whoever asked")
    warns: Term | None = None
    main: bool = False


async def _dispatch(on: Taking) -> None:
    await dispatching.dispatch(case_id=on.case_id, id=on.id, unit_id=on.unit(), remark=on.note, by=on.by)


async def _take_in_hand(on: Taking) -> None:
    await dispatching.take_in_hand(case_id=on.case_id, id=on.id, by=on.by)


async def _transfer(on: Taking) -> None:
    await dispatching.transfer(
        case_id=on.case_id,
        id=on.id,
        to_unit_id=on.some_unit(),
        reason=on.words,
        remark=on.note,
        by=on.by,
    )


async def _escalate(on: Taking) -> None:
    kind, _, to = on.form.get("up").partition(":")
    if kind == "loop" and to in ("2", "3"):
        await loops.escalate(
            case_id=on.case_id, id=on.id, reason=on.words, to_loop=int(to), to_unit_id=on.unit(), by=on.by
        )
    elif kind == "level" and to in tuple(Level):
        await loops.escalate(
            case_id=on.case_id, id=on.id, reason=on.words, to_level=Level(to), to_unit_id=on.unit(), by=on.by
        )
    else:
        raise ChoiceMissing("Choose how far up it goes.")


async def _suspend(on: Taking) -> None:
    reason = on.form.get("still")
    if reason not in tuple(SuspensionReason):
        raise ChoiceMissing("Choose what it waits for.")
    await working.suspend(case_id=on.case_id, id=on.id, reason_code=reason, remark=on.words, by=on.by)


async def _resume(on: Taking) -> None:
    await working.resume(case_id=on.case_id, id=on.id, remark=on.words, by=on.by)


async def _respond(on: Taking) -> None:
    await working.respond(case_id=on.case_id, id=on.id, remark=on.some_words, by=on.by)


async def _note(on: Taking) -> None:
    if not on.note:
        raise ReasonNeeded("Write the remark first.")
    await working.note(case_id=on.case_id, id=on.id, remark=on.note, by=on.by)


async def _resolve(on: Taking) -> None:
    words = on.some_words
    await working.resolve(case_id=on.case_id, id=on.id, remark=words, photo_ids=await photos(on), by=on.by)


async def _explain(on: Taking) -> None:
    reason, words = on.form.get("why"), on.some_words
    if reason not in WHY_NOT:
        raise ChoiceMissing("Choose why it cannot be done.")
    await working.explain(
        case_id=on.case_id, id=on.id, reason_code=reason, remark=words, proof_photo_ids=await photos(on), by=on.by
    )


async def _reject(on: Taking) -> None:
    await working.reject(case_id=on.case_id, id=on.id, reason=on.words, by=on.by)


async def _answer(on: Taking) -> None:
    await ending.answer(case_id=on.case_id, id=on.id, remark=on.some_words, by=on.by)


async def _answer_on_spot(on: Taking) -> None:
    await answer_on_spot(case_id=on.case_id, id=on.id, answer=SpotAnswer(words=on.some_words), by=on.by)


async def _evaluate(on: Taking) -> None:
    judged = on.form.get("judged")
    if judged not in tuple(Satisfaction):
        raise ChoiceMissing("Choose what whoever asked says of it.")
    await ending.evaluate(case_id=on.case_id, id=on.id, satisfaction=Satisfaction(judged), remark=on.words, by=on.by)


async def _contest(on: Taking) -> None:
    await ending.contest(case_id=on.case_id, id=on.id, reason=on.words, by=on.by)


async def _reopen(on: Taking) -> None:
    await ending.reopen(case_id=on.case_id, id=on.id, reason=on.words, by=on.by)


async def _withdraw(on: Taking) -> None:
    await ending.withdraw(case_id=on.case_id, id=on.id, remark=on.words, by=on.by)


async def _add_words(on: Taking) -> None:
    await ending.add_words(case_id=on.case_id, id=on.id, words=on.words, by=on.by)


async def _merge(on: Taking) -> None:
    number = on.form.get("into")
    found = await list_cases(by=on.by, filters=CaseFilters(number=number), limit=1) if number else None
    if found is None or not found.items:
        raise CannotMerge("There is no case {number} that you may see.", number=number)
    into = found.items[0].id
    await merging.merge(case_id=on.case_id, into_case_id=into, id=on.id, reason=on.words, by=on.by)


async def _unmerge(on: Taking) -> None:
    await merging.unmerge(case_id=on.case_id, id=on.id, reason=on.words, by=on.by)


async def _move_owner(on: Taking) -> None:
    await meetings.move_owner(case_id=on.case_id, id=on.id, unit_id=on.some_unit(), reason=on.words, by=on.by)


WHY_NOT: dict[str, Term] = {
    "policy": Term("The rules do not allow it"),
    "funds": Term("There is no money for it yet"),
    "conditions": Term("The conditions are not there yet"),
    "not_public": Term("It is between private people"),
    "other": Term("Something else"),
}
"""Why something cannot be done: codes for counting; the words say the rest."""

_NOTE = frozenset({"note", "unit"})
_WORDS = frozenset({"words"})

FORMS: dict[str, StepForm] = {
    "dispatched": StepForm(
        label=Term("Send to a unit"), verb=_dispatch, fields=("unit", "note"), optional=_NOTE, main=True
    ),
    "taken_in_hand": StepForm(label=Term("Take it up"), verb=_take_in_hand, main=True),
    "resolved": StepForm(
        label=Term("It is solved"),
        verb=_resolve,
        fields=("words", "photos"),
        ask=Term("What was done?"),
        main=True,
    ),
    "answered": StepForm(
        label=Term("Tell the result"), verb=_answer, fields=("words",), ask=Term("What was he told?"), main=True
    ),
    "answered_on_spot": StepForm(label=Term("Answer at once"), verb=_answer_on_spot, fields=("words",)),
    "resumed": StepForm(label=Term("Go on"), verb=_resume, fields=("words",), optional=_WORDS, main=True),
    "responded": StepForm(label=Term("Give a first answer"), verb=_respond, fields=("words",)),
    "explained": StepForm(label=Term("Cannot be done: explain"), verb=_explain, fields=("why", "words", "photos")),
    "rejected": StepForm(
        label=Term("Do not accept"),
        verb=_reject,
        fields=("words",),
        ask=Term("Why not? Whoever asked reads it, and may contest it"),
    ),
    "suspended": StepForm(label=Term("Let it stand still"), verb=_suspend, fields=("still", "words")),
    "transferred": StepForm(
        label=Term("Send on to another unit"),
        verb=_transfer,
        fields=("unit", "words", "note"),
        optional=frozenset({"note"}),
        ask=Term("Why? Whoever asked reads it"),
        warns=Term("Sending on is counted. From the second time on a supervisor has to settle it."),
    ),
    "escalated": StepForm(
        label=Term("Take it up one step"),
        verb=_escalate,
        fields=("up", "unit", "words"),
        optional=frozenset({"unit"}),
        ask=Term("Why? Whoever asked reads it"),
    ),
    "noted": StepForm(label=Term("Remark for staff"), verb=_note, fields=("note",)),
    "evaluated": StepForm(
        label=Term("Write down the judgement"), verb=_evaluate, fields=("judged", "words"), optional=_WORDS
    ),
    "contested": StepForm(
        label=Term("He does not accept it"), verb=_contest, fields=("words",), ask=Term("What does he say?")
    ),
    "reopened": StepForm(label=Term("Open it again"), verb=_reopen, fields=("words",), ask=Term("What does he say?")),
    "relayed": StepForm(
        label=Term("Write down what he adds"), verb=_add_words, fields=("words",), ask=Term("What does he say?")
    ),
    "merged": StepForm(
        label=Term("Same as another case"),
        verb=_merge,
        fields=("into", "words"),
        ask=Term("Why are they the same?"),
        warns=Term("This one ends and goes on in the other; its receipt shows the other."),
    ),
    "unmerged": StepForm(label=Term("Part them again"), verb=_unmerge, fields=("words",)),
    "owner_moved": StepForm(
        label=Term("Another unit answers for it"), verb=_move_owner, fields=("unit", "words"), ask=Term("Why?")
    ),
    "withdrawn": StepForm(
        label=Term("He withdraws it"),
        verb=_withdraw,
        fields=("words",),
        optional=_WORDS,
        ask=Term("What does he say?"),
        warns=Term("Nobody works on it any more then."),
    ),
}
"""In the order of the page."""
