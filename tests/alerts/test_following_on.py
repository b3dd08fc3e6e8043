"""Updates and cancellations: messages of their own that end what they speak of, for all who were told of it."""

from datetime import timedelta

import pytest
from lxml import etree

from backend.alerts import cap_xml, deciding, following_on, lists
from backend.alerts.refusals import AlertOver, AlertUnknown, OutsideTerritory, SecondPersonNeeded
from backend.alerts.schemas import AlertAudience, AlertCancellation, AlertChanges, NewAlertArea
from backend.alerts.words import AlertColour, AlertSeverity, AlertStatus
from backend.core import clock, ids
from backend.core.database import fetch, fetch_row
from backend.core.refusals import DifferentArguments, Forbidden
from backend.people.tables import Role
from backend.push import groups
from backend.push.states import GroupKind
from tests.cast import NEXT_VILLAGE, TOWNSHIP, VILLAGE
from tests.push.conftest import later


@pytest.fixture
def update(cast):
    async def drafted(alert, *, by=cast.operator, id=None, **changed):
        given = {"id": id or ids.uuid7(), "alert_id": alert.id, "changes": AlertChanges(**changed), "by": by}
        return (await following_on.update_alert(**given)).record

    return drafted


@pytest.fixture
def cancel(cast):
    async def drafted(alert, *, by=cast.operator, id=None, **said):
        given = {"id": id or ids.uuid7(), "alert_id": alert.id, "by": by}
        cancellation = AlertCancellation(**({"description": "骗子已经抓到了。"} | said))
        return (await following_on.cancel_alert(**given, cancellation=cancellation)).record

    return drafted


async def xml_of(alert):
    return (await fetch_row("SELECT xml FROM alerts_alert WHERE id = $1", alert.id))["xml"]


async def test_an_update_says_what_changed_refers_to_the_first_and_ends_it(cast, published, update, schema, noon):
    first = await published()
    before = await xml_of(first)
    with later(hours=1):
        new = await update(
            first, instruction="先挂电话，再打 96110。", colour=AlertColour.ORANGE, severity=AlertSeverity.SEVERE
        )
        assert (await lists.get_alert(alert_id=first.id, by=cast.cadre)).in_force
        told = await deciding.approve_alert(alert_id=new.id, by=cast.supervisor)
        old = await lists.get_alert(alert_id=first.id, by=cast.cadre)

    assert (told.type, told.headline, told.instruction) == ("Update", first.headline, "先挂电话，再打 96110。")
    assert (told.refers_to_id, told.in_force, old.ended_by_id, old.in_force) == (first.id, True, told.id, False)
    assert await xml_of(first) == before
    document = etree.fromstring(await xml_of(told))
    assert schema.validate(document), schema.error_log
    assert document.findtext(f"{{{cap_xml.NAMESPACE}}}references") == (
        f"37152631200000,{first.identifier},{clock.local(first.sent_at).isoformat()}"
    )


async def test_a_second_update_refers_to_both_before_it(cast, published, update, noon):
    first = await published()
    second = await deciding.approve_alert(alert_id=(await update(first)).id, by=cast.supervisor)
    with later(seconds=1):
        third = await deciding.approve_alert(alert_id=(await update(second)).id, by=cast.supervisor)
    message = cap_xml.read(await xml_of(third))
    assert [each.identifier for each in message.references] == [first.identifier, second.identifier]


async def test_a_cancellation_tells_the_same_people_that_it_is_over_and_why(
    cast, published, cancel, ways, phone, work, noon, schema
):
    await phone(cast.cadre, "token-1")
    first = await published()
    await work()
    told = await deciding.approve_alert(alert_id=(await cancel(first)).id, by=cast.supervisor)
    await work()

    assert (told.type, told.in_force, told.urgency) == ("Cancel", False, "Past")
    assert [message.title for message in ways.app.sent] == ["黄色预警：冒充惠农补贴诈骗", "预警解除：冒充惠农补贴诈骗"]
    assert ways.app.sent[1].body.splitlines() == [
        f"解除：{first.headline}",
        "骗子已经抓到了。",
        "不用再按那条预警去做了。",
    ]
    assert schema.validate(etree.fromstring(await xml_of(told))), schema.error_log
    assert not (await lists.get_alert(alert_id=first.id, by=cast.cadre)).in_force


async def test_what_had_not_gone_out_of_a_cancelled_warning_stays_and_nobody_is_asked_to_post_it_any_more(
    cast, published, cancel, ways, phone, work
):
    night = clock.local(clock.now()).replace(hour=23, minute=0) + timedelta(days=1)
    with clock.stopped(night):
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
        first = await published(audience=AlertAudience(roles=[Role.CADRE], groups=True))
        await work()
        told = await deciding.approve_alert(alert_id=(await cancel(first)).id, by=cast.supervisor)
        await work()
        rows = await fetch("SELECT origin_id, state FROM tasks_task")
        assert {row["origin_id"]: row["state"] for row in rows} == {
            first.notice_id: "withdrawn",
            told.notice_id: "open",
        }
        states = await fetch("SELECT notice, state FROM push_delivery")
        assert {row["notice"]: row["state"] for row in states} == {
            first.notice_id: "denied",
            told.notice_id: "scheduled",
        }


async def test_an_update_is_approved_by_a_second_person_too(cast, published, update, cancel, noon):
    first = await published()
    new, over = await update(first, by=cast.supervisor), await cancel(first, by=cast.supervisor)
    for made in (new, over):
        with pytest.raises(SecondPersonNeeded):
            await deciding.approve_alert(alert_id=made.id, by=cast.supervisor)
    assert (await deciding.approve_alert(alert_id=over.id, by=cast.admin)).type == "Cancel"


async def test_of_two_that_speak_of_the_same_the_second_comes_too_late(cast, published, update, cancel, noon):
    first = await published()
    new, over = await update(first), await cancel(first)
    told = await deciding.approve_alert(alert_id=new.id, by=cast.supervisor)

    with pytest.raises(AlertOver) as refused:
        await deciding.approve_alert(alert_id=over.id, by=cast.supervisor)
    assert refused.value.facts["ended_by_id"] == told.id
    with pytest.raises(AlertOver):
        await update(first)
    assert (await lists.get_alert(alert_id=over.id, by=cast.operator)).state == "draft"


async def test_only_what_still_holds_is_updated_or_cancelled(cast, draft, published, update, cancel, noon):
    waiting, first = await draft(), await published()
    over = await deciding.approve_alert(alert_id=(await cancel(first)).id, by=cast.supervisor)
    for ended in (waiting, over):
        with pytest.raises(AlertOver):
            await update(ended)
    other = await published()
    with later(days=7), pytest.raises(AlertOver):
        await cancel(other)


async def test_a_place_that_an_update_no_longer_names_is_told_as_well(cast, published, update, noon):
    first = await published(areas=[NewAlertArea(division_codes=[VILLAGE, NEXT_VILLAGE])])
    new = await update(first, areas=[NewAlertArea(division_codes=[VILLAGE])])
    told = await deciding.approve_alert(alert_id=new.id, by=cast.supervisor)

    row = await fetch_row("SELECT audience ->> 'prefixes' AS prefixes FROM push_notice WHERE id = $1", told.notice_id)
    assert [area.geocodes for area in told.areas] == [(VILLAGE,)]
    assert VILLAGE in row["prefixes"]
    assert NEXT_VILLAGE in row["prefixes"]


async def test_who_may_not_write_warnings_writes_no_update_of_one(
    cast, published, update, cancel, elsewhere, township_supervisor, noon
):
    first = await published(areas=[NewAlertArea(division_codes=["371526000000"])])
    for by, refusal in (
        (cast.cadre, Forbidden),
        (cast.auditor, Forbidden),
        (elsewhere, AlertUnknown),
        (township_supervisor, OutsideTerritory),
    ):
        for write in (update, cancel):
            with pytest.raises(refusal):
                await write(first, by=by)


async def test_the_same_update_twice_is_one_and_another_one_under_its_id_is_refused(cast, published, update, noon):
    first, id = await published(), ids.uuid7()
    new = await update(first, id=id, note="时间改了")
    await deciding.approve_alert(alert_id=new.id, by=cast.supervisor)
    assert (await update(first, id=id, note="时间改了")).state == "published"
    with pytest.raises(DifferentArguments):
        await update(first, id=id, note="别的")
    assert (await lists.get_alert(alert_id=first.id, by=cast.operator)).ended_by_id == id


async def test_an_exercise_stays_one_in_what_follows(cast, published, update, cancel, noon):
    first = await published(status=AlertStatus.EXERCISE, areas=[NewAlertArea(division_codes=[TOWNSHIP])])
    new, over = await update(first, headline="演练改到下午"), await cancel(first)
    assert (new.status, new.headline) == ("Exercise", "【演练】演练改到下午")
    assert (over.status, over.headline) == ("Exercise", "【演练】解除：【演练】有人冒充补贴办打电话要验证码")
