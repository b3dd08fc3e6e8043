"""A request follows its case, whoever takes the case's step and wherever."""

from datetime import timedelta

import pytest

from backend.cases import dispatching, ending, uploads, working
from backend.cases.words import CaseState
from backend.core import ids
from backend.core.database import fetch, fetch_row
from backend.diagnosis import following, gate, questions, records
from backend.diagnosis.request_schemas import NewQuestion
from backend.diagnosis.words import RequestState
from backend.people import actions
from backend.people.tables import UnitKind
from tests.cast import COUNTY
from tests.diagnosis.clinic import claimed_by, expert_of, later, state_of
from tests.media.drawn import field, saved


async def answered(clinic, by):
    """A request that was answered, as its rows stand then."""
    request_id = (await clinic.scan()).request.id
    await claimed_by(request_id, by)
    await working.resolve(case_id=request_id, id=ids.uuid7(), remark="大斑病，摘掉病叶", by=by)
    await fetch(
        "UPDATE diagnosis_request SET state = 'answered', answered_at = now(), told_at = now(), "
        "follow_up_on = current_date + 7 WHERE id = $1",
        request_id,
    )
    return request_id


async def come_back(request_id):
    await ending.reopen(case_id=request_id, id=ids.uuid7(), reason="没见好", by=None)


async def test_what_the_farmer_withdraws_waits_for_nobody(clinic):
    request_id = await clinic.routed()
    await ending.withdraw(case_id=request_id, id=ids.uuid7(), by=clinic.cast.operator)
    await following.follow_all()
    await following.follow_all()

    assert await state_of(request_id) is RequestState.ENDED
    (offer,) = await fetch("SELECT ending FROM diagnosis_offer")
    assert offer["ending"] == "withdrawn"
    (task,) = await fetch("SELECT state FROM tasks_task")
    assert task["state"] == "withdrawn"


async def test_what_was_asked_back_is_not_asked_any_more(clinic):
    request_id = (await clinic.call()).request.id
    await claimed_by(request_id, clinic.expert)
    await questions.ask_farmer(request_id=request_id, new=NewQuestion(words="浇水没有？"), by=clinic.expert)
    await ending.withdraw(case_id=request_id, id=ids.uuid7(), by=clinic.cast.operator)
    await following.follow(request_id=request_id)

    (question,) = (await records.get(request_id=request_id, by=clinic.chief)).questions
    assert question.answered_at is not None
    row = await fetch_row("SELECT state FROM tasks_task WHERE kind = 'call'")
    assert row["state"] == "withdrawn"


async def test_what_a_handler_explains_or_rejects_has_ended_for_the_experts(clinic):
    request_id = await clinic.routed()
    await working.reject(case_id=request_id, id=ids.uuid7(), reason="不是庄稼", by=clinic.cast.operator)
    await following.follow_all()
    assert await state_of(request_id) is RequestState.ENDED


async def test_what_comes_back_is_the_same_experts_again(clinic):
    request_id = await answered(clinic, clinic.second)
    await come_back(request_id)
    await following.follow_all()
    await following.follow_all()

    request = await records.get(request_id=request_id, by=clinic.second)
    assert (request.state, request.expert.id) == (RequestState.CLAIMED, clinic.second.person_id)
    assert (request.answered_at, request.told_at, request.follow_up_on) == (None, None, None)
    assert (request.case.state, request.case.assignee.id) == (CaseState.IN_HAND, clinic.second.person_id)
    (told,) = await fetch("SELECT text_zh FROM push_notice WHERE dedupe_key LIKE '%came back%'")
    assert "又回来了" in told["text_zh"]


@pytest.mark.parametrize("gone", ["account", "profile", "pause"])
async def test_where_he_is_not_there_any_more_another_one_is_looked_for(clinic, gone):
    request_id = await answered(clinic, clinic.second)
    if gone == "account":
        await actions.close_account(person_id=clinic.second.person_id)
    elif gone == "profile":
        await fetch("UPDATE diagnosis_expert SET valid_to = '2026-01-02' WHERE id = $1", clinic.second.person_id)
    else:
        await fetch(
            "UPDATE diagnosis_expert SET away_until = now() + interval '9 days' WHERE id = $1", clinic.second.person_id
        )
    await come_back(request_id)
    await following.follow_all()

    assert await state_of(request_id) is RequestState.OFFERED
    assert await expert_of(request_id) != clinic.second.person_id
    row = await fetch_row("SELECT state, assignee_unit FROM cases_case WHERE id = $1", request_id)
    assert (row["state"], row["assignee_unit"]) == (CaseState.DISPATCHED, clinic.studio)


async def test_what_is_sent_to_another_unit_is_no_experts_until_it_is_sent_back(clinic):
    request_id = await clinic.routed()
    first = await expert_of(request_id)
    water = await actions.open_unit(id=ids.uuid7(), name="水务局", kind=UnitKind.DEPARTMENT, division_code=COUNTY)
    for n, (unit_id, state) in enumerate([(water.id, RequestState.ENDED), (clinic.studio, RequestState.CLAIMED)] * 2):
        with later(timedelta(hours=n + 1)):
            await dispatching.transfer(
                case_id=request_id, id=ids.uuid7(), to_unit_id=unit_id, reason="先排水", by=clinic.cast.supervisor
            )
            await following.follow_all()
            await following.follow_all()
            assert await state_of(request_id) is state
    assert await expert_of(request_id) == first


async def test_it_may_come_back_twice(clinic):
    request_id = await answered(clinic, clinic.expert)
    for n in range(2):
        with later(timedelta(days=n + 1)):
            await come_back(request_id)
            await following.follow_all()
            assert await state_of(request_id) is RequestState.CLAIMED
            await working.resolve(case_id=request_id, id=ids.uuid7(), remark="再看", by=clinic.expert)
            await fetch(
                "UPDATE diagnosis_request SET state = 'answered', answered_at = now() WHERE id = $1", request_id
            )


async def test_a_withdrawn_request_that_waits_at_the_gate_is_not_routed(clinic):
    request_id = (await clinic.scan(photos_expected=1)).request.id
    await ending.withdraw(case_id=request_id, id=ids.uuid7(), by=None)
    await clinic.photo(saved(field()), opener=uploads.opener_of_case(request_id))
    await gate.pass_or_ask(request_id)
    assert await state_of(request_id) is RequestState.AWAITING_PHOTO
    await following.follow_all()
    with later(timedelta(days=1)):
        await gate.look_at_all_due()
    assert await state_of(request_id) is RequestState.ENDED


async def test_other_cases_are_left_alone(clinic):
    await following.follow(request_id=ids.uuid7())
    assert await following._apart(most=10) == []
