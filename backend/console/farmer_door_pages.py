"""The farmer's pages: the form, the receipt, and why not; to the form's script the same as JSON."""

from typing import Any
from urllib.parse import quote

import segno
from litestar import Request, Response
from msgspec import Struct

from backend.console import farmer_door_consent, farmer_door_words, receipt
from backend.console.farmer_door_form import ANOTHER, crop_of
from backend.console.farmer_door_place import Place
from backend.console.farmer_door_words import choices
from backend.console.forms import Filled
from backend.console.pages import page
from backend.console.paper import receipt_address
from backend.console.refused import told
from backend.core import clock, problems
from backend.core.refusals import Refusal
from backend.core.settings import settings
from backend.core.words import language, say
from backend.diagnosis.reference import crops
from backend.diagnosis.request_schemas import CropRecord, RequestedDiagnosis

IN_PICTURES = 11


class Given(Struct, frozen=True, kw_only=True):
    """A receipt, for the page's script. `qr`: an image's address; `ticket` opens uploads for half an hour."""

    number: str
    number_said: str
    secret: str | None
    address: str
    qr: str
    ticket: str | None


NOT_YET = Given(number="", number_said="", secret=None, address="", qr="", ticket=None)
"""What the page's script fills in."""


async def form_page(
    place: Place, code: str, big: str, form: Filled, *, problem: str | None = None, status: int = 200
) -> Response[str]:
    offered = (await crops()).on(clock.today())
    return page(
        "door/door.html",
        status=status,
        place=place,
        code=quote(code),
        big=big,
        form=form,
        problem=problem,
        given=NOT_YET,
        pictured=[_crop(each) for each in offered[:IN_PICTURES]],
        listed=[_crop(each) for each in offered[IN_PICTURES:] if each.code != ANOTHER],
        chosen=crop_of(form),
        organs=choices(farmer_door_words.ORGANS),
        topics=choices(farmer_door_words.TOPICS),
        stages=choices(farmer_door_words.STAGES),
        consent=farmer_door_consent.said(place.station.name, place.studio),
        words=farmer_door_words.script_words(),
        most_bytes=settings().station_upload_max_bytes,
    )


def _crop(crop: CropRecord) -> dict[str, str]:
    """By the name of the list, and beside it what people here call it."""
    if language.get() != "zh":
        return {"code": crop.code, "name": crop.name_en, "alias": ""}
    return {"code": crop.code, "name": crop.name_zh, "alias": crop.aliases[0] if crop.aliases else ""}


def receipt_page(
    request: Request[Any, Any, Any], made: RequestedDiagnosis, place: Place, code: str, big: str
) -> Response[Any]:
    address = receipt_address(request, made.number)
    cookies = [receipt.cookie(made.number, made.ticket)] if made.ticket else []
    given = Given(
        number=made.number,
        number_said=made.number_said,
        secret=made.secret,
        address=address,
        qr=segno.make(address, error="m", micro=False).svg_data_uri(border=3, dark="#000", light="#fff"),
        ticket=made.ticket,
    )
    if wants_json(request):
        return Response(given, headers={"Cache-Control": "no-store"}, cookies=cookies)
    answer = page("door/receipt.html", place=place, code=quote(code), big=big, given=given)
    answer.cookies.extend(cookies)
    return answer


def wants_json(request: Request[Any, Any, Any]) -> bool:
    return "application/json" in request.headers.get("accept", "")


def refused_page(request: Request[Any, Any, Any], refusal: Refusal, place: Place | None) -> Response[Any]:
    if wants_json(request):
        return problems.refused(request, refusal)
    answer = page(
        "door/refused.html",
        status=refusal.status,
        title=say(refusal.title),
        detail=told(refusal),
        place=place,
        big=request.query_params.get("big", ""),
        code="",
    )
    if refusal.retry_after_s is not None:
        answer.headers["Retry-After"] = str(refusal.retry_after_s)
    return answer
