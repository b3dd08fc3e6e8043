"""Offers of shifts over HTTP."""

from uuid import UUID

from litestar import Response, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody

from backend.core.creates import Key, answered, id_for
from backend.people.guards import SignedIn
from backend.rosters import swaps
from backend.rosters.schemas import NewSwap, SwapRecord


@post(
    "/shifts/{shift_id:uuid}/swap",
    operation_id="swapShift",
    summary="Offer one's shift to a colleague, alone or against one of his",
    responses={200: ResponseSpec(SwapRecord, generate_examples=False, description="Offered before")},
)
async def swap_shift(
    shift_id: FromPath[UUID], data: JSONBody[NewSwap], by: SignedIn, idempotency_key: Key = None
) -> Response[SwapRecord]:
    """A shift has one open offer; another one takes its place."""
    id = id_for(given=data.id, key=idempotency_key, by=by.person_id, operation="swapShift")
    return answered(await swaps.swap_shift(id=id, shift_id=shift_id, new=data, by=by))


@get("/my/swap-offers", operation_id="listMySwapOffers", summary="Shifts that colleagues ask me to take")
async def list_my_swap_offers(by: SignedIn) -> list[SwapRecord]:
    """The nearest first."""
    return await swaps.my_offers(by=by)


@get("/swaps/{swap_id:uuid}", operation_id="getSwap", summary="One offer")
async def get_swap(swap_id: FromPath[UUID], by: SignedIn) -> SwapRecord:
    """As it is now."""
    return await swaps.get_swap(swap_id=swap_id, by=by)


@post("/swaps/{swap_id:uuid}/acceptance", operation_id="acceptSwap", summary="Take the shift", status_code=200)
async def accept_swap(swap_id: FromPath[UUID], by: SignedIn) -> SwapRecord:
    """The old shift is swapped, one's own follows it, confirmed. Idempotent."""
    return await swaps.accept_swap(swap_id=swap_id, by=by)


@post(
    "/swaps/{swap_id:uuid}/refusal",
    operation_id="declineSwap",
    summary="Say no; or, by whoever offered, take the offer back",
    status_code=200,
)
async def decline_swap(swap_id: FromPath[UUID], by: SignedIn) -> SwapRecord:
    """The shift stays where it is. Idempotent."""
    return await swaps.decline_swap(swap_id=swap_id, by=by)
