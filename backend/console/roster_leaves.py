"""/console/roster/leaves: asking to be away, and deciding about it."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, post
from litestar.params import Body, FromPath
from msgspec import Struct

from backend.console.roster_shown import FORM, Missing, after
from backend.core import clock
from backend.people.guards import SignedIn
from backend.rosters import leave_deciding, leaves
from backend.rosters.leave_schemas import LeaveDecision, NewLeave
from backend.rosters.leave_tables import LeaveReason


class LeaveForm(Struct, kw_only=True):
    """From when to when, by the clock in Shandong, and why."""

    id: UUID
    unit: UUID
    begins: str = ""
    ends: str = ""
    reason: str = ""
    shift: UUID | None = None


@post("/roster/leaves", include_in_schema=False, status_code=200)
async def ask_leave(by: SignedIn, data: Annotated[LeaveForm, Body(media_type=FORM)]) -> Response[Any]:
    """请假."""

    async def verb() -> None:
        if data.reason not in tuple(LeaveReason):
            raise Missing("Choose a reason, then send.")
        begins, ends = _moment(data.begins), _moment(data.ends)
        new = NewLeave(unit_id=data.unit, reason=LeaveReason(data.reason), starts_at=begins, ends_at=ends)
        await leaves.request_leave(id=data.id, new=new, by=by)

    return await after(by, "asked", verb(), of=data.shift)


@post("/roster/leaves/{leave_id:uuid}/decision", include_in_schema=False, status_code=200)
async def decide(
    by: SignedIn, leave_id: FromPath[UUID], data: Annotated[dict[str, str], Body(media_type=FORM)]
) -> Response[Any]:
    """Yes or no by the button; for each shift touched the substitute chosen, as `shift-…`."""
    chosen = {
        UUID(name.removeprefix("shift-")): UUID(value)
        for name, value in data.items()
        if name.startswith("shift-") and value
    }
    decision = LeaveDecision(
        approve=data.get("answer") == "yes", substitutes=chosen, remark=data.get("remark", "")[:200] or None
    )
    return await after(by, "decided", leave_deciding.decide_leave(leave_id=leave_id, decision=decision, by=by))


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=clock.SHANGHAI)
    except ValueError as error:
        raise Missing("Say from when to when.") from error
