"""Files that are no table, and the signature of a live post."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backend.laboratory import records
from backend.laboratory.reading_files import read
from backend.laboratory.records import refused_signature, signature

SAMPLES = Path(__file__).parent / "samples"
KEY = b"bench-key"
NOW = datetime(2026, 5, 1, 1, 30, tzinfo=UTC)
POST = {"device_sn": "SN-9", "nonce": "n1", "timestamp": int(NOW.timestamp()), "items": [{"b": "2", "a": "样"}]}


def signed(**more):
    document = POST | more
    return document | {"sign": signature(document, key=KEY)}


def refused(document, now=NOW, seen=()):
    return refused_signature(document, key=KEY, now=now, nonces_seen=seen)


def test_a_post_signed_over_its_sorted_names_is_taken_however_it_is_ordered():
    document = signed()

    assert refused(document) is None
    assert refused(dict(reversed(document.items()))) is None
    assert refused(document | {"sign": document["sign"].upper()}) is None


def test_the_signature_is_the_same_after_the_way_over_the_wire():
    assert refused(records.payload(json.dumps(signed(), ensure_ascii=True))) is None


def test_the_signed_text_is_what_the_document_says_word_for_word():
    """Held against a hash computed apart: printf '%s' TEXT | openssl dgst -sha256 -hmac bench-key."""
    assert records.signed_text(POST) == ('device_sn=SN-9&items=[{"a":"样","b":"2"}]&nonce=n1&timestamp=1777599000')
    assert signature(POST, key=KEY) == "83f92ca5ff782c1b7a2608e21de42131d5295a1d70a5dfc5a78cbede2cb1f6c9"


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (POST, "unsigned"),
        (signed() | {"items": []}, "signature_wrong"),
        (signed() | {"more": "1"}, "signature_wrong"),
        (signed() | {"sign": "ß"}, "signature_wrong"),
        (signed(timestamp="soon"), "clock_off"),
        (signed(timestamp=None), "clock_off"),
        (signed(nonce=""), "nonce_missing"),
    ],
)
def test_a_post_that_is_not_right_is_refused_with_its_reason(document, reason):
    assert refused(document) == reason


@pytest.mark.parametrize("away", [timedelta(minutes=6), timedelta(minutes=-6)])
def test_a_clock_more_than_five_minutes_off_is_refused(away):
    assert refused(signed(), now=NOW + away) == "clock_off"
    assert refused(signed(), now=NOW + away * 0.8) is None


def test_a_nonce_counts_once_and_milliseconds_are_seconds_too():
    assert refused(signed(), seen={"n1"}) == "nonce_used"
    assert refused(signed(timestamp=int(NOW.timestamp()) * 1000)) is None


def test_items_of_one_record_get_record_ids_of_their_own_and_no_envelope():
    first, second = read(SAMPLES / "signed_json.json")

    assert [first.record_id, second.record_id] == ["R77#1", "R77#2"]
    assert first.device_serial == "SN-9"
    assert not {"nonce", "timestamp", "sign"} & set(first.raw)


def test_labels_end_at_an_empty_line_or_where_the_first_comes_again():
    once = "样品名称：黄瓜\n抑制率：63.25%\n检测结果：阳性\n"

    assert [(each.line, each.sample_name) for each in read((once * 2).encode())] == [(1, "黄瓜"), (4, "黄瓜")]
    assert [each.line for each in read(f"检测报告\n\n{once}-----\n{once}".encode())] == [3, 7]


def test_labels_of_the_printer_have_no_padding_and_no_contact_number():
    first, strip = read(SAMPLES / "printed_label.txt")

    assert first.sample_name == "黄瓜"
    assert "联系方式" not in first.raw
    assert strip.analyte_text == "吡虫啉"


def test_half_a_label_record_says_so():
    once = "样品名称：黄瓜\n抑制率：63.25%\n检测结果：阳性\n"

    assert [getattr(each, "reason", None) for each in read(f"{once}\n样品名称：番茄\n抑制率：6".encode())] == [
        None,
        "cut_off",
    ]


def test_a_query_is_read_with_either_encoding_of_its_percents():
    first, second = read(SAMPLES / "query_post.txt")

    assert (first.sample_name, second.sample_name) == ("黄瓜", "菠菜")
    assert (first.tested_unit, first.operator, first.device_serial) == ("示范合作社", "甲", "SN7")


def test_a_query_that_says_a_name_twice_or_ends_in_the_middle_is_told():
    good = "did=D7&ybmc=a&jcz=5&jgpd=b"

    found = list(read(f"{good}\n{good}&jcz=50\n{good}&bjdw=%E9%BB%8".encode()))

    assert [getattr(each, "reason", None) for each in found] == [None, "name_twice", "cut_off"]
