"""/q/{code}: the farmer's door behind a station's QR. No sign-in, no script needed, under 60 KB with all it loads.

GET  /q/{code}        the form; station, place and studio are filled in
POST /q/{code}        the request, from the form or by its script (`Accept: application/json`); answered by the receipt
GET  /q/worker.js     lets the page open without a line
"""

from pathlib import Path
from typing import Annotated, Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, QueryParameter
from msgspec.structs import replace

from backend.console.farmer_door_form import keep_files, read
from backend.console.farmer_door_pages import form_page, receipt_page, refused_page, wants_json
from backend.console.farmer_door_place import Place, place_of
from backend.console.forms import Filled, filled, must_be_ours
from backend.console.refused import told
from backend.core.ids import uuid7
from backend.core.peers import address_of
from backend.core.refusals import DifferentArguments, Refusal
from backend.diagnosis.request_schemas import RequestedDiagnosis
from backend.diagnosis.requests import request_diagnosis
from backend.people import station_codes

Big = Annotated[str, QueryParameter(max_length=1)]
DOOR = "station"
WORKER = Path(__file__).parent / "static" / "door-worker.js"


@get("/{code:str}", include_in_schema=False)
async def show_door(request: Request[Any, Any, Any], code: FromPath[str], big: Big = "") -> Response[str]:
    """The empty form. Looking changes nothing: WeChat looks at every link before people do."""
    place = await place_of(await station_codes.unit_of_station_code(code, address=address_of(request)))
    return await form_page(place, code, big, Filled({"id": str(uuid7())}, {}))


@post("/{code:str}", include_in_schema=False, status_code=200, request_max_body_size=None)
async def ask(request: Request[Any, Any, Any], code: FromPath[str], big: Big = "") -> Response[Any]:
    """The receipt; or the form with what was typed, and why not. A second tap gives the same receipt."""
    must_be_ours(request)
    address = address_of(request)
    place = await place_of(await station_codes.unit_of_station_code(code, address=address))
    try:
        await station_codes.let_in(place.station, address=address)
        async with filled(request) as form:
            return await _answer(request, form, place, code, big)
    except Refusal as refusal:
        return refused_page(request, refusal, place)


async def _answer(request: Request[Any, Any, Any], form: Filled, place: Place, code: str, big: str) -> Response[Any]:
    try:
        return receipt_page(request, await _ask(form, place), place, code, big)
    except Refusal as refusal:
        if wants_json(request):
            raise
        if isinstance(refusal, DifferentArguments):  # the next tap sends it as another one
            form = Filled(form.fields | {"id": str(uuid7())}, {})
        return await form_page(place, code, big, form, problem=told(refusal), status=refusal.status)


async def _ask(form: Filled, place: Place) -> RequestedDiagnosis:
    new = read(form, place)
    assert new.id is not None  # noqa: S101 - `read` takes no form without
    new = replace(new, photo_ids=await keep_files(form, new.id, place))
    outcome = await request_diagnosis(new=new, by=None, station=place.station, opener=place.opener, door=DOOR)
    return outcome.record


def refused(request: Request[Any, Any, Any], refusal: Refusal) -> Response[Any]:
    """A refusal before anybody knows which station it is."""
    return refused_page(request, refusal, None)


@get("/worker.js", include_in_schema=False, media_type="text/javascript")
async def show_worker() -> Response[bytes]:
    """At this address, so that it may look after /q/ and nothing else. Always asked for anew."""
    return Response(WORKER.read_bytes(), media_type="text/javascript", headers={"Cache-Control": "no-cache"})


router = Router(
    path="/q",
    route_handlers=[show_door, ask, show_worker],
    exception_handlers={Refusal: refused},
)
