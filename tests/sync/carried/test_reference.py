"""Reference lists on a phone: everything out of which one chooses offline, and what may not be sprayed."""

from datetime import date, timedelta
from enum import EnumType
from typing import get_args, get_type_hints

import msgspec
import pytest

from backend.antifraud.outreach_words import AgeBand, HouseholdMark
from backend.antifraud.warning_words import AttemptHow, WarningOutcome
from backend.cases import reference as cases_reference
from backend.cases.words import Channel as CaseChannel
from backend.core import clock, ids
from backend.core.database import fetch
from backend.diagnosis.templates import list_bans
from backend.diagnosis.words import ConsentPurpose, GrowthStage, Organ, OutcomeResult, ToldHow, Topic
from backend.laboratory.words import LandUse, RunKind, SampleConsentPurpose, SampleKind, SampleTemperature
from backend.people.household_tables import ConsentChannel, ConsentMethod
from backend.sync.commands import COMMANDS
from backend.sync.reference import choices
from backend.tasks.tables import DeclineReason, Urgency
from backend.territory.coordinates import Crs
from backend.visits.campaign_tables import CampaignKind
from backend.visits.tables import Channel, FlagKind, NeedState, PhotoKind
from tests.sync.phones import Phone

WORDS = {
    "decline_reasons": DeclineReason,
    "urgencies": Urgency,
    "visit_channels": Channel,
    "visit_photo_kinds": PhotoKind,
    "campaign_kinds": CampaignKind,
    "diagnosis_topics": Topic,
    "growth_stages": GrowthStage,
    "organs": Organ,
    "attempt_hows": AttemptHow,
    "warning_outcomes": WarningOutcome,
    "need_states": NeedState,
    "visit_flags": FlagKind,
    "case_channels": CaseChannel,
    "told_hows": ToldHow,
    "outcome_results": OutcomeResult,
    "sample_kinds": SampleKind,
    "run_kinds": RunKind,
    "land_uses": LandUse,
    "sample_temperatures": SampleTemperature,
    "household_marks": HouseholdMark,
    "age_bands": AgeBand,
    "consent_methods": ConsentMethod,
    "consent_channels": ConsentChannel,
}
NOT_CHOSEN = {Crs, ConsentPurpose, SampleConsentPurpose}
"""Said by the phone itself, or by the text that is read out."""


def test_every_word_of_a_list_has_a_name_in_both_languages_and_nothing_else_has():
    assert {each.id: [item.code for item in each.items] for each in choices()} == {
        name: [str(word) for word in words] for name, words in WORDS.items()
    }
    assert all(item.name_zh and item.name_en for each in choices() for item in each.items)


def test_whatever_is_chosen_for_a_command_stands_in_a_list():
    chosen = {words for kind in COMMANDS.values() for words in enumerations(kind.arguments)}

    assert chosen > {Channel, DeclineReason}
    assert chosen - NOT_CHOSEN <= set(WORDS.values())


def enumerations(shape, above=()):
    """Those in the fields of a struct, however deep."""
    if isinstance(shape, EnumType):
        yield shape
    elif isinstance(shape, type) and issubclass(shape, msgspec.Struct):
        fields = () if shape in above else get_type_hints(shape).values()
        yield from (found for each in fields for found in enumerations(each, (*above, shape)))
    else:
        yield from (found for each in get_args(shape) for found in enumerations(each, above))


async def test_the_lists_of_the_rooms_come_with_the_days_on_which_their_items_count(cast):
    phone = Phone(cast.cadre)
    await phone.pull()

    lists = phone.of("reference")
    assert {"topics", "case_categories", "crops", "conditions", "fraud_types", *WORDS} == set(lists)
    assert all(lists[name]["items"] for name in lists)
    [wheat] = [item for item in lists["crops"]["items"] if item["name_zh"] == "小麦"]
    assert (wheat["name_en"], wheat["valid_from"]) == ("Wheat", "2020-01-01")
    assert all("valid_from" in item for item in lists["case_categories"]["items"])
    known = {item["code"] for item in lists["topics"]["items"]}
    assert {item["parent_code"] for item in lists["topics"]["items"] if "parent_code" in item} < known


@pytest.fixture
async def no_trace():
    """A category that a test adds is gone after it."""
    yield
    await fetch("DELETE FROM cases_category WHERE code = 'orchards'")
    cases_reference.forget()


async def test_a_category_that_a_county_adds_comes_at_once_to_every_phone_and_alone(cast, no_trace):
    phones = [Phone(cast.cadre), Phone(cast.stranger)]
    for phone in phones:
        await phone.pull()
    await cases_reference.categories()  # which trusts what it read for a minute
    await fetch(
        "INSERT INTO cases_category (code, parent_code, name_zh, name_en, policy_code, valid_from, valid_to, source) "
        "SELECT 'orchards', NULL, '果园', 'Orchards', policy_code, $1, NULL, 'county' FROM cases_category LIMIT 1",
        date(2026, 1, 1),
    )
    for phone in phones:
        [page] = await phone.pull()
        [changed] = page.changes.reference.put
        assert changed.id == "case_categories"
        assert [item.name_zh for item in changed.items if item.code == "orchards"] == ["果园"]
        assert await phone.pull() == []


async def test_a_category_that_ends_stays_to_name_what_was_recorded_and_says_until_when(cast, no_trace):
    await fetch(
        "INSERT INTO cases_category (code, parent_code, name_zh, name_en, policy_code, valid_from, valid_to, source) "
        "SELECT 'orchards', NULL, '果园', 'Orchards', policy_code, $1, $2, 'county' FROM cases_category LIMIT 1",
        *(date(2025, 1, 1), date(2025, 12, 31)),
    )
    phone = Phone(cast.cadre)
    await phone.pull()

    items = phone.of("reference")["case_categories"]["items"]
    assert [item["valid_to"] for item in items if item["code"] == "orchards"] == ["2025-12-31"]


ALONE = {"bans"}
"""What is told where nothing but a ban has changed."""


@pytest.fixture
async def county_bans():
    """Adds bans of 试验灵 as a county does, and takes them away after the test."""

    async def ban(*, valid_from, valid_to=None):
        id = ids.uuid7()
        await fetch(
            "INSERT INTO diagnosis_pesticide_ban "
            "(id, substance, name_zh, aliases, not_in, crops, valid_from, valid_to, source) "
            "VALUES ($1, 'testalin', '试验灵', '{}', '{}', '{potato}', $2, $3, '县公告第1号：禁止在马铃薯上使用')",
            *(id, valid_from, valid_to),
        )
        return str(id)

    yield ban
    await fetch("DELETE FROM diagnosis_pesticide_ban WHERE substance = 'testalin'")


def changed(pages):
    """By entity, what the one answer that came tells."""
    [page] = pages
    return {name: changes for name, changes in msgspec.to_builtins(page)["changes"].items() if changes}


async def test_a_phone_knows_without_a_line_what_may_not_be_sprayed_since_when_and_by_whose_order(cast):
    phone = Phone(cast.cadre)
    await phone.pull()

    carried = {ban["name_zh"]: ban for ban in phone.of("bans").values()}
    assert carried.keys() >= {ban.name_zh for ban in await list_bans()}
    paraquat = carried["百草枯"]
    assert (paraquat["substance"], paraquat["valid_from"]) == ("paraquat", "2020-09-26")
    assert "克无踪" in paraquat["aliases"]
    assert "crops" not in paraquat
    assert "2020年9月26日起禁止使用" in paraquat["source"]


async def test_a_ban_names_its_crops_out_of_the_list_that_is_carried(cast):
    phone = Phone(cast.cadre)
    await phone.pull()

    crops = {item["code"] for item in phone.of("reference")["crops"]["items"]}
    assert all(set(ban.get("crops", ())) <= crops for ban in phone.of("bans").values())
    [vegetables] = [ban["crops"] for ban in phone.of("bans").values() if ban["name_zh"] == "毒死蜱"]
    assert "tomato" in vegetables
    assert "wheat" not in vegetables


async def test_a_new_ban_comes_to_every_phone_and_alone(cast, county_bans):
    phones = [Phone(cast.cadre), Phone(cast.stranger)]
    for phone in phones:
        await phone.pull()
    new = await county_bans(valid_from=date(2026, 1, 1))

    for phone in phones:
        told = changed(await phone.pull())
        assert told.keys() == ALONE
        assert [ban["id"] for ban in told["bans"]["put"]] == [new]
        assert await phone.pull() == []


async def test_a_ban_that_was_changed_comes_alone(cast, county_bans):
    new = await county_bans(valid_from=date(2026, 1, 1))
    phone = Phone(cast.cadre)
    await phone.pull()
    await fetch("UPDATE diagnosis_pesticide_ban SET crops = '{}' WHERE id = $1", new)

    told = changed(await phone.pull())
    assert told.keys() == ALONE
    assert [(ban["id"], ban.get("crops")) for ban in told["bans"]["put"]] == [(new, None)]


async def test_a_ban_that_is_announced_comes_before_its_day(cast, county_bans):
    begins = clock.today() + timedelta(days=200)
    announced = await county_bans(valid_from=begins)
    phone = Phone(cast.cadre)
    await phone.pull()

    assert phone.of("bans")[announced]["valid_from"] == begins.isoformat()


async def test_a_ban_that_is_over_leaves_the_phone_the_day_after_its_last_and_one_made_by_mistake_at_once(
    cast, county_bans
):
    now, phone = clock.now(), Phone(cast.cadre)
    with clock.stopped(now):
        over = await county_bans(valid_from=date(2026, 1, 1), valid_to=clock.today())
        mistake = await county_bans(valid_from=date(2026, 1, 1))
        await phone.pull()
        await fetch("DELETE FROM diagnosis_pesticide_ban WHERE id = $1", mistake)
        await phone.pull()

        assert phone.of("bans")[over]["valid_to"] == clock.today().isoformat()
        assert phone.gone == [("bans", mistake, "deleted")]
    with clock.stopped(now + timedelta(days=1)):
        await phone.pull()

        assert ("bans", over, "ended") in phone.gone
