"""The duty desk's board: whom to ring first, the queue of cases by clock, who is on duty."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from backend.cases.due_counts import DueCounts, count_by_due
from backend.console.desk.due import due
from backend.core import clock
from backend.core.database import fetch
from backend.hotline.call_policies import spans
from tests.cast import Cast
from tests.console.bench_desk import SAME_SITE, Desk
from tests.console.duty_desk import DUTY, duty_desk
from tests.console.test_desk_callbacks import PHONE, missed
from tests.hotline.desk_cast import HOUR, NINE, Hotline


@pytest.fixture
async def hotline(cast: Cast) -> AsyncIterator[Hotline]:
    made = await Hotline.open(cast)
    with clock.stopped(NINE):
        yield made


@pytest.fixture
async def desk(hotline: Hotline) -> AsyncIterator[Desk]:
    async with duty_desk() as desk:
        yield await desk.be(hotline.clerk)


async def falls_due(case_id: UUID, **span: float) -> None:
    """As if its only clock ended so long from now."""
    await fetch(
        "UPDATE deadlines_clock SET due_at = $2, expedite_at = '{}' WHERE subject_id = $1 AND state = 'running'",
        *(case_id, NINE + timedelta(**span)),
    )


async def test_nobody_is_led_to_the_sign_in_page_and_back() -> None:
    async with duty_desk() as nobody:
        for address in (DUTY, f"{DUTY}/lists"):
            answer = await nobody.raw(address)
            assert (answer.status_code, answer.headers["location"]) == (303, f"/console/sign-in?next={address}")


async def test_an_empty_desk_says_so_and_who_is_on_duty_until_when(desk: Desk, hotline: Hotline) -> None:
    page = await desk.look(DUTY)
    assert "现在没有要打的电话" in page.text
    assert "这里没有在计时的案件" in page.text
    assert "钱接线 到 11月24日 14:00" in page.said('//section[@aria-labelledby="on-duty"]')
    assert "卫晚班 · 11月24日 14:00 起" in page.said('//section[@aria-labelledby="on-duty"]')
    with clock.stopped(NINE - 3 * HOUR):
        await desk.be(hotline.clerk)
        assert "现在没有人值班" in (await desk.look(DUTY)).text


async def test_what_is_missed_comes_first_then_callbacks_then_cases_by_their_clock(
    desk: Desk, hotline: Hotline
) -> None:
    await hotline.asked(title="路灯不亮")
    await missed(hotline, minutes=3)
    later, over, today = [(await hotline.desk.open(title=title)).case for title in ("修桥", "断电", "污水")]
    await falls_due(over.id, hours=-2)
    await falls_due(today.id, hours=5)
    await falls_due(later.id, days=3)
    page = await desk.look(DUTY)
    rows = [one.text_content() for one in page.all('//*[@data-rows]//a[contains(@class, "open")]')]
    assert rows == ["漏接来电，要回电", "路灯不亮", "断电", "污水", "修桥"]
    assert [one.text_content() for one in page.all("//kbd")] == ["1", "2", "3", "4", "5"]
    figures = [" ".join(one.text_content().split()) for one in page.all('//ul[@class="figures"]//a')]
    assert figures == ["2■ 电话现在要打", "1■ 件超期", "1▲ 件今天到期", "1件以后到期"]
    assert PHONE not in page.text
    alone = await desk.look(f"{DUTY}/lists")
    assert "<html" not in alone.text
    assert "断电" in alone.text


async def test_what_is_not_due_yet_waits_off_the_board(desk: Desk, hotline: Hotline) -> None:
    with clock.stopped(NINE - 4 * HOUR):
        await hotline.asked()
        await desk.be(hotline.clerk)
        assert "现在没有要打的电话" in (await desk.look(DUTY)).text
    await desk.be(hotline.clerk)
    assert "村东水管坏了" in (await desk.look(DUTY)).text


async def test_a_question_is_merely_due_as_long_as_the_policy_says(hotline: Hotline) -> None:
    _, callback = await hotline.asked()
    waits = spans().question_waits
    for over, tone in ((waits - timedelta(minutes=1), "warn"), (waits, "bad")):
        with clock.stopped(callback.due_at + over):
            assert due(callback).tone == tone


async def test_others_see_what_is_theirs_and_a_stranger_nothing(desk: Desk, hotline: Hotline) -> None:
    case = (await hotline.desk.open(title="断电")).case
    for who, sees in ((hotline.supervisor, True), (hotline.cast.auditor, True), (hotline.cast.stranger, False)):
        page = await (await desk.be(who)).look(DUTY)
        assert (f"/console/cases/{case.id}" in page.text) is sees
    assert await count_by_due(by=hotline.cast.stranger) == DueCounts(overdue=0, today=0, later=0, unclocked=0)


async def test_a_shift_leaves_a_note_once_and_the_next_one_takes_it(desk: Desk, hotline: Hotline) -> None:
    page = await desk.look(DUTY)
    empty = await desk.send(page, "notes", text=" ")
    assert (empty.status, empty.all('//textarea[@id="text"]/@aria-invalid')) == (400, ["true"])
    for _ in range(2):
        left = await desk.send(page, "notes", text="断电的事还没回话，8 点再打")
        assert "留给下一班" in left.said('//*[@role="status"]')
    assert not left.offers("taking")
    assert (await desk.send(page, "notes", text="别的话")).status == 409
    await desk.be(hotline.late)
    found = await desk.look(DUTY)
    assert found.said('//section[@aria-labelledby="notes"]//li').count("断电的事还没回话") == 1
    for _ in range(2):
        taken = await desk.send(found, "taking")
        assert "由您接着办" in taken.said('//*[@role="status"]')
    assert "断电的事还没回话" not in taken.text


async def test_a_stranger_neither_leaves_nor_takes_a_note(desk: Desk, hotline: Hotline) -> None:
    await desk.send(await desk.look(DUTY), "notes", text="断电")
    (note,) = await fetch("SELECT id FROM hotline_shift_note")
    await desk.be(hotline.cast.stranger)
    assert "断电" not in (await desk.look(DUTY)).text
    answer = await desk._client.post(f"{DUTY}/notes/{note['id']}/taking", headers=SAME_SITE)
    assert answer.status_code in (403, 404)
