"""Over HTTP: rounds from door to door."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, Reference, RequestBody, Schema
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Meta, Struct
from msgspec.structs import replace

from backend.antifraud import outreach_retention_rules, round_marks, rounds  # noqa: F401 - the rules register
from backend.antifraud.round_schemas import (
    MOST_MARKS,
    DoorToKnock,
    MarkOutcome,
    MarksVerdict,
    MarkVerdict,
    NewHouseholdMark,
    NewRound,
    RoundProgress,
    RoundRecord,
)
from backend.cases.parameters import id_of
from backend.core.creates import Key, answered
from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.people.guards import NEEDS_SIGN_IN, SignedIn
from backend.territory.parameters import Division


@post(
    "/antifraud/rounds",
    operation_id="planOutreach",
    summary="Plan a round from door to door",
    description="By supervisors and administrators of the division; half a year at most. One day after its last day it "
    "is closed: the counts per village stay, what became of each door is deleted.",
    responses={200: ResponseSpec(RoundProgress, generate_examples=False, description="Planned before: as it is now")},
)
async def plan_outreach(data: JSONBody[NewRound], by: SignedIn, idempotency_key: Key = None) -> Response[RoundProgress]:
    """Through all villages of a division."""
    new = replace(data, id=id_of(data.id, idempotency_key, operation="planOutreach", by=by))
    return answered(await rounds.plan_round(new=new, by=by))


@get("/antifraud/rounds", operation_id="listOutreach", summary="Rounds in one's territory, the newest first")
async def list_outreach(
    by: SignedIn, running: FromQuery[bool | None] = None, limit: LimitQuery = 50, cursor: CursorQuery = None
) -> Page[RoundRecord]:
    """`running`: only those that are not closed, or only those that are."""
    return await rounds.list_rounds(by=by, running=running, limit=limit, cursor=cursor)


@get(
    "/antifraud/rounds/{round_id:uuid}",
    operation_id="getOutreach",
    summary="A round with how far it has come in each village",
    description="Counts only, and of villages of fewer than five households for nobody but their assistant at work. A "
    "village without any household card is told too: it is a gap.",
)
async def get_outreach(round_id: FromPath[UUID], by: SignedIn) -> RoundProgress:
    """As far as one's territory goes."""
    return await rounds.get_round(round_id=round_id, by=by)


@get(
    "/antifraud/rounds/{round_id:uuid}/doors",
    operation_id="listDoorsToKnock",
    summary="Doors at which nobody was met so far",
    description="For the assistant of the village and for nobody else, while the round runs. Whoever declined is not "
    "in it, and not in any other list.",
)
async def list_doors_to_knock(
    round_id: FromPath[UUID],
    by: SignedIn,
    division_code: Division = None,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[DoorToKnock]:
    """By village and number of the card."""
    return await round_marks.list_doors(
        round_id=round_id, by=by, division_code=division_code, limit=limit, cursor=cursor
    )


@post(
    "/antifraud/rounds/{round_id:uuid}/marks",
    operation_id="recordOutreach",
    summary="Write down what became of a door",
    description="By the assistant of its village, late too, while the round runs. Of several marks of a door the one "
    "with the latest `at` stands, in whatever order they come: `superseded` says that a later one is there.",
    responses={200: ResponseSpec(MarkVerdict, generate_examples=False, description="It was there, or a later one is")},
)
async def record_outreach(
    round_id: FromPath[UUID], data: JSONBody[NewHouseholdMark], by: SignedIn, idempotency_key: Key = None
) -> Response[MarkVerdict]:
    """Of whoever opened no more than an age band."""
    if data.id is None and idempotency_key:
        data = replace(data, id=id_of(None, idempotency_key, operation="recordOutreach", by=by))
    verdict = await round_marks.record_mark(round_id=round_id, new=data, by=by)
    return Response(verdict, status_code=201 if verdict.outcome == MarkOutcome.STORED else 200)


class MarkRows(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rows are read one by one, so that a bad one spoils no other."""

    marks: Annotated[list[Any], Meta(min_length=1, max_length=MOST_MARKS)]


_MARKS = Schema(
    type=OpenAPIType.ARRAY, items=Reference(ref="#/components/schemas/NewHouseholdMark"), max_items=MOST_MARKS
)
_BODY = Schema(type=OpenAPIType.OBJECT, required=["marks"], properties={"marks": _MARKS})


@dataclass
class _Batch(Operation):
    """The body of the batch for the API guide, with the shape of its rows."""

    def __post_init__(self) -> None:
        self.request_body = RequestBody(required=True, content={"application/json": OpenAPIMediaType(schema=_BODY)})


@post(
    "/antifraud/rounds/{round_id:uuid}/marks/batch",
    operation_id="recordOutreachBatch",
    operation_class=_Batch,
    summary="Write down up to 1,000 doors",
    description="Each row gets a verdict, in order; a bad one is refused alone. Sent twice, nothing is there twice.",
    status_code=200,
)
async def record_outreach_batch(round_id: FromPath[UUID], data: JSONBody[MarkRows], by: SignedIn) -> MarksVerdict:
    """A day's walk, when there is signal again."""
    return await round_marks.record_rows(round_id=round_id, rows=data.marks, by=by)


@post(
    "/antifraud/rounds/{round_id:uuid}/closure",
    operation_id="closeOutreach",
    summary="End a round now",
    description="By supervisors and administrators of its division. What became of each door is deleted; the counts "
    "per village stay. Closed before, it is told as it is.",
    status_code=200,
)
async def close_outreach(round_id: FromPath[UUID], by: SignedIn) -> RoundProgress:
    """It cannot be opened again."""
    return await rounds.close_round(round_id=round_id, by=by)


router = Router(
    path="/api/v1",
    route_handlers=[
        plan_outreach,
        list_outreach,
        get_outreach,
        list_doors_to_knock,
        record_outreach,
        record_outreach_batch,
        close_outreach,
    ],
    dependencies=NEEDS_SIGN_IN,
    tags=["antifraud"],
)
