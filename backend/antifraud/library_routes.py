"""The library over HTTP: read by everybody on duty, approved by the police."""

from typing import Annotated

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody, PathParameter, QueryParameter
from msgspec.structs import replace

from backend.antifraud import library_approving, library_lists
from backend.antifraud.library_schemas import FraudTypeRecord, LibraryItemRecord, NewLibraryApproval
from backend.antifraud.words import ItemKind
from backend.cases.parameters import Word, id_of
from backend.core.creates import Key, answered
from backend.people.guards import NEEDS_SIGN_IN, SignedIn

ItemName = Annotated[str, PathParameter(description="of its file, without .toml", max_length=80)]
Kind = Annotated[ItemKind | None, QueryParameter(description="story or bulletin")]


@get("/antifraud/fraud-types", operation_id="listFraudTypes", summary="Ways of cheating people, by name")
async def list_fraud_types(by: SignedIn) -> list[FraudTypeRecord]:  # noqa: ARG001
    """The police's ten first."""
    return library_lists.list_fraud_types()


@get(
    "/antifraud/library",
    operation_id="listLibrary",
    summary="Stories and bulletins against fraud, those of the season first",
    description="What may be sent today. Whoever approves also sees what may not, and why.",
)
async def list_library(by: SignedIn, fraud_type: Word = None, kind: Kind = None) -> list[LibraryItemRecord]:
    """All of it: some dozens."""
    all_of_it = await library_approving.may_approve(by)
    return await library_lists.list_library(all_of_it=all_of_it, fraud_type=fraud_type, kind=kind)


@post(
    "/antifraud/library/{name:str}/approval",
    operation_id="approveLibraryItem",
    summary="Let a story or a bulletin be sent as it was read",
    description="By a supervisor of the county or a police unit's handler for it. It holds on to the words by their "
    "hash: a file that is changed lacks it again. What could not be sent anyway is refused with every place.",
    responses={200: ResponseSpec(LibraryItemRecord, generate_examples=False, description="Approved before")},
)
async def approve_library_item(
    name: ItemName, data: JSONBody[NewLibraryApproval], by: SignedIn, idempotency_key: Key = None
) -> Response[LibraryItemRecord]:
    """`sha256` is the one that listLibrary told."""
    new = replace(data, id=id_of(data.id, idempotency_key, operation="approveLibraryItem", by=by))
    return answered(await library_approving.approve_library_item(name=name, new=new, by=by))


@post(
    "/antifraud/library/{name:str}/withdrawal",
    operation_id="withdrawLibraryApproval",
    summary="Let a story or a bulletin be sent no longer",
    status_code=200,
)
async def withdraw_library_approval(name: ItemName, by: SignedIn) -> LibraryItemRecord:
    """By those who approve. The same twice is harmless."""
    return await library_approving.withdraw_library_approval(name=name, by=by)


router = Router(
    path="/api/v1",
    route_handlers=[list_fraud_types, list_library, approve_library_item, withdraw_library_approval],
    dependencies=NEEDS_SIGN_IN,
    tags=["antifraud"],
)
