"""回访: who asked is asked once whether it helped, by day, at different hours; it is done again where it did not."""

import asyncio
from datetime import timedelta

import pytest

from backend.cases import dispatching, ending, records, working
from backend.cases.words import CaseState, Satisfaction
from backend.core import clock, ids
from backend.core.database import fetch
from backend.core.refusals import DifferentArguments, Invalid
from backend.hotline import callback_opening, callbacks, verifying
from backend.hotline.callback_opening import NewCallback
from backend.hotline.callback_policies import CALLBACK_POLICIES
from backend.hotline.callback_refusals import CallbackClosed, CallbackUnknown, NotYourCallback
from backend.hotline.callback_rules import next_try, part_of
from backend.hotline.callback_words import CallbackResult
from backend.hotline.words import CallbackReason, CallbackState, Supervised
from backend.people import actions
from backend.people.tables import UnitKind
from backend.push.wording import said
from tests.cases.desk import ROADS
from tests.cast import FARMER, VILLAGE
from tests.hotline.desk_cast import HOUR, NINE, Hotline, tasks_of, texts_about

SATISFIED, DISSATISFIED, SPOKEN = CallbackResult
RESOLVE, DAY = "管子又修了一遍", 24 * HOUR


@pytest.fixture
async def hotline(cast):
    made = await Hotline.open(cast)
    with clock.stopped(NINE):
        yield made


def shanghai(moment):
    return f"{clock.local(moment):%d %H:%M}"


async def test_a_resolved_case_is_asked_about_rung_in_vain_reopened_with_fresh_clocks_and_followed(hotline):
    case = await hotline.desk.resolved()
    await asyncio.gather(*(verifying.verify() for _ in range(4)))
    await verifying.verify()
    rows = await fetch('SELECT id FROM hotline_callback WHERE "case" = $1', case.id)
    assert len(rows) == 1
    first = await hotline.callback_of(case.id)
    assert (first.assignee_id, shanghai(first.due_at)) == (hotline.clerk.person_id, "24 09:00")
    assert [task["kind"] for task in await tasks_of(first.id, hotline.clerk)] == ["call"]

    second = await hotline.rang(first)
    assert (second.tries, shanghai(second.due_at), second.tries_left) == (1, "24 11:30", 2)
    with clock.stopped(NINE + 3 * HOUR):
        third = await hotline.rang(second)
    assert (third.tries, shanghai(third.due_at), third.assignee_id) == (2, "24 15:00", hotline.late.person_id)
    assert await tasks_of(first.id, hotline.clerk) == []
    assert len(await tasks_of(first.id, hotline.late)) == 1

    with clock.stopped(NINE + 7 * HOUR):
        closed = await hotline.rang(third, DISSATISFIED, words="水还是浑的", by=hotline.late)
        again = await records.get_case(case_id=case.id, by=hotline.supervisor, timeline=True)
        assert (closed.state, closed.supervised) == (CallbackState.REACHED, Supervised.DISSATISFIED)
        assert (again.state, again.reopened_n) == (CaseState.REOPENED, 1)
        assert {one.kind: one.opened_at for one in again.clocks if one.state == "running"} == dict.fromkeys(
            ("response", "handling"), clock.now()
        )
        assert [line.said["words"] for line in again.timeline if line.kind == "reopened"] == ["水还是浑的"]
        (follow,) = await tasks_of(first.id, hotline.supervisor)
        assert case.number in follow["title_zh"]
        assert await tasks_of(first.id, hotline.late) == []
        listed = await callbacks.list_callbacks(by=hotline.supervisor, closed=True, supervised=True)
        assert [each.id for each in listed.items] == [first.id]


async def test_whoever_is_satisfied_is_told_what_was_done_and_his_case_is_evaluated(hotline):
    case, callback = await hotline.asked()
    detail = await hotline.read(callback.id)
    assert (detail.done, detail.contact_name, detail.phone) == ("管子换好了", FARMER, "+8619900000051")
    done = await hotline.rang(callback, SATISFIED, words="挺好")
    after = await records.get_case(case_id=case.id, by=hotline.supervisor)
    assert (after.state, after.satisfaction) == (CaseState.EVALUATED, Satisfaction.SATISFIED)
    assert (done.state, done.satisfaction, done.supervised) == (CallbackState.REACHED, Satisfaction.SATISFIED, None)
    assert (await hotline.read(callback.id)).phone is None


async def test_whoever_says_nothing_of_it_was_told_all_the_same(hotline):
    case, callback = await hotline.asked()
    done = await hotline.rang(callback, SPOKEN)
    after = await records.get_case(case_id=case.id, by=hotline.supervisor)
    assert (after.state, after.satisfaction, done.satisfaction) == (CaseState.ANSWERED, None, None)


async def test_he_is_written_to_before_and_after(hotline):
    _, callback = await hotline.asked()
    assert callback.told_at == clock.now()
    with clock.stopped(NINE + HOUR):
        await hotline.rang(callback, SATISFIED)
    before, after = [each for each in await texts_about(callback.id) if "您" in each]
    assert "2026-11-24 09:00" in before
    assert "谢谢" in after


async def test_three_tries_in_different_parts_of_the_day_and_he_is_unreachable(hotline):
    case, callback = await hotline.asked()
    for hours in (0, 3, 6):
        with clock.stopped(NINE + hours * HOUR):
            callback = await hotline.rang(callback, by=hotline.late)
    assert (callback.state, callback.satisfaction) == (CallbackState.UNREACHABLE, Satisfaction.UNREACHABLE)
    assert (await records.get_case(case_id=case.id, by=hotline.supervisor)).state == CaseState.RESOLVED
    with pytest.raises(CallbackClosed):
        await hotline.rang(callback)


async def test_one_who_was_told_before_is_evaluated_as_unreachable(hotline):
    case = await hotline.desk.resolved()
    await ending.answer(case_id=case.id, id=ids.uuid7(), remark="修好了", by=hotline.clerk)
    await verifying.verify()
    callback = await hotline.callback_of(case.id)
    for hours in (0, 3, 6):
        with clock.stopped(NINE + hours * HOUR):
            callback = await hotline.rang(callback)
    after = await records.get_case(case_id=case.id, by=hotline.supervisor)
    assert (after.state, after.satisfaction) == (CaseState.EVALUATED, Satisfaction.UNREACHABLE)


async def test_tries_in_the_same_part_of_the_day_count_once_and_at_night_not_at_all(hotline):
    _, callback = await hotline.asked()
    for minutes in (0, 30, 60):
        with clock.stopped(NINE + timedelta(minutes=minutes)):
            callback = await hotline.rang(callback)
    assert callback.tries == 1
    with clock.stopped(NINE + 13 * HOUR):
        callback = await hotline.rang(callback, by=hotline.late)
    assert (callback.tries, shanghai(callback.due_at)) == (1, "25 11:30")


def test_no_try_is_ever_due_at_night():
    policy = CALLBACK_POLICIES[0]
    for minutes in range(0, 48 * 60, 7):
        for tried in ((), policy.parts[:1], policy.parts[1:], policy.parts):
            due = next_try(NINE + timedelta(minutes=minutes), tried=tried, policy=policy)
            assert due >= NINE + timedelta(minutes=minutes)
            assert part_of(due, policy) in (set(policy.parts) - set(tried) or set(policy.parts))


async def test_what_is_resolved_at_night_waits_for_the_morning_and_its_shift(hotline):
    with clock.stopped(NINE - 7 * HOUR):
        _, callback = await hotline.asked()
    assert (shanghai(callback.due_at), callback.assignee_id) == ("24 08:30", hotline.clerk.person_id)


async def test_what_is_due_goes_to_whoever_is_on_duty_by_then(hotline):
    _, callback = await hotline.asked()
    with clock.stopped(NINE + 8 * HOUR):
        await verifying.verify()
        await verifying.verify()
    assert (await hotline.read(callback.id)).callback.assignee_id == hotline.late.person_id
    assert await tasks_of(callback.id, hotline.clerk) == []
    assert len(await tasks_of(callback.id, hotline.late)) == 1


async def test_at_night_nobody_is_asked_to_ring_about_how_it_was(hotline):
    _, callback = await hotline.asked()
    with clock.stopped(NINE + 12 * HOUR):
        await verifying.verify()
    assert (await hotline.read(callback.id)).callback.assignee_id == hotline.clerk.person_id


async def missed(hotline, unit_id):
    """A call that nobody took, whose caller is to be rung back."""
    new = NewCallback(
        id=ids.uuid7(),
        reason=CallbackReason.MISSED_CALL,
        unit_id=unit_id,
        division_code=VILLAGE,
        due_at=clock.now(),
    )
    id = await callback_opening.open_callback(new)
    return (await hotline.read(id)).callback


async def test_whose_call_was_missed_is_rung_at_any_hour_soon_again_and_not_asked_how_it_was(hotline):
    with clock.stopped(NINE + 14 * HOUR):  # eleven at night
        callback = await missed(hotline, hotline.desk.hotline)
        with pytest.raises(Invalid):
            await hotline.rang(callback, SATISFIED, by=hotline.late)
        again = await hotline.rang(callback, by=hotline.late)
        assert (again.tries, shanghai(again.due_at)) == (1, "24 23:10")
        (task,) = await tasks_of(callback.id, hotline.late)
        assert task["title_zh"] == said("zh", callback_opening.TITLES[CallbackReason.MISSED_CALL])
        again = await hotline.rang(again, by=hotline.late)
        assert (again.tries, shanghai(again.due_at)) == (2, "25 00:00")
        done = await hotline.rang(again, SPOKEN, by=hotline.late)
        assert (done.state, done.satisfaction, done.case_id) == (CallbackState.REACHED, None, None)
    assert await tasks_of(callback.id, hotline.late) == []


async def test_whose_call_was_missed_counts_as_unreachable_after_three_tries(hotline):
    callback = await missed(hotline, hotline.desk.hotline)
    for _ in range(3):
        callback = await hotline.rang(callback)
    assert (callback.state, callback.satisfaction) == (CallbackState.UNREACHABLE, None)


async def test_a_missed_call_tried_in_vain_goes_to_the_next_shift(hotline):
    callback = await hotline.rang(await missed(hotline, hotline.desk.hotline))
    with clock.stopped(NINE + 6 * HOUR):
        await verifying.verify()
    assert len(await tasks_of(callback.id, hotline.late)) == 1


async def test_a_case_that_was_done_again_is_asked_about_again_and_followed(hotline):
    case, callback = await hotline.asked()
    await hotline.rang(callback, DISSATISFIED, words="没修好")
    await working_again(hotline, case)
    await verifying.verify()
    again = await hotline.callback_of(case.id, round=1)
    assert again.supervised is Supervised.REPEATED
    assert len(await tasks_of(again.id, hotline.supervisor)) == 1
    await hotline.rang(again, SATISFIED)
    assert await tasks_of(again.id, hotline.supervisor) == []


async def working_again(hotline, case):
    await dispatching.dispatch(case_id=case.id, id=ids.uuid7(), unit_id=hotline.desk.water, by=hotline.clerk)
    await working.resolve(case_id=case.id, id=ids.uuid7(), remark=RESOLVE, by=hotline.desk.plumber)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"category_code": "planning_construction.road_danger"}, Supervised.EMERGENCY),
        ({"category_code": "justice_rights.conduct"}, Supervised.RUDENESS),
        ({"category_code": ROADS}, None),
    ],
)
async def test_emergencies_and_complaints_about_conduct_are_followed_by_a_supervisor(hotline, changes, why):
    _, callback = await hotline.asked(**changes)
    assert callback.supervised == why
    assert len(await tasks_of(callback.id, hotline.supervisor)) == (1 if why else 0)


async def test_nobody_is_rung_whose_case_came_back_or_who_said_so_himself(hotline):
    case, callback = await hotline.asked()
    other, second = await hotline.asked(title="村西路灯坏了")
    await ending.reopen(case_id=case.id, id=ids.uuid7(), reason="又停水了", by=None)
    await ending.answer(case_id=other.id, id=ids.uuid7(), remark="修好了", by=hotline.clerk)
    await ending.evaluate(case_id=other.id, id=ids.uuid7(), satisfaction=Satisfaction.SATISFIED, by=None)
    with pytest.raises(CallbackClosed):
        await hotline.rang(callback, SATISFIED)
    await verifying.verify()
    states = [(await hotline.read(each.id)).callback.state for each in (callback, second)]
    assert states == [CallbackState.MOOT] * 2
    assert await tasks_of(callback.id, hotline.clerk) == []


async def test_nobody_is_rung_about_what_has_no_number_or_ended_long_ago(hotline):
    without = await hotline.desk.resolved(contact_name=None, contact_phone=None)
    with clock.stopped(NINE - 8 * DAY):
        old = await hotline.desk.resolved()
    await verifying.verify()
    rows = await fetch('SELECT id FROM hotline_callback WHERE "case" = ANY($1)', [without.id, old.id])
    assert rows == []


async def test_a_household_without_a_number_in_its_case_is_rung_at_its_own(hotline):
    _, callback = await hotline.asked(contact_phone=None, contact_name=None, household_id=hotline.cast.household)
    assert (await hotline.read(callback.id)).phone == "+8619900000051"


async def test_the_number_is_for_whoever_rings_and_every_reading_is_logged(hotline):
    _, callback = await hotline.asked()
    assert (await hotline.read(callback.id, by=hotline.cast.auditor)).phone is None
    await hotline.read(callback.id)
    rows = await fetch("SELECT person, fields FROM people_access_log WHERE subject_id = $1", callback.id)
    assert [(row["person"], row["fields"]) for row in rows] == [(hotline.clerk.person_id, ["phone"])]
    with pytest.raises(CallbackUnknown):
        await hotline.read(callback.id, by=hotline.cast.stranger)


async def test_no_unit_asks_about_its_own_work(hotline):
    _, callback = await hotline.asked()
    await fetch("UPDATE hotline_callback SET unit = $2 WHERE id = $1", callback.id, hotline.desk.water)
    with pytest.raises(NotYourCallback):
        await hotline.rang(callback, SATISFIED, by=hotline.desk.plumber)


async def test_a_try_twice_is_one_and_another_under_its_id_is_refused(hotline):
    _, callback = await hotline.asked()
    id = ids.uuid7()
    once, twice = [await hotline.rang(callback, SATISFIED, id=id) for _ in range(2)]
    assert once == twice
    with pytest.raises(DifferentArguments):
        await hotline.rang(callback, DISSATISFIED, words="不好", id=id)
    assert len((await hotline.read(callback.id)).tries) == 1


@pytest.mark.parametrize(
    "said",
    [
        {"result": DISSATISFIED, "words": "  "},
        {"at": NINE + HOUR},
        {"at": NINE - DAY},
    ],
)
async def test_what_cannot_be_so_is_refused(hotline, said):
    _, callback = await hotline.asked()
    with pytest.raises(Invalid):
        await hotline.rang(callback, said.pop("result", None), **said)


async def test_two_who_ring_at_the_same_time_close_it_once(hotline):
    case, callback = await hotline.asked()
    outcomes = await asyncio.gather(
        *(hotline.rang(callback, result, words="说了") for result in (SATISFIED, DISSATISFIED)), return_exceptions=True
    )
    assert sum(isinstance(each, CallbackClosed) for each in outcomes) == 1
    after = await records.get_case(case_id=case.id, by=hotline.supervisor)
    assert after.state in (CaseState.EVALUATED, CaseState.REOPENED)


async def test_a_case_that_no_unit_owns_is_asked_about_by_the_desk_and_not_by_the_station_next_door(hotline):
    await actions.open_unit(id=ids.uuid7(), name="村联络点", kind=UnitKind.STATION, division_code=VILLAGE)
    case = await hotline.desk.resolved()
    await fetch("UPDATE cases_case SET owner_unit = NULL, assignee_unit = NULL WHERE id = $1", case.id)
    await verifying.verify()

    callback = await hotline.callback_of(case.id)
    assert (callback.unit_id, callback.assignee_id) == (hotline.desk.hotline, hotline.clerk.person_id)
