"""The library: what is shipped may be sent once the police have approved it, and nothing else may."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from backend.alerts.fraud_types import FILE as TYPES_FILE
from backend.antifraud.library_files import (
    ITEMS_FOLDER,
    LibraryWrong,
    load_item,
    load_items,
    load_types,
    shipped_items,
    shipped_types,
)
from backend.antifraud.library_rules import BY_AGE, BY_OPINION, approved, in_season, sms_length, wrongs
from backend.antifraud.words import Basis, ItemKind

ITEMS = shipped_items()
TYPES = shipped_types()
NATIONAL = [each.code for each in TYPES if each.national_list]
POLICE = "冠县公安局反诈中心"
ITEM = next(each for each in ITEMS if each.name == "fake_loan_story")
DAY = ITEM.valid_from
ITEM_FILE = ITEMS_FOLDER / "fake_loan_story.toml"
HEADINGS = "code,name_zh,name_en,national_list,season,audience,valid_from,source\n"


def codes(item=ITEM, *, types=TYPES, on=DAY):
    """What keeps an approved item from being sent."""
    told = wrongs(approved(item, by=POLICE, on=on), types=types, on=on)
    return [(each.code, each.pointer) for each in told]


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.name)
def test_every_shipped_item_lacks_nothing_but_the_approval_of_the_police(item):
    for day in (item.valid_from, item.valid_to):
        assert [each.code for each in wrongs(item, types=TYPES, on=day)] == ["not_approved"]
        assert codes(item, on=day) == []


def test_there_are_ten_national_types_and_six_more():
    assert len(NATIONAL) == 10
    assert {each.code for each in TYPES} - set(NATIONAL) == {
        "fake_military_buyer",
        "credit_card_agent",
        "account_hacking",
        "elder_care_and_health_goods",
        "farm_supplies_and_subsidies",
        "ai_face_and_voice",
    }


@pytest.mark.parametrize("code", NATIONAL)
@pytest.mark.parametrize("kind", ItemKind)
def test_each_national_type_has_a_story_and_a_bulletin(code, kind):
    assert any(each.fraud_type == code and each.kind is kind for each in ITEMS)


def test_no_audience_is_an_age_or_an_opinion():
    said = [who for each in (*TYPES, *ITEMS) for who in each.audience]

    assert said
    assert not [who for who in said if BY_AGE.search(who) or BY_OPINION.search(who)]


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.name)
def test_no_shipped_item_names_a_person(item):
    assert not re.search(r"[\u4e00-\u9fff]某|化名|[王李张刘陈杨赵黄周吴](?:先生|女士|大爷|大妈|阿姨|老板)", item.text)


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.name)
def test_a_shipped_item_is_short_sentences_and_one_gulp_for_the_loudspeaker(item):
    sentences = re.split(r"[。！？：；\n]", item.text)

    assert max(len(each) for each in sentences) <= 50
    assert len(item.text) <= 400
    assert len(item.read_aloud) <= 130


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.name)
def test_who_has_lost_money_is_told_the_police_and_the_bank(item):
    assert "110" in item.if_money_gone
    assert "银行" in item.if_money_gone
    assert "96110" in item.if_money_gone + item.say_on_phone


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.name)
def test_a_helper_who_rings_can_be_checked_before_he_is_believed(item):
    assert "挂" in item.say_on_phone
    assert "核实" in item.say_on_phone or "自己打" in item.say_on_phone


def test_the_reader_is_told_what_a_story_was_written_after():
    assert ITEM.words.endswith("（根据公开报道的真实案例改写，不用真名。）")
    assert "人物为化名" in replace(ITEM, basis=Basis.TYPICAL_METHOD).words


def test_a_word_changed_after_the_approval_is_not_approved():
    signed = approved(ITEM, by=POLICE, on=DAY)

    assert wrongs(signed, types=TYPES, on=DAY) == ()
    for changed in (replace(signed, sms="不要转账。"), replace(signed, basis=Basis.TYPICAL_METHOD)):
        assert [each.code for each in wrongs(changed, types=TYPES, on=DAY)] == ["changed_since_approval"]


def test_a_later_last_day_needs_no_second_approval():
    signed = approved(ITEM, by=POLICE, on=DAY)

    assert wrongs(replace(signed, valid_to=ITEM.valid_to + timedelta(days=1)), types=TYPES, on=DAY) == ()


@pytest.mark.parametrize(
    "link",
    ["https://a.example", "www.abc", "请看abc.cn查询", "t.cn/x1", "ａｂｃ．ｃｏｍ", "abc点com", "abc。com", "10.0.0.1"],
)
@pytest.mark.parametrize("field", ["title", "text", "stop_sentence", "say_on_phone", "if_money_gone", "sms"])
def test_a_link_is_found_wherever_people_would_read_it(link, field):
    told = codes(replace(ITEM, **{field: f"点开{link}就行"}))

    assert ("link_in_text", f"/{field}") in told


@pytest.mark.parametrize("number", ["13800138000", "138 0013 8000", "400-800-8820", "95588", "12345", "６６７７８８９"])
def test_no_number_is_named_but_the_three_that_everybody_knows(number):
    assert codes(replace(ITEM, text=f"打{number}，三个数")) == [("number_in_text", "/text")]


@pytest.mark.parametrize(
    "text", ["打96110问", "打110。", "12381的短信", "转了38000元", "2025年", "被骗17万", "3.5万元"]
)
def test_an_amount_a_year_and_the_three_numbers_are_no_strangers(text):
    assert codes(replace(ITEM, text=text)) == []


def test_eleven_digits_are_a_number_even_where_they_pose_as_money():
    assert codes(replace(ITEM, text="转给13800138000元")) == [("number_in_text", "/text")]


def test_without_a_public_source_nothing_is_sent():
    assert codes(replace(ITEM, sources=())) == [("source_missing", "/sources")]
    hearsay = replace(ITEM.sources[0], sure="K")
    assert codes(replace(ITEM, sources=(hearsay,))) == [("source_missing", "/sources")]
    assert codes(replace(ITEM, sources=(hearsay, ITEM.sources[1]))) == []


def test_a_type_that_is_unknown_or_has_not_begun_is_refused():
    assert codes(replace(ITEM, fraud_type="moon_land")) == [("type_unknown", "/fraud_type")]
    later = [replace(each, valid_from=DAY + timedelta(days=1)) for each in TYPES]
    assert codes(types=later) == [("type_unknown", "/fraud_type")]


def test_an_item_is_sent_from_its_first_day_to_its_last():
    assert codes(on=ITEM.valid_from - timedelta(days=1)) == [("not_yet_valid", "/valid_from")]
    assert codes(on=ITEM.valid_to + timedelta(days=1)) == [("expired", "/valid_to")]
    assert codes(replace(ITEM, valid_to=DAY - timedelta(days=1))) == [("ends_before_it_begins", "/valid_to")]


def test_a_short_message_is_one_part_with_the_sender_s_name_before_it():
    assert codes(replace(ITEM, sms="钱" * 60)) == []
    assert codes(replace(ITEM, sms="钱" * 61)) == [("sms_too_long", "/sms")]
    assert sms_length("🙅") == 2


@pytest.mark.parametrize(
    ("who", "code"),
    [("老年人", "audience_by_age"), ("60岁以上的人", "audience_by_age"), ("党员", "audience_by_opinion")],
)
def test_an_audience_is_a_situation(who, code):
    assert codes(replace(ITEM, audience=("急着用钱的人", who))) == [(code, "/audience/1")]
    assert codes(replace(ITEM, audience=())) == [("audience_missing", "/audience")]


def test_what_reads_badly_needs_words_for_the_loudspeaker():
    assert codes(replace(ITEM, read_aloud=None)) == [("read_aloud_missing", "/read_aloud")]
    assert codes(replace(ITEM, read_aloud="装APP的别信")) == [("read_aloud_has_digits_or_letters", "/read_aloud")]
    assert codes(replace(ITEM, text="别转账。", if_money_gone="找警察。", read_aloud=None)) == []


def test_everything_that_is_wrong_is_told_at_once():
    told = codes(replace(ITEM, fraud_type="moon_land", sources=(), sms="见abc.com", audience=()))

    assert {code for code, _ in told} == {"type_unknown", "source_missing", "link_in_text", "audience_missing"}


def test_a_season_may_go_over_new_year():
    assert in_season((12, 1, 2), date(2027, 1, 1))
    assert not in_season((12, 1, 2), date(2027, 3, 1))
    assert in_season("all", date(2027, 3, 1))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("stop_sentence =", "# stop_sentence =", "stop_sentence"),
        ("stop_sentence =", 'stop_sentnce = "x"\nstop_sentence =', "stop_sentnce"),
        ('kind = "story"', 'kind = "novel"', "$.kind"),
        ('season = "all"', "season = [13]", "$.season"),
        ('season = "all"', "season = []", "$.season"),
        ('season = "all"', 'season = "summer"', "$.season"),
        ("valid_to = 2027-11-30", 'valid_to = "soon"', "$.valid_to"),
        ('published_on = "2024-06-25"', 'published_on = "June"', "$.sources[1].published_on"),
        ('sure = "2+"', 'sure = "3"', "$.sources[1].sure"),
        ('fraud_type = "fake_loan"', 'fraud_type = "虚假贷款"', "$.fraud_type"),
        ('kind = "story"', 'kind = "story', "line 3"),
        ('kind = "story"', 'kind = "story"\nkind = "story"', "line 4"),
    ],
)
def test_a_broken_item_is_named_with_its_field(tmp_path, old, new, said):
    text = ITEM_FILE.read_text(encoding="utf-8")
    assert old in text
    Path(tmp_path, "broken.toml").write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(LibraryWrong) as refused:
        load_items(tmp_path)
    assert str(refused.value).startswith("broken.toml: ")
    assert said in str(refused.value)


def test_an_item_in_another_encoding_is_named(tmp_path):
    file = tmp_path / "gbk.toml"
    file.write_bytes('title = "骗局"'.encode("gbk"))

    with pytest.raises(LibraryWrong, match=r"gbk\.toml: not UTF-8 from byte 11"):
        load_item(file)


def test_an_item_is_named_by_its_file(tmp_path):
    file = tmp_path / "fake_loan_story.toml"
    file.write_text('name = "other"\n' + ITEM_FILE.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(LibraryWrong, match="an item is named by its file"):
        load_item(file)

    odd = tmp_path / "假贷款.toml"
    odd.write_text(ITEM_FILE.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(LibraryWrong, match=r"假贷款\.toml: .*name"):
        load_item(odd)


def test_the_mark_that_editors_put_before_the_first_letter_is_forgiven(tmp_path):
    item = tmp_path / "fake_loan_story.toml"
    item.write_text(ITEM_FILE.read_text(encoding="utf-8"), encoding="utf-8-sig")
    types = tmp_path / "fraud_types.csv"
    types.write_text(TYPES_FILE.read_text(encoding="utf-8"), encoding="utf-8-sig")

    assert load_item(item) == ITEM
    assert load_types(types) == TYPES


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("a,甲,A,maybe,all,急着用钱的人,2026-01-01,S", "$.national_list"),
        ("a,甲,A,yes,3 13,急着用钱的人,2026-01-01,S", "$.season"),
        ("a,甲,A,yes,,急着用钱的人,2026-01-01,S", "$.season"),
        ("a,甲,A,yes,summer,急着用钱的人,2026-01-01,S", "$.season"),
        ("a,甲,A,yes,all,急着用钱的人,soon,S", "$.valid_from"),
        ("a,甲,A,yes,all,急着用钱的人,2026-01-01,", "$.source"),
        ("A B,甲,A,yes,all,急着用钱的人,2026-01-01,S", "$.code"),
        ("a,甲,A,yes,all,急着用钱的人,2026-01-01", "more or fewer cells"),
        ("a,甲,A,yes,all,急着用钱的人,2026-01-01,S,more", "more or fewer cells"),
    ],
)
def test_a_broken_row_of_the_types_is_named_with_its_line(tmp_path, row, said):
    file = tmp_path / "types.csv"
    file.write_text(HEADINGS + "b,乙,B,no,3 4,买种子的人；卖粮的人,2026-01-01,S\n" + row + "\n", encoding="utf-8")

    with pytest.raises(LibraryWrong) as refused:
        load_types(file)
    assert str(refused.value).startswith("types.csv, line 3: ")
    assert said in str(refused.value)


def test_a_heading_that_is_missing_and_a_code_that_is_there_twice_are_named(tmp_path):
    file = tmp_path / "types.csv"
    row = "a,甲,A,yes,all,急着用钱的人,2026-01-01,S\n"
    file.write_text(HEADINGS + row + row, encoding="utf-8")
    with pytest.raises(LibraryWrong, match="code is there twice: a"):
        load_types(file)

    file.write_text("code,name_zh\na,甲\n", encoding="utf-8")
    with pytest.raises(LibraryWrong, match=r"types\.csv: the headings are code, name_zh, name_en"):
        load_types(file)
