"""Objecting to a result: only to a supervision sampling, and only while its clock runs.

Against a rapid method's result four hours on the wall clock, against any other's five working days; both count from
when the result was received, which whoever writes the objection down has to say.
"""

from datetime import datetime, timedelta

from backend.core import clock
from backend.core.clock import local
from backend.core.refusals import FieldError, Invalid
from backend.deadlines.limits import ClockKind
from backend.deadlines.preview import preview_deadline
from backend.laboratory.refusals_results import NoObjection, ObjectionLate
from backend.laboratory.result_queries import Row
from backend.laboratory.retest_policies import retest_policy
from backend.laboratory.retest_rules import RAPID, kind_of_test
from backend.laboratory.words import RunKind


async def check(*, told_at: datetime | None, row: Row) -> None:
    """Raises NoObjection, ObjectionLate (409), Invalid (400).

    row   of the result, as `result_queries.SHOWN`
    """
    if row["run_kind"] != RunKind.SUPERVISION:
        raise NoObjection(
            "A studio's free test is advice, no inspection: there is nothing to object to. Ask for a repeat instead."
        )
    told = _told(told_at, row)
    ends_at = await objection_ends(told, row)
    if clock.now() > ends_at:
        raise ObjectionLate(
            "The result was received {told}; objections ended {ended}.",
            told=f"{local(told):%Y-%m-%d %H:%M}",
            ended=f"{local(ends_at):%Y-%m-%d %H:%M}",
            ended_at=ends_at.isoformat(),
        )


async def objection_ends(told_at: datetime, row: Row) -> datetime:
    """Until when one may object to a result that was received at a moment."""
    policy = retest_policy(local(told_at).date())
    if kind_of_test(method=row["method"], judged_unit=row["judged_unit"]) in RAPID:
        return told_at + timedelta(hours=policy.objection_hours)
    found = await preview_deadline(
        clock=ClockKind.WORKING_DAYS, amount=policy.objection_working_days, opened_at=told_at
    )
    return found.due_at


def _told(told_at: datetime | None, row: Row) -> datetime:
    if told_at is None:
        raise _wrong("Say when the result was received: from then on the clock of an objection runs.")
    if told_at > clock.now():
        raise _wrong("The result cannot have been received later than now.")
    if told_at < (row["tested_at"] or row["received_at"]):
        raise _wrong("The result cannot have been received before it was measured.")
    return told_at


def _wrong(detail: str) -> Invalid:
    return Invalid("The objection cannot be like this.", errors=[FieldError(pointer="/told_at", detail=detail)])
