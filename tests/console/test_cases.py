"""The desk's cases: a list with clocks, one case with its steps as forms, without scripts and by keyboard."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from playwright.async_api import expect

import backend.push.escalation  # noqa: F401 - registers what looks after an emergency
from backend.cases import dispatching, records, working
from backend.cases.figures import case_figures
from backend.cases.pairs import look_for_pairs
from backend.cases.schemas import CaseRecord
from backend.cases.words import CaseState
from backend.console.case_steps import FORMS, WHY_NOT
from backend.console.routes import router
from backend.core import clock, words
from backend.core.database import fetch
from backend.core.ids import uuid7
from backend.deadlines.tables import SuspensionReason
from backend.media.signed_addresses import read_token
from backend.people.guards import SESSION_COOKIE
from backend.people.one_time_links import set_password_hash
from backend.people.passwords import hash_password
from backend.people.sessions import open_session
from tests.application import application
from tests.cases.desk import QUESTION, Desk
from tests.cast import PASSWORD, Cast, phone_of
from tests.console.conftest import Door
from tests.console.test_pages import TOO_SMALL
from tests.console.test_receipt import PNG
from tests.console.test_today import CONTRASTS, SAME_SITE

CASES = "/console/cases"


class Browser:
    """A browser without scripts."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def sign_in(self, who: str) -> None:
        """As one of the cast, or by the phone of somebody of the desk."""
        phone = who if who[0].isdigit() else phone_of(who)
        session = await open_session(phone=phone, password=PASSWORD)
        self._client.cookies.set(SESSION_COOKIE, session.token)

    async def look(self, address: str = CASES, status: int = 200, **query: str) -> str:
        answer = await self._client.get(address + (f"?{urlencode(query)}" if query else ""))
        assert answer.status_code == status, answer.text
        return answer.text

    async def take(self, case: CaseRecord, step: str, files: Any = None, **fields: str) -> httpx.Response:
        given = {"id": str(uuid7())} | fields
        address = f"{CASES}/{case.id}/{step}"
        return await self._client.post(address, data=given, files=files, headers=SAME_SITE, follow_redirects=True)

    async def from_elsewhere(self, case: CaseRecord, step: str) -> httpx.Response:
        return await self._client.post(f"{CASES}/{case.id}/{step}", headers={"Sec-Fetch-Site": "cross-site"})

    async def leave(self) -> None:
        self._client.cookies.clear()


PLUMBER, CLERK = "199 0000 0072", "199 0000 0071"


@pytest.fixture
async def desk(cast: Cast) -> Desk:
    made = await Desk.make(cast)
    for who in (made.plumber, made.clerk):
        await set_password_hash(person_id=who.person_id, encoded=await hash_password(PASSWORD))
    return made


@pytest.fixture
async def browser_of(desk: Desk) -> AsyncIterator[Browser]:
    """The clerk's of the hotline."""
    app = application(router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        browser = Browser(client)
        await browser.sign_in(CLERK)
        yield browser


async def now_of(case: CaseRecord) -> CaseRecord:
    return await records.read(case.id)


# -- the list


async def test_each_row_tells_its_clock_by_sign_and_word_the_nearest_first(browser_of: Browser, desk: Desk) -> None:
    later = await desk.open(title="路坏了", category_code="planning_construction.roads")
    sooner = await desk.open(title="停水了")
    with clock.stopped(clock.now() + timedelta(hours=20)):
        await browser_of.sign_in(CLERK)
        page = await browser_of.look()
    assert page.index("停水了") < page.index("路坏了")
    assert re.findall(r'class="sheet case (\w*)"', page)[0] == "warn"
    assert "▲ " in page
    with clock.stopped(clock.now() + timedelta(days=2, hours=1)):
        await browser_of.sign_in(CLERK)
        page = await browser_of.look(light="red")
    assert "■ 已超 1 天" in page
    assert sooner.case.number_said in page
    assert later.case.number_said not in page


async def test_it_is_searched_by_number_and_by_words_and_narrowed(browser_of: Browser, desk: Desk) -> None:
    case = (await desk.open(title="路坏了", category_code="planning_construction.roads")).case
    await desk.open(title="停水了")
    for query in (
        *({"q": case.number}, {"q": case.number_said}, {"q": "路"}, {"category_code": "planning_construction.roads"}),
        {"channel": "phone", "state": "received", "q": "路坏"},
    ):
        page = await browser_of.look(**query)
        assert ("路坏了" in page, "停水了" in page) == (True, False), query
    assert "没有这样的工单" in await browser_of.look(channel="sms")


async def test_every_figure_opens_a_list_of_as_many(browser_of: Browser, desk: Desk) -> None:
    await desk.resolved(title="停水了")
    await desk.open(title="路坏了")
    await browser_of.sign_in("supervisor")
    figures = await case_figures(by=desk.cast.supervisor)
    counted = 0
    for figure in (figures.received, figures.answered_in_time, figures.open, figures.not_dispatched, figures.reopened):
        page = await browser_of.look(**figure.filters)
        assert page.count('class="case-link"') == figure.value
        counted += figure.value
    assert counted == 5


@pytest.mark.parametrize(
    "query", [{"state": "nonsense"}, {"unit_id": "x"}, {"received_from": "yesterday"}, {"after": "x"}, {"open": "2x"}]
)
async def test_a_filter_that_cannot_be_read_is_said(browser_of: Browser, desk: Desk, query: dict[str, str]) -> None:
    await desk.open()
    page = await browser_of.look(**query)
    assert 'role="alert"' in page


async def test_strangers_see_no_case_and_nobody_is_sent_to_sign_in(browser_of: Browser, desk: Desk) -> None:
    case = (await desk.open()).case
    await browser_of.sign_in("stranger")
    assert case.number_said not in await browser_of.look()
    await browser_of.look(f"{CASES}/{case.id}", 404)
    assert (await browser_of.take(case, "noted", note="x")).status_code == 404
    await browser_of.leave()
    assert "手机号" in (await browser_of.take(case, "noted", note="x")).text
    await browser_of.look(f"{CASES}/{case.id}", 303)


# -- one case


async def test_public_and_internal_lines_are_told_apart(browser_of: Browser, desk: Desk) -> None:
    case = await desk.dispatched()
    await working.note(case_id=case.id, id=uuid7(), remark="家里没人", by=desk.plumber)
    page = await browser_of.look(f"{CASES}/{case.id}")
    lines = re.findall(r'<li class="([^"]*)">.*?class="what">(.*?)</p>', page, re.DOTALL)
    assert [("internal" in look, "内部" in what) for look, what in lines] == [
        (True, True),
        (False, False),
        (False, False),
    ]
    assert "家里没人" in page


async def test_why_due_and_the_check_of_the_timeline_are_shown(browser_of: Browser, desk: Desk) -> None:
    case = await desk.dispatched()
    page = await browser_of.look(f"{CASES}/{case.id}", verify="1")
    assert "为什么是这个日期" in page
    assert "完整：共 2 条记录" in page
    await fetch("UPDATE cases_event SET payload = '{}' WHERE \"case\" = $1 AND seq = 1", case.id)
    page = await browser_of.look(f"{CASES}/{case.id}", verify="1")
    assert "不完整" in page
    assert "第 1 条被改过" in page


async def test_the_contact_is_shown_on_a_tap_that_is_written_down(browser_of: Browser, desk: Desk) -> None:
    case = (await desk.open()).case
    assert "林大山" not in await browser_of.look(f"{CASES}/{case.id}")
    before = len(await fetch("SELECT 1 FROM people_access_log"))
    assert "林大山" in (await browser_of.take(case, "contact")).text
    assert len(await fetch("SELECT 1 FROM people_access_log")) == before + 1


async def test_the_unit_proposed_is_named_with_why_and_one_tap_sends_it(browser_of: Browser, desk: Desk) -> None:
    case = (await desk.open()).case
    page = await browser_of.look(f"{CASES}/{case.id}")
    assert "建议转给：水务站" in page
    assert "a table of duties" in page
    id = str(uuid7())
    for _ in range(2):
        answer = await browser_of.take(case, "dispatched", id=id, unit_id="", note="快一点")
        assert (answer.status_code, "转给水务站办理" in answer.text) == (200, True), answer.text
    now = await now_of(case)
    assert now.assignee_unit is not None
    assert (now.assignee_unit.id, now.version) == (desk.water, case.version + 1)


async def test_a_case_goes_its_whole_way_through_the_forms(browser_of: Browser, desk: Desk) -> None:
    case = (await desk.open()).case
    await browser_of.take(case, "dispatched")
    await browser_of.sign_in(PLUMBER)
    for step, fields, state in (
        ("taken_in_hand", {}, CaseState.IN_HAND),
        ("responded", {"words": "明天来修"}, CaseState.IN_HAND),
        ("suspended", {"still": SuspensionReason.WEATHER_OR_SEASON.value, "words": "太冷"}, CaseState.SUSPENDED),
        ("resumed", {}, CaseState.IN_HAND),
        ("escalated", {"up": "loop:2", "words": "要多个单位"}, CaseState.IN_HAND),
        ("noted", {"note": "料已到"}, CaseState.IN_HAND),
    ):
        answer = await browser_of.take(case, step, **fields)
        assert (answer.status_code, (await now_of(case)).state) == (200, state), answer.text
    answer = await browser_of.take(case, "resolved", files=[("photo", ("1.png", PNG, "image/png"))], words="修好了")
    assert "办完后" in answer.text or "之后" in answer.text
    [small] = re.findall(r'<img src="/media/shown/([^"]+)"', answer.text)  # opens for whoever handles the case
    assert [read_token(small)[0]] == (await now_of(case)).photo_ids
    answer = await browser_of.take(case, "answered", words="水通了")
    assert (await now_of(case)).state is CaseState.ANSWERED
    await browser_of.sign_in(CLERK)
    await browser_of.take(case, "evaluated", judged="satisfied")
    now = await now_of(case)
    assert (now.state, now.loop, len(now.photo_ids)) == (CaseState.EVALUATED, 2, 1)


async def test_it_is_explained_rejected_contested_reopened_withdrawn_and_answered_at_once(
    browser_of: Browser, desk: Desk
) -> None:
    one, two = await desk.dispatched(), (await desk.open(category_code=QUESTION)).case
    await browser_of.sign_in(PLUMBER)
    await browser_of.take(one, "explained", why="funds", words="明年有钱再修")
    assert (await now_of(one)).state is CaseState.EXPLAINED
    await browser_of.sign_in(CLERK)
    await browser_of.take(one, "reopened", words="还是要修")
    assert (await now_of(one)).state is CaseState.REOPENED
    await browser_of.take(one, "withdrawn")
    assert (await now_of(one)).state is CaseState.WITHDRAWN
    await browser_of.take(two, "answered_on_spot", words="带身份证去大厅")
    assert (await now_of(two)).state is CaseState.ANSWERED


async def test_whoever_sends_a_case_away_comes_back_to_the_list(browser_of: Browser, desk: Desk) -> None:
    case = await desk.dispatched()
    await dispatching.transfer(case_id=case.id, id=uuid7(), to_unit_id=desk.roads, reason="x", by=desk.clerk)
    await dispatching.transfer(case_id=case.id, id=uuid7(), to_unit_id=desk.water, reason="x", by=desk.clerk)
    await fetch("UPDATE cases_case SET owner_unit = $2 WHERE id = $1", case.id, desk.roads)
    await browser_of.sign_in(PLUMBER)
    assert "已转 2 次" in await browser_of.look(f"{CASES}/{case.id}")
    answer = await browser_of.take(case, "transferred", unit_id=str(desk.roads), words="是路面的事")
    assert (answer.status_code, answer.url.path) == (200, CASES)


async def test_two_that_look_alike_stand_side_by_side_and_are_joined_or_not(browser_of: Browser, desk: Desk) -> None:
    older, newer = (await desk.open()).case, (await desk.open()).case
    await look_for_pairs(newer.id)
    page = await browser_of.look(f"{CASES}/{newer.id}")
    assert "和另一件是同一件事吗" in page
    (pair,) = re.findall(r'"sheet stack" id="pair-([^"]+)"', page)
    answer = await browser_of.take(newer, f"pairs/{pair}", same="yes")
    assert "并入另一件" in answer.text
    assert (await now_of(newer)).merged_into == older.id
    third = (await desk.open()).case
    answer = await browser_of.take(third, "merged", into=older.number_said, words="一样")
    assert (await now_of(third)).merged_into == older.id


@pytest.mark.parametrize(
    ("step", "fields", "status", "said"),
    [
        ("dispatched", {"unit_id": "x", "note": "我写的话"}, 400, "选一个单位"),
        ("dispatched", {"unit_id": "01a20233-0000-7000-8000-000000000000", "note": "我写的话"}, 404, "没有"),
        ("rejected", {"words": " ", "note": ""}, 400, "原因"),
        ("rejected", {"words": "字" * 2001}, 400, "2000"),
        ("merged", {"into": "1", "words": "我写的话"}, 409, "没有编号"),
        ("escalated", {"up": "moon", "words": "我写的话"}, 400, "提到哪一级"),
        ("resolved", {"words": "我写的话"}, 409, ""),
        ("noted", {"note": "我写的话", "id": "x"}, 400, "刷新"),
        ("nonsense", {}, 404, ""),
    ],
)
async def test_what_cannot_be_is_told_beside_its_form_with_what_was_typed(
    browser_of: Browser, desk: Desk, step: str, fields: dict[str, str], status: int, said: str
) -> None:
    case = (await desk.open()).case
    answer = await browser_of.take(case, step, **fields)
    assert (answer.status_code, said in answer.text) == (status, True), answer.text
    if step not in ("resolved", "nonsense"):
        typed = fields.get("note") or fields.get("words", "").strip()
        assert typed in answer.text
        assert re.search(r"<details name=\"step\" open>", answer.text)
    assert (await now_of(case)).state is CaseState.RECEIVED


async def test_the_same_id_with_other_words_changes_nothing(browser_of: Browser, desk: Desk) -> None:
    case, id = (await desk.open()).case, str(uuid7())
    await browser_of.take(case, "noted", id=id, note="一")
    answer = await browser_of.take(case, "noted", id=id, note="二")
    assert (answer.status_code, "以第一次为准" in answer.text) == (409, True)
    assert (await browser_of.from_elsewhere(case, "noted")).status_code == 403


async def test_only_the_steps_that_are_ones_own_are_offered(browser_of: Browser, desk: Desk) -> None:
    case = await desk.dispatched()
    steps = re.compile(rf'action="{CASES}/{case.id}/(\w+)"')
    of_clerk = set(steps.findall(await browser_of.look(f"{CASES}/{case.id}")))
    assert {"transferred", "merged", "withdrawn", "noted"} <= of_clerk
    assert "resolved" not in of_clerk
    await browser_of.sign_in(PLUMBER)
    of_plumber = set(steps.findall(await browser_of.look(f"{CASES}/{case.id}")))
    assert {"taken_in_hand", "resolved", "explained", "suspended"} <= of_plumber
    assert not {"merged", "withdrawn", "receipt"} & of_plumber


def test_every_word_of_the_forms_has_its_chinese() -> None:
    chinese = words.translations("zh")
    said = [word for form in FORMS.values() for word in (form.label, form.ask, form.warns) if word]
    assert [word for word in [*said, *WHY_NOT.values()] if chinese.gettext(word) == word] == []


# -- in a browser


async def _case(demo: dict[str, Any], title: str = "村东水管坏了") -> dict[str, Any]:
    operator = next(account for account in demo["accounts"] if account["role"] == "operator")
    new = {
        "channel": "phone",
        "category_code": "planning_construction.water",
        "title": title,
        "division_code": demo["village_code"],
    }
    async with httpx.AsyncClient(base_url=demo["base_url"]) as client:
        headers = {"Authorization": f"Bearer {operator['access_token']}"}
        return dict((await client.post("/api/v1/cases", json=new, headers=headers)).json())


async def test_the_list_is_walked_by_keyboard(demo: dict[str, Any], sign_in: Door) -> None:
    for n in range(2):
        await _case(demo, f"第{n}件")
    page = await sign_in("operator", at=CASES)
    await page.wait_for_load_state("networkidle")
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.keyboard.press("k")
    first = page.locator("#cases .case-link").first
    await expect(first).to_be_focused()
    await page.keyboard.press("/")
    await expect(page.locator("#q")).to_be_focused()
    assert await page.input_value("#q") == ""
    await first.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator(".case-number")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_list_and_case_fit_a_phone_and_can_be_read(demo: dict[str, Any], sign_in: Door, scheme: str) -> None:
    made = await _case(demo)
    page = await sign_in("operator", at=CASES, color_scheme=scheme, viewport={"width": 360, "height": 740})
    for address in (CASES, f"{CASES}/{made['case']['id']}"):
        await page.goto(address)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert await page.evaluate(TOO_SMALL) == []
        assert await page.evaluate(CONTRASTS) == []


async def test_a_step_is_taken_without_scripts(demo: dict[str, Any], sign_in: Door) -> None:
    made = await _case(demo)
    page = await sign_in("operator", at=CASES, java_script_enabled=False)
    await page.goto(f"{CASES}/{made['case']['id']}")
    await page.click("summary:text('内部备注')")
    await page.fill("#noted-note", "已打电话")
    await page.click("details[open] button.main")
    await expect(page.locator(".timeline .internal .words").first).to_have_text("已打电话")
