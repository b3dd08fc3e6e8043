"""Notices on a page: read and acknowledged; written, looked at, sent once; followed, paused, called off."""

import re
from collections.abc import AsyncIterator
from time import process_time
from typing import Any
from uuid import UUID

import httpx
import pytest
from playwright.async_api import expect

import backend.push.escalation  # noqa: F401 - registers its jobs
from backend.console.notice_labels import segments
from backend.console.routes import router
from backend.core import clock
from backend.core.database import fetch
from backend.core.ids import uuid7
from backend.people.guards import SESSION_COOKIE
from backend.people.sessions import open_session
from backend.push import actions as push
from backend.push import groups, inbox
from backend.push.planning import plan
from backend.push.provider import Category
from backend.push.states import CampaignState, DeliveryState, GroupKind
from tests.application import application
from tests.cast import COUNTY, OTHER_COUNTY, PASSWORD, TOWNSHIP, VILLAGE, Cast, phone_of
from tests.console.conftest import Door
from tests.console.test_pages import TOO_SMALL
from tests.console.test_today import CONTRASTS, SAME_SITE

NOTICES, NEW = "/console/notices", "/console/notices/new"
WORDS = {"category": "service", "title_zh": "停水", "text_zh": "明天停水。\r\n请备水。", "public": "yes"}


class Browser:
    """A browser without scripts."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def sign_in(self, who: str) -> None:
        session = await open_session(phone=phone_of(who), password=PASSWORD)
        self._client.cookies.set(SESSION_COOKIE, session.token)

    async def look(self, address: str = NOTICES, status: int = 200) -> str:
        answer = await self._client.get(address)
        assert answer.status_code == status, answer.text
        return answer.text

    async def send(self, address: str, **fields: Any) -> httpx.Response:
        """A form, and the page that the browser shows next."""
        return await self._client.post(address, data=fields, headers=SAME_SITE, follow_redirects=True)

    async def write(self, *, step: str = "send", **fields: Any) -> httpx.Response:
        given = {"id": str(uuid7()), "places": [VILLAGE], "roles": ["cadre"], "step": step, **WORDS}
        return await self.send(NEW, **given | fields)

    async def leave(self) -> None:
        self._client.cookies.clear()


@pytest.fixture
async def desk(cast: Cast) -> AsyncIterator[Browser]:
    """The supervisor's, in front of the console's own routes."""
    app = application(router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        browser = Browser(client)
        await browser.sign_in("supervisor")
        yield browser


async def told(cast: Cast, category: Category, title: str, key: str) -> UUID:
    text = push.Text(zh=f"{title}的内容", title_zh=title)
    return await push.notify(to=cast.cadre.person_id, text=text, category=category, dedupe_key=key)


async def notices_made() -> list[Any]:
    return list(await fetch("SELECT * FROM push_notice WHERE campaign_state IS NOT NULL ORDER BY made_at"))


# -- read


async def test_an_emergency_stands_on_top_and_says_so_by_sign_word_and_frame(desk: Browser, cast: Cast) -> None:
    first = await told(cast, Category.EMERGENCY, "暴雨", "1")
    await inbox.mark_seen(notice_ids=[first], by=cast.cadre)
    second = await told(cast, Category.INFO, "开会", "2")
    await desk.sign_in("cadre")
    page = await desk.look()

    assert re.findall(r'id="n-([^"]+)"', page) == [str(first), str(second)]
    assert 'class="sheet notice urgent"' in page
    assert "▲ 紧急" in page
    assert "● 1 条未看" in page
    assert "写通知" not in page
    assert "我们发的通知" not in page


async def test_acknowledging_is_told_and_harmless_when_repeated(desk: Browser, cast: Cast) -> None:
    notice = await told(cast, Category.EMERGENCY, "暴雨", "1")
    await desk.sign_in("cadre")
    for _ in range(2):
        answer = await desk.send(f"{NOTICES}/{notice}/acknowledgement")
        assert (answer.status_code, "记下了" in answer.text, "点了知道了" in answer.text) == (200, True, True)
        assert "urgent" not in answer.text
    (mine,) = (await inbox.list_notices(by=cast.cadre)).items
    assert mine.acknowledged_at is not None
    assert mine.seen_at is not None


async def test_nobody_elsewhere_and_no_stranger_acknowledges(desk: Browser, cast: Cast) -> None:
    notice = await told(cast, Category.EMERGENCY, "暴雨", "1")
    address = f"{NOTICES}/{notice}/acknowledgement"
    assert (await desk.send(address)).status_code == 404
    assert (await desk.send(f"{NOTICES}/nonsense/acknowledgement")).status_code == 404
    await desk.sign_in("cadre")
    answer = await desk._client.post(address, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    await desk.leave()
    assert "手机号" in (await desk.send(address)).text
    (mine,) = (await inbox.list_notices(by=cast.cadre)).items
    assert mine.acknowledged_at is None


async def test_the_front_page_shows_an_emergency_and_how_much_is_unread(desk: Browser, cast: Cast) -> None:
    notice = await told(cast, Category.EMERGENCY, "暴雨", "1")
    await told(cast, Category.INFO, "开会", "2")
    await desk.sign_in("cadre")
    page = await desk.look("/console/today")
    assert page.index("暴雨的内容") < page.index("要办的事")
    assert "开会" not in page
    assert "2 条消息没看" in page
    answer = await desk.send(f"{NOTICES}/{notice}/acknowledgement", back="today")
    assert answer.url.path == "/console/today"
    assert "1 条消息没看" in answer.text


# -- write


async def test_it_is_looked_at_before_it_is_sent_and_says_how_many_it_is_for(desk: Browser, cast: Cast) -> None:
    await groups.open_group(
        id=uuid7(), name="兴隆群", kind=GroupKind.WECHAT, division_code=VILLAGE, owner_id=cast.cadre.person_id,
        headcount=1180, headcount_as_of=clock.today(), by=cast.supervisor,
    )  # fmt: skip
    answer = await desk.write(step="look", groups="yes", roles=["cadre", "assistant"], places=[TOWNSHIP])

    assert answer.status_code == 200
    assert "<b>3</b> 名工作人员" in answer.text
    assert "<b>1</b> 个村群，共 1,180 人" in answer.text
    assert "其中 3 人没有登记" in answer.text
    assert "明天停水。\n请备水。" in answer.text
    assert await notices_made() == []


async def test_two_taps_send_one_notice(desk: Browser, cast: Cast) -> None:
    id = uuid7()
    for _ in range(2):
        answer = await desk.write(id=str(id))
        assert (answer.status_code, answer.url.path) == (200, f"{NOTICES}/{id}")
        assert "已开始发送" in answer.text
    (made,) = await notices_made()
    assert (made["id"], made["text_zh"], made["made_by"]) == (id, "明天停水。\n请备水。", cast.supervisor.person_id)
    changed = await desk.write(id=str(id), title_zh="别的")
    assert changed.status_code == 409
    assert "以第一次为准" in changed.text
    assert f'value="{id}"' not in changed.text, "the next tap sends it as another"


async def test_an_emergency_is_confirmed_twice(desk: Browser, cast: Cast) -> None:
    answer = await desk.write(category="emergency")
    assert "再确认一次" in answer.text
    assert await notices_made() == []
    answer = await desk.write(category="emergency", sure="yes")
    assert "已开始发送" in answer.text
    assert [made["category"] for made in await notices_made()] == ["emergency"]


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"title_zh": " "}, 400, "请写标题"),
        ({"text_zh": ""}, 400, "请写通知内容"),
        ({"category": ""}, 400, "请选通知的种类"),
        ({"places": []}, 400, "请至少选一个地方"),
        ({"roles": []}, 400, "至少"),
        ({"groups": "yes", "public": ""}, 400, "群"),
        ({"link": "javascript:alert(1)"}, 400, "有一栏填得不对"),
        ({"expires_at": "2020-01-01T10:00"}, 400, "早于"),
        ({"expires_at": "2020"}, 400, "有一栏填得不对"),
        ({"text_zh": "请点 http://a.cn/b", "no_links": "yes"}, 400, "链接"),
        ({"text_zh": "字" * 2000}, 400, "字节"),
        ({"places": [OTHER_COUNTY]}, 403, "不在"),
        ({"places": ["999999999999"]}, 404, ""),
    ],
)
async def test_what_cannot_be_sent_is_told_above_the_form_with_all_that_was_written(
    desk: Browser, fields: dict[str, Any], status: int, words: str
) -> None:
    answer = await desk.write(**{"voice_zh": "念这一句"} | fields)

    assert (answer.status_code, words in answer.text) == (status, True), answer.text
    assert "念这一句" in answer.text
    assert await notices_made() == []


async def test_who_may_not_tell_others_gets_no_form(desk: Browser) -> None:
    for who in ("cadre", "auditor", "stranger"):
        await desk.sign_in(who)
        await desk.look(NEW, status=403)
        assert (await desk.write()).status_code == 403
    assert await notices_made() == []


async def test_villages_are_chosen_without_scripts_and_nothing_written_is_lost(desk: Browser) -> None:
    page = await desk.look(NEW)
    assert f'value="{TOWNSHIP}"' in page
    assert f'name="places" value="{VILLAGE}"' not in page
    answer = await desk.write(unfold=TOWNSHIP, places=[COUNTY])
    assert f'name="places" value="{VILLAGE}"' in answer.text
    assert 'value="停水"' in answer.text
    chosen = await desk.write(step="edit", places=[VILLAGE])
    assert f'name="places" value="{VILLAGE}" checked' in chosen.text


# -- follow


async def test_pausing_going_on_and_calling_off_work_at_once_and_once(desk: Browser, cast: Cast) -> None:
    id = uuid7()
    await desk.write(id=str(id), roles=["cadre", "assistant"])
    for turn, state, words in (
        ("pause", "paused", "‖ 已暂停"),
        ("resume", "running", "▶ 正在发"),
        ("cancellation", "cancelled", "✕ 已取消"),
    ):
        for back in ("", "one"):
            began = process_time()
            answer = await desk.send(f"{NOTICES}/{id}/{turn}", back=back)
            assert process_time() - began < 1
            assert (answer.status_code, words in answer.text) == (200, True)
        assert [made["campaign_state"] for made in await notices_made()] == [state]
    late = await desk.send(f"{NOTICES}/{id}/pause")
    assert (late.status_code, "已经结束" in late.text) == (409, True)


async def test_who_may_not_turn_it_cannot_and_who_oversees_only_looks(desk: Browser, cast: Cast) -> None:
    id = uuid7()
    await desk.write(id=str(id))
    assert (await desk.send(f"{NOTICES}/{id}/explode")).status_code == 404
    assert (await desk.send(f"{NOTICES}/{uuid7()}/pause")).status_code == 404
    await desk.sign_in("auditor")
    assert "停水" in await desk.look()
    assert "/pause" not in await desk.look(f"{NOTICES}/{id}")
    assert (await desk.send(f"{NOTICES}/{id}/pause")).status_code == 403
    for who in ("cadre", "stranger"):
        await desk.sign_in(who)
        await desk.look(f"{NOTICES}/{id}", status=404)
        assert (await desk.send(f"{NOTICES}/{id}/pause")).status_code == 404
    await desk.leave()
    assert "手机号" in (await desk.send(f"{NOTICES}/{id}/pause")).text
    assert [made["campaign_state"] for made in await notices_made()] == [CampaignState.RUNNING]


async def test_it_tells_who_should_knock_and_how_many_know(desk: Browser, cast: Cast) -> None:
    id = uuid7()
    await desk.write(id=str(id), roles=["cadre"], places=[COUNTY])
    await plan(id)
    await push.acknowledge_notice(notice_id=id, by=cast.cadre)
    page = await desk.look(f"{NOTICES}/{id}")

    assert "✓ 1</b> 人点了知道了，共 2 人" in page
    assert "没通知到：1 个地方，1 人" in page
    assert "工作人员，请打电话：周敏" in page


def test_a_bar_has_no_gaps_and_its_smallest_piece_can_be_seen() -> None:
    states = {DeliveryState.SHOWN: 400_000, DeliveryState.FAILED: 1, DeliveryState.PENDING: 67_099}
    pieces = segments(states)

    assert [piece.state for piece in pieces] == ["shown", "pending", "failed"]
    assert [piece.begins for piece in pieces[1:]] == [piece.begins + piece.width for piece in pieces[:-1]]
    assert pieces[-1].width >= 6
    assert pieces[-1].begins + pieces[-1].width <= 1010
    assert segments({}) == []


# -- in a browser, on the demo


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_it_fits_a_phone_can_be_touched_and_stands_out(sign_in: Door, demo: dict[str, Any], scheme: str) -> None:
    page = await sign_in("supervisor", at=NOTICES, viewport={"width": 360, "height": 740}, color_scheme=scheme)
    for address in (NOTICES, f"{NOTICES}/{demo['notice_ids']['finished']}", NEW):
        await page.goto(address)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert await page.evaluate(TOO_SMALL) == []
        assert await page.evaluate(CONTRASTS) == []


async def test_acknowledging_an_emergency_in_a_browser_takes_its_frame_away(sign_in: Door) -> None:
    page = await sign_in("assistant", at=NOTICES)
    urgent = page.locator(".notice.urgent", has_text="暴雨橙色预警")
    await urgent.locator("button", has_text="知道了").click()

    await expect(page.locator(".note.good")).to_contain_text("记下了")
    await expect(urgent).to_have_count(0)


async def test_a_new_notice_comes_without_a_reload_and_what_was_looked_at_is_seen(
    sign_in: Door, demo: dict[str, Any]
) -> None:
    page = await sign_in("technician", at=NOTICES)
    await expect(page.locator("[data-unseen]").first).to_be_visible()
    token = next(each["access_token"] for each in demo["accounts"] if each["role"] == "admin")
    new = {
        "division_codes": [demo["county_code"]],
        "category": "emergency",
        "title_zh": "试一下",
        "text_zh": "请到门口。",
        "roles": ["technician"],
        "exercise": True,
    }
    headers = {"Authorization": f"Bearer {token}"}
    async with page.expect_request(lambda request: request.url.endswith("/my/notices/seen")):
        assert httpx.post(f"{demo['base_url']}/api/v1/notices", json=new, headers=headers).status_code == 201
        await expect(page.locator(".notice.urgent")).to_contain_text("请到门口。", timeout=20_000)
        await expect(page.locator("#news")).to_be_visible()


async def test_a_campaign_is_written_paused_and_called_off_and_the_bar_follows(sign_in: Door) -> None:
    page = await sign_in("operator", at=NEW)
    await page.check("input[value=info]")
    await page.fill("#title", "换届公告")
    await page.fill("#text", "名单已贴在村委会门口。")
    await page.check("input[value='371526000000']")
    await page.check("input[value=handler]")
    await page.click("form.sheet button.main")
    await expect(page.locator(".count")).to_contain_text(re.compile(r"[1-9]\d* 名工作人员"))
    await page.click("text=发出 >> visible=true")
    await expect(page.locator("h1")).to_have_text("换届公告")
    await expect(page.locator(".campaign")).to_contain_text(re.compile(r"共 [1-9]\d* 人"), timeout=20_000)
    await page.goto(NOTICES)
    mine = page.locator(".campaign", has_text="下周停水检修")
    await mine.locator("button", has_text="暂停").click()
    await expect(mine).to_contain_text("‖ 已暂停")
    await mine.locator("button", has_text="继续").click()
    await expect(mine).to_contain_text("▶ 正在发")


async def test_bars_move_without_a_reload(sign_in: Door, demo: dict[str, Any]) -> None:
    page = await sign_in("supervisor", at=f"{NOTICES}/{demo['notice_ids']['running']}")
    await expect(page.locator(".campaign")).to_contain_text("正在发")
    token = next(each["access_token"] for each in demo["accounts"] if each["role"] == "operator")
    address = f"{demo['base_url']}/api/v1/notices/{demo['notice_ids']['running']}"
    headers = {"Authorization": f"Bearer {token}"}
    assert httpx.post(f"{address}/pause", headers=headers).status_code == 200
    await expect(page.locator(".campaign")).to_contain_text("已暂停", timeout=10_000)
    assert httpx.post(f"{address}/resume", headers=headers).status_code == 200


async def test_a_forward_text_is_copied_with_a_tap_and_ticked_with_another(sign_in: Door) -> None:
    page = await sign_in("cadre", at="/console/today", permissions=["clipboard-read", "clipboard-write"])
    task = page.locator(".task", has_text="黄圈村村民群")
    await task.locator("[data-copies]").click()
    await expect(task.locator("[data-copies]")).to_contain_text("已复制")
    assert (await page.evaluate("navigator.clipboard.readText()")).startswith("下周停水检修\n下周二早八点")
    await task.locator("button", has_text="已发到群里").click()
    await expect(page.locator("#done")).to_contain_text("黄圈村村民群")


async def test_without_scripts_the_text_can_be_selected_and_ticked(sign_in: Door) -> None:
    page = await sign_in("cadre", at="/console/today", java_script_enabled=False)
    task = page.locator(".task", has_text="“琉璃庙村村民群”")
    await expect(task.locator("[data-copies]")).to_be_hidden()
    await expect(task.locator(".ready-text")).to_contain_text("请提前接两桶水")
    await task.locator("button", has_text="已发到群里").click()
    await expect(page.locator(".note.good")).to_contain_text("琉璃庙村村民群")
