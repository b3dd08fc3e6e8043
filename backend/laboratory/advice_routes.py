"""Advice on fertiliser over HTTP."""

from typing import Annotated
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec.structs import replace

from backend.cases.parameters import id_of
from backend.core.creates import Key, answered
from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.laboratory import advice
from backend.laboratory.report_schemas import AdviceSignature, AdviceToSign, FertiliserAdviceRecord, NewFertiliserAdvice
from backend.laboratory.words import AdviceState
from backend.people.guards import NEEDS_SIGN_IN, SignedIn

PRIVATE = {"Cache-Control": "no-store"}


@post(
    "/laboratory/samples/{sample_id:uuid}/fertiliser-advice",
    operation_id="adviseFertiliser",
    summary="How much fertiliser a mu needs, by the balance formula",
    description="Every number it was made of comes with its unit and source. Where one is missing there is no amount, "
    "and `missing` says which; it is never below zero. A draft until signFertiliserAdvice. Coefficients of your own, "
    "with their source, go before those on file; `blank_yield_kg_per_mu` gives the correction of this field.",
    responses={200: ResponseSpec(FertiliserAdviceRecord, generate_examples=False, description="Asked before")},
)
async def advise_fertiliser(
    sample_id: FromPath[UUID], data: JSONBody[NewFertiliserAdvice], by: SignedIn, idempotency_key: Key = None
) -> Response[FertiliserAdviceRecord]:
    """By technicians of its desk and experts of its studio."""
    new = replace(data, id=id_of(data.id, idempotency_key, operation="adviseFertiliser", by=by))
    return answered(await advice.advise_fertiliser(sample_id=sample_id, new=new, by=by), PRIVATE)


@get(
    "/laboratory/samples/{sample_id:uuid}/fertiliser-advice",
    operation_id="listFertiliserAdvice",
    summary="Advice on fertiliser that counts for a sample, the newest first",
)
async def list_fertiliser_advice(sample_id: FromPath[UUID], by: SignedIn) -> list[FertiliserAdviceRecord]:
    """Drafts too; the grower reads what is signed."""
    return await advice.list_advice(sample_id=sample_id, by=by)


@get(
    "/laboratory/fertiliser-advice",
    operation_id="listAdviceToSign",
    summary="Drafts of fertiliser advice that wait for an agronomist's signature, the oldest first",
    description="With an amount, unsigned and not replaced, of the desks of one's studio: for its experts; for "
    "everybody else the list is empty.",
)
async def list_advice_to_sign(
    by: SignedIn,
    in_state: Annotated[AdviceState, QueryParameter(name="state")] = AdviceState.TO_SIGN,  # noqa: ARG001 - the only one
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Response[Page[AdviceToSign]]:
    """Each beside its sample, where it is signed."""
    return Response(await advice.list_to_sign(by=by, limit=limit, cursor=cursor), headers=PRIVATE)


@post(
    "/laboratory/fertiliser-advice/{advice_id:uuid}/signature",
    operation_id="signFertiliserAdvice",
    summary="Answer for advice as an agronomist; from then on the grower reads it",
    description="The same again by the same expert changes nothing. Without an amount there is nothing to sign.",
    status_code=200,
)
async def sign_fertiliser_advice(
    advice_id: FromPath[UUID], data: JSONBody[AdviceSignature], by: SignedIn
) -> FertiliserAdviceRecord:
    """By an expert of the sample's studio."""
    return await advice.sign_advice(advice_id=advice_id, new=data, by=by)


router = Router(
    path="/api/v1",
    route_handlers=[advise_fertiliser, list_fertiliser_advice, list_advice_to_sign, sign_fertiliser_advice],
    dependencies=NEEDS_SIGN_IN,
    tags=["laboratory"],
)
