"""Reminder letters on a page: who has which serials, handing out, what is lost, and what is in the way."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest

from backend.antifraud import letters
from backend.antifraud.letter_schemas import LetterStock
from backend.antifraud.outreach_tables import LetterRange
from backend.console.outreach import letters_shown
from backend.core import clock
from backend.people.tables import Role
from tests.antifraud.outreach import somebody
from tests.cast import NEXT_VILLAGE, OTHER_COUNTY, TOWNSHIP, VILLAGE, Cast
from tests.console.bench_desk import Desk, Page
from tests.console.round_desk import round_desk

LETTERS = "/console/letters"
HERE = f"{LETTERS}/{VILLAGE}"


@pytest.fixture
async def desk(cast: Cast) -> AsyncIterator[Desk]:
    """The supervisor's."""
    async with round_desk() as desk:
        yield await desk.be(cast.supervisor)


async def write(desk: Desk, move: str, first: str, last: str = "", *, village: str = VILLAGE, **typed: str) -> Page:
    form = await desk.look(f"{LETTERS}/{village}")
    return await desk.send(form, village, move=move, first=first, last=last, **typed)


async def stock(cast: Cast, village: str = VILLAGE) -> LetterStock:
    (found,) = (await letters.list_stocks(by=cast.supervisor, division_code=village)).items
    return found


def row_of(page: Page, name: str) -> list[str]:
    (row,) = page.all(f'//table//tr[th[contains(., "{name}")]]')
    return [each.text_content().strip() for each in row.xpath("td")]


def alert(page: Page) -> str:
    return page.said('//*[@role="alert"]')


# -- who


async def test_nobody_is_sent_to_the_sign_in_page() -> None:
    async with round_desk() as desk:
        for address in (LETTERS, HERE, f"{HERE}/{uuid4()}/receipt"):
            answer = await desk.raw(address)
            assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/console/sign-in")


async def test_no_other_role_and_no_other_county_reads_or_writes(desk: Desk, cast: Cast) -> None:
    await write(desk, "given", "GX-001", "100")
    form = await desk.look(HERE)
    (receipt,) = [each.get("href") for each in form.all('//a[contains(@href, "/receipt")]')]
    for who in (cast.cadre, await somebody(Role.SUPERVISOR, OTHER_COUNTY)):
        await desk.be(who)
        for address in (HERE, receipt):
            assert (await desk.raw(address)).status_code in (403, 404)
        assert (await desk.send(form, VILLAGE, move="lost", first="GX-001")).status in (403, 404)
        assert (await desk.send(form, "withdrawal")).status in (403, 404)
    assert (await stock(cast)).stock_n == 100


async def test_an_auditor_reads_and_is_offered_no_form(desk: Desk, cast: Cast) -> None:
    await write(desk, "given", "GX-001", "100")
    form = await desk.look(HERE)
    await desk.be(cast.auditor)
    page = await desk.look(HERE)
    assert "GX-001 – GX-100" in page.text
    assert page.all('//form[@method="post" and not(contains(@action, "sign-out"))]') == []
    assert (await desk.send(form, VILLAGE, move="lost", first="GX-001")).status == 403


async def test_an_address_that_is_none_is_refused_not_broken(desk: Desk) -> None:
    for address in ("/nonsense", f"/{TOWNSHIP}", "?township=x", f"/{VILLAGE}/{uuid4()}/receipt"):
        assert (await desk.raw(LETTERS + address)).status_code in (400, 404), address
    assert (await desk.raw(f"{HERE}?did=nonsense&letters_id=nonsense")).status_code == 400


# -- the table


async def test_a_supervisor_sees_every_village_and_what_they_come_to(desk: Desk, cast: Cast) -> None:
    await write(desk, "given", "GX-001", "100")
    await write(desk, "given", "GX-101", "150", village=NEXT_VILLAGE)
    await write(desk, "lost", "GX-020", "029")

    page = await desk.look(LETTERS)

    assert row_of(page, "琉璃庙村") == ["90", "100", "0", "0", "10", "0"]
    assert row_of(page, "曹庄村") == ["0"] * 6, "a village without letters is where they are to go"
    assert row_of(page, "合计") == ["140", "150", "0", "0", "10", "0"]


async def test_of_more_villages_than_one_reads_townships_come_first(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters_shown, "MOST_LINES", 2)
    await write(desk, "given", "GX-001", "100")
    page = await desk.look(LETTERS)
    assert row_of(page, "梁村镇") == ["100", "100", "0", "0", "0", "0"]
    monkeypatch.undo()
    page = await desk.look(page.all('//th/a[contains(., "梁村镇")]')[0].get("href"))
    assert row_of(page, "琉璃庙村")[0] == "100"


async def test_who_has_one_village_goes_straight_to_it(desk: Desk, cast: Cast) -> None:
    await write(desk, "given", "GX-001", "100")
    await desk.be(await somebody(Role.ASSISTANT, VILLAGE))
    page = await desk.look(LETTERS)
    assert page.address.endswith(HERE)
    assert "别的村" not in page.text
    assert page.all('//input[@name="move" and @value="given"]') == [], "letters are handed out from above"
    await desk.look(f"{LETTERS}/{NEXT_VILLAGE}", 403)


# -- what happens to letters


async def test_a_book_is_handed_out_and_the_receipt_has_two_lines_to_sign(desk: Desk, cast: Cast) -> None:
    page = await write(desk, "given", "ＧＸ－0001", "0100")

    said = page.said('//p[@role="status"]')
    assert "GX-0001 – GX-0100" in said
    assert "100 份" in said
    receipt = await desk.look(page.all('//p[@role="status"]/a')[0].get("href"))
    assert receipt.said("//dl").count("GX-0") == 2
    assert [each for each in ("发放人", "领取人") if each in receipt.said('//div[@class="signing"]')] == [
        "发放人",
        "领取人",
    ]
    assert (await stock(cast)).ranges == ["GX-0001 – GX-0100"]


async def test_how_many_is_as_good_as_the_last_serial(desk: Desk, cast: Cast) -> None:
    await write(desk, "given", "GX-001", how_many="１００")
    assert (await stock(cast)).ranges == ["GX-001 – GX-100"]


async def test_a_scanner_that_presses_enter_after_the_first_serial_hands_out_nothing_yet(
    desk: Desk, cast: Cast
) -> None:
    page = await write(desk, "given", "GX-001")

    assert "截止编号" in alert(page)
    (last,) = page.all('//input[@name="last"]')
    assert last.get("autofocus") is not None
    assert page.all('//input[@name="first"]')[0].get("value") == "GX-001"
    await desk.send(page, VILLAGE, last="GX-100")
    assert (await stock(cast)).stock_n == 100


async def test_a_double_tap_hands_out_once_and_says_so(desk: Desk, cast: Cast) -> None:
    form = await desk.look(HERE)
    said = [(await desk.send(form, VILLAGE, first="GX-001", last="100")).said('//p[@role="status"]') for _ in range(2)]
    assert ("已保存" in said[0], "没有重复记" in said[1]) == (True, True)
    assert await LetterRange.count() == 1


async def test_an_overlap_is_refused_naming_the_letters_and_where_they_are(desk: Desk, cast: Cast) -> None:
    await write(desk, "given", "GX-001", "100")

    page = await write(desk, "given", "GX-051", "150", village=NEXT_VILLAGE)

    assert page.status == 409
    assert "GX-051 – GX-100" in alert(page)
    assert "琉璃庙村 · GX-001 – GX-100" in alert(page)
    assert page.all('//input[@name="last"]')[0].get("value") == "150", "what was typed is still there"
    assert await LetterRange.count() == 1


async def test_lost_and_returned_letters_go_from_the_assistants_stock(desk: Desk, cast: Cast) -> None:
    await write(desk, "given", "GX-001", "100")
    await desk.be(cast.assistant)
    await write(desk, "lost", "GX-020", "029")
    page = await write(desk, "returned", "GX-091", how_many="10")

    assert "村里还有 80" in page.said("//h2")
    assert (await stock(cast)).ranges == ["GX-001 – GX-019", "GX-030 – GX-090"]
    await desk.be(cast.supervisor)
    await write(desk, "given", "GX-091", "100", village=NEXT_VILLAGE)
    assert (await stock(cast, NEXT_VILLAGE)).stock_n == 10


async def test_a_mistake_is_taken_back_twice_harmlessly_and_a_lost_book_is_found_again(desk: Desk, cast: Cast) -> None:
    await write(desk, "given", "GX-001", "100")
    lost = await write(desk, "lost", "GX-020", "029")
    for _ in range(2):
        page = await desk.send(lost, "withdrawal", near="又找到了")
        assert "撤销了" in page.said('//p[@role="status"]')
    assert (await stock(cast)).stock_n == 100
    assert "收回了" in page.said('//li[@class="gone"]')


async def test_what_something_rests_on_is_not_taken_back(desk: Desk, cast: Cast) -> None:
    await write(desk, "given", "GX-001", "100")
    page = await write(desk, "signed", "GX-005")
    (given,) = [each.action for each in page.tree.forms if each.action.endswith("withdrawal")][-1:]
    answer = await desk._client.post(given, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 409
    assert "GX-005" in alert(Page(answer))


async def test_a_receipt_of_what_was_taken_back_is_worth_nothing(desk: Desk) -> None:
    page = await write(desk, "given", "GX-001", "100")
    receipt = page.all('//p[@role="status"]/a')[0].get("href")
    await desk.send(page, "withdrawal")
    assert "领取单作废" in (await desk.look(receipt)).text
    await desk.look(re.sub(VILLAGE, NEXT_VILLAGE, receipt), 404)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"first": ""}, "first"),
        ({"first": "nonsense"}, "first"),
        ({"first": "G" * 41}, "first"),
        ({"last": "HX-100"}, "last"),
        ({"last": "GX-000"}, "last"),
        ({"last": "GX-100", "how_many": "5"}, "how_many"),
        ({"last": "", "how_many": "1.5"}, "how_many"),
        ({"last": "", "how_many": "5000"}, "how_many"),
        ({"move": "eaten"}, "move"),
    ],
)
async def test_what_cannot_be_is_refused_at_its_field_and_what_was_typed_stays(
    desk: Desk, typed: dict[str, str], field: str
) -> None:
    form = await desk.look(HERE)
    page = await desk.send(form, VILLAGE, **({"move": "given", "first": "GX-001", "last": "100"} | typed))

    assert page.status == 400
    assert page.all(f'//*[@id="{field}-wrong"]'), alert(page)
    for name in ("first", "last", "how_many"):
        assert page.all(f'//input[@name="{name}"]')[0].get("value") == ({"first": "GX-001", "last": "100"} | typed).get(
            name, ""
        )
    assert await LetterRange.count() == 0


async def test_a_day_that_is_over_is_written_down_as_that_day(desk: Desk) -> None:
    yesterday = clock.today() - timedelta(days=1)
    await write(desk, "given", "GX-001", "100", day=str(yesterday))
    row = await LetterRange.select(LetterRange.at).first()
    assert row is not None
    assert clock.local(row["at"]).date() == yesterday
    page = await write(desk, "lost", "GX-001", day="nonsense")
    assert page.status == 400


async def test_one_letters_way_is_found_by_its_serial(desk: Desk, cast: Cast) -> None:
    await write(desk, "given", "GX-001", "100")
    await write(desk, "signed", "GX-005")
    found = (await desk.look(f"{LETTERS}?serial=GX-005")).said("//ul")
    assert ("琉璃庙村" in found, "已签收" in found) == (True, True)
    assert "没有这份函的记录" in (await desk.look(f"{LETTERS}?serial=GX-500")).text
    assert "最多十二位" in alert(await desk.look(f"{LETTERS}?serial=nonsense", 400))
    assert "GX-001 – GX-100" in (await desk.look(f"{HERE}?serial=GX-007")).said('//ul[contains(@class, "moves")]')
