"""Who could carry a card, for which unit, and what the sheet on a village's board says."""

import pytest

from backend.antifraud.outreach_refusals import NotYourPlace
from backend.antifraud.visitor_boards import village_boards
from backend.antifraud.visitor_finding import card_units, find_visitors, visitor_candidate
from backend.antifraud.visitor_refusals import NoSuchVisitor
from backend.core import ids
from backend.core.refusals import Forbidden
from backend.people import actions
from backend.people.tables import Role, UnitKind
from tests.antifraud.outreach import somebody
from tests.antifraud.visitors import STATION_PHONE, Visitors
from tests.cast import COUNTY, OTHER_COUNTY, OTHER_VILLAGE, TOWNSHIP, VILLAGE


@pytest.fixture
async def visitors(cast) -> Visitors:
    made = Visitors(cast)
    await made.open()
    return made


async def test_they_are_found_by_name_unit_and_place_and_who_carries_a_card_comes_last(visitors: Visitors) -> None:
    for words in ("赵强", "派出所"):
        (found,) = await find_visitors(words=words, by=visitors.supervisor)
        assert (found.person_name, found.unit_name, found.role, found.card_id) == (
            "赵强",
            "梁村派出所",
            Role.ASSISTANT,
            None,
        )
    card = await visitors.issued()
    (found,) = await find_visitors(words=" 赵强 ", by=visitors.supervisor)
    assert found.card_id == card.id
    there = await find_visitors(words="梁村镇", by=visitors.supervisor)
    assert [each.person_name for each in there][-1] == "赵强"
    assert len(there) > 1


async def test_nobody_is_listed_without_words_nor_from_elsewhere(visitors: Visitors) -> None:
    assert await find_visitors(words=" ", by=visitors.supervisor) == []
    assert await find_visitors(words="高洁", by=visitors.supervisor) == []  # of another county
    assert await find_visitors(words="陈志远", by=visitors.supervisor) == []  # an expert visits nobody
    abroad = await somebody(Role.SUPERVISOR, OTHER_COUNTY)
    assert await find_visitors(words="赵强", by=abroad) == []
    with pytest.raises(NoSuchVisitor):
        await visitor_candidate(person_id=visitors.assistant.person_id, by=abroad)
    for who in (visitors.assistant, visitors.cast.auditor, visitors.cast.operator):
        with pytest.raises(Forbidden):
            await find_visitors(words="赵强", by=who)


async def test_his_own_unit_is_offered_first_then_the_police_above_him(visitors: Visitors) -> None:
    for name, kind, code in (
        ("县农业局", UnitKind.DEPARTMENT, COUNTY),
        ("县公安局", UnitKind.POLICE, COUNTY),
        ("别处派出所", UnitKind.POLICE, OTHER_VILLAGE),
    ):
        await actions.open_unit(id=ids.uuid7(), name=name, kind=kind, division_code=code)
    him = await visitor_candidate(person_id=visitors.assistant.person_id, by=visitors.supervisor)
    units = await card_units(visitor=him, by=visitors.supervisor)
    assert [each.name for each in units] == ["梁村派出所", "县公安局", "县农业局"]
    her = await visitor_candidate(person_id=visitors.cast.cadre.person_id, by=visitors.supervisor)
    assert (await card_units(visitor=her, by=visitors.supervisor))[0].name == "梁村派出所"


async def test_a_villages_board_names_the_nearest_station_that_has_a_telephone(visitors: Visitors) -> None:
    (board,) = await village_boards(division_code=VILLAGE, by=visitors.assistant)
    assert (board.division_code, board.station_name, board.station_phone) == (VILLAGE, "梁村派出所", STATION_PHONE)
    await actions.open_unit(id=ids.uuid7(), name="无电话警务室", kind=UnitKind.POLICE, division_code=VILLAGE)
    (board,) = await village_boards(division_code=VILLAGE, by=visitors.cast.cadre)
    assert board.station_name == "梁村派出所"


async def test_a_township_gives_a_sheet_for_each_village_a_county_none_and_elsewhere_is_refused(
    visitors: Visitors,
) -> None:
    township = await village_boards(division_code=TOWNSHIP, by=visitors.supervisor)
    assert VILLAGE in [each.division_code for each in township]
    assert {each.division_code[:9] for each in township} == {TOWNSHIP[:9]}
    assert await village_boards(division_code=COUNTY, by=visitors.supervisor) == []
    with pytest.raises(NotYourPlace):
        await village_boards(division_code=OTHER_VILLAGE, by=visitors.supervisor)


async def test_where_no_station_has_a_telephone_the_board_names_none(cast) -> None:
    (board,) = await village_boards(division_code=VILLAGE, by=cast.supervisor)
    assert (board.station_name, board.station_phone) == (None, None)
