"""/console/visits/{id}: one visit, its photos and needs, and the flags that its cadre may answer."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Redirect
from msgspec import Struct

from backend.console import labels
from backend.console.pages import page
from backend.console.refused import told
from backend.console.shown import shown_visits
from backend.core.refusals import Refusal
from backend.media import photo_reading, records
from backend.media.filters import PhotoFilters
from backend.media.schemas import PhotoRecord
from backend.people.actors import Actor, visible_to
from backend.people.guards import SignedIn
from backend.people.tables import Role
from backend.visits import actions, campaigns
from backend.visits.tables import FlagKind


class AnswerForm(Struct, forbid_unknown_fields=True):
    """What the cadre says to a flag."""

    answer: str


@get("/visits/{visit_id:uuid}", include_in_schema=False)
async def show_visit(by: SignedIn, visit_id: FromPath[UUID]) -> Response[str]:
    """The visit's page."""
    return await _page(by, visit_id)


@post("/visits/{visit_id:uuid}/flags/{kind:str}", include_in_schema=False, status_code=200)
async def answer_flag(
    by: SignedIn,
    visit_id: FromPath[UUID],
    kind: FromPath[FlagKind],
    data: Annotated[AnswerForm, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[Any]:
    """The answer is kept; a second one is told so."""
    try:
        await actions.answer_flag(visit_id=visit_id, kind=kind, answer=data.answer, by=by)
    except Refusal as refusal:
        return await _page(by, visit_id, problem=told(refusal))
    return Redirect(f"/console/visits/{visit_id}", status_code=303)


async def _page(by: Actor, visit_id: UUID, problem: str | None = None) -> Response[str]:
    record = await actions.get_visit(visit_id=visit_id, by=by)
    (visit,) = await shown_visits([record], by=by)
    campaign = {known.code: known.name for known in await campaigns.list_campaigns(by=by)}.get(
        visit.campaign_code or ""
    )
    back = "/console/log" if visit.mine and by.has(Role.CADRE, Role.ASSISTANT) else "/console/map"
    return page(
        "visit/visit.html",
        by=by,
        visit=visit,
        looked_at=await _looked_at(visit_id, by),
        state_of=labels.photo_verdict,
        campaign=campaign,
        back=back,
        problem=problem,
    )


async def _looked_at(visit_id: UUID, by: Actor) -> dict[UUID, PhotoRecord]:
    """What the pipeline thinks of the visit's photos, by their ids."""
    filters = PhotoFilters(record_kind="visit", record_id=visit_id)
    rows = await photo_reading.list_photos(scope=visible_to(by), filters=filters, limit=100)
    return {row["id"]: records.record(row) for row in rows}


router = Router(path="/console", route_handlers=[show_visit, answer_flag])
