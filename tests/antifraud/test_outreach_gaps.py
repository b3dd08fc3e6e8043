"""Where nobody has been, what a round would cover, and how a village's counts came one after the other."""

from datetime import timedelta

import pytest

from backend.antifraud import coverages, letters, outreach_gaps, outreach_villages, round_marks, rounds, talks
from backend.antifraud.letter_schemas import NewLetters
from backend.antifraud.outreach_refusals import NotYourPlace
from backend.antifraud.outreach_schemas import NewAppCoverage, NewPosters, NewTalk
from backend.antifraud.outreach_words import HouseholdMark, LetterMove
from backend.antifraud.round_schemas import NewHouseholdMark
from backend.core import clock, ids
from backend.core.refusals import Forbidden, Invalid
from backend.people import households
from backend.people.tables import Role
from tests.antifraud.outreach import DAY, planned, somebody
from tests.cast import COUNTY, NEXT_VILLAGE, OTHER_COUNTY, TOWNSHIP, VILLAGE

EMPTY_VILLAGE = "371526101308"


async def gaps(by, since=30 * DAY, **more):
    found = await outreach_gaps.list_gaps(by=by, since=clock.today() - since, **more)
    return {each.division_code: each for each in found}


async def many_doors(cast):
    seeder = await somebody(Role.ADMIN, COUNTY)
    for number in range(3):
        await households.register_household(
            id=ids.uuid7(),
            code=f"LLM-1{number:02d}",
            division_code=VILLAGE,
            contact_name="邻居",
            contact_phone=f"199 0000 {70 + number:04d}",
            by=seeder,
        )


async def visited(cast):
    plan = await planned(cast)
    mark = NewHouseholdMark(household_id=cast.household, mark=HouseholdMark.VISITED, at=clock.now())
    await round_marks.record_mark(round_id=plan.id, new=mark, by=cast.assistant)
    return plan


async def everything(cast, division_code):
    at = clock.now()
    await talks.record_talk(
        new=NewTalk(division_code=division_code, place="大院", headcount=9, at=at), by=cast.assistant
    )
    await talks.record_posters(
        new=NewPosters(division_code=division_code, place="村口", posters_n=4, at=at), by=cast.assistant
    )
    for move in (LetterMove.GIVEN, LetterMove.SIGNED):
        new = NewLetters(move=move, first="GX-0001", last="0010", division_code=division_code, at=at)
        await letters.issue_letters(new=new, by=cast.supervisor)


async def test_a_village_is_a_gap_in_what_it_had_none_of_and_the_most_missing_come_first(cast):
    await many_doors(cast)
    await everything(cast, VILLAGE)

    found = await gaps(cast.supervisor)

    assert found[VILLAGE].missing == ("visits",)
    assert (found[VILLAGE].talks, found[VILLAGE].posters, found[VILLAGE].letters) == (1, 4, 10)
    assert list(found) == [NEXT_VILLAGE, EMPTY_VILLAGE, VILLAGE]
    await visited(cast)
    assert VILLAGE not in await gaps(cast.supervisor)


async def test_a_visit_counts_on_when_its_round_is_closed(cast):
    await many_doors(cast)
    plan = await visited(cast)
    assert (await gaps(cast.supervisor))[VILLAGE].visits == 1

    await rounds.close_round(round_id=plan.id, by=cast.supervisor)

    assert (await gaps(cast.supervisor))[VILLAGE].visits == 1


async def test_of_a_village_of_few_households_it_is_not_told_whether_anybody_was_visited(cast):
    await visited(cast)

    found = (await gaps(cast.supervisor))[VILLAGE]

    assert (found.visits, found.missing) == (None, ("talks", "posters", "letters"))


async def test_letters_in_stock_were_handed_to_nobody(cast):
    new = NewLetters(move=LetterMove.GIVEN, first="GX-0001", last="0010", division_code=VILLAGE, at=clock.now())
    await letters.issue_letters(new=new, by=cast.supervisor)

    assert "letters" in (await gaps(cast.supervisor))[VILLAGE].missing


async def test_what_lies_before_the_day_asked_from_does_not_count(cast):
    await everything(cast, VILLAGE)
    with clock.stopped(clock.now() + timedelta(days=40)):
        assert (await gaps(cast.supervisor))[VILLAGE].missing == ("talks", "posters", "letters")
        assert (await gaps(cast.supervisor, since=60 * DAY)).keys() == {NEXT_VILLAGE, EMPTY_VILLAGE}


async def test_gaps_are_told_to_readers_of_outreach_each_of_his_own_place(cast):
    assert set(await gaps(cast.assistant)) == set(await gaps(cast.auditor)) == {VILLAGE, NEXT_VILLAGE, EMPTY_VILLAGE}
    assert VILLAGE not in await gaps(await somebody(Role.SUPERVISOR, OTHER_COUNTY))
    with pytest.raises(NotYourPlace):
        await gaps(cast.assistant, division_code=COUNTY)
    with pytest.raises(Forbidden):
        await gaps(cast.cadre)
    with pytest.raises(Invalid):
        await gaps(cast.supervisor, since=-DAY)


async def test_a_forecast_says_what_a_round_would_cover_before_it_is_planned(cast):
    told = await outreach_villages.forecast(division_code=TOWNSHIP, by=cast.supervisor)

    assert (told.villages_n, told.households_n, told.without_n) == (3, 4, 1)
    plan = await planned(cast, division_code=TOWNSHIP)
    assert sum(each.households_n for each in plan.villages) == told.households_n
    assert len(plan.villages) == told.villages_n
    for who in (cast.assistant, cast.auditor):
        with pytest.raises(Forbidden):
            await outreach_villages.forecast(division_code=TOWNSHIP, by=who)
    with pytest.raises(NotYourPlace):
        await outreach_villages.forecast(division_code=OTHER_COUNTY, by=cast.supervisor)


async def test_all_counts_of_a_village_are_kept_beside_the_newest(cast):
    for with_app_n in (50, 60):
        new = NewAppCoverage(
            division_code=VILLAGE, with_app_n=with_app_n, asked_n=80, on=clock.today(), source="村民大会举手"
        )
        await coverages.record_app_coverage(new=new, by=cast.assistant)

    told = await coverages.list_counts(division_code=VILLAGE, by=cast.supervisor)

    assert [each.with_app_n for each in told.items] == [60, 50]
    assert (await coverages.list_counts(division_code=NEXT_VILLAGE, by=cast.supervisor)).items == []
    with pytest.raises(Forbidden):
        await coverages.list_counts(division_code=VILLAGE, by=cast.cadre)
    with pytest.raises(Invalid):
        await coverages.list_counts(division_code=TOWNSHIP, by=cast.supervisor)


async def test_divisions_are_called_what_they_were_called_last(cast):
    names = await outreach_villages.names_of([VILLAGE, TOWNSHIP, VILLAGE])

    assert names == {VILLAGE: "琉璃庙村村委会", TOWNSHIP: "梁村镇"}
