"""Reading calls: one with all that its desk needs on one screen, and lists with what was missed first."""

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from backend.cases import contacts
from backend.cases import lists as case_lists
from backend.cases.filters import CaseFilters
from backend.cases.lists import CaseSummary
from backend.cases.rules import STAGES
from backend.cases.visibility import Conditions as CaseConditions
from backend.cases.visibility import sight
from backend.cases.words import CaseState
from backend.core import clock
from backend.core.database import fetch, transaction
from backend.core.paging import Page, page, position_of
from backend.core.shapes import Moment
from backend.core.statements import Conditions
from backend.hotline import call_numbers, call_queries
from backend.hotline.call_policies import spans
from backend.hotline.call_queries import SHOWN, Row
from backend.hotline.call_refusals import CallUnknown
from backend.hotline.call_schemas import CallDetail, CallersCase, CallRecord
from backend.hotline.words import CallDirection, CallState
from backend.people.access_log import note_access
from backend.people.actors import OVERSEERS, Actor
from backend.people.tables import Role
from backend.rosters.units import own_units
from backend.territory import queries as territory

READERS = OVERSEERS | {Role.OPERATOR}
VILLAGE_DIGITS = 12
CASES_SHOWN = 10
YEARS = range(2000, 2100)


class CallFilters(Struct, frozen=True, kw_only=True):
    """What a list of calls leaves. `began_to` is not included; `waiting`: somebody is still to be rung back."""

    unit_id: UUID | None = None
    division_code: str | None = None
    direction: CallDirection | None = None
    state: CallState | None = None
    mine: bool | None = None
    waiting: bool | None = None
    began_from: datetime | None = None
    began_to: datetime | None = None


class CallPlace(Struct, frozen=True, array_like=True):
    """The place of a call: those that wait to be rung back first (0), the newest first in both."""

    later: int
    at: Moment
    id: UUID


@transaction
async def get_call(*, call_id: UUID, by: Actor, request_id: str, division_code: str | None = None) -> CallDetail:
    """A call, and around it what whoever talks to him needs. Raises CallUnknown, DivisionUnknown (404).

    division_code   the village he names; else that of his latest case
    """
    call = await seen(call_id, by=by)
    may_open = may_open_number(call, by=by)
    his = await _his_cases(call, by=by) if may_open else []  # they tell who calls as the number does
    village = division_code or next((each.division_code[:VILLAGE_DIGITS] for each in his), None)
    caller = call_numbers.opened(call["caller_sealed"]) if may_open else None
    if caller is not None:
        await note_access(by=by, subject_kind="call", subject_id=call_id, fields=["caller"], request_id=request_id)
    return CallDetail(
        call=call_queries.record(call),
        caller=caller,
        may_open=may_open,
        answer=call["answer"],
        calls_before=await _calls_before(call),
        his_cases=his,
        village_code=village,
        village_cases=await _village_cases(village, by=by),
        say_first=None,
    )


async def list_calls(
    *, by: Actor, filters: CallFilters, limit: int = 50, cursor: str | None = None
) -> Page[CallRecord]:
    """Calls of one's unit and territory, without numbers; those who are still to be rung back first.

    For operators, supervisors, auditors and administrators. Raises Forbidden (403), DivisionUnknown (404), Invalid
    (400).
    """
    by.must_have(*READERS)
    after = position_of(cursor, CallPlace)
    rows: list[Row] = []
    if after is None or after.later == 0:
        rows += await _part(filters, 0, limit + 1, after, by=by)
    if len(rows) <= limit and filters.waiting is not True:
        following = after if after is not None and after.later else None
        rows += await _part(filters, 1, limit + 1 - len(rows), following, by=by)
    return page([call_queries.record(row) for row in rows], limit, _place)


async def seen(call_id: UUID, *, by: Actor, lock: bool = False) -> Row:
    """A call that `by` may see: of his unit, his territory, or one he has. Raises CallUnknown (404)."""
    call = await call_queries.call(call_id, lock=lock)
    if call is None or not _sees(call, by):
        raise CallUnknown("There is no call {id} in your territory.", id=str(call_id))
    return call


def may_open_number(call: Row, *, by: Actor) -> bool:
    """The number is for whoever has the call, and for operators of the unit."""
    of_unit = any(held.role is Role.OPERATOR and held.unit_id == call["unit_id"] for held in by.held)
    return by.person_id == call["operator_id"] or of_unit


def _sees(call: Row, by: Actor) -> bool:
    prefixes = by.prefixes(READERS)
    own = call["unit_id"] in own_units(by) and by.has(*READERS)
    return own or call["division_code"].startswith(prefixes) or by.person_id == call["operator_id"]


def _place(record: CallRecord) -> CallPlace:
    return CallPlace(0 if record.callback_state == "open" else 1, record.began_at, record.id)


async def _part(filters: CallFilters, later: int, limit: int, after: CallPlace | None, *, by: Actor) -> list[Row]:
    """Those that wait (0), by the few open callbacks; or all others (1), in the order of an index on calls."""
    found = await _conditions(filters, by=by)
    found.add("b.state = 'open'" if later == 0 else "b.state IS DISTINCT FROM 'open'")
    if after is not None:
        found.add("(c.began_at, c.id) < ({}, {})", after.at, after.id)
    limit_at = found.value(limit)
    rows = await fetch(f"{SHOWN} WHERE {found.sql} ORDER BY c.began_at DESC, c.id DESC LIMIT {limit_at}", *found.values)
    return list(rows)


async def _conditions(filters: CallFilters, *, by: Actor) -> Conditions:
    found = Conditions()
    under = found.under("c.division_code", by.prefixes(READERS))
    found.add(f"({under} OR c.unit = ANY({found.value(list(own_units(by)))}))")
    if filters.division_code is not None:
        division = await territory.division(code=filters.division_code)
        found.add(found.under("c.division_code", [division.prefix]))
    for sql, value in (
        ("c.unit = {}", filters.unit_id),
        ("c.direction = {}", filters.direction),
        ("c.state = {}", filters.state),
        ("c.operator = {}", by.person_id if filters.mine else None),
        ("c.began_at >= {}", filters.began_from),
        ("c.began_at < {}", filters.began_to),
    ):
        if value is not None:
            found.add(sql, value)
    return found


async def _his_cases(call: Row, *, by: Actor) -> list[CallersCase]:
    """Open cases under his number that the reader sees, the newest first."""
    number = call_numbers.opened(call["caller_sealed"])
    if number is None:
        return []
    found = CaseConditions()
    found.seen_by(sight(by))
    found.add("c.contact_phone_index = {} AND c.closed_at IS NULL", contacts.phone_index(number))
    rows = await fetch(
        "SELECT c.id, c.number, c.title, c.state, c.category_code, c.division_code, c.opened_at FROM cases_case c "
        f"WHERE {found.sql} ORDER BY c.received_at DESC, c.id LIMIT {CASES_SHOWN}",
        *found.values,
    )
    return [msgspec.convert(dict(row) | {"stage": STAGES[CaseState(row["state"])]}, CallersCase) for row in rows]


async def _village_cases(village: str | None, *, by: Actor) -> list[CaseSummary]:
    if village is None:
        return []
    filters = CaseFilters(division_code=village, open=True)
    return (await case_lists.list_cases(by=by, filters=filters, limit=CASES_SHOWN)).items


async def _calls_before(call: Row) -> int:
    if call["caller_index"] is None:
        return 0
    return await call_queries.calls_of(call["caller_index"], since=clock.now() - spans().calls_before, but=call["id"])
