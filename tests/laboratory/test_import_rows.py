"""A row's answer is kept without a language and told in the reader's; its key knows the row again."""

from datetime import date, datetime
from decimal import Decimal
from uuid import uuid4

import msgspec
import pytest

from backend.core.ids import uuid7
from backend.core.words import language
from backend.laboratory import import_rows, judgement_rows
from backend.laboratory.import_keys import entries, entry
from backend.laboratory.judging import Context, judge
from backend.laboratory.readings import Reading, Unread
from backend.laboratory.words import Comparator, Method, RowOutcome

DAY = date(2026, 5, 1)
UNIT = uuid4()
WHERE = {"county": "371526", "unit_id": UNIT, "serial": None, "received_on": DAY}


def reading(**changed) -> Reading:
    told = {"line": 2, "sample_code": "A1", "method": Method.ENZYME_INHIBITION, "value": Decimal("62.50"), "unit": "%"}
    return Reading(**(told | {"raw": {"a": "A1", "b": "62.50"}} | changed))


@pytest.fixture
def english():
    token = language.set("en")
    yield
    language.reset(token)


def kept() -> import_rows.RowTold:
    judged = judgement_rows.columns(judge(reading(), context=Context(sampled_on=DAY)))
    told = import_rows.told(
        reading(),
        RowOutcome.STORED,
        word=judgement_rows.word(judged),
        reasons=msgspec.Raw(judged["reasons"].encode()),
        result_id=uuid7(),
    )
    return import_rows.row_of(import_rows.line_of(told).rstrip())


def test_a_kept_row_is_told_in_chinese():
    shown = import_rows.shown(kept())
    assert (shown.verdict, shown.value, shown.comparator) == ("positive", 62.5, "=")
    assert "抑制率 62.50 %" in shown.reason


def test_the_same_kept_row_is_told_in_english_to_who_reads_english(english):
    assert "Inhibition 62.50 %" in import_rows.shown(kept()).reason


def test_a_row_that_could_not_be_read_keeps_its_column_and_what_stood_there():
    unread = Unread(line=7, reason="not_a_number", column="抑制率", seen="五十", sheet="一月")
    shown = import_rows.shown(import_rows.row_of(import_rows.line_of(import_rows.unread(unread)).rstrip()))
    assert (shown.line, shown.sheet, shown.column, shown.outcome) == (7, "一月", "抑制率", RowOutcome.REFUSED)
    assert "五十" in shown.reason


def test_who_may_not_read_findings_learns_what_became_of_the_row_and_nothing_of_what_was_found():
    shown = import_rows.shown(kept(), reads=False)
    assert (shown.outcome, shown.verdict, shown.value, shown.instrument_verdict) == (
        RowOutcome.STORED,
        None,
        None,
        None,
    )
    assert "62" not in shown.reason


# Keys.


def test_a_record_of_an_instrument_is_the_same_whatever_else_stands_in_its_row():
    one, other = (entry(reading(device_serial="SN-1", record_id="7", raw={"x": text}), **WHERE) for text in ("a", "b"))
    assert (one.row_key, one.content) == (other.row_key, other.content)


def test_five_point_one_is_five_point_ten_and_another_comparator_is_other_content():
    told = {"device_serial": "SN-1", "record_id": "7"}
    one, same, other = (
        entry(reading(**told, **more), **WHERE)
        for more in (
            {"value": Decimal("5.1")},
            {"value": Decimal("5.10")},
            {"value": Decimal("5.1"), "comparator": Comparator.BELOW},
        )
    )
    assert one.content == same.content != other.content
    assert one.row_key == other.row_key


def test_a_row_without_a_record_is_known_by_its_cells_within_its_desk():
    mine = entry(reading(), **WHERE)
    assert mine.row_key == entry(reading(line=9, sheet="二月"), **WHERE).row_key
    assert mine.row_key != entry(reading(), **(WHERE | {"unit_id": uuid4()})).row_key
    assert mine.row_key != entry(reading(raw={"a": "A1", "b": "62.5"}), **WHERE).row_key


def test_two_values_under_one_name_in_one_row_are_two():
    told = [reading(device_serial="S", record_id="7"), reading(device_serial="S", record_id="7", value=Decimal(3))]
    first, second = entries(told, **WHERE)
    assert first.row_key != second.row_key
    again, _ = entries(told, **WHERE)
    assert again.row_key == first.row_key


def test_a_test_without_a_time_is_of_the_day_on_which_its_file_came():
    assert entry(reading(), **WHERE).speaks == ("A1", None, DAY)
    late = entry(reading(tested_at=datetime.fromisoformat("2026-04-30T20:00:00+00:00")), **WHERE)
    assert late.speaks[2] == DAY, "it was the first of May in Shandong"
