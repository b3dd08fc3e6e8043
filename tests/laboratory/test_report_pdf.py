"""The sheet of a report: its Chinese is text and drawn, it says the verdict in words, shape and colour, it verifies."""

import asyncio
import re
from io import BytesIO

import msgspec
import pytest
from PIL import Image, ImageChops
from pypdf import PdfReader

from backend.core import words
from backend.laboratory import report_pdf, report_sheet
from backend.laboratory.report_contents import in_chinese
from backend.laboratory.report_schemas import LabReportRecord
from backend.laboratory.words import RunKind, SampleKind
from tests.laboratory.sheets import ADDRESS, line, report

EM_PX, LEFT_PX = 32.08, 69.3
"""Of the title at 110 dots an inch: 21 points, and the sheet's margin of 16 mm."""
TITLE_TOP, TITLE_BOTTOM = 86, 124


def text_of(given: LabReportRecord) -> str:
    """What a reader of PDFs extracts, without blanks (they are between glyphs as it likes)."""
    pages = PdfReader(BytesIO(report_pdf.compiled(given, address=ADDRESS))).pages
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pages))


def page_of(given: LabReportRecord) -> Image.Image:
    """Its first page as a picture."""
    drawn = report_pdf.compiled(given, address=ADDRESS, format="png")
    return Image.open(BytesIO(drawn if isinstance(drawn, bytes) else drawn[0])).convert("RGB")


def glyphs(page: Image.Image, n: int) -> list[Image.Image]:
    """The first characters of the title, each cut out."""
    grey = page.convert("L")
    lefts = [round(LEFT_PX + EM_PX * i) for i in range(n)]
    return [grey.crop((left, TITLE_TOP, left + 32, TITLE_BOTTOM)) for left in lefts]


def ink(picture: Image.Image) -> int:
    """How many of its dots are dark."""
    return sum(picture.point(lambda grey: 255 if grey < 128 else 0).histogram()[128:])


def test_the_chinese_is_there_as_text_and_not_as_a_picture() -> None:
    said = text_of(report())

    for each in ("抑制率63.2%", "阳性", "偏高，先别卖", "农药残留检测报告单", "这批菜先别采", "梁村镇韩庄村", "于化验"):
        assert each in said
    assert "编号JC618033988739" in said
    assert "ab" * 32 in said


def test_every_character_is_drawn_and_none_is_a_box() -> None:
    drawn = glyphs(page_of(report()), 9)

    assert all(60 < ink(each) < 900 for each in drawn)
    for one in range(9):
        for other in range(one + 1, 9):
            assert ink(ImageChops.difference(drawn[one], drawn[other]).point(lambda grey: 255 - grey)) > 60


def test_without_its_font_the_same_look_would_see_boxes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_sheet, "FONT", "No Such Font")
    monkeypatch.setattr(report_pdf, "_fonts", lambda: report_pdf.typst.Fonts(include_system_fonts=False))
    monkeypatch.delattr(report_pdf._here, "compiler", raising=False)
    drawn = glyphs(page_of(report()), 9)
    monkeypatch.delattr(report_pdf._here, "compiler", raising=False)

    assert not all(60 < ink(each) < 900 for each in drawn) or any(
        ImageChops.difference(drawn[0], each).getbbox() is None for each in drawn[1:]
    )


def test_the_font_travels_inside_the_file() -> None:
    reader = PdfReader(BytesIO(report_pdf.compiled(report(), address=ADDRESS)))
    fonts = reader.pages[0]["/Resources"]["/Font"].values()

    names = {font.get_object()["/BaseFont"] for font in fonts}
    assert all("NotoSansCJK" in name for name in names)
    assert all("/FontFile3" in _descriptor(font) or "/FontFile2" in _descriptor(font) for font in fonts)


def _descriptor(font):  # type: ignore[no-untyped-def]
    return font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()


@pytest.mark.parametrize(
    ("picture", "colour"),
    [("stop", (0xA3, 0x20, 0x1D)), ("watch", (0x8A, 0x4B, 0x00)), ("clear", (0x0B, 0x6B, 0x4A))],
)
def test_the_verdict_has_a_colour_and_a_shape_of_its_own(picture: str, colour: tuple[int, int, int]) -> None:
    page = page_of(report(overall=picture))
    sign = page.crop((84, 212, 160, 294))
    dots = {
        x + y * sign.width for y in range(sign.height) for x in range(sign.width) if sign.getpixel((x, y)) == colour
    }

    assert len(dots) > 1000
    assert ((0 + 40 * sign.width) in dots) is False  # not a bar from edge to edge


def test_signs_differ_by_shape_and_not_by_colour_alone() -> None:
    shapes = [
        page_of(report(overall=each)).convert("L").crop((84, 212, 160, 294)) for each in ("stop", "watch", "clear")
    ]
    masks = [each.point(lambda grey: 255 if grey < 150 else 0) for each in shapes]

    assert sum(ImageChops.difference(masks[0], masks[1]).histogram()[128:]) > 400
    assert sum(ImageChops.difference(masks[0], masks[2]).histogram()[128:]) > 200


@pytest.mark.parametrize("picture", ["stop", "watch", "clear", "redo", "open", "soil", "wait"])
def test_every_picture_can_be_set(picture: str) -> None:
    assert report_pdf.compiled(report(overall=picture), address=ADDRESS).startswith(b"%PDF-")


def test_what_a_farmer_writes_is_never_read_as_typesetting() -> None:
    nasty = '#panic("x") *a* $1$ <b> @c `d` \\ [e] {f} "g" //h ￥'
    said = text_of(report(plot=nasty, what_to_do=[nasty], lines=[line(analyte=nasty, why=[nasty])]))

    assert said.count('#panic("x")*a*$1$<b>@c`d`\\[e]{f}"g"//h') == 4


def test_a_free_test_says_on_every_sheet_what_it_is_not() -> None:
    many = report(lines=[line(analyte=f"项目{n}") for n in range(60)])
    pages = PdfReader(BytesIO(report_pdf.compiled(many, address=ADDRESS))).pages

    assert len(pages) > 2
    assert all("不是合格证明" in re.sub(r"\s", "", page.extract_text()) for page in pages)
    assert "监督抽检" in text_of(report(run_kind=RunKind.SUPERVISION))
    assert "不是合格证明" not in text_of(report(run_kind=RunKind.SUPERVISION))


def test_soil_has_its_bars_and_the_signed_advice() -> None:
    said = report(
        sample_kind=SampleKind.SOIL,
        overall="soil",
        advice=["花生：尿素，每亩 17.5 公斤（补氮；农技员 孟繁荣 2026-05-12 签字）"],
        lines=[line(analyte="有效磷", verdict="5", verdict_says="5 级，低", bars_filled=2, bars_n=6, level="low")],
    )

    assert "土壤检测报告单" in text_of(said)
    assert "每亩17.5公斤" in text_of(said)


def test_a_superseded_one_says_so_above_everything_else() -> None:
    said = text_of(report(superseded_by="JC236067977460"))

    assert "本报告已作废，以JC236067977460为准" in said
    assert said.index("本报告已作废") < said.index("偏高，先别卖")


def test_it_is_in_chinese_for_an_english_reader_too() -> None:
    before = words.language.set("en")
    try:
        assert "现在怎么办" in text_of(report())
    finally:
        words.language.reset(before)


def test_the_code_leads_to_the_page_that_verifies() -> None:
    assert report_sheet.sheet(report(), address=ADDRESS)["verify"] == f"{ADDRESS}/t/JC618033988739"


async def test_several_are_set_at_once_in_threads() -> None:
    numbers = [f"JC6180339887{n:02d}" for n in range(12)]
    made = await asyncio.gather(*(report_pdf.pdf(report(number=each), address=ADDRESS) for each in numbers))

    for number, content in zip(numbers, made, strict=True):
        assert number in re.sub(r"\s", "", PdfReader(BytesIO(content)).pages[0].extract_text())


def test_it_is_set_without_a_warning_such_as_a_font_that_is_not_there() -> None:
    with in_chinese():
        said = msgspec.json.encode(report_sheet.sheet(report(), address=ADDRESS)).decode()
    _, warnings = report_pdf._compiler().compile_with_warnings(format="pdf", sys_inputs={"report": said})

    assert [each.message for each in warnings] == []


def test_the_same_report_is_the_same_file() -> None:
    assert report_pdf.compiled(report(), address=ADDRESS) == report_pdf.compiled(report(), address=ADDRESS)
