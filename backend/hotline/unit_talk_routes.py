"""Talks with units over HTTP: held, read, put right."""

from typing import Annotated
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter

from backend.core import creates
from backend.core.creates import Key, answered
from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.hotline import unit_talks
from backend.hotline.unit_talk_schemas import NewUnitTalk, UnitTalkFix, UnitTalkRecord
from backend.people.guards import NEEDS_SIGN_IN, SignedIn


@post(
    "/hotline/unit-talks",
    operation_id="recordUnitTalk",
    summary="Write down a talk with a unit about a case",
    description="With an office, never with a name. The case keeps a note for staff; where something is to be put "
    "right by a day, the unit is asked to. By supervisors and administrators of the place.",
    responses={200: ResponseSpec(UnitTalkRecord, generate_examples=False, description="Recorded before")},
)
async def record_unit_talk(
    data: JSONBody[NewUnitTalk], by: SignedIn, idempotency_key: Key = None
) -> Response[UnitTalkRecord]:
    """Once it was held."""
    id = creates.id_for(given=data.id, key=idempotency_key, by=by.person_id, operation="recordUnitTalk")
    return answered(await unit_talks.record_unit_talk(id=id, new=data, by=by))


@get("/hotline/unit-talks", operation_id="listUnitTalks", summary="Talks with units, the last held first")
async def list_unit_talks(
    by: SignedIn,
    case_id: Annotated[UUID | None, QueryParameter(description="about one case")] = None,
    unfixed: Annotated[bool, QueryParameter(description="in which something is still to be put right")] = False,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[UnitTalkRecord]:
    """For those who oversee the place, and the unit's handlers."""
    return await unit_talks.list_unit_talks(by=by, case_id=case_id, unfixed=unfixed, limit=limit, cursor=cursor)


@get("/hotline/unit-talks/{talk_id:uuid}", operation_id="getUnitTalk", summary="A talk with a unit")
async def get_unit_talk(talk_id: FromPath[UUID], by: SignedIn) -> UnitTalkRecord:
    """What was agreed, and whether it was put right."""
    return await unit_talks.get_unit_talk(talk_id=talk_id, by=by)


@post(
    "/hotline/unit-talks/{talk_id:uuid}/fix",
    operation_id="fixUnitTalk",
    summary="Say that what was agreed was put right",
    status_code=200,
)
async def fix_unit_talk(talk_id: FromPath[UUID], data: JSONBody[UnitTalkFix], by: SignedIn) -> UnitTalkRecord:
    """By the unit's handlers, or a supervisor of the place."""
    return await unit_talks.put_right(talk_id=talk_id, fix=data, by=by)


router = Router(
    path="/api/v1",
    route_handlers=[record_unit_talk, list_unit_talks, get_unit_talk, fix_unit_talk],
    dependencies=NEEDS_SIGN_IN,
    tags=["hotline"],
)
