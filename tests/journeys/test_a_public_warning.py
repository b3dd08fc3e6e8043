"""The police see a fraud coming; by evening everybody who should know does, and the desk knows who does not."""

from datetime import timedelta
from uuid import uuid4

import msgspec
from lxml import etree

from backend.alerts.schemas import AlertAudience, NewAlertArea
from backend.alerts.words import AlertColour, AlertSeverity
from backend.core import clock, ids
from backend.core.database import fetch_row
from backend.people.tables import Role
from backend.push import actions as notices
from backend.push import addresses, groups
from backend.push.provider import AddressKind
from backend.push.states import GroupKind
from backend.tasks import actions as tasks
from tests.alerts import conftest as alerts
from tests.alerts.warnings import new_alert
from tests.cast import COUNTY, VILLAGE
from tests.push import conftest as push

police, wire, schema = alerts.police, alerts.wire, alerts.schema
ways, phone, work, noon = push.ways, push.phone, push.work, push.noon

ALERTS = "/api/v1/alerts"
TITLE = "{http://www.w3.org/2005/Atom}title"
LINK = "{http://www.w3.org/2005/Atom}link"


async def a_group(cast):
    await groups.open_group(
        id=ids.uuid7(),
        name="琉璃庙一群",
        kind=GroupKind.WECHAT,
        division_code=VILLAGE,
        owner_id=cast.cadre.person_id,
        headcount=113,
        headcount_as_of=clock.today(),
        by=cast.supervisor,
    )


async def a_citizen(number, interests):
    await addresses.register_citizen_address(
        id=uuid4(),
        citizen_id=uuid4(),
        kind=AddressKind.SMS,
        value=number,
        opted_in_text="v1",
        division_code=VILLAGE,
        interests=interests,
    )


async def feed(wire):
    return etree.fromstring((await wire.get("/feeds/cap.atom")).content)


async def test_a_warning_from_the_police_desk_to_the_doors_that_are_left(
    cast, police, wire, as_, ways, phone, work, noon, schema
):
    desk, supervisor, cadre = await as_(police), await as_(cast.supervisor), await as_(cast.cadre)
    await phone(cast.cadre, "token-cadre")
    await a_group(cast)
    await a_citizen("13900000001", ["fraud.farm_supplies_and_subsidies"])
    await a_citizen("13900000002", ["crop.maize"])
    audience = AlertAudience(
        roles=[Role.CADRE, Role.ASSISTANT],
        citizens=True,
        groups=True,
        interests=["fraud.farm_supplies_and_subsidies"],
        described="种粮农户",
    )
    written = new_alert(
        areas=[NewAlertArea(division_codes=[COUNTY])],
        audience=audience,
        colour=AlertColour.ORANGE,
        severity=AlertSeverity.SEVERE,
    )

    made = (await wire.post(ALERTS, json=msgspec.to_builtins(written), headers=desk)).json()
    await work()
    assert (ways.app.sent, ways.sms.sent) == ([], [])
    assert (await feed(wire)).findall(f".//{TITLE}")[1:] == []

    told = (await wire.post(f"{ALERTS}/{made['id']}/approval", json={}, headers=supervisor)).json()
    await work()
    assert [message.address for message in ways.app.sent] == ["token-cadre"]
    assert [message.address for message in ways.sms.sent] == ["13900000001"], "who asked to hear of it, nobody else"
    assert "http" not in ways.sms.sent[0].body
    entry = (await feed(wire)).find(f".//{LINK}[@rel='alternate']")
    document = await wire.get(entry.get("href"))
    assert schema.validate(etree.fromstring(document.content)), schema.error_log

    await phone_acknowledges(cast, told)
    await the_owner_posts_it(cast, told)
    reach = (await wire.get(f"{ALERTS}/{told['id']}/reach", headers=supervisor)).json()
    assert (reach["total"]["acknowledged"], reach["total"]["posted"], reach["total"]["posted_people"]) == (1, 1, 113)
    left = {name for place in reach["unreached"]["places"] for name in place["staff"]}
    assert left == {cast.next_cadre.name, cast.assistant.name}

    over = {"description": "骗子已经抓到了。", "instruction": "接到同样的电话，仍请打 96110。"}
    ending = (await wire.post(f"{ALERTS}/{told['id']}/cancellation", json=over, headers=desk)).json()
    await wire.post(f"{ALERTS}/{ending['id']}/approval", json={}, headers=supervisor)
    await work()
    assert [message.address for message in ways.sms.sent] == ["13900000001"] * 2
    assert "骗子已经抓到了" in ways.sms.sent[1].body
    titles = [each.text for each in (await feed(wire)).findall(f".//{TITLE}")]
    assert titles == ["公共预警", "解除：有人冒充补贴办打电话要验证码"]
    found = (await wire.get(ALERTS, params={"in_force": "true"}, headers=cadre)).json()
    assert found["items"] == []
    with clock.stopped(clock.now() + timedelta(days=8)):
        assert len((await feed(wire)).findall(f".//{TITLE}")) == 1
    assert (await wire.get(entry.get("href"))).content == document.content, "it never changes"


async def phone_acknowledges(cast, told):
    await notices.acknowledge_notice(notice_id=told["notice_id"], by=cast.cadre)


async def the_owner_posts_it(cast, told):
    task = await fetch_row("SELECT id, detail_zh FROM tasks_task WHERE origin_id = $1", told["notice_id"])
    assert told["headline"] in task["detail_zh"]
    await tasks.complete_task(task_id=task["id"], by=cast.cadre)
