"""Deputies at the market and at the station: the days, who goes, what was announced, and the rules behind them."""

from datetime import date, datetime, timedelta

from backend.core import clock, ids
from backend.core.database import fetch
from backend.people import actions
from backend.people.tables import Role
from backend.rosters.actions import publish_shifts
from backend.rosters.roster_schemas import NewRoster, NewShift
from backend.rosters.stall_announcing import announce_stalls
from backend.rosters.station_words import StallRuleKind
from backend.rosters.tables import Post
from tests.cast import SINCE, TOWNSHIP
from tests.console.bench_desk import SAME_SITE, Desk, Page
from tests.console.stations.station_desk import STATIONS, stall_rule, station_desk
from tests.rosters.market_town import MarketTown

STALLS = f"{STATIONS}/stalls"
NEW = f"{STALLS}/new?place={TOWNSHIP}"
JANUARY = date(2027, 1, 5)
"""冬月廿八: the first market of 3 and 8 in January."""
RULE = {
    "kind": "even_station",
    "day_of_month": "31",
    "opens": "9:00",
    "closes": "1130",
    "division_code": TOWNSHIP,
    "announce_days_before": "5",
    "valid_from": "2026-11-23",
    "source": "年度安排",
}


async def stalls() -> list[tuple[str, str]]:
    rows = await fetch('SELECT "on", state FROM rosters_stall_day ORDER BY "on" LIMIT 3')
    return [(row["on"].isoformat(), row["state"]) for row in rows]


async def test_nobody_a_stranger_and_a_cadre_decide_nothing(town: MarketTown) -> None:
    await town.rule(3, 8)
    rule = await stall_rule(town)
    (row,) = await fetch('SELECT id FROM rosters_stall_day ORDER BY "on" LIMIT 1')
    async with station_desk() as desk:
        assert (await desk.raw(STALLS)).headers["location"] == f"/console/sign-in?next={STALLS}"
        for who, status in ((town.stranger, 404), (town.cadre, 403)):
            await desk.be(who)
            await desk.look(NEW, status=403)
            for address, sent in (
                (f"{STALLS}/{row['id']}?place={TOWNSHIP}", {"said": "held"}),
                (f"{STATIONS}/stall-rules/{rule}/ending?place={TOWNSHIP}", {"valid_to": "2026-12-01"}),
            ):
                answer = await desk._client.post(address, data=sent, headers=SAME_SITE)
                assert answer.status_code == status, address
        page = await desk.look(STALLS)
        assert "1月5日 星期二" in page.text
        assert not page.offers(f"stalls/{row['id']}")
        await desk.be(town.stranger)
        await desk.look(f"{STALLS}?place={TOWNSHIP}", status=404)
    assert (await stalls())[0] == ("2027-01-05", "computed")


async def test_a_stall_is_confirmed_then_announced_and_moved_and_the_page_says_so(desk: Desk, town: MarketTown) -> None:
    await town.rule(3, 8)
    await stall_rule(town)
    page = await desk.look(STALLS)
    assert "乡镇确认后，2027-01-02 公告" in page.text
    (form, *_) = [each for each in page.tree.forms if each.method == "POST" and "/stalls/" in each.action]
    sent = dict(form.form_values()) | {"said": "held", "note": "带上户口本"}
    for _ in range(2):
        answer = await desk._client.post(form.action, data=sent, headers=SAME_SITE, follow_redirects=True)
        after = Page(answer)
        assert "已确认，到时公告" in after.said('//*[@role="status"]')
    assert "将于 2027-01-02 公告" in after.text
    assert "带上户口本" in after.text
    with clock.stopped(datetime(2027, 1, 2, 9, tzinfo=clock.SHANGHAI)):
        await announce_stalls()
        await desk.be(town.township)
        assert "已于 2027-01-02 09:00 公告" in (await desk.look(STALLS)).text
        moved = await desk._client.post(form.action, data=sent | {"on": "2027-01-10"}, headers=SAME_SITE)
        assert moved.status_code == 303
        assert (await stalls())[0] == ("2027-01-10", "confirmed")
        off = await desk._client.post(form.action, data=sent | {"said": "off"}, headers=SAME_SITE)
        assert off.headers["location"].startswith(f"{STALLS}?place={TOWNSHIP}&did=off")
    assert (await stalls())[0] == ("2027-01-10", "called_off")


async def test_a_day_without_a_market_or_in_another_month_is_refused_and_stays_in_its_field(
    desk: Desk, town: MarketTown
) -> None:
    await town.rule(3, 8)
    await stall_rule(town)
    page = await desk.look(STALLS)
    (form, *_) = [each for each in page.tree.forms if each.method == "POST" and "/stalls/" in each.action]
    for day, status in (("2027-01-06", 409), ("2027-02-04", 400), ("soon", 400)):
        answer = await desk._client.post(form.action, data={"said": "held", "on": day}, headers=SAME_SITE)
        wrong = Page(answer)
        assert (wrong.status, len(wrong.all(f'//details[@open]//input[@value="{day}"]'))) == (status, 1)
    assert (await stalls())[0] == ("2027-01-05", "computed")


async def test_who_goes_is_who_is_on_the_rota_then_and_leads_to_the_swap(desk: Desk, town: MarketTown) -> None:
    await town.rule(3, 8)
    await stall_rule(town)
    page = await desk.look(STALLS)
    assert "还没排人" in page.text
    assert page.all(f'//a[@href="/console/roster/new?unit={town.market}&post=field"]')
    person = await actions.open_account(id=ids.uuid7(), name="梁代表", phone="199 0000 0078")
    await actions.assign_role(
        person_id=person.id, role=Role.CADRE, division_code=TOWNSHIP, unit_id=town.market, valid_from=SINCE
    )
    begins = datetime.combine(JANUARY, datetime.min.time(), clock.SHANGHAI)
    shift = NewShift(
        id=ids.uuid7(), person_id=person.id, starts_at=begins + timedelta(hours=8), ends_at=begins + timedelta(hours=12)
    )
    new = NewRoster(
        unit_id=town.market, post=Post.FIELD, starts_at=shift.starts_at, ends_at=shift.ends_at, shifts=[shift]
    )
    await publish_shifts(new=new, by=town.township)
    page = await desk.look(STALLS)
    assert "梁代表" in page.text
    assert page.all(f'//a[@href="/console/roster/shifts/{shift.id}"]')


async def test_a_rule_for_even_months_is_set_as_people_write_it_and_twice_is_once(desk: Desk, town: MarketTown) -> None:
    page = await desk.look(NEW)
    for _ in range(2):
        after = await desk.send(page, f"new?place={TOWNSHIP}", **RULE, station=str(town.station))
        assert "规则已设好" in after.said('//*[@role="status"]'), after.text
    assert await stalls() == [("2026-12-31", "computed"), ("2027-02-28", "computed"), ("2027-04-30", "computed")]
    assert "双月 31 号，梁村代表之家" in after.text
    ended = await desk.send(after, f"ending?place={TOWNSHIP}", valid_to="2027-01-31")
    assert "规则已设结束日" in ended.said('//*[@role="status"]')
    assert "2027-02-28" not in [on for on, state in await stalls() if state != "called_off"]


async def test_a_wrong_rule_says_where_and_keeps_what_was_typed(desk: Desk, town: MarketTown) -> None:
    page = await desk.look(NEW)
    for typed, field in (
        ({"station": ""}, "station"),
        ({"opens": "早上"}, "opens"),
        ({"closes": "8:00"}, "closes"),
        ({"day_of_month": "40"}, "day_of_month"),
        ({"day_of_month": ""}, "day_of_month"),
        ({"announce_days_before": "99"}, "announce_days_before"),
        ({"source": ""}, "source"),
        ({"valid_from": ""}, "valid_from"),
    ):
        sent = RULE | {"station": str(town.station)} | typed
        wrong = await desk.send(page, f"new?place={TOWNSHIP}", **sent)
        assert (wrong.status, len(wrong.all(f'//*[@id="wrong-{field}"]'))) == (400, 1), (typed, wrong.text)
    assert wrong.all('//input[@name="closes"]/@value') == ["1130"]
    assert wrong.all(f'//option[@value="{town.station}" and @selected]')
    assert await fetch("SELECT 1 FROM rosters_stall_rule") == []


async def test_both_kinds_of_days_stand_in_one_list_by_date(desk: Desk, town: MarketTown) -> None:
    await town.rule(3, 8)
    for kind in StallRuleKind:
        await stall_rule(town, kind)
    page = await desk.look(STALLS)
    days = [each.text_content().split()[0] for each in page.all('//li[@class="sheet"]//h2')]
    assert days[:3] == ["12月10日", "1月5日", "2月10日"]
