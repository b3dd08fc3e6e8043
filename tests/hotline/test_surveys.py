"""A random survey by telephone: drawn by a stored seed, rung by day, told by stratum; no answer is anybody's."""

import asyncio
import hashlib
from collections import Counter
from datetime import date, timedelta
from random import Random
from uuid import UUID, uuid4

import pytest

from backend.core import clock, ids
from backend.core.database import fetch
from backend.core.refusals import DifferentArguments, Forbidden, Invalid
from backend.hotline import survey_asking, survey_planning, survey_preview, survey_results, surveys
from backend.hotline.survey_draws import allocate, draw, key_of
from backend.hotline.survey_refusals import AskedBefore, NotTheHour, NotYourSurvey, SurveyClosed, SurveyOpen
from backend.hotline.survey_rules import Counted, weighted, wilson
from backend.hotline.survey_schemas import (
    NewSurveyAnswer,
    NewSurveyWave,
    StrataBy,
    SurveyChoice,
    SurveyOutcome,
    SurveyQuestion,
)
from backend.hotline.words import DrawState, WaveState
from backend.people.consents import consented
from tests.cast import COUNTY, NEXT_VILLAGE, OTHER_COUNTY, VILLAGE
from tests.hotline.desk_cast import HOUR, NINE

CONTENT = [SurveyChoice(code="yes", text="满意", counted=True), SurveyChoice(code="no", text="不满意")]
QUESTION = SurveyQuestion(code="content", text="您对村里的服务满意吗？", choices=CONTENT)
ANSWERED, DECLINED, NOT_REACHED, WRONG_NUMBER = SurveyOutcome
DAY = timedelta(days=1)
ODDS = Random(7)


@pytest.fixture(autouse=True)
def by_day():
    with clock.stopped(NINE):
        yield


def wave(**changes):
    said = {
        "name": "四季度电话调查",
        "division_code": COUNTY,
        "strata": StrataBy.VILLAGE,
        "households": 3,
        "questions": [QUESTION],
        "begins_on": NINE.date(),
        "ends_on": NINE.date() + 30 * DAY,
    }
    return NewSurveyWave(**(said | changes))


async def planned(cast, *, id=None, **changes):
    outcome = await survey_planning.plan_survey(id=id or ids.uuid7(), new=wave(**changes), by=cast.supervisor)
    return outcome.record


async def drawn(survey):
    rows = await fetch("SELECT household FROM hotline_survey_draw WHERE wave = $1 ORDER BY number", survey.id)
    return [row["household"] for row in rows]


async def rung(survey, by):
    return (await survey_asking.next_survey_call(survey_id=survey.id, by=by, request_id="test")).call


async def said(survey, call, by, outcome=ANSWERED, **more):
    answers = {"content": "yes"} if outcome is ANSWERED else {}
    new = NewSurveyAnswer(draw_id=call.draw_id, outcome=outcome, **({"answers": answers} | more))
    return await survey_asking.record_survey_answer(survey_id=survey.id, new=new, by=by)


def test_a_draw_is_the_same_for_ever_and_what_sha_256_says_without_us():
    frame = {"a": [UUID(int=ODDS.getrandbits(128)) for _ in range(500)], "b": [UUID(int=n) for n in range(40)]}
    sizes = {"a": 50, "b": 4}
    found = draw(frame, seed=42, sizes=sizes)
    shuffled = {code: ODDS.sample(each, len(each)) for code, each in frame.items()}
    assert draw(shuffled, seed=42, sizes=sizes) == found
    assert draw(frame, seed=43, sizes=sizes) != found
    for code, households in frame.items():
        by_hash = sorted(households, key=lambda each: hashlib.sha256(b"42:" + str(each).encode()).hexdigest())
        assert {each.household_id for each in found if each.stratum_code == code} == set(by_hash[: sizes[code]])


def test_every_household_of_a_stratum_is_as_likely_as_the_next():
    households = [UUID(int=n) for n in range(20)]
    hits = Counter(
        each.household_id for seed in range(4000) for each in draw({"a": households}, seed=seed, sizes={"a": 5})
    )
    assert all(abs(hits[each] - 1000) < 5 * (4000 * 0.25 * 0.75) ** 0.5 for each in households)


def test_sizes_follow_the_households_and_every_stratum_has_one():
    frame = {f"{n:03d}": ODDS.randint(0, 900) for n in range(200)} | {"none": 0}
    sizes = allocate(frame, total=1246, least=1)
    assert sum(sizes.values()) == 1246
    whole = sum(frame.values())
    for code, n in frame.items():
        assert min(1, n) <= sizes[code] <= n
        assert abs(sizes[code] - 1246 * n / whole) <= 1.5


async def test_a_survey_draws_households_that_may_be_rung_and_keeps_its_seed(cast):
    survey = await planned(cast, households=4)
    mine = {cast.household, cast.second_household, cast.third_household, cast.next_household}
    assert set(await drawn(survey)) == mine
    assert {each.code: (each.frame_n, each.drawn_n) for each in survey.strata if each.frame_n} == {
        VILLAGE: (3, 3),
        NEXT_VILLAGE: (1, 1),
    }
    assert (survey.state, survey.drawn_n, survey.to_ask_n, survey.answered_n) == (WaveState.DRAWN, 4, 4, 0)


async def test_the_same_seed_draws_the_same_households(cast):
    first = await planned(cast, households=2, seed=11)
    before = await drawn(first)
    await fetch("DELETE FROM hotline_survey_draw")
    await fetch("DELETE FROM hotline_survey_wave")
    again = await planned(cast, households=2, seed=11)
    assert (await drawn(again), again.strata) == (before, first.strata)
    in_village = sorted((cast.household, cast.second_household, cast.third_household), key=lambda h: key_of(11, h))
    assert set(before) == {in_village[0], cast.next_household}


async def test_who_opted_out_or_was_drawn_this_year_is_left_out_also_after_the_wave_is_closed(cast):
    first = await planned(cast, households=2)
    call = await rung(first, cast.operator)
    await said(first, call, cast.operator, DECLINED, never_again=True)
    had = set(await drawn(first))
    await surveys.close_survey(survey_id=first.id, by=cast.supervisor)
    assert await drawn(first) == []
    second = await planned(cast, households=20, strata=StrataBy.TOWNSHIP)
    assert len(await drawn(second)) == 2
    assert had.isdisjoint(await drawn(second))
    with pytest.raises(Invalid):
        await planned(cast)
    with clock.stopped(NINE + 60 * DAY):
        next_year = await planned(cast, households=20, begins_on=date(2027, 1, 20), ends_on=date(2027, 2, 20))
        assert len(await drawn(next_year)) == 3  # all but the one that wants no more of it


async def test_waves_planned_at_the_same_time_share_no_household(cast):
    both = await asyncio.gather(*(planned(cast, households=2) for _ in range(2)))
    drawn_of = [set(await drawn(each)) for each in both]
    assert [len(each) for each in drawn_of] == [2, 2]
    assert drawn_of[0].isdisjoint(drawn_of[1])


async def test_a_household_is_rung_once_a_day_and_counts_as_unreachable_after_three(cast):
    survey = await planned(cast, division_code=NEXT_VILLAGE)
    for day in range(3):
        with clock.stopped(NINE + day * DAY):
            call = await rung(survey, cast.operator)
            assert (call.phone, call.tries) == ("+8619900000054", day + 1)
            assert await rung(survey, cast.operator) is None
            state = (await said(survey, call, cast.operator, NOT_REACHED)).record.state
    assert state is DrawState.UNREACHABLE
    read = await surveys.get_survey(survey_id=survey.id, by=cast.supervisor)
    assert sum(each.unreachable_n for each in read.strata) == 1


async def test_two_who_ring_never_get_the_same_household_and_each_reading_is_logged(cast):
    survey = await planned(cast, households=4)
    calls = await asyncio.gather(*(rung(survey, by) for by in (cast.operator, cast.supervisor) * 3))
    assert len({call.draw_id for call in calls if call}) == 4
    assert calls.count(None) == 2
    rows = await fetch("SELECT subject_id FROM people_access_log WHERE subject_kind = 'household'")
    assert {row["subject_id"] for row in rows} == set(await drawn(survey))


async def test_nobody_is_rung_at_night_before_it_begins_or_after_its_end(cast):
    survey = await planned(cast, begins_on=NINE.date() + DAY)
    for moment in (NINE, NINE + DAY + 13 * HOUR, NINE + 31 * DAY):
        with clock.stopped(moment), pytest.raises(NotTheHour):
            await rung(survey, cast.operator)


async def test_whoever_opts_out_after_the_draw_is_passed_over(cast):
    survey = await planned(cast, division_code=NEXT_VILLAGE)
    other = await planned(cast, division_code=VILLAGE)
    call = await rung(other, cast.operator)
    await said(other, call, cast.operator, DECLINED, never_again=True)
    assert not await consented(household_id=(await drawn(other))[0], purpose="survey")
    await fetch("UPDATE people_consent SET household = $1", cast.next_household)
    assert await rung(survey, cast.operator) is None


async def test_no_answer_can_be_joined_to_a_household(cast):
    survey = await planned(cast, households=4)
    call = await rung(survey, cast.operator)
    await said(survey, call, cast.operator)
    (row,) = await fetch("SELECT * FROM hotline_survey_answer")
    assert set(row.keys()) == {"id", "wave", "stratum_code", "answers"}
    assert row["id"].version == 4  # says nothing of when
    assert row["id"] != call.draw_id
    again = await said(survey, call, cast.operator, answers={"content": "no"})
    assert (again.created, again.record.state) == (False, DrawState.ANSWERED)
    assert len(await fetch("SELECT 1 FROM hotline_survey_answer")) == 1
    with pytest.raises(AskedBefore):
        await said(survey, call, cast.operator, DECLINED)


@pytest.mark.parametrize("answer", [{"answers": {}}, {"answers": {"content": "perhaps"}}, {"answers": {"age": "yes"}}])
async def test_an_answer_that_nobody_asked_for_is_refused(cast, answer):
    survey = await planned(cast)
    call = await rung(survey, cast.operator)
    with pytest.raises(Invalid):
        await said(survey, call, cast.operator, **answer)


async def test_results_are_told_once_nobody_is_asked_any_more_and_never_of_a_few(cast):
    survey = await planned(cast, households=4)
    for _ in range(4):
        call = await rung(survey, cast.operator)
        await said(survey, call, cast.operator)
    with pytest.raises(SurveyOpen):
        await survey_results.survey_results(survey_id=survey.id, by=cast.auditor)
    closed = await surveys.close_survey(survey_id=survey.id, by=cast.supervisor)
    assert (closed.state, closed.answered_n, closed.to_ask_n) == (WaveState.CLOSED, 4, 0)
    assert await surveys.close_survey(survey_id=survey.id, by=cast.supervisor) == closed
    found = await survey_results.survey_results(survey_id=survey.id, by=cast.auditor)
    assert (found.response_rate, found.questions[0].n, found.questions[0].estimate) == (1.0, 4, None)
    assert {each.n for each in found.questions[0].strata if each.drawn_n} == {None}
    with pytest.raises(SurveyClosed):
        await rung(survey, cast.operator)
    with pytest.raises(Forbidden):
        await survey_results.survey_results(survey_id=survey.id, by=cast.operator)


async def test_results_weigh_each_stratum_by_its_households(cast):
    survey = await planned(cast, households=4)
    for code, yes, no in ((VILLAGE, 30, 10), (NEXT_VILLAGE, 5, 15)):
        for answer, n in (("yes", yes), ("no", no)):
            for _ in range(n):
                await fetch(
                    "INSERT INTO hotline_survey_answer VALUES ($1, $2, $3, $4)",
                    *(uuid4(), survey.id, code, f'{{"content": "{answer}"}}'),
                )
    await fetch(
        "UPDATE hotline_survey_wave SET strata = ("
        "SELECT jsonb_agg(s || jsonb_build_object('frame_n', CASE s ->> 'code' "
        "WHEN $2 THEN 900 WHEN $3 THEN 100 ELSE 0 END)) FROM jsonb_array_elements(strata) s) "
        "WHERE id = $1",
        *(survey.id, VILLAGE, NEXT_VILLAGE),
    )
    await surveys.close_survey(survey_id=survey.id, by=cast.supervisor)
    (question,) = (await survey_results.survey_results(survey_id=survey.id, by=cast.supervisor)).questions
    assert (question.n, question.choices) == (60, {"yes": 35, "no": 25})
    assert question.estimate.share == round(0.9 * 0.75 + 0.1 * 0.25, 4)
    assert question.estimate.low < question.estimate.share < question.estimate.high
    of_village = next(each for each in question.strata if each.code == VILLAGE)
    assert (of_village.n, of_village.weight, of_village.estimate.share) == (40, 22.5, 0.75)


def test_the_interval_holds_the_truth_about_ninety_five_times_in_a_hundred():
    odds, sizes = Random(20261122), (80, 60, 50)
    villages = [[1] * yes + [0] * (n - yes) for n, yes in ((800, 784), (600, 560), (500, 499))]
    whole, held = sum(map(sum, villages)) / 1900, 0
    for _ in range(2000):
        strata = [
            Counted(len(village), size, sum(odds.sample(village, size)))
            for village, size in zip(villages, sizes, strict=True)
        ]
        told = weighted(strata)
        held += told.low <= whole <= told.high
    assert 0.935 <= held / 2000 <= 0.975


def test_shares_of_all_and_of_none_have_an_interval_too():
    told = weighted([Counted(500, 25, 25), Counted(500, 25, 25)])
    assert (told.share, told.high) == (1.0, 1.0)
    assert told.low == wilson(50, 50).low
    assert weighted([Counted(500, 0, 0)]) is None


async def test_a_survey_is_planned_once_by_whoever_leads_all_of_its_division(cast):
    id = ids.uuid7()
    first, second = [await planned(cast, id=id, households=1) for _ in range(2)]
    assert first == second
    with pytest.raises(DifferentArguments):
        await planned(cast, id=id, households=2)
    with pytest.raises(Forbidden):
        await survey_planning.plan_survey(id=ids.uuid7(), new=wave(), by=cast.operator)
    with pytest.raises(NotYourSurvey):
        await planned(cast, division_code=OTHER_COUNTY)


@pytest.mark.parametrize(
    "changes",
    [
        {"ends_on": NINE.date() - DAY},
        {"ends_on": NINE.date() + 92 * DAY},
        {"questions": [QUESTION, QUESTION]},
        {"questions": [SurveyQuestion(code="x", text="？", choices=[CONTENT[0], CONTENT[0]])]},
    ],
)
async def test_a_survey_that_cannot_be_so_is_refused(cast, changes):
    with pytest.raises(Invalid):
        await planned(cast, **changes)


async def test_a_survey_whose_last_day_is_over_closes_by_itself(cast):
    survey = await planned(cast)
    with clock.stopped(NINE + 30 * DAY):
        await surveys.close_over()
        assert (await surveys.get_survey(survey_id=survey.id, by=cast.supervisor)).state is WaveState.DRAWN
    with clock.stopped(NINE + 31 * DAY):
        await surveys.close_over()
    assert (await surveys.get_survey(survey_id=survey.id, by=cast.supervisor)).state is WaveState.CLOSED
    assert await drawn(survey) == []


async def test_a_survey_is_looked_at_before_it_is_drawn_with_who_is_left_out_and_why(cast):
    first = await planned(cast, division_code=VILLAGE, households=1)
    call = await rung(first, cast.operator)
    await said(first, call, cast.operator, DECLINED, never_again=True)
    await fetch("UPDATE people_household SET contact_phone_sealed = NULL WHERE id = $1", cast.next_household)
    found = await survey_preview.preview_survey(
        division_code=COUNTY, strata=StrataBy.VILLAGE, households=20, by=cast.supervisor
    )
    had = set(await drawn(first))
    still = {cast.household, cast.second_household, cast.third_household} - had
    assert (found.frame_n, found.drawn_n, found.margin) == (len(still), len(still), 0.0)
    assert (found.left_out.no_number, found.left_out.opted_out) == (1, 1)
    assert found.left_out.drawn_this_year == 3 - len(still) - 1
    again = await planned(cast, households=20)
    assert {each.code: each.drawn_n for each in again.strata} == {each.code: each.drawn_n for each in found.strata}


async def test_a_number_that_is_somebody_elses_is_rung_no_more(cast):
    survey = await planned(cast, division_code=NEXT_VILLAGE)
    call = await rung(survey, cast.operator)
    for created in (True, False):
        outcome = await said(survey, call, cast.operator, WRONG_NUMBER)
        assert (outcome.created, outcome.record.state) == (created, DrawState.UNREACHABLE)
    with clock.stopped(NINE + DAY):
        assert await rung(survey, cast.operator) is None


async def test_whoever_asks_again_for_the_household_he_has_gets_it_again_and_nobody_else_does(cast):
    survey = await planned(cast, households=4)
    coming = await survey_asking.coming_survey_call(survey_id=survey.id, by=cast.operator)

    async def asked(by):
        found = await survey_asking.next_survey_call(survey_id=survey.id, by=by, request_id="test", draw_id=coming)
        return found.call

    first, second = [await asked(cast.operator) for _ in range(2)]
    assert (first.draw_id, first) == (coming, second)
    assert (await asked(cast.supervisor)).draw_id != coming
    assert await survey_asking.coming_survey_call(survey_id=survey.id, by=cast.operator) != coming
    await said(survey, first, cast.operator)
    assert (await asked(cast.operator)).draw_id != coming
