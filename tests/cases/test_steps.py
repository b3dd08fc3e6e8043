import asyncio
from datetime import timedelta

import pytest

from backend.cases import dispatching, ending, records, working
from backend.cases.refusals import CaseUnknown, NoRoute, NotYourStep, SameUnit, UnitUnknown
from backend.cases.rules import ReasonNeeded, StepNotOpen
from backend.cases.steps import take
from backend.cases.words import CaseOutcome, CaseState, Satisfaction, Stage
from backend.core import clock, database, ids
from backend.core.refusals import DifferentArguments
from backend.deadlines.tables import SuspensionReason
from backend.rosters.actions import publish_shifts
from backend.rosters.roster_schemas import NewRoster, NewShift
from backend.rosters.tables import Post
from tests.cases.desk import ROADS


async def lines(case_id, by):
    return (await records.get_case(case_id=case_id, by=by, timeline=True)).timeline


async def tasks_of(person):
    rows = await database.fetch("SELECT title_zh, state, urgency FROM tasks_task WHERE assignee = $1", person.person_id)
    return [tuple(row) for row in rows]


async def test_dispatch_goes_to_the_unit_proposed_and_tells_its_duty_person(desk):
    case = (await desk.open()).case
    sent = await dispatching.dispatch(case_id=case.id, id=ids.uuid7(), by=desk.clerk)

    assert (sent.state, sent.stage) == (CaseState.DISPATCHED, Stage.DISPATCHED)
    assert sent.assignee_unit.id == desk.water
    assert sent.owner_unit.id == desk.hotline
    assert {each.unit_id for each in sent.clocks} == {desk.water}
    assert await tasks_of(desk.plumber) == [(f"新工单 {case.number}，请接手办理。", "open", "high")]
    told = await database.fetch("SELECT category, link FROM push_notice")
    assert [tuple(row) for row in told] == [("service", f"/console/cases/{case.id}")]


async def test_an_emergency_is_told_as_one_at_any_hour(desk):
    await desk.dispatched(policy_code="emergency")

    assert [row["category"] for row in await database.fetch("SELECT category FROM push_notice")] == ["emergency"]
    assert (await tasks_of(desk.plumber))[0][2] == "emergency"


async def test_at_night_whoever_is_on_a_shift_is_told_at_once_and_whoever_comes_next_in_the_morning(desk):
    evening = clock.local(clock.now()).replace(hour=20, minute=0, second=0, microsecond=0)
    for day, began in ((1, True), (2, False)):  # on the second evening his shift is still to come
        at = evening + timedelta(days=day)
        with clock.stopped(at):
            shift = NewShift(
                person_id=desk.plumber.person_id,
                starts_at=at if began else at + timedelta(hours=6),
                ends_at=at + timedelta(hours=10),
            )
            roster = NewRoster(
                unit_id=desk.water, post=Post.PHONE, starts_at=shift.starts_at, ends_at=shift.ends_at, shifts=[shift]
            )
            await publish_shifts(new=roster, by=desk.cast.supervisor)
        with clock.stopped(evening + timedelta(days=day, hours=3)):
            await desk.dispatched()

    told = await database.fetch(
        "SELECT r.day FROM push_recipient r JOIN push_notice n ON n.id = r.notice "
        "WHERE n.origin_room = 'cases' ORDER BY n.made_at"
    )
    assert [row["day"] for row in told] == [None, (evening + timedelta(days=3)).date()]


async def test_without_a_route_the_desk_has_to_choose(desk):
    case = (await desk.open(category_code=ROADS)).case
    with pytest.raises(NoRoute):
        await dispatching.dispatch(case_id=case.id, id=ids.uuid7(), by=desk.clerk)
    with pytest.raises(UnitUnknown):
        await dispatching.dispatch(case_id=case.id, id=ids.uuid7(), unit_id=ids.uuid7(), by=desk.clerk)


async def test_the_first_unit_owns_what_a_citizen_opened_himself(desk):
    from backend.cases import opening

    case = (await opening.open_case(new=desk.new(), by=None)).record.case
    sent = await dispatching.dispatch(case_id=case.id, id=ids.uuid7(), by=desk.clerk)

    assert sent.owner_unit.id == desk.water


async def test_a_step_taken_twice_changes_nothing_and_its_id_stands_for_nothing_else(desk):
    case, id = (await desk.open()).case, ids.uuid7()
    first = await dispatching.dispatch(case_id=case.id, id=id, by=desk.clerk)
    again = await dispatching.dispatch(case_id=case.id, id=id, by=desk.clerk)

    assert again == first
    assert len(await lines(case.id, desk.clerk)) == 2
    with pytest.raises(DifferentArguments):
        await dispatching.dispatch(case_id=case.id, id=id, unit_id=desk.roads, by=desk.clerk)
    with pytest.raises(DifferentArguments):
        await working.note(case_id=case.id, id=id, remark="别的事", by=desk.clerk)
    other = (await desk.open()).case
    with pytest.raises(DifferentArguments):
        await dispatching.dispatch(case_id=other.id, id=id, by=desk.clerk)


async def test_whoever_takes_it_in_hand_has_it_and_his_task_is_done(desk):
    case = await desk.dispatched()
    taken = await dispatching.take_in_hand(case_id=case.id, id=ids.uuid7(), by=desk.plumber)

    assert (taken.state, taken.assignee.id) == (CaseState.IN_HAND, desk.plumber.person_id)
    assert [state for _, state, _ in await tasks_of(desk.plumber)] == ["done"]


async def test_the_owner_never_moves_by_a_transfer_and_the_second_hop_is_told(desk):
    case = await desk.dispatched()
    first = await dispatching.transfer(
        case_id=case.id, id=ids.uuid7(), to_unit_id=desk.roads, reason="是路面塌了压坏的", by=desk.plumber
    )
    assert (first.owner_unit.id, first.assignee_unit.id, first.hops) == (desk.hotline, desk.roads, 1)
    assert not first.second_hop
    assert await tasks_of(desk.cast.supervisor) == []

    second = await dispatching.transfer(
        case_id=case.id, id=ids.uuid7(), to_unit_id=desk.water, reason="路面没问题", by=desk.mason
    )
    assert (second.owner_unit.id, second.hops, second.second_hop) == (desk.hotline, 2, True)
    assert [(line.kind, line.public) for line in await lines(case.id, desk.clerk)][-1] == ("second_hop", False)
    [(title, state, _)] = await tasks_of(desk.cast.supervisor)
    assert (title, state) == (f"工单 {case.number} 已经转办 2 次，请确定由谁办理。", "open")


async def test_a_transfer_needs_a_reason_and_another_unit(desk):
    case = await desk.dispatched()
    with pytest.raises(ReasonNeeded):
        await dispatching.transfer(case_id=case.id, id=ids.uuid7(), to_unit_id=desk.roads, reason=" ", by=desk.plumber)
    with pytest.raises(SameUnit):
        await dispatching.transfer(case_id=case.id, id=ids.uuid7(), to_unit_id=desk.water, reason="不", by=desk.plumber)


async def test_suspending_stops_both_clocks_and_resuming_starts_them(desk):
    case = await desk.dispatched()
    still = await working.suspend(
        case_id=case.id,
        id=ids.uuid7(),
        reason_code=SuspensionReason.WAITING_FOR_CITIZEN.value,
        remark="等您找到房产证",
        by=desk.plumber,
    )
    assert still.state == CaseState.SUSPENDED
    assert {each.state for each in still.clocks} == {"suspended"}

    on = await working.resume(case_id=case.id, id=ids.uuid7(), by=desk.plumber)
    assert on.state == CaseState.IN_HAND
    assert {each.state for each in on.clocks} == {"running"}


async def test_an_answer_in_substance_stops_only_the_clock_for_reporting_back(desk):
    case = await desk.dispatched()
    told = await working.respond(case_id=case.id, id=ids.uuid7(), remark="明天上午来修", by=desk.plumber)

    assert {each.kind: each.state for each in told.clocks} == {"response": "stopped", "handling": "running"}
    assert told.responded_at is not None
    assert told.state == CaseState.DISPATCHED

    still = await working.suspend(case_id=case.id, id=ids.uuid7(), reason_code="other", remark="下雨", by=desk.plumber)
    assert {each.kind: each.state for each in still.clocks} == {"response": "stopped", "handling": "suspended"}


async def test_resolved_explained_and_rejected_are_told_apart_and_stop_both_clocks(desk):
    solved = await desk.resolved()
    one, other = await desk.dispatched(), await desk.dispatched()
    explained = await working.explain(
        case_id=one.id, id=ids.uuid7(), reason_code="no_budget", remark="今年没有这笔钱", by=desk.plumber
    )
    rejected = await working.reject(case_id=other.id, id=ids.uuid7(), reason="水管是邻居家的", by=desk.plumber)

    ended = [(case.state, case.outcome) for case in (solved, explained, rejected)]
    assert ended == [
        (CaseState.RESOLVED, CaseOutcome.SOLVED),
        (CaseState.EXPLAINED, CaseOutcome.EXPLAINED),
        (CaseState.UNREASONABLE, CaseOutcome.UNREASONABLE),
    ]
    for case in (solved, explained, rejected):
        assert {each.state for each in case.clocks} == {"stopped"}
        assert case.closed_at is not None
    assert {state for _, state, _ in await tasks_of(desk.plumber)} == {"withdrawn"}


async def test_answered_and_evaluated_by_the_citizen(desk):
    case = await desk.resolved()
    answered = await ending.answer(case_id=case.id, id=ids.uuid7(), remark="修好了，请放心用", by=desk.plumber)
    assert answered.stage == Stage.ANSWERED
    said = await ending.evaluate(case_id=case.id, id=ids.uuid7(), satisfaction=Satisfaction.SATISFIED, by=None)

    assert (said.stage, said.satisfaction) == (Stage.EVALUATED, Satisfaction.SATISFIED)


async def test_what_was_rejected_may_be_contested_and_runs_on_new_clocks(desk):
    case = await desk.dispatched()
    await working.reject(case_id=case.id, id=ids.uuid7(), reason="不归我们管", by=desk.plumber)
    again = await ending.contest(case_id=case.id, id=ids.uuid7(), reason="就是公家的水管", by=None)

    assert (again.state, again.stage, again.reopened_n) == (CaseState.REOPENED, Stage.RECEIVED, 1)
    assert (again.outcome, again.resolved_at, again.closed_at) == (None, None, None)
    assert {(each.state, each.round) for each in again.clocks} == {("running", 2)}
    sent = await dispatching.dispatch(case_id=case.id, id=ids.uuid7(), by=desk.clerk)
    assert sent.state == CaseState.DISPATCHED


async def test_a_case_that_comes_back_is_told_to_the_unit_that_had_it(desk):
    case = await desk.resolved()
    await ending.reopen(case_id=case.id, id=ids.uuid7(), reason="又漏了", by=None)

    assert [(title, state) for title, state, _ in await tasks_of(desk.plumber) if state == "open"] == [
        (f"工单 {case.number} 群众不认可，请重新办理。", "open")
    ]


async def test_a_citizen_withdraws_and_what_waited_is_settled(desk):
    case = await desk.dispatched()
    gone = await ending.withdraw(case_id=case.id, id=ids.uuid7(), by=None)

    assert (gone.state, gone.outcome) == (CaseState.WITHDRAWN, CaseOutcome.WITHDRAWN)
    assert {each.state for each in gone.clocks} == {"stopped"}
    assert [state for _, state, _ in await tasks_of(desk.plumber)] == ["withdrawn"]


async def test_internal_words_and_public_ones_are_told_apart_when_written(desk):
    case = (await desk.open()).case
    await dispatching.dispatch(case_id=case.id, id=ids.uuid7(), remark="来电人着急", by=desk.clerk)
    await working.note(case_id=case.id, id=ids.uuid7(), remark="明天有雨", by=desk.plumber)
    told = [(line.kind, line.public, line.said.get("remark")) for line in await lines(case.id, desk.clerk)]

    assert told == [
        ("opened", True, None),
        ("dispatched", True, None),
        ("noted", False, "来电人着急"),
        ("noted", False, "明天有雨"),
    ]


async def test_steps_are_the_units_the_desks_or_the_citizens(desk):
    case = (await desk.open()).case
    with pytest.raises(CaseUnknown):  # not theirs yet: for them there is no such case
        await dispatching.dispatch(case_id=case.id, id=ids.uuid7(), by=desk.plumber)
    with pytest.raises(CaseUnknown):
        await dispatching.dispatch(case_id=case.id, id=ids.uuid7(), by=desk.cast.stranger)
    with pytest.raises(NotYourStep):
        await dispatching.dispatch(case_id=case.id, id=ids.uuid7(), by=desk.cast.auditor)
    await dispatching.dispatch(case_id=case.id, id=ids.uuid7(), by=desk.clerk)
    with pytest.raises(NotYourStep):
        await working.resolve(case_id=case.id, id=ids.uuid7(), remark="好了", by=desk.clerk)
    with pytest.raises(NotYourStep):
        await ending.withdraw(case_id=case.id, id=ids.uuid7(), by=desk.plumber)
    with pytest.raises(CaseUnknown):
        await working.resolve(case_id=case.id, id=ids.uuid7(), remark="好了", by=desk.mason)


async def test_the_cadre_who_opened_it_dispatches_it_and_writes_down_what_the_citizen_says(desk):
    case = (await desk.open(by=desk.cast.cadre, household_id=desk.cast.household)).case
    await dispatching.dispatch(case_id=case.id, id=ids.uuid7(), by=desk.cast.cadre)
    await working.resolve(case_id=case.id, id=ids.uuid7(), remark="好了", by=desk.plumber)
    await ending.answer(case_id=case.id, id=ids.uuid7(), remark="修好了", by=desk.cast.cadre)
    said = await ending.evaluate(
        case_id=case.id, id=ids.uuid7(), satisfaction=Satisfaction.DISSATISFIED, remark="水压小", by=desk.cast.cadre
    )
    assert said.satisfaction == Satisfaction.DISSATISFIED


async def test_a_step_out_of_order_says_what_would_be_in_order(desk):
    case = (await desk.open()).case
    with pytest.raises(StepNotOpen) as refused:
        await ending.evaluate(case_id=case.id, id=ids.uuid7(), satisfaction=Satisfaction.SATISFIED, by=None)
    assert "dispatched" in refused.value.facts["open_steps"]


async def test_of_two_dispatches_at_once_one_is_taken_and_the_other_refused(desk):
    case = (await desk.open()).case
    done = await asyncio.gather(
        dispatching.dispatch(case_id=case.id, id=ids.uuid7(), unit_id=desk.water, by=desk.clerk),
        dispatching.dispatch(case_id=case.id, id=ids.uuid7(), unit_id=desk.roads, by=desk.clerk),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in done) == ["CaseRecord", "StepNotOpen"]
    assert [line.seq for line in await lines(case.id, desk.clerk)] == [1, 2]


async def test_one_dispatch_sent_five_times_at_once_is_taken_once(desk):
    case, id = (await desk.open()).case, ids.uuid7()
    done = await asyncio.gather(*(dispatching.dispatch(case_id=case.id, id=id, by=desk.clerk) for _ in range(5)))

    assert {each.version for each in done} == {2}
    assert len(await lines(case.id, desk.clerk)) == 2
    assert len(await tasks_of(desk.plumber)) == 1


async def test_resolve_against_transfer_leaves_one_of_the_two_and_a_whole_chain(desk):
    from backend.cases import anchors

    case = await desk.dispatched()
    await asyncio.gather(
        working.resolve(case_id=case.id, id=ids.uuid7(), remark="好了", by=desk.plumber),
        dispatching.transfer(case_id=case.id, id=ids.uuid7(), to_unit_id=desk.roads, reason="不归我们", by=desk.clerk),
        return_exceptions=True,
    )
    now = await records.get_case(case_id=case.id, by=desk.clerk, timeline=True)

    assert now.state in (CaseState.RESOLVED, CaseState.DISPATCHED)
    assert (now.state == CaseState.RESOLVED) == (now.hops == 0)
    assert (await anchors.verify(case_id=case.id)).intact


async def test_a_room_that_tells_whom_it_concerns_dispatches_quietly(desk):
    case, id = (await desk.open(by=desk.cast.operator)).case, ids.uuid7()
    for _ in range(2):
        await dispatching.dispatch_quietly(case_id=case.id, id=id, unit_id=desk.water)
    sent = await records.get_case(case_id=case.id, by=desk.clerk)
    assert (sent.state, sent.assignee_unit.id, sent.owner_unit.id) == (CaseState.DISPATCHED, desk.water, desk.water)
    assert await database.fetch("SELECT 1 FROM tasks_task") == []
    with pytest.raises(UnitUnknown):
        await dispatching.dispatch_quietly(case_id=(await desk.open()).case.id, id=ids.uuid7(), unit_id=ids.uuid7())


async def test_a_correction_follows_an_answer_is_public_and_leaves_the_case_where_it_is(desk):
    case, said = await desk.dispatched(), {"words": "不是大斑病，是锈病"}
    with pytest.raises(StepNotOpen):
        await take("corrected", case_id=case.id, id=ids.uuid7(), by=desk.plumber, said=said)
    await working.resolve(case_id=case.id, id=ids.uuid7(), remark="大斑病", by=desk.plumber)
    await ending.answer(case_id=case.id, id=ids.uuid7(), remark="告诉您了", by=desk.plumber)
    await take("corrected", case_id=case.id, id=ids.uuid7(), by=desk.plumber, said=said)

    after = await records.get_case(case_id=case.id, by=desk.clerk, timeline=True)
    assert (after.state, after.timeline[-1].kind, after.timeline[-1].public) == (CaseState.ANSWERED, "corrected", True)
    assert "corrected" not in after.steps
