from datetime import date

import pytest

from backend.diagnosis import templates
from backend.diagnosis.advice_rules import (
    AdviceIncomplete,
    PesticideBanned,
    ban_on,
    check_bans,
    check_complete,
    warnings,
)
from backend.diagnosis.answer_schemas import Advice, Product
from backend.diagnosis.reference import crops
from backend.diagnosis.words import ProductKind
from tests.diagnosis.said import fungicide

EVE, DAY = date(2026, 5, 31), date(2026, 6, 1)


@pytest.fixture
async def bans(db):
    return await templates.bans()


def _found(bans, *, on=DAY, crop="maize", advice=None, **product):
    ban = ban_on(Product(**({"name": "某药"} | product)), advice or Advice(), bans, given_on=on, crop_code=crop)
    return ban.record.substance if ban else None


@pytest.mark.parametrize(
    ("said", "substance"),
    [
        ("40%氧乐果乳油", "omethoate"),
        ("氧化乐果", "omethoate"),
        ("Omethoate 40% EC", "omethoate"),
        ("３％ 克百威 颗粒剂", "carbofuran"),
        ("呋喃丹", "carbofuran"),
        ("CARBOFURAN", "carbofuran"),
        ("灭多威", "methomyl"),
        ("methomyl", "methomyl"),
        ("涕灭威", "aldicarb"),
        ("铁灭克", "aldicarb"),
        ("aldicarb 5G", "aldicarb"),
        ("甲胺磷", "methamidophos"),
        ("百草枯水剂", "paraquat aqueous solution"),
        ("2，4-滴丁酯", "2,4-D butylate"),
        ("丁硫克百威", None),
        ("硫双灭多威", None),
        ("PD20161605", None),
        ("吡唑醚菌酯", None),
    ],
)
async def test_a_ban_is_found_by_any_name_and_not_by_a_longer_one_of_something_else(bans, said, substance):
    assert _found(bans, name=said) == substance
    assert _found(bans, substance=said) == substance


@pytest.mark.parametrize("name", ["氧乐果", "克百威", "灭多威", "涕灭威"])
async def test_a_ban_counts_from_its_day_on_and_not_a_day_before(bans, name):
    assert _found(bans, name=name, on=EVE) is None
    assert _found(bans, name=name, on=DAY) is not None


async def test_a_treatment_that_is_planned_for_after_the_ban_is_refused_before_it(bans):
    later = {"times": 2, "interval_days": 7}

    assert _found(bans, name="灭多威", on=EVE, times=1) is None
    assert _found(bans, name="灭多威", on=EVE, **later) == "methomyl"
    assert _found(bans, name="灭多威", on=EVE, advice=Advice(treat_on=DAY)) == "methomyl"


async def test_what_is_banned_on_vegetables_may_be_used_on_wheat(bans):
    assert _found(bans, name="毒死蜱", crop="wheat") is None
    assert _found(bans, name="毒死蜱", crop="tomato") == "chlorpyrifos"


async def test_calling_it_a_fertiliser_does_not_help(bans):
    assert _found(bans, name="克百威", kind=ProductKind.FERTILISER) == "carbofuran"


async def test_the_refusal_says_which_ban_since_when_by_whose_rule_and_points_at_the_product(bans):
    advice = Advice(products=[fungicide(), fungicide(name="氧化乐果", substance=None)])

    with pytest.raises(PesticideBanned) as refused:
        check_bans(advice, bans, given_on=DAY, crop_code="maize")

    assert refused.value.facts["substance"] == "氧乐果 (omethoate)"
    assert refused.value.facts["since"] == "2026-06-01"
    assert "736" in refused.value.facts["source"]
    assert [error.pointer for error in refused.value.errors] == ["/advice/products/1"]


def _missing(*products):
    with pytest.raises(AdviceIncomplete) as refused:
        check_complete(Advice(products=list(products)))
    return [error.pointer for error in refused.value.errors]


def test_a_pesticide_needs_dose_unit_interval_and_pre_harvest_days():
    at = "/advice/products/0"

    assert _missing(Product(name="某药")) == [
        *(f"{at}/dose", f"{at}/dose_unit", f"{at}/pre_harvest_days", f"{at}/interval_days"),
    ]
    assert _missing(fungicide(dose_unit="")) == [f"{at}/dose_unit"]


def test_no_interval_is_asked_for_a_single_treatment():
    check_complete(Advice(products=[fungicide(times=1, interval_days=None)]))


def test_a_fertiliser_and_advice_without_a_product_need_no_dose():
    check_complete(Advice(steps=["排水"]))
    check_complete(Advice(products=[Product(name="尿素", kind=ProductKind.FERTILISER)]))


def _warned(bans, advice, said=()):
    return warnings(advice, bans, said=list(said), given_on=DAY, crop_code="maize")


async def test_what_is_missing_beside_that_warns_only(bans):
    bare = fungicide(registration_no=None, substance=None)

    assert _warned(bans, Advice(products=[bare])) == [
        *("registration_missing", "substance_missing", "protection_missing"),
    ]
    assert _warned(bans, Advice(products=[fungicide(registration_no="12")], protection=["手套"])) == [
        "registration_odd"
    ]
    assert _warned(bans, Advice(products=[fungicide()], protection=["手套"])) == []


async def test_a_banned_name_in_the_words_may_be_a_warning_to_the_farmer(bans):
    assert _warned(bans, Advice(warning="不要用氧乐果")) == ["banned_name_in_words"]


async def test_no_template_invents_a_dose_and_each_says_whose_word_it_is(db):
    found = await templates.list_templates()

    assert len(found) >= 12
    assert all(product.dose is None for each in found for product in each.advice.products)
    assert all(each.source and each.advice.steps for each in found)
    flooded = next(each for each in found if each.condition_code == "maize.waterlogging")
    assert flooded.advice.products == []


async def test_no_template_names_a_banned_pesticide(bans):
    for each in await templates.list_templates():
        for crop in each.crops or ["maize"]:
            check_bans(each.advice, bans, given_on=DAY, crop_code=crop)


async def test_conditions_are_found_by_crop_and_those_of_any_crop_come_after(db):
    found = [each.code for each in await templates.list_conditions(crop_code="maize")]

    assert found[0].startswith("maize.")
    assert found[-1].startswith("any.")
    assert not [code for code in found if code.startswith("wheat.")]
    assert {each.code for each in await templates.list_conditions(name="赤霉")} == {"wheat.fusarium_head_blight"}


async def test_every_template_is_for_a_condition_and_crops_that_there_are(db):
    known = {each.code for each in (await crops()).on(DAY)}
    conditions = {each.code: set(each.crops) for each in await templates.list_conditions()}
    for each in await templates.list_templates():
        assert set(each.crops) <= known
        assert not conditions[each.condition_code] or set(each.crops) <= conditions[each.condition_code]
    assert set().union(*conditions.values()) <= known
    assert set().union(*(ban.record.crops for ban in await templates.bans())) <= known
