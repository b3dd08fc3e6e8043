"""Pairs, merging, repeats and hot spots over HTTP."""

from typing import Annotated
from uuid import UUID

from litestar import Router, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from backend.cases import hot_spots, merging, pairs
from backend.cases.hot_spot_schemas import HotSpotDecision, HotSpotRecord
from backend.cases.loop_words import HotSpotState
from backend.cases.pair_schemas import NewMerger, NewParting, PairDecision, PairRecord, RepeatRecord
from backend.cases.parameters import id_of
from backend.cases.schemas import CaseRecord
from backend.core.creates import Key
from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.people.guards import NEEDS_SIGN_IN, SignedIn


@get(
    "/case-pairs",
    operation_id="listPairs",
    summary="Cases that look like one and wait for somebody's word",
    description="Near in place, time and words, of one family of topics; both open; the latest first.",
)
async def list_pairs(by: SignedIn, limit: LimitQuery = 50, cursor: CursorQuery = None) -> Page[PairRecord]:
    """Those of which one sees the newer."""
    return await pairs.list_pairs(by=by, limit=limit, cursor=cursor)


@post(
    "/case-pairs/{pair_id:uuid}/decision",
    operation_id="decidePair",
    summary="The same, or not",
    description="The same: the newer merges into the older, and both numbers stay alive. Not the same: never again.",
    status_code=200,
)
async def decide_pair(pair_id: FromPath[UUID], data: JSONBody[PairDecision], by: SignedIn) -> PairRecord:
    """By the desk of the place."""
    return await pairs.decide_pair(pair_id=pair_id, same=data.same, reason=data.reason, by=by)


@post(
    "/cases/{case_id:uuid}/merger",
    operation_id="mergeCases",
    summary="Let a case go on in another",
    description="Its receipt shows from then on what happens to the other one.",
    status_code=200,
)
async def merge(
    case_id: FromPath[UUID], data: JSONBody[NewMerger], by: SignedIn, idempotency_key: Key = None
) -> CaseRecord:
    """By the desk of the place."""
    id = id_of(data.id, idempotency_key, operation="mergeCases", by=by)
    return await merging.merge(case_id=case_id, into_case_id=data.into_case_id, id=id, reason=data.reason, by=by)


@post(
    "/cases/{case_id:uuid}/parting",
    operation_id="unmergeCase",
    summary="Part what was merged: they were two matters",
    status_code=200,
)
async def unmerge(
    case_id: FromPath[UUID], data: JSONBody[NewParting], by: SignedIn, idempotency_key: Key = None
) -> CaseRecord:
    """By a supervisor of the place."""
    id = id_of(data.id, idempotency_key, operation="unmergeCase", by=by)
    return await merging.unmerge(case_id=case_id, id=id, reason=data.reason, by=by)


@get(
    "/cases/{case_id:uuid}/repeats",
    operation_id="listRepeats",
    summary="The ended case whose matter came again, if there is one",
    description="None, or one until its mark expires. It is about the matter, whoever asked.",
)
async def list_repeats(case_id: FromPath[UUID], by: SignedIn) -> list[RepeatRecord]:
    """Of a case one may see."""
    found = await pairs.repeat_of(case_id=case_id, by=by)
    return [found] if found else []


@get(
    "/case-hot-spots",
    operation_id="listCaseHotSpots",
    summary="Places and topics that people bring up more than they used to",
    description="Found every morning; the latest first. `publishable` says whether enough people are behind one.",
)
async def list_hot_spots(
    by: SignedIn,
    in_state: Annotated[HotSpotState | None, QueryParameter(name="state")] = None,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[HotSpotRecord]:
    """Of one's territory."""
    return await hot_spots.list_hot_spots(by=by, state=in_state, limit=limit, cursor=cursor)


@post(
    "/case-hot-spots/{hot_spot_id:uuid}/decision",
    operation_id="decideHotSpot",
    summary="Take it up as one proactive matter, or drop it",
    status_code=200,
)
async def decide_hot_spot(hot_spot_id: FromPath[UUID], data: JSONBody[HotSpotDecision], by: SignedIn) -> HotSpotRecord:
    """By a supervisor of the place."""
    return await hot_spots.decide_hot_spot(hot_spot_id=hot_spot_id, decision=data, by=by)


router = Router(
    path="/api/v1",
    route_handlers=[list_pairs, decide_pair, merge, unmerge, list_repeats, list_hot_spots, decide_hot_spot],
    dependencies=NEEDS_SIGN_IN,
    tags=["cases"],
)
