"""Who saw a warning: people by their phones' and their own word, groups by their owners', the rest by their doors."""

from datetime import timedelta

import pytest

import backend.push.retention_rules  # noqa: F401 - registers them
from backend.alerts import reach_queries as queries
from backend.alerts.reach import get_alert_reach
from backend.alerts.reach_keeping import keep_reaches
from backend.alerts.refusals import AlertUnknown, NotSent, OutsideTerritory, ReachForgotten
from backend.alerts.schemas import AlertAudience, NewAlertArea
from backend.core import clock, ids
from backend.core.database import fetch
from backend.core.refusals import Forbidden
from backend.people import actions as people
from backend.people import retention, sessions
from backend.people.tables import Role
from backend.push import actions as push
from backend.push import groups, inbox
from backend.push.states import GroupKind
from backend.tasks import actions as tasks
from tests.cast import COUNTY, OTHER_VILLAGE, SINCE, TOWNSHIP, VILLAGE

EVERYBODY = AlertAudience(roles=[Role.CADRE, Role.ASSISTANT, Role.OPERATOR], groups=True)


@pytest.fixture
async def sent(cast, ways, phone, work, published, noon):
    """To four people and two groups of one township, all of it handed over; the phones of two are known."""
    await phone(cast.cadre, "token-1")
    await phone(cast.next_cadre, "token-2")
    for name, headcount in (("一群", 180), ("二群", 120)):
        await groups.open_group(
            id=ids.uuid7(),
            name=name,
            kind=GroupKind.WECHAT,
            division_code=VILLAGE,
            owner_id=cast.cadre.person_id,
            headcount=headcount,
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


async def test_desks_read_it_and_nobody_else_and_a_draft_has_none(cast, sent, draft, police):
    for by in (cast.operator, cast.auditor, cast.admin, police):
        reach = await get_alert_reach(alert_id=sent.id, by=by)
        assert (reach.total.recipients, reach.part_of_it, reach.kept_at) == (4, False, None)
    for by, refusal in ((cast.cadre, Forbidden), (cast.stranger, AlertUnknown)):
        with pytest.raises(refusal):
            await get_alert_reach(alert_id=sent.id, by=by)
    waiting = await draft()
    with pytest.raises(NotSent):
        await get_alert_reach(alert_id=waiting.id, by=cast.supervisor)


async def test_who_oversees_a_part_of_it_gets_that_part_and_its_doors(cast, sent, township_supervisor):
    reach = await get_alert_reach(alert_id=sent.id, by=township_supervisor)

    assert reach.part_of_it
    assert counts(reach) == {(TOWNSHIP, "梁村镇"): (3, 0, 2)}
    assert {name for place in reach.unreached.places for name in place.staff} == {cast.assistant.name}
    below = await get_alert_reach(alert_id=sent.id, division_code=VILLAGE, by=township_supervisor)
    assert [each.division_code for each in below.divisions] == [VILLAGE]
    county = await get_alert_reach(alert_id=sent.id, division_code=COUNTY, by=township_supervisor)
    assert county.total == reach.total
    with pytest.raises(OutsideTerritory):
        await get_alert_reach(alert_id=sent.id, division_code=OTHER_VILLAGE, by=township_supervisor)


async def test_who_sees_it_as_a_cadre_here_and_oversees_elsewhere_gets_no_count(cast, sent, elsewhere):
    given = {"role": Role.CADRE, "division_code": VILLAGE, "valid_from": SINCE}
    await people.assign_role(person_id=elsewhere.person_id, **given)
    with pytest.raises(Forbidden):
        await get_alert_reach(alert_id=sent.id, by=await sessions.actor(person_id=elsewhere.person_id))


async def test_before_push_forgets_its_recipients_the_counts_are_kept_and_no_door(cast, sent, township_supervisor):
    began = clock.now()
    live = await get_alert_reach(alert_id=sent.id, by=cast.supervisor)
    with clock.stopped(began + timedelta(days=79)):
        await keep_reaches()
        assert (await get_alert_reach(alert_id=sent.id, by=cast.supervisor)).kept_at is None
    with clock.stopped(began + timedelta(days=81)):
        for _ in range(2):
            await keep_reaches()
    with clock.stopped(began + timedelta(days=91)):
        for each in retention.rules():
            if each.name == "push.recipients":
                await retention.apply_rule(each)
        assert not await fetch("SELECT FROM push_recipient WHERE notice = $1", sent.notice_id)
        kept = await get_alert_reach(alert_id=sent.id, by=cast.supervisor)
        part = await get_alert_reach(alert_id=sent.id, division_code=TOWNSHIP, by=township_supervisor)

    assert (kept.total, kept.divisions) == (live.total, live.divisions)
    assert (kept.unreached.people, kept.unreached.place_count, kept.unreached.places) == (2, 2, [])
    assert kept.kept_at == began + timedelta(days=81)
    assert (part.total.recipients, [each.division_code for each in part.divisions]) == (3, [TOWNSHIP, VILLAGE])


async def test_what_reached_nobody_is_kept_too_and_what_nobody_counted_in_time_says_so(cast, published, noon):
    nobody = await published(audience=AlertAudience(roles=[Role.TECHNICIAN]))
    lost = await published(audience=AlertAudience(roles=[Role.TECHNICIAN]))
    began = clock.now()
    with clock.stopped(began + timedelta(days=85)):
        await queries.keep(nobody.id, notice_id=nobody.notice_id, at=clock.now())
    with clock.stopped(began + timedelta(days=91)):
        await keep_reaches()
        kept = await get_alert_reach(alert_id=nobody.id, by=cast.supervisor)
        assert (kept.total.recipients, kept.divisions) == (0, [])
        with pytest.raises(ReachForgotten):
            await get_alert_reach(alert_id=lost.id, by=cast.supervisor)
