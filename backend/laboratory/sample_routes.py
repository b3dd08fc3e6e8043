"""Over HTTP: samples are handed in, listed, read and handed on; held ones are joined; consent is written down."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec.structs import replace

from backend.cases.parameters import id_of
from backend.core.creates import Key, answered
from backend.core.paging import CursorQuery, LimitQuery, Page
from backend.laboratory import (
    forgetting,
    hand_overs,
    held_samples,
    joining,
    retention_rules,  # noqa: F401 - the rules register
    sample_consents,
    sample_lists,
    sample_records,
    samples,
    separating,
)
from backend.laboratory.sample_schemas import (
    HandOverRecord,
    HeldSample,
    JoinSample,
    NewHandOver,
    NewSample,
    NewSampleConsent,
    SampleConsentRecord,
    SampleItem,
    SampleRecord,
)
from backend.laboratory.words import SampleKind, SampleState, Verdict
from backend.people.guards import NEEDS_SIGN_IN, SignedIn

CodeQuery = Annotated[str | None, QueryParameter(description="what stands on the bag", min_length=1, max_length=60)]
DayQuery = Annotated[date | None, QueryParameter(description="the day it was handed in, in Shandong")]


@post(
    "/laboratory/samples",
    operation_id="receiveSample",
    summary="Take in a bag with soil or produce",
    description="It gets a number where its bag has none, and a slip: `slip_url` is the farmer's page, for the QR.",
    responses={200: ResponseSpec(SampleRecord, generate_examples=False, description="Received before: as it is now")},
)
async def receive_sample(
    data: JSONBody[NewSample], by: SignedIn, idempotency_key: Key = None
) -> Response[SampleRecord]:
    """At any point, by whoever stands there; sampling for the authority by technicians and overseers."""
    new = replace(data, id=id_of(data.id, idempotency_key, operation="receiveSample", by=by))
    return answered(await samples.receive(new=new, by=by, door="api"), {"Cache-Control": "no-store"})


@get(
    "/laboratory/samples",
    operation_id="listSamples",
    summary="Samples that one may see, the newest first",
    description="Without `state` all but those that turned out to be another. `verdict`: those with such a result, "
    "among the samples whose findings one may read.",
)
async def list_samples(
    by: SignedIn,
    in_state: Annotated[SampleState | None, QueryParameter(name="state")] = None,
    kind: FromQuery[SampleKind | None] = None,
    unit_id: FromQuery[UUID | None] = None,
    drop_off_id: FromQuery[UUID | None] = None,
    household_id: FromQuery[UUID | None] = None,
    code: CodeQuery = None,
    on: DayQuery = None,
    verdict: FromQuery[Verdict | None] = None,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[SampleItem]:
    """One page."""
    filters = sample_lists.Filters(
        state=in_state,
        kind=kind,
        unit_id=unit_id,
        drop_off_id=drop_off_id,
        household_id=household_id,
        code=code,
        on=on,
        verdict=verdict,
    )
    return await sample_lists.list_samples(by=by, filters=filters, limit=limit, cursor=cursor)


@get("/laboratory/samples/{sample_id:uuid}", operation_id="getSample", summary="A sample, its way and its slip")
async def get_sample(sample_id: FromPath[UUID], by: SignedIn) -> Response[SampleRecord]:
    """What was found is told to the desk that tests it; `withheld` says that there is something to ask for."""
    record = await sample_records.get(sample_id=sample_id, by=by)
    return Response(record, headers={"Cache-Control": "no-store"})


@post(
    "/laboratory/samples/{sample_id:uuid}/hand-overs",
    operation_id="handOverSample",
    summary="Hand a sample over to another unit",
    responses={200: ResponseSpec(HandOverRecord, generate_examples=False, description="Written before")},
)
async def hand_over_sample(
    sample_id: FromPath[UUID], data: JSONBody[NewHandOver], by: SignedIn, idempotency_key: Key = None
) -> Response[HandOverRecord]:
    """By who gives it away, or by who takes it in; paper first is welcome."""
    new = replace(data, id=id_of(data.id, idempotency_key, operation="handOverSample", by=by))
    return answered(await hand_overs.hand_over(sample_id=sample_id, new=new, by=by))


@get(
    "/laboratory/held-samples",
    operation_id="listHeldSamples",
    summary="Samples that only a file told of, beside those that they may be",
)
async def list_held_samples(by: SignedIn, limit: LimitQuery = 50, cursor: CursorQuery = None) -> Page[HeldSample]:
    """Of one's own desks, the newest first; of each the likeliest candidates, joined in one step."""
    return await held_samples.list_held(by=by, limit=limit, cursor=cursor)


@post(
    "/laboratory/samples/{sample_id:uuid}/join",
    operation_id="joinSample",
    summary="A held sample is that received one",
    description="Its results move over and are judged again; the judgements of before are kept. Twice is the same.",
    status_code=200,
)
async def join_sample(sample_id: FromPath[UUID], data: JSONBody[JoinSample], by: SignedIn) -> SampleRecord:
    """By the desk that tests both; the answer is the received sample as it is now."""
    return await joining.join(held_id=sample_id, sample_id=data.sample_id, by=by)


@post(
    "/laboratory/samples/{sample_id:uuid}/separation",
    operation_id="separateSample",
    summary="A held sample was joined to the wrong one",
    description="It is held again with the results that came with it; both are judged again. 409 once a report or "
    "signed advice was made of both. Twice is the same.",
    status_code=200,
)
async def separate_sample(sample_id: FromPath[UUID], by: SignedIn) -> SampleRecord:
    """By the desk that tests both; the answer is the held sample as it is now."""
    return await separating.separate(held_id=sample_id, by=by)


@post(
    "/laboratory/samples/{sample_id:uuid}/consents",
    operation_id="recordSampleConsent",
    summary="Write down what a farmer agrees to about his sample, or takes back",
    responses={200: ResponseSpec(SampleConsentRecord, generate_examples=False, description="Written before")},
)
async def record_consent(
    sample_id: FromPath[UUID], data: JSONBody[NewSampleConsent], by: SignedIn, idempotency_key: Key = None
) -> Response[SampleConsentRecord]:
    """By who speaks with him; on the page of his slip he says it himself."""
    new = replace(data, id=id_of(data.id, idempotency_key, operation="recordSampleConsent", by=by))
    return answered(await sample_consents.record(sample_id=sample_id, new=new, by=by))


@post(
    "/laboratory/samples/{sample_id:uuid}/forgetting",
    operation_id="forgetSample",
    summary="A farmer has his free test forgotten",
    description="His contact, card, field, words and reports go, and his slip opens nothing any more. What was found "
    "stays as a fact of the village. Twice is the same.",
    status_code=200,
)
async def forget_sample(sample_id: FromPath[UUID], by: SignedIn) -> SampleRecord:
    """By the desk where he asks for it, or the administrator of the place."""
    return await forgetting.forget(sample_id=sample_id, by=by)


router = Router(
    path="/api/v1",
    route_handlers=[
        receive_sample,
        list_samples,
        get_sample,
        hand_over_sample,
        list_held_samples,
        join_sample,
        separate_sample,
        record_consent,
        forget_sample,
    ],
    dependencies=NEEDS_SIGN_IN,
    tags=["laboratory"],
)
