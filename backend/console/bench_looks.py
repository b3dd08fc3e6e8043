"""/console/bench/looks: a strip's photo goes to an expert, who says what he sees before he reads what others saw."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from backend.console import bench_labels as says
from backend.console.forms import filled
from backend.console.pages import page
from backend.console.refused import told
from backend.console.typed import Incomplete, shaped, typed
from backend.core.ids import uuid7
from backend.core.multipart import Part
from backend.core.refusals import Refusal
from backend.core.words import Term, say
from backend.laboratory import results, second_looks
from backend.laboratory.result_schemas import NewSecondLook, SecondLookRecord, SecondLookSaid
from backend.laboratory.words import Verdict
from backend.media.actions import upload_photo
from backend.people.actors import Actor
from backend.people.guards import SignedIn

SEEN = {
    Verdict.NEGATIVE: Term("C line and T line, T as dark as it should be"),
    Verdict.SUSPECT: Term("T line is there, and faint"),
    Verdict.POSITIVE: Term("C line, and no T line or a much fainter one"),
    Verdict.INVALID: Term("No C line: the strip says nothing"),
}


@post(
    "/results/{result_id:uuid}/second-look",
    include_in_schema=False,
    status_code=200,
    request_max_body_size=None,
)
async def ask_for_look(by: SignedIn, request: Request[Any, Any, Any], result_id: FromPath[UUID]) -> Response[Any]:
    """Keep the photo and ask an expert on duty. A second tap asks nobody else."""
    async with filled(request) as form:
        photos = form.files.get("photo", [])
        if not photos:
            raise Incomplete("Take or choose the photo of the strip first.")
        photo_id = await _kept(photos[0], by)
        new = NewSecondLook(id=form.id(), photo_id=photo_id)
        await second_looks.request_second_look(result_id=result_id, new=new, by=by)
    one = await results.get_result(result_id=result_id, by=by)
    return Redirect(f"/console/bench/samples/{one.sample_id}?did=second-look#result-{result_id}", status_code=303)


async def _kept(part: Part, by: Actor) -> UUID:
    kept = await upload_photo(
        source=part.chunks(),
        sha256=await part.sha256(),
        file_name=part.file_name or "",
        photo_id=uuid7(),
        uploaded_by=by.person_id,
    )
    return kept.record.id


@get("/looks/{look_id:uuid}", include_in_schema=False)
async def show_look(by: SignedIn, look_id: FromPath[UUID]) -> Response[str]:
    """The photo, and what he sees."""
    return await _page(by, await second_looks.get_second_look(look_id=look_id, by=by))


@post("/looks/{look_id:uuid}", include_in_schema=False, status_code=200)
async def say_look(by: SignedIn, request: Request[Any, Any, Any], look_id: FromPath[UUID]) -> Response[Any]:
    """His own reading; then both are shown."""
    form = await typed(request)
    try:
        said = shaped(SecondLookSaid, seen=form.get("seen"), remark=form.get("remark"))
        await second_looks.say_second_look(look_id=look_id, said=said, by=by)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return await _page(by, await second_looks.get_second_look(look_id=look_id, by=by), refusal)
    return Redirect(f"/console/bench/looks/{look_id}", status_code=303)


async def _page(by: Actor, one: SecondLookRecord, refusal: Refusal | None = None) -> Response[str]:
    return page(
        "bench/look.html",
        status=refusal.status if refusal else 200,
        by=by,
        says=says,
        one=one,
        sample_id=await _sample_of(one, by),
        choices=[(verdict.value, say(words)) for verdict, words in SEEN.items()],
        tried=told(refusal) if refusal else None,
    )


async def _sample_of(one: SecondLookRecord, by: Actor) -> UUID | None:
    if one.result_id is None or one.seen is None:
        return None
    try:
        return (await results.get_result(result_id=one.result_id, by=by)).sample_id
    except Refusal:
        return None


HANDLERS = (ask_for_look, show_look, say_look)
