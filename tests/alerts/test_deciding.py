"""A warning is seen by two people, goes out whole or not at all, and is never changed afterwards."""

import asyncio
import hashlib
from datetime import timedelta

import pytest
from lxml import etree

from backend.alerts import cap_xml, deciding, drafting, lists
from backend.alerts.identifiers import is_identifier
from backend.alerts.refusals import (
    AlertDecided,
    AlertUnknown,
    AlertWrong,
    OutsideTerritory,
    SecondPersonNeeded,
)
from backend.alerts.schemas import AlertAudience, NewAlertArea
from backend.alerts.words import AlertColour, AlertSeverity, AlertState, AlertStatus, AlertUrgency
from backend.core import clock, ids
from backend.core.database import fetch, fetch_row
from backend.core.refusals import DifferentArguments, Forbidden
from backend.people.tables import Role
from backend.push import groups, inbox
from backend.push.refusals import NobodyAsked, PayloadTooLarge
from backend.push.states import GroupKind
from tests.alerts.warnings import new_alert
from tests.cast import COUNTY, OTHER_COUNTY, TOWNSHIP, VILLAGE
from tests.push.conftest import later

RED = {"colour": AlertColour.RED, "severity": AlertSeverity.EXTREME, "urgency": AlertUrgency.IMMEDIATE}


async def test_a_draft_reaches_nobody_until_a_second_person_approves_it(cast, draft, ways, phone, work, noon):
    await phone(cast.cadre, "token-1")
    made = await draft()
    await work()
    assert (made.state, made.identifier, ways.app.sent) == (AlertState.DRAFT, None, [])

    told = await deciding.approve_alert(alert_id=made.id, note="属实", by=cast.supervisor)
    await work()

    assert (told.state, told.in_force, told.decided_by.id) == ("published", True, cast.supervisor.person_id)
    assert is_identifier(told.identifier)
    assert told.identifier.startswith("37152631200000_20261123120000_")
    assert told.sender_name == "高唐县公安局"
    (message,) = ways.app.sent
    assert (message.address, message.title) == ("token-1", "黄色预警：冒充惠农补贴诈骗")
    assert message.body.splitlines() == [
        told.headline,
        told.description,
        told.instruction,
        "电话里可以这样说：" + told.say_on_phone,
    ]


async def test_the_xml_is_frozen_valid_and_says_what_was_written(cast, published, schema, noon):
    told = await published()
    row = await fetch_row("SELECT xml, sha256 FROM alerts_alert WHERE id = $1", told.id)

    assert schema.validate(etree.fromstring(row["xml"])), schema.error_log
    assert hashlib.sha256(row["xml"]).digest() == row["sha256"] == bytes.fromhex(told.sha256)
    message = cap_xml.read(row["xml"])
    assert (message.identifier, message.sent, message.headline) == (told.identifier, told.sent_at, told.headline)
    assert (message.areas[0].description, message.areas[0].geocodes) == ("梁村镇", ("371526101",))
    assert (message.audience, message.sender) == ("种粮农户", "37152631200000")


async def test_nobody_approves_or_refuses_what_he_wrote_himself(cast, draft, noon):
    made = await draft(by=cast.supervisor)

    with pytest.raises(SecondPersonNeeded):
        await deciding.approve_alert(alert_id=made.id, by=cast.supervisor)
    with pytest.raises(SecondPersonNeeded):
        await deciding.refuse_alert(alert_id=made.id, note="不发", by=cast.supervisor)
    assert (await deciding.approve_alert(alert_id=made.id, by=cast.admin)).state == "published"


async def test_only_who_answers_for_all_its_places_approves_it(
    cast, draft, police, township_supervisor, elsewhere, noon
):
    made = await draft(areas=[NewAlertArea(division_codes=[COUNTY])])

    for by, refusal in (
        (cast.cadre, AlertUnknown),
        (elsewhere, AlertUnknown),
        (cast.auditor, Forbidden),
        (police, Forbidden),
        (township_supervisor, OutsideTerritory),
    ):
        with pytest.raises(refusal):
            await deciding.approve_alert(alert_id=made.id, by=by)
    assert (await lists.get_alert(alert_id=made.id, by=cast.admin)).state == "draft"


async def test_desks_and_the_police_write_warnings_for_their_own_territory(cast, draft, police, elsewhere, noon):
    assert (await draft(by=police)).drafted_by.name == "丁警官"
    for by, refusal in ((cast.cadre, Forbidden), (cast.handler, Forbidden), (cast.auditor, Forbidden)):
        with pytest.raises(refusal):
            await draft(by=by)
    with pytest.raises(OutsideTerritory):
        await draft(by=elsewhere)
    with pytest.raises(OutsideTerritory):
        await draft(areas=[NewAlertArea(division_codes=[COUNTY]), NewAlertArea(division_codes=[OTHER_COUNTY])])


async def test_the_same_approval_twice_is_once_and_another_one_comes_too_late(cast, published, ways, phone, work, noon):
    await phone(cast.cadre, "token-1")
    told = await published()
    again = await deciding.approve_alert(alert_id=told.id, by=cast.supervisor)
    await work()

    assert again == told
    assert len(ways.app.sent) == 1
    for refused in (
        deciding.approve_alert(alert_id=told.id, by=cast.admin),
        deciding.refuse_alert(alert_id=told.id, note="不发", by=cast.admin),
        drafting.drop_alert(alert_id=told.id, by=cast.operator),
    ):
        with pytest.raises(AlertDecided):
            await refused


async def test_two_who_approve_at_once_publish_it_once(cast, draft, ways, noon):
    made = await draft()
    both = [deciding.approve_alert(alert_id=made.id, by=by) for by in (cast.supervisor, cast.admin)]
    answers = await asyncio.gather(*both, return_exceptions=True)

    assert sorted(type(each).__name__ for each in answers) == ["AlertDecided", "AlertRecord"]
    assert len(await fetch("SELECT 1 FROM push_notice WHERE campaign_state IS NOT NULL")) == 1


async def test_several_published_at_once_have_different_identifiers(cast, draft, noon):
    made = [await draft() for _ in range(5)]
    told = await asyncio.gather(*(deciding.approve_alert(alert_id=each.id, by=cast.supervisor) for each in made))
    assert sorted(each.identifier[-1] for each in told) == list("01234")


async def test_eleven_of_one_second_have_eleven_identifiers_and_the_last_waits_a_second(cast, published, noon):
    told = [await published() for _ in range(11)]

    assert len({each.identifier for each in told}) == 11
    assert [each.identifier[-1] for each in told[:10]] == list("0123456789")
    assert told[10].sent_at - told[9].sent_at == timedelta(seconds=1)


async def test_a_refused_one_stays_so_and_its_writer_is_told_why(cast, draft, noon):
    made = await draft()
    for _ in range(2):
        refused = await deciding.refuse_alert(alert_id=made.id, note="没有核实", by=cast.supervisor)

    assert (refused.state, refused.decision_note, refused.in_force) == ("refused", "没有核实", False)
    (news,) = (await inbox.list_notices(by=cast.operator)).items
    assert news.text == "您写的预警“冒充惠农补贴诈骗”没有同意发布：没有核实"
    with pytest.raises(AlertDecided):
        await deciding.approve_alert(alert_id=made.id, by=cast.supervisor)


async def test_a_writer_takes_his_own_draft_back_and_nobody_elses(cast, draft, noon):
    made = await draft()
    with pytest.raises(AlertUnknown):
        await drafting.drop_alert(alert_id=made.id, by=cast.supervisor)
    for _ in range(2):
        assert (await drafting.drop_alert(alert_id=made.id, by=cast.operator)).state == "dropped"
    with pytest.raises(AlertDecided):
        await deciding.approve_alert(alert_id=made.id, by=cast.supervisor)


async def test_who_may_approve_is_told_that_a_draft_waits_and_no_more_once_it_is_decided(
    cast, draft, ways, phone, work, noon
):
    await phone(cast.supervisor, "token-s")
    made = await draft(**RED)
    await work()
    asked = [notice.text for notice in (await inbox.list_notices(by=cast.supervisor)).items]
    assert asked == ["有一条预警等您审核：冒充惠农补贴诈骗"]
    assert (await inbox.list_notices(by=cast.operator)).items == []
    await deciding.approve_alert(alert_id=made.id, by=cast.admin)
    rung = len(ways.app.sent)
    with later(minutes=2):
        await work(late=True)
    assert len([each for each in ways.app.sent if each.address == "token-s"]) == rung == 1


async def test_the_same_draft_twice_is_one_even_after_it_ran_out_and_another_one_is_refused(cast, ways, noon):
    id, new = ids.uuid7(), new_alert()
    first = await drafting.raise_alert(id=id, new=new, by=cast.operator)
    with later(days=8):
        again = await drafting.raise_alert(id=id, new=new, by=cast.operator)
    assert (first.created, again.created) == (True, False)
    with pytest.raises(DifferentArguments):
        await drafting.raise_alert(id=id, new=new_alert(headline="别的"), by=cast.operator)


async def test_every_mistake_is_told_at_once_with_its_place(cast, draft, noon):
    crossed = [(116.0, 36.0), (117.0, 37.0), (117.0, 36.0), (116.0, 37.0), (116.0, 36.0)]
    with pytest.raises(AlertWrong) as refused:
        await draft(
            colour=AlertColour.RED,
            description="点 www.butie.top 领取",
            expires=clock.now(),
            areas=[NewAlertArea(division_codes=[TOWNSHIP], polygon=crossed)],
        )
    assert {each.pointer: each.code for each in refused.value.errors} == {
        "/colour": "colour_contradicts_severity",
        "/description": "link_in_fraud_text",
        "/expires": "expires_before_it_begins",
        "/areas/0/polygon": "polygon_crosses_itself",
    }
    assert await fetch("SELECT 1 FROM alerts_alert") == []


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"audience": AlertAudience()}, NobodyAsked),
        ({"restriction": "村警务助理", "audience": AlertAudience(roles=[Role.ASSISTANT], groups=True)}, AlertWrong),
        ({"restriction": "村警务助理", "audience": AlertAudience(citizens=True)}, AlertWrong),
        ({"instruction": "长" * 4000}, PayloadTooLarge),
    ],
)
async def test_what_push_could_not_send_is_refused_while_it_is_written(cast, draft, noon, changed, refusal):
    with pytest.raises(refusal):
        await draft(**changed)


async def test_what_time_has_passed_by_is_not_approved(cast, draft, noon):
    made = await draft(expires=clock.now() + timedelta(hours=1))
    with later(hours=1), pytest.raises(AlertWrong) as refused:
        await deciding.approve_alert(alert_id=made.id, by=cast.supervisor)
    assert [each.pointer for each in refused.value.errors] == ["/expires"]
    assert await fetch("SELECT 1 FROM push_notice WHERE campaign_state IS NOT NULL") == []


@pytest.mark.parametrize(
    ("changed", "category"),
    [
        (RED, "emergency"),
        (RED | {"urgency": AlertUrgency.EXPECTED}, "service"),
        ({"colour": AlertColour.YELLOW, "urgency": AlertUrgency.IMMEDIATE}, "service"),
        (RED | {"status": AlertStatus.TEST}, "service"),
        (RED | {"status": AlertStatus.EXERCISE}, "emergency"),
        (RED | {"status": AlertStatus.EXERCISE, "audience": AlertAudience(citizens=True)}, "service"),
    ],
)
async def test_only_what_is_grave_at_once_and_meant_rings_people_at_night(cast, published, noon, changed, category):
    told = await published(**changed)
    row = await fetch_row("SELECT category, exercise FROM push_notice WHERE id = $1", told.notice_id)
    assert (row["category"], row["exercise"]) == (category, changed.get("status") is not None)


async def test_an_exercise_says_so_in_every_text_that_travels(cast, published, ways, phone, work, noon):
    await phone(cast.cadre, "token-1")
    await groups.open_group(
        id=ids.uuid7(),
        name="梁村一群",
        kind=GroupKind.WECHAT,
        division_code=VILLAGE,
        owner_id=cast.cadre.person_id,
        headcount=180,
        headcount_as_of=clock.today(),
        by=cast.supervisor,
    )
    audience = AlertAudience(roles=[Role.CADRE], groups=True)
    told = await published(status=AlertStatus.EXERCISE, audience=audience)
    await work()

    (task,) = await fetch("SELECT detail_zh FROM tasks_task")
    row = await fetch_row("SELECT xml, text_zh, voice_zh FROM alerts_alert a, push_notice n WHERE n.id = a.notice_id")
    assert told.headline == "【演练】有人冒充补贴办打电话要验证码"
    assert "演练" in ways.app.sent[0].title
    for text in (ways.app.sent[0].body, task["detail_zh"], row["text_zh"], row["voice_zh"], row["xml"].decode()):
        assert told.headline in text


async def test_a_text_for_the_ear_has_pauses_and_spells_telephone_numbers(cast, published, noon):
    told = await published()
    row = await fetch_row("SELECT voice_zh, no_links FROM push_notice WHERE id = $1", told.notice_id)
    assert "先打 九六一一零 问一问。电话里可以这样说" in row["voice_zh"]
    assert row["no_links"] is True


async def test_a_long_description_stays_in_the_feed_and_leaves_a_short_text_for_phones(
    cast, published, ways, phone, work, noon
):
    await phone(cast.cadre, "token-1")
    told = await published(description="很长的说明。" * 300)
    await work()
    assert told.description.startswith("很长的说明")
    assert ways.app.sent[0].body.splitlines()[:2] == [told.headline, told.instruction]


async def test_lists_show_drafts_to_desks_and_published_ones_where_one_serves(
    cast, draft, published, police, elsewhere, noon
):
    waiting = await draft()
    with later(minutes=1):
        told = await published()
    with later(minutes=2):
        circle = await published(restriction="村警务助理", audience=AlertAudience(roles=[Role.ASSISTANT]))

    async def seen(by, **asked):
        return [each.id for each in (await lists.list_alerts(by=by, **asked)).items]

    for desk in (cast.supervisor, cast.auditor, cast.operator, police):
        assert await seen(desk) == [circle.id, told.id, waiting.id]
    assert await seen(cast.supervisor, state=AlertState.DRAFT) == [waiting.id]
    assert await seen(cast.supervisor, in_force=True) == [circle.id, told.id]
    assert await seen(cast.supervisor, in_force=False) == [waiting.id]
    assert await seen(cast.cadre) == [told.id]
    assert await seen(cast.assistant) == [circle.id, told.id]
    assert await seen(cast.handler) == [told.id]
    for stranger in (cast.stranger, elsewhere):
        assert await seen(stranger) == []
        with pytest.raises(AlertUnknown):
            await lists.get_alert(alert_id=told.id, by=stranger)
    with later(days=8):
        assert await seen(cast.supervisor, in_force=True) == []


async def test_a_list_is_paged_without_gaps(cast, draft, noon):
    made = {(await draft()).id for _ in range(5)}
    seen, cursor = [], None
    while True:
        found = await lists.list_alerts(by=cast.supervisor, limit=2, cursor=cursor)
        seen += [each.id for each in found.items]
        if (cursor := found.next_cursor) is None:
            break
    assert (len(seen), set(seen)) == (5, made)


@pytest.mark.parametrize("status", AlertStatus)
async def test_words_as_long_as_they_may_be_go_out_whole(cast, published, noon, schema, status):
    told = await published(status=status, headline="长" * 150, description="\U00020000<&>\t" * 800, event="诈" * 35)
    row = await fetch_row("SELECT xml FROM alerts_alert WHERE id = $1", told.id)
    assert schema.validate(etree.fromstring(row["xml"])), schema.error_log
    assert cap_xml.read(row["xml"]).description == told.description == "\U00020000<&>\t" * 800


async def test_an_invisible_character_is_refused_while_it_is_written(cast, draft, noon):
    with pytest.raises(AlertWrong) as refused:
        await draft(headline="骗子\x0b来了")
    assert [(each.pointer, each.code) for each in refused.value.errors] == [("/headline", "letter_wrong")]
