"""Warnings on a page: written, looked at, seen by a second person, followed, printed; asked by each reader."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from lxml import etree

from backend.alerts import deciding, drafting
from backend.alerts.schemas import AlertRecord, NewAlertArea
from backend.alerts.words import AlertColour, AlertSeverity, AlertStatus, AlertUrgency
from backend.antifraud import library_lists
from backend.core import clock, ids
from backend.core.database import fetch
from backend.push.planning import plan
from tests.alerts import conftest as alerts
from tests.alerts.warnings import new_alert
from tests.cast import COUNTY, OTHER_COUNTY, TOWNSHIP, VILLAGE, Cast
from tests.console.alerts_desk import ALERTS, NEW, SAME_SITE, WRITTEN, Desk, Shown, alerts_desk
from tests.push import conftest as push

police, township_supervisor, ways = alerts.police, alerts.township_supervisor, push.ways
IDENTIFIER = "{urn:oasis:names:tc:emergency:cap:1.2}identifier"
RED = {"colour": AlertColour.RED, "severity": AlertSeverity.EXTREME, "urgency": AlertUrgency.IMMEDIATE}


@pytest.fixture
async def desk(cast: Cast, ways: object) -> AsyncIterator[Desk]:
    """The operator's, who writes warnings."""
    async with alerts_desk(cast.operator) as one:
        yield one


async def draft(cast: Cast, **changed: Any) -> AlertRecord:
    return (await drafting.raise_alert(id=ids.uuid7(), new=new_alert(**changed), by=cast.operator)).record


async def published(cast: Cast, **changed: Any) -> AlertRecord:
    made = await draft(cast, **changed)
    return await deciding.approve_alert(alert_id=made.id, by=cast.supervisor)


async def kept() -> list[Any]:
    return list(await fetch("SELECT * FROM alerts_alert ORDER BY drafted_at"))


def at(one: AlertRecord, page: str = "") -> str:
    return f"{ALERTS}/{one.id}{'/' + page if page else ''}"


# -- who gets in


async def test_nobody_is_sent_to_the_sign_in_page(desk: Desk) -> None:
    del desk.client.headers["Authorization"]
    for page in ("", "/new", "/{id}", "/{id}/update", "/{id}/cancellation", "/{id}/reach", "/{id}/poster"):
        answer = await desk.client.get(ALERTS + page.format(id=ids.uuid7()))
        assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/console/sign-in")
    for step in ("approval", "refusal", "drop", "update", "cancellation"):
        answer = await desk.client.post(f"{ALERTS}/{ids.uuid7()}/{step}", headers=SAME_SITE)
        assert answer.status_code == 303


async def test_a_stranger_of_another_county_finds_nothing_and_a_wrong_address_is_none(desk: Desk, cast: Cast) -> None:
    one = await published(cast)
    await desk.be(cast.stranger)
    for page in ("", "update", "cancellation", "reach", "reach/counts", "poster"):
        await desk.look(at(one, page), status=404)
        await desk.look(f"{ALERTS}/nonsense/{page}", status=404)
    for step in ("approval", "refusal", "drop", "update", "cancellation"):
        assert (await desk.client.post(at(one, step), headers=SAME_SITE)).status_code == 404
    assert one.headline not in (await desk.look()).text


async def test_who_serves_there_reads_what_holds_in_plain_words_and_no_draft(desk: Desk, cast: Cast) -> None:
    told, waits = await published(cast), await draft(cast, headline="还没批的")
    await desk.be(cast.cadre)
    page = await desk.look()
    assert told.headline in page.said()
    assert told.instruction in page.said()
    assert "还没批的" not in page.text
    assert "写预警" not in page.text
    assert told.say_on_phone in (await desk.look(at(told))).said()
    await desk.look(at(waits), status=404)
    for address in (NEW, at(told, "update"), at(told, "cancellation"), at(told, "reach")):
        await desk.look(address, status=403)


async def test_drafts_stand_first_then_what_holds_then_what_is_over(desk: Desk, cast: Cast) -> None:
    await published(cast, headline="正在算数的")
    ended = await published(cast, headline="早就完了的", expires=clock.now() + timedelta(hours=1))
    await draft(cast, headline="等人看的")
    with clock.stopped(clock.now() + timedelta(hours=2)):
        said = (await desk.look()).said()
        assert said.index("等人看的") < said.index("正在算数的") < said.index("早就完了的")
        assert "已过期" in (await desk.look(at(ended))).said()


async def test_the_pages_are_offered_to_the_police_units_handler_too(desk: Desk, cast: Cast, police: Any) -> None:
    await desk.be(police)
    page = await desk.write()
    assert (page.status, "写好了" in page.said()) == (200, True)
    assert [row["drafted_by"] for row in await kept()] == [police.person_id]


# -- written


async def test_everything_that_is_missing_is_said_at_its_field_and_nothing_typed_is_lost(desk: Desk) -> None:
    page = await desk.send(await desk.look(NEW), "/new", step="look", headline="留着这句", colour="")
    assert page.status == 400
    fields = {"event", "category", "severity", "urgency", "certainty", "expires"}
    fields |= {"description", "instruction", "places"}
    assert page.wrong() == fields
    assert {each.removeprefix("#f-") for each in page.tree.xpath('//*[@id="problem"]//a/@href')} == fields
    assert page.tree.xpath('//*[@name="headline"]/@value') == ["留着这句"]
    assert await kept() == []


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"event": "诈" * 36}, "event", "现在有 36 个字"),
    ({"headline": "句" * 151}, "headline", "现在有 151 个字"),
    ({"colour": "red", "severity": "Minor"}, "colour", "对不上"),
    ({"instruction": "点 www.butie.top 退款"}, "instruction", "网址"),
    ({"fraud_type": "subsidy"}, "fraud_type", "没有这种诈骗类型"),
    ({"expires": "own", "expires_own": "2020-01-01T10:00"}, "expires", ""),
    ({"expires": "own", "expires_own": "soon"}, "expires", "2026-11-30 09:00"),
    ({"expires": "own", "expires_own": "2099-01-01T10:00"}, "expires", "月"),
    ({"audience": "chosen"}, "audience", "至少"),
    ({"scope": "Restricted"}, "restriction", "哪些人"),
    ({"scope": "Restricted", "restriction": "村警务助理"}, "audience", "不能发给群众"),
    ({"places": [OTHER_COUNTY]}, "places", "不在"),
    ({"places": ["371526999999"]}, "places", ""),
    ({"places": ["nonsense"]}, "places", ""),
]


async def test_what_may_not_go_out_is_said_at_its_field(desk: Desk) -> None:
    form = await desk.look(f"{NEW}?preset=fraud")
    for typed, field, words in WRONG:
        page = await desk.write(form, **typed)
        assert (page.wrong(), page.status in (400, 403, 404)) == ({field}, True), typed
        assert words in page.said(f'//*[@id="wrong-{field}"]')
    assert await kept() == []


async def test_the_limit_of_a_name_is_told_without_scripts(desk: Desk) -> None:
    assert "最多 35 个字" in (await desk.look(NEW)).said('//label[@for="f-event"]')


async def test_it_is_looked_at_before_it_is_stored(desk: Desk) -> None:
    page = await desk.write(step="look")
    said = page.said()
    assert "3 名工作人员" in said
    assert "黄色预警：冒充惠农补贴诈骗" in said
    assert "发成短信：" in said
    assert "九六一一零" in said
    assert await kept() == []
    back = await desk.send(page, "/new", step="edit")
    assert back.tree.xpath('//*[@name="headline"]/@value') == [WRITTEN["headline"]]
    assert back.tree.xpath(f'//*[@name="places"][@value="{TOWNSHIP}"]/@checked')
    stored = await desk.send(page, "/new", step="send")
    assert "等第二个人审批" in stored.said()


async def test_two_taps_make_one_draft_and_other_words_make_another(desk: Desk) -> None:
    form = await desk.look(f"{NEW}?preset=fraud")
    first, again = [await desk.write(form) for _ in range(2)]
    assert first.id == again.id
    other = await desk.write(form, headline="换了话")
    assert (other.status, "内容不一样" in other.said()) == (409, True)
    assert (await desk.write(other)).id != first.id


async def test_it_is_for_everybody_unless_somebody_is_chosen(desk: Desk) -> None:
    page = await desk.write()
    assert "当地所有人" in page.said()
    await desk.write(audience="chosen", roles=["cadre"], interests=["crop.maize"], described="种玉米的人")
    everybody, some = [row["audience"] for row in await kept()]
    assert '"citizens":true' in everybody.replace(" ", "")
    assert '"groups":true' in everybody.replace(" ", "")
    assert "crop.maize" in some
    assert "种玉米的人" in some


async def test_no_usual_kind_names_the_old(desk: Desk) -> None:
    for preset in ("fraud", "rain", "pests", "", "nonsense"):
        page = await desk.look(f"{NEW}?preset={preset}")
        assert page.tree.xpath('//*[@name="described"]/@value') == [""]
        assert page.tree.xpath('//*[@name="audience"][@checked]/@value') == ["everybody"]


async def test_places_are_looked_for_by_name_and_unfolded_without_scripts(desk: Desk) -> None:
    form = await desk.look(f"{NEW}?preset=rain")
    assert not form.tree.xpath(f'//*[@name="places"][@value="{VILLAGE}"]')
    unfolded = await desk.send(form, "/new", unfold=TOWNSHIP, headline="写了一半")
    assert unfolded.tree.xpath(f'//*[@name="places"][@value="{VILLAGE}"]')
    assert unfolded.tree.xpath('//*[@name="headline"]/@value') == ["写了一半"]
    found = await desk.send(form, "/new", step="search", search="梁村")
    assert found.tree.xpath(f'//*[@name="places"][@value="{TOWNSHIP}"]')
    assert "没有这个名字" in (await desk.send(form, "/new", step="search", search="某某某")).said()


async def test_the_librarys_approved_words_fill_the_form(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    items = await library_lists.list_library(all_of_it=True)
    approved = [each for each in items if each.name == "fake_loan_story"]

    async def listed() -> Any:
        return approved

    monkeypatch.setattr("backend.console.alerts.presets.items", listed)
    assert approved[0].title in (await desk.look(f"{NEW}?preset=fraud")).said()
    page = await desk.look(f"{NEW}?item=fake_loan_story")
    assert page.tree.xpath('//*[@name="headline"]/@value') == [approved[0].title]
    assert page.tree.xpath('//*[@name="fraud_type"]/option[@selected]/@value') == ["fake_loan"]
    stored = await desk.send(page, "/new", step="send", places=[TOWNSHIP])
    assert (stored.status, "写好了" in stored.said()) == (200, True)


# -- the second person


async def test_its_writer_cannot_approve_and_is_told_who_can(desk: Desk, cast: Cast) -> None:
    page = await desk.write()
    assert page.form("/approval") is None
    assert cast.supervisor.name in page.said('//*[@id="decide"]')
    await desk.be(cast.supervisor)
    mine = await desk.write()
    assert mine.form("/approval") is None
    answer = await desk.client.post(f"{ALERTS}/{mine.id}/approval", headers=SAME_SITE)
    assert answer.status_code == 403
    assert cast.admin.name in Shown(answer).said('//*[@id="decide"]')


async def test_the_second_person_sees_how_it_looks_and_lets_it_out_once(desk: Desk, cast: Cast) -> None:
    one = await draft(cast)
    await desk.be(cast.supervisor)
    page = await desk.look(at(one))
    assert "您批准了才会发出去" in page.said()
    assert "1 名工作人员" in page.said() or "2 名工作人员" in page.said()
    for _ in range(2):
        out = await desk.send(page, "/approval")
        assert (out.status, "已发布" in out.said()) == (200, True)
    (row,) = await kept()
    assert row["identifier"] in out.said()
    xml = await desk.client.get(out.tree.xpath('//a[contains(@href, "/feeds/cap/")]/@href')[0])
    assert etree.fromstring(xml.content).findtext(IDENTIFIER) == row["identifier"]


async def test_what_rings_at_night_is_ticked_once_more(desk: Desk, cast: Cast) -> None:
    one = await draft(cast, **RED)
    await desk.be(cast.supervisor)
    page = await desk.send(await desk.look(at(one)), "/approval")
    assert (page.status, "夜里也会响铃" in page.said()) == (400, True)
    assert (await kept())[0]["state"] == "draft"
    assert "已发布" in (await desk.send(page, "/approval", sure="yes")).said()


async def test_a_refusal_needs_its_reason_and_the_writer_reads_it(desk: Desk, cast: Cast) -> None:
    one = await draft(cast)
    await desk.be(cast.supervisor)
    page = await desk.look(at(one))
    for note in ("", "长" * 201):
        wrong = await desk.send(page, "/refusal", note=note)
        assert (wrong.status, "起草人会看到" in wrong.said()) == (400, True)
        assert wrong.tree.xpath('//*[@id="f-why"]/@value') == [note]
    assert "没有同意" in (await desk.send(page, "/refusal", note="电话写错了")).said()
    await desk.be(cast.operator)
    assert "电话写错了" in (await desk.look(at(one))).said()


async def test_a_draft_is_taken_back_by_its_writer_alone(desk: Desk, cast: Cast) -> None:
    one = await draft(cast)
    await desk.be(cast.supervisor)
    answer = await desk.client.post(at(one, "drop"), headers=SAME_SITE)
    assert answer.status_code == 404
    await desk.be(cast.operator)
    page = await desk.look(at(one))
    for _ in range(2):
        assert "已撤回" in (await desk.send(page, "/drop")).said()


# -- followed


async def test_an_update_shows_what_it_changes_and_ends_the_old_one(desk: Desk, cast: Cast) -> None:
    one = await published(cast)
    form = await desk.look(at(one, "update"))
    same = await desk.send(form, "/update", step="look")
    assert (same.status, "什么都没改" in same.said()) == (400, True)
    shown = await desk.send(form, "/update", step="look", colour="orange", instruction="见到就报警。")
    assert [each.text_content() for each in shown.tree.xpath('//*[contains(@class, "changes")]/li/b')] == [
        "颜色",
        "严重程度",
        "怎么办",
    ]
    assert len(await kept()) == 1
    drafts = [await desk.send(shown, "/update", step="send") for _ in range(2)]
    assert drafts[0].id == drafts[1].id
    await desk.be(cast.supervisor)
    page = await desk.look(f"{ALERTS}/{drafts[0].id}")
    assert "◆ 橙色预警" in page.said('//*[contains(@class, "changes")]//ins')
    out = await desk.send(page, "/approval", sure="yes")
    assert "已发布" in out.said()
    assert (await desk.look(at(one))).said('//*[@class="note warn"]')
    chain = out.tree.xpath('//ol[@class="timeline"]//*[@class="code"]/text()')
    assert chain == [row["identifier"] for row in await kept()]


async def test_an_all_clear_says_why_and_what_it_ends(desk: Desk, cast: Cast) -> None:
    one = await published(cast)
    form = await desk.look(at(one, "cancellation"))
    wrong = await desk.send(form, "/cancellation", instruction="照常生活。")
    assert (wrong.status, wrong.wrong()) == (400, {"description"})
    assert "照常生活。" in wrong.text
    waits = await desk.send(wrong, "/cancellation", description="骗子抓到了。")
    assert one.headline in waits.said('//*[@aria-labelledby="changes"]')
    await desk.be(cast.admin)
    assert "已发布" in (await desk.send(await desk.look(f"{ALERTS}/{waits.id}"), "/approval")).said()
    await desk.be(cast.operator)
    await desk.look(at(one, "update"), status=409)
    await desk.look(at(one, "cancellation"), status=409)


# -- marks


@pytest.mark.parametrize(("status", "words"), [("Exercise", "演练：不是真的预警"), ("Test", "测试：不是真的预警")])
async def test_what_is_not_meant_says_so_on_every_page(desk: Desk, cast: Cast, status: str, words: str) -> None:
    mark = '//*[@class="alert-mark" or @class="mark"]'
    look = await desk.write(step="look", status=status)
    assert words in look.said(mark)
    one = await published(cast, status=AlertStatus(status))
    update = await desk.send(await desk.look(at(one, "update")), "/update", step="look", colour="blue")
    assert words in update.said(mark)
    for page in ("", "update", "cancellation", "reach", "poster"):
        assert words in (await desk.look(at(one, page))).said(mark)
    await desk.be(cast.cadre)
    assert words in (await desk.look()).said(mark)


# -- printed


async def test_the_sheet_for_the_board_tells_its_colour_in_words_and_carries_no_link(desk: Desk, cast: Cast) -> None:
    one = await published(cast)
    page = await desk.look(at(one, "poster"))
    assert "● 黄色预警" in page.said()
    assert one.identifier in page.said()
    assert "http" not in page.said()
    assert not page.tree.xpath("//main//a | //main//svg")
    with clock.stopped(one.expires):
        assert "不要再张贴" in (await desk.look(at(one, "poster"))).said()
    await desk.look(at(await draft(cast), "poster"), status=409)
    for_staff = await published(cast, restriction="村警务助理")
    await desk.look(at(for_staff, "poster"), status=403)
    assert "/feeds/cap/" not in (await desk.look(at(for_staff))).text


# -- reach


async def test_the_reach_goes_from_townships_to_villages_and_names_the_doors(
    desk: Desk, cast: Cast, township_supervisor: Any
) -> None:
    one = await published(cast)
    assert one.notice_id is not None
    assert "还没有统计到人" in (await desk.look(at(one, "reach"))).said()
    await plan(one.notice_id)
    for who in (cast.operator, cast.auditor, township_supervisor):
        await desk.be(who)
        page = await desk.look(at(one, "reach"))
        assert "0 / 2 人点了知道了" in page.said()
        assert "没通知到：" in page.said()
        assert cast.cadre.name in page.said('//*[@id="unreached"]')
        assert page.tree.xpath("//*[@data-live]/@data-live") == [at(one, "reach/counts")]
    below = await desk.look(page.tree.xpath('//a[contains(@href, "reach?place=")]/@href')[0])
    assert "琉璃庙" in below.said("//*[contains(@class, 'reach-list')]")
    assert "所有乡镇" in below.said()
    assert "重新统计" in page.said()
    await desk.look(at(one, "reach?place=nonsense"), status=400)
    await desk.be(cast.cadre)
    await desk.look(at(one, "reach"), status=403)


async def test_who_answers_for_a_part_sees_that_it_is_a_part(desk: Desk, cast: Cast, township_supervisor: Any) -> None:
    one = await published(cast, areas=[NewAlertArea(division_codes=[COUNTY])])
    await desk.be(township_supervisor)
    assert "只显示您负责的那部分" in (await desk.look(at(one, "reach"))).said()
    await desk.look(at(one, f"reach?place={OTHER_COUNTY}"), status=403)
    assert "只显示您负责的那部分" not in (await (await desk.be(cast.supervisor)).look(at(one, "reach"))).said()
