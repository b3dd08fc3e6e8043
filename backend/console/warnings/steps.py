"""What whoever has a warning does with it on its page."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.antifraud import acting
from backend.antifraud.warning_schemas import NewAttempt, WarningHandOver
from backend.antifraud.warning_words import AttemptHow, HandedBecause, WarningOutcome
from backend.console.form_refusals import at_field, fitting
from backend.console.typed import Typed, identity
from backend.core.refusals import Invalid
from backend.core.words import Term, say
from backend.people.actors import Actor


class Step(Struct, frozen=True):
    """A verb, what is said afterwards, and whether the warning is still this person's then."""

    verb: Callable[[UUID, Typed, Actor], Awaitable[Any]]
    did: Term
    stays: bool = True


async def _acknowledge(warning_id: UUID, _: Typed, by: Actor) -> None:
    await acting.acknowledge_warning(warning_id=warning_id, by=by)


async def _attempt(warning_id: UUID, form: Typed, by: Actor) -> None:
    id = identity(form.get("id"))
    how = _chosen(AttemptHow, form, "how", say("Say whether you called, wrote or went."))
    reached = form.get("reached")
    if reached not in ("yes", "no"):
        raise _missing("reached", say("Say whether you reached the person."))
    new = fitting(
        NewAttempt,
        {"how": how, "reached": reached == "yes", "note": form.get("note") or None},
        wrong={"note": "Too long: at most 400 characters."},
    )
    await acting.record_attempt(warning_id=warning_id, id=id, new=new, by=by)


async def _close(warning_id: UUID, form: Typed, by: Actor) -> None:
    outcome = _chosen(WarningOutcome, form, "outcome", say("Choose how it ended, then confirm."))
    await acting.close_warning(warning_id=warning_id, outcome=outcome, by=by)


async def _hand_over(warning_id: UUID, form: Typed, by: Actor) -> None:
    try:
        to_person_id, number = UUID(form.get("to")), int(form.get("from_number"))
    except ValueError as error:
        raise _missing("to", say("Choose to whom.")) from error
    because = _chosen(HandedBecause, form, "because", say("Say why you hand it over."))
    said = WarningHandOver(from_number=number, because=because, to_person_id=to_person_id)
    await acting.hand_over_warning(warning_id=warning_id, said=said, by=by)


def _chosen(kind: Any, form: Typed, field: str, detail: str) -> Any:
    try:
        return kind(form.get(field))
    except ValueError as error:
        raise _missing(field, detail) from error


def _missing(field: str, detail: str) -> Invalid:
    return Invalid("Please look at the marked fields.", errors=[at_field(field, detail)])


STEPS = {
    "acknowledgement": Step(_acknowledge, Term("It is yours. Nobody else is rung.")),
    "attempts": Step(_attempt, Term("Written down.")),
    "closure": Step(_close, Term("Closed. Thank you for going."), stays=False),
    "hand-over": Step(_hand_over, Term("Handed over. Your colleague is being rung."), stays=False),
}
