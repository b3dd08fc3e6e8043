"""Open clocks under a new calendar: first proposed, then applied by a person, exactly as proposed or not at all."""

from collections.abc import AsyncIterator, Sequence
from datetime import date
from uuid import UUID

import msgspec

from backend.core import ids
from backend.core.clock import local, now
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.jobs import job
from backend.core.paging import Page, Position, page, position
from backend.core.refusals import DifferentArguments
from backend.core.words import say
from backend.deadlines import calendar_queries
from backend.deadlines import clock_queries as clocks
from backend.deadlines import recalculation_queries as queries
from backend.deadlines.calendars import Calendar, DayKind
from backend.deadlines.clock_queries import Held
from backend.deadlines.publishing import PROPOSE
from backend.deadlines.recalculation_queries import NewItem
from backend.deadlines.recalculation_tables import RecalculationState
from backend.deadlines.reckoning import next_mark, reckon
from backend.deadlines.refusals import AnotherTerritory, RecalculationStale, RecalculationUnknown
from backend.deadlines.schemas import MovedClock, RecalculationRecord
from backend.people.actors import Actor, visible_to
from backend.people.tables import Role
from backend.territory import queries as territory

APPLIERS = frozenset({Role.SUPERVISOR, Role.ADMIN})
BATCH = 2_000
SHOWN = 100


@job(PROPOSE)
async def propose_recalculations(version: int) -> None:
    """After a new version: one proposal for each county that has open clocks. A second run finds them made."""
    for division_code in await queries.counties_with_open_clocks():
        id = ids.from_key(UUID(int=version), "proposeRecalculation", division_code)
        await _propose(id, division_code, [division_code.rstrip("0")], by=None)


@transaction
async def propose_recalculation(*, id: UUID, division_code: str, by: Actor) -> Outcome[RecalculationRecord]:
    """What the open clocks of a division would be due by under the newest calendar. Nothing is changed.

    Raises Forbidden, AnotherTerritory (403), DivisionUnknown (404), DifferentArguments (409).
    """
    prefixes = await _overseen(division_code, by=by)
    created = await _propose(id, division_code, prefixes, by=by.person_id)
    found = await get_recalculation(recalculation_id=id, by=by)
    if found.division_code != division_code:
        raise DifferentArguments("Proposal {id} is one for another division; it stays as it is.", id=id)
    return Outcome(found, created=created)


async def get_recalculation(*, recalculation_id: UUID, by: Actor) -> RecalculationRecord:
    """A proposal of a territory that one oversees. Raises RecalculationUnknown (404)."""
    row = await queries.recalculation(recalculation_id)
    if row is None or not visible_to(by).covers(row["division_code"]):
        raise RecalculationUnknown("There is no proposal {id} among those you may see.", id=recalculation_id)
    return await _record(row)


async def list_recalculations(*, by: Actor, limit: int = 50, cursor: str | None = None) -> Page[RecalculationRecord]:
    """Proposals of the territory that one oversees, the newest first, each with the first clocks it would move."""
    rows = await queries.recalculations(visible_to(by), limit=limit + 1, after=position(cursor))
    return page([await _record(row) for row in rows], limit, lambda one: Position(one.proposed_at, one.id))


@transaction
async def apply_recalculation(*, recalculation_id: UUID, by: Actor) -> RecalculationRecord:
    """Move exactly the clocks that were proposed, to exactly the deadlines that were proposed, with who and when.

    All of it or nothing. A second time answers the same record.

    Raises RecalculationUnknown (404), Forbidden, AnotherTerritory (403), RecalculationStale (409) when one of the
    clocks changed since, or a newer calendar came: propose again.
    """
    found = await get_recalculation(recalculation_id=recalculation_id, by=by)
    await _overseen(found.division_code, by=by)
    row = await queries.lock(recalculation_id)
    if row["state"] == RecalculationState.APPLIED:
        return await _record(row)
    if row["calendar_version"] != await calendar_queries.current_version():
        raise RecalculationStale("A newer calendar came since. Propose again and look at it.")
    at = now()
    if await queries.apply(recalculation_id, at=at, by=by.person_id) != row["moved_n"]:
        raise RecalculationStale("Some of its clocks changed since, so nothing was applied. Propose again.")
    return await get_recalculation(recalculation_id=recalculation_id, by=by)


@transaction
async def _propose(id: UUID, division_code: str, prefixes: Sequence[str], *, by: UUID | None) -> bool:
    """Look at every open clock and store those that would move; whether this id is new."""
    version = await calendar_queries.current_version()
    if not await queries.begin(id, division_code=division_code, version=version, at=now(), by=by):
        return False
    examined = 0
    newest = await calendar_queries.calendar(version)
    async for batch in _batches(prefixes):
        examined += len(batch)
        items = [item for clock in batch if (item := await _item(clock, newest))]
        await queries.add(id, items)
    await queries.examined(id, examined)
    return True


async def _batches(prefixes: Sequence[str]) -> AsyncIterator[list[Held]]:
    after = None
    while batch := await clocks.open_after(prefixes, after, BATCH):
        yield batch
        after = batch[-1].id


async def _item(clock: Held, newest: Calendar) -> NewItem | None:
    """What would move; None where nothing would. A clock that stands still moves again when it runs on."""
    if clock.calendar_version == newest.version or clock.due_at is None:
        return None
    found = await reckon(msgspec.structs.replace(clock, calendar_version=newest.version))
    if found is None or (found.due_at == clock.due_at and found.provisional == clock.provisional):
        return None
    before = await calendar_queries.calendar(clock.calendar_version)
    running = clock.suspended_at is None
    return NewItem(
        id=ids.uuid7(),
        clock=clock.id,
        revision=clock.revision,
        old_due_at=clock.due_at,
        new_due_at=found.due_at,
        new_expected_at=found.expected_at,
        new_provisional=found.provisional,
        new_expedite_at=list(found.marks),
        new_next_expedite_at=next_mark(clock, found.marks) if running else None,
        days=differing(before, newest, local(clock.opened_at).date(), max(local(clock.due_at), found.due_at).date()),
    )


def differing(before: Calendar, after: Calendar, first: date, last: date) -> list[date]:
    """The days of a span of which two calendars say different things.

    >>> from backend.deadlines.calendars import NamedDay
    >>> new_year = NamedDay(DayKind.HOLIDAY, "元旦", "New Year's Day")
    >>> old, new = Calendar(1, {}, frozenset()), Calendar(2, {date(2027, 1, 1): new_year}, frozenset())
    >>> differing(old, new, date(2026, 12, 31), date(2027, 1, 4))
    [datetime.date(2027, 1, 1)]
    """
    spoken = sorted(day for day in {*before.days, *after.days} if first <= day <= last)
    return [day for day in spoken if _seen(before, day) != _seen(after, day)]


def _seen(calendar: Calendar, day: date) -> tuple[bool, bool]:
    """Whether people work, and whether it is a public holiday (staffed hours may have some of their own for these)."""
    named = calendar.named(day)
    return calendar.works(day), named is not None and named.kind is DayKind.HOLIDAY


async def _record(row: queries.Row) -> RecalculationRecord:
    moved = [
        msgspec.convert(dict(item) | {"text": _text(item)}, MovedClock)
        for item in await queries.items(row["id"], limit=SHOWN)
    ]
    return msgspec.convert(dict(row) | {"moved": moved}, RecalculationRecord)


def _text(item: queries.Row) -> str:
    if item["old_due_at"] == item["new_due_at"]:
        return say("{due} stays, and is certain now.", due=item["new_due_at"])
    days = [day.isoformat() for day in item["days"]]
    old, new = item["old_due_at"], item["new_due_at"]
    return say("{old} becomes {new}, because the new calendar sees {days} differently.", old=old, new=new, days=days)


async def _overseen(division_code: str, *, by: Actor) -> tuple[str, ...]:
    """The prefixes of a division of which `by` is supervisor or administrator."""
    by.must_have(*APPLIERS)
    division = await territory.division(code=division_code, on=local(now()).date())
    prefixes = await territory.prefixes(division_id=division.id)
    scope = visible_to(by, roles=APPLIERS)
    if not all(scope.covers(prefix) for prefix in prefixes):
        raise AnotherTerritory(
            "Division {division_code} lies outside the territory of your role.", division_code=division_code
        )
    return prefixes
