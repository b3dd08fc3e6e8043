"""/console/stations: stations of one's territory, their codes, and the sheet with the QR code that hangs there."""

from typing import Any
from uuid import UUID

import segno
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from markupsafe import Markup

from backend.console import labels
from backend.console.farmer_door_place import place_of
from backend.console.forms import filled
from backend.console.pages import page
from backend.core import words
from backend.core.addresses import base_url
from backend.core.ids import uuid7
from backend.people import station_codes, stations
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.people.refusals import StationCodeUnknown
from backend.people.schemas import StationCodeRecord, StationOpener


@get("/stations", include_in_schema=False)
async def show_stations(by: SignedIn) -> Response[str]:
    """All of them, from the county down, with how many sheets count."""
    found = await stations.list_stations(by=by)
    return page("stations/stations.html", by=by, stations=found, place=labels.place)


@get("/stations/{unit_id:uuid}", include_in_schema=False)
async def show_station(by: SignedIn, unit_id: FromPath[UUID]) -> Response[str]:
    """The codes of one, to print and to revoke."""
    codes = await station_codes.list_station_codes(unit_id=unit_id, by=by)
    station = await stations.station(unit_id=unit_id)
    return page("stations/station.html", by=by, station=station, place=labels.place, codes=codes, id=uuid7())


@post("/stations/{unit_id:uuid}/codes", include_in_schema=False, status_code=303, request_max_body_size=None)
async def make_code(by: SignedIn, request: Request[Any, Any, Any], unit_id: FromPath[UUID]) -> Redirect:
    """A new code; a second tap makes no second one. Older sheets go on to count."""
    async with filled(request) as form:
        await station_codes.new_station_code(unit_id=unit_id, by=by, id=form.id())
    return _to(unit_id)


@post(
    "/stations/{unit_id:uuid}/codes/{code_id:uuid}/revocation",
    include_in_schema=False,
    status_code=303,
)
async def revoke_code(by: SignedIn, unit_id: FromPath[UUID], code_id: FromPath[UUID]) -> Redirect:
    """The sheet with this code opens nothing any more."""
    await _code(unit_id, code_id, by)
    await station_codes.revoke_station_code(code_id=code_id, by=by)
    return _to(unit_id)


@get("/stations/{unit_id:uuid}/codes/{code_id:uuid}/sheet", include_in_schema=False)
async def show_sheet(
    by: SignedIn, request: Request[Any, Any, Any], unit_id: FromPath[UUID], code_id: FromPath[UUID]
) -> Response[str]:
    """One sheet of A4 for the wall, in Chinese whatever the reader's language is: it is for farmers."""
    found = await _code(unit_id, code_id, by)
    if found.code is None:
        raise StationCodeUnknown("This code was revoked. Make a new one and print that.")
    station = await stations.station(unit_id=unit_id)
    opener = StationOpener(code_id=code_id, unit_id=unit_id, name=station.name, division_code=station.division_code)
    address = f"{base_url(request)}/q/{found.code.replace('-', '')}"
    spoken = words.language.set("zh")
    try:
        return page(
            "stations/sheet.html",
            by=by,
            place=await place_of(opener),
            address=address,
            code=found.code,
            qr=_qr(address),
            back=f"/console/stations/{unit_id}",
        )
    finally:
        words.language.reset(spoken)


async def _code(unit_id: UUID, code_id: UUID, by: Actor) -> StationCodeRecord:
    listed = await station_codes.list_station_codes(unit_id=unit_id, by=by)
    found = next((each for each in listed if each.id == code_id), None)
    if found is None:
        raise StationCodeUnknown
    return found


def _to(unit_id: UUID) -> Redirect:
    return Redirect(f"/console/stations/{unit_id}", status_code=303)


def _qr(address: str) -> Markup:
    """With much to spare: it hangs in the sun and the rain."""
    code = segno.make(address, error="q", micro=False)
    return Markup(code.svg_inline(omitsize=True, border=3, dark="#000", light="#fff", svgclass="qr", lineclass=None))  # noqa: S704 - ours


router = Router(path="/console", route_handlers=[show_stations, show_station, make_code, revoke_code, show_sheet])
