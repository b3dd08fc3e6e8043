"""A stall at the first market of odd months, a day at the station in even ones; confirmed, announced once."""

import asyncio
import doctest
from datetime import date, timedelta
from uuid import UUID

import pytest

from backend.core import clock, ids, jobs
from backend.core.database import fetch
from backend.core.refusals import DifferentArguments, Invalid
from backend.people.refusals import UnitUnknown
from backend.rosters import stall_rules
from backend.rosters.stall_announcing import announce_stalls
from backend.rosters.stall_asking import ASKINGS, ask_townships, asking
from backend.rosters.stall_days import confirm_stall_day, list_stall_days
from backend.rosters.stall_schemas import NewStallRule, ToldStall
from backend.rosters.stall_setting import end_stall_rule, list_stall_rules, set_stall_rule
from backend.rosters.station_refusals import (
    NoMarketThen,
    NotYourStation,
    StallOver,
    StallRuleBegun,
    StallRuleUnknown,
    StallUnknown,
)
from backend.rosters.station_words import StallRuleKind
from backend.territory.queries import DivisionUnknown
from tests.cast import COUNTY, OTHER_VILLAGE, TOWNSHIP
from tests.rosters.market_town import TODAY
from tests.rosters.studio import NOON, count, tasks_of

NOWHERE = UUID(int=404)
JANUARY = date(2027, 1, 5)
"""冬月廿八: the first market of 3 and 8 in January."""
NEXT = date(2027, 1, 10)


@pytest.fixture(autouse=True)
def _at_noon():
    with clock.stopped(NOON):
        yield


def on_day(day, hour=10):
    return clock.stopped(NOON.replace(year=day.year, month=day.month, day=day.day, hour=hour))


def stall(**more):
    given = {
        "kind": StallRuleKind.ODD_MARKET,
        "division_code": COUNTY,
        "opens": "08:30",
        "closes": "11:30",
        "valid_from": date(2026, 11, 1),
        "source": "plan of the year",
        "announce_days_before": 3,
    }
    return NewStallRule(**(given | more))


async def set_rule(town, *, place=None, id=None, by=None, **more):
    made = await set_stall_rule(
        id=id or ids.uuid7(), place_id=place or town.market, new=stall(**more), by=by or town.supervisor
    )
    return made.record


async def days(town, by=None, **asked):
    return (await list_stall_days(by=by or town.township, limit=100, **asked)).items


@pytest.fixture
async def rule(town):
    """3 and 8, and a stall at the first market of odd months, for the county."""
    await town.rule(3, 8)
    return await set_rule(town)


async def january(town):
    return next(day for day in await days(town) if day.month == date(2027, 1, 1))


async def confirm(town, *, held=True, by=None, **more):
    found = await january(town)
    return await confirm_stall_day(stall_id=found.id, told=ToldStall(held=held, **more), by=by or town.township)


async def announced():
    rows = await fetch(
        "SELECT text_zh, title_zh, category, audience, campaign_state, division_code FROM push_notice "
        "WHERE campaign_state IS NOT NULL ORDER BY made_at, id"
    )
    return [dict(row) for row in rows]


def test_the_doctests_hold():
    assert doctest.testmod(stall_rules).failed == 0


async def test_a_stall_stands_at_the_first_market_of_each_odd_month(town, rule):
    found = await days(town)
    markets = [day.on for day in await town.days()]

    assert [day.month.month for day in found] == [1, 3, 5, 7, 9, 11]  # this November's first market has gone by
    assert found[0].on == JANUARY
    for day in found:
        assert day.on == min(on for on in markets if on >= day.month)
        assert (day.state, day.sequence, day.opens, day.place_name) == ("computed", 0, "08:30", "梁村大集")


async def test_a_day_at_the_station_comes_in_even_months(town):
    await set_rule(town, place=town.station, kind=StallRuleKind.EVEN_STATION, day_of_month=31)

    assert [day.on for day in await days(town)] == [
        *(date(2026, 12, 31), date(2027, 2, 28), date(2027, 4, 30)),
        *(date(2027, 6, 30), date(2027, 8, 31), date(2027, 10, 31)),
    ]


async def test_a_stall_moves_when_its_market_is_called_off_even_a_confirmed_one(town, rule):
    await town.tell((JANUARY, False))
    moved = await january(town)
    assert (moved.on, moved.state, moved.sequence) == (NEXT, "computed", 1)
    await confirm(town)
    await town.tell((NEXT, False))
    again = await january(town)
    assert (again.on, again.state, again.sequence) == (date(2027, 1, 15), "computed", 3)


async def test_what_the_township_said_stays_when_the_rule_of_the_market_gains_a_day(town, rule):
    confirmed = await confirm(town)
    await town.tell((date(2027, 1, 2), True))
    assert await january(town) == confirmed
    assert (confirmed.state, confirmed.sequence) == ("confirmed", 1)


async def test_a_stall_is_confirmed_moved_or_called_off_and_twice_is_once(town, rule):
    once, twice = await confirm(town, on=NEXT, note="县里带专家"), await confirm(town, on=NEXT, note="县里带专家")
    assert once == twice
    assert (once.on, once.state, once.sequence, once.note) == (NEXT, "confirmed", 1, "县里带专家")
    off = await confirm(town, held=False)
    assert (off.on, off.state, off.sequence) == (NEXT, "called_off", 2)
    await town.tell((NEXT, False))
    assert (await january(town)).sequence == 2  # what a person called off is not reckoned anew


async def test_a_stall_needs_a_market_stays_in_its_month_and_does_not_move_when_over(town, rule):
    with pytest.raises(NoMarketThen):
        await confirm(town, on=JANUARY + timedelta(days=1))
    with pytest.raises(Invalid):
        await confirm(town, on=date(2027, 2, 4))
    found = await january(town)
    with on_day(JANUARY + timedelta(days=1)), pytest.raises(StallOver):
        await confirm_stall_day(stall_id=found.id, told=ToldStall(held=True), by=town.township)


async def test_days_that_have_been_are_left_as_they_were(town, rule):
    await confirm(town)
    with on_day(JANUARY + timedelta(days=3)):
        await town.tell((NEXT, False))
        (was,) = await days(town, first=JANUARY, last=JANUARY)
    assert (was.on, was.state) == (JANUARY, "confirmed")


async def test_a_confirmed_stall_is_announced_to_the_county_three_days_before_and_once(town, rule):
    await confirm(town)
    with on_day(JANUARY - timedelta(days=4)):
        await announce_stalls()
    assert await announced() == []
    for _ in range(2):
        with on_day(JANUARY - timedelta(days=3)):
            await announce_stalls()
    (notice,) = await announced()

    assert notice["text_zh"] == "梁村大集，1月5日 08:30 至 11:30：代表和工作人员到场听意见、办事情，欢迎来说说。"
    assert (notice["title_zh"], notice["category"], notice["division_code"]) == ("代表赶集摆摊", "info", COUNTY)
    assert '"citizens":true' in notice["audience"].replace(" ", "")
    assert (await january(town)).announced_at is not None


async def test_several_workers_announce_once(town, rule):
    await confirm(town)
    with on_day(JANUARY - timedelta(days=2)):
        await asyncio.gather(*(announce_stalls() for _ in range(4)))
    assert len(await announced()) == 1


async def test_what_nobody_confirmed_is_not_announced(town, rule):
    with on_day(JANUARY - timedelta(days=1)):
        await announce_stalls()
    assert await announced() == []


async def test_whoever_was_told_is_told_of_a_move_and_that_it_is_off(town, rule):
    await confirm(town)
    with on_day(JANUARY - timedelta(days=3)):
        await announce_stalls()
        await confirm(town, note="带上身份证")
        await announce_stalls()
        assert len(await announced()) == 1  # a note changes neither day nor fate
        await town.tell((JANUARY, False))
    with on_day(NEXT - timedelta(days=3)):
        await announce_stalls()
    with on_day(NEXT - timedelta(days=2)):
        await confirm(town, held=False, note="大雪")
        await announce_stalls()
    first, moved, off = await announced()

    assert first["campaign_state"] == "cancelled"
    assert moved["text_zh"].startswith("时间改了：梁村大集，1月10日")
    assert (moved["campaign_state"], off["campaign_state"]) == ("cancelled", "running")
    assert off["text_zh"] == "取消通知：梁村大集，1月10日 08:30 至 11:30 的活动不办了。 大雪"


async def test_another_sends_when_who_set_the_rule_left(town, rule):
    await confirm(town)
    await fetch(
        "UPDATE people_role_assignment SET valid_to = '2026-11-30' WHERE person = $1", town.supervisor.person_id
    )
    with on_day(JANUARY - timedelta(days=2)):
        await announce_stalls()
    (row,) = await fetch("SELECT made_by FROM push_notice WHERE campaign_state IS NOT NULL")
    assert row["made_by"] == town.cast.admin.person_id


async def test_without_anybody_to_send_it_waits_and_keeps_no_other_waiting(town, rule):
    await set_rule(town, division_code=TOWNSHIP, by=town.township)
    for day in await days(town):
        await confirm_stall_day(stall_id=day.id, told=ToldStall(held=True), by=town.township)
    await fetch(
        "UPDATE people_role_assignment SET valid_to = '2026-11-30' WHERE role IN ('admin', 'supervisor') "
        "AND person <> $1",
        town.township.person_id,
    )
    with on_day(JANUARY - timedelta(days=2)):
        await announce_stalls()
    (notice,) = await announced()
    assert notice["division_code"] == TOWNSHIP


async def test_the_township_is_asked_a_week_before_it_is_announced_and_once_it_spoke_it_is_settled(town, rule):
    with on_day(JANUARY - timedelta(days=11)):
        await ask_townships()
        assert await tasks_of(town.township, "other") == []
    for _ in range(2):
        with on_day(JANUARY - timedelta(days=10)):
            await ask_townships()
    assert await tasks_of(town.township, "other") == [
        ("open", "请确认，以便通知群众：梁村大集，1月5日 08:30 至 11:30。")
    ]
    with on_day(JANUARY - timedelta(days=9)):
        await confirm(town)
        await ask_townships()
    assert [state for state, _ in await tasks_of(town.township, "other")] == ["done"]


async def test_the_schedules_are_there_and_the_span_of_asking_is_dated_and_has_a_source():
    assert asking(TODAY) is ASKINGS[0]
    assert all(each.source for each in ASKINGS)
    assert jobs.registered["rosters/stalls-announce"].cron == "5 8-19 * * *"
    assert jobs.registered["rosters/stalls-to-confirm"].cron == "40 4 * * *"


async def test_a_new_rule_ends_the_one_before_and_an_ended_one_leaves_no_day_behind(town, rule):
    later = date(2027, 2, 1)
    new = await set_rule(town, opens="09:00", valid_from=later)
    found = await days(town)
    assert [(day.rule_id, day.opens) for day in found[:2]] == [(rule.id, "08:30"), (new.id, "09:00")]
    assert [one.valid_to for one in await list_stall_rules(by=town.cadre)] == [later - timedelta(days=1), None]
    with pytest.raises(StallRuleBegun):
        await set_rule(town, valid_from=date(2027, 1, 15))
    ended = [await end_stall_rule(rule_id=new.id, valid_to=date(2027, 1, 1), by=town.township) for _ in range(2)]
    assert [one.valid_to for one in ended] == [date(2027, 1, 1)] * 2
    assert [day.rule_id for day in await days(town)] == [rule.id]


async def test_the_same_rule_twice_is_one(town):
    id = ids.uuid7()
    made = [await set_stall_rule(id=id, place_id=town.market, new=stall(), by=town.supervisor) for _ in range(2)]
    assert [one.created for one in made] == [True, False]
    with pytest.raises(DifferentArguments):
        await set_rule(town, id=id, opens="09:00")


@pytest.mark.parametrize(
    "wrong",
    [
        {"day_of_month": 5},
        {"kind": StallRuleKind.EVEN_STATION},
        {"opens": "11:30"},
        {"valid_to": date(2026, 10, 1)},
        {"valid_from": date.min},
    ],
)
async def test_a_rule_that_cannot_be_is_refused(town, wrong):
    with pytest.raises(Invalid):
        await set_rule(town, **wrong)
    assert await count("SELECT count(*) FROM rosters_stall_rule") == 0


async def test_who_may_and_who_may_not(town, rule):
    with pytest.raises(NotYourStation):
        await set_rule(town, by=town.township)  # it would be announced in the whole county
    with pytest.raises(UnitUnknown):
        await set_rule(town, by=town.stranger)
    with pytest.raises(NotYourStation):
        await confirm(town, by=town.cadre)
    with pytest.raises(StallUnknown):
        await confirm(town, by=town.stranger)
    with pytest.raises(StallRuleUnknown):
        await end_stall_rule(rule_id=rule.id, valid_to=TODAY, by=town.stranger)
    with pytest.raises(NotYourStation):
        await end_stall_rule(rule_id=rule.id, valid_to=TODAY, by=town.cadre)
    assert await days(town, by=town.cadre) == await days(town)
    assert await days(town, by=town.stranger) == []
    with pytest.raises(DivisionUnknown):
        await list_stall_rules(by=town.cadre, division_code=OTHER_VILLAGE)


@pytest.fixture
def ask(wire, as_):
    async def asked(who, method, path, body=None, **headers):
        return await wire.request(method, path, json=body, headers=(await as_(who) if who else {}) | headers)

    return asked


BODY = {
    "kind": "even_station", "division_code": TOWNSHIP, "opens": "08:30", "closes": "11:30", "day_of_month": 10,
    "valid_from": "2026-11-23", "source": "年度计划",
}  # fmt: skip


async def test_the_routes_ask_nobody_the_wrong_shape_a_stranger_the_right_person_and_twice(ask, town):
    rules = f"/stations/{town.station}/stall-rules"
    ending, told = {"valid_to": "2027-01-01"}, {"held": True}
    for method, path, body in (
        ("GET", "/stall-rules", None),
        ("POST", rules, BODY),
        ("POST", f"/stall-rules/{NOWHERE}/ending", ending),
        ("GET", "/stall-days", None),
        ("POST", f"/stall-days/{NOWHERE}/confirmation", told),
    ):
        assert (await ask(None, method, path, body)).status_code == 401
        if str(NOWHERE) in path:
            assert (await ask(town.township, method, path, body)).status_code == 404
    for wrong in ({}, BODY | {"day_of_month": 32}, BODY | {"kind": "fair"}, BODY | {"more": 1}):
        assert (await ask(town.township, "POST", rules, wrong)).status_code == 400
    assert (await ask(town.stranger, "POST", rules, BODY)).status_code == 404
    assert (await ask(town.cadre, "POST", rules, BODY)).status_code == 403

    made = [await ask(town.township, "POST", rules, BODY, **{"Idempotency-Key": "k"}) for _ in range(2)]
    assert [answer.status_code for answer in made] == [201, 200]
    (shown,) = (await ask(town.cadre, "GET", "/stall-rules")).json()
    assert shown == made[0].json()
    first = (await ask(town.cadre, "GET", "/stall-days?limit=1")).json()["items"][0]
    path = f"/stall-days/{first['id']}/confirmation"
    confirmed = [(await ask(town.township, "POST", path, told)).json() for _ in range(2)]
    assert (confirmed[0], confirmed[0]["state"], confirmed[0]["sequence"]) == (confirmed[1], "confirmed", 1)
    path = f"/stall-rules/{shown['id']}/ending"
    assert [(await ask(town.township, "POST", path, ending)).status_code for _ in range(2)] == [200, 200]
