"""One screen per call: who calls, his cases and the village's, typed once, and what became of it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.cases import opening
from backend.cases.schemas import NewCase
from backend.cases.words import Channel
from backend.core import clock, ids
from backend.core.database import fetch
from tests.cast import VILLAGE, Cast
from tests.console.bench_desk import SAME_SITE, Desk, Page
from tests.console.duty_desk import DUTY, duty_desk
from tests.diagnosis.clinic import Clinic
from tests.hotline.exchange import AT_TWO, CALLER, Exchange
from tests.hotline.exchange import callbacks as all_callbacks

CALLS = f"{DUTY}/calls"
E164 = "+86" + CALLER.replace(" ", "")
EVERYTHING = {"code": "silent", "line": "110", "reason": "x", "transfer": str(UUID(int=7))}


@pytest.fixture
async def exchange(cast: Cast) -> AsyncIterator[Exchange]:
    made = await Exchange.open(cast)
    with clock.stopped(AT_TWO):
        yield made


@pytest.fixture
async def desk(exchange: Exchange) -> AsyncIterator[Desk]:
    async with duty_desk() as desk:
        yield await desk.be(exchange.night)


async def entered(desk: Desk, caller: str = CALLER) -> Page:
    """A call as one types it at a desk without an exchange."""
    return await desk.send(await desk.look(DUTY), "calls", caller=caller)


async def a_case(exchange: Exchange, title: str = "路灯不亮") -> Any:
    new = NewCase(
        channel=Channel.PHONE,
        category_code="planning_construction.water",
        title=title,
        division_code=VILLAGE,
        contact_phone=CALLER,
    )
    return (await opening.open_case(new=new, by=exchange.night)).record.case


async def lookers(call_id: UUID) -> set[UUID]:
    rows = await fetch("SELECT person FROM people_access_log WHERE subject_id = $1", call_id)
    return {row["person"] for row in rows}


def call_of(page: Page) -> str:
    return page.address.rsplit("/", 1)[1].split("?")[0]


# -- who may look


async def test_nobody_is_led_to_the_sign_in_page_and_a_stranger_finds_no_call(exchange: Exchange, desk: Desk) -> None:
    receipt = await exchange.tells("ringing")
    address = f"{CALLS}/{receipt.id}"
    async with duty_desk() as nobody:
        answer = await nobody.raw(address)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/console/sign-in?next={address}")
    await desk.be(exchange.cast.stranger)
    await desk.look(address, status=404)
    await desk.look(f"{CALLS}/nine", status=404)
    for step in ("taking", "person", "case", "question", "transfer", "wrap-up"):
        answer = await desk._client.post(f"{address}/{step}", data=EVERYTHING, headers=SAME_SITE)
        assert answer.status_code in (403, 404), step
    assert not (await desk.look(DUTY)).all('//form[contains(@action, "/desk/calls")]')
    assert await lookers(receipt.id) == set()


async def test_who_oversees_it_sees_the_call_but_not_who_calls(exchange: Exchange, desk: Desk) -> None:
    await a_case(exchange)
    receipt = await exchange.tells("ringing")
    page = await (await desk.be(exchange.lead)).look(f"{CALLS}/{receipt.id}")
    assert "正在响铃" in page.text
    assert not any(each in page.text for each in (E164, "路灯不亮"))
    assert not any(page.offers(step) for step in ("taking", "person", "wrap-up"))


# -- the list


async def test_the_list_leads_to_whom_one_has_to_ring_back_first_and_names_nobody(
    exchange: Exchange, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.console.desk.calls.ROWS", 1)
    missed = await exchange.misses()
    with clock.stopped(AT_TWO + timedelta(minutes=5)):
        newer = await exchange.tells("ringing", "C-2")
        await desk.be(exchange.night)
        page = await desk.look(CALLS)
        assert [one.get("href") for one in page.all('//a[@class="open"]')] == [f"{CALLS}/{missed.id}"]
        assert page.all('//li//a[contains(@href, "/desk/callbacks/")]')
        (more,) = page.all('//a[contains(@href, "after=")]/@href')
        rest = await desk.look(more)
        assert [one.get("href") for one in rest.all('//a[@class="open"]')] == [f"{CALLS}/{newer.id}"]
        assert E164 not in page.text + rest.text
        assert str(newer.id) not in (await desk.look(f"{CALLS}?which=waiting")).text
        assert "这里没有通话" in (await desk.look(f"{CALLS}?which=mine")).text
        assert (await desk._client.get(CALLS, params={"after": "nothing"})).status_code == 400


async def test_the_list_is_for_the_desk_and_empty_for_another_place(exchange: Exchange, desk: Desk) -> None:
    receipt = await exchange.misses()
    async with duty_desk() as nobody:
        assert (await nobody.raw(CALLS)).headers["location"] == f"/console/sign-in?next={CALLS}"
    await desk.be(exchange.cast.stranger)
    answer = await desk.raw(CALLS)
    assert answer.status_code in (200, 403)
    assert str(receipt.id) not in answer.text


# -- a call


async def test_a_call_that_rings_is_on_the_board_and_one_tap_tells_who_calls_and_what_he_waits_for(
    exchange: Exchange, desk: Desk
) -> None:
    await a_case(exchange)
    receipt = await exchange.tells("ringing")
    page = await desk.look(DUTY)
    assert page.all(f'//a[@href="{CALLS}/{receipt.id}"]')
    page = await desk.look(f"{CALLS}/{receipt.id}")
    assert E164 not in page.text
    assert await lookers(receipt.id) == set()
    for _ in range(2):
        after = await desk.send(page, "taking")
        assert "归您接" in after.said('//*[@role="status"]')
    assert after.all(f'//a[@href="tel:{E164}"]')
    assert "路灯不亮" in after.said('//section[@aria-labelledby="his"]')
    assert "路灯不亮" in after.said('//section[@aria-labelledby="village"]')
    assert await lookers(receipt.id) == {exchange.night.person_id}
    other = await (await desk.be(exchange.second)).look(f"{CALLS}/{receipt.id}")
    assert E164 not in other.text
    assert E164 in (await desk.send(other, "person")).text


async def test_a_desk_without_an_exchange_writes_a_call_down_once_with_or_without_a_number(
    exchange: Exchange, desk: Desk
) -> None:
    page = await desk.look(DUTY)
    wrong = await desk.send(page, "calls", caller="打他手机")
    assert wrong.status == 400
    assert wrong.all('//input[@id="caller" and @value="打他手机" and @aria-invalid="true"]')
    for _ in range(2):
        after = await desk.send(page, "calls", caller="")
        assert "记下了" in after.said('//*[@role="status"]')
        assert "没有号码" in after.text
    assert len(await fetch("SELECT 1 FROM hotline_call")) == 1


async def test_words_of_an_emergency_put_what_to_say_first_on_top(exchange: Exchange, desk: Desk) -> None:
    page = await entered(desk)
    assert "没有发现紧急字眼" in (await desk.send(page, "taking", near="他说什么", said="路灯坏了")).text
    page = await desk.send(page, "taking", near="他说什么", said="俺家麦秸垛着火了")
    assert "先这样说" in page.said('//section[@role="alert"]')
    assert page.all('//a[@href="tel:119"]')
    assert page.all('//details[@id="hand-over" and @open]//input[@name="line" and @value="119" and @checked]')
    assert page.said('//textarea[@id="said"]') == "俺家麦秸垛着火了"
    (row,) = await fetch("SELECT emergency, answer FROM hotline_call")
    assert tuple(row) == (True, None)


async def test_the_village_he_names_shows_its_open_cases_and_an_unknown_one_says_so(
    exchange: Exchange, desk: Desk
) -> None:
    page = await entered(desk)
    await a_case(exchange)
    village = await desk.look(f"{CALLS}/{call_of(page)}?place=琉璃庙")
    assert "路灯不亮" in village.said('//section[@aria-labelledby="village"]')
    unknown = await desk.look(f"{CALLS}/{call_of(page)}?place=没有这个村", status=400)
    assert unknown.all('//input[@id="place" and @aria-invalid="true"]')
    typed = await desk.send(page, "taking", near="他说什么", place="琉璃庙")
    assert "路灯不亮" in typed.said('//section[@aria-labelledby="village"]')
    lost = await desk.send(page, "taking", near="他说什么", said="桥上的灯", place="没有这个村")
    assert (lost.status, lost.said('//textarea[@id="said"]')) == (400, "桥上的灯")
    assert lost.all('//input[@id="place" and @value="没有这个村" and @aria-invalid="true"]')


# -- what became of it


async def test_it_becomes_a_case_by_the_form_there_is_and_back_to_the_call_which_then_is_done(
    exchange: Exchange, desk: Desk
) -> None:
    page = await entered(desk)
    call_id = call_of(page)
    form = await desk.press(page, "case", said="断电两天了，冰箱里的药要坏", place=VILLAGE)
    filled = {name: form.all(f'//*[@name="{name}"]/@value') for name in ("title", "place", "contact_phone", "call")}
    assert filled == {"title": ["断电两天了"], "place": [VILLAGE], "contact_phone": [E164], "call": [call_id]}
    assert form.said('//textarea[@name="description"]') == "断电两天了，冰箱里的药要坏"
    receipt = await desk.send(form, "new", title="断电", category="planning_construction.water")
    (back,) = [each for each in receipt.all("//a/@href") if each.startswith(f"{CALLS}/{call_id}?")]
    page = await desk.look(back)
    for _ in range(2):
        after = await desk.press(page, "wrap-up")
        assert "通话结果记下了" in after.said('//*[@role="status"]')
    assert "已登记办理" in after.text
    (row,) = await fetch('SELECT c.title, l.wrap_up, l.state FROM hotline_call l JOIN cases_case c ON c.id = l."case"')
    assert tuple(row) == ("断电", "case_opened", "ended")
    assert f"{CALLS}/{call_id}" not in (await desk.look(DUTY)).text


async def test_words_of_an_emergency_stand_on_top_of_the_form_for_the_case_too(exchange: Exchange, desk: Desk) -> None:
    page = await entered(desk)
    for step in ("case", "question"):
        form = await desk.press(page, step, said="有人喝了农药，不会动了")
        assert form.all('//section[@role="alert"]//a[@href="tel:120"]'), step
    (row,) = await fetch("SELECT emergency FROM hotline_call")
    assert row["emergency"]


async def test_the_village_of_his_latest_case_is_proposed_by_its_name(exchange: Exchange, desk: Desk) -> None:
    await a_case(exchange)
    form = await desk.press(await entered(desk), "case")
    (place,) = form.all('//input[@id="place"]/@value')
    assert place.endswith(VILLAGE)
    assert "琉璃庙" in place


async def test_a_sick_crop_is_asked_about_with_what_he_said_and_the_call_ends_with_it(
    exchange: Exchange, desk: Desk
) -> None:
    await Clinic.make(exchange.cast)
    page = await entered(desk)
    form = await desk.press(page, "question", said="玉米叶子上有黄点", place=VILLAGE)
    (crop,) = form.all('//select[@id="crop_code"]/option[text()="玉米"]/@value')
    assert form.said('//textarea[@id="symptoms"]') == "玉米叶子上有黄点"
    assert form.all('//input[@id="place"]/@value') == [VILLAGE]
    assert form.all('//input[@id="contact_phone"]/@value') == [E164]
    assert form.all('//input[@name="channel" and @value="phone" and @checked]')
    receipt = await desk.send(form, "new", crop_code=crop, handling="yes")
    (back,) = [each for each in receipt.all("//a/@href") if each.startswith(f"{CALLS}/{call_of(page)}?")]
    after = await desk.press(await desk.look(back), "wrap-up")
    assert "已转农技诊断" in after.said('//section[@aria-labelledby="became"]')


async def test_a_call_that_somebody_else_has_becomes_nothing_here(exchange: Exchange, desk: Desk) -> None:
    page = await entered(desk)
    await desk.be(exchange.second)
    answer = await desk.press(page, "case", said="断电")
    assert answer.status == 409
    assert E164 not in answer.text
    assert not answer.all('//input[@name="contact_phone"]')


async def test_the_form_for_a_sick_crop_leads_back_to_the_call_too(exchange: Exchange, desk: Desk) -> None:
    id = ids.uuid7()
    form = await desk.look(f"/console/clinic/new?call={id}")
    assert form.all(f'//input[@name="call" and @value="{id}"]')
    assert form.all(f'//a[@href="{CALLS}/{id}"]')
    await desk.look("/console/clinic/new?call=nine", status=400)


async def test_an_answer_on_the_spot_is_written_down_and_what_is_missing_is_said_with_nothing_lost(
    exchange: Exchange, desk: Desk
) -> None:
    page = await entered(desk)
    refused = await desk.press(page, "wrap-up", code="answered_on_spot")
    assert refused.status == 400
    assert refused.all('//input[@value="answered_on_spot"]/@checked')
    assert refused.all('//textarea[@id="answer" and @aria-invalid="true"]')
    nothing = await desk.press(page, "wrap-up", code="case_asked_about", number="000", answer="他问路灯")
    assert nothing.all('//input[@id="number" and @aria-invalid="true"]')
    assert (nothing.status, nothing.said('//textarea[@id="answer"]')) == (400, "他问路灯")
    assert "这里没有这个编号的事项" in nothing.text
    unchosen = await desk.press(page, "wrap-up", said="他问卫生室几点开门", answer="八点")
    assert (unchosen.status, unchosen.said('//p[@id="wrong-code"]')) == (400, "✕ 请选这个电话怎么处理的。")
    assert unchosen.said('//textarea[@id="said"]') == "他问卫生室几点开门"
    both = await desk.press(page, "wrap-up", code="answered_on_spot", said="他问卫生室几点开门", their_desk="值班台")
    assert (both.status, both.said('//textarea[@id="said"]')) == (400, "他问卫生室几点开门")
    assert both.all('//input[@id="their_desk"]/@value') == ["值班台"]
    looked = await desk.send(page, "taking", near="他说什么", said="他问卫生室", answer="八点", code="answered_on_spot")
    assert looked.said('//textarea[@id="answer"]') == "八点"
    assert looked.all('//input[@value="answered_on_spot"]/@checked')
    after = await desk.press(page, "wrap-up", code="answered_on_spot", answer="明天上午开门")
    assert "明天上午开门" in after.text
    assert not after.all('//button[contains(@formaction, "/wrap-up")]')
    again = await desk.press(page, "wrap-up", code="silent")
    assert again.status == 409


async def test_a_missed_call_leads_to_its_callback_and_back(exchange: Exchange, desk: Desk) -> None:
    receipt = await exchange.misses()
    page = await desk.look(f"{CALLS}/{receipt.id}")
    assert not page.offers("taking")
    assert not page.all('//button[contains(@formaction, "/wrap-up")]')
    (callback,) = page.all('//a[contains(@href, "/desk/callbacks/")]/@href')
    assert (await desk.look(callback)).all(f'//a[@href="{CALLS}/{receipt.id}"]')


# -- rung back


async def ringing_back(exchange: Exchange, desk: Desk) -> Page:
    """The page of a callback of somebody whose call was missed."""
    await exchange.misses()
    (row,) = await all_callbacks()
    return await desk.look(f"{DUTY}/callbacks/{row['id']}")


async def test_whose_call_was_missed_is_rung_back_and_what_he_wants_becomes_a_case_in_one_go(
    exchange: Exchange, desk: Desk
) -> None:
    page = await ringing_back(exchange, desk)
    form = await desk.press(page, "case", words="断电两天了", place=VILLAGE)
    assert form.all('//input[@id="contact_phone"]/@value') == [E164]
    for _ in range(2):
        receipt = await desk.send(form, "new", category="planning_construction.water")
        assert "回电已打通" in receipt.said('//*[@role="status"]')
    (next_,) = receipt.all('//a[contains(@href, "callbacks?rung=")]/@href')
    assert "已经打通、说上话" in (await desk.look(next_)).said('//*[@role="status"]')
    rows = await fetch(
        "SELECT b.state, c.title FROM hotline_callback b JOIN hotline_call l ON l.id = b.call "
        'JOIN cases_case c ON c.id = l."case" JOIN hotline_callback_try t ON t.callback = b.id'
    )
    assert [tuple(row) for row in rows] == [("reached", "断电两天了")]
    over = await desk.look(page.address)
    assert "断电两天了" in over.said("//h1")
    assert over.all('//a[contains(@href, "/console/cases/")]')


async def test_a_case_of_somebody_who_was_rung_by_another_meanwhile_is_there_all_the_same(
    exchange: Exchange, desk: Desk
) -> None:
    page = await ringing_back(exchange, desk)
    form = await desk.press(page, "case", words="断电两天了", place=VILLAGE)
    await desk.send(page, "spoken", words="他说没事了")
    receipt = await desk.send(form, "new", category="planning_construction.water")
    assert "已经" in receipt.said('//*[@role="alert"]')
    assert receipt.all('//*[@class="receipt-number"]')
    assert len(await fetch("SELECT 1 FROM cases_case")) == 1
    again = await desk.look(page.address)
    assert not any(again.offers(step) for step in ("spoken", "in-vain"))


async def test_words_of_an_emergency_stand_on_top_when_he_is_rung_back_too(exchange: Exchange, desk: Desk) -> None:
    page = await ringing_back(exchange, desk)
    form = await desk.press(page, "question", words="打药的人昏倒了")
    assert form.all('//section[@role="alert"]//a[@href="tel:120"]')
    assert form.said('//textarea[@id="symptoms"]') == "打药的人昏倒了"
    assert form.all('//input[@name="callback"]/@value') == [page.address.rsplit("/", 1)[1]]


async def test_a_stranger_opens_no_form_from_a_callback(exchange: Exchange, desk: Desk) -> None:
    page = await ringing_back(exchange, desk)
    await desk.be(exchange.cast.stranger)
    for step in ("case", "question"):
        answer = await desk._client.post(f"{page.address}/{step}", data={"words": "x"}, headers=SAME_SITE)
        assert answer.status_code == 404
