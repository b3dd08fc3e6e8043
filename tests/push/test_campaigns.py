"""Telling an audience: who is meant, what it counts, and that it can be stopped."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from backend.core import clock, ids
from backend.core.database import fetch, fetch_row
from backend.core.refusals import DifferentArguments, Forbidden, Unknown
from backend.people.tables import Role
from backend.push import addresses, campaigns, dispatch, groups, inbox
from backend.push.dispatch import Turn
from backend.push.escalation import every_minute
from backend.push.provider import AddressKind, Category
from backend.push.refusals import CampaignOver, NobodyAsked, NotPublic, OtherTerritory
from backend.push.schemas import NewNotice
from backend.push.states import GroupKind
from backend.tasks import actions as tasks
from tests.cast import COUNTY, OTHER_COUNTY, TOWNSHIP, VILLAGE
from tests.push.conftest import later
from tests.push.outside import Outside

WORDS = {"title_zh": "防汛", "text_zh": "今夜有暴雨，请远离河道。", "public": True}


def notice(**more):
    given = {"division_codes": [COUNTY], "category": Category.SERVICE, "roles": [Role.CADRE], **WORDS}
    return NewNotice(**given | more)


@pytest.fixture
async def citizens(ways):
    """`await citizens(3, VILLAGE)`: so many with an SMS address each, of that place."""

    async def register(number, division_code, interests=()):
        for _ in range(number):
            await addresses.register_citizen_address(
                id=uuid4(),
                citizen_id=uuid4(),
                kind=AddressKind.SMS,
                value=f"139{uuid4().int % 10**8:08}",
                opted_in_text="v1",
                division_code=division_code,
                interests=list(interests),
            )

    return register


async def test_it_reaches_the_roles_and_citizens_of_a_place_and_nobody_else(cast, ways, phone, citizens, work, noon):
    await phone(cast.cadre, "token-1")
    await phone(cast.assistant, "token-2")
    await phone(cast.stranger, "token-3")
    await citizens(2, VILLAGE)
    await citizens(1, "370782101255")
    sent = await campaigns.send_notice(id=ids.uuid7(), new=notice(citizens=True), by=cast.supervisor)
    await work()

    assert [message.address for message in ways.app.sent] == ["token-1"]
    assert len(ways.sms.sent) == 2
    progress = await campaigns.campaign_progress(notice_id=sent.record.id, by=cast.supervisor)
    assert (progress.recipients, progress.deliveries, progress.done) == (4, 3, 3)
    assert progress.states == {"accepted": 3}
    assert [(each.division_code, each.people) for each in progress.unreachable_by_division] == [(TOWNSHIP, 1)]


async def test_citizens_are_told_what_they_asked_to_hear_of(cast, ways, citizens, work, noon):
    await citizens(2, VILLAGE, ["crop.garlic"])
    await citizens(3, VILLAGE, ["crop.maize"])
    new = notice(roles=[], citizens=True, interests=["crop.garlic"])
    await campaigns.send_notice(id=ids.uuid7(), new=new, by=cast.supervisor)
    await work()

    assert len(ways.sms.sent) == 2


async def test_only_who_answers_for_a_place_tells_it(cast, ways):
    for wrong, by, refusal in (
        (notice(), cast.cadre, Forbidden),
        (notice(), cast.auditor, Forbidden),
        (notice(division_codes=[COUNTY, OTHER_COUNTY]), cast.supervisor, OtherTerritory),
        (notice(roles=[]), cast.supervisor, NobodyAsked),
        (notice(groups=True, public=False), cast.supervisor, NotPublic),
    ):
        with pytest.raises(refusal):
            await campaigns.send_notice(id=ids.uuid7(), new=wrong, by=by)
    assert await fetch("SELECT 1 FROM push_notice") == []


async def test_the_same_id_is_the_same_campaign_and_never_another(cast, ways, phone, work, noon):
    await phone(cast.cadre, "token-1")
    id = ids.uuid7()
    first = await campaigns.send_notice(id=id, new=notice(), by=cast.operator)
    again = await campaigns.send_notice(id=id, new=notice(), by=cast.operator)
    await work()
    assert (first.created, again.created) == (True, False)
    assert len(ways.app.sent) == 1
    with pytest.raises(DifferentArguments):
        await campaigns.send_notice(id=id, new=notice(text_zh="别的"), by=cast.operator)


async def test_pausing_works_within_a_second_and_nothing_is_lost(cast, ways, citizens, work, noon):
    await citizens(60, VILLAGE)
    ways.sms.capabilities = Outside("sms", batch_size=5).capabilities
    ways.sms.slow_s = 0.05
    sent = await campaigns.send_notice(id=ids.uuid7(), new=notice(citizens=True, roles=[]), by=cast.supervisor)
    sending = asyncio.create_task(work())
    while not ways.sms.calls:
        await asyncio.sleep(0.01)
    await campaigns.pause_campaign(notice_id=sent.record.id, by=cast.supervisor)
    begun = len(ways.sms.calls)
    await sending
    assert len(ways.sms.calls) <= begun + 1, "a batch of a twentieth of a second that was about to go, and no other"
    so_far = len(ways.sms.sent)
    assert 0 < so_far < 60

    await every_minute()
    await work()
    assert len(ways.sms.sent) == so_far, "nor does the minute's round send it"

    await campaigns.resume_campaign(notice_id=sent.record.id, by=cast.supervisor)
    await work()
    assert len({message.dedupe_id for message in ways.sms.sent}) == 60


async def test_a_paused_campaign_stands_in_nobodys_way(cast, ways, phone, citizens, work, noon):
    from backend.push import actions as push

    await citizens(3, VILLAGE)
    await phone(cast.cadre, "13900000001", AddressKind.SMS)
    sent = await campaigns.send_notice(id=ids.uuid7(), new=notice(citizens=True, roles=[]), by=cast.supervisor)
    await campaigns.pause_campaign(notice_id=sent.record.id, by=cast.supervisor)
    await push.notify(to=cast.cadre.person_id, text=push.Text(zh="请看"), category=Category.SERVICE, dedupe_key="1")
    await work()
    assert [message.address for message in ways.sms.sent] == ["13900000001"]


async def test_what_is_cancelled_stays_so_and_is_counted(cast, ways, citizens, work, noon, states):
    await citizens(3, VILLAGE)
    sent = await campaigns.send_notice(id=ids.uuid7(), new=notice(citizens=True, roles=[]), by=cast.supervisor)
    await campaigns.pause_campaign(notice_id=sent.record.id, by=cast.supervisor)
    await work()
    for _ in range(2):
        cancelled = await campaigns.cancel_campaign(notice_id=sent.record.id, by=cast.supervisor)
    await work()

    assert cancelled.campaign_state == "cancelled"
    assert await states() == {"denied": 3}
    assert (await campaigns.campaign_progress(notice_id=sent.record.id, by=cast.supervisor)).states == {"denied": 3}
    with pytest.raises(CampaignOver):
        await campaigns.resume_campaign(notice_id=sent.record.id, by=cast.supervisor)
    assert ways.sms.sent == []


async def test_one_for_later_begins_when_it_is_told_to(cast, ways, phone, work, noon):
    await phone(cast.cadre, "token-1")
    new = notice(not_before=clock.now() + timedelta(hours=2))
    sent = await campaigns.send_notice(id=ids.uuid7(), new=new, by=cast.supervisor)
    assert sent.record.campaign_state == "scheduled"
    await work()
    assert ways.app.sent == []
    with later(hours=2, seconds=1):
        await work(late=True)
    assert len(ways.app.sent) == 1


async def test_it_is_finished_when_nothing_waits_any_more(cast, ways, phone, work, noon):
    await phone(cast.cadre, "token-1")
    sent = await campaigns.send_notice(id=ids.uuid7(), new=notice(), by=cast.supervisor)
    await work()
    await inbox.mark_seen(notice_ids=[sent.record.id], by=cast.cadre)
    for minutes in (0, 16, 32, 120):
        with later(minutes=minutes):
            await every_minute()
            await work()

    progress = await campaigns.campaign_progress(notice_id=sent.record.id, by=cast.supervisor)
    assert progress.notice.campaign_state == "finished"
    assert (progress.seen, progress.acknowledged) == (1, 0)


async def test_the_owner_of_a_group_is_asked_to_post_the_text_and_ticks_it(cast, ways, work, noon):
    for name, people in (("兴隆一群", 180), ("兴隆二群", 120)):
        await groups.open_group(
            id=ids.uuid7(),
            name=name,
            kind=GroupKind.WECHAT,
            division_code=VILLAGE,
            owner_id=cast.cadre.person_id,
            headcount=people,
            headcount_as_of=clock.today(),
            by=cast.supervisor,
        )
    new = notice(division_codes=[TOWNSHIP], roles=[], groups=True)
    sent = await campaigns.send_notice(id=ids.uuid7(), new=new, by=cast.supervisor)
    await work()
    rows = await fetch("SELECT id, detail_zh, headcount FROM tasks_task ORDER BY headcount")
    assert [row["headcount"] for row in rows] == [120, 180]
    assert WORDS["text_zh"] in rows[0]["detail_zh"]

    await tasks.complete_task(task_id=rows[1]["id"], by=cast.cadre)
    progress = await campaigns.campaign_progress(notice_id=sent.record.id, by=cast.supervisor)
    assert {each.state: (each.groups, each.people) for each in progress.groups} == {"open": (1, 120), "done": (1, 180)}


async def test_a_place_is_reached_by_one_call_where_topics_are_kept(cast, ways, phone, work, noon):
    await phone(cast.cadre, "token-1")
    await phone(cast.stranger, "token-2")
    await work()
    await campaigns.send_notice(id=ids.uuid7(), new=notice(by_topic=True), by=cast.supervisor)
    await work()

    (message,) = ways.app.sent
    assert (message.kind, message.address) == (AddressKind.FCM_TOPIC, "d-371526-cadre")
    assert ways.app.topics[message.address] == {"token-1"}
    assert len((await inbox.list_notices(by=cast.cadre)).items) == 1


async def test_a_stranger_sees_no_campaign(cast, ways):
    sent = await campaigns.send_notice(id=ids.uuid7(), new=notice(), by=cast.supervisor)
    for by in (cast.stranger, cast.cadre):
        with pytest.raises(Unknown):
            await campaigns.campaign_progress(notice_id=sent.record.id, by=by)
        assert (await campaigns.list_campaigns(by=by)).items == []
    assert [each.notice.id for each in (await campaigns.list_campaigns(by=cast.auditor)).items] == [sent.record.id]


async def test_the_cap_holds_for_campaigns_too(cast, ways, phone, work, noon):
    await phone(cast.cadre, "token-1")
    for _ in range(4):
        await campaigns.send_notice(id=ids.uuid7(), new=notice(), by=cast.supervisor)
    await work()
    assert len(ways.app.sent) == 3
    row = await fetch_row("SELECT next_at FROM push_delivery WHERE state = 'scheduled'")
    assert clock.local(row["next_at"]).strftime("%d %H:%M") == "24 07:00"


async def test_an_emergency_overtakes_a_campaign(cast, ways, phone, citizens, work, noon):
    from backend.push import actions as push

    await citizens(20, VILLAGE)
    ways.sms.capabilities = Outside("sms", batch_size=1).capabilities
    await phone(cast.cadre, "13900000001", AddressKind.SMS)
    sent = await campaigns.send_notice(id=ids.uuid7(), new=notice(citizens=True, roles=[]), by=cast.supervisor)
    from backend.push.planning import plan

    await plan(sent.record.id)
    for _ in range(3):
        await dispatch.step(sent.record.id, ways.sms, urgent=False, policy=dispatch.push_policy(clock.today()))
    await push.notify(to=cast.cadre.person_id, text=push.Text(zh="火"), category=Category.EMERGENCY, dedupe_key="fire")
    await dispatch.run(Turn(dispatch.EMERGENCY_QUEUE), urgent=True)
    assert ways.sms.sent[3].address == "13900000001"
