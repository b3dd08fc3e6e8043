"""Notices to an audience: sent, paused, resumed, cancelled, and how far they have come."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from backend.core import clock
from backend.core.creates import Outcome, digest, same
from backend.core.database import transaction
from backend.core.jobs import enqueue, job
from backend.core.paging import Page, Position, page, position
from backend.core.refusals import DifferentArguments, FieldError, Invalid
from backend.people.actors import OVERSEERS, Actor, visible_to
from backend.people.tables import Role
from backend.push import campaign_queries as queries
from backend.push import dispatch, dispatch_queries, notice_queries, outlets, planning
from backend.push.actions import check_words
from backend.push.campaign_schemas import CampaignProgress, CampaignSummary, Divided, Posted, ProviderStanding
from backend.push.moving import Move, move
from backend.push.provider import Category
from backend.push.refusals import CampaignOver, NobodyAsked, NoticeUnknown, NotPublic, OtherTerritory
from backend.push.schemas import Audience, NewNotice, NoticeRecord
from backend.push.states import CampaignState, DeliveryState
from backend.push.wording import Text
from backend.tasks import queries as tasks
from backend.tasks.tables import TaskState
from backend.territory import queries as territory

SENDERS = frozenset({Role.SUPERVISOR, Role.OPERATOR, Role.ADMIN})
READERS = OVERSEERS | SENDERS
OVER = (CampaignState.CANCELLED, CampaignState.FINISHED)
CLEAR = "push/clear-cancelled"
AT_ONCE = 5_000


@transaction
async def send_notice(*, id: UUID, new: NewNotice, by: Actor) -> Outcome[NoticeRecord]:
    """Start a campaign; its audience is resolved by a job. The same id with the same arguments is the same campaign.

    by   a supervisor, operator or administrator of every division named

    Raises Forbidden, OtherTerritory (403), DivisionUnknown (404), NobodyAsked, NotPublic, PayloadTooLarge, LinkRefused,
    Invalid (400), DifferentArguments (409).
    """
    prefixes = await prefixes_of(new.division_codes, by)
    check_notice(new)
    words = words_of(new)
    check_words(words, link=new.link, no_links=new.no_links, exercise=new.exercise)
    asked = [msgspec.structs.replace(new, id=None), by.person_id]
    later = new.not_before is not None and new.not_before > clock.now()
    made = await notice_queries.insert(
        id=id,
        text=words,
        category=new.category,
        dedupe_key=f"campaign {id}",
        digest=digest(asked),
        link=new.link,
        expires_at=new.expires_at,
        not_before=new.not_before,
        no_links=new.no_links,
        exercise=new.exercise,
        division_code=new.division_codes[0],
        audience=msgspec.json.encode(_audience(new, prefixes)).decode(),
        campaign_state=CampaignState.SCHEDULED if later else CampaignState.RUNNING,
        made_by=by.person_id,
    )
    if made is not None:
        await planning.plan_later(made)
        return Outcome(_record(made), created=True)
    stored = await queries.campaign(id)
    if stored is None or not same(stored["arguments_digest"], asked):
        raise DifferentArguments("Notice {id} was sent with other words; it stays as it is.", id=id)
    return Outcome(_record(stored), created=False)


async def prefixes_of(division_codes: list[str], by: Actor) -> list[str]:
    """The places a notice is for, where `by` may send one. Raises Forbidden, OtherTerritory (403), DivisionUnknown."""
    by.must_have(*SENDERS)
    scope = visible_to(by, roles=SENDERS)
    prefixes: set[str] = set()
    for code in division_codes:
        division = await territory.division(code=code)
        found = await territory.prefixes(division_id=division.id)
        if not all(scope.covers(prefix) for prefix in found):
            raise OtherTerritory("Division {division_code} lies outside your territory.", division_code=code)
        prefixes.update(found)
    return sorted(one for one in prefixes if not any(one != other and one.startswith(other) for other in prefixes))


def check_notice(new: NewNotice) -> None:
    """Raises NobodyAsked, NotPublic, Invalid (400)."""
    if not (new.roles or new.citizens or new.groups):
        raise NobodyAsked("Name roles, citizens or groups: at least one of them.")
    if new.groups and not new.public:
        raise NotPublic("A group reads what its owner posts. Mark the words public, or leave the groups out.")
    begins = max(new.not_before or clock.now(), clock.now())
    if new.expires_at is not None and new.expires_at <= begins:
        wrong = FieldError(pointer="/expires_at", detail="The notice would be over before it begins.")
        raise Invalid("The notice ends before it begins.", errors=[wrong])


def words_of(new: NewNotice) -> Text:
    """What it says."""
    return Text(
        zh=new.text_zh,
        en=new.text_en,
        voice_zh=new.voice_zh,
        title_zh=new.title_zh,
        title_en=new.title_en or new.title_zh,
        public=new.public,
    )


def _audience(new: NewNotice, prefixes: list[str]) -> Audience:
    return Audience(
        prefixes=prefixes,
        roles=sorted(set(new.roles)),
        citizens=new.citizens,
        interests=sorted(set(new.interests)),
        groups=new.groups,
        by_topic=new.by_topic,
    )


@transaction
async def pause_campaign(*, notice_id: UUID, by: Actor) -> NoticeRecord:
    """Take no further message of it in hand; one batch per provider may still be on its way out.

    Raises NoticeUnknown (404), Forbidden (403), CampaignOver (409).
    """
    return await _turn(notice_id, by, CampaignState.PAUSED)


@transaction
async def resume_campaign(*, notice_id: UUID, by: Actor) -> NoticeRecord:
    """Go on where it stopped. Raises NoticeUnknown (404), Forbidden (403), CampaignOver (409)."""
    record = await _turn(notice_id, by, CampaignState.RUNNING)
    for provider in outlets.in_use():
        urgent = record.category is Category.EMERGENCY
        await dispatch.wake(notice_id, provider=provider.name, urgent=urgent)
    return record


@transaction
async def cancel_campaign(*, notice_id: UUID, by: Actor) -> NoticeRecord:
    """Stop it for good: what waits is denied, what went out stays. Twice is once.

    Raises NoticeUnknown (404), Forbidden (403), CampaignOver (409) when it was finished.
    """
    record = await _turn(notice_id, by, CampaignState.CANCELLED)
    await enqueue(CLEAR, notice_id, dedupe=f"push clear {notice_id}")
    return record


async def _turn(notice_id: UUID, by: Actor, to: CampaignState) -> NoticeRecord:
    """The compare-and-set."""
    row = await seen_campaign(notice_id, by, lock=True)
    by.must_have(*SENDERS)
    if row["campaign_state"] != to:
        if row["campaign_state"] in OVER:
            raise CampaignOver("The campaign has ended and cannot be changed any more. Send a new one.")
        await queries.set_state(notice_id, to)
    return _record(await seen_campaign(notice_id, by))


@job(CLEAR, lane="push")
async def clear_cancelled(notice_id: UUID) -> None:
    """Deny what a cancelled campaign left waiting, a few thousand at a time."""
    while waiting := await dispatch_queries.waiting_ids(notice_id, limit=AT_ONCE):
        moves = [Move(id=id, state=DeliveryState.DENIED, reason="cancelled") for id in waiting]
        await move(moves, at=clock.now())


async def campaign_progress(*, notice_id: UUID, by: Actor) -> CampaignProgress:
    """How far a campaign has come, from its counters. Raises NoticeUnknown (404)."""
    row = await seen_campaign(notice_id, by)
    states = (await queries.counted([notice_id])).get(notice_id, {})
    subjects = await queries.subjects(notice_id)
    unreachable = [Divided(**each) for each in await queries.unreachable(notice_id)]
    posted = await tasks.posted(origin_room=planning.ROOM, origin_id=notice_id)
    return CampaignProgress(
        notice=_record(row),
        states=states,
        deliveries=sum(states.values()),
        done=done(states),
        recipients=subjects["recipients"],
        seen=subjects["seen"],
        acknowledged=subjects["acknowledged"],
        unreachable=sum(each.people for each in unreachable),
        unreachable_by_division=unreachable,
        groups=[_posted(state, tally) for state, tally in posted.items()],
    )


def _posted(state: TaskState, tally: Any) -> Posted:
    return Posted(state.value, tally.tasks, tally.headcount)


async def list_campaigns(*, by: Actor, limit: int = 50, cursor: str | None = None) -> Page[CampaignSummary]:
    """The campaigns one made or oversees, the newest first, each with its counts."""
    scope = visible_to(by, roles=READERS)
    rows = await queries.campaigns(scope, limit=limit + 1, after=position(cursor))
    counted = await queries.counted([row["id"] for row in rows])
    found = [_summary(row, counted.get(row["id"], {})) for row in rows]
    return page(found, limit, lambda each: Position(each.notice.made_at, each.notice.id))


async def running_campaigns() -> list[CampaignSummary]:
    """Every campaign that is not over, for whoever sits at the server."""
    rows = await queries.not_over()
    counted = await queries.counted([row["id"] for row in rows])
    return [_summary(row, counted.get(row["id"], {})) for row in rows]


async def provider_standings() -> list[ProviderStanding]:
    """How each provider does that has ever been sent to."""
    return [msgspec.convert(dict(row), ProviderStanding) for row in await queries.providers()]


def _summary(row: Mapping[str, Any], states: dict[DeliveryState, int]) -> CampaignSummary:
    return CampaignSummary(notice=_record(row), states=states, deliveries=sum(states.values()), done=done(states))


def done(states: Mapping[DeliveryState, int]) -> int:
    """Messages that nobody has to hand over any more."""
    waiting = states.get(DeliveryState.SCHEDULED, 0) + states.get(DeliveryState.PENDING, 0)
    return sum(states.values()) - waiting


async def seen_campaign(notice_id: UUID, by: Actor, *, lock: bool = False) -> Mapping[str, Any]:
    """The row of a campaign that `by` made or oversees. Raises NoticeUnknown (404)."""
    row = await queries.campaign(notice_id, lock=lock)
    scope = visible_to(by, roles=READERS)
    if row is None or not (row["made_by"] == by.person_id or scope.covers(row["division_code"] or "")):
        raise NoticeUnknown("There is no notice {id} for you.", id=notice_id)
    return row


def _record(row: Mapping[str, Any]) -> NoticeRecord:
    known = {name: row[name] for name in NoticeRecord.__struct_fields__ if name != "audience"}
    audience = msgspec.json.decode(row["audience"], type=Audience)
    return msgspec.convert(known | {"audience": audience}, NoticeRecord)
