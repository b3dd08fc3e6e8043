"""Stations over HTTP: the list with their day, their hours, and who serves which grid."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import Response, Router, get, post, put
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from backend.core.creates import Key, answered, id_for
from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.people.guards import NEEDS_SIGN_IN, SignedIn
from backend.rosters import grid_services, station_hours
from backend.rosters.grid_service_schemas import GridServiceRecord, NewGridService
from backend.rosters.market_schemas import RuleEnding
from backend.rosters.station_hours_schemas import NewStationHours, StationHoursRecord, StationOverview

PlaceQuery = Annotated[
    str | None,
    QueryParameter(
        description="at or below this division, which holds one's own or is around it",
        pattern=r"^[0-9]{12}([0-9]{3})?$",
        max_length=15,
    ),
]


@get("/stations", operation_id="listStations", summary="Stations and studios of one's territory, and their day")
async def list_stations(by: SignedIn) -> list[StationOverview]:
    """From the county down, by place and name: hours today, whether open now, the next market."""
    return await station_hours.list_stations(by=by)


@get(
    "/stations/{unit_id:uuid}/hours",
    operation_id="listStationHours",
    summary="When a station is open",
    description="The present week and those to come. For whoever has a role around the station.",
)
async def list_station_hours(unit_id: FromPath[UUID], by: SignedIn) -> list[StationHoursRecord]:
    """Weeks, each between two days."""
    return await station_hours.list_station_hours(unit_id=unit_id, by=by)


@put(
    "/stations/{unit_id:uuid}/hours",
    operation_id="setStationHours",
    summary="Set a station's week from a day on",
    description="Whole: it takes the place of what was set for that day and after. Hours of weekday 0 take the place "
    "of the others on market days. Idempotent.",
)
async def set_station_hours(
    unit_id: FromPath[UUID], data: JSONBody[NewStationHours], by: SignedIn
) -> StationHoursRecord:
    """By a supervisor or administrator of the territory."""
    return await station_hours.set_station_hours(unit_id=unit_id, new=data, by=by)


@get(
    "/grid-services",
    operation_id="listGridServices",
    summary="Who serves which grid",
    description="Deputies and observers with their office and the station's public number; no number of their own.",
)
async def list_grid_services(
    by: SignedIn,
    division_code: PlaceQuery = None,
    station_id: FromQuery[UUID | None] = None,
    person_id: FromQuery[UUID | None] = None,
    on: Annotated[date | None, QueryParameter(description="on this day; today unless told")] = None,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[GridServiceRecord]:
    """By place."""
    return await grid_services.list_grid_services(
        by=by, division_code=division_code, station_id=station_id, person_id=person_id, on=on, limit=limit,
        cursor=cursor,
    )  # fmt: skip


@post(
    "/grid-services",
    operation_id="assignGridService",
    summary="Say who serves a grid or a village, in which office",
    responses={200: ResponseSpec(GridServiceRecord, generate_examples=False, description="Entered before")},
)
async def assign_grid_service(
    data: JSONBody[NewGridService], by: SignedIn, idempotency_key: Key = None
) -> Response[GridServiceRecord]:
    """By a supervisor or administrator of the place."""
    id = id_for(given=data.id, key=idempotency_key, by=by.person_id, operation="assignGridService")
    return answered(await grid_services.assign_grid_service(id=id, new=data, by=by))


@post(
    "/grid-services/{service_id:uuid}/ending",
    operation_id="endGridService",
    summary="Let a service end with a day",
    status_code=200,
)
async def end_grid_service(service_id: FromPath[UUID], data: JSONBody[RuleEnding], by: SignedIn) -> GridServiceRecord:
    """Idempotent."""
    return await grid_services.end_grid_service(service_id=service_id, valid_to=data.valid_to, by=by)


router = Router(
    path="/api/v1",
    route_handlers=[
        *(list_stations, list_station_hours, set_station_hours),
        *(list_grid_services, assign_grid_service, end_grid_service),
    ],
    dependencies=NEEDS_SIGN_IN,
    tags=["stations"],
)
