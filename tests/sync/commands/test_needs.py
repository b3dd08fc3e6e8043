"""Needs away from the office: a step is one step, and only of those who may take it."""

import pytest

from backend.core import clock, ids
from backend.visits.actions import record_visit
from backend.visits.need_schemas import NeedMove
from backend.visits.needs import get_need, move_need
from backend.visits.schemas import NewNeed, NewVisit
from backend.visits.tables import Channel, NeedState
from tests.sync.batches import command
from tests.sync.offline import offline, refused, sent, twice


@pytest.fixture
async def need(cast):
    said = NewNeed(category="production.irrigation", description="灌溉渠堵塞")
    new = NewVisit(
        id=ids.uuid7(), channel=Channel.VISIT, occurred_at=clock.now(), household_id=cast.household, needs=[said]
    )
    return (await record_visit(new=new, by=cast.cadre, door="api")).record.needs[0].id


async def test_a_need_goes_a_step_on_once_and_the_second_sending_tells_how_it_stands(cast, need):
    first, second = await twice(cast.cadre, "moveNeed", need_id=need, to_state="passed_on", remark="转水利站")

    steps = (await get_need(need_id=need, by=cast.cadre)).steps
    assert [step.to_state for step in steps] == ["received", "passed_on"]
    assert first.record_id == need
    assert second.record.state == "passed_on"


async def test_a_step_without_an_id_has_the_commands(cast, need):
    verdict = await offline(cast.cadre, "moveNeed", need_id=need, to_state="passed_on")

    assert verdict.id in {step.id for step in (await get_need(need_id=need, by=cast.cadre)).steps}


async def test_a_step_that_was_taken_online_under_the_same_id_is_a_duplicate(cast, need):
    made = command("moveNeed", {"need_id": str(need), "to_state": "passed_on"})
    step = NeedMove(id=made["id"], to_state=NeedState.PASSED_ON)
    await move_need(id=step.id, need_id=need, to_state=step.to_state, by=cast.cadre)

    verdict = await sent(cast.cadre, made)

    assert (verdict.outcome, verdict.record.state) == ("duplicate", "passed_on")


async def test_a_citizens_objection_is_written_down_once(cast, need):
    for to, remark in (("passed_on", None), ("unreasonable", "超出政策范围")):
        await offline(cast.cadre, "moveNeed", need_id=need, to_state=to, remark=remark)
    _, second = await twice(cast.cadre, "contestNeed", need_id=need, remark="渠里真的没水")

    assert second.record.state == "received"
    assert [step.event for step in (await get_need(need_id=need, by=cast.cadre)).steps].count("contested") == 1


async def test_a_stranger_is_told_what_he_would_be_told_online(cast, need):
    moved = await refused(cast.stranger, "moveNeed", need_id=need, to_state="passed_on")
    contested = await refused(cast.stranger, "contestNeed", need_id=need, remark="渠里真的没水")

    assert {moved, contested} == {"visits/need-unknown"}
