"""Over HTTP: a strip's photo before an expert who does not read what the bench said."""

from uuid import UUID

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody
from msgspec.structs import replace

from backend.cases.parameters import id_of
from backend.core.creates import Key, answered
from backend.laboratory import second_looks
from backend.laboratory.result_schemas import NewSecondLook, SecondLookRecord, SecondLookSaid
from backend.people.guards import NEEDS_SIGN_IN, SignedIn


@post(
    "/laboratory/results/{result_id:uuid}/second-looks",
    operation_id="requestSecondLook",
    summary="Put a strip's photo before an expert on duty, the reading hidden",
    description="The photo was uploaded before by the same person. Until the expert has said what he sees, nothing of "
    "the whole sample's findings is told to him.",
    responses={200: ResponseSpec(SecondLookRecord, generate_examples=False, description="Asked before")},
)
async def request_second_look(
    result_id: FromPath[UUID], data: JSONBody[NewSecondLook], by: SignedIn, idempotency_key: Key = None
) -> Response[SecondLookRecord]:
    """By a technician of the desk or an expert of its studio."""
    new = replace(data, id=id_of(data.id, idempotency_key, operation="requestSecondLook", by=by))
    return answered(await second_looks.request_second_look(result_id=result_id, new=new, by=by))


@get(
    "/laboratory/second-looks/{look_id:uuid}",
    operation_id="getSecondLook",
    summary="A strip's photo, and what was seen on it",
)
async def get_second_look(look_id: FromPath[UUID], by: SignedIn) -> SecondLookRecord:
    """For the expert who was asked, and whoever reads the result."""
    return await second_looks.get_second_look(look_id=look_id, by=by)


@post(
    "/laboratory/second-looks/{look_id:uuid}",
    operation_id="saySecondLook",
    summary="What the expert sees on the strip",
    description="Said once; then both readings are told, and whether they agree.",
    status_code=200,
)
async def say_second_look(look_id: FromPath[UUID], data: JSONBody[SecondLookSaid], by: SignedIn) -> SecondLookRecord:
    """By the expert who was asked; the same twice is harmless."""
    return await second_looks.say_second_look(look_id=look_id, said=data, by=by)


router = Router(
    path="/api/v1",
    route_handlers=[request_second_look, get_second_look, say_second_look],
    dependencies=NEEDS_SIGN_IN,
    tags=["laboratory"],
)
