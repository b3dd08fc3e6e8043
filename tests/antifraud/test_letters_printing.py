"""Reminder letters onto paper: those that lie in the village, in the order of their serials, nothing of a person."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from backend.antifraud import letter_routes, letters
from backend.antifraud.letter_schemas import NewLetters
from backend.antifraud.letters_printing import print_letters
from backend.antifraud.outreach_refusals import LettersNotThere, NotYourPlace
from backend.antifraud.outreach_words import LetterMove
from backend.core import clock
from backend.core.refusals import Forbidden, Invalid
from backend.people.tables import Role
from tests.antifraud.outreach import client_of, signed_in, somebody
from tests.antifraud.visitors import STATION_PHONE, Visitors
from tests.cast import NEXT_VILLAGE, OTHER_COUNTY, VILLAGE

SHEETS = "/antifraud/letters/sheets"
ASKED = {"division_code": VILLAGE, "first": "GX-001", "last": "003"}


async def moved(cast, move, first, last=None):
    at = clock.now() - timedelta(minutes=1)
    new = NewLetters(move=move, first=first, last=last, division_code=VILLAGE, at=at)
    await letters.issue_letters(new=new, by=cast.supervisor)


@pytest.fixture
async def given(cast, published):
    await moved(cast, LetterMove.GIVEN, "GX-001", "300")
    return cast


def texts(pdf):
    return ["".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


async def test_every_letter_of_the_range_is_a_sheet_under_its_serial_in_order(given):
    printed = await print_letters(division_code=VILLAGE, first="GX-008", last="011", by=given.assistant)

    told = texts(printed.pdf)
    assert [text[:8] for text in told] == ["编号GX-008", "编号GX-009", "编号GX-010", "编号GX-011"]
    assert all("梁村镇琉璃庙村" in text for text in told)


async def test_the_stations_public_number_is_on_it_and_no_private_one_and_nobodys_name(given):
    await Visitors(given).open()

    printed = await print_letters(division_code=VILLAGE, first="GX-001", on=date(2026, 11, 9), by=given.assistant)

    [told] = texts(printed.pdf)
    assert f"派出所值班电话{STATION_PHONE}" in told
    assert "单位" not in told
    assert "梁村派出所" in told
    assert "2026年11月9日" in told
    assert "199" not in told
    assert not any(name in told for name in ("赵强", "王建国"))


async def test_a_village_without_a_station_gets_a_line_to_write_on(given):
    printed = await print_letters(division_code=VILLAGE, first="GX-001", by=given.supervisor)

    assert "派出所值班电话钱已经转了" in texts(printed.pdf)[0]


async def test_a_spoilt_sheet_is_printed_again_and_nothing_else_happens(given):
    before = await letters.list_stocks(by=given.supervisor, division_code=VILLAGE)

    once, again = [
        await print_letters(division_code=VILLAGE, first="GX-001", last="002", by=given.assistant) for _ in range(2)
    ]

    assert texts(once.pdf) == texts(again.pdf)
    assert await letters.list_stocks(by=given.supervisor, division_code=VILLAGE) == before


async def test_letters_that_do_not_lie_in_the_village_are_refused_and_named(given):
    await moved(given, LetterMove.SIGNED, "GX-005")
    await moved(given, LetterMove.LOST, "GX-010", "012")

    with pytest.raises(LettersNotThere) as refused:
        await print_letters(division_code=VILLAGE, first="GX-004", last="011", by=given.supervisor)
    assert refused.value.facts["letters"] == ["GX-005", "GX-010 – GX-011"]
    with pytest.raises(LettersNotThere):
        await print_letters(division_code=NEXT_VILLAGE, first="GX-001", by=given.supervisor)


@pytest.mark.parametrize(
    ("first", "last", "pointer"),
    [("", None, "/first"), ("nonsense", None, "/first"), ("GX-009", "001", "/last"), ("GX-001", "201", "/last")],
)
async def test_a_range_that_is_none_or_too_long_is_refused(given, first, last, pointer):
    with pytest.raises(Invalid) as refused:
        await print_letters(division_code=VILLAGE, first=first, last=last, by=given.supervisor)
    assert refused.value.errors[0].pointer == pointer


async def test_only_who_keeps_the_villages_letters_prints_them(given):
    for who, refusal in (
        (given.cadre, Forbidden),
        (given.auditor, Forbidden),
        (given.stranger, Forbidden),
        (await somebody(Role.SUPERVISOR, OTHER_COUNTY), NotYourPlace),
    ):
        with pytest.raises(refusal):
            await print_letters(division_code=VILLAGE, first="GX-001", by=who)


async def test_over_http_it_is_a_pdf_for_the_right_person_only(given):
    async with client_of(letter_routes.router) as client:
        assert (await client.get(SHEETS, params=ASKED)).status_code == 401
        right, stranger = await signed_in(given.assistant), await signed_in(given.stranger)
        assert (await client.get(SHEETS, params=ASKED, headers=stranger)).status_code == 403
        for wrong in ({"division_code": "x"}, {"first": ""}, {"first": "G" * 41}, {"on": "tomorrow"}, {"last": "999"}):
            assert (await client.get(SHEETS, params=ASKED | wrong, headers=right)).status_code == 400, wrong
        assert (await client.get(SHEETS, params=ASKED | {"last": "GX-100"}, headers=right)).status_code == 200
        missing = await client.get(SHEETS, params=ASKED | {"first": "GX-290", "last": "305"}, headers=right)
        assert (missing.status_code, missing.json()["letters"]) == (409, ["GX-301 – GX-305"])
        for _ in range(2):
            answer = await client.get(SHEETS, params=ASKED, headers=right)
            assert answer.headers["content-type"] == "application/pdf"
            assert len(texts(answer.content)) == 3
