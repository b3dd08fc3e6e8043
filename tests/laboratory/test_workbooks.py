"""Workbooks are read by a process of their own, with a memory of its own."""

import io
import zipfile
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from backend.laboratory import workbooks
from backend.laboratory.reading_files import read
from backend.laboratory.readings import Reading, Unread
from backend.laboratory.words import Comparator

SAMPLES = Path(__file__).parent / "samples"
HEADER = ["样品名称", "抑制率（%）", "结果", "检测时间"]


def saved(*sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets, start=1):
        sheet = book.create_sheet(f"表{number}")
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def reasons(found):
    return [each.reason for each in found if isinstance(each, Unread)]


@pytest.mark.parametrize("name", ["inhibition_workbook.xls", "inhibition_workbook.xlsx"])
def test_old_and_new_workbooks_are_read_the_same(name):
    found = list(read(SAMPLES / name))

    assert [(each.line, each.sample_name, each.value, each.comparator.value) for each in found] == [
        (3, "黄瓜", Decimal("63.25"), "="),
        (4, "菠菜", Decimal("0.63"), "="),
        (6, "韭菜", None, "nd"),
    ]
    assert found[0].tested_at.isoformat() == "2026-05-01T09:30:00+08:00"
    assert "13800000000" not in repr(found)


def test_every_sheet_is_read_and_a_cover_sheet_is_no_complaint():
    found = list(read(saved([["由仪器导出"]], [HEADER, ["黄瓜", 63, "阳性"]], [[], [], HEADER, ["番茄", 7.5, "阴性"]])))

    assert [(each.sheet, each.line, each.sample_name) for each in found] == [("表2", 2, "黄瓜"), ("表3", 4, "番茄")]


def test_a_merged_title_and_a_table_that_begins_in_the_middle_of_the_sheet_are_read():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["C3"] = "农残检测"
    sheet.merge_cells("C3:F3")
    at = datetime(2026, 5, 1, 9, 30)  # noqa: DTZ001 - as Excel keeps it
    for column, header, cell in zip("CDEF", HEADER, ["黄瓜", "＜5.0", "合格", at], strict=True):
        sheet[f"{column}5"], sheet[f"{column}6"] = header, cell
    content = io.BytesIO()
    book.save(content)

    (found,) = read(content.getvalue())

    assert (found.line, found.comparator, found.value) == (6, Comparator.BELOW, Decimal("5.0"))
    assert found.tested_at.isoformat() == "2026-05-01T09:30:00+08:00"


def test_the_dust_of_binary_fractions_is_wiped_off_a_limit():
    (found,) = read(saved([HEADER, ["黄瓜", 0.1 + 0.2 + 49.7, "阴性"]]))

    assert found.value == Decimal(50)


def test_a_column_of_fractions_under_a_percent_header_is_left_to_the_judge():
    """A cell shown as 63 % holds 0.63 and its format is not told; one number above one settles it for the column."""
    shares = list(read(saved([HEADER, ["黄瓜", 0.63, ""], ["番茄", 0.07, ""]])))
    percents = list(read(saved([HEADER, ["黄瓜", 63, ""], ["番茄", 0.7, ""]])))

    assert [(each.value, each.unit) for each in shares] == [(Decimal("0.63"), None), (Decimal("0.07"), None)]
    assert [each.unit for each in percents] == ["%", "%"]


def test_a_formula_nobody_calculated_has_no_value():
    found = list(read(saved([HEADER, ["黄瓜", "=1+1", ""], ["番茄", 5, "阴性"]])))

    assert reasons(found) == ["value_missing"]
    assert isinstance(found[-1], Reading)


def _with_sheet(write):
    """A good workbook whose sheet is replaced by what `write` writes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved([HEADER, ["黄瓜", 5, ""]]))) as good, zipfile.ZipFile(out, "w", 8) as bad:
        for name in good.namelist():
            if name.endswith("sheet1.xml"):
                with bad.open(name, "w", force_zip64=True) as sheet:
                    write(sheet)
            else:
                bad.writestr(name, good.read(name))
    return out.getvalue()


NAMESPACE = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def test_a_bomb_of_cells_ends_its_own_process_and_is_told():
    row = b'<row r="%d">' + b'<c t="inlineStr"><is><t>' + b"x" * 900 + b"</t></is></c>" + b"</row>"

    def write(sheet):
        sheet.write(b"<worksheet " + NAMESPACE + b"><sheetData>")
        for start in range(1, 240_000, 1000):
            sheet.write(b"".join(row % n for n in range(start, start + 1000)))
        sheet.write(b"</sheetData></worksheet>")

    content = _with_sheet(write)

    assert len(content) < 3_000_000
    assert reasons(read(content)) == ["workbook_too_heavy"]


def test_a_sheet_with_one_cell_at_its_far_end_is_refused():
    def write(sheet):
        sheet.write(b"<worksheet " + NAMESPACE + b'><sheetData><row r="1"><c r="A1"><v>1</v></c></row>')
        sheet.write(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>')

    assert set(reasons(read(_with_sheet(write)))) <= {"workbook_too_heavy", "columns_without_end"}
    assert reasons(read(_with_sheet(write)))


def test_a_sheet_of_a_thousand_columns_is_refused():
    assert reasons(read(saved([[*HEADER, *range(1000)]]))) == ["columns_without_end"]


def test_half_a_workbook_says_so():
    content = saved([HEADER, ["黄瓜", 5, ""]])

    assert reasons(read(content[: len(content) // 2])) == ["workbook_broken"]


def test_a_workbook_larger_than_any_is_refused_unread(monkeypatch):
    monkeypatch.setattr(workbooks, "MAX_FILE_BYTES", 1000)

    assert reasons(read(saved([HEADER]))) == ["workbook_too_large"]


def test_the_process_ends_when_nobody_reads_on():
    rows = workbooks.rows(io.BytesIO(saved([HEADER, *(["黄瓜", n, ""] for n in range(5000))])))

    next(rows)
    rows.close()  # raises ResourceWarning, an error here, where the process were left
