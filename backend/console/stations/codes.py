"""A station's QR codes, and the poster with one of them: whoever scans it asks about a sick crop."""

from typing import Any
from uuid import UUID

import segno
from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from markupsafe import Markup

from backend.console.farmer_door_place import place_of
from backend.console.forms import filled
from backend.console.pages import page
from backend.core import words
from backend.core.addresses import base_url
from backend.people import station_codes, stations
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.people.refusals import StationCodeUnknown
from backend.people.station_schemas import StationCodeRecord, StationOpener


@post("/{unit_id:uuid}/codes", include_in_schema=False, status_code=303, request_max_body_size=None)
async def make_code(by: SignedIn, request: Request[Any, Any, Any], unit_id: FromPath[UUID]) -> Redirect:
    """A new code; a second tap makes no second one. Older sheets go on to count."""
    async with filled(request) as form:
        await station_codes.new_station_code(unit_id=unit_id, by=by, id=form.id())
    return _to(unit_id)


@post("/{unit_id:uuid}/codes/{code_id:uuid}/revocation", include_in_schema=False, status_code=303)
async def revoke_code(by: SignedIn, unit_id: FromPath[UUID], code_id: FromPath[UUID]) -> Redirect:
    """The sheet with this code opens nothing any more."""
    await _code(unit_id, code_id, by)
    await station_codes.revoke_station_code(code_id=code_id, by=by)
    return _to(unit_id)


@get("/{unit_id:uuid}/codes/{code_id:uuid}/sheet", include_in_schema=False)
async def show_sheet(
    by: SignedIn, request: Request[Any, Any, Any], unit_id: FromPath[UUID], code_id: FromPath[UUID]
) -> Response[str]:
    """One sheet of A4 for the wall, in Chinese whatever the reader's language is: it is for farmers."""
    found = await _code(unit_id, code_id, by)
    if found.code is None:
        raise StationCodeUnknown("This code was revoked. Make a new one and print that.")
    station = await stations.station(unit_id=unit_id)
    opener = StationOpener(code_id=code_id, unit_id=unit_id, name=station.name, division_code=station.division_code)
    address = door(request, found.code)
    spoken = words.language.set("zh")
    try:
        return page(
            "stations/sheet.html",
            by=by,
            place=await place_of(opener),
            address=address,
            code=found.code,
            qr=qr(address),
            back=f"/console/stations/{unit_id}",
        )
    finally:
        words.language.reset(spoken)


async def codes_of(unit_id: UUID, by: Actor) -> list[StationCodeRecord] | None:
    """All of them, the newest first; None for who may not have them. Raises UnitUnknown (404), NotAStation (409)."""
    if not by.has(*station_codes.KEEPERS):
        return None
    return await station_codes.list_station_codes(unit_id=unit_id, by=by)


def door(request: Request[Any, Any, Any], code: str) -> str:
    """Where a code leads."""
    return f"{base_url(request)}/q/{code.replace('-', '')}"


def qr(address: str) -> Markup:
    """With much to spare: it hangs in the sun and the rain."""
    code = segno.make(address, error="q", micro=False)
    return Markup(code.svg_inline(omitsize=True, border=3, dark="#000", light="#fff", svgclass="qr", lineclass=None))  # noqa: S704 - ours


async def _code(unit_id: UUID, code_id: UUID, by: Actor) -> StationCodeRecord:
    listed = await station_codes.list_station_codes(unit_id=unit_id, by=by)
    found = next((each for each in listed if each.id == code_id), None)
    if found is None:
        raise StationCodeUnknown
    return found


def _to(unit_id: UUID) -> Redirect:
    return Redirect(f"/console/stations/{unit_id}#codes", status_code=303)


HANDLERS = (make_code, revoke_code, show_sheet)
