"""Experts over HTTP."""

from typing import Annotated
from uuid import UUID

from litestar import Response, Router, get, put
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter

from backend.core.creates import answered
from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.diagnosis import experts
from backend.diagnosis.expert_schemas import ExpertRecord, ExpertSetting
from backend.diagnosis.words import Topic
from backend.people.guards import NEEDS_SIGN_IN, SignedIn

CropCode = Annotated[str | None, QueryParameter(name="crop", pattern=r"^[A-Za-z0-9_.:-]+$", max_length=40)]
Place = Annotated[str | None, QueryParameter(name="division_code", pattern=r"^[0-9]{12}([0-9]{3})?$")]


@get(
    "/diagnosis/experts",
    operation_id="listExperts",
    summary="Experts who answer, with their fields and hours",
    description="Of the territory in which one works, and of the units above it; by name. With crop, topic or "
    "division_code: who is able for that. How much somebody has is told to himself, to his chief, and to supervisors.",
)
async def list_experts(
    by: SignedIn,
    crop: CropCode = None,
    topic: Annotated[Topic | None, QueryParameter(description="what sort of trouble")] = None,
    division: Place = None,
    unit_id: Annotated[UUID | None, QueryParameter(description="a studio or a station")] = None,
    limit: LimitQuery = 100,
    cursor: CursorQuery = None,
) -> Page[ExpertRecord]:
    """For everybody signed in."""
    return await experts.list_experts(
        by=by, crop_code=crop, topic=topic, division_code=division, unit_id=unit_id, limit=limit, after=cursor
    )


@get("/diagnosis/experts/{person_id:uuid}", operation_id="getExpert", summary="One expert")
async def get_expert(person_id: FromPath[UUID], by: SignedIn) -> ExpertRecord:
    """For himself, and whoever works where he answers."""
    return await experts.get_expert(person_id=person_id, by=by)


@put(
    "/diagnosis/experts/{person_id:uuid}",
    operation_id="setExpert",
    summary="Write the profile of an expert, or one's own hours",
    description="What is not named stays as it is. For supervisors and admins of the unit's territory; an expert sets "
    "his own hours, how many a day he is able for, and until when he is away.",
    responses={201: ResponseSpec(ExpertRecord, generate_examples=False, description="There was no profile before")},
)
async def set_expert(person_id: FromPath[UUID], data: JSONBody[ExpertSetting], by: SignedIn) -> Response[ExpertRecord]:
    """The profile as it is now."""
    return answered(await experts.set_expert(person_id=person_id, new=data, by=by))


router = Router(
    path="/api/v1",
    route_handlers=[list_experts, get_expert, set_expert],
    dependencies=NEEDS_SIGN_IN,
    tags=["diagnosis"],
)
