"""Receipts over HTTP. Following a case is everybody's who has number and secret; a new secret is made by staff."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody

from backend.cases import receipts, uploads
from backend.cases.parameters import ReceiptNumber, id_of
from backend.cases.public import PublicCase
from backend.cases.receipts import NewSecret, ReceiptPhotos, Ticket
from backend.cases.step_schemas import AddingReceiptPhotos, Recovering, Tracking
from backend.core.creates import Key, answered
from backend.core.peers import address_of
from backend.people.guards import NEEDS_SIGN_IN, SignedIn


@post(
    "/receipts/{number:str}/tracking",
    operation_id="trackReceipt",
    summary="What became of it, with the number and the secret",
    description="No sign-in. An unknown number, a wrong secret and a lock after several wrong ones are the same "
    "answer. Only this request looks at a secret: fetching an address costs no try.",
    status_code=200,
)
async def track_receipt(
    number: ReceiptNumber, data: JSONBody[Tracking], request: Request[Any, Any, Any]
) -> Response[PublicCase]:
    """For citizens."""
    case = await receipts.track(number=number, secret=data.secret, address=address_of(request))
    return Response(case, headers={"Cache-Control": "no-store"})


@post(
    "/receipts/{number:str}/tickets",
    operation_id="openReceipt",
    summary="A ticket for half an hour, for number and secret",
    description="It opens uploads, `Upload-Opener: receipt <ticket>`, and addReceiptPhotos. Whoever was just given a "
    "receipt has one already. Refused as trackReceipt refuses.",
    status_code=200,
)
async def open_receipt(
    number: ReceiptNumber, data: JSONBody[Tracking], request: Request[Any, Any, Any]
) -> Response[Ticket]:
    """For citizens who come back."""
    opened = await receipts.open_receipt(number=number, secret=data.secret, address=address_of(request))
    return Response(opened, headers={"Cache-Control": "no-store"})


@post(
    "/receipts/{number:str}/photos",
    operation_id="addReceiptPhotos",
    summary="Take up photos that were uploaded with the receipt's ticket",
    description="Also voice notes. No sign-in. The same again changes nothing.",
    status_code=200,
)
async def add_receipt_photos(number: ReceiptNumber, data: JSONBody[AddingReceiptPhotos]) -> Response[ReceiptPhotos]:
    """For citizens, and the photos that came after their receipt."""
    added = await uploads.add_receipt_photos(number=number, ticket=data.ticket, id=data.id, photo_ids=data.photo_ids)
    return Response(added, headers={"Cache-Control": "no-store"})


@post(
    "/cases/{case_id:uuid}/receipt",
    operation_id="recoverReceipt",
    summary="A new secret for somebody who lost his receipt",
    description="The old one opens nothing any more. Told once: on a repeat `secret` is null.",
    responses={200: ResponseSpec(NewSecret, generate_examples=False, description="Made before; not told again")},
)
async def recover_receipt(
    case_id: FromPath[UUID], data: JSONBody[Recovering], by: SignedIn, idempotency_key: Key = None
) -> Response[NewSecret]:
    """By somebody who recognised him."""
    id = id_of(data.id, idempotency_key, operation="recoverReceipt", by=by)
    outcome = await receipts.recover(case_id=case_id, id=id, recognised=data.recognised, by=by)
    return answered(outcome, {"Cache-Control": "no-store"})


public_router = Router(path="/api/v1", route_handlers=[track_receipt, open_receipt, add_receipt_photos], tags=["cases"])
router = Router(path="/api/v1", route_handlers=[recover_receipt], dependencies=NEEDS_SIGN_IN, tags=["cases"])
