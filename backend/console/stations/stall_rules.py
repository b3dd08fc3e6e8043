"""/console/stations/stalls/new: a rule of deputies' days: where, when, for whom, announced how long before."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import QueryParameter
from litestar.response import Redirect

from backend.console.form_refusals import Tried, at_field, fitting, tried
from backend.console.pages import page
from backend.console.stations import words
from backend.console.stations.clock_typed import clock_typed
from backend.console.stations.stalls import HERE
from backend.console.stations.week_form import A_TIME
from backend.console.typed import Typed, identity, typed
from backend.core import clock
from backend.core.ids import uuid7
from backend.core.refusals import Invalid, Refusal
from backend.core.words import Term, say
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.rosters.stall_schemas import NewStallRule
from backend.rosters.stall_setting import set_stall_rule
from backend.rosters.station_lists import list_stations_around
from backend.rosters.station_places import must_lead
from backend.rosters.station_words import StallRuleKind
from backend.rosters.units import may_lead
from backend.territory.queries import division

MOST = 200
COUNTY_DIGITS = 6
A_PLACE = Term("Choose the station.")
WRONG = {
    "kind": Term("Choose market or station."),
    "division_code": Term("Choose for whom it is."),
    "opens": A_TIME,
    "closes": A_TIME,
    "valid_from": Term("Choose a day."),
    "valid_to": Term("Choose a day."),
    "source": Term("Say who said so: the notice, its day."),
    "announce_days_before": Term("From 0 to 60 days."),
    "day_of_month": Term("A day of the month, 1 to 31."),
}
PlaceCode = Annotated[str, QueryParameter(name="place", pattern="^[0-9]{12}$", max_length=12)]


@get("/stalls/new", include_in_schema=False)
async def show_form(by: SignedIn, place: PlaceCode) -> Response[str]:
    """Of a township that one leads. Raises NotYourStation (403), DivisionUnknown (404)."""
    return await _page(by, place)


@post("/stalls/new", include_in_schema=False, status_code=200)
async def set_rule(by: SignedIn, request: Request[Any, Any, Any], place: PlaceCode) -> Response[Any]:
    """A second tap is the same rule."""
    form = await typed(request)
    try:
        new = _new(form)
        await set_stall_rule(id=identity(form.get("id")), place_id=_station(form), new=new, by=by)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return await _page(by, place, refused=tried(refusal, names={}), form=form)
    return Redirect(f"{HERE}?place={place}&did=set", status_code=303)


def _new(form: Typed) -> NewStallRule:
    """What was filled in; a stall has no day of the month. Raises Invalid (400)."""
    at_station = form.get("kind") == StallRuleKind.EVEN_STATION
    given: dict[str, Any] = {name: form.get(name) for name in ("kind", "division_code", "valid_from", "source")}
    given |= {name: clock_typed(form.get(name)) or "" for name in ("opens", "closes")}
    given |= {"announce_days_before": _number(form.get("announce_days_before"))}
    given |= {"day_of_month": _number(form.get("day_of_month")) if at_station else None}
    return fitting(NewStallRule, given | {"valid_to": form.get("valid_to") or None}, wrong=WRONG)


def _number(text: str) -> int | str | None:
    """What does not read as a number stays as it is, to be refused at its field."""
    return int(text) if text.isdecimal() else text or None


def _station(form: Typed) -> UUID:
    try:
        return UUID(form.get("station"))
    except ValueError as error:
        raise Invalid("Please look at the marked fields.", errors=[at_field("station", say(A_PLACE))]) from error


async def _page(by: Actor, place: str, *, refused: Tried | None = None, form: Typed | None = None) -> Response[str]:
    township = await division(code=place)
    must_lead(township.code, by=by)
    stations = (await list_stations_around(by=by, division_code=township.code, limit=MOST)).items
    begun = {"valid_from": [clock.today().isoformat()], "announce_days_before": ["3"], "division_code": [place]}
    return page(
        "stations/stall_new.html",
        status=refused.status if refused else 200,
        by=by,
        township=township,
        stations=[(one.id, one.name) for one in stations],
        audiences=await _audiences(by, township.code),
        kinds=[(kind.value, words.stall(kind)) for kind in StallRuleKind],
        form=form or Typed(begun),
        id=form.get("id") if form and form.get("id") else uuid7(),
        words=words,
        refused=refused,
    )


async def _audiences(by: Actor, township: str) -> list[tuple[str, str]]:
    """The township, and the whole county for who leads that."""
    county = await division(code=township[:COUNTY_DIGITS].ljust(12, "0"))
    found = [await division(code=township), *([county] if may_lead(county.code, by=by) else [])]
    return [(one.code, words.place(one.name)) for one in found]


HANDLERS = (show_form, set_rule)
