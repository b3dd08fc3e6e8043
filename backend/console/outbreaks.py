"""/console/outbreaks: what is spreading, on a map and as a list; nobody is named, and never fewer than five."""

from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Response, Router, get
from litestar.params import QueryParameter

from backend.console import diagnosis_labels as says
from backend.console import labels
from backend.console.pages import page
from backend.core import clock
from backend.core.settings import settings
from backend.core.words import say
from backend.diagnosis.outbreak_schemas import OutbreakRecord
from backend.diagnosis.outbreaks import list_outbreaks
from backend.diagnosis.reference import crops
from backend.people.guards import SignedIn
from backend.territory.coordinates import Crs

ROWS = 60

Word = Annotated[str, QueryParameter(max_length=60)]
After = Annotated[str, QueryParameter(max_length=400)]


@get("/outbreaks", include_in_schema=False)
async def show_outbreaks(by: SignedIn, crop: Word = "", over: Word = "", after: After = "") -> Response[str]:
    """Those that go on; with `over` those that have ended."""
    crs = Crs(settings().tiles_crs)
    found = await list_outbreaks(
        by=by, crop_code=crop or None, open=not over, crs=crs, limit=ROWS, cursor=after or None
    )
    return page(
        "clinic/outbreaks.html",
        by=by,
        outbreaks=found.items,
        points=[_point(each) for each in found.items],
        crop=crop,
        crops=[(each.code, says.name(each)) for each in (await crops()).on(clock.today())],
        over=bool(over),
        next_page=_address(crop=crop, over=over, after=found.next_cursor) if found.next_cursor else None,
        labels=says,
        place=labels.place,
        tiles={"url": settings().tiles_url, "attribution": settings().tiles_attribution},
    )


def _address(**fields: str) -> str:
    return "/console/outbreaks?" + urlencode({name: value for name, value in fields.items() if value})


def _point(one: OutbreakRecord) -> dict[str, Any]:
    said = say("{n} households in {days} days", n=one.households_n, days=one.window_days)
    return {
        "longitude": one.longitude,
        "latitude": one.latitude,
        "radius_m": round(one.radius_km * 1000),
        "form": "outbreak",
        "label": f"{says.name(one.condition)} · {labels.place(one.division.name)} · {said}",
        "address": f"#outbreak-{one.id}",
    }


router = Router(path="/console", route_handlers=[show_outbreaks])
