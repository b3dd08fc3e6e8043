"""Public pledges, over HTTP."""

from typing import Annotated
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter

from backend.core import creates
from backend.core.creates import Key, answered
from backend.hotline import pledges
from backend.hotline.pledge_schemas import NewPledgeBatch, PledgeChange, PublicPledge, PublicPledgeBatch, PublicPledges
from backend.people.guards import NEEDS_SIGN_IN, SignedIn
from backend.territory.parameters import Division

YearQuery = Annotated[int | None, QueryParameter(ge=2000, le=2100, description="the newest with any unless told")]
FOR_EVERYBODY = {"Cache-Control": "public, max-age=300"}


@post(
    "/hotline/pledges",
    operation_id="publishPledges",
    summary="Publish a batch of pledges to everybody, whole or not at all",
    description="By supervisors and administrators of the division. Texts with a telephone number, an identity number "
    "or the like are refused: offices answer for pledges, not persons.",
    responses={200: ResponseSpec(PublicPledgeBatch, generate_examples=False, description="Published before")},
)
async def publish_pledges(
    data: JSONBody[NewPledgeBatch], by: SignedIn, idempotency_key: Key = None
) -> Response[PublicPledgeBatch]:
    """A batch."""
    id = creates.id_for(given=data.id, key=idempotency_key, by=by.person_id, operation="publishPledges")
    return answered(await pledges.publish_pledges(id=id, new=data, by=by))


@post(
    "/hotline/pledges/{pledge_id:uuid}/state",
    operation_id="changePledge",
    summary="Say that a pledge was kept on a day, or dropped and why",
    description="By supervisors and administrators of the place; done: also by handlers of the unit that promised.",
    status_code=200,
)
async def change_pledge(pledge_id: FromPath[UUID], data: JSONBody[PledgeChange], by: SignedIn) -> PublicPledge:
    """Everybody reads it."""
    return await pledges.change_pledge(pledge_id=pledge_id, change=data, by=by)


@get(
    "/hotline/pledges/public",
    operation_id="listPublicPledges",
    summary="What was promised to everybody, and whether it was kept",
    description="No sign-in. Of a division and all that lies in it; the page for people is /pledges.",
)
async def list_public_pledges(division_code: Division = None, year: YearQuery = None) -> Response[PublicPledges]:
    """Open data."""
    found = await pledges.public_pledges(division_code=division_code, year=year)
    return Response(found, headers=FOR_EVERYBODY)


router = Router(
    path="/api/v1",
    route_handlers=[
        Router("/", route_handlers=[publish_pledges, change_pledge], dependencies=NEEDS_SIGN_IN),
        list_public_pledges,
    ],
    tags=["hotline"],
)
