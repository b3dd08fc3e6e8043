"""`lianxin lab read FILE`: what a technician sees of an instrument's file, without a database."""

import json
from pathlib import Path

import pytest

from backend import cli

SAMPLES = Path(__file__).parents[1] / "laboratory" / "samples"


def test_a_file_is_told_row_by_row_in_chinese_with_both_verdicts_and_counts(capsys):
    assert cli.main(["lab", "read", str(SAMPLES / "absorbance_table.csv")]) == 0

    what, _, tomato, lettuce, counts = capsys.readouterr().out.splitlines()
    assert "utf-8（文件自带标记）" in what
    assert "absorbance_table" in what
    assert tomato.split()[:6] == ["2", "B01", "番茄", "50.00", "%", "阳性"]
    assert "仪器判为“合格”" in tomato
    assert lettuce.split()[5:7] == ["阴性", "合格"]
    assert counts == "共读出 2 条结果，0 行读不了。阳性 1、阴性 1"


def test_rows_that_cannot_be_read_are_told_beside_the_others(capsys, tmp_path):
    file = tmp_path / "bench.csv"
    file.write_text(
        "样品名称,抑制率(%),检测日期\n黄瓜,\x1b[31m五十,2026-05-01\n番茄,7,2026-05-01\n", encoding="gb18030"
    )

    assert cli.main(["lab", "read", str(file)]) == 0

    printed = capsys.readouterr().out
    assert "“抑制率(%)”列：“ [31m五十”不是数字。" in printed
    assert "\x1b" not in printed
    assert "共读出 1 条结果，1 行读不了。阴性 1" in printed


def test_the_same_as_json_has_every_reason_and_the_rule(capsys):
    assert cli.main(["lab", "read", str(SAMPLES / "hash_rows.txt"), "--json", "--on", "2026-05-01"]) == 0

    below, positive, counts = map(json.loads, capsys.readouterr().out.splitlines())
    assert (below["comparator"], below["value"], below["verdict"]) == ("<", "5.0", "negative")
    assert (positive["verdict"], positive["instrument_verdict"]) == ("positive", "不合格")
    assert "repeat_then_confirm" in positive["codes"]
    assert "GB/T 5009.199-2003" in positive["rule"]
    assert counts == {"readings": 2, "unread": 0}


def test_soil_is_graded_by_the_day_that_is_given(capsys):
    assert cli.main(["lab", "read", str(SAMPLES / "soil_tester.tsv"), "--on", "2026-05-01"]) == 0

    printed = capsys.readouterr().out
    assert "碱性" in printed
    assert "4级" in printed


@pytest.mark.parametrize("content", [b"", b"\0" * 5000, b"PK\x03\x04"])
def test_a_file_of_which_nothing_can_be_read_ends_with_exit_code_one(capsys, tmp_path, content):
    file = tmp_path / "nothing.xlsx"
    file.write_bytes(content)

    assert cli.main(["lab", "read", str(file)]) == 1
    assert "读不了" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["no-such-file.csv"], "no-such-file.csv"),
        ([str(SAMPLES / "hash_rows.txt"), "--profile", "blackboard"], "hash_rows"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(capsys, words, says):
    assert cli.main(["lab", "read", *words]) == 1

    (told,) = capsys.readouterr().err.splitlines()
    assert told.startswith("lianxin lab: ")
    assert says in told
