"""Who was away for a week is told to have done each thing when he did it, and not all of it as he came home.

What a deadline hangs on goes by when it came: nobody's own clock puts back what was due.
"""

import pytest

from backend.cases import records
from backend.core import clock, ids
from backend.sync.waiting import do_what_waited
from backend.visits.actions import record_visit
from backend.visits.need_schemas import NeedMove
from backend.visits.needs import get_need, move_need
from backend.visits.schemas import NewNeed, NewVisit
from backend.visits.tables import Channel, NeedState
from tests.cases.desk import Desk
from tests.sync.away import DAY, HOME, HOUR, MONDAY, TUESDAY, WEDNESDAY, comes_home, did
from tests.sync.batches import push
from tests.sync.commands.test_outreach import uploaded
from tests.sync.offline import sent


@pytest.fixture
async def desk(cast):
    return await Desk.make(cast)


@pytest.fixture
async def case(desk):
    """One that the water unit has since Monday at ten."""
    with clock.stopped(MONDAY):
        return (await desk.dispatched()).id


@pytest.fixture
async def need(cast):
    """Told at a door on Monday at ten, and recorded there and then."""
    said = NewNeed(category="production.irrigation", description="灌溉渠堵塞")
    with clock.stopped(MONDAY):
        new = NewVisit(
            id=ids.uuid7(), channel=Channel.VISIT, occurred_at=MONDAY, household_id=cast.household, needs=[said]
        )
        return (await record_visit(new=new, by=cast.cadre, door="api")).record.needs[0].id


async def lines(case_id, by):
    """When each line of a case was done and when it came, by its kind."""
    shown = await records.get_case(case_id=case_id, by=by, timeline=True)
    return {line.kind: (line.done_at, line.at) for line in shown.timeline}


async def test_a_week_of_work_on_a_case_is_told_day_by_day_and_its_clocks_go_by_the_evening(desk, case):
    await comes_home(
        desk.plumber,
        did("takeCaseInHand", TUESDAY, case_id=case),
        did("noteOnCase", TUESDAY + HOUR, case_id=case, remark="阀门在村委会"),
        did("respondToCase", TUESDAY + 2 * HOUR, case_id=case, remark="明天换管子"),
        did("resolveCase", WEDNESDAY, case_id=case, remark="管子换好了"),
    )

    told = await lines(case, desk.plumber)
    assert told["dispatched"] == (None, MONDAY)
    assert told["taken_in_hand"] == (TUESDAY, HOME)
    assert told["noted"] == (TUESDAY + HOUR, HOME)
    assert told["responded"] == (TUESDAY + 2 * HOUR, HOME)
    assert told["resolved"] == (WEDNESDAY, HOME)
    shown = await records.get_case(case_id=case, by=desk.plumber)
    assert (shown.responded_at, shown.resolved_at, shown.state_since) == (HOME, HOME, HOME)
    assert {each.stopped_at for each in shown.clocks} == {HOME}


async def test_what_waited_for_its_photo_was_done_when_it_was_done(desk, case):
    photo_id = ids.uuid7()
    made = did("resolveCase", WEDNESDAY + DAY, case_id=case, remark="管子换好了", photo_ids=[photo_id])
    with clock.stopped(HOME):
        [waiting] = (await push(desk.plumber, made, sent_at=(HOME + DAY).isoformat())).rows
        await uploaded(photo_id, desk.plumber)
    with clock.stopped(HOME + HOUR):
        await do_what_waited()

    assert waiting.outcome == "waiting"
    assert (await lines(case, desk.plumber))["resolved"] == (WEDNESDAY, HOME + HOUR)


async def test_a_phone_whose_clock_is_a_day_fast_is_believed_a_day_less(desk, case):
    await comes_home(desk.plumber, did("noteOnCase", TUESDAY + DAY, case_id=case, remark="阀门在村委会"), ahead=DAY)

    assert (await lines(case, desk.plumber))["noted"] == (TUESDAY, HOME)


async def test_of_a_phone_that_does_not_say_how_its_clock_stands_nothing_is_put_right(desk, case):
    await comes_home(desk.plumber, did("noteOnCase", HOME + DAY, case_id=case, remark="阀门在村委会"), ahead=None)

    assert (await lines(case, desk.plumber))["noted"] == (None, HOME)


async def test_a_phone_cannot_date_a_step_before_the_case_existed(desk, case):
    await comes_home(desk.plumber, did("noteOnCase", MONDAY - DAY, case_id=case, remark="阀门在村委会"))

    assert (await lines(case, desk.plumber))["noted"] == (None, HOME)


async def test_nor_before_the_step_that_it_follows(desk, case):
    await comes_home(
        desk.plumber,
        did("takeCaseInHand", WEDNESDAY, case_id=case),
        did("resolveCase", TUESDAY, case_id=case, remark="管子换好了"),
    )

    told = await lines(case, desk.plumber)
    assert (told["taken_in_hand"], told["resolved"]) == ((WEDNESDAY, HOME), (None, HOME))


async def test_what_is_sent_at_once_was_done_as_it_came(desk, case):
    await comes_home(desk.plumber, did("takeCaseInHand", HOME, case_id=case))

    assert (await lines(case, desk.plumber))["taken_in_hand"] == (None, HOME)


async def test_a_step_taken_online_and_sent_again_by_the_phone_is_the_same_step(cast, need):
    made = did("moveNeed", TUESDAY, need_id=need, to_state="passed_on")
    step = NeedMove(id=made["id"], to_state=NeedState.PASSED_ON)
    with clock.stopped(TUESDAY):
        await move_need(id=step.id, need_id=need, to_state=step.to_state, by=cast.cadre)
    with clock.stopped(HOME):
        assert (await sent(cast.cadre, made)).outcome == "duplicate"


async def test_a_needs_steps_are_told_when_they_were_taken(cast, need):
    await comes_home(
        cast.cadre,
        did("moveNeed", TUESDAY, need_id=need, to_state="passed_on"),
        did("moveNeed", WEDNESDAY, need_id=need, to_state="unreasonable", remark="超出政策范围"),
        did("contestNeed", WEDNESDAY + HOUR, need_id=need, remark="渠里真的没水"),
    )

    steps = (await get_need(need_id=need, by=cast.cadre)).steps
    assert [(step.done_at, step.at) for step in steps[1:]] == [
        (TUESDAY, HOME),
        (WEDNESDAY, HOME),
        (WEDNESDAY + HOUR, HOME),
    ]
