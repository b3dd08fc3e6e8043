"""What a leader decides about a firm's case: what is to be done (批示), and that it is settled."""

from typing import Any
from uuid import UUID, uuid5

from backend.cases.rules import OPEN, STEPS
from backend.cases.steps import take
from backend.core import clock
from backend.core.database import transaction
from backend.core.words import Term
from backend.deadlines.clocks import stop_clock
from backend.hotline import firm_queries as queries
from backend.hotline.desk_asks import ask_desk, asked_no_more
from backend.hotline.firm_cases import may_decide, record_of, seen
from backend.hotline.firm_policies import ENDORSEMENT, SETTLING
from backend.hotline.firm_refusals import CaseNotClosed, FirmCaseNotOpen, NotYourDesk
from backend.hotline.firm_schemas import EnterpriseCaseRecord, EnterpriseClosure, EnterpriseEndorsement
from backend.hotline.words import FirmCaseState
from backend.people.actors import Actor
from backend.push.wording import said

ACT = Term("The leader's desk has endorsed case {number}: act on it.")
ENDORSED = Term("The leader's desk has endorsed it: {words}")


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
        return await record_of(row)
    _must_be(row, FirmCaseState.OPEN)
    at = clock.now()
    said_by = {"endorsement": told.words.strip(), "endorsed_at": at, "endorsed_by": by.person_id}
    await queries.move(firm_case_id, state=FirmCaseState.ENDORSED.value, **said_by)
    await stop_clock(clock_id=uuid5(firm_case_id, ENDORSEMENT), by=by, at=at)
    await asked_no_more(firm_case_id, by=by, done=True)
    await _pass_on(row, told.words.strip(), by=by)
    return await record_of(await queries.firm_case(firm_case_id))


@transaction
async def close_enterprise_case(*, firm_case_id: UUID, told: EnterpriseClosure, by: Actor) -> EnterpriseCaseRecord:
    """Settled: the case has ended again and the firm was told. Twice is harmless.

    Raises NotYourDesk (403), FirmCaseUnknown (404), FirmCaseNotOpen, CaseNotClosed (409).
    """
    row = await _held(firm_case_id, by)
    if row["state"] == FirmCaseState.CLOSED and row["result"] == told.result.strip():
        return await record_of(row)
    _must_be(row, FirmCaseState.ENDORSED)
    if row["case_state"] in OPEN:
        raise CaseNotClosed("Case {number} is {state}: let it end first.", **_facts(row))
    at = clock.now()
    await queries.move(firm_case_id, state=FirmCaseState.CLOSED.value, result=told.result.strip(), closed_at=at)
    await stop_clock(clock_id=uuid5(firm_case_id, SETTLING), by=by, at=at)
    await asked_no_more(firm_case_id, by=by, done=True)
    return await record_of(await queries.firm_case(firm_case_id))


async def _held(firm_case_id: UUID, by: Actor) -> Any:
    """Raises FirmCaseUnknown (404), NotYourDesk (403)."""
    row = await seen(firm_case_id, by=by, lock=True)
    if not may_decide(row["desk"], row["division_code"], by):
        raise NotYourDesk("This is for whoever works at the leader's desk, or a supervisor of the place.")
    return row


def _must_be(row: Any, state: FirmCaseState) -> None:
    if row["state"] != state:
        raise FirmCaseNotOpen("It is {state}; first endorsed, then closed, each once.", state=Term(row["state"]))


def _facts(row: Any) -> dict[str, Any]:
    return {"number": row["case_number"], "state": Term(row["case_state"])}


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


def _link(case_id: UUID) -> str:
    return f"/console/cases/{case_id}"
