"""The front page: what I have to do, in the order of doing it, on a phone, on paper and without scripts."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from playwright.async_api import Page, expect

from backend.console.routes import router
from backend.core import clock
from backend.core.ids import uuid7
from backend.people.actors import Actor
from backend.people.guards import SESSION_COOKIE
from backend.people.sessions import open_session
from backend.tasks import actions
from backend.tasks.schemas import TaskRecord
from backend.tasks.tables import TaskKind, TaskState, Urgency
from tests.application import application
from tests.cast import PASSWORD, PEOPLE, Cast, phone_of
from tests.console.conftest import KEPT, Door, until
from tests.console.test_pages import TOO_SMALL
from tests.tasks.requests import asked

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
TODAY = "/console/today"


class Browser:
    """A browser without scripts, signed in by cookie as one of the cast."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def sign_in(self, who: str) -> None:
        session = await open_session(phone=phone_of(who), password=PASSWORD)
        self._client.cookies.set(SESSION_COOKIE, session.token)

    async def look(self, address: str = TODAY) -> str:
        answer = await self._client.get(address)
        assert answer.status_code == 200, answer.text
        return answer.text

    async def send(self, task: TaskRecord, step: str, **fields: str) -> httpx.Response:
        """A form, and the page that the browser shows next."""
        return await self._client.post(
            f"{TODAY}/{task.id}/{step}", data=fields, headers=SAME_SITE, follow_redirects=True
        )

    async def send_from_elsewhere(self, task: TaskRecord, step: str) -> httpx.Response:
        return await self._client.post(f"{TODAY}/{task.id}/{step}", data={}, headers={"Sec-Fetch-Site": "cross-site"})


@pytest.fixture
async def phone(cast: Cast) -> AsyncIterator[Browser]:
    """The cadre's, in front of the console's own routes."""
    app = application(router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        browser = Browser(client)
        await browser.sign_in("cadre")
        yield browser


async def state_of(task: TaskRecord, by: Actor) -> TaskRecord:
    return await actions.get_task(task_id=task.id, by=by)


async def test_tasks_stand_by_urgency_then_by_due_time_and_say_so_in_words(phone: Browser, cast: Cast) -> None:
    me = cast.cadre.person_id
    later = await asked(assignee_id=me, title_zh="补照片", urgency=Urgency.LOW)
    sooner = await asked(assignee_id=me, title_zh="回电话", due_at=clock.now() - timedelta(hours=1))
    first = await asked(household_id=cast.household, title_zh="上门核实", urgency=Urgency.EMERGENCY)
    page = await phone.look()

    assert re.findall(r'id="task-([^"]+)"', page) == [str(task.id) for task in (first, sooner, later)]
    assert [word for word in ("▲ 特急", "！超过时限", "▽ 不急", "○ 未签收", "林大山") if word not in page] == []


async def test_it_is_everybodys_front_page_and_cadres_log_from_it(phone: Browser) -> None:
    for who in PEOPLE:
        await phone.sign_in(who)
        _is_the_front_page_of(who, await phone.look("/console"))


def _is_the_front_page_of(who: str, page: str) -> None:
    assert "眼下没有要办的事" in page
    assert ('class="button main" href="/console/log"' in page) == (
        who in ("cadre", "next_cadre", "assistant", "stranger")
    )
    assert 'href="/console/map"' in page
    assert 'href="/console/photos"' in page


async def test_got_it_is_told_and_a_second_tap_is_harmless(phone: Browser, cast: Cast) -> None:
    task = await asked(assignee_id=cast.cadre.person_id, title_zh="回电话")
    answers = [await phone.send(task, "acknowledgement") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert all("已签收：回电话" in answer.text and "◐ 已收到" in answer.text for answer in answers)
    assert "acknowledgement" not in answers[0].text


@pytest.mark.parametrize(("day", "given", "back"), [("today", "", 0), ("yesterday", "", 1), ("other", "-5", 5)])
async def test_done_says_on_which_day_and_stands_below(
    phone: Browser, cast: Cast, day: str, given: str, back: int
) -> None:
    task = await asked(assignee_id=cast.cadre.person_id, title_zh="回电话")
    on = clock.today() - timedelta(days=back)
    for _ in range(2):
        answer = await phone.send(task, "completion", day=day, date=on.isoformat() if given else "", remark="约好周三")
        assert answer.status_code == 200
        assert "办好了，已记上：回电话" in answer.text
        assert ("补录" in answer.text) == (back > 0)

    done = await state_of(task, cast.cadre)
    assert (done.state, done.done_on, done.entered_late, done.close_remark) == ("done", on, back > 0, "约好周三")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"day": "other", "date": ""}, "请先选日期"),
        ({"day": "other", "date": "2100-01-01"}, "不在"),
        ({"day": "today", "remark": "打 19900000051"}, "不要写电话号码"),
    ],
)
async def test_what_cannot_be_written_down_is_told_on_the_page(
    phone: Browser, cast: Cast, fields: dict[str, str], words: str
) -> None:
    task = await asked(assignee_id=cast.cadre.person_id)
    answer = await phone.send(task, "completion", **fields)

    assert answer.status_code == 400
    assert words in answer.text
    assert (await state_of(task, cast.cadre)).state is TaskState.OPEN


async def test_cannot_be_done_asks_why_and_stays_in_sight(phone: Browser, cast: Cast) -> None:
    task = await asked(assignee_id=cast.cadre.person_id, title_zh="回电话")
    without = await phone.send(task, "refusal")
    assert (without.status_code, "请先选一个原因" in without.text) == (400, True)
    answer = await phone.send(task, "refusal", reason="no_way_there", remark="桥断了")

    assert "已记下办不了：回电话" in answer.text
    assert "路不通，或不安全：桥断了" in answer.text
    after = await phone.send(task, "completion", day="today")
    assert "办好了，已记上：回电话" in after.text


async def test_a_colleague_is_chosen_from_a_list_and_two_taps_hand_over_once(phone: Browser, cast: Cast) -> None:
    task = await asked(household_id=cast.household, title_zh="回访")
    page = await phone.look(f"{TODAY}/{task.id}/hand-over")
    to = re.search(r'<option value="([^"]+)">周敏', page)
    made = re.search(r'name="id" value="([^"]+)"', page)
    assert to
    assert made
    assert (await phone.send(task, "hand-over", id=made[1], to="")).status_code == 400
    for _ in range(2):
        answer = await phone.send(task, "hand-over", id=made[1], to=to[1], remark="钥匙在村委会")
        assert (answer.status_code, "已交给同事" in answer.text) == (200, True)

    assert f"task-{task.id}" not in await phone.look()
    await phone.sign_in("next_cadre")
    hers = await phone.look()
    assert "李秀兰：钥匙在村委会" in hers
    assert hers.count('class="sheet task') == 1


async def test_what_was_withdrawn_meanwhile_is_told_in_words(phone: Browser, cast: Cast) -> None:
    task = await asked(assignee_id=cast.cadre.person_id)
    await actions.settle(origin_room="tests", origin_id=task.origin_id, to=TaskState.WITHDRAWN)
    answer = await phone.send(task, "completion", day="today")

    assert answer.status_code == 409
    assert "不用办了" in answer.text


async def test_a_strangers_task_is_not_found_and_another_site_cannot_tap(phone: Browser, cast: Cast) -> None:
    task = await asked(assignee_id=cast.stranger.person_id)
    mine = await asked(assignee_id=cast.cadre.person_id)

    assert (await phone.send(task, "acknowledgement")).status_code == 404
    assert (await phone.send(task, "completion", day="today")).status_code == 404
    assert (await phone.send(task, "hand-over", id=str(uuid7()), to=str(uuid7()))).status_code == 404
    assert (await phone.send_from_elsewhere(mine, "acknowledgement")).status_code == 403
    assert (await state_of(mine, cast.cadre)).state is TaskState.OPEN


async def test_an_address_that_claims_something_was_done_is_not_believed(phone: Browser, cast: Cast) -> None:
    task = await asked(assignee_id=cast.cadre.person_id)

    assert "办好了，已记上" not in await phone.look(f"{TODAY}?did=done&task={task.id}")
    assert "note good" not in await phone.look(f"{TODAY}?did=anything&task={uuid7()}")


async def test_an_office_is_one_tap_away_and_a_text_is_ready_to_be_posted(phone: Browser, cast: Cast) -> None:
    await asked(assignee_id=cast.cadre.person_id, office_phone="0635 3950001", link="/console/photos")
    await asked(
        assignee_id=cast.cadre.person_id, kind=TaskKind.FORWARD_TEXT, detail_zh="明天停水。\n请备水。", headcount=113
    )
    page = await phone.look()

    assert 'href="tel:06353950001"' in page
    assert '<p class="ready-text">明天停水。\n请备水。</p>' in page
    assert "113 人" in page


async def test_a_long_day_is_shown_in_part_and_whole_on_a_tap(phone: Browser, cast: Cast) -> None:
    for _ in range(22):
        await asked(assignee_id=cast.cadre.person_id)
    page = await phone.look()

    assert page.count('class="sheet task') == 20
    assert len(page.encode()) < 70_000
    assert "查看全部 22 件" in page
    assert (await phone.look(f"{TODAY}?everything=true")).count('class="sheet task') == 22


# -- in a phone's browser, on the demo


async def _order(page: Page) -> list[str]:
    return await page.locator(".task h3").all_inner_texts()


async def test_a_tap_puts_the_nearest_first_within_an_urgency_and_a_second_takes_it_back(sign_in: Door) -> None:
    page = await sign_in("cadre", at=TODAY, geolocation={"latitude": 36.9021, "longitude": 116.2890, "accuracy": 9})
    before = await _order(page)
    await page.click("#by-distance")
    await until(page, "document.querySelector('#by-distance').getAttribute('aria-pressed') === 'true'")
    ranks = await page.locator(".task").evaluate_all("all => all.map(one => Number(one.dataset.urgency))")
    metres = await page.locator('.task[data-urgency="2"][data-longitude]').evaluate_all(
        "all => all.map(one => one.querySelector('.distance').textContent)"
    )

    assert ranks == sorted(ranks)
    assert metres == sorted(metres, key=_metres)
    await page.click("#by-distance")
    assert await _order(page) == before


def _metres(text: str) -> float:
    number, unit = text.split()
    return float(number) * (1000 if unit == "公里" else 1)


async def test_a_phone_that_keeps_its_place_to_itself_is_asked_only_on_a_tap(sign_in: Door) -> None:
    page = await sign_in("cadre", at=TODAY, permissions=[])
    await expect(page.locator("#no-place")).to_be_hidden()
    await page.click("#by-distance")

    await expect(page.locator("#no-place")).to_be_visible()
    await expect(page.locator("#by-distance")).to_have_attribute("aria-pressed", "false")


@pytest.mark.parametrize("width", [320, 390])
async def test_it_fits_a_phone_and_what_is_to_be_touched_is_large_enough(sign_in: Door, width: int) -> None:
    page = await sign_in("cadre", at=TODAY, viewport={"width": width, "height": 740})
    for summary in await page.locator(".task").first.locator("summary").all():
        await summary.click()

        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert await page.evaluate(TOO_SMALL) == []


async def test_it_works_without_scripts(sign_in: Door) -> None:
    page = await sign_in("cadre", at=TODAY, java_script_enabled=False)
    task = page.locator(".task", has_text="补一张")
    await expect(page.locator("#by-distance")).to_be_hidden()
    await task.locator("summary", has_text="办好了").click()
    await task.locator("button", has_text="昨天办的").click()

    await expect(page.locator(".note.good")).to_contain_text("补一张")
    await expect(page.locator("#done")).to_contain_text("补录")


async def test_on_paper_there_are_boxes_to_tick_and_no_buttons(sign_in: Door) -> None:
    page = await sign_in("cadre", at=TODAY)
    await page.emulate_media(media="print")

    await expect(page.locator(".task .tick").first).to_be_visible()
    assert await page.locator("button:visible, .bar:visible, .acts:visible").count() == 0


CONTRASTS = """() => {
  const linear = (v) => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => .2126 * linear(r / 255) + .7152 * linear(g / 255) + .0722 * linear(b / 255);
  const numbers = (colour) => colour.match(/[0-9.]+/g).map(Number);
  const ground = (one) => {
    for (; one; one = one.parentElement) {
      const colour = numbers(getComputedStyle(one).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const ratio = (one) => {
    const [dark, bright] = [numbers(getComputedStyle(one).color), ground(one)].map(light).sort((a, b) => a - b);
    return (bright + .05) / (dark + .05);
  };
  const says = (one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  return [...document.querySelectorAll("main *")]
    .filter((one) => one.checkVisibility() && says(one) && ratio(one) < 4.5)
    .map((one) => `${ratio(one).toFixed(1)} ${one.outerHTML.slice(0, 70)}`);
}"""
"""WCAG 2.2, 1.4.3."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_word_stands_out_from_its_ground(sign_in: Door, scheme: str) -> None:
    page = await sign_in("cadre", at=TODAY, color_scheme=scheme)
    await page.locator(".task").first.locator("summary").first.click()
    poor: list[Any] = await page.evaluate(CONTRASTS)

    assert poor == []


async def test_every_field_has_a_label(sign_in: Door) -> None:
    page = await sign_in("cadre", at=TODAY)
    unnamed = await page.evaluate(
        "() => [...document.querySelectorAll('main input:not([type=hidden]), main select')]"
        ".filter(one => !one.labels.length).map(one => one.outerHTML)"
    )

    assert unnamed == []


async def test_contacts_that_wait_on_the_phone_are_told_of(sign_in: Door) -> None:
    page = await sign_in("cadre")
    await until(page, KEPT)
    await page.goto(TODAY)
    await expect(page.locator("#unsent")).to_be_hidden()
    await page.goto("/console/log")
    await page.context.set_offline(True)
    await page.locator('.house [data-channel="sms"]').first.click()
    await page.click('button[value="save"]')
    await expect(page.locator("#queue-list li")).to_have_count(1)
    await page.route("**/api/v1/**", lambda route: route.abort())
    await page.context.set_offline(False)
    await page.goto(TODAY)

    await expect(page.locator("#unsent")).to_be_visible()
