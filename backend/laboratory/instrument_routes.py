"""Over HTTP: instruments, how they are calibrated, their keys and their charts."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, Router, get, patch, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec.structs import replace

from backend.cases.parameters import id_of
from backend.core.addresses import base_url
from backend.core.creates import Key, answered
from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.laboratory import (
    calibrating,
    calibration_history,
    instrument_amending,
    instrument_queries,
    instruments,
    live_keys,
    quality_charts,
)
from backend.laboratory.instrument_schemas import (
    CalibrationHistory,
    InstrumentAmendment,
    InstrumentRecord,
    LiveKey,
    NewCalibration,
    NewInstrument,
    NewOverride,
    QualityChart,
)
from backend.laboratory.quality_charts import ChartKind
from backend.people.guards import NEEDS_SIGN_IN, SignedIn

Days = Annotated[int, QueryParameter(ge=1, le=1096, description="how many days back")]
AS_IT_IS = {200: ResponseSpec(InstrumentRecord, generate_examples=False, description="Done before: as it is now")}


@post(
    "/laboratory/instruments",
    operation_id="registerInstrument",
    summary="Register what measures",
    description="By technicians of its desk, and by supervisors and admins of the place. One that is known by its "
    "files only keeps its id and its results, whatever id is given here. Without the days of a calibration it is "
    "`unknown`, and every judgement says so.",
    responses=AS_IT_IS,
)
async def register_instrument(
    data: JSONBody[NewInstrument], by: SignedIn, idempotency_key: Key = None
) -> Response[InstrumentRecord]:
    """The serial is what tells it apart: once in a county."""
    key_given = data.id is not None or idempotency_key is not None
    id = id_of(data.id, idempotency_key, operation="registerInstrument", by=by) if key_given else None
    return answered(await instruments.register(new=replace(data, id=id), by=by))


@get("/laboratory/instruments", operation_id="listInstruments", summary="Instruments, by serial")
async def list_instruments(
    by: SignedIn,
    unit_id: FromQuery[UUID | None] = None,
    registered: FromQuery[bool | None] = None,
    retired: FromQuery[bool] = False,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[InstrumentRecord]:
    """Those of one's desk and the stations below it; of one's territory for whoever oversees it."""
    return await instrument_queries.list_instruments(
        by=by, unit_id=unit_id, registered=registered, retired=retired, limit=limit, cursor=cursor
    )


@get("/laboratory/instruments/{instrument_id:uuid}", operation_id="getInstrument", summary="One of them as it is today")
async def get_instrument(instrument_id: FromPath[UUID], by: SignedIn) -> InstrumentRecord:
    """With its calibration of today."""
    return await instrument_queries.get(instrument_id=instrument_id, by=by)


@patch(
    "/laboratory/instruments/{instrument_id:uuid}",
    operation_id="amendInstrument",
    summary="Its firmware changed, it was moved, or it measures no more",
)
async def amend_instrument(
    instrument_id: FromPath[UUID], data: JSONBody[InstrumentAmendment], by: SignedIn
) -> InstrumentRecord:
    """What is left out stays, null removes. Sent twice, the second changes nothing."""
    return await instrument_amending.amend(instrument_id=instrument_id, changes=data, by=by)


@get(
    "/laboratory/instruments/{instrument_id:uuid}/calibrations",
    operation_id="listCalibrations",
    summary="When it was calibrated, and who answered for it when it was not",
)
async def list_calibrations(instrument_id: FromPath[UUID], by: SignedIn) -> CalibrationHistory:
    """The newest first, with who wrote it down."""
    return await calibration_history.history(instrument_id=instrument_id, by=by)


@post(
    "/laboratory/instruments/{instrument_id:uuid}/calibrations",
    operation_id="recordCalibration",
    summary="It was calibrated",
    description="It counts from `done_on` through `due_on`; a later one ends an earlier one. What it measured on these "
    "days and was blocked is judged again; all else stays as it was judged.",
    responses=AS_IT_IS,
)
async def record_calibration(
    instrument_id: FromPath[UUID], data: JSONBody[NewCalibration], by: SignedIn, idempotency_key: Key = None
) -> Response[InstrumentRecord]:
    """By those who keep it."""
    new = replace(data, id=id_of(data.id, idempotency_key, operation="recordCalibration", by=by))
    return answered(await calibrating.record_calibration(instrument_id=instrument_id, new=new, by=by))


@post(
    "/laboratory/instruments/{instrument_id:uuid}/overrides",
    operation_id="overrideCalibration",
    summary="Answer by name for an instrument that is overdue",
    description="By supervisors and admins of the place, and experts of the studio; for two weeks at most, a week back "
    "at most. What it measured on these days is judged again at once, and says that somebody answered for it.",
    responses=AS_IT_IS,
)
async def override_calibration(
    instrument_id: FromPath[UUID], data: JSONBody[NewOverride], by: SignedIn, idempotency_key: Key = None
) -> Response[InstrumentRecord]:
    """It is written into the access log."""
    new = replace(data, id=id_of(data.id, idempotency_key, operation="overrideCalibration", by=by))
    return answered(await calibrating.override(instrument_id=instrument_id, new=new, by=by))


@post(
    "/laboratory/instruments/{instrument_id:uuid}/live-key",
    operation_id="makeInstrumentKey",
    summary="A new key under which it signs its posts",
    description="Told this once. The old one ends at once; a repeat makes another one.",
)
async def make_instrument_key(
    instrument_id: FromPath[UUID], by: SignedIn, request: Request[Any, Any, Any]
) -> Response[LiveKey]:
    """By those who keep it."""
    made = await live_keys.make_key(instrument_id=instrument_id, by=by, base_url=base_url(request))
    return Response(made, status_code=201, headers={"Cache-Control": "no-store"})


@get(
    "/laboratory/instruments/{instrument_id:uuid}/chart",
    operation_id="getQualityChart",
    summary="Its blanks or its positive controls in the order of time",
)
async def get_quality_chart(
    instrument_id: FromPath[UUID], by: SignedIn, kind: FromQuery[ChartKind] = ChartKind.BLANK, days: Days = 90
) -> QualityChart:
    """With what is odd about each point: out, warned, drift."""
    return await quality_charts.chart(instrument_id=instrument_id, kind=kind, days=days, by=by)


router = Router(
    path="/api/v1",
    route_handlers=[
        register_instrument,
        list_instruments,
        get_instrument,
        amend_instrument,
        list_calibrations,
        record_calibration,
        override_calibration,
        make_instrument_key,
        get_quality_chart,
    ],
    dependencies=NEEDS_SIGN_IN,
    tags=["laboratory"],
)
