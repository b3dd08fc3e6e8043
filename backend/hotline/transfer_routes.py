"""Callers handed to another line, over HTTP."""

from typing import Annotated
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter

from backend.core import creates
from backend.core.creates import Key, answered
from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.hotline import transfers
from backend.hotline.transfer_schemas import NewTransfer, TransferAcceptance, TransferRecord, TransferReturn
from backend.people.guards import NEEDS_SIGN_IN, SignedIn

Out = Annotated[bool | None, QueryParameter(description="true: offered or with another line now")]
Reference = Annotated[str | None, QueryParameter(description="our reference, as it was said", max_length=40)]


@post(
    "/hotline/transfers",
    operation_id="transferToLine",
    summary="Hand a caller to 110, 119, 120, 12348 or 96110, staying on the line",
    description="By operators, supervisors and administrators. The answer has our reference, to be said to the other "
    "line. Until acceptTransfer he is ours. With a case it stands on its timeline, and on the citizen's receipt.",
    responses={200: ResponseSpec(TransferRecord, generate_examples=False, description="Made before: as it is now")},
)
async def transfer_to_line(
    data: JSONBody[NewTransfer], by: SignedIn, idempotency_key: Key = None
) -> Response[TransferRecord]:
    """A warm hand-over."""
    id = creates.id_for(given=data.id, key=idempotency_key, by=by.person_id, operation="transferToLine")
    return answered(await transfers.transfer_to_line(id=id, new=data, by=by))


@get("/hotline/transfers", operation_id="listTransfers", summary="Who was handed where, the newest first")
async def list_transfers(
    by: SignedIn, out: Out = None, reference: Reference = None, limit: LimitQuery = 50, cursor: CursorQuery = None
) -> Page[TransferRecord]:
    """Of one's territory."""
    return await transfers.list_transfers(by=by, out=out, reference=reference, limit=limit, cursor=cursor)


@get("/hotline/transfers/{transfer_id:uuid}", operation_id="getTransfer", summary="One transfer, and who has him now")
async def get_transfer(transfer_id: FromPath[UUID], by: SignedIn) -> TransferRecord:
    """Of one's territory."""
    return await transfers.get_transfer(transfer_id=transfer_id, by=by)


@post(
    "/hotline/transfers/{transfer_id:uuid}/acceptance",
    operation_id="acceptTransfer",
    summary="They have the caller: they are responsible now",
    status_code=200,
)
async def accept_transfer(
    transfer_id: FromPath[UUID], data: JSONBody[TransferAcceptance], by: SignedIn
) -> TransferRecord:
    """With what they call it."""
    return await transfers.accept_transfer(transfer_id=transfer_id, told=data, by=by)


@post(
    "/hotline/transfers/{transfer_id:uuid}/return",
    operation_id="returnTransfer",
    summary="They give the caller back: we are responsible again",
    description="Whoever is on duty at our desk is told.",
    status_code=200,
)
async def return_transfer(transfer_id: FromPath[UUID], data: JSONBody[TransferReturn], by: SignedIn) -> TransferRecord:
    """With their reference and why."""
    return await transfers.return_transfer(transfer_id=transfer_id, told=data, by=by)


@post(
    "/hotline/transfers/{transfer_id:uuid}/closure",
    operation_id="closeTransfer",
    summary="They settled it, or we did after it came back",
    status_code=200,
)
async def close_transfer(transfer_id: FromPath[UUID], by: SignedIn) -> TransferRecord:
    """Nothing follows."""
    return await transfers.close_transfer(transfer_id=transfer_id, by=by)


router = Router(
    path="/api/v1",
    route_handlers=[
        *(transfer_to_line, list_transfers, get_transfer, accept_transfer, return_transfer, close_transfer),
    ],
    dependencies=NEEDS_SIGN_IN,
    tags=["hotline"],
)
