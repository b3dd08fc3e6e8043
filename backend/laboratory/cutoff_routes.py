"""Over HTTP: what stands on the kits of strips."""

from datetime import date

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromQuery, JSONBody
from msgspec.structs import replace

from backend.cases.parameters import id_of
from backend.core.creates import Key, answered
from backend.laboratory import cutoffs
from backend.laboratory.cutoff_schemas import CutoffRecord, NewCutoff
from backend.people.guards import NEEDS_SIGN_IN, SignedIn


@post(
    "/laboratory/strip-cutoffs",
    operation_id="setStripCutoff",
    summary="Enter the cut-off that is printed on a kit of strips",
    description="Without one on file the T/C of a strip is told and not judged. It counts for strips sampled from its "
    "first day on; what was judged before stays.",
    responses={200: ResponseSpec(CutoffRecord, generate_examples=False, description="Entered before")},
)
async def set_strip_cutoff(
    data: JSONBody[NewCutoff], by: SignedIn, idempotency_key: Key = None
) -> Response[CutoffRecord]:
    """By technicians, experts, supervisors and administrators."""
    new = replace(data, id=id_of(data.id, idempotency_key, operation="setStripCutoff", by=by))
    return answered(await cutoffs.set_cutoff(new=new, by=by))


@get(
    "/laboratory/strip-cutoffs",
    operation_id="listStripCutoffs",
    summary="The cut-offs on file, with their kits and sources",
)
async def list_strip_cutoffs(
    by: SignedIn,  # noqa: ARG001 - refuses strangers
    on: FromQuery[date | None] = None,
) -> list[CutoffRecord]:
    """`on`: those that count on a day; else all."""
    return await cutoffs.list_cutoffs(on=on)


router = Router(
    path="/api/v1",
    route_handlers=[set_strip_cutoff, list_strip_cutoffs],
    dependencies=NEEDS_SIGN_IN,
    tags=["laboratory"],
)
