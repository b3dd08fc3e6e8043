"""Callers handed to another line: from the call's screen or for a case; who has him now, and what followed."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.cases import opening
from backend.cases.schemas import CaseRecord, NewCase
from backend.cases.words import Channel
from backend.core import clock, ids
from backend.core.database import fetch
from backend.hotline import transfers
from backend.hotline.transfer_schemas import NewTransfer, TransferRecord
from backend.hotline.words import Line
from tests.cast import VILLAGE, Cast
from tests.console.bench_desk import SAME_SITE, Desk, Page
from tests.console.duty_desk import DUTY, duty_desk
from tests.hotline.exchange import AT_TWO, CALLER, Exchange

TRANSFERS = f"{DUTY}/transfers"
WHY = "有人持棍上门讨债"


@pytest.fixture
async def exchange(cast: Cast) -> AsyncIterator[Exchange]:
    made = await Exchange.open(cast)
    with clock.stopped(AT_TWO):
        yield made


@pytest.fixture
async def desk(exchange: Exchange) -> AsyncIterator[Desk]:
    async with duty_desk() as desk:
        yield await desk.be(exchange.night)


async def a_case(exchange: Exchange) -> CaseRecord:
    new = NewCase(
        channel=Channel.PHONE, category_code="planning_construction.water", title="断水", division_code=VILLAGE
    )
    return (await opening.open_case(new=new, by=exchange.night)).record.case


async def handed(exchange: Exchange, *, line: Line = Line.POLICE_110, minutes: int = 0) -> TransferRecord:
    new = NewTransfer(line=line, reason=WHY, case_id=(await a_case(exchange)).id)
    with clock.stopped(AT_TWO + timedelta(minutes=minutes)):
        return (await transfers.transfer_to_line(id=ids.uuid7(), new=new, by=exchange.night)).record


async def a_call(desk: Desk) -> Page:
    return await desk.send(await desk.look(DUTY), "calls", caller=CALLER)


def row_of(one: TransferRecord) -> str:
    return f"{TRANSFERS}/{one.id}"


# -- who may look


async def test_nobody_is_led_to_the_sign_in_page_and_a_stranger_finds_nobody_handed_on(
    exchange: Exchange, desk: Desk
) -> None:
    one = await handed(exchange)
    async with duty_desk() as nobody:
        for address in (TRANSFERS, row_of(one), f"{TRANSFERS}/new"):
            answer = await nobody.raw(address)
            assert (answer.status_code, answer.headers["location"]) == (303, f"/console/sign-in?next={address}")
    await desk.be(exchange.cast.stranger)
    for address in (TRANSFERS, row_of(one), f"{TRANSFERS}/new"):
        answer = await desk.raw(address)
        assert answer.status_code in (403, 404), address
        assert one.reference not in answer.text
    for step in ("acceptance", "return", "closure", "dance"):
        answer = await desk._client.post(f"{row_of(one)}/{step}", data={"because": "x"}, headers=SAME_SITE)
        assert answer.status_code in (403, 404), step
    await desk.look(f"{TRANSFERS}/nine", status=404)


async def test_an_auditor_reads_who_has_him_and_changes_nothing(exchange: Exchange, desk: Desk) -> None:
    one = await handed(exchange)
    await desk.be(exchange.cast.auditor)
    for address in (TRANSFERS, row_of(one)):
        page = await desk.look(address)
        assert WHY in page.text
        assert not page.all("//main//form[@method='post']")
    await desk.look(f"{TRANSFERS}/new", status=403)


# -- from a call


async def test_he_is_handed_over_from_his_call_with_what_is_typed_and_our_reference_is_read_out(
    exchange: Exchange, desk: Desk
) -> None:
    page = await a_call(desk)
    for _ in range(2):
        shown = await desk.press(page, "transfer", said=WHY, line="110")
        assert "记下了" in shown.said('//*[@role="status"]')
    (row,) = await fetch("SELECT line, reason, call, number FROM hotline_transfer")
    assert (row["line"], row["reason"]) == ("110", WHY)
    reference = shown.said('//*[@id="reference"]')
    assert reference.startswith("ZJ 0000 ")
    assert shown.all('//a[@href="tel:110"]')
    (back,) = shown.all('//a[contains(@href, "/desk/calls/")]/@href')
    call = await desk.look(back)
    assert "现在由谁负责: 热线办" in call.said('//section[@aria-labelledby="handed"]')
    after = await desk.press(call, "wrap-up")
    assert "已转接其他专线" in after.said('//section[@aria-labelledby="became"]')


async def test_what_is_missing_is_said_at_its_field_and_what_was_typed_stays(exchange: Exchange, desk: Desk) -> None:
    page = await a_call(desk)
    none = await desk.press(page, "transfer", said=WHY, place="琉璃庙")
    assert (none.status, none.said('//*[@id="wrong-line"]')) == (400, "✕ 转给哪条线？请选一个。")
    assert none.said('//textarea[@id="said"]') == WHY
    assert none.all('//input[@id="place" and @value="琉璃庙"]')
    assert none.all('//details[@id="hand-over" and @open]')
    silent = await desk.press(page, "transfer", line="12348")
    assert silent.all('//textarea[@id="reason" and @aria-invalid="true"]')
    assert silent.all('//input[@value="12348" and @checked]')
    assert await fetch("SELECT 1 FROM hotline_transfer") == []


async def test_the_same_form_with_another_line_is_refused_and_its_next_tap_hands_him_to_that_one(
    exchange: Exchange, desk: Desk
) -> None:
    page = await a_call(desk)
    await desk.press(page, "transfer", said=WHY, line="110")
    refused = await desk.press(page, "transfer", said=WHY, line="120")
    assert refused.status == 409
    await desk.press(refused, "transfer")
    rows = await fetch("SELECT line FROM hotline_transfer ORDER BY number")
    assert [row["line"] for row in rows] == ["110", "120"]


# -- a case


async def test_a_case_is_handed_over_by_its_page_and_by_its_number(exchange: Exchange, desk: Desk) -> None:
    case = await a_case(exchange)
    form = await desk.look(f"{TRANSFERS}/new?case={case.id}")
    shown = await desk.send(form, "transfers", line="12348", reason="要打官司")
    assert case.number in shown.text
    form = await desk.look(f"{TRANSFERS}/new")
    unknown = await desk.send(form, "transfers", line="119", reason="有烟", number="000")
    assert unknown.all('//input[@id="number" and @value="000" and @aria-invalid="true"]')
    shown = await desk.send(unknown, "transfers", number=case.number)
    assert "119 消防" in shown.said("//h1")
    nobody = await desk.send(form, "transfers", line="119", reason="有烟", number="")
    assert nobody.status == 400
    assert nobody.all('//*[@role="alert"]')
    assert len(await fetch("SELECT 1 FROM hotline_transfer")) == 2
    assert (await desk._client.get(f"{TRANSFERS}/new?case=nine")).status_code == 400


# -- what follows


async def test_they_have_him_and_settle_it_and_each_step_twice_is_once(exchange: Exchange, desk: Desk) -> None:
    one = await handed(exchange)
    page = await desk.look(row_of(one))
    for _ in range(2):
        after = await desk.send(page, "acceptance", their_reference="110-0917", their_desk="指挥中心三席")
        assert "现在由对方负责" in after.said('//*[@role="status"]')
    assert "现在由谁负责110 公安 对方编号110-0917对方席位指挥中心三席" in after.said("//dl")
    for _ in range(2):
        over = await desk.send(after, "closure")
        assert "已经办结" in over.said('//*[@role="status"]')
    assert not any(over.offers(step) for step in ("acceptance", "return", "closure"))


async def test_whom_they_give_back_is_ours_again_and_why_is_needed(exchange: Exchange, desk: Desk) -> None:
    one = await handed(exchange, line=Line.LEGAL_12348)
    page = await desk.look(row_of(one))
    refused = await desk.send(page, "return", because=" ", their_reference="F-7")
    assert refused.status == 400
    assert refused.all('//details[@open]//textarea[@name="because" and @aria-invalid="true"]')
    assert refused.all('//details[@open]//input[@name="their_reference" and @value="F-7"]')
    after = await desk.send(refused, "return", because="不归法律援助管")
    assert "又归我们负责" in after.said('//*[@role="status"]')
    assert "现在由谁负责热线办" in after.said("//dl")
    late = await desk._client.post(f"{row_of(one)}/acceptance", data={}, headers=SAME_SITE)
    assert late.status_code == 409
    assert 'role="alert"' in late.text
    over = await desk.send(after, "closure")
    assert "退回后我们办结了" in over.text


async def test_the_list_says_who_has_him_and_finds_the_one_whose_reference_is_said(
    exchange: Exchange, desk: Desk
) -> None:
    first, second = await handed(exchange), await handed(exchange, line=Line.FRAUD_96110, minutes=1)
    page = await desk.look(TRANSFERS)
    titles = [one.text_content() for one in page.all('//a[@class="open"]')]
    assert [title[:3] for title in titles] == ["961", "110"]
    assert page.all(f'//form[@action="{row_of(first)}/acceptance"]')
    spoken = f"{first.reference[:2].lower()} {first.reference[2:6]}-{first.reference[6:]}"
    found = await desk.look(f"{TRANSFERS}?reference={spoken}")
    assert [one.get("href") for one in found.all('//a[@class="open"]')] == [row_of(first)]
    assert "没有这个编号" in (await desk.look(f"{TRANSFERS}?reference=ZJ1")).text
    await transfers.return_transfer(
        transfer_id=second.id, told=transfers.TransferReturn(because="不是骗子"), by=exchange.night
    )
    assert row_of(second) not in (await desk.look(TRANSFERS)).text
    back = await desk.look(f"{TRANSFERS}?which=back")
    assert "退回来了，我们接着办" in back.text
    assert (await desk._client.get(TRANSFERS, params={"after": "nothing"})).status_code == 400


async def test_a_long_list_goes_on_where_it_stopped(
    exchange: Exchange, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.console.desk.transfers.ROWS", 1)
    first = await handed(exchange)
    await handed(exchange, minutes=1)
    (more,) = (await desk.look(TRANSFERS)).all('//a[contains(@href, "after=")]/@href')
    rest = await desk.look(more)
    assert [one.get("href") for one in rest.all('//a[@class="open"]')] == [row_of(first)]
    assert not rest.all('//a[contains(@href, "after=")]')


async def test_the_page_of_a_case_says_who_has_it_now_and_leads_to_another_line(exchange: Exchange, desk: Desk) -> None:
    one = await handed(exchange)
    page = await desk.look(f"/console/cases/{one.case_id}")
    assert page.all(f'//dd/a[@href="{row_of(one)}"]')
    assert "现在由谁负责: 热线办" in page.said("//dl")
    assert page.all(f'//a[@href="{TRANSFERS}/new?case={one.case_id}"]')
    await desk.be(exchange.cast.auditor)
    page = await desk.look(f"/console/cases/{one.case_id}")
    assert page.all(f'//dd/a[@href="{row_of(one)}"]')
    assert not page.all(f'//a[contains(@href, "{TRANSFERS}/new")]')


async def test_a_case_says_who_has_it_now_to_the_desk_alone(exchange: Exchange) -> None:
    one = await handed(exchange)
    assert one.case_id is not None
    found: list[Any] = [
        list(await transfers.transfers_of(by=who, case_id=one.case_id))
        for who in (exchange.night, exchange.cast.auditor, exchange.cast.stranger)
    ]
    assert [[each.id for each in his] for his in found] == [[one.id], [one.id], []]
    assert list(await transfers.transfers_of(by=exchange.night, call_id=UUID(int=3))) == []
