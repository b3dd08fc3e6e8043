"""/console/bench/imports: a file is dropped, and every row answers. The same page follows a long one as it comes in."""

from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect, Stream
from msgspec import Struct

from backend.console import bench_labels as says
from backend.console import bench_rows
from backend.console.bench_rows import Filter, Row
from backend.console.pages import page
from backend.console.typed import identity
from backend.core.multipart import Part, parts_of
from backend.core.refusals import Refusal
from backend.core.words import say
from backend.laboratory import import_records, import_streams, importing
from backend.laboratory.import_forms import AROUND_THE_FILE_BYTES, MAX_FILE_BYTES, MAX_WORD_BYTES, MOST_PARTS, told_of
from backend.laboratory.import_schemas import ImportAnswer, ImportRecord
from backend.laboratory.refusals_imports import ImportUnknown, OriginalGone
from backend.laboratory.words import ImportDoor, ImportState
from backend.people.actors import Actor
from backend.people.guards import SignedIn
from backend.people.tables import Role

MOST_BYTES = MAX_FILE_BYTES + AROUND_THE_FILE_BYTES
COUNTED_ROWS = 10_000
"""Up to here all rows are walked through for a page; a longer file is shown by verdict, page by page."""
GOING = (ImportState.QUEUED, ImportState.RUNNING)
KEPT = ("id", "dry_run")
Show = Annotated[str, QueryParameter(max_length=20)]
Skip = Annotated[int, QueryParameter(ge=0, le=10_000_000)]
After = Annotated[str, QueryParameter(max_length=400)]


class _FileMissing(Refusal):
    status, code, title = 400, "console/file-missing", "There is no file"


class Shown(Struct, frozen=True):
    """Rows on a page, ways to see others, and the address of the next ones."""

    rows: list[Row]
    filters: list[Filter]
    next_page: str | None = None
    withheld: bool = False


@post("/imports", include_in_schema=False, status_code=200, request_max_body_size=None)
async def drop_file(by: SignedIn, request: Request[Any, Any, Any]) -> Response[Any]:
    """Read, judge and store it; or only look. A second tap stores nothing twice."""
    async with parts_of(request, max_bytes=MOST_BYTES, max_parts=MOST_PARTS) as parts:
        file = next((part for part in parts if part.name == "file" and part.size_bytes), None)
        if file is None:
            raise _FileMissing("Choose the file that the instrument wrote, or drop it on the page.")
        outcome = await importing.import_file(
            file.file,
            file_name=file.file_name or "",
            told=told_of(request, parts),
            by=by,
            door=ImportDoor.PAGE,
            id=_id(parts),
        )
    found = outcome.record
    if isinstance(found, ImportAnswer) and found.id is None:
        return _looked_at(by, found, file.file_name or "")
    return Redirect(f"/console/bench/imports/{found.id}", status_code=303)


def _id(parts: list[Part]) -> UUID | None:
    """The page's, so that a second tap is the same import; a look has none of its own, so that storing follows it."""
    form = {
        part.name: part.content()[:MAX_WORD_BYTES].decode("utf-8", "replace") for part in parts if part.name in KEPT
    }
    return None if form.get("dry_run") or not form.get("id") else identity(form["id"])


@get("/imports/{import_id:uuid}", include_in_schema=False)
async def show_import(
    by: SignedIn, import_id: FromPath[UUID], show: Show = "", skip: Skip = 0, after: After = ""
) -> Response[str]:
    """What became of a file, row by row."""
    one = await import_records.get(import_id=import_id, by=by)
    going = one.state in GOING
    found = Shown([], []) if going else await _rows(one, by, show=show, skip=skip, after=after)
    return page(
        "bench/import.html",
        by=by,
        says=says,
        one=one,
        going=going,
        percent=min(100, 100 * one.read_n // one.lines_n) if one.lines_n else 0,
        tried=one.dry_run,
        cut_off=False,
        profile=_profile(one.profile),
        rows=found.rows,
        filters=found.filters,
        next_page=found.next_page,
        withheld=found.withheld,
        may_run=by.has(Role.TECHNICIAN),
    )


@get("/imports/{import_id:uuid}/rows.csv", include_in_schema=False)
async def download_rows(by: SignedIn, import_id: FromPath[UUID]) -> Stream:
    """Every row with its verdict and reason, as a table for a spreadsheet."""
    rows = await import_records.all_rows(import_id=import_id, by=by)
    headers = {"Content-Disposition": f'attachment; filename="{import_id}.csv"', "Cache-Control": "no-store"}
    return Stream(import_streams.as_csv(rows), media_type="text/csv; charset=utf-8", headers=headers)


async def _rows(one: ImportRecord, by: Actor, *, show: str, skip: int, after: str) -> Shown:
    try:
        if one.stored + one.duplicate + one.refused > COUNTED_ROWS:
            return await _paged(one, by, show=show, after=after)
        return await _counted(one, by, show=show, skip=skip)
    except (ImportUnknown, OriginalGone):  # he sees how far it came, and not what was found; or its time is over
        return Shown([], [], withheld=True)


async def _counted(one: ImportRecord, by: Actor, *, show: str, skip: int) -> Shown:
    found = await bench_rows.seen(await import_records.all_rows(import_id=one.id, by=by), show=show, skip=skip)
    address = f"/console/bench/imports/{one.id}"
    further = urlencode({"show": found.show, "skip": skip + bench_rows.ROWS})
    next_page = f"{address}?{further}" if found.more else None
    return Shown(bench_rows.shown(found), bench_rows.filters(found, address), next_page)


async def _paged(one: ImportRecord, by: Actor, *, show: str, after: str) -> Shown:
    """Of one verdict; unless one was chosen, of the most urgent that there is."""
    for name in [show] if show in bench_rows.PAGED else bench_rows.PAGED:
        found = await import_records.get_rows(
            import_id=one.id, by=by, filters=bench_rows.PAGED[name], limit=bench_rows.ROWS, cursor=after or None
        )
        if found.items:
            break
    address = f"/console/bench/imports/{one.id}"
    next_page = f"{address}?{urlencode({'show': name, 'after': found.next_cursor})}" if found.next_cursor else None
    return Shown([bench_rows.row(each) for each in found.items], bench_rows.uncounted(name, address), next_page)


def _looked_at(by: Actor, answer: ImportAnswer, file_name: str) -> Response[str]:
    found = bench_rows.seen_of(answer.rows)
    return page(
        "bench/import.html",
        by=by,
        says=says,
        one=_Looked(file_name, answer),
        going=False,
        tried=True,
        cut_off=answer.cut_off,
        profile=_profile(answer.profile),
        rows=bench_rows.shown(found),
        filters=bench_rows.filters(found, None),
        next_page=None,
        withheld=False,
        may_run=False,
    )


class _Looked(Struct, frozen=True):
    """What was only looked at, under the names of a kept one."""

    file_name: str
    answer: ImportAnswer
    received_at: None = None
    by: None = None
    unit: None = None
    problem: None = None
    same_as: None = None
    id: None = None

    @property
    def held(self) -> int:
        return self.answer.held

    @property
    def encoding(self) -> str | None:
        return self.answer.encoding

    @property
    def instrument_serial(self) -> str | None:
        return self.answer.instrument_serial


def _profile(name: str | None) -> str | None:
    """What kind of file it was taken for, for people."""
    return dict(says.profiles()).get(name, name) if name else say("by its headers")


HANDLERS = (drop_file, show_import, download_rows)
