"""Two changes of one record: of neither anything is lost."""

import doctest

from hypothesis import given
from hypothesis import strategies as st

from backend.sync import mergeable, mergeable_households, mergeable_visits, merging, places
from backend.sync.mergeable_households import plain as plain_of_household
from backend.sync.mergeable_visits import plain as plain_of_visit
from backend.sync.merging import Change, merge

FIELDS = st.sampled_from(["note", "place_note", "channel", "topics", "division_code"])
VALUES = st.one_of(st.none(), st.sampled_from(["a", "b", "c"]))


@st.composite
def races(draw):
    """A record as it was, as somebody else left it, and what a phone that saw the first wants."""
    before = draw(st.dictionaries(FIELDS, VALUES, min_size=1))
    others = draw(st.dictionaries(st.sampled_from(sorted(before)), VALUES))
    wanted = draw(st.dictionaries(st.sampled_from(sorted(before)), VALUES, min_size=1))
    return before, before | others, {name: Change(before[name], value) for name, value in wanted.items()}


def test_the_examples_are_true():
    for module in (merging, mergeable, mergeable_households, mergeable_visits, places):
        assert doctest.testmod(module).failed == 0


@given(races())
def test_every_field_is_as_one_of_the_two_wanted_it_or_waits_for_a_person(race):
    before, now, changes = race

    merged = merge(changes, now)
    after = now | merged.free

    for name, change in changes.items():
        they_changed, we_changed = now[name] != before[name], change.wanted != before[name]
        if name in merged.contested:
            assert they_changed
            assert after[name] == now[name] != change.wanted
        elif we_changed:
            assert after[name] == change.wanted
        else:
            assert after[name] == now[name]


@given(races())
def test_what_others_changed_stays_unless_it_is_what_the_phone_wants_too(race):
    before, now, changes = race

    after = now | merge(changes, now).free

    assert {name: after[name] for name in now if now[name] != before[name]} == {
        name: now[name] for name in now if now[name] != before[name]
    }


@given(races())
def test_each_field_is_in_exactly_one_of_three_places(race):
    _, now, changes = race
    merged = merge(changes, now, together=[("note", "place_note"), ("topics", "channel", "division_code")])

    places = [merged.agreed, merged.free, merged.contested]
    assert sorted(name for place in places for name in place) == sorted(changes)
    assert all(place[name] == changes[name].wanted for place in places for name in place)


@given(races())
def test_done_a_second_time_it_changes_nothing(race):
    _, now, changes = race
    after = now | merge(changes, now).free

    assert not merge(changes, after).free.keys() - merge(changes, now).contested.keys()
    assert after | merge(changes, after).free == after


@given(races())
def test_two_phones_that_changed_different_fields_both_have_their_way_in_either_order(race):
    before, _, changes = race
    mine = {name: change for name, change in changes.items() if name < "d"}
    yours = {name: change for name, change in changes.items() if name >= "d"}

    ends = []
    for first, second in ((mine, yours), (yours, mine)):
        record = dict(before)
        for each in (first, second):
            merged = merge(each, record)
            assert not merged.contested
            record |= merged.free
        ends.append(record)

    assert ends[0] == ends[1] == before | {name: change.wanted for name, change in changes.items()}


def test_what_tells_one_fact_is_not_changed_by_half():
    now = {"household_code": "C", "division_code": "1", "note": ""}
    changes = {"household_code": Change("A", "B"), "division_code": Change("1", "2"), "note": Change("", "x")}

    merged = merge(changes, now, together=[("household_code", "division_code")])

    assert (set(merged.contested), set(merged.free)) == ({"household_code", "division_code"}, {"note"})


def test_blanks_orders_and_spellings_are_no_changes():
    same_of_visit = {
        "note": ["修井", " 修井\n"],
        "place_note": [None, " "],
        "topics": [["a", "b"], ["b", "a", "b"]],
        "companions": [["周敏"], [" 周敏", " "]],
        "occurred_at": ["2026-11-20T09:30:00+08:00", "2026-11-20T01:30:00.0004Z"],
    }
    same_of_household = {
        "contact_phone": ["+8619900000051", "199 0000-0051"],
        "contact_name": [None, ""],
        "service_needs": [["x", "y"], ["y", "x"]],
    }
    for plain, same in ((plain_of_visit, same_of_visit), (plain_of_household, same_of_household)):
        for name, (one, other) in same.items():
            assert plain(name, one) == plain(name, other), name
