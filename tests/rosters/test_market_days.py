"""Market days: reckoned ahead, confirmed, added and called off by the township; each change of a day counts."""

import asyncio
from datetime import date, timedelta
from uuid import UUID

import pytest

from backend.core import clock, ids, jobs
from backend.core.database import fetch
from backend.core.refusals import DifferentArguments, Invalid
from backend.people.refusals import UnitUnknown
from backend.rosters import market_days
from backend.rosters.market_lunar import lunar_day
from backend.rosters.market_schemas import NewMarketRule
from backend.rosters.market_setting import end_market_rule, list_market_rules, set_market_rule
from backend.rosters.station_refusals import MarketRuleBegun, MarketRuleUnknown, NoStation, NotYourStation
from backend.rosters.station_words import MarketRuleKind, ShortMonth
from backend.territory.queries import DivisionUnknown
from tests.cast import OTHER_VILLAGE, TOWNSHIP, VILLAGE
from tests.rosters.market_town import TODAY
from tests.rosters.studio import NOON, count

FIRST = date(2026, 11, 26)
"""十月十八: the first market of 3 and 8 from today on."""


@pytest.fixture(autouse=True)
def _at_noon():
    with clock.stopped(NOON):
        yield


async def test_a_rule_writes_its_days_twelve_months_ahead(town):
    await town.rule(3, 8)
    days = await town.days()

    assert days[0].on == FIRST
    assert (days[0].lunar, days[0].state, days[0].sequence) == ("十月十八", "computed", 0)
    assert days[0].division_code == TOWNSHIP
    assert {lunar_day(day.on).day % 10 for day in days} == {3, 8}
    assert date(2027, 11, 20) < days[-1].on <= date(2027, 11, 30)
    assert len(days) > 68


async def test_reckoning_again_changes_nothing(town):
    await town.rule(3, 8)
    before = await town.days()
    await market_days.reckon_markets()

    assert await town.days() == before


async def test_another_month_comes_into_sight(town):
    await town.rule(3, 8)
    with clock.stopped(NOON + timedelta(days=10)):
        await market_days.reckon_markets()
        assert (await town.days())[-1].on > date(2027, 12, 20)


async def test_the_reckoning_is_a_schedule_of_every_night():
    assert jobs.registered["rosters/market-days"].cron == "20 4 * * *"


async def test_the_township_confirms_calls_off_and_adds_and_twice_is_once(town):
    await town.rule(3, 8)
    off, added = FIRST + timedelta(days=5), FIRST + timedelta(days=2)
    told = [(FIRST, True), (off, False), (added, True)]
    first, again = await town.tell(*told), await town.tell(*told)

    assert (first.stored, first.duplicate, first.refused) == (3, 0, 0)
    assert (again.stored, again.duplicate) == (0, 3)
    assert [row.id for row in first.rows] == [row.id for row in again.rows]
    found = {day.on: (day.state, day.sequence) for day in (await town.days())[:3]}
    assert found == {FIRST: ("confirmed", 1), off: ("called_off", 1), added: ("confirmed", 0)}


async def test_a_day_that_cannot_be_is_refused_alone(town):
    await town.rule(3, 8)
    verdict = await town.tell(
        (TODAY - timedelta(days=1), True),
        (date(2029, 1, 1), True),
        (FIRST + timedelta(days=1), False),
        (FIRST, True),
        (FIRST, False),
    )

    assert [row.outcome for row in verdict.rows] == ["refused"] * 3 + ["stored", "refused"]
    assert [row.problem for row in verdict.rows] == [
        "这天已经过去。",
        "只排今后十二个月内的日子。",
        "这天本来没有集，不用取消。",
        None,
        "这天写了两遍。",
    ]


async def test_a_changed_rule_moves_only_what_nobody_confirmed(town):
    await town.rule(3, 8)
    off = FIRST + timedelta(days=5)
    await town.tell((FIRST, True), (off, False))
    changed = TODAY + timedelta(days=1)
    await town.rule(2, 7, valid_from=changed)

    assert await town.row(FIRST) == ("confirmed", 1)
    assert await town.row(off) == ("called_off", 1)
    assert await town.row(FIRST + timedelta(days=10)) == ("called_off", 1)
    days = await town.days()
    assert {lunar_day(day.on).day % 10 for day in days if day.state == "computed"} == {2, 7}
    assert [day.on for day in days if day.state == "called_off"] == [off]
    (old, new) = await list_market_rules(market_id=town.market, by=town.cadre)
    assert (old.valid_to, new.numbers) == (TODAY, [2, 7])


async def test_a_rule_that_comes_back_goes_on_counting(town):
    await town.rule(3, 8)
    wrong = await town.rule(2, 7, valid_from=FIRST)
    later = FIRST + timedelta(days=5)
    assert await town.row(later) == ("called_off", 1)
    await end_market_rule(rule_id=wrong, valid_to=FIRST - timedelta(days=1), by=town.township)
    await town.rule(3, 8, valid_from=FIRST)

    assert await town.row(later) == ("computed", 2)
    gone = [day.on for day in await town.days() if lunar_day(day.on).day % 10 in (2, 7)]
    assert gone == []


async def test_a_fair_goes_beside_the_rule_that_stands(town):
    await town.rule(5, 10, short_month=ShortMonth.DAY_29)
    fair = date(2027, 3, 1)
    await town.rule(kind=MarketRuleKind.DATES, dates=[fair], beside=True)

    days = {day.on: day for day in await town.days()}
    assert fair in days
    assert date(2027, 2, 5) in days  # the eve, of a month without a 30th
    (rule, _) = await list_market_rules(market_id=town.market, by=town.township)
    assert (rule.numbers, rule.valid_to) == ([0, 5], None)


async def test_the_same_rule_twice_is_one_and_another_under_its_id_is_refused(town):
    id = ids.uuid7()
    new = NewMarketRule(kind=MarketRuleKind.WEEKDAY, numbers=[7], valid_from=TODAY, source="notice")
    made = [await set_market_rule(id=id, market_id=town.market, new=new, by=town.township) for _ in range(2)]
    assert [one.created for one in made] == [True, False]

    with pytest.raises(DifferentArguments):
        await set_market_rule(id=id, market_id=town.station, new=new, by=town.township)
    with pytest.raises(MarketRuleBegun):
        await town.rule(3, 8, valid_from=TODAY)


@pytest.mark.parametrize(
    "wrong",
    [
        {"numbers": [11]},
        {"numbers": []},
        {"kind": MarketRuleKind.WEEKDAY, "numbers": [0]},
        {"kind": MarketRuleKind.BRANCH, "numbers": [0]},
        {"kind": MarketRuleKind.DATES, "numbers": [3], "dates": [TODAY]},
        {"dates": [TODAY]},
        {"valid_to": date(2026, 10, 1)},
        {"valid_from": date.min},
    ],
)
async def test_a_rule_that_cannot_be_is_refused(town, wrong):
    with pytest.raises(Invalid):
        await town.rule(*wrong.get("numbers", [3]), **{k: v for k, v in wrong.items() if k != "numbers"})
    assert await count("SELECT count(*) FROM rosters_market_rule") == 0


async def test_only_those_who_lead_the_township_set_and_confirm(town, studio):
    rule_id = await town.rule(3, 8)
    with pytest.raises(NotYourStation):
        await town.rule(1, 6, by=town.cadre)
    with pytest.raises(UnitUnknown):
        await town.rule(1, 6, by=town.stranger)
    with pytest.raises(MarketRuleUnknown):
        await end_market_rule(rule_id=rule_id, valid_to=TODAY, by=town.stranger)
    with pytest.raises(NotYourStation):
        await end_market_rule(rule_id=rule_id, valid_to=TODAY, by=town.cadre)
    new = NewMarketRule(kind=MarketRuleKind.WEEKDAY, numbers=[7], valid_from=TODAY, source="notice")
    department = await fetch("UPDATE people_unit SET kind = 'department' WHERE id = $1 RETURNING id", studio.id)
    with pytest.raises(NoStation):
        await set_market_rule(id=ids.uuid7(), market_id=department[0]["id"], new=new, by=town.supervisor)


async def test_a_village_reads_the_markets_of_its_township_page_by_page(town):
    await town.rule(3, 8)
    own = await market_days.list_market_days(by=town.cadre, limit=3)
    rest = await market_days.list_market_days(by=town.cadre, division_code=VILLAGE, limit=1000, cursor=own.next_cursor)

    assert [day.on for day in own.items + rest.items] == [day.on for day in await town.days()]
    assert rest.next_cursor is None
    assert (await market_days.list_market_days(by=town.stranger)).items == []
    with pytest.raises(DivisionUnknown):
        await market_days.list_market_days(by=town.cadre, division_code=OTHER_VILLAGE)
    with pytest.raises(UnitUnknown):
        await market_days.list_market_days(by=town.stranger, unit_id=town.market)


async def test_the_days_of_a_market_that_was_closed_are_no_longer_listed(town):
    await town.rule(3, 8)
    await fetch("UPDATE people_unit SET closed_at = now() WHERE id = $1", town.market)
    assert (await market_days.list_market_days(by=town.cadre)).items == []


async def test_two_who_confirm_at_once_count_once(town):
    await town.rule(3, 8)
    verdicts = await asyncio.gather(*(town.tell((FIRST, True)) for _ in range(4)))

    assert sum(verdict.stored for verdict in verdicts) == 1
    assert await town.row(FIRST) == ("confirmed", 1)


NEW_RULE = {"kind": "lunar_digit", "numbers": [3, 8], "valid_from": "2026-11-23", "source": "镇政府通知"}
NOWHERE = UUID(int=404)
ROUTES = [
    ("GET", f"/stations/{NOWHERE}/market-rules", None),
    ("POST", f"/stations/{NOWHERE}/market-rules", NEW_RULE),
    ("POST", f"/market-rules/{NOWHERE}/ending", {"valid_to": "2027-01-01"}),
    ("GET", f"/market-days?unit_id={NOWHERE}", None),
    ("POST", f"/stations/{NOWHERE}/market-days", {"days": [{"on": "2026-11-26", "held": True}]}),
]


@pytest.fixture
def ask(wire, as_):
    async def asked(who, method, path, body=None, **headers):
        signed = await as_(who) if who else {}
        return await wire.request(method, path, json=body, headers=signed | headers)

    return asked


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
async def test_nobody_gets_401_and_what_is_not_there_404(ask, town, method, path, body):
    assert (await ask(None, method, path, body)).status_code == 401
    assert (await ask(town.supervisor, method, path, body)).status_code == 404


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("market-rules", NEW_RULE | {"numbers": [13]}),
        ("market-rules", NEW_RULE | {"kind": "moon"}),
        ("market-rules", NEW_RULE | {"extra": 1}),
        ("market-rules", {}),
        ("market-days", {"days": []}),
        ("market-days", {"days": [{"on": "yesterday", "held": True}]}),
    ],
)
async def test_a_wrong_shape_is_refused(ask, town, path, body):
    assert (await ask(town.township, "POST", f"/stations/{town.market}/{path}", body)).status_code == 400
    assert (await ask(town.township, "GET", "/market-days?from=soon")).status_code == 400
    assert (await ask(town.township, "GET", "/market-days?cursor=x")).status_code == 400


async def test_the_walk_of_a_market(ask, town):
    path = f"/stations/{town.market}"
    refused = await ask(town.stranger, "POST", f"{path}/market-rules", NEW_RULE)
    below = await ask(town.cadre, "POST", f"{path}/market-rules", NEW_RULE)
    made = [
        await ask(town.township, "POST", f"{path}/market-rules", NEW_RULE, **{"Idempotency-Key": "k"}) for _ in range(2)
    ]
    told = {"days": [{"on": "2026-11-26", "held": False, "note": "大风"}]}
    confirmed = [await ask(town.township, "POST", f"{path}/market-days", told) for _ in range(2)]
    listed = await ask(town.cadre, "GET", "/market-days?from=2026-11-26&to=2026-12-01")
    ended = [
        await ask(town.township, "POST", f"/market-rules/{made[0].json()['id']}/ending", {"valid_to": "2026-12-31"})
        for _ in range(2)
    ]

    assert (refused.status_code, below.status_code) == (404, 403)
    assert below.json()["code"] == "rosters/not-your-station"
    assert [answer.status_code for answer in made] == [201, 200]
    assert [answer.json()["rows"][0]["outcome"] for answer in confirmed] == ["stored", "duplicate"]
    assert [(day["on"], day["state"], day["note"]) for day in listed.json()["items"]] == [
        ("2026-11-26", "called_off", "大风"),
        ("2026-12-01", "computed", None),
    ]
    assert [answer.json()["valid_to"] for answer in ended] == ["2026-12-31"] * 2
    assert (await town.days())[-1].on <= date(2026, 12, 31)
