"""Ringing back at the duty desk: whom, by what number, what to say, and what came of it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from backend.core import clock
from backend.core.database import fetch
from backend.hotline import callback_opening
from backend.hotline.callback_opening import NewCallback
from backend.hotline.callback_schemas import CallbackRecord
from backend.hotline.words import CallbackReason
from tests.cast import VILLAGE, Cast
from tests.console.bench_desk import SAME_SITE, Desk
from tests.console.duty_desk import DUTY, duty_desk
from tests.hotline.desk_cast import HOUR, NINE, Hotline

CALLBACKS = f"{DUTY}/callbacks"
PHONE = "+8619900000051"
STEPS = ("number", "satisfied", "dissatisfied", "in-vain", "spoken")


@pytest.fixture
async def hotline(cast: Cast) -> AsyncIterator[Hotline]:
    made = await Hotline.open(cast)
    with clock.stopped(NINE):
        yield made


@pytest.fixture
async def desk(hotline: Hotline) -> AsyncIterator[Desk]:
    async with duty_desk() as desk:
        yield await desk.be(hotline.clerk)


def of(callback: CallbackRecord) -> str:
    return f"{CALLBACKS}/{callback.id}"


async def missed(hotline: Hotline, *, minutes: int = 0) -> UUID:
    """Somebody whose call was missed so long ago."""
    id = UUID(int=minutes + 1)
    due_at = clock.now() - timedelta(minutes=minutes)
    new = NewCallback(
        id=id,
        reason=CallbackReason.MISSED_CALL,
        unit_id=hotline.desk.hotline,
        division_code=VILLAGE,
        due_at=due_at,
        assignee_id=hotline.clerk.person_id,
    )
    assert await callback_opening.open_callback(new) == id
    return id


async def openings(callback: CallbackRecord) -> list[UUID]:
    rows = await fetch("SELECT person FROM people_access_log WHERE subject_id = $1", callback.id)
    return [row["person"] for row in rows]


# -- who may look


async def test_nobody_is_led_to_the_sign_in_page_and_back(hotline: Hotline) -> None:
    _, callback = await hotline.asked()
    async with duty_desk() as nobody:
        for address in (CALLBACKS, of(callback)):
            answer = await nobody.raw(address)
            assert (answer.status_code, answer.headers["location"]) == (303, f"/console/sign-in?next={address}")


async def test_a_stranger_finds_nobody_to_ring_and_takes_no_step(desk: Desk, hotline: Hotline) -> None:
    _, callback = await hotline.asked()
    await desk.be(hotline.cast.stranger)
    assert "这里没有要打的电话" in (await desk.look(f"{CALLBACKS}?which=all")).text
    await desk.look(of(callback), status=404)
    await desk.look(f"{CALLBACKS}/nine", status=404)
    for step in (*STEPS, "dance"):
        answer = await desk._client.post(f"{of(callback)}/{step}", data={}, headers=SAME_SITE)
        assert answer.status_code in (400, 404), step
    assert await openings(callback) == []


async def test_who_oversees_it_reads_it_but_rings_nobody(desk: Desk, hotline: Hotline) -> None:
    _, callback = await hotline.asked()
    await desk.be(hotline.cast.auditor)
    page = await desk.look(of(callback))
    assert "不能自己问自己" in page.text
    assert not any(page.offers(step) for step in STEPS)
    typed = {"id": str(UUID(int=9))}
    answer = await desk._client.post(f"{of(callback)}/satisfied", data=typed, headers=SAME_SITE)
    assert answer.status_code == 403


# -- the list


async def test_the_most_urgent_is_first_told_by_word_and_shape_and_others_only_when_asked_for(
    desk: Desk, hotline: Hotline
) -> None:
    await hotline.asked(title="桥塌了", policy_code="emergency")
    with clock.stopped(NINE + 3 * HOUR):
        await hotline.asked(title="路灯不亮")
        await missed(hotline, minutes=7)
        await desk.be(hotline.clerk)
        page = await desk.look(CALLBACKS)
        titles = [one.text_content() for one in page.all('//a[@class="open"]')]
        assert titles == ["漏接来电，要回电", "桥塌了", "路灯不亮"]
        rows = [" ".join(one.text_content().split()) for one in page.all('//*[@class and contains(@class, "due ")]')]
        assert rows == ["■马上回电等了 7 分钟", "■拖久了等了 3 小时", "▲该打了"]
        assert "◆ 督办：紧急事项" in page.text
        supervised = await desk.look(f"{CALLBACKS}?which=supervised")
        assert "桥塌了" in supervised.text
        assert "路灯不亮" not in supervised.text
        await desk.be(hotline.late)
        assert "看看别人要打的" in (await desk.look(CALLBACKS)).text
        assert "路灯不亮" in (await desk.look(f"{CALLBACKS}?which=all")).text
    assert PHONE not in page.text
    assert (await desk._client.get(CALLBACKS, params={"after": "nothing"})).status_code == 400


# -- ringing


async def test_his_number_opens_by_a_tap_that_is_written_down_and_dials(desk: Desk, hotline: Hotline) -> None:
    _, callback = await hotline.asked()
    page = await desk.look(of(callback))
    assert PHONE not in page.text
    assert "林大山" not in page.text
    assert await openings(callback) == []
    assert "我是热线的钱接线。您反映的“村东水管坏了”" in page.text
    assert "管子换好了" in page.text
    page = await desk.send(page, "number")
    assert page.all(f'//a[@href="tel:{PHONE}"]')
    assert "林大山" in page.text
    assert await openings(callback) == [hotline.clerk.person_id]


async def test_satisfied_is_one_tap_and_twice_is_once(desk: Desk, hotline: Hotline) -> None:
    case, callback = await hotline.asked()
    page = await desk.look(of(callback))
    for _ in range(2):
        after = await desk.send(page, "satisfied")
        assert "满意，这件事办结" in after.said('//*[@role="status"]')
    assert len(await fetch("SELECT 1 FROM hotline_callback_try")) == 1
    (row,) = await fetch("SELECT state FROM cases_case WHERE id = $1", case.id)
    assert row["state"] == "evaluated"
    assert "这里没有要打的电话" in after.text
    closed = await desk.look(f"{CALLBACKS}?which=closed")
    assert "满意" in closed.said('//*[@class="due"]')
    over = await desk.look(of(callback))
    assert not any(over.offers(step) for step in STEPS)
    late = await desk._client.post(
        f"{of(callback)}/in-vain", data={"id": str(UUID(int=9))}, headers=SAME_SITE, follow_redirects=True
    )
    assert late.status_code == 409
    assert 'role="alert"' in late.text


async def test_dissatisfied_needs_his_words_keeps_them_and_opens_the_matter_again(desk: Desk, hotline: Hotline) -> None:
    case, callback = await hotline.asked()
    page = await desk.look(of(callback))
    refused = await desk.send(page, "dissatisfied", words=" ")
    assert refused.status == 400
    assert refused.all('//textarea[@id="words" and @aria-invalid="true"]')
    long = await desk.send(page, "dissatisfied", words="长" * 501)
    assert (long.status, long.said('//textarea[@id="words"]')) == (400, "长" * 501)
    assert "最多 500" in long.said('//*[@role="alert"]')
    for _ in range(2):
        after = await desk.send(long, "dissatisfied", words="还是没有水")
        assert "退回重办" in after.said('//*[@role="status"]')
    (row,) = await fetch("SELECT state, reopened_n FROM cases_case WHERE id = $1", case.id)
    assert tuple(row) == ("reopened", 1)
    over = await desk.look(of(callback))
    assert "他说：还是没有水" in over.text
    assert "督办：群众不满意" in over.text


async def test_in_vain_says_when_it_comes_again_and_after_the_last_try_he_is_out_of_reach(
    desk: Desk, hotline: Hotline
) -> None:
    _, callback = await hotline.asked()
    said = []
    for _ in range(3):
        with clock.stopped((await hotline.read(callback.id)).callback.due_at):
            await desk.be(hotline.clerk)
            after = await desk.send(await desk.look(of(callback)), "in-vain")
            said.append(after.said('//*[@role="status"]'))
    assert "没打通，记下了。下次 11月24日 11:30 再打" in said[0]
    assert "还能打 2 次" in said[0]
    assert "没打通，记下了。下次 11月24日 15:00 再打 · 卫晚班" in said[1]
    assert "没联系上" in said[2]
    assert "没打通" in (await desk.look(of(callback))).said('//*[@class="timeline"]')


async def test_whose_call_was_missed_is_spoken_with_and_never_asked_whether_it_helped(
    desk: Desk, hotline: Hotline
) -> None:
    id = await missed(hotline)
    page = await desk.look(f"{CALLBACKS}/{id}")
    assert "刚才您打电话来我们没接上" in page.text
    assert not page.offers("satisfied")
    after = await desk.send(page, "spoken", words="他打错了")
    assert "已经打通、说上话" in after.said('//*[@role="status"]')
    assert "他说：他打错了" in (await desk.look(page.address)).text


async def test_what_is_said_when_a_resolution_is_asked_about_opens_no_new_matter(desk: Desk, hotline: Hotline) -> None:
    _, callback = await hotline.asked()
    page = await desk.look(of(callback))
    assert not page.all("//button[@formaction]")


async def test_an_address_cannot_make_the_page_say_that_somebody_was_rung(desk: Desk, hotline: Hotline) -> None:
    _, callback = await hotline.asked()
    for rung in (callback.id, UUID(int=7)):
        assert not (await desk.look(f"{CALLBACKS}?rung={rung}")).all('//*[@role="status"]')
