"""/console/roster: who is on duty now, my shifts, what waits for my word, and the week that hangs on the wall."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.params import Body, FromPath, FromQuery, QueryParameter
from msgspec import Struct

from backend.console import roster_publish
from backend.console.roster_leaves import ask_leave, decide
from backend.console.roster_shown import FORM, Missing, after, roster_page, shift_page
from backend.people.guards import SignedIn
from backend.rosters import shifts, swaps
from backend.rosters.schemas import NewSwap
from backend.rosters.tables import ShiftState


class SwapForm(Struct, kw_only=True):
    """Whom to ask, and for which of his shifts."""

    id: UUID
    to: str = ""
    in_return: str = ""
    remark: str = ""


@get("/roster", include_in_schema=False)
async def show_roster(
    by: SignedIn,
    unit: FromQuery[UUID | None] = None,
    week: Annotated[str, QueryParameter(max_length=10)] = "",
    did: Annotated[str, QueryParameter(max_length=20)] = "",
) -> Response[str]:
    """The whole page; `did` says what was just done."""
    return await roster_page(by, unit=unit, day=_day(week), did=did)


@get("/roster/shifts/{shift_id:uuid}", include_in_schema=False)
async def show_shift(by: SignedIn, shift_id: FromPath[UUID]) -> Response[str]:
    """One of my shifts: find somebody for it, or ask for leave."""
    return await shift_page(by, shift_id)


@post("/roster/shifts/{shift_id:uuid}/confirmation", include_in_schema=False, status_code=200)
async def confirm(by: SignedIn, shift_id: FromPath[UUID]) -> Response[Any]:
    """确认, or afterwards: I was there."""
    return await after(by, "confirmed", shifts.confirm_shift(shift_id=shift_id, by=by))


@post("/roster/confirmation", include_in_schema=False, status_code=200)
async def confirm_all(by: SignedIn) -> Response[Any]:
    """Every shift of mine that waits for it."""

    async def verb() -> None:
        mine = await shifts.list_shifts(by=by, mine=True, state=ShiftState.PUBLISHED, limit=200)
        for shift in mine.items:
            await shifts.confirm_shift(shift_id=shift.id, by=by)

    return await after(by, "confirmed", verb())


@post("/roster/shifts/{shift_id:uuid}/swap", include_in_schema=False, status_code=200)
async def offer(
    by: SignedIn, shift_id: FromPath[UUID], data: Annotated[SwapForm, Body(media_type=FORM)]
) -> Response[Any]:
    """找人换班."""

    async def verb() -> None:
        in_return = await shifts.get_shift(shift_id=UUID(data.in_return), by=by) if data.in_return else None
        to = in_return.person_id if in_return else _id(data.to)
        new = NewSwap(to_person_id=to, in_return_shift_id=in_return and in_return.id, remark=data.remark[:200] or None)  # type: ignore[arg-type]
        await swaps.swap_shift(id=data.id, shift_id=shift_id, new=new, by=by)

    return await after(by, "offered", verb(), of=shift_id)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Missing("Choose a colleague, then send.") from error


@post("/roster/swaps/{swap_id:uuid}/acceptance", include_in_schema=False, status_code=200)
async def accept(by: SignedIn, swap_id: FromPath[UUID]) -> Response[Any]:
    """我来值."""
    return await after(by, "accepted", swaps.accept_swap(swap_id=swap_id, by=by))


@post("/roster/swaps/{swap_id:uuid}/refusal", include_in_schema=False, status_code=200)
async def decline(by: SignedIn, swap_id: FromPath[UUID]) -> Response[Any]:
    """换不了."""
    return await after(by, "declined", swaps.decline_swap(swap_id=swap_id, by=by))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


router = Router(
    path="/console",
    route_handlers=[
        *(show_roster, show_shift, confirm, confirm_all, offer, accept, decline, ask_leave, decide),
        *roster_publish.HANDLERS,
    ],
)
