"""The working calendar: looked at, published from a notice as it is pasted; deadlines moved, or said to be stale."""

import re
from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Any

import httpx
import pytest

from backend.console.calendar_lines import read_notice
from backend.console.routes import router
from backend.core import clock
from backend.core.database import engine, fetch
from backend.core.ids import uuid7
from backend.deadlines import calendar_queries, recalculations, starting
from backend.deadlines.calendars import DayKind
from backend.deadlines.schemas import NewClock
from backend.people.guards import SESSION_COOKIE
from backend.people.sessions import open_session
from tests.application import application
from tests.cast import PASSWORD, VILLAGE, Cast, phone_of
from tests.console.conftest import Door
from tests.console.test_pages import TOO_SMALL
from tests.console.test_today import SAME_SITE

PAGE, NEW, MOVES = (
    "/console/deadlines/calendars",
    "/console/deadlines/calendars/new",
    "/console/deadlines/recalculations",
)
NOTICE = """国务院办公厅关于2027年部分节假日安排的通知
一、元旦：1月1日（周五）至3日（周日）放假，共3天。1月9日（周六）上班。
二、春节：2月5日（农历除夕、周五）至11日（周四）放假调休，共7天。2月14日（周日）、2月20日（周六）上班。
三、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。5月8日（周六）上班。
四、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。
"""
FORM = {"year": "2027", "source": "国办发明电〔2026〕9号", "lines": NOTICE}


class Browser:
    """A browser without scripts."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def sign_in(self, who: str) -> None:
        session = await open_session(phone=phone_of(who), password=PASSWORD)
        self._client.cookies.set(SESSION_COOKIE, session.token)

    async def look(self, address: str = PAGE, status: int = 200) -> str:
        answer = await self._client.get(address)
        assert answer.status_code == status, answer.text
        return answer.text

    async def send(self, address: str, **fields: Any) -> httpx.Response:
        """A form, and the page that the browser shows next."""
        return await self._client.post(address, data=fields, headers=SAME_SITE, follow_redirects=True)

    async def publish(self, **fields: Any) -> httpx.Response:
        """Look at it, then press the button that the page then has."""
        given = {"id": str(uuid7()), **FORM, **fields}
        looked = await self.send(NEW, **given, step="look")
        assert looked.status_code == 200, looked.text
        return await self.send(NEW, **given, step="publish", looked=hidden(looked.text, "looked"))


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found is not None, page
    return found.group(1)


@pytest.fixture
async def desk(cast: Cast) -> AsyncIterator[Browser]:
    app = application(router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        browser = Browser(client)
        await browser.sign_in("admin")
        yield browser


@pytest.fixture(autouse=True)
async def one_calendar() -> AsyncIterator[None]:
    """Calendars are reference data, so a version that a test published is taken away after it."""
    yield
    if engine.pool is not None:
        for table, column in (("_day", "calendar"), ("_year", "calendar"), ("", "version")):
            await fetch(f"DELETE FROM deadlines_calendar{table} WHERE {column} > 1")
    calendar_queries.forget()


def test_the_notice_is_read_as_it_is_written() -> None:
    lines = read_notice(NOTICE, year=2027)
    days = {day.date: day.kind for line in lines for day in line.days}

    assert (lines[0].days, lines[0].problem) == ([], None)
    assert [len(line.days) for line in lines[1:]] == [4, 9, 6, 7]
    assert (days[date(2027, 2, 11)], days[date(2027, 2, 14)]) == (DayKind.HOLIDAY, DayKind.WORKDAY)
    assert {line.days[0].name_en for line in lines[1:]} >= {"Spring Festival", "National Day"}


@pytest.mark.parametrize(
    ("line", "days"),
    [
        ("2027-01-01 元旦 休", 1),
        ("2027/1/9，元旦，班", 1),
        ("2027年2月5日至2027年2月11日 春节 休", 7),
        ("元旦：2022年12月31日至2023年1月2日放假调休，共3天。", 3),
        ("五、端午节：6月9日放假，与周末不连休。", 1),
        ("国庆节、中秋节：9月29日至10月6日放假调休，共8天。10月7日、10月8日上班。", 10),
    ],
)
def test_a_line_may_be_a_row_or_a_sentence(line: str, days: int) -> None:
    (read,) = read_notice(line, year=2027)

    assert (len(read.days), read.problem) == (days, None)


@pytest.mark.parametrize(
    "line",
    ["2027-02-30 春节 休", "2027-01-01 元旦", "2027-01-01 元旦 也许", "春节：2月11日至2月5日放假", "2月5日放假"],
)
def test_a_line_that_cannot_be_read_says_why(line: str) -> None:
    (read,) = read_notice(line, year=2027)

    assert read.days == []
    assert read.problem


async def test_a_year_tells_each_day_by_word_and_shape_and_what_is_provisional(desk: Browser) -> None:
    await desk.sign_in("operator")
    settled, awaited = await desk.look(f"{PAGE}?year=2026"), await desk.look(f"{PAGE}?year=2027")

    assert len(re.findall(r"<table>", settled)) == 12
    assert re.search(r'<td class="holiday[^"]*" title="春节放假">17<small>休</small>', settled)
    assert re.search(r'<td class="make-up[^"]*" title="春节调休，上班">14<small>班</small>', settled)
    assert re.search(r'<td class="rest[^"]*">11</td>', settled)
    assert ("暂定：2026" in settled, "暂定：2027 年的国务院放假通知还没有录入" in awaited) == (False, True)
    assert "第 1 版" in settled
    assert "发布放假通知" not in settled
    assert (await desk.look(f"{PAGE}?year=2055")).count("暂时按周末休息") == 1


async def test_only_an_administrator_gets_the_form(desk: Browser) -> None:
    assert "2027" in await desk.look(NEW)
    await desk.sign_in("supervisor")
    await desk.look(NEW, status=403)
    assert (await desk.send(NEW, id=str(uuid7()), **FORM, step="publish")).status_code == 403


async def test_he_sees_what_changes_before_it_is_published_once(desk: Browser) -> None:
    id = str(uuid7())
    looked = await desk.send(NEW, id=id, **FORM, step="look")
    assert '1月9日 星期六</td><td class="quiet">周末</td><td><b>元旦调休，上班' in looked.text
    assert "没有日期，略过" in looked.text
    assert await calendar_queries.current_version() == 1

    unseen = await desk.send(NEW, id=id, **FORM, step="publish")
    changed = {
        "step": "publish",
        "looked": hidden(looked.text, "looked"),
        "lines": NOTICE.replace("9日（周六）上班", ""),
    }
    altered = await desk.send(NEW, **{"id": id, **FORM, **changed})
    assert ("会有哪些变化" in unseen.text, "会有哪些变化" in altered.text) == (True, True)
    assert await calendar_queries.current_version() == 1

    for _ in range(2):
        done = await desk.publish(id=id)
        assert ("已发布" in done.text, "国办发明电〔2026〕9号" in done.text, "马文" in done.text) == (True, True, True)
    assert await calendar_queries.current_version() == 2
    assert "暂定：2027" not in await desk.look(f"{PAGE}?year=2027")
    assert "暂定：2027" in await desk.look(f"{PAGE}?year=2027&version=1")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"year": "明年"}, "四位数字"),
        ({"lines": "2027-02-30 春节 休"}, "标 ✕ 的行"),
        ({"lines": "没有"}, "里面没有日期"),
        ({"source": " "}, "通知文号"),
        (
            {"lines": NOTICE.replace("四、国庆节", "四、国庆节：放假。国庆节").replace("10月1日", "10月2日")},
            "2027-10-01",
        ),
        ({"lines": NOTICE + "2027-01-04 元旦 班"}, "2027-01-04"),
    ],
)
async def test_what_cannot_be_is_said_and_what_was_typed_stays(
    desk: Browser, fields: dict[str, str], said: str
) -> None:
    given = {"id": str(uuid7()), **FORM, **fields}
    for step in ("look", "publish"):
        answer = await desk.send(NEW, **given, step=step)
        assert (answer.status_code, said in answer.text) == (400, True), answer.text
        assert given["lines"].splitlines()[0] in answer.text
        assert hidden(answer.text, "id") == given["id"]
    assert await calendar_queries.current_version() == 1


async def start(cast: Cast, label: str) -> NewClock:
    at = datetime(2026, 12, 30, 9, tzinfo=clock.SHANGHAI)
    new = NewClock(
        id=uuid7(), subject_room="cases", subject_id=uuid7(), kind="response", label=label, division_code=VILLAGE,
        policy_code="complaint", opened_at=at,
    )  # fmt: skip
    with clock.stopped(at):
        await starting.start_clock(clock=new, by=cast.operator)
    return new


async def test_a_deadline_is_moved_by_one_button_and_a_stale_proposal_says_so(desk: Browser, cast: Cast) -> None:
    one = await start(cast, "6180 3398 8739")
    with clock.stopped(datetime(2026, 12, 30, 10, tzinfo=clock.SHANGHAI)):
        await desk.sign_in("admin")
        await desk.publish()
        await recalculations.propose_recalculations(2)
        await desk.sign_in("supervisor")
        shown = await desk.look(MOVES)
        division = re.search(r'<option value="(\d+)"', shown)
        assert division is not None
        again = await desk.send(MOVES, id=str(uuid7()), division=division.group(1))
        first, second = re.findall(r'action="(/console/deadlines/recalculations/[^"]+)"', again.text)

        assert "1月7日 23:59" in shown
        assert f'href="/console/cases/{one.subject_id}"' in shown
        applied = await desk.send(first)
        assert ("已调整" in applied.text, applied.status_code) == (True, 200)
        stale = await desk.send(second)
        assert (stale.status_code, 'role="alert"' in stale.text) == (409, True)

        await desk.sign_in("admin")
        await desk.publish(lines=NOTICE.replace("至3日", "至2日"))
        await desk.sign_in("auditor")
        outdated = await desk.look(MOVES)
        assert "已过时" in outdated
        assert "调整这" not in outdated
        await desk.sign_in("cadre")
        await desk.look(MOVES, status=403)


async def test_a_year_fits_a_phone_and_a_wall(sign_in: Door) -> None:
    page = await sign_in("admin", java_script_enabled=False, viewport={"width": 360, "height": 740})
    for address in (f"{PAGE}?year=2026", NEW, MOVES):
        await page.goto(address)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        assert await page.evaluate(TOO_SMALL) == [], address
