"""A receipt on a citizen's phone: its form for every number, what became of it, and what he may do, without scripts."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, Page, expect

import backend.push.escalation  # noqa: F401 - registers what looks after an emergency
from backend.cases import dispatching, ending, exchange, receipts, working
from backend.cases.receipts import Recognised
from backend.cases.refusals import ReceiptUnknown
from backend.cases.rules import STEPS
from backend.cases.schemas import OpenedCase
from backend.cases.words import CaseState, Satisfaction
from backend.console import case_labels
from backend.console.routes import router
from backend.core import clock, words
from backend.core.database import fetch, fetch_row
from backend.core.ids import uuid7
from tests.application import application
from tests.cases.desk import Desk
from tests.cast import Cast
from tests.console.conftest import Door
from tests.console.test_pages import TOO_SMALL
from tests.console.test_today import CONTRASTS, SAME_SITE

LIMIT_BYTES = 60_000
HOME = "203.0.113.7"
SMALL = {"width": 360, "height": 740}
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c626001000000ffff03000006"
    "000557bfabd40000000049454e44ae426082"
)


class Phone:
    """A browser without scripts."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def look(self, number: str, **query: str) -> httpx.Response:
        return await self._client.get(f"/r/{number}", params=query)

    async def open(self, number: str, secret: str) -> httpx.Response:
        return await self._client.post(
            f"/r/{number}", data={"secret": secret}, headers=SAME_SITE, follow_redirects=True
        )

    async def send(self, number: str, step: str, files: Any = None, **fields: str) -> httpx.Response:
        given = {"id": str(uuid7())} | fields
        address = f"/r/{number}/{step}"
        return await self._client.post(address, data=given, files=files, headers=SAME_SITE, follow_redirects=True)

    async def send_from_elsewhere(self, number: str, step: str) -> httpx.Response:
        return await self._client.post(f"/r/{number}/{step}", data={}, headers={"Sec-Fetch-Site": "cross-site"})

    def forget(self) -> None:
        self._client.cookies.clear()


@pytest.fixture
async def desk(cast: Cast) -> Desk:
    return await Desk.make(cast)


@pytest.fixture
async def phone(cast: Cast) -> AsyncIterator[Phone]:
    app = application(router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield Phone(client)


async def opened(phone: Phone, desk: Desk, **changes: Any) -> OpenedCase:
    """A case whose receipt this phone has opened."""
    case = await desk.open(**changes)
    answer = await phone.open(case.case.number, case.secret or "")
    assert answer.status_code == 200, answer.text
    return case


async def told(phone: Phone, desk: Desk) -> OpenedCase:
    """The same, resolved and answered."""
    case = await opened(phone, desk)
    await _resolve(case, desk)
    await ending.answer(case_id=case.case.id, id=uuid7(), remark="水通了", by=desk.plumber)
    return case


async def _resolve(case: OpenedCase, desk: Desk) -> None:
    await dispatching.dispatch(case_id=case.case.id, id=uuid7(), unit_id=desk.water, by=desk.clerk)
    await working.resolve(case_id=case.case.id, id=uuid7(), remark="管子换好了", by=desk.plumber)


async def state_of(case: OpenedCase) -> str:
    row = await fetch_row("SELECT state FROM cases_case WHERE id = $1", case.case.id)
    assert row is not None
    return str(row["state"])


# -- the form


async def test_every_number_known_or_not_shows_the_same_form_and_looking_changes_nothing(
    phone: Phone, desk: Desk
) -> None:
    number = (await desk.open()).case.number
    pages = [await phone.look(asked) for asked in (number, "618033988739", number)]
    assert [page.status_code for page in pages] == [200, 200, 200]
    said = [re.sub(r"[0-9 ]{12,14}", "N", page.text) for page in pages]
    assert len(set(said)) == 1
    assert "六位密码" in said[0]
    assert "村东水管坏了" not in said[0]
    assert await fetch("SELECT 1 FROM cases_receipt_attempt") == []


async def test_a_wrong_secret_an_unknown_number_and_a_lock_are_one_sentence(phone: Phone, desk: Desk) -> None:
    case = await desk.open()
    wrong = f"{(int(case.secret or 0) + 1) % 1_000_000:06d}"
    tries = [(case.case.number, wrong)] * 6 + [("618033988739", wrong), (case.case.number, case.secret or "")]
    pages = [await phone.open(number, secret) for number, secret in tries]

    assert {page.status_code for page in pages} == {404}
    sentences = {re.search(r'role="alert">([^<]+)<', page.text)[1] for page in pages}  # type: ignore[index]
    assert len(sentences) == 1
    sentence = sentences.pop()
    assert "小时" in sentence, "when to try again"
    assert "找认识您的人补办" in pages[0].text


async def test_a_secret_opens_it_for_half_an_hour_and_no_other_receipt(phone: Phone, desk: Desk) -> None:
    other = (await desk.open()).case
    case = (await opened(phone, desk)).case
    page = (await phone.look(case.number)).text
    assert case.number_said in page
    assert "村东水管坏了" not in (await phone.look(other.number)).text
    with clock.stopped(clock.now() + timedelta(minutes=31)):
        assert "六位密码" in (await phone.look(case.number)).text


async def test_closing_the_page_takes_the_ticket_away(phone: Phone, desk: Desk) -> None:
    case = (await opened(phone, desk)).case
    page = await phone.send(case.number, "leaving")
    assert "六位密码" in page.text


# -- the case


async def test_it_says_the_stage_who_has_it_by_when_and_why(phone: Phone, desk: Desk) -> None:
    case = await opened(phone, desk)
    await fetch("UPDATE people_unit SET public_phone = '0635-0000001' WHERE id = $1", desk.water)
    await _resolve(case, desk)
    page = (await phone.look(case.case.number)).text

    assert re.findall(r'<li class="(done|now|to-come)"', page) == ["done", "done", "now", "to-come", "to-come"]
    assert [word for word in ("受理", "分转", "办结", "反馈", "评价") if f"<b>{word}</b>" not in page] == []
    assert "办理单位：水务站" in page
    assert 'href="tel:0635-0000001"' in page
    assert "按时办到" in page
    assert "为什么是这个日期" in page
    assert "管子换好了" in page
    assert [word for word in ("冯水工", "钱接线", "林大山", "19900000051") if word in page] == []


async def test_remarks_for_staff_stay_with_staff_and_what_a_partner_got_is_told(phone: Phone, desk: Desk) -> None:
    case = await opened(phone, desk)
    await working.note(case_id=case.case.id, id=uuid7(), remark="此人常来", by=desk.clerk)
    await exchange.disclose(
        case_id=case.case.id,
        id=uuid7(),
        words="已把地点给供水公司",
        partner="供水公司",
        purpose="抢修",
        fields=["地点"],
    )
    page = (await phone.look(case.case.number)).text
    assert "此人常来" not in page
    assert "已把地点给供水公司" in page


# -- what he may do


async def test_one_tap_says_satisfied_and_a_second_tap_is_harmless(phone: Phone, desk: Desk) -> None:
    case = await told(phone, desk)
    id = str(uuid7())
    for _ in range(2):
        page = await phone.send(case.case.number, "evaluation", id=id, judged="satisfied")
        assert (page.status_code, "已记下您的评价" in page.text, "本人评价：满意" in page.text) == (200, True, True)
    assert await state_of(case) == CaseState.EVALUATED


async def test_not_satisfied_is_one_tap_and_a_word_opens_it_again(phone: Phone, desk: Desk) -> None:
    case = await told(phone, desk)
    page = await phone.send(case.case.number, "evaluation", judged="dissatisfied")
    assert "您不满意。请说说哪里没办好" in page.text
    page = await phone.send(case.case.number, "reopening", words="又漏了")
    assert "已重新办理" in page.text
    assert "又漏了" in page.text
    assert await state_of(case) == CaseState.REOPENED


async def test_what_was_not_accepted_may_be_contested_once_words_are_there(phone: Phone, desk: Desk) -> None:
    case = await opened(phone, desk)
    await working.reject(case_id=case.case.id, id=uuid7(), reason="不在范围", by=desk.clerk)
    page = await phone.send(case.case.number, "contest", words=" ")
    assert page.status_code == 400
    assert await state_of(case) == CaseState.UNREASONABLE
    page = await phone.send(case.case.number, "contest", words="别的村都办了")
    assert "别的村都办了" in page.text
    assert await state_of(case) == CaseState.REOPENED


async def test_words_are_added_withdrawn_and_forgotten(phone: Phone, desk: Desk) -> None:
    case = await opened(phone, desk)
    number = case.case.number
    assert "已记下" in (await phone.send(number, "words", words="<b>两户</b>都没水")).text
    page = (await phone.look(number)).text
    assert "&lt;b&gt;两户&lt;/b&gt;都没水" in page
    assert "已撤回" in (await phone.send(number, "withdrawal")).text
    page = (await phone.send(number, "erasure")).text
    assert "姓名和电话已删除" in page
    assert "两户" not in page
    assert "应本人要求已删除" in page
    assert "确定删除" not in page


async def test_photos_are_sent_once_and_belong_to_the_case(phone: Phone, desk: Desk) -> None:
    case = await opened(phone, desk)
    id = str(uuid7())
    for _ in range(2):
        files = [("photo", ("1.png", PNG, "image/png")), ("photo", ("2.png", PNG + b"\0", "image/png"))]
        page = await phone.send(case.case.number, "photos", files=files, id=id)
        assert (page.status_code, "补充了 2 张照片" in page.text) == (200, True), page.text
    rows = await fetch("SELECT opener, claimed_id FROM media_photo")
    assert [row["claimed_id"] for row in rows] == [case.case.id] * 2
    page = await phone.send(case.case.number, "photos", files=[("photo", ("", b"", "image/png"))])
    assert (page.status_code, "请先" in page.text) == (400, True)


@pytest.mark.parametrize(
    ("step", "fields", "status"),
    [
        ("words", {"words": ""}, 400),
        ("words", {"words": "字" * 2001}, 400),
        ("words", {"words": "你好", "id": "x"}, 400),
        ("evaluation", {"judged": "satisfied"}, 409),
        ("reopening", {"words": "再办"}, 409),
        ("nonsense", {}, 404),
    ],
)
async def test_what_cannot_be_is_told_on_the_page_with_what_was_typed(
    phone: Phone, desk: Desk, step: str, fields: dict[str, str], status: int
) -> None:
    case = await opened(phone, desk)
    page = await phone.send(case.case.number, step, **fields)
    assert page.status_code == status, page.text
    assert fields.get("words", "") in page.text
    assert await state_of(case) == CaseState.RECEIVED


async def test_nobody_elsewhere_and_no_stranger_takes_a_step(phone: Phone, desk: Desk) -> None:
    case = await opened(phone, desk)
    assert (await phone.send_from_elsewhere(case.case.number, "withdrawal")).status_code == 403
    phone.forget()
    page = await phone.send(case.case.number, "words", words="我写了很久")
    assert (page.status_code, "我写了很久" in page.text, "再输一次密码" in page.text) == (403, True, True)
    await opened(phone, desk)
    assert (await phone.send(case.case.number, "withdrawal")).status_code == 403, "another receipt's ticket"
    assert await state_of(case) == CaseState.RECEIVED


async def test_a_new_secret_closes_what_the_old_one_opens(phone: Phone, desk: Desk) -> None:
    case = await desk.open(household_id=desk.cast.household)
    await receipts.recover(case_id=case.case.id, id=uuid7(), recognised=Recognised.KNOWN_PERSONALLY, by=desk.cast.cadre)
    assert (await phone.open(case.case.number, case.secret or "")).status_code == 404
    with pytest.raises(ReceiptUnknown):
        await receipts.track(number=case.case.number, secret=case.secret or "", address=HOME)


def test_every_kind_of_line_stage_and_state_has_its_chinese() -> None:
    chinese = words.translations("zh")
    tables = [
        *(case_labels.STAGES, case_labels.STATES, case_labels.OUTCOMES, case_labels.CHANNELS, case_labels.KINDS),
        *(case_labels.JUDGED, case_labels.LIGHTS, case_labels.STILL, case_labels.RECOGNISED, case_labels.LINES),
    ]
    assert [name for table in tables for name in table.values() if chinese.gettext(name) == name] == []
    assert set(case_labels.STATES) == set(CaseState)
    assert set(case_labels.JUDGED) == set(Satisfaction)
    assert set(STEPS) - set(case_labels.LINES) == set()


# -- in a browser


async def _case(demo: dict[str, Any]) -> dict[str, Any]:
    """A case of the demo, opened by its operator."""
    operator = next(account for account in demo["accounts"] if account["role"] == "operator")
    new = {
        "channel": "phone",
        "category_code": "planning_construction.water",
        "title": "村东水管坏了",
        "description": "两天没水了",
        "division_code": demo["village_code"],
    }
    async with httpx.AsyncClient(base_url=demo["base_url"]) as client:
        headers = {"Authorization": f"Bearer {operator['access_token']}"}
        answer = await client.post("/api/v1/cases", json=new, headers=headers)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def _follow(page: Page, made: dict[str, Any]) -> None:
    await page.goto(f"/r/{made['case']['number']}")
    await page.fill("#secret", made["secret"])
    await page.click("button.main")
    await expect(page.locator(".receipt-number")).to_have_text(made["case"]["number_said"])
    await page.wait_for_load_state("load")


async def test_a_citizen_goes_the_whole_way_without_scripts_under_60_kb(
    browser: Browser, demo: dict[str, Any], tmp_path: Path
) -> None:
    made = await _case(demo)
    context = await browser.new_context(
        base_url=demo["base_url"], viewport=SMALL, locale="zh-CN", java_script_enabled=False
    )
    page = await context.new_page()
    await _follow(page, made)
    await expect(page.locator(".receipt-number")).to_have_text(made["case"]["number_said"])
    await page.click("text=补充说明")
    await page.fill("#more-words", "水表也坏了")
    await page.click("#more-words ~ p button")
    await expect(page.locator(".note.good")).to_contain_text("已记下")
    photo = tmp_path / "1.png"
    photo.write_bytes(PNG)
    await page.click("text=加照片")
    await page.set_input_files("#photo", photo)
    await page.click("text=发送照片")
    await expect(page.locator(".note.good")).to_contain_text("照片收到了")
    await page.click("text=不办了，撤回")
    await page.click("text=确定撤回")
    await expect(page.locator(".note.good")).to_contain_text("已撤回")
    await page.click("text=大字")
    assert await page.locator("html.large").count() == 1
    await context.close()


async def test_the_page_with_all_it_loads_is_light_fits_and_can_be_read(
    browser: Browser, demo: dict[str, Any], sign_in: Door
) -> None:
    made = await _case(demo)
    for look in ({"color_scheme": "light"}, {"color_scheme": "dark"}):
        context = await browser.new_context(base_url=demo["base_url"], viewport=SMALL, locale="zh-CN", **look)
        page = await context.new_page()
        weighs: list[int] = []
        complaints: list[str] = []
        page.on("console", lambda said, kept=complaints: kept.append(said.text) if said.type == "error" else None)
        await _follow(page, made)
        page.on("requestfinished", lambda request, kept=weighs: kept.append(request))
        await page.reload(wait_until="networkidle")
        sizes = [await request.sizes() for request in weighs]
        assert sum(size["responseBodySize"] for size in sizes) < LIMIT_BYTES
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert await page.evaluate(TOO_SMALL) == []
        assert await page.evaluate(CONTRASTS) == []
        await page.goto(page.url + "?big=1")
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert complaints == []
        await context.close()
