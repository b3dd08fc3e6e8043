"""Letters filled in: a sheet for each, in order, of the version that phones get, whatever a county made of it."""

from io import BytesIO

import pytest
from PIL import Image
from pypdf import PdfReader

from backend.core import words
from backend.core.refusals import Refusal
from backend.kits.letters import MOST_SHEETS, fill_letter
from backend.kits.publishing import publish
from backend.kits.refusals import LetterBroken, LetterUnknown, TooManySheets
from backend.kits.words import KitOrigin
from tests.kits.small_kit import KIT_TOML, LETTER, checked, write

NEXT = "2026112202"
A4, A6 = (595, 842), (298, 420)


def png():
    drawn = BytesIO()
    Image.new("RGB", (8, 8), (200, 30, 30)).save(drawn, "PNG")
    return drawn.getvalue()


async def sent(folder, cast, letter=LETTER, *, version="2026112201", **instead):
    kit = write(folder, **{"kit.toml": KIT_TOML.replace("2026112201", version, 1), "letters/notice.typ": letter})
    for path, content in instead.items():
        (kit / path).write_bytes(content)
    await publish(checked=checked(kit), origin=KitOrigin.SENT, by=cast.admin)


async def pages(sheets, kit_id="orchard", name="notice", **more):
    """What a reader of PDFs extracts of each page, without blanks."""
    found = PdfReader(BytesIO(await fill_letter(kit_id=kit_id, name=name, sheets=sheets, **more))).pages
    return ["".join(page.extract_text().split()) for page in found]


async def test_each_sheet_is_filled_in_with_its_own_facts_in_the_order_given(orchard, tmp_path):
    await sent(tmp_path, orchard)

    told = await pages([{"serial": "GX-002", "to": "东街"}, {"serial": "GX-001", "date": "今天"}])

    assert told == ["告知书GX-002东街，请看本村的通知。", "告知书GX-001，请看本村今天的通知。"]


async def test_two_hundred_letters_as_we_ship_them_are_two_hundred_sheets_of_a4(published):
    sheets = [{"serial": f"GX2026-{number:06d}", "village": "琉璃庙村"} for number in range(1, MOST_SHEETS + 1)]
    pdf = PdfReader(BytesIO(await fill_letter(kit_id="antifraud_visit", name="reminder", sheets=sheets)))

    for facts, page in zip(sheets, pdf.pages, strict=True):
        assert page.extract_text().count(facts["serial"]) == 2, "on the letter and on its receipt"
        assert tuple(round(side) for side in page.mediabox[2:]) == A4


async def test_empty_receipt_notes_are_one_small_sheet_each(published):
    pdf = PdfReader(BytesIO(await fill_letter(kit_id="market_stall", name="receipt_note", sheets=[{}] * 3)))

    assert [tuple(round(side) for side in page.mediabox[2:]) for page in pdf.pages] == [A6] * 3
    assert "来件回条" in pdf.pages[2].extract_text()
    fonts = {str(each.get_object()["/BaseFont"]) for each in pdf.pages[0]["/Resources"]["/Font"].values()}
    assert any("NotoSansCJK" in font for font in fonts)


async def test_the_newest_version_is_printed_and_an_earlier_one_where_it_is_named(orchard, tmp_path):
    await sent(tmp_path, orchard)
    await sent(tmp_path, orchard, LETTER.replace("告知书", "县里的告知书"), version=NEXT)

    assert (await pages([{}]))[0].startswith("县里的告知书")
    assert (await pages([{}], version="2026112201"))[0].startswith("告知书")


async def test_a_letter_with_a_picture_and_two_pages_counts_its_own_pages(orchard, tmp_path):
    letter = (
        '#set page(paper: "a5", numbering: "1")\n#image("../media/apple.png")\n#sys.inputs.serial\n#pagebreak()\n背面'
    )
    await sent(tmp_path, orchard, letter, **{"media/apple.png": png()})

    assert await pages([{"serial": "GX-1"}, {"serial": "GX-2"}]) == ["GX-11", "背面2", "GX-21", "背面2"]


async def test_a_fact_is_text_and_never_a_command(orchard, tmp_path):
    await sent(tmp_path, orchard)

    [told] = await pages([{"serial": '#panic("x")', "to": "*$\\] 李"}])

    assert told.startswith('告知书#panic("x")*$\\]李，')


@pytest.mark.parametrize(
    ("kit_id", "name", "version", "n", "refusal"),
    [
        ("orchards", "notice", None, 1, LetterUnknown),
        ("orchard", "notices", None, 1, LetterUnknown),
        ("orchard", "../kit", None, 1, LetterUnknown),
        ("orchard", "notice", "2020010101", 1, LetterUnknown),
        ("orchard", "notice", None, 0, TooManySheets),
        ("orchard", "notice", None, MOST_SHEETS + 1, TooManySheets),
    ],
)
async def test_what_cannot_be_printed_is_refused(orchard, tmp_path, kit_id, name, version, n, refusal):
    await sent(tmp_path, orchard)

    with pytest.raises(refusal):
        await fill_letter(kit_id=kit_id, name=name, version=version, sheets=[{}] * n)


async def test_a_letter_that_cannot_be_set_with_these_facts_is_refused_in_chinese(orchard, tmp_path):
    await sent(tmp_path, orchard, LETTER + '#assert(sys.inputs.serial != "", message: "no serial")\n')

    assert len(await pages([{"serial": "GX-1"}])) == 1
    with pytest.raises(LetterBroken) as refused:
        await fill_letter(kit_id="orchard", name="notice", sheets=[{"serial": "GX-1"}, {}])
    assert "文书 notice 排不了版" in said(refused.value)


def said(refusal: Refusal) -> str:
    return words.say(refusal.detail, **refusal.facts)
