"""Who reads what of a warning: whom it is about is for whoever has it, or had it when it closed, and for the desk
that typed it in.

Supervisors, auditors and admins of the place, and whoever had it before, see what happened and not to whom.
"""

from collections.abc import Collection
from uuid import UUID

from backend.antifraud import day_keys, payloads
from backend.antifraud import warning_queries as queries
from backend.antifraud.warning_queries import Row
from backend.antifraud.warning_refusals import WarningUnknown
from backend.antifraud.warning_schemas import (
    AttemptRecord,
    FraudWarningDetail,
    FraudWarningRecord,
    HandRecord,
    WarnedPerson,
)
from backend.core import paging
from backend.core.database import transaction
from backend.core.paging import Page, Position
from backend.people.access_log import note_access
from backend.people.actors import OVERSEERS, Actor, visible_to

_OF_ATTEMPT = ("id", "how", "reached", "at", "recorded_at", "by", "by_name")


async def list_my_warnings(*, by: Actor) -> list[FraudWarningRecord]:
    """What one has now and what is not closed, by what is due first. Whom each is about, `get_warning` tells."""
    return [queries.record(row) for row in await queries.mine(by.person_id)]


async def over_among(warning_ids: Collection[UUID]) -> set[UUID]:
    """Those of these warnings that are closed or erased: nobody has anything to do with them any more."""
    return await queries.over_among(list(warning_ids))


async def list_entered_warnings(*, by: Actor) -> list[FraudWarningRecord]:
    """What one typed in at the desk and has no outcome yet, the newest first."""
    return [queries.record(row) for row in await queries.entered(by.person_id)]


async def list_warnings(*, by: Actor, limit: int, cursor: str | None) -> Page[FraudWarningRecord]:
    """Those of a territory that one oversees, the newest first, never whom they are about. Raises Forbidden (403)."""
    by.must_have(*OVERSEERS)
    clause, values = visible_to(by).clause("w.division_code", 1)
    rows = await queries.newest(clause, values, limit=limit, after=paging.position(cursor))
    return paging.page([queries.record(row) for row in rows], limit, lambda each: Position(each.received_at, each.id))


@transaction
async def get_warning(*, warning_id: UUID, by: Actor, request_id: str) -> FraudWarningDetail:
    """One warning. Whenever it tells whom it is about, the access log says who read it. Raises WarningUnknown (404)."""
    found = await detail(warning_id, by=by, opened=True)
    if found.person is not None:
        await note_access(
            by=by, subject_kind="fraud_warning", subject_id=warning_id, fields=["person"], request_id=request_id
        )
    return found


async def detail(warning_id: UUID, *, by: Actor, opened: bool = False) -> FraudWarningDetail:
    """What `by` may read of a warning; unless `opened`, nothing sealed, of which no log need tell.

    Raises WarningUnknown (404).
    """
    row = await seen(warning_id, by=by)
    may_open = by.person_id in (row["assignee_id"], row["entered_by"]) and row["purged_at"] is None
    return FraudWarningDetail(
        warning=queries.record(row),
        person=await _person(row) if opened and may_open else None,
        may_open=may_open,
        attempts=await _attempts(row, with_notes=opened and may_open),
        hands=[HandRecord(**each) for each in await queries.hands(warning_id)],
    )


async def seen(warning_id: UUID, *, by: Actor, lock: bool = False) -> Row:
    """A warning that `by` may know of. Raises WarningUnknown (404)."""
    row = await queries.warning(warning_id, lock=lock)
    if row is None or not await _sees(row, by):
        raise WarningUnknown("There is no warning {id} for you.", id=str(warning_id))
    return row


async def _sees(row: Row, by: Actor) -> bool:
    if by.person_id in (row["assignee_id"], row["closed_by"], row["entered_by"]):
        return True
    if visible_to(by).covers(row["division_code"]):
        return True
    return by.person_id in {each["person_id"] for each in await queries.hands(row["id"])}


async def _person(row: Row) -> WarnedPerson | None:
    return await payloads.person_of(await queries.payload(row["id"]), day=row["key_day"])


async def attempt(attempt_id: UUID, *, of: Row) -> AttemptRecord:
    """One that was just recorded, as it lies there."""
    (found,) = [each for each in await _attempts(of, with_notes=True) if each.id == attempt_id]
    return found


async def _attempts(row: Row, *, with_notes: bool) -> list[AttemptRecord]:
    key = await day_keys.of_day(row["key_day"]) if with_notes else None
    return [
        AttemptRecord(**{name: each[name] for name in _OF_ATTEMPT}, note=payloads.note_of(each["note_sealed"], key=key))
        for each in await queries.attempts(row["id"])
    ]
