"""Over HTTP: taking in an instrument's file, following a long one, reading its rows and its original again."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import (
    OpenAPIFormat,
    OpenAPIMediaType,
    OpenAPIType,
    Operation,
    Parameter,
    RequestBody,
    Schema,
)
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Stream

from backend.core import creates
from backend.core.creates import Key, Outcome
from backend.core.logs import request_id
from backend.core.multipart import parts_of
from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.laboratory import (
    import_keeping,  # noqa: F401 - its schedules register
    import_records,
    import_streams,
    importing,
)
from backend.laboratory.import_forms import AROUND_THE_FILE_BYTES, MAX_FILE_BYTES, MOST_PARTS, file_of, told_of
from backend.laboratory.import_records import RowFilters
from backend.laboratory.import_schemas import ImportAnswer, ImportRecord, ImportRow
from backend.laboratory.import_streams import CSV
from backend.laboratory.words import ImportDoor, ImportState, RowOutcome
from backend.people.guards import NEEDS_SIGN_IN, SignedIn

Verdicts = Annotated[
    str | None,
    QueryParameter(
        name="verdict",
        pattern="^[a-z0-9_]+(,[a-z0-9_]+)*$",
        max_length=100,
        description="one word or several with commas, for example positive,suspect",
    ),
]


def _field(description: str, **more: Any) -> Schema:
    return Schema(type=OpenAPIType.STRING, description=description, **more)


_FILE = _field("CSV, TSV, #-rows, XLS, XLSX, JSON, labels or queries", format=OpenAPIFormat.BINARY)
_TOLD = {
    "dry_run": _field("true: only look, nothing is stored"),
    "unit_id": _field("the desk that tested; the own one unless told", format=OpenAPIFormat.UUID),
    "instrument_id": _field("for rows without a serial", format=OpenAPIFormat.UUID),
    "profile": _field("the instrument's parser profile, where the file does not show it"),
    "crop": _field("what was sampled, by code or name, where nothing else says it"),
    "sampled_on": _field("the day of sampling: its rules count", format=OpenAPIFormat.DATE),
    "kind": _field("what was sampled, where nothing else says it", enum=["produce", "soil"]),
    "land_use": _field("of soils; heavy metals need it", enum=["paddy", "upland", "orchard", "rotation"]),
    "run_kind": _field("of samples that nobody received", enum=["advice", "supervision"]),
    "run_id": _field("the run that it is the file of", format=OpenAPIFormat.UUID),
}
_FORM = Schema(type=OpenAPIType.OBJECT, required=["file"], properties={"file": _FILE, **_TOLD})
_IN_THE_QUERY = [
    Parameter(name=name, param_in="query", required=False, description=field.description, schema=field)
    for name, field in _TOLD.items()
]


@dataclass
class _File(Operation):
    """The form for the API guide: the body is read as a stream, so Litestar cannot see it."""

    def __post_init__(self) -> None:
        content = {"multipart/form-data": OpenAPIMediaType(schema=_FORM)}
        self.request_body = RequestBody(content=content, required=True)
        self.parameters = [*(self.parameters or []), *_IN_THE_QUERY]


@post(
    "/laboratory/imports",
    operation_id="importInstrumentFile",
    operation_class=_File,
    summary="Take in whatever file an instrument wrote, and judge it row by row",
    description="Every row is answered: stored, duplicate, or refused with its column and why; with our verdict and "
    "the instrument's. Sent again, nothing is stored twice. All fields but `file` may stand in the query, too. Up to "
    "10,000 lines are answered at once (201; 200 for a dry run, or the same Idempotency-Key again); more come back as "
    "202 with a Location to follow. `Accept: text/csv` gives the rows as CSV.",
    request_max_body_size=None,
    responses={
        200: ResponseSpec(ImportAnswer, generate_examples=False, description="Only tried, or sent before"),
        201: ResponseSpec(ImportAnswer, generate_examples=False, description="Taken in"),
        202: ResponseSpec(ImportRecord, generate_examples=False, description="Kept; it is being read. See Location"),
    },
)
async def import_instrument_file(
    request: Request[Any, Any, Any], by: SignedIn, idempotency_key: Key = None
) -> Response[Any]:
    """By who tests at the desk, or leads its territory."""
    most = MAX_FILE_BYTES + AROUND_THE_FILE_BYTES
    async with parts_of(request, max_bytes=most, max_parts=MOST_PARTS) as parts:
        file = file_of(parts)
        outcome = await importing.import_file(
            file.file,
            file_name=file.file_name or "",
            told=told_of(request, parts),
            by=by,
            door=ImportDoor.API,
            id=creates.id_for(given=None, key=idempotency_key, by=by.person_id, operation="importInstrumentFile"),
        )
    return _answered(request, outcome)


def _answered(request: Request[Any, Any, Any], outcome: Outcome[ImportAnswer | ImportRecord]) -> Response[Any]:
    found = outcome.record
    headers = {"Cache-Control": "no-store"}
    if found.id is not None:
        headers["Location"] = f"/api/v1/laboratory/imports/{found.id}"
    if isinstance(found, ImportRecord):
        return Response(found, status_code=202, headers=headers)
    status = 201 if outcome.created else 200
    if _wants_csv(request):
        return _csv(import_streams.each(found.rows), found.id, status=status, headers=headers)
    return Response(found, status_code=status, headers=headers)


@get(
    "/laboratory/imports",
    operation_id="listImports",
    summary="Files that came, the newest first",
)
async def list_imports(
    by: SignedIn,
    unit_id: FromQuery[UUID | None] = None,
    import_state: Annotated[ImportState | None, QueryParameter(name="state")] = None,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[ImportRecord]:
    """Of the own desk and studio, and of the territory that one oversees."""
    return await import_records.list_imports(by=by, unit_id=unit_id, state=import_state, limit=limit, cursor=cursor)


@get("/laboratory/imports/{import_id:uuid}", operation_id="getImport", summary="How far a file has come")
async def get_import(import_id: FromPath[UUID], by: SignedIn) -> ImportRecord:
    """Ask again until `state` is done or failed; `read_n` of `lines_n` are through."""
    return await import_records.get(import_id=import_id, by=by)


@get(
    "/laboratory/imports/{import_id:uuid}/rows",
    operation_id="getImportRows",
    summary="What became of every row of a file, in its order",
    description="A page of JSON; with `Accept: text/csv` all of them as CSV (UTF-8 with BOM), streamed. For the desk "
    "that tested; none while the file is still being read.",
    responses={200: ResponseSpec(Page[ImportRow], generate_examples=False)},
)
async def get_import_rows(
    request: Request[Any, Any, Any],
    import_id: FromPath[UUID],
    by: SignedIn,
    outcome: FromQuery[RowOutcome | None] = None,
    verdicts: Verdicts = None,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Response[Any]:
    """For technicians and experts of the desk."""
    filters = RowFilters(outcome=outcome, verdicts=tuple(verdicts.split(",")) if verdicts else ())
    headers = {"Cache-Control": "no-store"}
    if _wants_csv(request):
        rows = await import_records.all_rows(import_id=import_id, by=by, filters=filters)
        return _csv(rows, import_id, headers=headers)
    page = await import_records.get_rows(import_id=import_id, by=by, filters=filters, limit=limit, cursor=cursor)
    return Response(page, headers=headers)


@get(
    "/laboratory/imports/{import_id:uuid}/original",
    operation_id="getImportOriginal",
    summary="The file as it came",
    description="For technicians of the desk; each time is written into the access log.",
    media_type="application/octet-stream",
)
async def get_import_original(import_id: FromPath[UUID], by: SignedIn) -> Stream:
    """Streamed."""
    found = await import_records.original(import_id=import_id, by=by, request_id=request_id.get())
    name = quote(found.file_name or "original", safe="")
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
        "Content-Length": str(found.size_bytes),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Stream(found.chunks, headers=headers, media_type="application/octet-stream")


def _wants_csv(request: Request[Any, Any, Any]) -> bool:
    return request.headers.get("accept", "").split(",")[0].split(";")[0].strip().lower() == CSV


def _csv(
    rows: AsyncIterator[ImportRow], import_id: UUID | None, *, headers: dict[str, str], status: int = 200
) -> Stream:
    disposition = f'attachment; filename="rows-{import_id or "tried"}.csv"'
    return Stream(
        import_streams.as_csv(rows),
        status_code=status,
        headers=headers | {"Content-Disposition": disposition},
        media_type=CSV,
    )


router = Router(
    path="/api/v1",
    route_handlers=[import_instrument_file, list_imports, get_import, get_import_rows, get_import_original],
    dependencies=NEEDS_SIGN_IN,
    tags=["laboratory"],
)
