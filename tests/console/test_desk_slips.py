"""Flow slips of market stalls: printed under numbers, found again by them, typed in once at the paper's own time."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from backend.cases import receipts, records
from backend.core import clock, ids
from backend.core.database import fetch
from backend.hotline import flow_slips
from backend.hotline.flow_slip_schemas import NewFlowSlips
from backend.hotline.paper_numbers import SLIP, grouped, said
from backend.rosters.market_schemas import NewMarketRule
from backend.rosters.market_setting import set_market_rule
from tests.cases.desk import Desk as Cases
from tests.cast import OTHER_VILLAGE, VILLAGE, Cast
from tests.console.bench_desk import SAME_SITE, Desk, Page
from tests.console.duty_desk import DUTY, duty_desk
from tests.openrosa.collect import PHOTO

SLIPS = f"{DUTY}/slips"
PAPER = {"title": "村东水管坏了", "category": "停水与饮水", "place": VILLAGE, "words": "两天没水了"}

NOT_SO: list[tuple[dict[str, str], str]] = [
    ({"begun_at": ""}, "begun_at"),
    ({"begun_at": "昨天"}, "begun_at"),
    ({"begun_at": "2026-01-05T08:10"}, "begun_at"),
    ({"begun_at": "2100-01-05T08:10"}, "begun_at"),
    ({"category": ""}, "category"),
    ({"category": "没有这类"}, "category"),
    ({"title": ""}, "title"),
    ({"place": "没有这村"}, "place"),
    ({"household": "NO-999"}, "household"),
    ({"contact_phone": "打给我"}, "contact_phone"),
    ({"words": "长" * 4001}, "words"),
    ({"answer": "长" * 4001}, "answer"),
]
"""What somebody may type wrongly, and the field that is marked."""


@pytest.fixture
async def cases(cast: Cast) -> Cases:
    return await Cases.make(cast)


@pytest.fixture
async def desk(cases: Cases) -> AsyncIterator[Desk]:
    async with duty_desk() as desk:
        yield await desk.be(cases.clerk)


async def printed(desk: Desk, count: int = 3, **more: str) -> tuple[list[str], Page]:
    """The numbers on the sheets, and the sheets."""
    sheets = await desk.send(await desk.look(SLIPS), "slips", near="每张", count=str(count), **more)
    return [one.replace(" ", "") for one in sheets.all('//p[contains(@class, "huge")]/text()')], sheets


def hours_ago(hours: int) -> str:
    return clock.local(clock.now() - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")


async def typed(desk: Desk, number: str, **more: str) -> Page:
    page = await desk.look(f"{SLIPS}/{number}")
    return await desk.send(page, "case", **({"begun_at": hours_ago(0)} | PAPER | more))


async def rows() -> list[Any]:
    return [tuple(row) for row in await fetch('SELECT number, begun_at, "case", voided_at FROM hotline_flow_slip')]


# -- printed


async def test_a_range_is_printed_with_big_numbers_codes_and_lines_in_the_order_of_the_form(desk: Desk) -> None:
    numbers, sheets = await printed(desk)
    assert len(numbers) == 3
    assert all(re.fullmatch(r"GZ\d{8}", each) for each in numbers)
    assert len(sheets.all('//div[contains(@class, "per-2")]')) == 2
    assert len(sheets.all('//*[name()="svg"]')) == 3
    paper = sheets.said('(//section[@class="flow-slip"])[1]//tr')
    form = (await desk.look(f"{SLIPS}/{numbers[0]}")).said('//form[contains(@action, "/case")]')
    for page in (paper, form):
        places = [page.index(each) for each in ("记下的时间", "类别", "怎么说", "村", "当场答复")]
        assert places == sorted(places), page
    assert "199" not in sheets.text


async def test_a_second_tap_prints_no_second_range_and_one_a_sheet_is_one_a_sheet(desk: Desk) -> None:
    page = await desk.look(SLIPS)
    first, second = [await desk.send(page, "slips", near="每张", count="3", per="1") for _ in range(2)]
    assert first.address == second.address
    assert len(first.all('//div[contains(@class, "per-1")]')) == 3
    assert len(await rows()) == 3


async def test_a_market_point_is_chosen_before_any_office(desk: Desk, cases: Cases) -> None:
    rule = {"kind": "lunar_digit", "numbers": [3, 8], "valid_from": "2026-11-01", "source": "镇政府通知"}
    new = msgspec.convert(rule, NewMarketRule)
    await set_market_rule(id=ids.uuid7(), market_id=cases.water, new=new, by=cases.cast.supervisor)
    options = (await desk.look(SLIPS)).all('//select[@id="unit"]/option/text()')
    assert options == ["水务站", "公路站", "热线"]


async def test_a_number_of_slips_that_cannot_be_is_told_beside_the_field(desk: Desk) -> None:
    for count in ("0", "201", "很多", "", "1.5"):
        page = await desk.send(await desk.look(SLIPS), "slips", near="每张", count=count)
        assert page.status == 400
        assert "1 到 200" in page.said('//p[@id="wrong-count"]')
        assert page.all(f'//input[@id="count" and @value="{count}" and @aria-invalid="true"]')
    assert await rows() == []


async def test_the_list_tells_how_many_are_typed_in_void_and_still_on_paper(desk: Desk) -> None:
    numbers, _ = await printed(desk, 4)
    await typed(desk, numbers[0])
    await desk.send(await desk.look(f"{SLIPS}/{numbers[1]}"), "voiding")
    page = await desk.look(SLIPS)
    told = page.said('//li[contains(@class, "slip-range")]')
    for words in (grouped(numbers[0]), grouped(numbers[3]), "还有 2 张在纸上", "共 4 张，已登记 1 张，作废 1 张"):
        assert words in told
    each = await desk.look(f"{SLIPS}/{numbers[0]}/range")
    assert [each.text.count(word) for word in ("✓ 已登记", "✕ 作废", "▲ 还在纸上")] == [1, 1, 2]
    again = await desk.look(f"{SLIPS}/{numbers[0]}/sheet")
    assert (numbers[0] in again.text, len(again.all('//section[@class="flow-slip"]'))) == (False, 2)
    only = await desk.look(f"{SLIPS}/{numbers[3]}/sheet?only=1")
    assert len(only.all('//section[@class="flow-slip"]')) == 1


async def test_long_lists_go_on_page_by_page(desk: Desk, cases: Cases) -> None:
    for _ in range(21):
        new = NewFlowSlips(unit_id=cases.hotline, slips_n=1)
        await flow_slips.print_flow_slips(id=ids.uuid7(), new=new, by=cases.clerk)
    page = await desk.look(SLIPS)
    assert len(page.all('//li[contains(@class, "slip-range")]')) == 20
    (more,) = page.all('//a[contains(@href, "after=")]/@href')
    assert len((await desk.look(more)).all('//li[contains(@class, "slip-range")]')) == 1


# -- found


async def test_a_slip_is_found_by_its_number_as_one_reads_it(desk: Desk) -> None:
    (number,), _ = await printed(desk, 1)
    for spoken in (grouped(number), number.lower(), f" {number} "):
        page = await desk.look(f"{SLIPS}?number={spoken}")
        assert page.address.endswith(f"/slips/{number}")
        assert page.offers("case")


async def test_a_wrong_digit_and_a_number_nobody_printed_are_told_with_what_was_typed(desk: Desk) -> None:
    (number,), _ = await printed(desk, 1)
    wrong = f"{number[:-1]}{(int(number[-1]) + 1) % 10}"
    for typed_in, status, words in ((wrong, 400, "GZ 加八位数字"), (said(SLIP, 9_999_999), 404, "9999999")):
        page = await desk.look(f"{SLIPS}?number={typed_in}", status=status)
        assert page.all(f'//input[@id="number" and @value="{typed_in}" and @aria-invalid="true"]')
        assert words in page.said('//p[@id="wrong-number"]'), page.said('//p[@id="wrong-number"]')


# -- typed in


async def test_it_becomes_a_case_at_the_papers_time_and_shows_the_receipt(desk: Desk, cases: Cases) -> None:
    (number,), _ = await printed(desk, 1, unit=str(cases.hotline))
    begun = hours_ago(0)
    page = await typed(desk, number, begun_at=begun, contact_name="林大山", contact_phone="199 0000 0051")
    assert page.status == 200, page.text
    receipt, secret = (each.strip() for each in page.all('//p[contains(@class, "receipt-number")]/text()'))
    case = await receipts.track(number=receipt, secret=secret, address="203.0.113.7")
    assert clock.local(case.opened_at).strftime("%Y-%m-%dT%H:%M") == begun
    [(_, begun_at, case_id, _)] = await rows()
    found = await records.read(case_id)
    assert (found.opened_at, found.channel, found.owner_unit.id) == (begun_at, "market_stall", cases.hotline)
    assert (found.description, found.has_contact) == ("两天没水了", True)
    assert grouped(number) in page.text


async def test_a_second_tap_is_the_same_case_and_a_typed_slip_leads_to_it(desk: Desk) -> None:
    (number,), _ = await printed(desk, 1)
    page = await desk.look(f"{SLIPS}/{number}")
    facts = {"begun_at": hours_ago(0)} | PAPER
    first, again = [await desk.send(page, "case", **facts) for _ in range(2)]
    assert (first.status, again.status) == (200, 200)
    assert len(await fetch("SELECT 1 FROM cases_case")) == 1
    assert not again.all('//p[contains(@class, "secret-shown")]')
    other = await desk.send(page, "case", **(facts | {"title": "别的事"}))
    assert other.status == 409
    [(_, _, case_id, _)] = await rows()
    for shown in (other, await desk.look(f"{SLIPS}/{number}")):
        assert shown.all(f'//a[@href="/console/cases/{case_id}"]')
        assert not shown.offers("case")


async def test_a_question_answered_at_the_stall_is_closed_and_needs_no_category(desk: Desk) -> None:
    (number,), _ = await printed(desk, 1)
    page = await typed(desk, number, kind="question", category="", answer="带身份证到村委会登记")
    assert page.status == 200, page.text
    [(_, _, case_id, _)] = await rows()
    case = await records.read(case_id)
    assert (case.kind, case.outcome, case.category.code) == ("question", "answered_on_spot", "other.policy_question")


async def test_what_cannot_be_so_is_told_beside_its_field_and_nothing_typed_is_lost(desk: Desk) -> None:
    (number,), _ = await printed(desk, 1)
    for changes, field in NOT_SO:
        page = await typed(desk, number, **({"place_note": "我打的话"} | changes))
        assert page.status == 400, page.text
        assert page.all(f'//*[@id="{field}" and @aria-invalid="true"]'), (changes, page.said('//*[@role="alert"]'))
        assert page.all(f'//p[@id="wrong-{field}"]')
        assert "errors" not in page.text
        assert page.all('//input[@id="place_note" and @value="我打的话"]')
    assert await fetch("SELECT 1 FROM cases_case") == []


async def test_a_photo_of_the_paper_is_the_cases_and_is_not_asked_for_again_when_something_else_was_wrong(
    desk: Desk,
) -> None:
    (number,), _ = await printed(desk, 1)
    address = f"{SLIPS}/{number}/case"

    async def sent(data: dict[str, str], files: dict[str, Any] | None) -> Page:
        return Page(await desk._client.post(address, data=data, files=files, headers=SAME_SITE))

    photo = {"photo": ("paper.jpg", PHOTO, "image/jpeg")}
    facts = {"begun_at": hours_ago(0)} | PAPER
    refused = await sent(facts | {"title": ""}, photo)
    assert refused.status == 400
    (photo_id,) = refused.all('//input[@name="photo_id"]/@value')
    made = await sent(facts | {"photo_id": photo_id}, None)
    again = await sent(facts, photo)
    assert (made.status, again.status) == (200, 200), again.text
    [(_, _, case_id, _)] = await rows()
    assert [str(each) for each in (await records.read(case_id)).photo_ids] == [photo_id]


async def test_a_household_s_card_stands_for_the_village(desk: Desk, cast: Cast) -> None:
    (number,), _ = await printed(desk, 1)
    page = await typed(desk, number, place="", household="llm-001")
    assert page.status == 200, page.text
    [(_, _, case_id, _)] = await rows()
    assert (await records.read(case_id)).household_id == cast.household


async def test_a_spoilt_slip_counts_no_more_and_a_typed_one_is_not_thrown_away(desk: Desk) -> None:
    (spoilt, used), _ = await printed(desk, 2)
    before = await desk.look(f"{SLIPS}/{spoilt}")
    for _ in range(2):
        page = await desk.send(before, "voiding")
        assert "作废了" in page.said('//*[@role="status"]')
    late = await desk.send(before, "case", **({"begun_at": hours_ago(0)} | PAPER))
    assert (late.status, late.offers("case")) == (409, False)
    open_page = await desk.look(f"{SLIPS}/{used}")
    await typed(desk, used)
    assert (await desk.send(open_page, "voiding")).status == 409


# -- who may


async def test_nobody_signs_in_first_and_a_stranger_finds_no_slip(desk: Desk, cases: Cases) -> None:
    (number,), _ = await printed(desk, 1)
    async with duty_desk() as nobody:
        answer = await nobody.raw(f"{SLIPS}/{number}")
        assert (answer.status_code, answer.headers["location"]) == (303, f"/console/sign-in?next={SLIPS}/{number}")
    await desk.be(cases.cast.stranger)
    for address in (f"{SLIPS}/{number}", f"{SLIPS}/{number}/sheet", f"{SLIPS}/{number}/range"):
        await desk.look(address, status=404)
    assert number not in (await desk.look(SLIPS)).text
    for step, facts in (("case", {"begun_at": hours_ago(0)} | PAPER | {"place": OTHER_VILLAGE}), ("voiding", {})):
        answer = await desk._client.post(f"{SLIPS}/{number}/{step}", data=facts, headers=SAME_SITE)
        assert answer.status_code == 404, step
    await desk.be(cases.plumber)
    await desk.look(SLIPS, status=403)
    await desk.look(f"{SLIPS}/GZ00000171", status=403)


async def test_a_cadre_types_in_the_paper_he_brings_from_his_county_s_stall(desk: Desk, cases: Cases) -> None:
    (number,), _ = await printed(desk, 1)
    await desk.be(cases.cast.cadre)
    page = await desk.look(SLIPS)
    assert "领取" in page.text
    assert number not in page.text
    assert (await typed(desk, number)).status == 200
    assert (await desk.look("/console/today")).all('//a[@href="/console/desk/slips"]')
