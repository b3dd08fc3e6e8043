"""Notes at shift change, over HTTP."""

from typing import Annotated
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from backend.core import creates
from backend.core.creates import Key, answered
from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.hotline import shift_notes
from backend.hotline.shift_note_schemas import NewShiftNote, ShiftNoteRecord
from backend.people.guards import NEEDS_SIGN_IN, SignedIn

Waiting = Annotated[bool | None, QueryParameter(description="true: nobody has taken it")]


@post(
    "/hotline/shift-notes",
    operation_id="leaveShiftNote",
    summary="Leave a note to the next shift",
    responses={200: ResponseSpec(ShiftNoteRecord, generate_examples=False, description="Left before")},
)
async def leave_shift_note(
    data: JSONBody[NewShiftNote], by: SignedIn, idempotency_key: Key = None
) -> Response[ShiftNoteRecord]:
    """At one's desk."""
    id = creates.id_for(given=data.id, key=idempotency_key, by=by.person_id, operation="leaveShiftNote")
    return answered(await shift_notes.leave_shift_note(id=id, new=data, by=by))


@get("/hotline/shift-notes", operation_id="listShiftNotes", summary="A desk's notes, the newest first")
async def list_shift_notes(
    by: SignedIn,
    unit_id: FromQuery[UUID],
    waiting: Waiting = None,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[ShiftNoteRecord]:
    """For those who work there."""
    return await shift_notes.list_shift_notes(unit_id=unit_id, by=by, waiting=waiting, limit=limit, cursor=cursor)


@post(
    "/hotline/shift-notes/{note_id:uuid}/taking",
    operation_id="takeShiftNote",
    summary="Read, and gone on with",
    description="Not one's own. Whoever was first stays.",
    status_code=200,
)
async def take_shift_note(note_id: FromPath[UUID], by: SignedIn) -> ShiftNoteRecord:
    """By whoever comes next."""
    return await shift_notes.take_shift_note(note_id=note_id, by=by)


router = Router(
    path="/api/v1",
    route_handlers=[leave_shift_note, list_shift_notes, take_shift_note],
    dependencies=NEEDS_SIGN_IN,
    tags=["hotline"],
)
