"""Who may come to the door: cards, the telephone that checks a code, and the sheet on the village's board."""

from collections.abc import AsyncIterator

import pytest

from backend.antifraud.visitor_checking import verify_visitor
from backend.antifraud.visitor_policies import VISITOR_POLICIES
from backend.antifraud.visitor_refusals import VisitorUnknown
from backend.core import clock
from backend.core.database import fetch
from backend.people.tables import Role
from tests.antifraud.outreach import somebody
from tests.antifraud.visitors import HERE as A_PHONE
from tests.antifraud.visitors import STATION_PHONE, Visitors, at
from tests.cast import COUNTY, NEXT_VILLAGE, OTHER_COUNTY, OTHER_VILLAGE, TOWNSHIP, VILLAGE, Cast
from tests.console.antifraud_desk import ANTIFRAUD, BOARD, CARDS, CHECK, desk_of
from tests.console.bench_desk import SAME_SITE, Desk, Page

NOBODYS = "12345674"


@pytest.fixture
async def visitors(cast: Cast) -> Visitors:
    made = Visitors(cast)
    await made.open()
    return made


@pytest.fixture
async def desk(visitors: Visitors) -> AsyncIterator[Desk]:
    async with desk_of(visitors.supervisor) as found:
        yield found


# cards


async def test_somebody_is_found_by_name_or_unit_and_given_a_card_once(desk: Desk, visitors: Visitors) -> None:
    assert "赵强" in (await desk.look(f"{CARDS}?q=派出所")).said("//section[@aria-labelledby='find']")
    found = await desk.look(f"{CARDS}?q=赵强")
    (link,) = found.all("//a[contains(@href, 'person=')]/@href")
    page = await desk.look(f"{CARDS}{link}")
    assert STATION_PHONE in page.said("//select[@name='unit']/option[1]")
    for _ in range(2):
        done = await desk.send(page, "cards", near="代表哪个单位")
        assert "发好了" in done.said("//p[@role='status']")
    assert len(await fetch("SELECT 1 FROM antifraud_visitor_card")) == 1
    assert "✓ 有效" in done.said("//li")
    assert "已有卡" in (await desk.look(f"{CARDS}?q=赵强")).said("//section[@aria-labelledby='find']")
    assert await visitors.code() not in done.text  # only he sees it


async def test_a_card_that_is_ended_is_void_and_listed_with_the_ended_ones(desk: Desk, visitors: Visitors) -> None:
    await visitors.issued()
    code = await visitors.code()
    page = await desk.look(CARDS)
    for _ in range(2):
        assert "停用了" in (await desk.send(page, "ending")).said("//p[@role='status']")
    with pytest.raises(VisitorUnknown):
        await verify_visitor(code, address=A_PHONE)
    assert "赵强" not in (await desk.look(CARDS)).said("//main//ul")
    assert "赵强" in (await desk.look(f"{CARDS}?ended=1")).said("//main//ul")


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"valid_to": "2020-01-01"}, "valid_to"), ({"valid_from": "soon"}, "valid_from"), ({"unit": ""}, "unit")],
)
async def test_what_does_not_fit_is_said_at_its_field_and_the_rest_stays(
    desk: Desk, visitors: Visitors, typed: dict[str, str], field: str
) -> None:
    page = await desk.look(f"{CARDS}?person={visitors.assistant.person_id}")
    wrong = await desk.send(page, "cards", near="代表哪个单位", **({"valid_to": "2030-01-01"} | typed))
    assert wrong.status == 400
    assert wrong.said(f"//p[@id='{field}-wrong']")
    assert wrong.all(f"//*[@name='{field}' and @aria-invalid='true']")
    if field != "valid_to":
        assert wrong.all("//input[@name='valid_to']/@value") == ["2030-01-01"]


async def test_who_carries_one_gets_no_second_one_and_the_page_says_so(desk: Desk, visitors: Visitors) -> None:
    page = await desk.look(f"{CARDS}?person={visitors.assistant.person_id}")
    await visitors.issued()
    again = await desk.send(page, "cards", near="代表哪个单位")
    assert again.status == 409
    assert "先" in again.said("//p[@role='alert']")


async def test_strangers_issue_nothing_auditors_read_and_nobody_signs_in(visitors: Visitors, cast: Cast) -> None:
    card = await visitors.issued()
    async with desk_of() as nobody:
        for address in (CARDS, CHECK, BOARD):
            assert (await nobody.raw(address)).headers["location"].startswith("/console/sign-in")
    abroad = await somebody(Role.SUPERVISOR, OTHER_COUNTY)
    async with desk_of(abroad) as desk:
        assert "赵强" not in (await desk.look(f"{CARDS}?q=赵强")).said("//main//ul")
        await desk.look(f"{CARDS}?person={cast.assistant.person_id}", 404)
        assert (await desk._client.post(f"{CARDS}/{card.id}/ending", headers=SAME_SITE)).status_code == 404
    body = {"id": str(cast.household), "person": str(cast.cadre.person_id), "unit": str(visitors.station)}
    async with desk_of(cast.auditor) as desk:
        page = await desk.look(f"{CARDS}?q=赵强&person={cast.cadre.person_id}")
        assert "赵强" in page.said("//main//ul")
        assert not page.all("//form[contains(@action, 'cards')]")
        assert (await desk._client.post(CARDS, data=body, headers=SAME_SITE)).status_code == 403
    for who in (cast.assistant, cast.operator, cast.cadre):
        async with desk_of(who) as desk:
            await desk.look(CARDS, 403)
            assert (await desk._client.post(CARDS, data=body, headers=SAME_SITE)).status_code == 403


# a citizen rings


async def asked(desk: Desk, code: str) -> Page:
    return await desk.send(await desk.look(CHECK), "check", code=code)


async def test_the_operator_reads_out_who_it_is_and_what_to_do(visitors: Visitors, cast: Cast) -> None:
    await visitors.issued()
    code = await visitors.code()
    async with desk_of(cast.operator) as desk:
        page = await asked(desk, f" {code[:4]}-{code[4:]} ")
        assert page.status == 200
        assert code not in page.address
        assert "✓ 码对得上，今天有效" in page.said("//section[contains(@class, 'genuine')]/p[1]")
        say = page.said("//div[contains(@class, 'say')]")
        assert "这个码是梁村派出所赵强的，今天有效" in say
        assert "打 110" in say
        assert page.all("//a[@href='tel:06350000110']")
        assert page.all("//input[@name='code']/@value") == [""]  # the next caller's


async def test_a_code_that_is_nobodys_is_asked_for_again_and_then_the_door_stays_closed(cast: Cast) -> None:
    async with desk_of(cast.operator) as desk:
        page = await asked(desk, NOBODYS)
        assert page.status == 404
        assert "✕ 今天没有人用这个码" in page.said("//section[contains(@class, 'stop')]")
        assert "别开门" in page.said("//div[contains(@class, 'say')]")
        assert page.all("//input[@name='code']/@value") == [NOBODYS]
        assert (await asked(desk, "<b>")).status == 404


async def test_who_comes_outside_his_shift_is_neither_green_nor_red(visitors: Visitors, cast: Cast) -> None:
    with clock.stopped(at(1)):
        await visitors.issued()
        await visitors.at_the_desk(visitors.assistant, at(8), at(16))
    with clock.stopped(at(7)):
        async with desk_of(cast.operator) as desk:
            page = await asked(desk, await visitors.code())
    assert "▲" in page.said("//section[contains(@class, 'watch')]/p[1]")
    assert "您先别开门，我问问他单位" in page.said("//div[contains(@class, 'say')]")


async def test_a_desk_that_goes_on_guessing_waits_and_others_do_not(visitors: Visitors, cast: Cast) -> None:
    await visitors.issued()
    async with desk_of(cast.operator) as desk:
        page = await desk.look(CHECK)
        for _ in range(VISITOR_POLICIES[0].wrong_codes_per_desk.at_once):
            await desk.send(page, "check", code=NOBODYS)
        busy = await desk._client.post(CHECK, data={"code": await visitors.code()}, headers=SAME_SITE)
        assert busy.status_code == 429
        assert int(busy.headers["retry-after"]) > 0
        assert "马上给您回电话" in busy.text
    async with desk_of(cast.handler) as desk:
        assert (await asked(desk, await visitors.code())).status == 200
    for who in (cast.cadre, cast.auditor):
        async with desk_of(who) as desk:
            await desk.look(CHECK, 403)


# the board


async def test_a_village_is_chosen_and_its_sheet_says_all_that_a_citizen_needs(desk: Desk, visitors: Visitors) -> None:
    page = await desk.look(f"{BOARD}?township={TOWNSHIP}")
    assert f"{BOARD}/{VILLAGE}" in page.all("//main//a/@href")
    sheet = await desk.look(f"{BOARD}/{VILLAGE}")
    said = sheet.said("//section")
    for words in ("test/v", STATION_PHONE, "梁村派出所", "96110", "110", "先问核验码", "八位数字", "绝不要钱"):
        assert words in said, words
    assert len(sheet.all("//section//li//*[local-name()='svg']")) == 3
    assert not sheet.all("//*[contains(@class, 'qr')] | //img | //*[@style] | //script")
    assert "http" not in said


async def test_a_township_is_printed_at_once_and_a_village_is_found_by_its_name(desk: Desk) -> None:
    villages = (await desk.look(f"{BOARD}?township={TOWNSHIP}")).all("//ul//a/@href")
    assert len((await desk.look(f"{BOARD}/{TOWNSHIP}")).all("//section")) == len(villages) > 1
    found = await desk.look(f"{BOARD}?name=琉璃庙")
    assert f"{BOARD}/{VILLAGE}" in found.all("//ul//a/@href")
    assert "没有叫这个名字的村" in (await desk.look(f"{BOARD}?name=没有这村")).said("//main")


async def test_without_a_stations_telephone_there_is_a_line_to_write_it_on(cast: Cast) -> None:
    async with desk_of(cast.supervisor) as desk:
        assert "还没有登记派出所电话" in (await desk.look(f"{BOARD}?township={TOWNSHIP}")).said("//main")
        assert (await desk.look(f"{BOARD}/{VILLAGE}")).all("//p[@class='phone']/b[@class='blank']")


async def test_everybody_prints_for_his_own_place_only(cast: Cast) -> None:
    async with desk_of(cast.cadre) as desk:  # of one village
        assert f"{BOARD}/{VILLAGE}" in (await desk.look(BOARD)).all("//ul//a/@href")
        sheet = await desk.look(f"{BOARD}/{VILLAGE}")
        await desk.look(sheet.all("//nav/a/@href")[0])
        for address in (NEXT_VILLAGE, OTHER_VILLAGE):
            await desk.look(f"{BOARD}/{address}", 403)
    async with desk_of(cast.supervisor) as desk:
        await desk.look(f"{BOARD}/{COUNTY}", 404)
        await desk.look(f"{BOARD}/{'9' * 12}", 404)
        await desk.look(f"{BOARD}/nonsense", 400)


async def test_tabs_lead_only_where_one_is_let_in(cast: Cast) -> None:
    for who in (cast.supervisor, cast.auditor, cast.admin, cast.operator, cast.assistant, cast.handler, cast.cadre):
        async with desk_of(who) as desk:
            tabs = (await desk.look(BOARD)).all("//nav[@aria-label='反诈']/a/@href")
            assert f"{ANTIFRAUD}/library" in tabs
            for address in tabs:
                await desk.look(address)
