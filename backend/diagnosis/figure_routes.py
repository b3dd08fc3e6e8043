"""The room's figures and its learning set over HTTP."""

from typing import Annotated

from litestar import Router, get
from litestar.params import QueryParameter
from litestar.response import Stream

from backend.core import clock
from backend.core.logs import request_id
from backend.core.shapes import MomentQuery
from backend.diagnosis import figures, learning_set
from backend.diagnosis.figure_schemas import DiagnosisFigures
from backend.diagnosis.outbreak_routes import Division, Word
from backend.people.guards import NEEDS_SIGN_IN, SignedIn


@get(
    "/diagnosis/figures",
    operation_id="diagnosisFigures",
    summary="How many asked, how soon they were answered, whether it helped",
    description="Of requests asked in a span, the last year unless told: as a whole, by division, by month. Money is "
    "what farmers declared, with how many did. With `public=true` as it may be hung up in the village.",
)
async def diagnosis_figures(
    by: SignedIn,
    division: Division = None,
    asked_from: MomentQuery = None,
    asked_to: MomentQuery = None,
    for_public: Annotated[bool, QueryParameter(name="public", description="leave out numbers from 1 to 4")] = False,
) -> DiagnosisFigures:
    """For supervisors, auditors and administrators, of their territory."""
    return await figures.diagnosis_figures(
        by=by, division_code=division, counted_from=asked_from, counted_to=asked_to, for_public=for_public
    )


@get(
    "/diagnosis/learning-set",
    operation_id="exportLearningSet",
    summary="Labelled photos that farmers gave for learning, as a ZIP, streamed",
    description="Images without EXIF, `labels.jsonl`, a README that says what was not done, and the terms. Each export "
    "is written into the access log. X-Total-Count says how many photos.",
    media_type="application/zip",
)
async def export_learning_set(by: SignedIn, crop: Word = None) -> Stream:
    """For auditors and administrators, of their territory."""
    packed = await learning_set.learning_set(by=by, crop_code=crop, request_id=request_id.get())
    headers = {
        "Content-Disposition": f'attachment; filename="learning-set-{clock.today():%Y%m%d}.zip"',
        "X-Total-Count": str(packed.photos),
        "Cache-Control": "no-store",
    }
    if packed.size_bytes is not None:
        headers["Content-Length"] = str(packed.size_bytes)
    return Stream(packed.chunks, headers=headers, media_type="application/zip")


router = Router(
    path="/api/v1",
    route_handlers=[diagnosis_figures, export_learning_set],
    dependencies=NEEDS_SIGN_IN,
    tags=["diagnosis"],
)
