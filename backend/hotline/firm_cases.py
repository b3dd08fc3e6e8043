"""Enterprise express (企业直通车): a firm not satisfied with how its case ended goes to the leader's desk at once.

The case is opened again with what the firm says; on the desk it has clocks of its own: until a leader has said what is
to be done (批示), and until the case has ended again and the firm was told.
"""

from typing import Any
from uuid import UUID, uuid5

import msgspec

from backend.cases import ending, loop_queries, records, timeline_queries
from backend.cases.rules import ENDED, OPEN, STEPS, TOLD
from backend.cases.schemas import CaseRecord
from backend.cases.steps import take
from backend.core import clock, creates
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.paging import Page, Position, page, position
from backend.core.refusals import DifferentArguments
from backend.core.words import Term
from backend.deadlines.clocks import clocks_of, clocks_of_many, stop_clock
from backend.deadlines.schemas import NewClock
from backend.deadlines.starting import start_clocks
from backend.hotline import firm_queries as queries
from backend.hotline.desk_asks import ROOM, ask_desk, asked_no_more
from backend.hotline.firm_policies import CODE, ENDORSEMENT, SETTLING
from backend.hotline.firm_refusals import (
    CaseNotClosed,
    FirmCaseNotOpen,
    FirmCaseOpen,
    FirmCaseUnknown,
    LeadersDeskNeeded,
    NotYourDesk,
)
from backend.hotline.firm_schemas import (
    EnterpriseCaseRecord,
    EnterpriseClosure,
    EnterpriseEndorsement,
    FirmHeard,
    NewEnterpriseCase,
)
from backend.hotline.words import FirmCaseState
from backend.people.actors import Actor, visible_to
from backend.people.refusals import UnitUnknown
from backend.people.tables import Role
from backend.push.wording import said
from backend.territory.queries import division

DESK = (Role.OPERATOR, Role.SUPERVISOR, Role.ADMIN)
READERS = (*DESK, Role.AUDITOR)
LEADERS = (Role.SUPERVISOR, Role.ADMIN)
AT_THE_DESK = (Role.HANDLER, Role.SUPERVISOR, Role.ADMIN)

COUNTY_DIGITS = 6
PAGE = "/console/desk/firms"
LOOK = Term("A firm is not satisfied with case {number}: say what is to be done.")
ACT = Term("The leader's desk has endorsed case {number}: act on it.")
HEARD = "reopened"
SAYS = Term("The firm is not satisfied: {words}")
ENDORSED = Term("The leader's desk has endorsed it: {words}")


@transaction
async def open_enterprise_case(*, id: UUID, new: NewEnterpriseCase, by: Actor) -> Outcome[EnterpriseCaseRecord]:
    """Put a firm's case on the leader's desk. The same again is the same matter, as it is now.

    Raises ReasonNeeded (400), Forbidden, NotYourStep (403), CaseUnknown, UnitUnknown (404), CaseNotClosed,
    FirmCaseOpen, LeadersDeskNeeded, DifferentArguments (409).
    """
    by.must_have(*DESK)
    digest = creates.digest([by.person_id, new.case_id, new.firm, new.reason, new.desk_unit_id])
    known = await queries.firm_case(id)
    if known is not None:
        if known["arguments_digest"] != digest:
            raise DifferentArguments("Enterprise case {id} was opened with other content; it stays.", id=str(id))
        return Outcome(await _record(known), created=False)
    case = await records.get_case(case_id=new.case_id, by=by)
    _must_have_ended(case)
    desk = await _desk(case, new.desk_unit_id)
    made = await queries.insert(
        id=id,
        case_id=case.id,
        firm=new.firm.strip(),
        division_code=case.division.code,
        desk=desk,
        by=by.person_id,
        digest=digest,
        at=clock.now(),
    )
    if not made:
        raise FirmCaseOpen("Case {number} went to the leader's desk before.", number=case.number)
    await _hear(case, id=uuid5(id, HEARD), reason=new.reason.strip(), by=by)
    await _begin(id, case, desk, by=by)
    return Outcome(await _record(await queries.firm_case(id)), created=True)


@transaction
async def endorse_enterprise_case(
    *, firm_case_id: UUID, told: EnterpriseEndorsement, by: Actor
) -> EnterpriseCaseRecord:
    """A leader says what is to be done; the unit that has the case is asked to do it. Twice is harmless.

    For whoever works at that desk, or a supervisor or administrator of the place. Raises NotYourDesk (403),
    FirmCaseUnknown (404), FirmCaseNotOpen (409).
    """
    row = await _held(firm_case_id, by)
    if row["state"] == FirmCaseState.ENDORSED and row["endorsement"] == told.words.strip():
        return await _record(row)
    _must_be(row, FirmCaseState.OPEN)
    at = clock.now()
    said_by = {"endorsement": told.words.strip(), "endorsed_at": at, "endorsed_by": by.person_id}
    await queries.move(firm_case_id, state=FirmCaseState.ENDORSED.value, **said_by)
    await stop_clock(clock_id=uuid5(firm_case_id, ENDORSEMENT), by=by, at=at)
    await asked_no_more(firm_case_id, by=by, done=True)
    await _pass_on(row, told.words.strip(), by=by)
    return await _record(await queries.firm_case(firm_case_id))


@transaction
async def close_enterprise_case(*, firm_case_id: UUID, told: EnterpriseClosure, by: Actor) -> EnterpriseCaseRecord:
    """Settled: the case has ended again and the firm was told. Twice is harmless.

    Raises NotYourDesk (403), FirmCaseUnknown (404), FirmCaseNotOpen, CaseNotClosed (409).
    """
    row = await _held(firm_case_id, by)
    if row["state"] == FirmCaseState.CLOSED and row["result"] == told.result.strip():
        return await _record(row)
    _must_be(row, FirmCaseState.ENDORSED)
    if row["case_state"] in OPEN:
        raise CaseNotClosed("Case {number} is {state}: let it end first.", **_facts(row))
    at = clock.now()
    await queries.move(firm_case_id, state=FirmCaseState.CLOSED.value, result=told.result.strip(), closed_at=at)
    await stop_clock(clock_id=uuid5(firm_case_id, SETTLING), by=by, at=at)
    await asked_no_more(firm_case_id, by=by, done=True)
    return await _record(await queries.firm_case(firm_case_id))


async def get_enterprise_case(*, firm_case_id: UUID, by: Actor) -> EnterpriseCaseRecord:
    """One of one's territory or desk. Raises FirmCaseUnknown (404)."""
    row = await queries.firm_case(firm_case_id)
    if row is None or not _sees(row, by):
        raise _unknown(firm_case_id)
    return await _record(row)


async def heard(*, firm_case_id: UUID, by: Actor) -> FirmHeard:
    """What the desk has to decide about, for whoever sees the matter. Raises FirmCaseUnknown (404)."""
    row = await queries.firm_case(firm_case_id)
    if row is None or not _sees(row, by):
        raise _unknown(firm_case_id)
    case, line_id = await records.read(row["case_id"]), uuid5(firm_case_id, HEARD)
    payload = next((each.payload for each in await timeline_queries.lines(case.id) if each.id == line_id), None)
    return FirmHeard(title=case.title, reason=msgspec.json.decode(payload)["words"] if payload else None)


async def enterprise_case_of(*, case_id: UUID, by: Actor) -> UUID | None:
    """The matter that a case has become, if somebody who sees it asks."""
    row = await queries.of_case(case_id)
    return row["id"] if row is not None and _sees(row, by) else None


def decides(matter: EnterpriseCaseRecord, *, by: Actor) -> bool:
    """Whether endorsing and closing it are his."""
    return _decides(matter.desk.id, matter.division_code, by)


async def list_enterprise_cases(
    *, by: Actor, state: FirmCaseState | None = None, limit: int = 50, cursor: str | None = None
) -> Page[EnterpriseCaseRecord]:
    """Those of one's territory and desk, the newest first. Raises Invalid (400)."""
    scope = visible_to(by, roles=READERS)
    rows = await queries.page(scope, desks=_desks(by), state=state, limit=limit, after=position(cursor))
    clocks = await clocks_of_many(subject_room=ROOM, subject_ids=[row["id"] for row in rows])
    found = [queries.record(row, clocks[row["id"]]) for row in rows]
    return page(found, limit, lambda each: Position(each.opened_at, each.id))


def has_ended(case: CaseRecord) -> bool:
    """It ended, or came back since it did: then a firm is heard, too."""
    return case.state in ENDED | TOLD or (case.state in OPEN and case.reopened_n > 0)


def _must_have_ended(case: CaseRecord) -> None:
    """Raises CaseNotClosed (409)."""
    if not has_ended(case):
        raise CaseNotClosed(
            "Case {number} is {state}: let it end first.", number=case.number, state=Term(case.state.value)
        )


async def _hear(case: CaseRecord, *, id: UUID, reason: str, by: Actor) -> None:
    """The unit reads what the firm says: the case is opened again with it, or goes on with it."""
    if case.state in OPEN:
        note: dict[str, object] = {"words": said("zh", SAYS, words=reason)}
        await take("noted", case_id=case.id, id=id, by=by, said=note, by_rule=True)
    else:
        await ending.reopen(case_id=case.id, id=id, reason=reason, by=by)


async def _desk(case: CaseRecord, unit_id: UUID | None) -> UUID:
    """Raises UnitUnknown (404), LeadersDeskNeeded (409)."""
    if unit_id is not None:
        if unit_id not in await loop_queries.units([unit_id]):
            raise UnitUnknown("There is no unit {unit_id}.", unit_id=str(unit_id))
        return unit_id
    county = await division(code=f"{case.division.code[:COUNTY_DIGITS]}000000")
    found = await loop_queries.governments(county.id)
    if len(found) != 1:
        raise LeadersDeskNeeded("The county has {n} government units: say desk_unit_id.", n=len(found))
    return found[0]


async def _begin(id: UUID, case: CaseRecord, desk: UUID, *, by: Actor) -> None:
    """Its own clocks run at the desk, and whoever is on duty there is told."""
    await start_clocks(
        clocks=[
            NewClock(
                id=uuid5(id, kind),
                subject_room=ROOM,
                subject_id=id,
                kind=kind,
                policy_code=CODE,
                opened_at=clock.now(),
                division_code=case.division.code,
                label=case.number,
                unit_id=desk,
                link=f"{PAGE}/{id}",
            )
            for kind in (ENDORSEMENT, SETTLING)
        ],
        by=by,
    )
    facts: dict[str, Any] = {"division_code": case.division.code, "link": f"{PAGE}/{id}", "number": case.number}
    await ask_desk(desk, LOOK, id=uuid5(id, "asked"), origin_id=id, by=by, **facts)


async def _pass_on(row: Any, words: str, *, by: Actor) -> None:
    """The unit that has the case reads it on the timeline, and is asked to act."""
    id, case_id = row["id"], row["case_id"]
    if row["case_state"] in STEPS["noted"].start:
        note: dict[str, object] = {"words": said("zh", ENDORSED, words=words)}
        await take("noted", case_id=case_id, id=uuid5(id, "endorsed"), by=by, said=note, by_rule=True)
    unit = row["assignee_unit"] or row["owner_unit"]
    if unit is not None:
        facts: dict[str, Any] = {
            "division_code": row["division_code"],
            "link": _link(case_id),
            "number": row["case_number"],
        }
        await ask_desk(unit, ACT, id=uuid5(id, "act"), origin_id=id, by=by, **facts)


async def _held(firm_case_id: UUID, by: Actor) -> Any:
    """Raises FirmCaseUnknown (404), NotYourDesk (403)."""
    row = await queries.firm_case(firm_case_id, lock=True)
    if row is None or not _sees(row, by):
        raise _unknown(firm_case_id)
    if not _decides(row["desk"], row["division_code"], by):
        raise NotYourDesk("This is for whoever works at the leader's desk, or a supervisor of the place.")
    return row


def _decides(desk: UUID, division_code: str, by: Actor) -> bool:
    return desk in _desks(by) or visible_to(by, roles=LEADERS).covers(division_code)


def _desks(by: Actor) -> list[UUID]:
    return [held.unit_id for held in by.held if held.unit_id is not None and held.role in AT_THE_DESK]


def _sees(row: Any, by: Actor) -> bool:
    return row["desk"] in _desks(by) or visible_to(by, roles=READERS).covers(row["division_code"])


def _must_be(row: Any, state: FirmCaseState) -> None:
    if row["state"] != state:
        raise FirmCaseNotOpen("It is {state}; first endorsed, then closed, each once.", state=Term(row["state"]))


def _facts(row: Any) -> dict[str, Any]:
    return {"number": row["case_number"], "state": Term(row["case_state"])}


async def _record(row: Any) -> EnterpriseCaseRecord:
    return queries.record(row, await clocks_of(subject_room=ROOM, subject_id=row["id"]))


def _link(case_id: UUID) -> str:
    return f"/console/cases/{case_id}"


def _unknown(firm_case_id: UUID) -> FirmCaseUnknown:
    return FirmCaseUnknown("There is no enterprise case {id} that you may see.", id=str(firm_case_id))
