"""The codes of stations over HTTP, for administrators and supervisors of the territory. `rosters` lists stations."""

from uuid import UUID

from litestar import Response, Router, delete, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody

from backend.core.creates import Key, answered, id_for
from backend.people import station_codes
from backend.people.guards import SignedIn
from backend.people.station_schemas import NewStationCode, StationCodeRecord

NO_STORE = {"Cache-Control": "no-store"}


@get("/stations/{unit_id:uuid}/codes", operation_id="listStationCodes", summary="The codes on a station's posters")
async def list_station_codes(unit_id: FromPath[UUID], by: SignedIn) -> Response[list[StationCodeRecord]]:
    """The newest first; the code itself while it counts. A farmer's phone opens `/q/{code}`."""
    return Response(await station_codes.list_station_codes(unit_id=unit_id, by=by), headers=NO_STORE)


@post(
    "/stations/{unit_id:uuid}/codes",
    operation_id="makeStationCode",
    summary="A code for a station's poster",
    responses={200: ResponseSpec(StationCodeRecord, generate_examples=False, description="Made before: the same code")},
)
async def make_station_code(
    unit_id: FromPath[UUID], data: JSONBody[NewStationCode], by: SignedIn, idempotency_key: Key = None
) -> Response[StationCodeRecord]:
    """201 the first time, 200 for the same id again. Older codes go on to count until each is revoked."""
    code_id = id_for(given=data.id, key=idempotency_key, by=by.person_id, operation="makeStationCode")
    return answered(await station_codes.new_station_code(unit_id=unit_id, by=by, id=code_id), NO_STORE)


@delete(
    "/station-codes/{code_id:uuid}", operation_id="revokeStationCode", summary="Make a poster void", status_code=204
)
async def revoke_station_code(code_id: FromPath[UUID], by: SignedIn) -> None:
    """From the next request on; done twice it is the same."""
    await station_codes.revoke_station_code(code_id=code_id, by=by)


station_router = Router(path="/", route_handlers=[list_station_codes, make_station_code, revoke_station_code])
