"""Who saw a warning: people by their phones' and their own word, groups by their owners', the rest by their doors."""

import pytest

from backend.alerts.reach import get_alert_reach
from backend.alerts.refusals import AlertUnknown, NotSent
from backend.alerts.schemas import AlertAudience, NewAlertArea
from backend.core import clock, ids
from backend.core.database import fetch
from backend.core.refusals import Forbidden
from backend.people.tables import Role
from backend.push import actions as push
from backend.push import groups, inbox
from backend.push.states import GroupKind
from backend.tasks import actions as tasks
from tests.cast import COUNTY, TOWNSHIP, VILLAGE

EVERYBODY = AlertAudience(roles=[Role.CADRE, Role.ASSISTANT, Role.OPERATOR], groups=True)


@pytest.fixture
async def sent(cast, ways, phone, work, published, noon):
    """To four people and two groups of one township, all of it handed over; the phones of two are known."""
    await phone(cast.cadre, "token-1")
    await phone(cast.next_cadre, "token-2")
    for name, people in (("一群", 180), ("二群", 120)):
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
    told = await published(areas=[NewAlertArea(division_codes=[COUNTY])], audience=EVERYBODY)
    await work()
    return told


def counts(reach):
    return {
        (each.division_code, each.division_name): (each.counts.recipients, each.counts.reached, each.counts.groups)
        for each in reach.divisions
    }


async def test_it_tells_by_township_whom_it_reached_and_in_which_groups_it_was_posted(cast, sent):
    rows = await fetch("SELECT id FROM tasks_task WHERE origin_id = $1 ORDER BY headcount", sent.notice_id)
    await tasks.complete_task(task_id=rows[1]["id"], by=cast.cadre)
    await inbox.mark_seen(notice_ids=[sent.notice_id], by=cast.cadre)
    await push.acknowledge_notice(notice_id=sent.notice_id, by=cast.next_cadre)
    reach = await get_alert_reach(alert_id=sent.id, by=cast.supervisor)

    assert counts(reach) == {(COUNTY, "高唐县"): (1, 0, 0), (TOWNSHIP, "梁村镇"): (3, 2, 2)}
    total = reach.total
    assert (total.recipients, total.reached, total.acknowledged, total.unreachable) == (4, 2, 1, 2)
    assert (total.groups, total.group_people, total.posted, total.posted_people) == (2, 300, 1, 180)


async def test_below_a_township_it_tells_by_village(cast, sent):
    reach = await get_alert_reach(alert_id=sent.id, division_code=TOWNSHIP, by=cast.supervisor)

    assert [each.division_code for each in reach.divisions] == [TOWNSHIP, VILLAGE]
    assert (reach.total.recipients, reach.total.groups) == (3, 2)


async def test_it_names_who_was_not_reached_and_who_should_go_there(cast, sent):
    reach = await get_alert_reach(alert_id=sent.id, by=cast.supervisor)

    assert reach.unreached.people == reach.total.unreachable == 2
    assert {name for place in reach.unreached.places for name in place.staff} == {
        cast.assistant.name,
        cast.operator.name,
    }
    township = next(place for place in reach.unreached.places if place.division_code == TOWNSHIP)
    assert township.cadres == sorted([cast.next_cadre.name, cast.assistant.name])


async def test_desks_read_it_and_nobody_else_and_a_draft_has_none(cast, sent, draft, police, township_supervisor):
    for by in (cast.operator, cast.auditor, cast.admin):
        assert (await get_alert_reach(alert_id=sent.id, by=by)).total.recipients == 4
    for by, refusal in ((cast.cadre, Forbidden), (police, Forbidden), (cast.stranger, AlertUnknown)):
        with pytest.raises(refusal):
            await get_alert_reach(alert_id=sent.id, by=by)
    waiting = await draft()
    with pytest.raises(NotSent):
        await get_alert_reach(alert_id=waiting.id, by=cast.supervisor)
