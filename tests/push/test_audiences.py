"""Before a notice is sent: for how many it is. Afterwards: whom it did not reach, and who should knock there."""

import pytest

from backend.core import clock, ids
from backend.core.database import fetch
from backend.core.refusals import Forbidden, Unknown
from backend.people.tables import Role
from backend.push import campaigns, groups
from backend.push.audiences import count_audience
from backend.push.planning import plan
from backend.push.provider import AddressKind
from backend.push.refusals import OtherTerritory
from backend.push.states import GroupKind
from backend.push.unreached import list_unreached
from tests.cast import COUNTY, OTHER_COUNTY, TOWNSHIP, VILLAGE
from tests.push.test_campaigns import citizens, notice  # noqa: F401 - a fixture


async def _group(cast, people):
    await groups.open_group(
        id=ids.uuid7(), name="兴隆群", kind=GroupKind.WECHAT, division_code=VILLAGE, owner_id=cast.cadre.person_id,
        headcount=people, headcount_as_of=clock.today(), by=cast.supervisor,
    )  # fmt: skip


async def test_the_count_before_is_what_planning_writes_after(cast, ways, phone, citizens, noon):  # noqa: F811
    await phone(cast.cadre, "token-1")
    await phone(cast.cadre, "13900000001", AddressKind.SMS)
    await citizens(3, VILLAGE, ["crop.garlic"])
    await citizens(1, "370782101255")
    await _group(cast, 180)
    await _group(cast, 120)
    for new in (
        notice(citizens=True, groups=True),
        notice(division_codes=[TOWNSHIP, VILLAGE], roles=list(Role), citizens=True),
        notice(roles=[], citizens=True, interests=["crop.maize"]),
    ):
        counted = await count_audience(new=new, by=cast.supervisor)
        sent = await campaigns.send_notice(id=ids.uuid7(), new=new, by=cast.supervisor)
        await plan(sent.record.id)
        progress = await campaigns.campaign_progress(notice_id=sent.record.id, by=cast.supervisor)

        assert counted.staff + counted.citizens == progress.recipients
        assert counted.inbox_only == progress.unreachable
        assert (counted.groups, counted.group_people) == ((2, 300) if new.groups else (0, 0))


async def test_only_who_may_send_may_count(cast, ways):
    with pytest.raises(Forbidden):
        await count_audience(new=notice(), by=cast.cadre)
    with pytest.raises(OtherTerritory):
        await count_audience(new=notice(division_codes=[OTHER_COUNTY]), by=cast.supervisor)


async def test_a_way_that_nobody_serves_reaches_nobody(cast, ways, phone, monkeypatch):
    await phone(cast.cadre, "token-1")
    monkeypatch.setattr("backend.push.outlets.in_use", lambda: [ways.sms])

    assert (await count_audience(new=notice(), by=cast.supervisor)).inbox_only == 2


async def test_who_is_not_reached_is_told_by_village_with_who_should_knock(cast, ways, citizens, noon):  # noqa: F811
    await citizens(2, VILLAGE)
    new = notice(division_codes=[COUNTY], roles=[Role.CADRE, Role.SUPERVISOR], citizens=True)
    sent = await campaigns.send_notice(id=ids.uuid7(), new=new, by=cast.supervisor)
    await plan(sent.record.id)
    await _nobody_reached(cast.household)
    found = await list_unreached(notice_id=sent.record.id, by=cast.auditor)

    village = found.places[0]
    assert (found.people, found.place_count) == (5, 3)
    assert (village.division_code, village.people, village.strangers) == (VILLAGE, 3, 1)
    assert [(door.household_code, door.served_by) for door in village.doors] == [("LLM-001", "李秀兰")]
    assert (village.staff, village.cadres) == (["李秀兰"], ["李秀兰"])
    assert [each.staff for each in found.places[1:]] == [["王建国"], ["周敏"]]
    for stranger in (cast.cadre, cast.stranger):
        with pytest.raises(Unknown):
            await list_unreached(notice_id=sent.record.id, by=stranger)


async def _nobody_reached(household) -> None:
    """Neither citizen was; one of them is this household."""
    one, _ = await fetch("SELECT id FROM push_recipient WHERE subject_kind = 'citizen'")
    await fetch("UPDATE push_recipient SET reached = 'unreachable' WHERE subject_kind = 'citizen'")
    await fetch(
        "UPDATE push_recipient SET subject = $1, subject_kind = 'household' WHERE id = $2", household, one["id"]
    )
