"""Measuring again, as people ask for it: who may, by which method, within which time."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from backend.core import clock, ids
from backend.core.clock import SHANGHAI
from backend.core.database import fetch
from backend.core.refusals import DifferentArguments, Invalid
from backend.laboratory import limits, rejudging, retest_lists, retest_routes, retest_withdrawing, retesting, retests
from backend.laboratory.refusals_results import (
    Inconclusive,
    NoObjection,
    NotThisBench,
    ObjectionLate,
    RapidMethod,
    ResultUnknown,
    RetestClosed,
    RetestOpen,
    RetestUnknown,
)
from backend.laboratory.result_schemas import NewRetest, RetestRecord, RetestWithdrawal
from backend.laboratory.words import JudgedBecause, Method, RetestKind, RetestState, RunKind
from backend.people.actors import Actor
from tests.laboratory.bench import Bench, client_of, signed_in

MORNING = datetime(2026, 11, 20, 9, 0, tzinfo=SHANGHAI)
"""A Friday."""


async def judged(bench: Bench, percent: float, sample: UUID, **columns) -> UUID:
    result = await bench.result(sample, percent, **columns)
    limits.forget()
    await rejudging.judge_again(result_ids=[result], because=JudgedBecause.JOINED, by=bench.technician)
    return result


async def inspected(bench: Bench, **columns) -> UUID:
    """A positive of a supervision sampling, measured on that Friday at nine."""
    sample = await bench.sample(str(ids.uuid7()), run_kind=RunKind.SUPERVISION, sampled_on=MORNING.date())
    return await judged(bench, 62, sample, tested_at=MORNING, received_at=MORNING, **columns)


async def objecting(bench: Bench, result: UUID, by: Actor | None = None, **changed) -> RetestRecord:
    given = {"kind": RetestKind.OBJECTION, "told_at": MORNING + timedelta(hours=1), "reason": "刚打过药的是邻家"}
    new = NewRetest(**(given | changed))
    return (await retests.request_retest(result_id=result, new=new, by=by or bench.technician)).record


async def test_an_objection_within_four_hours_has_a_report_due_in_seven_working_days_and_says_why(bench):
    result = await inspected(bench)

    with clock.stopped(MORNING + timedelta(hours=5)):
        asked = await objecting(bench, result)

    assert asked.state is RetestState.OPEN
    assert asked.due_at is not None
    assert asked.due_at.astimezone(SHANGHAI).isoformat() == "2026-12-01T23:59:59+08:00"
    assert asked.why_due is not None
    lines = asked.why_due.splitlines()
    assert lines[0].startswith("结果于 2026-11-20 10:00 收到，异议于 2026-11-20 14:00 提出。")
    assert "2026-12-01 23:59" in lines[0]
    assert sum("周末" in line for line in lines) == 4
    assert any("7" in line for line in lines[-1:])


async def test_a_minute_after_four_hours_is_late_and_is_told_when_it_ended(bench):
    result = await inspected(bench)

    with clock.stopped(MORNING + timedelta(hours=5, minutes=1)), pytest.raises(ObjectionLate) as refused:
        await objecting(bench, result)

    assert refused.value.facts["ended"] == "2026-11-20 14:00"


async def test_to_a_laboratorys_result_one_may_object_for_five_working_days(bench):
    result = await inspected(bench, method=Method.CHROMATOGRAPHY, analyte="fipronil", unit_said="mg/kg")

    with clock.stopped(datetime(2026, 11, 27, 23, 59, tzinfo=SHANGHAI)):
        assert (await objecting(bench, result)).state is RetestState.OPEN
    other = await inspected(bench, method=Method.CHROMATOGRAPHY, analyte="fipronil", unit_said="mg/kg")
    with clock.stopped(datetime(2026, 11, 28, 0, 1, tzinfo=SHANGHAI)), pytest.raises(ObjectionLate):
        await objecting(bench, other)


async def test_a_free_test_has_no_objection(bench):
    result = await judged(bench, 62, await bench.sample(), tested_at=MORNING)

    with clock.stopped(MORNING + timedelta(hours=2)), pytest.raises(NoObjection):
        await objecting(bench, result)


async def test_no_rapid_method_settles_an_objection_and_none_confirms(bench):
    result = await inspected(bench)

    with clock.stopped(MORNING + timedelta(hours=2)):
        for kind in (RetestKind.OBJECTION, RetestKind.CONFIRMATION):
            for method in (Method.ENZYME_INHIBITION, Method.STRIP):
                with pytest.raises(RapidMethod):
                    await objecting(bench, result, kind=kind, method=method)
        assert (await objecting(bench, result, method=Method.CHROMATOGRAPHY)).method is Method.CHROMATOGRAPHY


async def test_an_objection_says_when_the_result_was_received_and_not_later_than_now(bench):
    result = await inspected(bench)

    with clock.stopped(MORNING + timedelta(hours=2)):
        for told_at in (None, MORNING + timedelta(hours=3), MORNING - timedelta(minutes=1)):
            with pytest.raises(Invalid):
                await objecting(bench, result, told_at=told_at)


async def test_the_same_objection_again_is_the_same_and_another_one_waits_for_its_end(bench):
    result, id = await inspected(bench), ids.uuid7()

    with clock.stopped(MORNING + timedelta(hours=2)):
        first = await objecting(bench, result, id=id)
        assert await objecting(bench, result, id=id) == first
        with pytest.raises(DifferentArguments):
            await objecting(bench, result, id=id, reason="别的理由")
        with pytest.raises(RetestOpen):
            await objecting(bench, result)


async def test_who_leads_the_place_objects_for_the_inspected_and_strangers_know_of_nothing(bench):
    result = await inspected(bench)

    with clock.stopped(MORNING + timedelta(hours=2)):
        assert (await objecting(bench, result, by=bench.cast.supervisor)).asked_by is not None
        for who in (bench.cast.stranger, bench.outsider, bench.cast.cadre):
            with pytest.raises(ResultUnknown):
                await objecting(bench, result, by=who)
        with pytest.raises(NotThisBench):
            await objecting(bench, result, by=bench.cast.auditor)


async def test_an_objection_that_is_answered_stops_its_clock_and_closes_its_task(bench):
    result = await inspected(bench, analyte="cholinesterase_inhibition")
    (row,) = await fetch("SELECT sample FROM laboratory_result WHERE id = $1", result)
    with clock.stopped(MORNING + timedelta(hours=2)):
        asked = await objecting(bench, result)
    strip = await judged(
        bench,
        0.2,
        row["sample"],
        method=Method.STRIP,
        analyte="omethoate",
        unit_said=None,
        value=None,
        control_line=False,
    )
    lab = {"method": Method.CHROMATOGRAPHY, "unit_said": "mg/kg", "analyte": "omethoate"}
    proof = await judged(bench, 0.5, row["sample"], **lab)

    with pytest.raises(RapidMethod):
        await retests.answer_retest(retest_id=asked.id, result_id=strip, by=bench.technician)
    answered = await retests.answer_retest(retest_id=asked.id, result_id=proof, by=bench.technician)

    assert (answered.state, answered.answered_by_result) == (RetestState.UPHELD, proof)
    assert await retests.answer_retest(retest_id=asked.id, result_id=proof, by=bench.technician) == answered
    with pytest.raises(RetestClosed):
        await retests.answer_retest(retest_id=asked.id, result_id=strip, by=bench.technician)
    (stopped,) = await fetch("SELECT state FROM deadlines_clock WHERE subject_id = $1", asked.id)
    assert stopped["state"] == "stopped"
    tasks = await fetch("SELECT state FROM tasks_task WHERE title_zh LIKE '%异议%'")
    assert [each["state"] for each in tasks] == ["done"]


async def test_a_confirmation_that_finds_nothing_overturns_and_one_that_says_nothing_leaves_it_open(bench):
    sample = await bench.sample()
    first = await judged(bench, 62, sample)
    asked = (
        await retests.request_retest(result_id=first, new=NewRetest(kind=RetestKind.CONFIRMATION), by=bench.expert)
    ).record
    lab = {"method": Method.CHROMATOGRAPHY, "unit_said": "mg/kg", "analyte": "glyphosate"}
    without_limit = await judged(bench, 0.01, sample, **lab)

    with pytest.raises(Inconclusive):
        await retests.answer_retest(retest_id=asked.id, result_id=without_limit, by=bench.technician)
    await fetch("UPDATE laboratory_result SET verdict = 'negative' WHERE id = $1", without_limit)
    answered = await retests.answer_retest(retest_id=asked.id, result_id=without_limit, by=bench.technician)

    assert answered.state is RetestState.OVERTURNED


async def test_a_result_of_another_sample_another_substance_or_from_before_answers_nothing(bench):
    sample = await bench.sample()
    before = await judged(bench, 8, sample, tested_at=clock.now() - timedelta(days=1))
    first = await judged(bench, 62, sample)
    other = await judged(bench, 62, await bench.sample("NY-002"))
    soil = await judged(bench, 5, sample, analyte="ph", method=Method.SOIL_TEST)
    (asked,) = (await retest_lists.list_retests(by=bench.technician, sample_id=sample)).items[:1]

    for wrong in (before, first, other, soil):
        with pytest.raises(Invalid):
            await retests.answer_retest(retest_id=asked.id, result_id=wrong, by=bench.technician)


async def test_a_repeat_asked_by_hand_is_answered_by_itself_and_its_task_is_done(bench):
    sample = await bench.sample()
    first = await judged(bench, 8, sample)
    asked = await retests.request_retest(
        result_id=first, new=NewRetest(kind=RetestKind.REPEAT, reason="读数时有气泡"), by=bench.technician
    )
    assert asked.record.method is Method.ENZYME_INHIBITION

    await judged(bench, 9, sample)

    (shown,) = (await retest_lists.list_retests(by=bench.expert, state=None, sample_id=sample)).items
    assert (shown.state, shown.sample_code, shown.analyte_name) == (RetestState.UPHELD, "NY-001", "抑制率")
    assert [row["state"] for row in await fetch("SELECT state FROM tasks_task")] == ["done"]


async def test_what_has_a_clock_is_listed_first_and_late_ones_say_so(bench):
    plain = await judged(bench, 62, await bench.sample())
    inspection = await inspected(bench)
    with clock.stopped(MORNING + timedelta(hours=2)):
        objection = await objecting(bench, inspection)

    with clock.stopped(MORNING + timedelta(days=30)):
        first = await retest_lists.list_retests(by=bench.technician, limit=2)
        rest = await retest_lists.list_retests(by=bench.technician, limit=10, cursor=first.next_cursor)

    assert (first.items[0].id, first.items[0].late) == (objection.id, True)
    listed = [each.result_id for each in (first.items[1], *rest.items)]
    assert listed == [plain, plain, inspection, inspection]
    assert {each.kind for each in rest.items} == {RetestKind.REPEAT}
    assert (await retest_lists.list_retests(by=bench.technician, kind=RetestKind.OBJECTION)).items[0].id == objection.id


async def test_whoever_may_not_read_a_finding_does_not_learn_of_it_by_its_retests(bench):
    result = await judged(bench, 62, await bench.sample())

    for who in (bench.cast.supervisor, bench.cast.cadre, bench.cast.stranger, bench.outsider):
        assert (await retest_lists.list_retests(by=who)).items == []
        (row,) = await fetch("SELECT id FROM laboratory_retest WHERE result = $1 AND number = 1", result)
        with pytest.raises(RetestUnknown):
            await retests.answer_retest(retest_id=row["id"], result_id=result, by=who)


async def test_a_repeat_is_withdrawn_with_a_reason_its_task_ends_with_the_last_and_none_comes_back(bench):
    sample = await bench.sample()
    result = await judged(bench, 62, sample)
    first, second = [each.id for each in (await retest_lists.list_retests(by=bench.technician)).items]
    why = RetestWithdrawal(reason="样品已用完")
    tasks = "SELECT state FROM tasks_task"

    withdrawn = await retest_withdrawing.withdraw_retest(retest_id=first, why=why, by=bench.technician)
    assert (withdrawn.state, withdrawn.reason) == (RetestState.WITHDRAWN, "样品已用完")
    assert [each["state"] for each in await fetch(tasks)] == ["open"]
    again = await retest_withdrawing.withdraw_retest(
        retest_id=first, why=RetestWithdrawal(reason="别的"), by=bench.expert
    )
    assert again == withdrawn
    await retest_withdrawing.withdraw_retest(retest_id=second, why=why, by=bench.expert)
    assert [each["state"] for each in await fetch(tasks)] == ["withdrawn"]

    await retesting.open_for([result])
    assert (await retest_lists.list_retests(by=bench.technician, state=RetestState.OPEN)).items == []


async def test_what_fell_away_by_itself_waits_again_when_the_finding_is_back(bench):
    sample = await bench.sample()
    result = await judged(bench, 62, sample)
    for percent, waiting in ((8, 0), (62, 2)):
        await fetch("UPDATE laboratory_result SET value = $2 WHERE id = $1", result, percent)
        await rejudging.judge_again(result_ids=[result], because=JudgedBecause.JOINED, by=bench.technician)
        assert len((await retest_lists.list_retests(by=bench.technician, state=RetestState.OPEN)).items) == waiting
    assert sorted(each["state"] for each in await fetch("SELECT state FROM tasks_task")) == ["open", "withdrawn"]


async def test_an_objection_is_withdrawn_only_when_the_objector_took_it_back_and_its_clock_stops(bench):
    result = await inspected(bench)
    with clock.stopped(MORNING + timedelta(hours=2)):
        asked = await objecting(bench, result)
        with pytest.raises(Invalid):
            await retest_withdrawing.withdraw_retest(
                retest_id=asked.id, why=RetestWithdrawal(reason="他说算了"), by=bench.technician
            )
        withdrawn = await retest_withdrawing.withdraw_retest(
            retest_id=asked.id, why=RetestWithdrawal(reason="他说算了", taken_back=True), by=bench.cast.supervisor
        )

    assert withdrawn.reason == "刚打过药的是邻家 ｜ 他说算了"
    (stopped,) = await fetch("SELECT state FROM deadlines_clock WHERE subject_id = $1", asked.id)
    assert stopped["state"] == "stopped"
    tasks = await fetch("SELECT state FROM tasks_task WHERE title_zh LIKE '%异议%'")
    assert [each["state"] for each in tasks] == ["withdrawn"]


async def test_withdrawing_over_http_is_for_those_who_may_answer_and_needs_a_reason(bench):
    sample = await bench.sample()
    await judged(bench, 62, sample)
    one, other = [each.id for each in (await retest_lists.list_retests(by=bench.technician)).items]
    await judged(bench, 61, sample)  # answers one of them
    async with client_of(retest_routes.router) as client:
        path, why = f"/laboratory/retests/{other}/withdrawal", {"reason": "样品已用完"}
        his = await signed_in(bench.technician)

        assert (await client.post(path, json=why)).status_code == 401
        for wrong in ({}, {"reason": ""}, {"reason": "  "}, {"reason": "好" * 201}):
            assert (await client.post(path, json=wrong, headers=his)).status_code == 400
        for who in (bench.cast.stranger, bench.outsider, bench.cast.supervisor):
            assert (await client.post(path, json=why, headers=await signed_in(who))).status_code == 404
        assert [(await client.post(path, json=why, headers=his)).status_code for _ in range(2)] == [200, 200]
        answered = await client.post(f"/laboratory/retests/{one}/withdrawal", json=why, headers=his)
    assert (answered.status_code, answered.json()["code"]) == (409, "laboratory/retest-closed")


async def test_over_http_nobody_a_wrong_shape_a_stranger_the_right_person_and_twice(bench):
    result = await judged(bench, 62, await bench.sample())
    async with client_of(retest_routes.router) as client:
        path, his = f"/laboratory/results/{result}/retests", await signed_in(bench.technician)
        theirs, new = await signed_in(bench.cast.stranger), {"kind": "confirmation", "id": str(ids.uuid7())}

        assert (await client.post(path, json=new)).status_code == 401
        assert (await client.post(path, json={"kind": "again"}, headers=his)).status_code == 400
        assert (await client.post(path, json=new, headers=theirs)).status_code == 404
        refused = await client.post(path, json={"kind": "objection"}, headers=his)
        assert (refused.status_code, refused.json()["code"]) == (409, "laboratory/no-objection")
        assert "免费检测" in refused.json()["detail"]
        codes = [(await client.post(path, json=new, headers=his)).status_code for _ in range(2)]
        assert codes == [201, 200]
        found = (await client.get("/laboratory/retests?state=open&kind=confirmation", headers=his)).json()["items"]
        assert [each["id"] for each in found] == [new["id"]]
        answer = {"result_id": str(result)}
        wrong = await client.post(f"/laboratory/retests/{new['id']}/answer", json=answer, headers=his)
        assert wrong.status_code in (400, 409)
