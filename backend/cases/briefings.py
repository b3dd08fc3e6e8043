"""Briefings (专报): draft, submitted, endorsed (批示), executed, on cases that weigh for a whole place.

The desk of the place drafts and submits; a supervisor writes down what a leader wrote on it, and what was done about
it. Each step is a line, for staff alone, on every case it is about.
"""

from datetime import datetime
from uuid import UUID, uuid5

from backend.cases import briefing_queries as queries
from backend.cases.areas import DECIDERS, decided_in, reads
from backend.cases.briefing_queries import Row
from backend.cases.briefing_rules import county_of
from backend.cases.holding import hold
from backend.cases.loop_refusals import BriefingNotThere, BriefingUnknown
from backend.cases.loop_schemas import BriefingRecord, NewBriefing, NewEndorsement, NewExecution
from backend.cases.loop_words import BriefingState
from backend.cases.refusals import CaseUnknown
from backend.cases.steps import take
from backend.cases.visibility import DESK
from backend.core import clock, creates, ids
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.refusals import DifferentArguments, FieldError, Invalid
from backend.core.words import Term
from backend.people.actors import Actor

BEFORE = {
    BriefingState.SUBMITTED: BriefingState.DRAFT,
    BriefingState.ENDORSED: BriefingState.SUBMITTED,
    BriefingState.EXECUTED: BriefingState.ENDORSED,
}

STATES = {
    BriefingState.DRAFT: Term("a draft"),
    BriefingState.SUBMITTED: Term("submitted"),
    BriefingState.ENDORSED: Term("endorsed"),
    BriefingState.EXECUTED: Term("executed"),
}


@transaction
async def draft_briefing(*, new: NewBriefing, by: Actor) -> Outcome[BriefingRecord]:
    """Draft one, by the desk of the whole division. The same id again is the same draft, as it is now.

    Raises NotYourArea (403), DivisionUnknown, CaseUnknown (404), DifferentArguments (409).
    """
    id, at = new.id or ids.uuid7(), clock.now()
    division, prefixes = await decided_in(new.division_code, by=by, roles=DESK)
    asked = [by.person_id, new.title, new.body, new.division_code, new.case_ids]
    digest = creates.digest(asked)
    if not await queries.insert(new, id=id, division=division, digest=digest, by=by.person_id, at=at):
        if not creates.same((await _locked(id))["arguments_digest"], asked):
            raise DifferentArguments("Briefing {id} was drafted with other content; it stays.", id=str(id))
        return Outcome(await get_briefing(briefing_id=id, by=by), created=False)
    for case_id in sorted(set(new.case_ids)):
        if not (await hold(case_id)).division_code.startswith(prefixes):
            raise CaseUnknown("Case {id} is not of this division.", id=str(case_id))
    await queries.add_cases(id, new.case_ids)
    await _tell_cases(id, BriefingState.DRAFT, by=by)
    return Outcome(await get_briefing(briefing_id=id, by=by), created=True)


@transaction
async def submit_briefing(*, briefing_id: UUID, by: Actor) -> BriefingRecord:
    """Hand it up; from now on it has its document number. Said again, nothing changes.

    Raises NotYourArea (403), BriefingUnknown (404), BriefingNotThere (409).
    """
    row = await _locked(briefing_id)
    await decided_in(row["division_code"], by=by, roles=DESK)
    if row["state"] == BriefingState.DRAFT:
        at, county = clock.now(), county_of(row["division_code"])
        year = clock.local(at).year
        number = {
            "number_county": county,
            "number_year": year,
            "number_serial": await queries.next_serial(county, year),
        }
        await _go(row, BriefingState.SUBMITTED, by=by, submitted_by=by.person_id, submitted_at=at, **number)
    return await get_briefing(briefing_id=briefing_id, by=by)


@transaction
async def endorse_briefing(*, briefing_id: UUID, new: NewEndorsement, by: Actor) -> BriefingRecord:
    """Write down what a leader wrote on it (批示), by a supervisor. The same words again change nothing.

    Raises Invalid (400), NotYourArea (403), BriefingUnknown (404), BriefingNotThere, DifferentArguments (409).
    """
    row = await _locked(briefing_id)
    await decided_in(row["division_code"], by=by, roles=DECIDERS)
    said = (new.endorsed_by.strip(), new.endorsed_on, new.note.strip())
    if new.endorsed_on > clock.today():
        wrong = FieldError(pointer="/endorsed_on", detail="This has not happened yet.", code="range")
        raise Invalid("Write down what has happened.", errors=[wrong])
    if row["endorsement"] is not None:
        if (row["endorsed_by"], row["endorsed_on"], row["endorsement"]) != said:
            raise DifferentArguments("It was endorsed in other words; they stay.")
        return await get_briefing(briefing_id=briefing_id, by=by)
    office, day, words = said
    facts = {"endorsed_by": office, "endorsed_on": day, "endorsement": words}
    await _go(row, BriefingState.ENDORSED, by=by, **facts, endorsement_recorded_by=by.person_id)
    return await get_briefing(briefing_id=briefing_id, by=by)


@transaction
async def execute_briefing(*, briefing_id: UUID, new: NewExecution, by: Actor) -> BriefingRecord:
    """Write down what was done about it, by a supervisor. The same words again change nothing.

    Raises NotYourArea (403), BriefingUnknown (404), BriefingNotThere, DifferentArguments (409).
    """
    row = await _locked(briefing_id)
    await decided_in(row["division_code"], by=by, roles=DECIDERS)
    words = new.report.strip()
    if row["execution"] is not None:
        if row["execution"] != words:
            raise DifferentArguments("What was done is written down in other words; they stay.")
        return await get_briefing(briefing_id=briefing_id, by=by)
    at: datetime = clock.now()
    await _go(row, BriefingState.EXECUTED, by=by, execution=words, executed_by=by.person_id, executed_at=at)
    return await get_briefing(briefing_id=briefing_id, by=by)


async def get_briefing(*, briefing_id: UUID, by: Actor) -> BriefingRecord:
    """A briefing of one's territory, or one's own. Raises BriefingUnknown (404)."""
    found = await queries.record(briefing_id)
    if found is None or not (found.drafted_by.id == by.person_id or reads(found.division_code, by=by)):
        raise _unknown(briefing_id)
    return found


async def _go(row: Row, to: BriefingState, *, by: Actor, **columns: object) -> None:
    if row["state"] != BEFORE[to]:
        raise BriefingNotThere(
            "The briefing is {state}; to be {to} it has to be {before} first.",
            state=STATES[row["state"]],
            to=STATES[to],
            before=STATES[BEFORE[to]],
        )
    await queries.change(row["id"], state=to.value, **columns)
    await _tell_cases(row["id"], to, by=by)


async def _tell_cases(id: UUID, state: BriefingState, *, by: Actor) -> None:
    for case_id in await queries.case_ids(id):
        said = {"briefing": str(id), "state": state.value}
        await take("briefed", case_id=case_id, id=uuid5(id, f"{state} {case_id}"), by=by, said=said, by_rule=True)


async def _locked(id: UUID) -> Row:
    row = await queries.locked(id)
    if row is None:
        raise _unknown(id)
    return row


def _unknown(id: UUID) -> BriefingUnknown:
    return BriefingUnknown("There is no briefing {id} that you may see.", id=str(id))
