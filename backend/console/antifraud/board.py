"""/console/antifraud/board: one sheet of A4 for a village's board. What is printed there is what a citizen goes by."""

from typing import Annotated, Any
from urllib.parse import urlsplit

from litestar import Request, Response, get
from litestar.params import PathParameter, QueryParameter

from backend.antifraud.visitor_boards import VillageBoard, village_boards
from backend.antifraud.visitor_policies import DISSUASION_LINE
from backend.console import labels
from backend.console.antifraud.ways import HERE as ABOVE
from backend.console.antifraud.ways import ways
from backend.console.pages import page
from backend.core import words
from backend.core.addresses import base_url
from backend.core.refusals import Unknown
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.people.tables import Role
from backend.territory import queries as territory
from backend.territory.queries import DivisionFilters
from backend.territory.tables import Level

HERE = f"{ABOVE}/board"
VILLAGE_DIGITS = 12
MOST_TOWNSHIPS = 200
MOST_FOUND = 60

Chosen = Annotated[str, QueryParameter(max_length=40)]
Code = Annotated[str, PathParameter(max_length=15)]


class NoBoard(Unknown):
    """Of a county or something larger no sheet hangs anywhere."""

    code, title = "console/no-board", "No village's board"


@get("/board", include_in_schema=False)
async def show_choice(by: SignedIn, township: Chosen = "", name: Chosen = "") -> Response[str]:
    """Which village: through its township, or by its name."""
    townships = await _townships(by)
    if township not in dict(townships):
        township = townships[0][0] if len(townships) == 1 and not name else ""
    boards = await village_boards(division_code=township, by=by) if township and not name else []
    return page(
        "antifraud/board.html",
        by=by,
        ways=await ways(by),
        townships=townships,
        township=township,
        name=name,
        boards=boards,
        found=await _named(by, name.strip()) if name.strip() else [],
        most=MOST_FOUND,
        place=labels.place,
    )


async def _townships(by: Actor) -> list[tuple[str, str]]:
    """Townships of one's territory; where it is only villages, those."""
    found: dict[str, str] = {}
    for prefix in by.prefixes(Role):
        if len(prefix) == VILLAGE_DIGITS:
            found[prefix] = labels.place((await territory.division(code=prefix)).name)
        elif len(prefix) < VILLAGE_DIGITS:
            filters = DivisionFilters(under=prefix.ljust(VILLAGE_DIGITS, "0"), level=Level.TOWNSHIP)
            inside = await territory.list_divisions(filters=filters, limit=MOST_TOWNSHIPS)
            found |= {each.code: each.name for each in inside}
    return list(found.items())


async def _named(by: Actor, name: str) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for prefix in by.prefixes(Role):
        filters = DivisionFilters(under=prefix.ljust(VILLAGE_DIGITS, "0"), level=Level.VILLAGE, name=name)
        found |= {each.code: each.name for each in await territory.list_divisions(filters=filters, limit=MOST_FOUND)}
    return sorted(found.items())[:MOST_FOUND]


@get("/board/{code:str}", include_in_schema=False)
async def show_sheets(by: SignedIn, request: Request[Any, Any, Any], code: Code) -> Response[str]:
    """The sheet of a village, or one for each village of a township; in Chinese whatever the reader's language is."""
    boards = await village_boards(division_code=code, by=by)
    if not boards:
        raise NoBoard("Choose a village, or a township for the sheets of all its villages.")
    spoken = words.language.set("zh")
    try:
        return _sheets(by, boards, base_url(request))
    finally:
        words.language.reset(spoken)


def _sheets(by: Actor, boards: list[VillageBoard], base: str) -> Response[str]:
    parts = urlsplit(base)
    return page(
        "antifraud/sheet.html",
        by=by,
        boards=boards,
        address=f"{parts.netloc}{parts.path}/v",  # people type no https://
        line=DISSUASION_LINE,
        place=labels.place,
        back=f"{HERE}?township={boards[0].division_code[:9]}000",
    )


HANDLERS = [show_choice, show_sheets]
