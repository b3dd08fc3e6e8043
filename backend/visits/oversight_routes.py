"""Over HTTP: my households; spot checks, hot spots, coverage and targets; campaigns and service teams."""

from typing import Annotated, Any, TypeVar
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post, put
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody, PathParameter

from backend.core.creates import Key, answered
from backend.core.logs import request_id
from backend.core.paging import Page
from backend.people.guards import NEEDS_SIGN_IN, SignedIn
from backend.territory.coordinates import Crs
from backend.territory.parameters import Division, Latitude, Longitude, System, near
from backend.visits import campaigns, coverage, hot_spots, households, spot_checks, targets
from backend.visits.campaign_schemas import (
    CampaignProgress,
    CampaignRecord,
    NewCampaign,
    NewServiceTeam,
    ServiceTeamRecord,
)
from backend.visits.coverage import Coverage
from backend.visits.hot_spots import HotSpots
from backend.visits.households import MyHouseholds
from backend.visits.parameters import At, Cursor, Limit, OneDivision, Word, id_of, with_zone
from backend.visits.spot_check_schemas import (
    NewFinding,
    NewSpotCheck,
    SpotCheckItemRecord,
    SpotCheckRecord,
    SpotCheckSummary,
)
from backend.visits.targets import NewVisitTarget, VisitTargetRecord

T = TypeVar("T")

CampaignCode = Annotated[str, PathParameter(pattern=r"^[A-Za-z0-9_.:-]+$", max_length=40)]


@get(
    "/my/households",
    operation_id="listMyHouseholds",
    summary="The households I serve, the nearest first",
    description="With longitude, latitude and crs: by distance, then longest without contact; without them: longest "
    "without contact first. All of them in one answer, so that a phone has them when it has no signal. Phone numbers "
    "are read one by one, and each such read is logged.",
)
async def list_my_households(
    by: SignedIn, longitude: Longitude = None, latitude: Latitude = None, crs: System = None
) -> MyHouseholds:
    """My households."""
    place = near(longitude, latitude, crs)
    return await households.my_households(by=by, near=place, crs=crs or Crs.WGS84, request_id=request_id.get())


@post(
    "/spot-checks",
    operation_id="drawSpotCheck",
    summary="Draw a random sample of visits",
    description="The population in the order of sha256(seed || visit id), both as text: the first `size` are drawn, "
    "and anybody with the seed can draw them again. One's own visits are left out.",
    responses={200: ResponseSpec(SpotCheckRecord, generate_examples=False, description="Drawn before: as it is now")},
)
async def draw_spot_check(
    data: JSONBody[NewSpotCheck], by: SignedIn, idempotency_key: Key = None
) -> Response[SpotCheckRecord]:
    """By a supervisor or auditor of the whole division."""
    id = id_of(data.id, idempotency_key, operation="drawSpotCheck", by=by)
    return answered(await spot_checks.draw_spot_check(**_arguments(data, id), by=by))


@get("/spot-checks", operation_id="listSpotChecks", summary="Spot checks, the newest first")
async def list_spot_checks(by: SignedIn, limit: Limit = 50, cursor: Cursor = None) -> Page[SpotCheckSummary]:
    """Those one drew or oversees, without their samples."""
    return await spot_checks.list_spot_checks(by=by, limit=limit, cursor=cursor)


@get(
    "/spot-checks/{spot_check_id:uuid}",
    operation_id="getSpotCheck",
    summary="A spot check: its sample, how far it has come, and the rate with its 95 % interval",
)
async def get_spot_check(spot_check_id: FromPath[UUID], by: SignedIn) -> SpotCheckRecord:
    """One spot check."""
    return await spot_checks.get_spot_check(spot_check_id=spot_check_id, by=by)


@put(
    "/spot-checks/{spot_check_id:uuid}/items/{item_id:uuid}/finding",
    operation_id="recordFinding",
    summary="Write down what was found",
    description="confirmed and not_confirmed stand; unreachable may be tried again.",
)
async def record_finding(
    spot_check_id: FromPath[UUID], item_id: FromPath[UUID], data: JSONBody[NewFinding], by: SignedIn
) -> SpotCheckItemRecord:
    """By a supervisor or auditor of the division, not on a visit of his own."""
    return await spot_checks.record_finding(
        spot_check_id=spot_check_id, item_id=item_id, finding=data.finding, remark=data.remark, by=by
    )


@get(
    "/hot-spots",
    operation_id="listHotSpots",
    summary="Places where several households have one topic",
    description="Among the contacts one may see, in the window that ends `until` (now unless told).",
)
async def list_hot_spots(
    by: SignedIn, division_code: Division = None, topic: Word = None, until: At = None
) -> HotSpots:
    """Hot spots, the most households first."""
    return await hot_spots.hot_spots(by=by, division_code=division_code, topic=topic, until=with_zone("until", until))


@get(
    "/coverage",
    operation_id="getCoverage",
    summary="How many households of each place below a division were reached",
    description="In the order of the codes: it tells places, never persons. From the first of January until now unless "
    "told; `occurred_to` is not included.",
)
async def get_coverage(
    by: SignedIn,
    division_code: OneDivision,
    occurred_from: At = None,
    occurred_to: At = None,
) -> Coverage:
    """By whoever oversees the whole division."""
    return await coverage.coverage(
        division_code=division_code,
        by=by,
        occurred_from=with_zone("occurred_from", occurred_from),
        occurred_to=with_zone("occurred_to", occurred_to),
    )


@post(
    "/visit-targets",
    operation_id="setVisitTarget",
    summary="Set the least number of visits per household and period",
    responses={200: ResponseSpec(VisitTargetRecord, generate_examples=False, description="Set before")},
)
async def set_target(
    data: JSONBody[NewVisitTarget], by: SignedIn, idempotency_key: Key = None
) -> Response[VisitTargetRecord]:
    """By a supervisor or administrator of the whole division."""
    id = id_of(data.id, idempotency_key, operation="setVisitTarget", by=by)
    return answered(await targets.set_target(**_arguments(data, id), by=by))


@get(
    "/visit-targets",
    operation_id="listVisitTargets",
    summary="The targets of a division and of those above it, the one that counts first",
)
async def list_targets(by: SignedIn, division_code: OneDivision) -> list[VisitTargetRecord]:  # noqa: ARG001 - refuses strangers
    """Targets are rules: everyone signed in may read them."""
    return await targets.list_targets(division_code=division_code)


@post(
    "/campaigns",
    operation_id="openCampaign",
    summary="Open a round of visits",
    responses={200: ResponseSpec(CampaignRecord, generate_examples=False, description="Opened before")},
)
async def open_campaign(
    data: JSONBody[NewCampaign], by: SignedIn, idempotency_key: Key = None
) -> Response[CampaignRecord]:
    """By a supervisor or administrator of the whole division."""
    id = id_of(data.id, idempotency_key, operation="openCampaign", by=by)
    return answered(await campaigns.open_campaign(**_arguments(data, id), by=by))


@get("/campaigns", operation_id="listCampaigns", summary="The campaigns of my divisions and of those above them")
async def list_campaigns(by: SignedIn, running: FromQuery[bool] = False) -> list[CampaignRecord]:
    """All of them, or those that run today."""
    return await (campaigns.running if running else campaigns.list_campaigns)(by=by)


@get("/campaigns/{code:str}", operation_id="getCampaign", summary="A campaign and how far it has come")
async def get_campaign(code: CampaignCode, by: SignedIn) -> CampaignProgress:
    """Counted over the contacts one may see."""
    return await campaigns.get_campaign(code=code, by=by)


@post(
    "/service-teams",
    operation_id="openServiceTeam",
    summary="Open a numbered service team",
    responses={200: ResponseSpec(ServiceTeamRecord, generate_examples=False, description="Opened before")},
)
async def open_service_team(
    data: JSONBody[NewServiceTeam], by: SignedIn, idempotency_key: Key = None
) -> Response[ServiceTeamRecord]:
    """By a supervisor or administrator of the whole division."""
    id = id_of(data.id, idempotency_key, operation="openServiceTeam", by=by)
    return answered(await campaigns.open_service_team(**_arguments(data, id), by=by))


@get("/service-teams", operation_id="listServiceTeams", summary="The service teams of my divisions, by number")
async def list_service_teams(by: SignedIn) -> list[ServiceTeamRecord]:
    """Teams of one's divisions, of those above and of those below."""
    return await campaigns.list_service_teams(by=by)


def _arguments(data: msgspec.Struct, id: UUID) -> dict[str, Any]:
    return msgspec.structs.asdict(data) | {"id": id}


router = Router(
    "/api/v1",
    route_handlers=[
        list_my_households,
        draw_spot_check,
        list_spot_checks,
        get_spot_check,
        record_finding,
        list_hot_spots,
        get_coverage,
        set_target,
        list_targets,
        open_campaign,
        list_campaigns,
        get_campaign,
        open_service_team,
        list_service_teams,
    ],
    dependencies=NEEDS_SIGN_IN,
    tags=["visits"],
)
