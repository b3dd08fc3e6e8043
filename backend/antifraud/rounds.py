"""Rounds from door to door: planned, followed, closed. What became of one door is known only while the round runs."""

from datetime import timedelta
from uuid import UUID

from msgspec import convert
from msgspec.structs import asdict, replace

from backend.antifraud import round_ends
from backend.antifraud import round_queries as queries
from backend.antifraud.outreach_places import PLANNERS, READERS, check_fraud_type, holds, place, shared
from backend.antifraud.outreach_refusals import NotYourPlace, RoundOver, RoundUnknown
from backend.antifraud.round_schemas import NewRound, RoundProgress, RoundRecord, RoundVillage
from backend.core import clock, creates, ids
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.jobs import schedule
from backend.core.paging import Page, Position, page, position
from backend.core.refusals import DifferentArguments, FieldError, Invalid
from backend.people.actors import Actor
from backend.people.tables import Role

LONGEST_DAYS = 183
"""Half a year: a round that never ends would be a register of doors."""
LATE_DAYS = 1
"""After its last day, for phones that had no signal in the evening."""
LEAST_HOUSEHOLDS = 5
"""In a smaller village its numbers would be somebody's answer."""


@transaction
async def plan_round(*, new: NewRound, by: Actor) -> Outcome[RoundProgress]:
    """Plan a round through a division.

    Raises Forbidden, NotYourPlace (403), DivisionUnknown (404), Invalid (400), DifferentArguments (409).
    """
    division = await place(new.division_code, by=by, roles=PLANNERS)
    id = new.id or ids.uuid7()
    told = [replace(new, id=None), by.person_id]
    if created := await queries.one(id) is None:
        check_round(new)
        columns = {
            "id": id,
            "name": new.name.strip(),
            "division": division.id,
            "prefix": division.prefix,
            "fraud_type": new.fraud_type,
            "begins_on": new.begins_on,
            "ends_on": new.ends_on,
            "made_by": by.person_id,
            "made_at": clock.now(),
            "arguments_digest": creates.digest(told),
        }
        await queries.insert(columns)
    row = await queries.one(id)
    if row is None or not creates.same(row["arguments_digest"], told):
        raise DifferentArguments("Round {id} was planned with other content; it stays.", id=str(id))
    return Outcome(await get_round(round_id=id, by=by), created=created)


def check_round(new: NewRound) -> None:
    """Raises Invalid (400) for days that cannot be, and a fraud type that the list does not know."""
    check_fraud_type(new.fraud_type, on=new.begins_on)
    if new.ends_on < new.begins_on:
        raise _wrong("It ends before it begins.")
    if new.ends_on < clock.today():
        raise _wrong("It would be over already.")
    if new.ends_on - new.begins_on > timedelta(days=LONGEST_DAYS):
        raise _wrong("A round lasts half a year at most; plan the rest as another one.")


def _wrong(detail: str) -> Invalid:
    return Invalid(errors=[FieldError(pointer="/ends_on", detail=detail, code="range")])


async def list_rounds(
    *, by: Actor, running: bool | None = None, limit: int = 50, cursor: str | None = None
) -> Page[RoundRecord]:
    """Rounds that meet the territory of `by`, the newest first; `running`: those that are not closed, or only those
    that are. Raises Forbidden (403)."""
    by.must_have(*READERS)
    rows = await queries.newest(by.prefixes(READERS), running=running, limit=limit + 1, after=position(cursor))
    return page([_record(row) for row in rows], limit, lambda each: Position(each.made_at, each.id))


async def get_round(*, round_id: UUID, by: Actor) -> RoundProgress:
    """A round with how far it has come, in the villages of `by`. Raises Forbidden (403), RoundUnknown (404)."""
    row = await visible(round_id, by=by)
    prefixes = shared(row["prefix"], by, READERS)
    if row["closed_at"] is None:
        rows = await queries.counted(round_id, prefixes, day=clock.today())
    else:
        rows = await queries.closed_counts(round_id, prefixes)
    villages = [_village(each, by, running=row["closed_at"] is None) for each in rows]
    told = [each for each in villages if each.visited_n is not None]
    sums = {name: sum(getattr(each, name) for each in told) for name in _SUMS}
    left = max(sums["households_n"] - sums["visited_n"] - sums["absent_n"] - sums["declined_n"], 0)
    return RoundProgress(**asdict(_record(row)), **sums, left_n=left, villages=villages)


_SUMS = ("households_n", "visited_n", "absent_n", "declined_n")


def _village(row: queries.Row, by: Actor, *, running: bool) -> RoundVillage:
    found = convert(dict(row), RoundVillage)
    at_work = running and holds(by, found.division_code, {Role.ASSISTANT})
    if found.households_n >= LEAST_HOUSEHOLDS or at_work:
        return found
    return replace(found, visited_n=None, absent_n=None, declined_n=None)


def _record(row: queries.Row) -> RoundRecord:
    return convert({name: row[name] for name in RoundRecord.__struct_fields__}, RoundRecord)


async def visible(round_id: UUID, *, by: Actor, lock: str = "") -> queries.Row:
    """The row of a round that meets the territory of `by`. Raises Forbidden (403), RoundUnknown (404)."""
    by.must_have(*READERS)
    row = await queries.one(round_id, lock=lock)
    if row is None or not shared(row["prefix"], by, READERS):
        raise RoundUnknown("There is no round {id} in a place of yours.", id=str(round_id))
    return row


async def running(round_id: UUID, *, by: Actor, lock: str = "") -> queries.Row:
    """The same of a round that runs; SHARE holds it open to the transaction's end. Raises RoundOver (409), too."""
    row = await visible(round_id, by=by, lock=lock)
    if row["closed_at"] is not None:
        raise RoundOver("This round is closed: its counts stand, and no door of it is kept any more.")
    return row


@transaction
async def close_round(*, round_id: UUID, by: Actor) -> RoundProgress:
    """End a round now: the counts per village stay, what became of a door is deleted. Twice is harmless.

    Raises Forbidden, NotYourPlace (403), RoundUnknown (404).
    """
    by.must_have(*PLANNERS)
    row = await visible(round_id, by=by)
    if not holds(by, row["prefix"], PLANNERS):
        raise NotYourPlace("A round is ended by a supervisor or an administrator of all of its division.")
    await _close(round_id)
    return await get_round(round_id=round_id, by=by)


@schedule("antifraud/close-rounds", "40 2 * * *")
async def close_ended_rounds() -> None:
    """Every night, rounds whose last day lies far enough back."""
    for round_id in await queries.ended_before(clock.today() - timedelta(days=LATE_DAYS)):
        await _close(round_id)


@transaction
async def _close(round_id: UUID) -> None:
    row = await queries.one(round_id, lock="UPDATE")
    if row is not None and row["closed_at"] is None:
        await queries.close(round_id, row["prefix"], day=clock.today(), at=clock.now())
        await round_ends.forget_doors(round_id)
