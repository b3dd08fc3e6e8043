"""Text messages at the desk: unread ones first, opened by a tap that is written down, made a case or answered once."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from backend.core import clock, ids
from backend.core.database import fetch
from backend.hotline.words import SystemKind
from tests.cast import FARMER_PHONE, VILLAGE, Cast
from tests.console.bench_desk import SAME_SITE, Desk
from tests.console.duty_desk import DUTY, duty_desk
from tests.hotline.exchange import AT_TWO, Exchange
from tests.hotline.test_texts import NOBODYS, SAID, came
from tests.push.conftest import ways, work

__all__ = ["ways", "work"]

TEXTS = f"{DUTY}/texts"
NUMBER = "+86" + NOBODYS.replace(" ", "")


@pytest.fixture
async def gateway(cast: Cast) -> AsyncIterator[Exchange]:
    made = await Exchange.open(cast, kind=SystemKind.SMS)
    with clock.stopped(AT_TWO):
        yield made


@pytest.fixture
async def desk(gateway: Exchange) -> AsyncIterator[Desk]:
    async with duty_desk() as desk:
        yield await desk.be(gateway.night)


async def looks(text_id: UUID) -> list[list[str]]:
    rows = await fetch("SELECT fields FROM people_access_log WHERE subject_id = $1", text_id)
    return sorted((row["fields"] for row in rows), key=len)


async def test_nobody_is_led_to_the_sign_in_page_and_a_stranger_finds_no_message(gateway: Exchange, desk: Desk) -> None:
    receipt = await came(gateway, SAID, sender=NOBODYS)
    async with duty_desk() as nobody:
        answer = await nobody.raw(TEXTS)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/console/sign-in?next={TEXTS}")
    await desk.be(gateway.cast.stranger)
    await desk.look(TEXTS, status=403)
    await desk.look(f"{TEXTS}/nine", status=404)
    for step in ("", "/reading", "/number", "/case", "/answer", "/aside"):
        given = {"title": "x", "category": "其他", "place": VILLAGE, "answer": "x"}
        answer = await desk._client.post(f"{TEXTS}/{receipt.id}{step}", data=given, headers=SAME_SITE)
        assert answer.status_code in (403, 405), step
    assert await looks(receipt.id) == []


async def test_what_nobody_could_route_comes_first_and_the_list_tells_neither_words_nor_numbers(
    gateway: Exchange, desk: Desk
) -> None:
    routed = await came(gateway, f"MQ{SAID}", "S-1")
    unread = await came(gateway, SAID, "S-2", sender=NOBODYS)
    burns = await came(gateway, "俺家麦秸垛着火了", "S-3", sender=NOBODYS)
    await came(gateway, "别的", "S-4", sender=NOBODYS)
    page = await desk.look(TEXTS)
    hrefs = page.all('//a[@class="open"]/@href')
    assert (hrefs[0], len(hrefs)) == (f"{TEXTS}/{burns.id}", 3)
    assert f"{TEXTS}/{unread.id}" in hrefs
    assert not any(each in page.text for each in (SAID, NUMBER, FARMER_PHONE))
    done = await desk.look(f"{TEXTS}?which=done")
    assert done.all('//a[@class="open"]/@href') == [f"{TEXTS}/{routed.id}"]
    assert "已转成事项" in done.text


async def test_its_words_and_its_number_open_by_a_tap_each_and_each_look_is_written_down(
    gateway: Exchange, desk: Desk
) -> None:
    receipt = await came(gateway, SAID, sender=NOBODYS)
    page = await desk.look(f"{TEXTS}/{receipt.id}")
    assert SAID not in page.text
    assert not page.offers("case")
    page = await desk.send(page, "reading")
    assert SAID in page.said('//p[contains(@class, "read-out")]')
    assert NUMBER not in page.text
    page = await desk.send(page, "number")
    assert page.all(f'//a[@href="tel:{NUMBER}"]')
    assert await looks(receipt.id) == [["body"], ["sender", "body"]]


async def test_it_becomes_a_case_of_the_village_once_and_its_number_is_his_alone_who_took_it(
    gateway: Exchange, desk: Desk
) -> None:
    receipt = await came(gateway, f"MQ {SAID}", sender=NOBODYS)
    page = await desk.send(await desk.look(f"{TEXTS}/{receipt.id}"), "reading")
    assert page.all(f'//input[@id="title" and @value="{SAID}"]')
    wrong = await desk.send(page, "case", place="没有这个村", title="村东停水")
    assert wrong.status == 400
    assert wrong.all('//input[@id="place" and @value="没有这个村" and @aria-invalid="true"]')
    assert wrong.all('//input[@id="title" and @value="村东停水"]')
    for _ in range(2):
        after = await desk.send(wrong, "case", place=VILLAGE)
        assert "已登记成事项" in after.said('//*[@role="status"]')
    (case,) = await fetch("SELECT id, title, description, division_code, channel FROM cases_case")
    assert tuple(case)[1:] == ("村东停水", f"MQ {SAID}", VILLAGE, "sms")
    assert after.all(f'//a[@href="/console/cases/{case["id"]}"]')
    assert (await desk.send(await desk.send(after, "reading"), "number")).all(f'//a[@href="tel:{NUMBER}"]')
    other = await (await desk.be(gateway.second)).look(f"{TEXTS}/{receipt.id}")
    read = await desk.send(other, "reading")
    assert (SAID in read.text, read.offers("number")) == (True, False)
    answer = await desk._client.post(f"{TEXTS}/{receipt.id}/number", headers=SAME_SITE)
    assert NUMBER not in answer.text


async def test_an_answer_goes_out_once_and_how_far_it_came_is_said_in_words(
    gateway: Exchange, desk: Desk, ways: Any, work: Any
) -> None:
    receipt = await came(gateway, "几点上班", sender=NOBODYS)
    page = await desk.send(await desk.look(f"{TEXTS}/{receipt.id}"), "reading")
    empty = await desk.send(page, "answer", answer=" ")
    assert empty.all('//textarea[@id="answer" and @aria-invalid="true"]')
    for _ in range(2):
        after = await desk.send(page, "answer", answer="周一到周五八点半到五点。")
    assert "答复已发出" in after.said('//*[@role="status"]')
    sent = after.said('//section[@aria-labelledby="sent"]')
    assert (sent.count("周一到周五"), "排队等着发" in sent) == (1, True)
    await work()
    handed = await desk.look(f"{TEXTS}/{receipt.id}")
    assert "已交给通道" in handed.said('//section[@aria-labelledby="sent"]')
    await fetch("UPDATE push_delivery SET state = 'delivered' WHERE provider = 'sms'")
    again = await desk.look(f"{TEXTS}/{receipt.id}")
    assert "已送到手机" in again.said('//section[@aria-labelledby="sent"]')


async def test_what_another_took_meanwhile_is_refused_and_says_so(gateway: Exchange, desk: Desk) -> None:
    receipt = await came(gateway, "几点上班", sender=NOBODYS)
    page = await desk.send(await desk.look(f"{TEXTS}/{receipt.id}"), "reading")
    assert "已放下" in (await desk.send(page, "aside")).said('//*[@role="status"]')
    await desk.be(gateway.second)
    late = await desk.send(page, "answer", answer="八点半")
    assert (late.status, "已经有了结果" in late.text or "已处理" in late.text) == (409, True)
    assert (await desk.look(f"{TEXTS}/{ids.uuid7()}", status=404)).status == 404


async def test_an_answer_with_a_link_is_refused_and_stays_in_the_form(gateway: Exchange, desk: Desk) -> None:
    receipt = await came(gateway, "几点上班", sender=NOBODYS)
    page = await desk.send(await desk.look(f"{TEXTS}/{receipt.id}"), "reading")
    refused = await desk.send(page, "answer", answer="见 https://example.org/hours")
    assert (refused.status, refused.said('//textarea[@id="answer"]')) == (400, "见 https://example.org/hours")
    assert refused.all('//textarea[@id="answer" and @aria-invalid="true"]')
    assert "等人看" in (await desk.look(f"{TEXTS}/{receipt.id}")).text
