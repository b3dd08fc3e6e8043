"""A firm's case goes to the leader's desk: it is opened again with what the firm says, and clocks run at the desk.

Two clocks: until a leader has said what is to be done (批示), and until the case has ended again and the firm was told.
"""

from typing import Any
from uuid import UUID, uuid5

from backend.cases import ending, loop_queries, records
from backend.cases.rules import OPEN
from backend.cases.schemas import CaseRecord
from backend.cases.steps import take
from backend.core import clock, creates
from backend.core.creates import Outcome
from backend.core.database import transaction
from backend.core.refusals import DifferentArguments
from backend.core.words import Term
from backend.deadlines.schemas import NewClock
from backend.deadlines.starting import start_clocks
from backend.hotline import firm_queries as queries
from backend.hotline.desk_asks import ROOM, ask_desk
from backend.hotline.firm_cases import DESK, HEARD, has_ended, record_of
from backend.hotline.firm_policies import CODE, ENDORSEMENT, SETTLING
from backend.hotline.firm_refusals import CaseNotClosed, FirmCaseOpen, LeadersDeskNeeded
from backend.hotline.firm_schemas import EnterpriseCaseRecord, NewEnterpriseCase
from backend.people.actors import Actor
from backend.people.refusals import UnitUnknown
from backend.push.wording import said
from backend.territory.queries import division

COUNTY_DIGITS = 6
PAGE = "/console/desk/firms"
LOOK = Term("A firm is not satisfied with case {number}: say what is to be done.")
SAYS = Term("The firm is not satisfied: {words}")


@transaction
async def open_enterprise_case(*, id: UUID, new: NewEnterpriseCase, by: Actor) -> Outcome[EnterpriseCaseRecord]:
    """Put a firm's case on the leader's desk. The same again is the same matter, as it is now.

    Raises ReasonNeeded (400), Forbidden, NotYourStep (403), CaseUnknown, UnitUnknown (404), CaseNotClosed,
    FirmCaseOpen, LeadersDeskNeeded, DifferentArguments (409).
    """
    by.must_have(*DESK)
    asked = [by.person_id, new.case_id, new.firm, new.reason, new.desk_unit_id]
    known = await queries.firm_case(id)
    if known is not None:
        if not creates.same(known["arguments_digest"], asked):
            raise DifferentArguments("Enterprise case {id} was opened with other content; it stays.", id=str(id))
        return Outcome(await record_of(known), created=False)
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
        digest=creates.digest(asked),
        at=clock.now(),
    )
    if not made:
        raise FirmCaseOpen("Case {number} went to the leader's desk before.", number=case.number)
    await _hear(case, id=uuid5(id, HEARD), reason=new.reason.strip(), by=by)
    await _begin(id, case, desk, by=by)
    return Outcome(await record_of(await queries.firm_case(id)), created=True)


def _must_have_ended(case: CaseRecord) -> None:
    """Raises CaseNotClosed (409)."""
    if not has_ended(case):
        raise CaseNotClosed(
            "Case {number} is {state}: let it end first.", number=case.number, state=Term(case.state.value)
        )


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


async def _hear(case: CaseRecord, *, id: UUID, reason: str, by: Actor) -> None:
    """The unit reads what the firm says: the case is opened again with it, or goes on with it."""
    if case.state in OPEN:
        note: dict[str, object] = {"words": said("zh", SAYS, words=reason)}
        await take("noted", case_id=case.id, id=id, by=by, said=note, by_rule=True)
    else:
        await ending.reopen(case_id=case.id, id=id, reason=reason, by=by)


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
