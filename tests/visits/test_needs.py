"""What became of what was asked for: four states, four totals, and the right to contest."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from backend.cases import ending, merging, working
from backend.cases.records import get_case
from backend.cases.timeline import verify
from backend.core.clock import now, stopped, today
from backend.core.database import fetch, fetch_row
from backend.core.ids import uuid7
from backend.core.refusals import DifferentArguments, Forbidden
from backend.visits.actions import record_visit
from backend.visits.need_schemas import NeedFilters
from backend.visits.needs import (
    NeedCannotMove,
    NeedUnknown,
    RemarkNeeded,
    contest_need,
    get_need,
    list_needs,
    move_need,
    my_needs,
    need_totals,
)
from backend.visits.schemas import NewNeed, NewVisit
from backend.visits.tables import Channel, NeedState
from tests.visits.fieldwork import FAR_VILLAGE

PASSED_ON, SOLVED, UNREASONABLE = NeedState.PASSED_ON, NeedState.SOLVED, NeedState.UNREASONABLE


@pytest.fixture
async def household(fieldwork):
    return await fieldwork.household("H1", served_by=fieldwork.cadre)


@pytest.fixture
async def need(fieldwork, household):
    """Recorded by the verb, with the visit in which it was said."""
    said = NewNeed(category="production.irrigation", description="灌溉渠堵塞")
    contact = NewVisit(id=uuid7(), channel=Channel.VISIT, occurred_at=now(), household_id=household, needs=[said])
    return (await record_visit(new=contact, by=fieldwork.cadre, door="api")).record.needs[0].id


async def unreasonable(need, by):
    await move_need(need_id=need, to_state=PASSED_ON, by=by)
    await move_need(need_id=need, to_state=UNREASONABLE, remark="超出政策范围", by=by)


async def ids(page):
    return {found.id for found in (await page).items}


async def test_a_need_goes_from_received_over_passed_on_to_solved_and_every_step_is_kept(fieldwork, need):
    await move_need(need_id=need, to_state=PASSED_ON, remark="转水利站", by=fieldwork.cadre)
    moved = await move_need(need_id=need, to_state=SOLVED, remark="已清淤", by=fieldwork.handler)

    history = await get_need(need_id=need, by=fieldwork.cadre)
    assert moved.created
    assert history.need.state == SOLVED
    assert [(step.event, step.from_state, step.to_state, step.by_name) for step in history.steps] == [
        ("opened", None, "received", fieldwork.cadre.name),
        ("moved", "received", "passed_on", fieldwork.cadre.name),
        ("moved", "passed_on", "solved", fieldwork.handler.name),
    ]
    assert history.need.last_step.remark == "已清淤"


async def test_nothing_is_solved_that_was_never_passed_on(fieldwork, need):
    with pytest.raises(NeedCannotMove) as refused:
        await move_need(need_id=need, to_state=SOLVED, by=fieldwork.cadre)

    assert refused.value.facts["open_states"] == ["passed_on"]


async def test_a_finding_of_unreasonable_takes_a_reason(fieldwork, need):
    await move_need(need_id=need, to_state=PASSED_ON, by=fieldwork.cadre)

    with pytest.raises(RemarkNeeded):
        await move_need(need_id=need, to_state=UNREASONABLE, remark="  ", by=fieldwork.cadre)
    assert (await get_need(need_id=need, by=fieldwork.cadre)).need.state == PASSED_ON


async def test_solved_is_taken_back_with_a_reason_only(fieldwork, need):
    for state in (PASSED_ON, SOLVED):
        await move_need(need_id=need, to_state=state, by=fieldwork.cadre)

    with pytest.raises(RemarkNeeded):
        await move_need(need_id=need, to_state=PASSED_ON, by=fieldwork.cadre)
    back = await move_need(need_id=need, to_state=PASSED_ON, remark="雨后又堵", by=fieldwork.cadre)
    assert back.record.state == PASSED_ON


async def test_a_contested_need_is_received_again_and_keeps_its_trace(fieldwork, need):
    await unreasonable(need, fieldwork.cadre)

    contested = await contest_need(need_id=need, remark="隔壁村同样的事办了", by=fieldwork.cadre)

    history = await get_need(need_id=need, by=fieldwork.cadre)
    assert contested.record.state == NeedState.RECEIVED
    assert contested.record.contested_at is not None
    assert [step.event for step in history.steps] == ["opened", "moved", "moved", "contested"]
    assert history.steps[2].remark == "超出政策范围"
    totals = await need_totals(by=fieldwork.supervisor)
    assert (totals.received, totals.not_passed_on, totals.unreasonable, totals.contested) == (1, 1, 0, 1)


async def test_unreasonable_is_left_by_a_contest_and_by_nothing_else(fieldwork, need):
    await unreasonable(need, fieldwork.cadre)

    for state in (NeedState.RECEIVED, PASSED_ON, SOLVED):
        with pytest.raises(NeedCannotMove):
            await move_need(need_id=need, to_state=state, remark="x", by=fieldwork.supervisor)


async def test_only_a_finding_of_unreasonable_can_be_contested(fieldwork, need):
    with pytest.raises(NeedCannotMove):
        await contest_need(need_id=need, remark="不服", by=fieldwork.cadre)


async def test_a_handler_moves_needs_of_his_territory_but_does_not_speak_for_the_citizen(fieldwork, need):
    await unreasonable(need, fieldwork.handler)

    with pytest.raises(Forbidden):
        await contest_need(need_id=need, remark="不服", by=fieldwork.handler)
    assert (await contest_need(need_id=need, remark="不服", by=fieldwork.supervisor)).created


async def test_the_same_step_twice_is_one_step_and_the_same_id_for_another_is_refused(fieldwork, need):
    step = uuid4()
    first = await move_need(id=step, need_id=need, to_state=PASSED_ON, remark="转办", by=fieldwork.cadre)
    again = await move_need(id=step, need_id=need, to_state=PASSED_ON, remark=" 转办 ", by=fieldwork.cadre)

    assert (first.created, again.created) == (True, False)
    with pytest.raises(DifferentArguments):
        await move_need(id=step, need_id=need, to_state=SOLVED, by=fieldwork.cadre)
    assert len((await get_need(need_id=need, by=fieldwork.cadre)).steps) == 2


async def test_a_late_retry_of_an_old_step_does_not_move_the_need_back(fieldwork, need):
    step = uuid4()
    await move_need(id=step, need_id=need, to_state=PASSED_ON, by=fieldwork.cadre)
    await move_need(need_id=need, to_state=SOLVED, by=fieldwork.cadre)

    late = await move_need(id=step, need_id=need, to_state=PASSED_ON, by=fieldwork.cadre)

    assert (late.created, late.record.state) == (False, SOLVED)


async def test_a_step_id_of_another_need_is_refused(fieldwork, need):
    other, step = await fieldwork.need(await fieldwork.visit(fieldwork.cadre)), uuid4()
    await move_need(id=step, need_id=other, to_state=PASSED_ON, by=fieldwork.cadre)

    with pytest.raises(DifferentArguments):
        await move_need(id=step, need_id=need, to_state=PASSED_ON, by=fieldwork.cadre)


async def test_a_contest_sent_twice_is_one_contest(fieldwork, need):
    await unreasonable(need, fieldwork.cadre)

    first = await contest_need(need_id=need, remark="不服", by=fieldwork.cadre)
    again = await contest_need(need_id=need, remark="不服", by=fieldwork.cadre)

    assert (first.created, again.created) == (True, False)


async def test_of_two_who_decide_at_the_same_time_one_is_refused(fieldwork, need):
    await move_need(need_id=need, to_state=PASSED_ON, by=fieldwork.cadre)

    answers = await asyncio.gather(
        move_need(need_id=need, to_state=SOLVED, by=fieldwork.cadre),
        move_need(need_id=need, to_state=UNREASONABLE, remark="无政策依据", by=fieldwork.supervisor),
        return_exceptions=True,
    )

    assert sorted(type(answer).__name__ for answer in answers) == ["NeedCannotMove", "Outcome"]
    assert len((await get_need(need_id=need, by=fieldwork.cadre)).steps) == 3


async def test_a_stranger_is_told_that_there_is_no_such_need(fieldwork, need):
    for by in (fieldwork.stranger, fieldwork.township_supervisor, fieldwork.successor):
        with pytest.raises(NeedUnknown):
            await get_need(need_id=need, by=by)
        with pytest.raises(NeedUnknown):
            await move_need(need_id=need, to_state=PASSED_ON, by=by)


async def test_open_needs_go_with_the_household_to_its_next_cadre(fieldwork, household, need):
    await fieldwork.serve(household, fieldwork.successor, since=today())

    assert await ids(list_needs(by=fieldwork.successor, filters=NeedFilters(mine=True))) == {need}
    moved = await move_need(need_id=need, to_state=PASSED_ON, by=fieldwork.successor)
    assert moved.record.responsible == fieldwork.successor.person_id
    with pytest.raises(Forbidden):
        await move_need(need_id=need, to_state=SOLVED, by=fieldwork.cadre)


async def test_who_handed_a_need_up_still_hears_what_became_of_it(fieldwork, household, need):
    await fieldwork.serve(household, fieldwork.successor, since=today())
    await move_need(need_id=need, to_state=PASSED_ON, remark="转水利站", by=fieldwork.successor)

    news = (await my_needs(by=fieldwork.cadre)).items

    assert [(item.id, item.state, item.last_step.remark) for item in news] == [(need, PASSED_ON, "转水利站")]
    assert (await my_needs(by=fieldwork.successor)).items == []


async def test_the_latest_news_comes_first_page_by_page(fieldwork):
    visit = await fieldwork.visit(fieldwork.cadre)
    needs = [await fieldwork.need(visit) for _ in range(3)]
    with stopped(now() + timedelta(minutes=1)):
        await move_need(need_id=needs[0], to_state=PASSED_ON, by=fieldwork.cadre)

    first = await my_needs(by=fieldwork.cadre, limit=2)
    second = await my_needs(by=fieldwork.cadre, limit=2, cursor=first.next_cursor)

    assert [item.id for item in first.items + second.items] == [needs[0], needs[2], needs[1]]
    assert second.next_cursor is None


async def test_a_need_without_a_household_belongs_to_who_recorded_it(fieldwork):
    need = await fieldwork.need(await fieldwork.visit(fieldwork.cadre))

    assert (await move_need(need_id=need, to_state=PASSED_ON, by=fieldwork.cadre)).created


async def test_a_list_of_needs_narrows_by_state_division_and_household(fieldwork, household, need):
    far = await fieldwork.need(await fieldwork.visit(fieldwork.cadre, village=FAR_VILLAGE), village=FAR_VILLAGE)
    await move_need(need_id=far, to_state=PASSED_ON, by=fieldwork.supervisor)

    async def found(**filters):
        return await ids(list_needs(by=fieldwork.supervisor, filters=NeedFilters(**filters)))

    assert await found() == {need, far}
    assert await found(state=PASSED_ON) == {far}
    assert await found(division_code="371526101000") == {need}
    assert await found(household_id=household) == {need}
    assert await found(received_from=now()) == set()
    assert await found(mine=True) == set()
    assert await ids(list_needs(by=fieldwork.township_supervisor)) == {far}


LIAOCHENG = {
    ("received", None): 250, ("reopened", None): 3,
    ("dispatched", None): 300, ("in_hand", None): 300, ("suspended", None): 43,
    ("resolved", "solved"): 9000, ("evaluated", "solved"): 31, ("answered", "answered_on_spot"): 10,
    ("unreasonable", "unreasonable"): 50, ("answered", "unreasonable"): 2,
}  # fmt: skip
"""The source's 9,989, 9,736, 9,041 and 52, by the state and outcome of each case."""


async def many_like(need, state, outcome, count):
    row = await fetch_row("SELECT to_jsonb(c) AS row FROM cases_case c WHERE id = $1", need)
    await fetch(
        """
        INSERT INTO cases_case SELECT (made).* FROM (
            SELECT jsonb_populate_record(NULL::cases_case, $1::jsonb || jsonb_build_object(
                'id', gen_random_uuid(), 'number', nextval('cases_number')::text, 'state', $2::text,
                'outcome', $3::text, 'closed_at', CASE WHEN $3::text IS NOT NULL THEN now() END)) AS made
            FROM generate_series(1, $4) OFFSET 0) each  -- without OFFSET it is made anew for each of its columns
        """,
        row["row"],
        state,
        outcome,
        count,
    )


async def test_the_four_totals_of_the_source_reconcile_in_one_query(fieldwork):
    visit = await fieldwork.visit(fieldwork.cadre)
    need = await fieldwork.need(visit)
    for (state, outcome), count in LIAOCHENG.items():
        await many_like(need, state, outcome, count)
    await fetch('DELETE FROM cases_event WHERE "case" = $1', need)
    await fetch('DELETE FROM cases_timeline_head WHERE "case" = $1', need)
    await fetch("DELETE FROM cases_case WHERE id = $1", need)

    totals = await need_totals(by=fieldwork.supervisor)

    assert (totals.received, totals.passed_on, totals.solved, totals.unreasonable) == (9989, 9736, 9041, 52)
    assert (totals.not_passed_on, totals.unsolved) == (253, 695)
    assert totals.received == totals.not_passed_on + totals.passed_on
    assert totals.passed_on == totals.open + totals.solved + totals.unreasonable + totals.explained
    assert (totals.passed_on_share, totals.solved_share) == (0.9747, 0.9051)
    assert (await need_totals(by=fieldwork.township_supervisor)).received == 0
    assert (await need_totals(by=fieldwork.cadre)).received == 9989


async def test_a_need_is_the_case_of_its_id_and_what_is_done_with_the_case_is_seen_here(fieldwork, need):
    await move_need(need_id=need, to_state=PASSED_ON, remark="转水利站", by=fieldwork.cadre)
    case = await get_case(case_id=need, by=fieldwork.cadre, timeline=True)
    await working.explain(
        case_id=need, id=uuid4(), reason_code="no_policy", remark="今年没有这项资金", by=fieldwork.cadre
    )

    found = (await get_need(need_id=need, by=fieldwork.cadre)).need
    totals = await need_totals(by=fieldwork.supervisor)
    assert (case.number, case.origin_room, case.origin_id) == (found.number, "visits", found.visit_id)
    assert [line.kind for line in case.timeline] == ["opened", "dispatched", "noted"]
    assert (found.state, found.last_step.remark) == (NeedState.EXPLAINED, "今年没有这项资金")
    assert (totals.received, totals.passed_on, totals.explained, totals.solved, totals.open) == (1, 1, 1, 0, 0)
    assert (await verify(case_id=need)).intact


async def test_what_is_explained_or_solved_goes_back_to_work_as_one_step(fieldwork, need):
    for state in (PASSED_ON, SOLVED):
        await move_need(need_id=need, to_state=state, by=fieldwork.cadre)
    step = uuid4()
    for _ in range(2):
        back = await move_need(id=step, need_id=need, to_state=PASSED_ON, remark="雨后又堵", by=fieldwork.cadre)

    history = await get_need(need_id=need, by=fieldwork.cadre)
    assert not back.created
    assert [(each.from_state, each.to_state, each.remark) for each in history.steps[2:]] == [
        (PASSED_ON, SOLVED, None),
        (SOLVED, PASSED_ON, "雨后又堵"),
    ]
    assert (await need_totals(by=fieldwork.supervisor)).contested == 0


async def test_what_is_wanted_no_more_counts_no_longer_as_received(fieldwork, need):
    await ending.withdraw(case_id=need, id=uuid4(), by=fieldwork.cadre)

    totals = await need_totals(by=fieldwork.supervisor)
    assert (totals.received, totals.withdrawn) == (0, 1)
    assert (await get_need(need_id=need, by=fieldwork.cadre)).need.state == NeedState.WITHDRAWN


async def test_a_need_that_was_merged_is_where_the_other_case_is(fieldwork, household, need):
    other = await fieldwork.need(await fieldwork.visit(fieldwork.cadre))
    await merging.merge(case_id=need, into_case_id=other, id=uuid4(), reason="同一条渠", by=fieldwork.supervisor)
    assert (await get_need(need_id=need, by=fieldwork.cadre)).need.state == NeedState.RECEIVED

    for state in (PASSED_ON, SOLVED):
        await move_need(need_id=other, to_state=state, by=fieldwork.cadre)
    assert (await need_totals(by=fieldwork.supervisor)).solved == 2


async def test_its_deadline_runs_from_when_it_was_said(fieldwork, household):
    said = NewNeed(category="production.irrigation", description="灌溉渠堵塞")
    at = now() - timedelta(days=2)
    contact = NewVisit(id=uuid7(), channel=Channel.CALL, occurred_at=at, household_id=household, needs=[said])
    need = (await record_visit(new=contact, by=fieldwork.cadre)).record.needs[0].id

    case = await get_case(case_id=need, by=fieldwork.cadre)
    assert {clock.opened_at for clock in case.clocks} == {case.opened_at} == {at}
    assert case.entered_late


async def test_totals_over_nothing_have_no_shares(fieldwork):
    totals = await need_totals(by=fieldwork.supervisor)

    assert (totals.received, totals.passed_on_share, totals.solved_share) == (0, None, None)
