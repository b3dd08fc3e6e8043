"""Letters of a village printed from its page: the form begins with what lies there, refusals keep what was typed."""

from collections.abc import AsyncIterator
from io import BytesIO
from urllib.parse import urlencode

import pytest
from pypdf import PdfReader

from backend.people.tables import Role
from tests.antifraud.outreach import somebody
from tests.cast import NEXT_VILLAGE, OTHER_COUNTY, VILLAGE, Cast
from tests.console.bench_desk import Desk, Page
from tests.console.round_desk import round_desk
from tests.console.test_letters_page import alert, write

LETTERS = "/console/letters"
HERE = f"{LETTERS}/{VILLAGE}"


@pytest.fixture
async def desk(cast: Cast, published: None) -> AsyncIterator[Desk]:
    """The supervisor's, in front of a village that was given 300 letters."""
    async with round_desk() as desk:
        await write(await desk.be(cast.supervisor), "given", "GX-001", "300")
        yield desk


def asked(page: Page, **typed: str) -> str:
    """Where the form for printing leads, with what is typed over what stands in it."""
    form = next(one for one in page.tree.forms if (one.action or "").endswith("/sheets.pdf"))
    return f"{form.action}?{urlencode(dict(form.form_values()) | typed)}"


async def sheets(desk: Desk, address: str) -> list[str]:
    answer = await desk.raw(address)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    return ["".join(page.extract_text().split()) for page in PdfReader(BytesIO(answer.content)).pages]


async def test_one_tap_prints_what_lies_in_the_village_as_many_as_one_file_holds(desk: Desk) -> None:
    told = await sheets(desk, asked(await desk.look(HERE)))

    assert [text[:8] for text in told] == [f"编号GX-{number:03d}" for number in range(1, 201)]
    assert "梁村镇琉璃庙村" in told[0]


async def test_a_spoilt_sheet_is_printed_again_for_another_day(desk: Desk, cast: Cast) -> None:
    await desk.be(cast.assistant)
    again = asked(await desk.look(HERE), print_first="ＧＸ－007", print_last="", print_on="2026-11-30")
    for _ in range(2):
        [told] = await sheets(desk, again)
        assert ("编号GX-007" in told, "2026年11月30日" in told) == (True, True)


async def test_letters_just_handed_out_are_one_tap_from_paper(desk: Desk) -> None:
    page = await write(desk, "given", "GX-301", "303")
    (address,) = page.all('//p[@role="status"]/a[contains(@href, "sheets.pdf")]/@href')
    assert len(await sheets(desk, address)) == 3


async def test_what_does_not_lie_there_is_named_and_what_was_typed_stays(desk: Desk) -> None:
    await write(desk, "signed", "GX-005")
    page = await desk.look(asked(await desk.look(HERE), print_first="GX-004", print_last="006"), 409)

    assert "GX-005 不在村里的库存里，没有打印" in alert(page)
    assert "已签收" in alert(page)
    assert page.all('//input[@id="print_first"]/@value') == ["GX-004"]
    assert page.all('//input[@id="print_last"]/@value') == ["006"]
    assert page.all('//input[@id="first"]/@value') == [""]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"print_first": "nonsense"}, "print_first"),
        ({"print_last": "GX-201"}, "print_last"),
        ({"print_last": "HX-100"}, "print_last"),
        ({"print_on": "2026-13-01"}, "print_on"),
    ],
)
async def test_what_cannot_be_is_told_beside_its_field(desk: Desk, typed: dict[str, str], field: str) -> None:
    page = await desk.look(asked(await desk.look(HERE), **typed), 400)
    assert page.said(f'//*[@id="{field}-wrong"]')
    assert page.all(f'//input[@id="{field}" and @aria-invalid]')


async def test_nobody_an_auditor_and_another_county_print_nothing(desk: Desk, cast: Cast) -> None:
    address = asked(await desk.look(HERE))
    await desk.be(cast.auditor)
    assert "sheets.pdf" not in (await desk.raw(HERE)).text
    for who in (cast.auditor, cast.cadre, await somebody(Role.SUPERVISOR, OTHER_COUNTY)):
        await desk.be(who)
        assert (await desk.raw(address)).status_code == 403
    del desk._client.headers["Authorization"]
    assert (await desk.raw(address)).status_code == 303


async def test_a_village_without_letters_offers_nothing_to_print(desk: Desk) -> None:
    page = await desk.look(f"{LETTERS}/{NEXT_VILLAGE}")
    assert "sheets.pdf" not in page.text
    assert (await desk.raw(f"{LETTERS}/{NEXT_VILLAGE}/sheets.pdf")).status_code == 400
