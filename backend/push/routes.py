"""The room over HTTP: where I can be reached, what was told to me, campaigns and groups."""

from typing import Annotated, Any, TypeVar
from uuid import UUID

import msgspec
from litestar import Response, Router, delete, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, HeaderParameter, JSONBody
from litestar.response import ServerSentEvent, ServerSentEventMessage

import backend.push.escalation
import backend.push.retention_rules  # noqa: F401 - registers its rules
from backend.core.creates import Key, answered, id_for
from backend.core.paging import CursorQuery, LimitQuery, Page, position_of
from backend.people.guards import NEEDS_SIGN_IN, SignedIn
from backend.push import actions, addresses, campaigns, citizen_routes, groups, inbox
from backend.push.address_schemas import GroupRecord, NewGroup, NewPushAddress, PushAddressRecord
from backend.push.campaign_schemas import CampaignProgress, CampaignSummary
from backend.push.groups import GroupPosition
from backend.push.provider import Category
from backend.push.receipt_routes import receive_receipts
from backend.push.schemas import InboxNotice, NewNotice, NoticeRecord, SeenNotices
from backend.push.streaming import Watch
from backend.push.wire_schemas import NoticeEvent

T = TypeVar("T")

LastEvent = Annotated[UUID | None, HeaderParameter(name="Last-Event-ID", description="the last event's id")]


@post(
    "/push-addresses",
    operation_id="registerPushAddress",
    summary="Say where this phone can be reached",
    description="Say it again once a month, and whenever the token changes: an app's token that was not confirmed for "
    "270 days is not used any more. The value is sealed and never read back.",
    responses={200: ResponseSpec(PushAddressRecord, generate_examples=False, description="Known: confirmed")},
)
async def register_push_address(
    data: JSONBody[NewPushAddress], by: SignedIn, idempotency_key: Key = None
) -> Response[PushAddressRecord]:
    """An address of one's own."""
    id = id_for(given=data.id, key=idempotency_key, by=by.person_id, operation="registerPushAddress")
    return answered(await addresses.register_push_address(id=id, new=data, by=by))


@get("/push-addresses", operation_id="listPushAddresses", summary="Where I can be reached")
async def list_push_addresses(by: SignedIn) -> list[PushAddressRecord]:
    """One's own addresses in use."""
    return await addresses.list_push_addresses(by=by)


@delete("/push-addresses/{address_id:uuid}", operation_id="revokePushAddress", summary="Do not use an address any more")
async def revoke_push_address(address_id: FromPath[UUID], by: SignedIn) -> None:
    """One's own; twice is once."""
    await addresses.revoke_push_address(address_id=address_id, by=by)


@get(
    "/my/notices",
    operation_id="listNotices",
    summary="What was told to me, unread first",
    description="Reading the list marks nothing as seen: say what was shown with markNoticesSeen.",
)
async def list_notices(by: SignedIn, limit: LimitQuery = 50, cursor: CursorQuery = None) -> Page[InboxNotice]:
    """The inbox."""
    return await inbox.list_notices(by=by, limit=limit, cursor=cursor)


@post(
    "/my/notices/seen",
    operation_id="markNoticesSeen",
    summary="These were shown to me",
    description="No further way is tried for them. An emergency goes on ringing until it is acknowledged.",
    status_code=204,
)
async def mark_seen(data: JSONBody[SeenNotices], by: SignedIn) -> None:
    """Others' ids change nothing."""
    await inbox.mark_seen(notice_ids=data.notice_ids, by=by)


watch = Watch()


@get(
    "/my/notices/stream",
    operation_id="streamNotices",
    summary="Be told when a notice comes, without any push service",
    description="Server-sent events: `notice` with `{id, category}`, and comments as heartbeats. Go on with "
    "Last-Event-ID; an event may come twice, never be lost.",
)
async def stream_notices(by: SignedIn, last_event_id: LastEvent = None) -> ServerSentEvent:
    """Ids only: the list has the words."""

    async def events() -> Any:
        async for news in watch.follow(by.person_id, after=last_event_id):
            if news is None:
                yield ServerSentEventMessage(comment="still here")
            else:
                event = NoticeEvent(id=news.notice, category=Category(news.category))
                told = msgspec.json.encode(event).decode()
                yield ServerSentEventMessage(event="notice", id=str(news.at), data=told)

    return ServerSentEvent(events())


@post(
    "/notices/{notice_id:uuid}/acknowledgement",
    operation_id="acknowledgeNotice",
    summary="Seen and taken",
    description="Ringing and further ways stop. Where somebody has to take it, one acknowledgement is enough for all.",
    status_code=204,
)
async def acknowledge_notice(notice_id: FromPath[UUID], by: SignedIn) -> None:
    """Twice is once."""
    await actions.acknowledge_notice(notice_id=notice_id, by=by)


@post(
    "/notices",
    operation_id="sendNotice",
    summary="Tell an audience something",
    description="By a supervisor, operator or administrator of the divisions. A job resolves the audience; emergencies "
    "go out at once, others by day and at most three a day to one person.",
    responses={200: ResponseSpec(NoticeRecord, generate_examples=False, description="Sent before: as it is now")},
)
async def send_notice(data: JSONBody[NewNotice], by: SignedIn, idempotency_key: Key = None) -> Response[NoticeRecord]:
    """A campaign."""
    id = id_for(given=data.id, key=idempotency_key, by=by.person_id, operation="sendNotice")
    return answered(await campaigns.send_notice(id=id, new=data, by=by))


@get("/notices", operation_id="listNoticeCampaigns", summary="Campaigns with their counts, the newest first")
async def list_campaigns(by: SignedIn, limit: LimitQuery = 50, cursor: CursorQuery = None) -> Page[CampaignSummary]:
    """Those one sent, and those of one's territory."""
    return await campaigns.list_campaigns(by=by, limit=limit, cursor=cursor)


@get(
    "/notices/{notice_id:uuid}/progress",
    operation_id="getCampaignProgress",
    summary="How far a campaign has come",
)
async def get_progress(notice_id: FromPath[UUID], by: SignedIn) -> CampaignProgress:
    """Counts by state, groups posted, who cannot be reached by place."""
    return await campaigns.campaign_progress(notice_id=notice_id, by=by)


@post(
    "/notices/{notice_id:uuid}/pause",
    operation_id="pauseCampaign",
    summary="Hand over nothing more for now",
    status_code=200,
)
async def pause_campaign(notice_id: FromPath[UUID], by: SignedIn) -> NoticeRecord:
    """Works within a second; what is in a provider's hands has gone."""
    return await campaigns.pause_campaign(notice_id=notice_id, by=by)


@post(
    "/notices/{notice_id:uuid}/resume",
    operation_id="resumeCampaign",
    summary="Go on where it stopped",
    status_code=200,
)
async def resume_campaign(notice_id: FromPath[UUID], by: SignedIn) -> NoticeRecord:
    """A paused one."""
    return await campaigns.resume_campaign(notice_id=notice_id, by=by)


@post(
    "/notices/{notice_id:uuid}/cancellation",
    operation_id="cancelCampaign",
    summary="Stop it for good",
    status_code=200,
)
async def cancel_campaign(notice_id: FromPath[UUID], by: SignedIn) -> NoticeRecord:
    """What went out stays."""
    return await campaigns.cancel_campaign(notice_id=notice_id, by=by)


@post(
    "/push-groups",
    operation_id="openGroup",
    summary="Register a village group, or its new head-count",
    responses={200: ResponseSpec(GroupRecord, generate_examples=False, description="Known")},
)
async def open_group(data: JSONBody[NewGroup], by: SignedIn, idempotency_key: Key = None) -> Response[GroupRecord]:
    """Name, owner, head-count; nobody in it is imported and nothing in it is read."""
    id = id_for(given=data.id, key=idempotency_key, by=by.person_id, operation="openGroup")
    return answered(await groups.open_group(**msgspec.structs.asdict(data) | {"id": id}, by=by))


@get("/push-groups", operation_id="listGroups", summary="The groups of my territory, and my own")
async def list_groups(by: SignedIn, limit: LimitQuery = 50, cursor: CursorQuery = None) -> Page[GroupRecord]:
    """In the order of places."""
    return await groups.list_groups(by=by, limit=limit, after=position_of(cursor, GroupPosition))


@delete("/push-groups/{group_id:uuid}", operation_id="closeGroup", summary="Post nothing to a group any more")
async def close_group(group_id: FromPath[UUID], by: SignedIn) -> None:
    """Twice is once."""
    await groups.close_group(group_id=group_id, by=by)


_signed_in = [
    *(register_push_address, list_push_addresses, revoke_push_address),
    *(list_notices, mark_seen, stream_notices, acknowledge_notice),
    *(send_notice, list_campaigns, get_progress, pause_campaign, resume_campaign, cancel_campaign),
    *(open_group, list_groups, close_group),
    *citizen_routes.SIGNED_IN,
]

router = Router(
    "/api/v1",
    route_handlers=[
        Router("/", route_handlers=_signed_in, dependencies=NEEDS_SIGN_IN),
        receive_receipts,
        *citizen_routes.PUBLIC,
    ],
    tags=["push"],
)
