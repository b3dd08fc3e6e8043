"""Who reads which callback.

    the one who was asked to ring, and the operators and handlers of the unit that answers for it
    operators, supervisors, auditors, admins   those of their territory

The number is for whoever may ring while it is open; every such read goes into the access log.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from backend.cases.visibility import DESK, SEERS
from backend.core import clock, paging
from backend.core.cipher import unseal
from backend.core.database import transaction
from backend.core.paging import Page, Position
from backend.hotline import callback_queries as queries
from backend.hotline.callback_policies import callback_policy
from backend.hotline.callback_queries import Row
from backend.hotline.callback_refusals import CallbackUnknown
from backend.hotline.callback_schemas import CallbackDetail, CallbackRecord, CallbackTryRecord
from backend.hotline.words import CallbackReason, CallbackState
from backend.people.access_log import note_access
from backend.people.actors import Actor, visible_to
from backend.people.tables import Role

STAFF = frozenset({Role.OPERATOR, Role.HANDLER})
_SEALED = (
    ("contact_name_sealed", "contact_phone_sealed", "cases_case"),
    ("household_name_sealed", "household_phone_sealed", "people_household"),
)


async def list_callbacks(
    *,
    by: Actor,
    mine: bool = False,
    closed: bool = False,
    supervised: bool = False,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[CallbackRecord]:
    """Open ones, the next due first; or closed ones, the last opened first.

    mine        only those that `by` was asked to ring
    supervised  only those that a supervisor follows
    """
    clause, values = _which(by, mine=mine)
    if supervised:
        clause += " AND b.supervised IS NOT NULL"
    after = paging.position(cursor)
    if closed:
        rows = await queries.newest(clause, values, which="b.state <> 'open'", limit=limit, after=after)
    else:
        rows = await queries.open_by_due(clause, values, limit=limit, after=after)
    items = [record(row) for row in rows]
    return paging.page(items, limit, lambda each: Position(each.opened_at if closed else each.due_at, each.id))


def _which(by: Actor, *, mine: bool) -> tuple[str, list[Any]]:
    if mine:
        return "b.assignee = $1", [by.person_id]
    clause, values = visible_to(by, roles=SEERS).clause("b.division_code", 3)
    return f"(b.assignee = $1 OR b.unit = ANY($2) OR {clause})", [by.person_id, _units(by), *values]


def _units(by: Actor) -> list[UUID]:
    return sorted({held.unit_id for held in by.held if held.unit_id is not None and held.role in STAFF})


@transaction
async def get_callback(*, callback_id: UUID, by: Actor, request_id: str) -> CallbackDetail:
    """One, with the number for whoever may ring, which is logged. Raises CallbackUnknown (404)."""
    row = await seen(callback_id, by=by)
    rings = may_ring(row, by) and row["state"] == CallbackState.OPEN
    name, phone = await _number(callback_id) if rings else (None, None)
    if phone is not None:
        await note_access(
            by=by, subject_kind="callback", subject_id=callback_id, fields=["phone"], request_id=request_id
        )
    return await _detail(row, rings, name, phone)


async def look_at_callback(*, callback_id: UUID, by: Actor) -> CallbackDetail:
    """One without the number, which nobody needs before he rings. Raises CallbackUnknown (404)."""
    row = await seen(callback_id, by=by)
    return await _detail(row, may_ring(row, by) and row["state"] == CallbackState.OPEN)


async def _detail(row: Row, rings: bool, name: str | None = None, phone: str | None = None) -> CallbackDetail:
    return CallbackDetail(
        callback=record(row),
        may_ring=rings,
        phone=phone,
        contact_name=name,
        done=await _done(row),
        tries=[CallbackTryRecord(**each) for each in await queries.tries(row["id"])],
    )


async def seen(callback_id: UUID, *, by: Actor, lock: bool = False) -> Row:
    """A callback that `by` may know of. Raises CallbackUnknown (404)."""
    row = await queries.callback(callback_id, lock=lock)
    if row is None or not _sees(row, by):
        raise CallbackUnknown("There is no callback {id} for you.", id=str(callback_id))
    return row


def _sees(row: Row, by: Actor) -> bool:
    return (
        row["assignee_id"] == by.person_id
        or row["unit_id"] in _units(by)
        or visible_to(by, roles=SEERS).covers(row["division_code"])
    )


def may_ring(row: Row, by: Actor) -> bool:
    """Whether he may ring and write down what was said: about a resolution the desk of the place alone, so that nobody
    asks about his own work; about a missed call also whoever was asked and the unit's staff."""
    if visible_to(by, roles=DESK).covers(row["division_code"]):
        return True
    if row["reason"] == CallbackReason.RESOLUTION:
        return False
    return row["assignee_id"] == by.person_id or row["unit_id"] in _units(by)


async def _number(callback_id: UUID) -> tuple[str | None, str | None]:
    sealed = await queries.sealed_numbers(callback_id) or {}
    for name, phone, table in _SEALED:
        if sealed.get(phone) is not None:
            return _open(sealed, name, f"{table}.contact_name_sealed"), _open(
                sealed, phone, f"{table}.contact_phone_sealed"
            )
    return None, _open(sealed, "caller_sealed", "hotline_call.caller_sealed")


def _open(sealed: Mapping[str, Any], field: str, column: str) -> str | None:
    return None if sealed.get(field) is None else unseal(sealed[field], column=column)


async def _done(row: Row) -> str | None:
    payload = await queries.words_of_resolution(row["case_id"]) if row["case_id"] else None
    return msgspec.json.decode(payload).get("words") if payload else None


_PLAIN = tuple(name for name in CallbackRecord.__struct_fields__ if name not in ("overdue", "tries_left"))


def record(row: Row) -> CallbackRecord:
    """A row of the callbacks' queries as it is told."""
    policy = callback_policy(clock.today())
    facts = {name: row[name] for name in _PLAIN}
    facts["overdue"] = row["state"] == CallbackState.OPEN and row["due_at"] < clock.now()
    facts["tries_left"] = queries.tries_left(row, policy)
    return msgspec.convert(facts, CallbackRecord)
