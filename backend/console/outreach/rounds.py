"""/console/outreach/rounds/{id}: how far a round has come, by village; its end, after which only counts are left."""

import csv
import io
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery, QueryParameter
from litestar.response import Redirect
from msgspec import Struct

from backend.antifraud import rounds
from backend.antifraud.outreach_places import PLANNERS, holds, shared
from backend.antifraud.outreach_villages import names_of
from backend.antifraud.round_marks import ASSISTANTS
from backend.antifraud.round_schemas import RoundProgress
from backend.console.outreach import outreach_labels as says
from backend.console.outreach.outreach_places import full_name, township_of
from backend.console.outreach.rounds_shown import shown, whole
from backend.console.pages import page
from backend.core import clock
from backend.core.refusals import Refusal
from backend.core.words import say
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.territory.rules import prefix_of

MOST_SHOWN = 30
"""Villages at first, those with the least visited; all of them are one tap away."""
SAID = {
    "planned": "The round is planned. The assistants of its villages see it from its first day on.",
    "closed": "The round is closed. What became of each door is forgotten; the counts stay.",
}
BOM = "\ufeff"
COLUMNS = ("Name of the village", "Code", "Households", "Met", "Nobody home", "Rather not", "Still to go")

TownshipQuery = Annotated[str, QueryParameter(pattern=r"^(\d{12})?$", max_length=12)]
Did = Annotated[str, QueryParameter(max_length=20)]


class SureForm(Struct, kw_only=True):
    """`sure` was ticked."""

    sure: str = ""


class _NotSure(Refusal):
    status, code, title = 400, "console/round-not-sure", "Not closed yet"


@get("/outreach/rounds/{round_id:uuid}", include_in_schema=False)
async def show_round(
    by: SignedIn,
    round_id: FromPath[UUID],
    township: TownshipQuery = "",
    every: FromQuery[bool] = False,
    did: Did = "",
) -> Response[str]:
    """Counts only; never a door."""
    one = await rounds.get_round(round_id=round_id, by=by)
    of = await shown(one, township=township)
    return page(
        "outreach/progress.html",
        by=by,
        says=says,
        one=one,
        of=of,
        township=township,
        villages=of.villages if every else of.villages[:MOST_SHOWN],
        walks=_walks(one, by),
        may_close=_may_close(one, by),
        told=say(SAID[did]) if did in SAID else None,
    )


@get("/outreach/rounds/{round_id:uuid}/sheet", include_in_schema=False)
async def show_sheet(by: SignedIn, round_id: FromPath[UUID]) -> Response[str]:
    """All villages as a table, to print."""
    one = await rounds.get_round(round_id=round_id, by=by)
    return page(
        "outreach/sheet.html", by=by, says=says, one=one, whole=whole(one), names=await _names(one), rows=one.villages
    )


@get("/outreach/rounds/{round_id:uuid}/counts.csv", include_in_schema=False)
async def send_counts(by: SignedIn, round_id: FromPath[UUID]) -> Response[str]:
    """The same for a spreadsheet. Empty: a village too small to be told of."""
    one = await rounds.get_round(round_id=round_id, by=by)
    headers = {"Content-Disposition": f'attachment; filename="round-{one.begins_on}.csv"', "Cache-Control": "no-store"}
    return Response(_csv(one, await _names(one)), media_type="text/csv; charset=utf-8", headers=headers)


@get("/outreach/rounds/{round_id:uuid}/closing", include_in_schema=False)
async def show_closing(by: SignedIn, round_id: FromPath[UUID]) -> Response[Any]:
    """What the end means, before it is one."""
    return await _closing(by, round_id)


@post("/outreach/rounds/{round_id:uuid}/closure", include_in_schema=False, status_code=200)
async def close(
    by: SignedIn, round_id: FromPath[UUID], data: Annotated[SureForm, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Response[Any]:
    """收尾. A second tap closes nothing more."""
    if not data.sure:
        return await _closing(by, round_id, problem=_NotSure("Tick that you have read it, then close the round."))
    await rounds.close_round(round_id=round_id, by=by)
    return Redirect(f"/console/outreach/rounds/{round_id}?did=closed", status_code=303)


async def _closing(by: Actor, round_id: UUID, problem: Refusal | None = None) -> Response[Any]:
    by.must_have(*PLANNERS)
    one = await rounds.get_round(round_id=round_id, by=by)
    if one.closed_at is not None:
        return Redirect(f"/console/outreach/rounds/{round_id}?did=closed", status_code=303)
    return page(
        "outreach/closing.html",
        status=problem.status if problem else 200,
        by=by,
        says=says,
        one=one,
        whole=whole(one),
        may_close=_may_close(one, by),
        problem=problem and say(problem.detail),
    )


def _walks(one: RoundProgress, by: Actor) -> bool:
    begun = one.begins_on <= clock.today() <= one.ends_on
    return one.closed_at is None and begun and bool(shared(prefix_of(one.division_code), by, ASSISTANTS))


def _may_close(one: RoundProgress, by: Actor) -> bool:
    return one.closed_at is None and holds(by, one.division_code, PLANNERS)


async def _names(one: RoundProgress) -> dict[str, str]:
    """By the codes of its villages."""
    codes = [each.division_code for each in one.villages]
    known = await names_of([*codes, *{township_of(code) for code in codes}])
    return {code: full_name(code, known) for code in codes}


def _csv(one: RoundProgress, names: dict[str, str]) -> str:
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow([say(each) for each in COLUMNS])
    for each in one.villages:
        told = [each.visited_n, each.absent_n, each.declined_n]
        left = None if each.visited_n is None else max(each.households_n - sum(n or 0 for n in told), 0)
        rows.writerow([names[each.division_code], each.division_code, each.households_n, *told, left])
    return BOM + out.getvalue()


HANDLERS = (show_round, show_sheet, send_counts, show_closing, close)
