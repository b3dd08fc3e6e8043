"""Market days as a township sees, confirms and adds them, what a market goes by, and what everybody may read."""

from pathlib import Path

import httpx

from backend.console.stations import everybody
from backend.core import ids
from backend.core.database import fetch
from backend.people import actions
from backend.people.tables import UnitKind
from backend.rosters.market_schemas import NewMarketRule
from backend.rosters.market_setting import set_market_rule
from backend.rosters.stall_schemas import NewStallRule
from backend.rosters.stall_setting import set_stall_rule
from backend.rosters.station_words import MarketRuleKind, StallRuleKind
from backend.territory.actions import load_divisions
from tests.application import application
from tests.cast import COUNTY, OTHER_VILLAGE, TOWNSHIP, VILLAGE
from tests.console.bench_desk import SAME_SITE, Desk, Page
from tests.console.stations.station_desk import STATIONS, stall_rule, station_desk
from tests.rosters.market_town import TODAY, MarketTown

MARKETS = f"{STATIONS}/markets"
LAST_TOWNSHIP = "371526102000"
RULE = {
    "kind": "lunar_digit",
    "valid_from": "2026-11-23",
    "source": "镇政府通知",
    "short_month": "skip",
}


def of(town: MarketTown) -> str:
    return f"{STATIONS}/{town.market}"


async def states(town: MarketTown) -> dict[str, str]:
    return {day.on.isoformat(): day.state.value for day in await town.days()}


# -- who may


async def test_nobody_is_sent_to_sign_in_strangers_see_no_township_and_cadres_decide_nothing(town: MarketTown) -> None:
    await town.rule(3, 8)
    async with station_desk() as desk:
        assert (await desk.raw(MARKETS)).headers["location"] == f"/console/sign-in?next={MARKETS}"
        await desk.be(town.stranger)
        await desk.look(f"{MARKETS}?place={TOWNSHIP}", status=404)
        await desk.look(f"{MARKETS}?market={town.market}", status=404)
        await desk.look(f"{of(town)}/market-rules", status=404)
        await desk.be(town.cadre)
        page = await desk.look(MARKETS)
        assert "11月26日 星期四" in page.text
        assert not page.all('//input[@type="checkbox"]')
        await desk.look(f"{of(town)}/market-rules", status=403)
        for step, sent in (("market-days", {"said": "held", "on": "2026-11-26"}), ("market-rules", RULE)):
            answer = await desk._client.post(f"{of(town)}/{step}", data=sent, headers=SAME_SITE)
            assert answer.status_code in (400, 403), step
    assert (await states(town))["2026-11-26"] == "computed"
    assert len(await fetch("SELECT 1 FROM rosters_market_rule")) == 1


async def test_a_county_begins_where_a_market_is_and_where_deputies_go(town: MarketTown, tmp_path: Path) -> None:
    listed = f"code,name,level,parent_code\n{LAST_TOWNSHIP},尹集镇,township,{COUNTY}\n"
    (tmp_path / "places.csv").write_text(listed, encoding="utf-8")
    await load_divisions(path=tmp_path / "places.csv", source="test", valid_from=TODAY)
    id = ids.uuid7()
    await actions.open_unit(id=id, name="尹集大集", kind=UnitKind.STATION, division_code=LAST_TOWNSHIP)
    new = NewMarketRule(kind=MarketRuleKind.LUNAR_DIGIT, valid_from=TODAY, source="镇政府通知", numbers=[1, 6])
    await set_market_rule(id=ids.uuid7(), market_id=id, new=new, by=town.supervisor)
    async with station_desk() as desk:
        page = await (await desk.be(town.supervisor)).look(MARKETS)
        assert page.all('//select[@id="place"]/option/@value') == [TOWNSHIP, LAST_TOWNSHIP]
        assert page.all('//select[@id="place"]/option[@selected]/@value') == [LAST_TOWNSHIP]
        assert "尹集大集" in page.text
        assert "尹集大集" not in (await desk.look(f"{MARKETS}?place={TOWNSHIP}")).text
        stalls = NewStallRule(
            kind=StallRuleKind.ODD_MARKET, division_code=LAST_TOWNSHIP, opens="08:30", closes="11:30",
            valid_from=TODAY, source="年度安排",
        )  # fmt: skip
        await set_stall_rule(id=ids.uuid7(), place_id=id, new=stalls, by=town.supervisor)
        page = await desk.look(f"{STATIONS}/stalls")
        assert page.all('//select[@id="place"]/option[@selected]/@value') == [LAST_TOWNSHIP]


# -- confirming


async def test_ticked_days_are_held_or_called_off_with_a_note_and_twice_is_once(desk: Desk, town: MarketTown) -> None:
    await town.rule(3, 8)
    page = await desk.look(MARKETS)
    for _ in range(2):
        after = await desk.send(page, "market-days", said="held", on="2026-11-26")
        assert "已确认 1 天" in after.said('//*[@role="status"]')
    assert await town.row(TODAY.replace(day=26)) == ("confirmed", 1)
    off = await desk.send(page, "market-days", said="off", on="2026-12-01", note="修路")
    assert "已停办 1 天" in off.said('//*[@role="status"]')
    assert "修路" in off.text
    assert [(await states(town))[day] for day in ("2026-11-26", "2026-12-01", "2026-12-06")] == [
        "confirmed",
        "called_off",
        "computed",
    ]


async def test_all_that_a_page_shows_unconfirmed_is_confirmed_at_once_and_nothing_else(
    desk: Desk, town: MarketTown
) -> None:
    await town.rule(3, 8)
    await town.tell((TODAY.replace(day=26), False))
    page = await desk.look(MARKETS)
    shown = page.all('//input[@name="computed"]/@value')
    answer = await desk._client.post(
        f"{of(town)}/market-days", data={"said": "all", "computed": shown}, headers=SAME_SITE
    )
    assert answer.status_code == 303
    after = await states(town)
    assert {after[day] for day in shown} == {"confirmed"}
    assert after["2026-11-26"] == "called_off"
    assert sum(state == "confirmed" for state in after.values()) == len(shown) == 23


async def test_a_day_is_added_and_one_that_cannot_be_is_said_why(desk: Desk, town: MarketTown) -> None:
    await town.rule(3, 8)
    page = await desk.look(MARKETS)
    added = await desk._client.post(
        f"{of(town)}/market-days",
        data={"said": "added", "added": "2027-02-01", "note": "庙会"},
        headers=SAME_SITE,
        follow_redirects=True,
    )
    assert "已加 1 天" in Page(added).said('//*[@role="status"]')
    assert (await states(town))["2027-02-01"] == "confirmed"
    for sent, said in (
        ({"said": "added", "added": "2026-11-01"}, "2026-11-01"),
        ({"said": "held"}, "至少勾一天"),
        ({"said": "off", "on": "2026-11-27"}, "2026-11-27"),
        ({"said": "held", "on": "soon"}, "再看看"),
        ({"said": "held", "on": "2026-11-26", "note": "长" * 121}, "120"),
        ({"said": "dance", "on": "2026-11-26"}, "至少勾一天"),
    ):
        answer = await desk._client.post(f"{of(town)}/market-days", data=sent, headers=SAME_SITE)
        wrong = Page(answer)
        assert (wrong.status, said in wrong.said('//*[@role="alert"]')) == (400, True), (sent, wrong.text)
    assert wrong.all('//input[@value="2026-11-26" and @checked]')
    assert "12月1日" in page.text


# -- the rule


async def test_a_rule_is_looked_at_before_it_is_set_and_twice_is_once(desk: Desk, town: MarketTown) -> None:
    page = await desk.look(f"{of(town)}/market-rules")
    looked = await desk._client.post(
        f"{of(town)}/market-rules",
        data=dict(page.tree.forms[-1].form_values()) | RULE | {"lunar_digit": ["5", "10"], "step": "look"},
        headers=SAME_SITE,
    )
    preview = Page(looked)
    assert "12月4日 星期五 · 十月廿六" not in preview.said('//*[@id="preview"]')
    assert "12月3日 星期四 · 十月廿五" in preview.said('//*[@id="preview"]')
    assert preview.all('//input[@name="lunar_digit" and @value="10" and @checked]')
    assert await fetch("SELECT 1 FROM rosters_market_rule") == []
    typed = _form(preview) | {"step": "set"}
    changed = await desk._client.post(
        f"{of(town)}/market-rules", data=typed | {"lunar_digit": ["3", "8"]}, headers=SAME_SITE
    )
    assert changed.status_code == 200
    assert await fetch("SELECT 1 FROM rosters_market_rule") == [], "what was not shown is not set"
    for _ in range(2):
        done = await desk._client.post(f"{of(town)}/market-rules", data=typed, headers=SAME_SITE, follow_redirects=True)
        assert "集期规则已设好" in Page(done).said('//*[@role="status"]')
    assert len(await fetch("SELECT 1 FROM rosters_market_rule")) == 1
    assert "逢农历五、十" in done.text
    assert "2027-02-05" not in await states(town), "the last lunar month has no 30th"


def _form(page: Page) -> dict[str, object]:
    form = page.tree.forms[-1]
    found: dict[str, object] = {}
    for name, value in form.form_values():
        before = found.get(name)
        found[name] = value if before is None else [*(before if isinstance(before, list) else [before]), value]
    return found


async def test_every_kind_of_rule_is_previewed_and_a_wrong_one_keeps_what_was_typed(
    desk: Desk, town: MarketTown
) -> None:
    address = f"{of(town)}/market-rules"
    for kind, numbers, said in (
        ("solar_digit", ["5"], "11月25日 星期三"),
        ("weekday", ["7"], "11月29日 星期日"),
        ("branch", ["5"], "12月8日 星期二"),
    ):
        sent = RULE | {"kind": kind, kind: numbers, "step": "look"}
        page = Page(await desk._client.post(address, data=sent, headers=SAME_SITE))
        assert said in page.said('//*[@id="preview"]'), page.said('//*[@id="preview"]')
    dates = RULE | {"kind": "dates", "dates": "2027-02-22\n2027/2/23", "step": "look"}
    for sent, field in (
        (dates, "dates"),
        (RULE | {"step": "look"}, "numbers"),
        (RULE | {"lunar_digit": ["3"], "valid_from": ""}, "valid_from"),
        (RULE | {"lunar_digit": ["3"], "source": ""}, "source"),
        (RULE | {"kind": ""}, "kind"),
        (RULE | {"lunar_digit": ["3"], "valid_to": "2026-01-01"}, "valid_to"),
    ):
        wrong = Page(await desk._client.post(address, data=sent, headers=SAME_SITE))
        assert (wrong.status, len(wrong.all(f'//*[@id="wrong-{field}"]'))) == (400, 1), (sent, wrong.text)
    assert wrong.all('//input[@name="lunar_digit" and @value="3" and @checked]')
    assert wrong.all('//input[@name="source"]/@value') == ["镇政府通知"]


async def test_a_rule_ends_with_a_day_and_its_days_go_while_confirmed_ones_stay(desk: Desk, town: MarketTown) -> None:
    await town.rule(3, 8)
    await town.tell((TODAY.replace(month=12, day=6), True))
    page = await desk.look(f"{of(town)}/market-rules")
    assert (await desk.send(page, "ending", valid_to="")).status == 400
    after = await desk.send(page, "ending", valid_to="2026-11-30")
    assert "规则已设结束日" in after.said('//*[@role="status"]')
    assert list(await states(town)) == ["2026-11-26", "2026-12-06"]


# -- everybody


async def everybody_reads(address: str) -> httpx.Response:
    app = application(everybody.router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        return await client.get(address)


async def test_everybody_chooses_a_township_and_reads_its_days_without_a_sign_in(town: MarketTown) -> None:
    assert "没有登记的集" in (await everybody_reads("/markets")).text
    await town.rule(3, 8)
    await town.tell((TODAY.replace(month=12, day=1), False), note="修路停一集")
    choice = Page(await everybody_reads("/markets"))
    (address,) = choice.all('//ul[@class="market-places"]//a/@href')
    assert "11月26日 星期四（农历十月十八）" in choice.text
    for wanted in (address, f"/markets?place={VILLAGE}", f"/markets?place={TOWNSHIP}&big=1"):
        page = await everybody_reads(wanted)
        assert page.status_code == 200
        assert "农历十月十八" in page.text
        assert "修路停一集" in page.text
        assert len(page.content) < 30_000
    assert address in (await everybody_reads(f"/markets?place={COUNTY}")).text


async def test_deputies_days_stand_in_the_public_calendar_with_their_hours(town: MarketTown) -> None:
    await town.rule(3, 8)
    await stall_rule(town)
    page = Page(await everybody_reads(f"/markets?place={TOWNSHIP}"))
    assert "1月5日 星期二" in page.said('//section[@aria-labelledby="stalls"]')
    assert len(page.all('//td[@class="stall"]')) == 1


async def test_a_place_nobody_knows_is_refused_and_one_without_a_market_says_so(town: MarketTown) -> None:
    await town.rule(3, 8)
    assert (await everybody_reads("/markets?place=999999999999")).status_code == 404
    assert (await everybody_reads("/markets?place=nine")).status_code == 400
    assert "没有登记的集" in (await everybody_reads(f"/markets?place={OTHER_VILLAGE}")).text
