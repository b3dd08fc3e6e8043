"""Public pledges (百件实事): what units promise everybody, by a day, in batches; what is late is said to be late.

Everybody reads them without signing in. There is no person in them: an office answers for each.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from backend.cases import loop_queries
from backend.cases.publishing import publishable
from backend.cases.schemas import DivisionShown
from backend.core import clock, creates
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.refusals import DifferentArguments, FieldError, Invalid
from backend.core.words import Term
from backend.hotline import pledge_queries as queries
from backend.hotline.pledge_refusals import NotYourPledges, PledgeBatchTaken, PledgeSettled, PledgeUnknown
from backend.hotline.pledge_rules import counts
from backend.hotline.pledge_schemas import (
    NewPledgeBatch,
    PledgeChange,
    PledgeSeen,
    PublicPledge,
    PublicPledgeBatch,
    PublicPledges,
)
from backend.hotline.words import PledgeState
from backend.people.actors import Actor, visible_to
from backend.people.tables import Role
from backend.territory.queries import division
from backend.territory.schemas import DivisionRecord

PUBLISHERS = (Role.SUPERVISOR, Role.ADMIN)


@transaction
async def publish_pledges(*, id: UUID, new: NewPledgeBatch, by: Actor) -> Outcome[PublicPledgeBatch]:
    """Publish a batch whole, or refuse it whole with everything that is wrong. The same again is the same batch.

    For supervisors and administrators of the division. Raises Invalid, PersonalInPublic (400), Forbidden,
    NotYourPledges (403), DivisionUnknown (404), PledgeBatchTaken, DifferentArguments (409).
    """
    found = await _place(new, by)
    asked = [by.person_id, new.division_code, new.year, new.number, new.title, new.pledges]
    known = await queries.digest_of(id)
    if known is None:
        await _check(new)
        made = await queries.insert(
            new,
            id=id,
            division_id=found.id,
            division_code=found.code,
            digest=creates.digest(asked),
            by=by.person_id,
            at=clock.now(),
        )
        if made:
            return Outcome(await queries.batch(id, today=clock.today()), created=True)
        known = await queries.digest_of(id)  # somebody was faster with this id
    if known is None:
        raise _taken(new)
    if not creates.same(known, asked):
        raise DifferentArguments("Batch {id} was published with other content; it stays.", id=str(id))
    return Outcome(await queries.batch(id, today=clock.today()), created=False)


async def check_pledges(*, new: NewPledgeBatch, by: Actor) -> None:
    """Look whether a batch could be published: what `publish_pledges` would refuse is refused, and nothing is kept."""
    found = await _place(new, by)
    await _check(new)
    if await queries.is_published(found.id, new.year, new.number):
        raise _taken(new)


async def look_at_pledge(*, pledge_id: UUID, by: Actor) -> PledgeSeen:
    """One, with what this person may say of it. Raises PledgeUnknown (404)."""
    row = await queries.row_of(pledge_id)
    if row is None:
        raise PledgeUnknown("There is no pledge {id}.", id=str(pledge_id))
    return PledgeSeen(
        pledge=queries.pledge(row, clock.today()),
        batch_title=row["batch_title"],
        division=DivisionShown(row["division_code"], row["division_name"]),
        settles=visible_to(by, roles=PUBLISHERS).covers(row["division_code"]),
        reports=_is_of_unit(row, by),
    )


@transaction
async def change_pledge(*, pledge_id: UUID, change: PledgeChange, by: Actor) -> PublicPledge:
    """Say that a pledge was kept, or that it was dropped and why. Twice is harmless.

    By supervisors and administrators of the place; the unit's handlers say when it is done. Raises Invalid,
    PersonalInPublic (400), NotYourPledges (403), PledgeUnknown (404), PledgeSettled (409).
    """
    row = await queries.held(pledge_id)
    if row is None:
        raise PledgeUnknown("There is no pledge {id}.", id=str(pledge_id))
    _must_be_his(row, change, by)
    note = publishable(change.note, pointer="/note", names=[], redact=False) if change.note else None
    _check_change(change)
    if (row["state"], row["done_on"], row["note"]) == (change.becomes, change.done_on, note):
        return queries.pledge(row, clock.today())
    is_settled = row["state"] != PledgeState.UNDERWAY
    if is_settled and change.becomes is not PledgeState.UNDERWAY:
        raise PledgeSettled(
            "It is {state}. Where that was a mistake, make it underway again.", state=Term(row["state"])
        )
    changed = await queries.change(
        pledge_id, state=change.becomes, done_on=change.done_on, note=note, by=by.person_id, at=clock.now()
    )
    return queries.pledge(changed, clock.today())


async def public_pledges(*, division_code: str | None = None, year: int | None = None) -> PublicPledges:
    """A year's pledges for everybody; of a place, all that lies in it. Without a year: the newest that has any.

    Raises DivisionUnknown (404).
    """
    place = await division(code=division_code) if division_code else None
    prefix, today = place.prefix if place else "", clock.today()
    years = await queries.years(prefix)
    chosen = year or (years[0] if years else today.year)
    batches = await queries.of_year(prefix, chosen, today=today)
    return PublicPledges(
        division=DivisionShown(place.code, place.name) if place else None,
        year=chosen,
        years=years,
        places=await queries.places(),
        counted_on=today,
        counts=counts([each for batch in batches for each in batch.pledges]),
        batches=batches,
    )


async def _place(new: NewPledgeBatch, by: Actor) -> DivisionRecord:
    """Raises Forbidden, NotYourPledges (403), DivisionUnknown (404)."""
    by.must_have(*PUBLISHERS)
    found = await division(code=new.division_code)
    if not visible_to(by, roles=PUBLISHERS).covers(found.code):
        raise NotYourPledges("Division {code} lies outside your territory.", code=found.code)
    return found


def _taken(new: NewPledgeBatch) -> PledgeBatchTaken:
    return PledgeBatchTaken("Batch {number} of {year} is published.", number=new.number, year=new.year)


async def _check(new: NewPledgeBatch) -> None:
    """Raises Invalid, PersonalInPublic (400)."""
    publishable(new.title, pointer="/title", names=[], redact=False)
    known = await loop_queries.units([each.unit_id for each in new.pledges])
    wrong = []
    for n, each in enumerate(new.pledges):
        for name in ("title", "office"):
            publishable(getattr(each, name), pointer=f"/pledges/{n}/{name}", names=[], redact=False)
        if each.unit_id not in known:
            detail = "There is no such open unit."
            wrong.append(FieldError(pointer=f"/pledges/{n}/unit_id", detail=detail, code="unknown"))
        if each.due_on.year != new.year:
            detail = "It has to fall in {year}."
            facts = {"year": new.year}
            wrong.append(FieldError(pointer=f"/pledges/{n}/due_on", detail=detail, code="range", facts=facts))
    wrong += _said_twice(new)
    if wrong:
        raise Invalid("Nothing was published; see errors.", errors=wrong)


def _said_twice(new: NewPledgeBatch) -> Sequence[FieldError]:
    titles = [each.title.strip() for each in new.pledges]
    return [
        FieldError(pointer=f"/pledges/{n}/title", detail="This pledge is in the batch already.", code="twice")
        for n, title in enumerate(titles)
        if title in titles[:n]
    ]


def _must_be_his(row: Any, change: PledgeChange, by: Actor) -> None:
    """Raises NotYourPledges (403)."""
    reports = _is_of_unit(row, by) and change.becomes is PledgeState.DONE
    if not reports and not visible_to(by, roles=PUBLISHERS).covers(row["division_code"]):
        raise NotYourPledges("This is for a supervisor of the place; the unit that promised it says when it is done.")


def _is_of_unit(row: Any, by: Actor) -> bool:
    return any(held.unit_id == row["unit"] and held.role == Role.HANDLER for held in by.held)


def _check_change(change: PledgeChange) -> None:
    """Raises Invalid (400)."""
    wrong = []
    if (change.becomes is PledgeState.DONE) != (change.done_on is not None):
        detail = "A pledge that is done has its day, another has none."
        wrong.append(FieldError(pointer="/done_on", detail=detail, code="required"))
    if change.done_on is not None and change.done_on > clock.today():
        wrong.append(FieldError(pointer="/done_on", detail="This day has not come yet.", code="range"))
    if change.becomes is not PledgeState.DONE and not (change.note or "").strip():
        wrong.append(FieldError(pointer="/note", detail="Say why: everybody reads it.", code="required"))
    if wrong:
        raise Invalid("The pledge cannot be changed like this; see errors.", errors=wrong)
