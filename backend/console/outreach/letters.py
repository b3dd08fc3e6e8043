"""/console/letters: which villages have how many letters, and where a single one went."""

from typing import Annotated
from urllib.parse import urlencode

from litestar import Response, get
from litestar.params import QueryParameter
from litestar.response import Redirect

from backend.antifraud import letters
from backend.antifraud.outreach_places import PLANNERS, READERS
from backend.console.outreach import letter_labels as says
from backend.console.outreach.letters_shown import overview
from backend.console.pages import page
from backend.console.refused import told
from backend.core.refusals import Refusal
from backend.people.guards import SignedIn

Serial = Annotated[str, QueryParameter(max_length=40)]
TownshipQuery = Annotated[str, QueryParameter(pattern=r"^\d{0,12}$")]


@get("/letters", include_in_schema=False)
async def show_letters(by: SignedIn, township: TownshipQuery = "", serial: Serial = "") -> Response[str] | Redirect:
    """By village with totals; of more villages than one reads, by township first. Who has one village goes there."""
    by.must_have(*READERS)
    found = await overview(by, township or None)
    if found.only_village:
        asked = f"?{urlencode({'serial': serial})}" if serial else ""
        return Redirect(f"/console/letters/{found.only_village}{asked}", status_code=303)
    problem, trail = None, []
    if serial.strip():
        try:
            trail = (await letters.list_letters(by=by, serial=serial, limit=20)).items
        except Refusal as refusal:
            problem = told(refusal)
    return page(
        "outreach/letters.html",
        status=400 if problem else 200,
        by=by,
        says=says,
        found=found,
        serial=serial,
        trail=trail,
        names=found.names,
        problem=problem,
        gives=by.has(*PLANNERS),
    )


HANDLERS = (show_letters,)
