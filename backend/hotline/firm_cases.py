"""Enterprise express (企业直通车): a firm not satisfied with how its case ended goes to the leader's desk at once.

Here: such matters as they are read, and by whom. How one begins is `firm_opening`, what a leader decides about it
`firm_deciding`.
"""

from typing import Any
from uuid import UUID, uuid5

import msgspec

from backend.cases import records, timeline_queries
from backend.cases.rules import ENDED, OPEN, TOLD
from backend.cases.schemas import CaseRecord
from backend.core.paging import Page, Position, page, position
from backend.deadlines.clocks import clocks_of, clocks_of_many
from backend.hotline import firm_queries as queries
from backend.hotline.desk_asks import ROOM
from backend.hotline.firm_refusals import FirmCaseUnknown
from backend.hotline.firm_schemas import EnterpriseCaseRecord, FirmHeard
from backend.hotline.words import FirmCaseState
from backend.people.actors import Actor, visible_to
from backend.people.tables import Role

DESK = (Role.OPERATOR, Role.SUPERVISOR, Role.ADMIN)
READERS = (*DESK, Role.AUDITOR)
LEADERS = (Role.SUPERVISOR, Role.ADMIN)
AT_THE_DESK = (Role.HANDLER, Role.SUPERVISOR, Role.ADMIN)

HEARD = "reopened"
"""Names the line of the case's timeline that says what the firm says."""


async def get_enterprise_case(*, firm_case_id: UUID, by: Actor) -> EnterpriseCaseRecord:
    """One of one's territory or desk. Raises FirmCaseUnknown (404)."""
    return await record_of(await seen(firm_case_id, by=by))


async def heard(*, firm_case_id: UUID, by: Actor) -> FirmHeard:
    """What the desk has to decide about, for whoever sees the matter. Raises FirmCaseUnknown (404)."""
    row = await seen(firm_case_id, by=by)
    case, line_id = await records.read(row["case_id"]), uuid5(firm_case_id, HEARD)
    payload = next((each.payload for each in await timeline_queries.lines(case.id) if each.id == line_id), None)
    return FirmHeard(title=case.title, reason=msgspec.json.decode(payload)["words"] if payload else None)


async def enterprise_case_of(*, case_id: UUID, by: Actor) -> UUID | None:
    """The matter that a case has become, if somebody who sees it asks."""
    row = await queries.of_case(case_id)
    return row["id"] if row is not None and _sees(row, by) else None


async def list_enterprise_cases(
    *, by: Actor, state: FirmCaseState | None = None, limit: int = 50, cursor: str | None = None
) -> Page[EnterpriseCaseRecord]:
    """Those of one's territory and desk, the newest first. Raises Invalid (400)."""
    scope = visible_to(by, roles=READERS)
    rows = await queries.page(scope, desks=_desks(by), state=state, limit=limit, after=position(cursor))
    clocks = await clocks_of_many(subject_room=ROOM, subject_ids=[row["id"] for row in rows])
    found = [queries.record(row, clocks[row["id"]]) for row in rows]
    return page(found, limit, lambda each: Position(each.opened_at, each.id))


def decides(matter: EnterpriseCaseRecord, *, by: Actor) -> bool:
    """Whether endorsing and closing it are his."""
    return may_decide(matter.desk.id, matter.division_code, by)


def has_ended(case: CaseRecord) -> bool:
    """It ended, or came back since it did: then a firm is heard, too."""
    return case.state in ENDED | TOLD or (case.state in OPEN and case.reopened_n > 0)


def may_decide(desk: UUID, division_code: str, by: Actor) -> bool:
    """Whoever works at that desk, or leads the place."""
    return desk in _desks(by) or visible_to(by, roles=LEADERS).covers(division_code)


def _desks(by: Actor) -> list[UUID]:
    return [held.unit_id for held in by.held if held.unit_id is not None and held.role in AT_THE_DESK]


def _sees(row: Any, by: Actor) -> bool:
    return row["desk"] in _desks(by) or visible_to(by, roles=READERS).covers(row["division_code"])


async def seen(firm_case_id: UUID, *, by: Actor, lock: bool = False) -> Any:
    """The row of one that he sees; with `lock` held until the transaction ends. Raises FirmCaseUnknown (404)."""
    row = await queries.firm_case(firm_case_id, lock=lock)
    if row is None or not _sees(row, by):
        raise FirmCaseUnknown("There is no enterprise case {id} that you may see.", id=str(firm_case_id))
    return row


async def record_of(row: Any) -> EnterpriseCaseRecord:
    """A row with its clocks."""
    return queries.record(row, await clocks_of(subject_room=ROOM, subject_id=row["id"]))
