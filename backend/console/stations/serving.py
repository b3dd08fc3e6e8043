"""Who serves which grid or village: found by name, in which office, from when on; and with which day it ends."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from backend.console import labels, notice_labels
from backend.console.form_refusals import Tried, fitting, tried
from backend.console.pages import page
from backend.console.stations import words
from backend.console.stations.station import station_page
from backend.console.typed import Typed, identity, typed
from backend.core import clock
from backend.core.ids import uuid7
from backend.core.refusals import Refusal
from backend.core.words import Term
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.rosters.grid_candidates import find_grid_candidates
from backend.rosters.grid_service_schemas import NewGridService
from backend.rosters.grid_services import assign_grid_service, end_grid_service
from backend.rosters.market_schemas import RuleEnding
from backend.rosters.station_lists import station_overview
from backend.territory.queries import DivisionFilters, list_divisions

MOST_PLACES = 1000
WRONG = {
    "person_id": Term("Choose who it is."),
    "office": Term("Choose the office."),
    "division_code": Term("Choose a place from the list."),
    "valid_from": Term("Choose a day."),
    "valid_to": Term("Choose a day."),
}
Name = Annotated[str, QueryParameter(max_length=60)]


@get("/{unit_id:uuid}/serving/new", include_in_schema=False)
async def show_form(by: SignedIn, unit_id: FromPath[UUID], name: Name = "") -> Response[str]:
    """First whom: by name. Then what, where and from when. Raises NotYourStation (403)."""
    return await _page(by, unit_id, name=name)


@post("/{unit_id:uuid}/serving", include_in_schema=False, status_code=200)
async def assign(by: SignedIn, request: Request[Any, Any, Any], unit_id: FromPath[UUID]) -> Response[Any]:
    """A second tap is the same service."""
    form = await typed(request)
    given: dict[str, Any] = {name: form.get(name) for name in WRONG} | {"valid_to": form.get("valid_to") or None}
    try:
        new = fitting(NewGridService, given | {"station_id": str(unit_id)}, wrong=WRONG)
        await assign_grid_service(id=identity(form.get("id")), new=new, by=by)
    except Refusal as refusal:
        return await _page(by, unit_id, name=form.get("name"), refused=tried(refusal, names={}), form=form)
    return Redirect(f"/console/stations/{unit_id}?did=serves&on={new.valid_from}#people", status_code=303)


@post("/{unit_id:uuid}/serving/{service_id:uuid}/ending", include_in_schema=False, status_code=200)
async def end(
    by: SignedIn, request: Request[Any, Any, Any], unit_id: FromPath[UUID], service_id: FromPath[UUID]
) -> Response[Any]:
    """The last day of a service."""
    form = await typed(request)
    try:
        ending = fitting(RuleEnding, {"valid_to": form.get("valid_to")}, wrong=WRONG)
        await end_grid_service(service_id=service_id, valid_to=ending.valid_to, by=by)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        refused, on = tried(refusal, names={}), day_of(form.get("on"))
        return await station_page(by, unit_id, on=on, refused=refused, form=form, step=f"end-{service_id}")
    return Redirect(f"/console/stations/{unit_id}?did=ended&on={ending.valid_to}#people", status_code=303)


def day_of(text: str) -> date | None:
    """A day that the page put into its form; None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


async def _page(
    by: Actor, unit_id: UUID, *, name: str, refused: Tried | None = None, form: Typed | None = None
) -> Response[str]:
    found = await find_grid_candidates(unit_id=unit_id, name=name, by=by)
    station = await station_overview(unit_id=unit_id, by=by)
    places = await list_divisions(filters=DivisionFilters(under=station.division_code), limit=MOST_PLACES)
    return page(
        "stations/serving.html",
        status=refused.status if refused else 200,
        by=by,
        station=station,
        name=name,
        found=found,
        places=[(one.code, labels.place(one.name)) for one in places],
        offices=[(each.value, words.office(each)) for each in words.OFFICES],
        role=notice_labels.role,
        refused=refused,
        form=form or Typed({"valid_from": [clock.today().isoformat()]}),
        id=form.get("id") if form else uuid7(),
        words=words,
    )


HANDLERS = (show_form, assign, end)
