"""Suggestions take nine steps (三三三): three sign before, three meet on the spot, three are told after.

Signatures are over the hash of the text: a text that changes voids them, and says so. A suggestion is answered when the
one who made it has his reply; it is archived when all nine are there, for a congress meets once a year.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from backend.cases import loop_queries, records
from backend.cases import suggestion_queries as queries
from backend.cases.holding import Held
from backend.cases.loop_refusals import (
    HeardBefore,
    NotASuggestion,
    NotSignedYet,
    ReportedBefore,
    TextChanged,
)
from backend.cases.loop_words import ReportTo, Signatory
from backend.cases.publishing import publishable
from backend.cases.queries import lock
from backend.cases.refusals import UnitUnknown
from backend.cases.steps import Decided, take
from backend.cases.suggestion_queries import Row
from backend.cases.suggestion_records import current_sha256, lacking, record
from backend.cases.suggestion_rules import HEARING
from backend.cases.suggestion_schemas import NewHearing, NewReport, NewSignature, SuggestionRecord
from backend.cases.timeline import NewLine
from backend.cases.words import CaseKind
from backend.core import clock, creates, ids
from backend.core.database import transaction
from backend.core.refusals import FieldError, Invalid
from backend.core.words import Term
from backend.people.actors import Actor


async def get_suggestion(*, case_id: UUID, by: Actor) -> SuggestionRecord:
    """A suggestion with its nine steps. Raises CaseUnknown (404), NotASuggestion (409)."""
    await records.get_case(case_id=case_id, by=by)
    return await record(case_id)


@transaction
async def sign(*, case_id: UUID, new: NewSignature, by: Actor) -> SuggestionRecord:
    """Write down that one of the three signed the text whose hash he gives. To sign it again changes nothing.

    Raises Invalid (400), NotYourStep (403), CaseUnknown (404), NotASuggestion, TextChanged, DifferentArguments (409).
    """
    _check_office(new)
    at = clock.now()
    signed_at = _not_ahead(new.signed_at, at)
    id = new.id or ids.uuid7(at)

    async def decide(case: Held) -> Decided:
        stored = await _suggestion(case)
        if current_sha256(stored).hex() != new.text_sha256:
            raise TextChanged("The text reads otherwise now. Read it again, and sign what it says.")
        await queries.sign(
            id=id,
            case_id=case_id,
            signatory=new.signatory.value,
            signed_as=(new.signed_as or "").strip() or None,
            text_sha256=bytes.fromhex(new.text_sha256),
            signed_at=signed_at,
            by=by.person_id,
            at=at,
        )
        return Decided(lines=await _archived(case_id))

    if await _signed_already(case_id, new, id, by=by):
        return await record(case_id)
    said = {"signatory": new.signatory.value, "text_sha256": new.text_sha256}
    await take("signed", case_id=case_id, id=id, by=by, said=said, decide=decide)
    return await record(case_id)


async def _signed_already(case_id: UUID, new: NewSignature, id: UUID, *, by: Actor) -> bool:
    """Whether he signed the text of today before, under another id: then there is nothing to write."""
    await records.get_case(case_id=case_id, by=by)
    await lock(case_id)  # of two at once the second finds what the first wrote
    stored = await queries.text(case_id)
    if stored is None or current_sha256(stored).hex() != new.text_sha256:
        return False
    return any(
        (row["signatory"], row["text_sha256"].hex()) == (new.signatory, new.text_sha256) and row["id"] != id
        for row in await queries.signatures(case_id)
    )


@transaction
async def hold_hearing(*, case_id: UUID, new: NewHearing, by: Actor) -> SuggestionRecord:
    """Write down the one hearing on the spot, after the three signatures.

    Raises Invalid, PointOutside (400), NotYourStep (403), CaseUnknown, UnitUnknown (404), NotASuggestion, NotSignedYet,
    HeardBefore, DifferentArguments (409).
    """
    if not new.suggester_came:
        detail = "Without the suggester it is no hearing. Hold it when he can come."
        wrong = FieldError(pointer="/suggester_came", detail=detail, code="required")
        raise Invalid("Three have to meet: committee, unit and suggester.", errors=[wrong])
    at = clock.now()
    _not_ahead(new.held_at, at)
    id, asked = new.id or ids.uuid7(at), [by.person_id, new]
    digest = creates.digest(asked)

    async def decide(case: Held) -> Decided:
        stored = await _suggestion(case)
        if new.unit_id not in await loop_queries.units([new.unit_id]):
            raise UnitUnknown("There is no open unit {id}.", id=str(new.unit_id))
        await _must_have(case_id, stored, "signature.")
        if not await queries.hear(new, id=id, case_id=case_id, digest=digest, by=by.person_id, at=at):
            raise HeardBefore("It was heard on the spot before. A suggestion has one hearing.")
        return Decided(lines=await _archived(case_id))

    said = {"unit": str(new.unit_id), "held_at": new.held_at.isoformat()}
    await take("heard", case_id=case_id, id=id, by=by, said=said, asked=asked, decide=decide)
    return await record(case_id)


@transaction
async def report(*, case_id: UUID, new: NewReport, by: Actor) -> SuggestionRecord:
    """Write down one of the three reports, after the hearing. The public notice names nobody.

    Raises PersonalInPublic (400), NotYourStep (403), CaseUnknown (404), NotASuggestion, NotSignedYet, ReportedBefore,
    StepNotOpen, DifferentArguments (409).
    """
    at = clock.now()
    id, asked = new.id or ids.uuid7(at), [by.person_id, new]
    digest = creates.digest(asked)

    async def decide(case: Held) -> Decided:
        stored = await _suggestion(case)
        await _must_have(case_id, stored, HEARING)
        text = new.text.strip()
        if new.audience is ReportTo.PUBLIC_NOTICE:
            names = await queries.names(case_id)
            text = publishable(text, pointer="/text", names=names, redact=new.redact)
        if not await queries.report(new, text, id=id, case_id=case_id, digest=digest, by=by.person_id, at=at):
            raise ReportedBefore("This report was made before; it stays as it is.")
        return Decided(lines=await _archived(case_id))

    said = {"audience": new.audience.value, "reported_on": new.reported_on.isoformat()}
    await take("reported", case_id=case_id, id=id, by=by, said=said, asked=asked, decide=decide)
    return await record(case_id)


async def _must_have(case_id: UUID, stored: Row, what: str) -> None:
    first = [each for each in await lacking(case_id, stored) if each.startswith(what)]
    if first:
        raise NotSignedYet("First comes what is missing: {missing}.", missing=[Term(each) for each in first])


async def _archived(case_id: UUID) -> Sequence[NewLine]:
    """The line that follows on the last of the nine."""
    stored = await queries.text(case_id)
    if stored is None or await lacking(case_id, stored):
        return []
    return [NewLine(kind="archived", public=True, payload={})]


async def _suggestion(case: Held) -> Row:
    """Its text. Raises NotASuggestion (409)."""
    stored = await queries.text(case.id)
    if stored is None or stored["kind"] != CaseKind.SUGGESTION:
        raise NotASuggestion("Case {number} is no suggestion: it takes no signatures.", number=case.number)
    return stored


def _check_office(new: NewSignature) -> None:
    office = (new.signed_as or "").strip()
    if (new.signatory is Signatory.SUGGESTER) == bool(office):
        detail = "A leader or head signs as an office, the suggester without one."
        wrong = FieldError(pointer="/signed_as", detail=detail, code="required")
        raise Invalid("Say as what he signed.", errors=[wrong])


def _not_ahead(moment: datetime | None, at: datetime) -> datetime:
    """Raises Invalid (400) for a moment to come."""
    if moment is not None and moment > at:
        wrong = FieldError(pointer="/at", detail="This has not happened yet.", code="range")
        raise Invalid("Write down what has happened.", errors=[wrong])
    return moment or at
