"""The bar above every page, as each role sees it."""

from uuid import UUID

import pytest

from backend.console.bar import ENTRIES, SHOWN, bar_of
from backend.core import words
from backend.people.actors import Actor, Held
from backend.people.tables import Role


def _somebody(*roles: Role) -> Actor:
    held = tuple(Held(role, "371525000000", "冠县", ("371525",)) for role in roles)
    return Actor(UUID(int=1), "王强", "zh", held)


@pytest.mark.parametrize("role", list(Role))
def test_whoever_signs_in_finds_all_that_his_role_opens_and_little_of_it_on_the_bar_itself(role):
    bar = bar_of(_somebody(role))
    assert len(bar.shown) <= SHOWN
    assert {entry.key for entry in [*bar.shown, *bar.more]} == {each.key for each in ENTRIES if role in each.roles}


def test_an_assistant_finds_his_households_beside_his_name_and_the_map_in_the_menu():
    bar = bar_of(_somebody(Role.ASSISTANT))
    assert "log" in [entry.key for entry in bar.shown]
    assert "map" in [entry.key for entry in bar.more]


def test_somebody_with_every_role_still_gets_one_line():
    bar = bar_of(_somebody(*Role))
    assert len(bar.shown) == SHOWN
    assert len(bar.shown) + len(bar.more) == len(ENTRIES)


@pytest.mark.parametrize("entry", ENTRIES, ids=[entry.key for entry in ENTRIES])
def test_every_entry_has_a_chinese_name(entry):
    assert words.translations("zh").gettext(entry.title) != entry.title
