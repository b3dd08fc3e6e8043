"""'May I spray this?': a cadre in a field without a line looks it up by whatever the farmer calls it."""

from datetime import date

import pytest
from lianxin_client import NotNow, bans

from tests.sync.client.conftest import no_line

NOON = date(2026, 11, 23)
DANGEROUS = {
    "id": "1",
    "substance": "methyl testalin",
    "name_zh": "甲基试验灵",
    "aliases": ["2,4-试丁酯", "3911"],
    "crops": ["tomato", "tea"],
    "valid_from": "2019-08-01",
    "source": "农业农村部公告第1号：自2019年8月1日起禁止在蔬菜、茶叶上使用",
}
BAD = {
    "id": "2",
    "substance": "testalin",
    "name_zh": "试验灵",
    "not_in": ["甲基试验灵", "methyl testalin"],
    "valid_from": "2027-06-01",
    "valid_to": "2029-05-31",
    "source": "农业农村部公告第2号：自2027年6月1日起禁止销售和使用",
}
LISTS = [
    {"id": "crops", "items": [{"code": "tomato", "name_zh": "番茄", "name_en": "Tomato"}]},
    {"id": "topics", "items": [{"code": "tea", "name_zh": "喝茶", "name_en": "Tea"}]},
]


def carried(entity):
    return {"bans": [BAD, DANGEROUS], "reference": LISTS}[entity]


def found(asked, on=NOON):
    return [each.name_zh for each in bans.look_up(asked, carried, on=on)]


async def test_a_farmer_asks_about_paraquat_where_there_is_no_line(cast, pocket):
    await pocket.sign_in("cadre")
    await pocket.sync()
    pocket.line.fault = no_line
    with pytest.raises(NotNow):
        await pocket.sync()

    paraquat, *_ = bans.look_up("百草枯", pocket.woken().records, on=NOON)
    assert (paraquat.name_zh, paraquat.name_en, paraquat.crops_zh) == ("百草枯", "paraquat", ())
    assert (paraquat.since, paraquat.until) == (date(2020, 9, 26), None)
    assert "禁止使用" in paraquat.order
    [chlorpyrifos] = bans.look_up("乐斯本", pocket.phone.records, on=NOON)
    assert "番茄" in chlorpyrifos.crops_zh
    assert "小麦" not in chlorpyrifos.crops_zh


@pytest.mark.parametrize(
    "asked",
    ["甲基试", "甲 基 试 验 灵", "METHYL Testalin", "Methyl-testalin 40%", "２，４－试丁酯", "24试丁酯", "3911乳油"],
)
def test_it_is_found_by_any_part_of_a_name_however_it_is_written_and_by_what_stands_on_a_bottle(asked):
    assert found(asked) == ["甲基试验灵"]


def test_what_is_named_exactly_comes_first_before_what_has_it_in_its_name():
    assert found("试验灵") == ["试验灵", "甲基试验灵"]
    assert found("testalin") == ["试验灵", "甲基试验灵"]
    assert found("5% 试验灵颗粒剂") == ["试验灵"]


@pytest.mark.parametrize("asked", ["", " - ", "草甘膦", "PD20153911", "protestalin"])
def test_what_names_none_of_them_finds_none(asked):
    assert found(asked) == []


def test_a_ban_is_told_with_its_crops_its_days_and_the_words_of_the_order():
    [ban] = bans.look_up("甲基", carried, on=NOON)

    assert ban == bans.Forbidden(
        name_zh="甲基试验灵",
        name_en="methyl testalin",
        also_called=("2,4-试丁酯", "3911"),
        crops_zh=("番茄", "tea"),
        since=date(2019, 8, 1),
        until=None,
        order=DANGEROUS["source"],
    )


def test_one_that_is_announced_is_told_with_its_day_and_one_that_is_over_is_not():
    [announced, _] = bans.look_up("试验灵", carried, on=NOON)

    assert (announced.since, announced.until) == (date(2027, 6, 1), date(2029, 5, 31))
    assert found("试验灵", on=date(2029, 5, 31)) == ["试验灵", "甲基试验灵"]
    assert found("试验灵", on=date(2029, 6, 1)) == ["甲基试验灵"]
