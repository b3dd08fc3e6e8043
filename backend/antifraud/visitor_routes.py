"""Visitors over HTTP: checked by anybody; cards issued and ended by supervisors; the carrier's own code."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody, PathParameter, QueryParameter
from msgspec.structs import replace

from backend.antifraud import visitor_cards, visitor_checking
from backend.antifraud.visitor_schemas import NewVisitorCard, VisitorCardRecord, VisitorCode, VisitorRecord
from backend.cases.parameters import id_of
from backend.core.addresses import base_url
from backend.core.creates import Key, answered
from backend.core.paging import DEFAULT_LIMIT, CursorQuery, LimitQuery, Page
from backend.core.peers import address_of
from backend.people.guards import NEEDS_SIGN_IN, SignedIn

SpokenCode = Annotated[str, PathParameter(description="eight digits; blanks and hyphens are forgiven", max_length=40)]
Ended = Annotated[bool | None, QueryParameter(description="only those that ended, or only those that did not")]
Carrier = Annotated[UUID | None, QueryParameter(description="whose")]
PRIVATE = {"Cache-Control": "no-store"}


@get(
    "/antifraud/visitors/{code:str}",
    operation_id="verifyVisitor",
    summary="Who stands at the door: whose code this is today",
    description="No sign-in. A code that is mistyped, of yesterday, ended or never anybody's gets one and the same "
    "404; who tries many of them is told to wait. The page for people is /v/{code}.",
)
async def verify_visitor(request: Request[Any, Any, Any], code: SpokenCode) -> Response[VisitorRecord]:
    """For whoever is visited."""
    found = await visitor_checking.verify_visitor(code, address=address_of(request))
    return Response(found, headers=PRIVATE)


@get(
    "/my/visitor-code",
    operation_id="getMyVisitorCode",
    summary="The code that I say aloud today",
    description="It changes at midnight in Shandong; half an hour longer the old one is not refused. Show it large, "
    "never as a QR: what can be scanned can be forged.",
)
async def get_my_visitor_code(request: Request[Any, Any, Any], by: SignedIn) -> Response[VisitorCode]:
    """For whoever carries a card."""
    mine = await visitor_checking.my_visitor_code(by=by)
    return Response(replace(mine, url=f"{base_url(request)}/v/{mine.code}"), headers=PRIVATE)


@post(
    "/antifraud/visitor-cards",
    operation_id="issueVisitorCard",
    summary="Give an assistant or a cadre a visitor's card",
    description="By supervisors and administrators of his territory and of the unit's. One at a time for each.",
    responses={200: ResponseSpec(VisitorCardRecord, generate_examples=False, description="Issued before")},
)
async def issue_visitor_card(
    data: JSONBody[NewVisitorCard], by: SignedIn, idempotency_key: Key = None
) -> Response[VisitorCardRecord]:
    """Only he sees its codes."""
    new = replace(data, id=id_of(data.id, idempotency_key, operation="issueVisitorCard", by=by))
    return answered(await visitor_cards.issue_visitor_card(new=new, by=by))


@post(
    "/antifraud/visitor-cards/{card_id:uuid}/ending",
    operation_id="endVisitorCard",
    summary="End a visitor's card at once",
    status_code=200,
)
async def end_visitor_card(card_id: FromPath[UUID], by: SignedIn) -> VisitorCardRecord:
    """The same twice is harmless."""
    return await visitor_cards.end_visitor_card(card_id=card_id, by=by)


@get("/antifraud/visitor-cards", operation_id="listVisitorCards", summary="Who carries a visitor's card")
async def list_visitor_cards(
    by: SignedIn,
    ended: Ended = None,
    person_id: Carrier = None,
    limit: LimitQuery = DEFAULT_LIMIT,
    cursor: CursorQuery = None,
) -> Page[VisitorCardRecord]:
    """Of one's territory, the newest first; for supervisors, auditors and administrators."""
    return await visitor_cards.list_visitor_cards(by=by, ended=ended, person_id=person_id, limit=limit, cursor=cursor)


router = Router(
    path="/api/v1",
    route_handlers=[get_my_visitor_code, issue_visitor_card, end_visitor_card, list_visitor_cards],
    dependencies=NEEDS_SIGN_IN,
    tags=["antifraud"],
)
public_router = Router(path="/api/v1", route_handlers=[verify_visitor], tags=["antifraud"])
