"""Asking the farmer back: the case stands still, his answer or time sets it going, and nothing he says is lost."""

from datetime import timedelta

import pytest

from backend.cases import records as cases
from backend.cases import uploads, working
from backend.cases.refusals import NotYourStep
from backend.cases.words import CaseState
from backend.core import ids
from backend.core.database import fetch, fetch_row
from backend.core.refusals import DifferentArguments
from backend.diagnosis import following, questions, records
from backend.diagnosis.policies import DIAGNOSIS_POLICIES
from backend.diagnosis.refusals import NothingSaid, NotNow, NotYours, QuestionUnknown, RequestUnknown
from backend.diagnosis.request_schemas import NewQuestion, QuestionAnswer
from backend.diagnosis.words import RequestState
from backend.tasks.tables import TaskState
from tests.diagnosis.clinic import claimed_by, later, state_of
from tests.former_digests import kept_formerly
from tests.media.drawn import field, saved

AWAITED = DIAGNOSIS_POLICIES[0].answer_awaited
WATERED = NewQuestion(words="最近浇过水没有？")


@pytest.fixture
async def claimed(clinic):
    """A farmer's question that the expert has in hand."""
    request_id = (await clinic.scan()).request.id
    await claimed_by(request_id, clinic.expert)
    return request_id


async def asked(clinic, request_id, **changed):
    new = NewQuestion(**({"words": WATERED.words} | changed))
    return (await questions.ask_farmer(request_id=request_id, new=new, by=clinic.expert)).record


async def answer(request_id, question_id, by=None, opener=None, **said):
    new = QuestionAnswer(**said)
    return await questions.answer_question(
        request_id=request_id, question_id=question_id, new=new, by=by, opener=opener
    )


async def clocks(clinic, request_id):
    case = await cases.get_case(case_id=request_id, by=clinic.chief)
    return case.state, {clock.kind: clock.state for clock in case.clocks}


async def test_while_the_farmer_is_asked_the_case_and_its_clocks_stand_still(clinic, claimed):
    question = await asked(clinic, claimed)
    assert question.asked_by.id == clinic.expert.person_id
    assert await state_of(claimed) is RequestState.ASKED
    assert await clocks(clinic, claimed) == (CaseState.SUSPENDED, {"response": "suspended", "handling": "suspended"})
    (told,) = await fetch("SELECT text_zh, link FROM push_notice")
    assert "浇过水" not in told["text_zh"], "a screen that others see"
    assert told["link"].startswith("/r/")


async def test_his_answer_sets_it_going_and_tells_the_expert(clinic, claimed):
    question = await asked(clinic, claimed)
    after = await answer(claimed, question.id, words="前天浇的")

    assert after.state is RequestState.CLAIMED
    assert [each.answer for each in after.questions] == ["前天浇的"]
    assert (await clocks(clinic, claimed))[0] is CaseState.IN_HAND
    notices = await fetch("SELECT text_zh FROM push_notice WHERE link = $1", f"/console/clinic/{claimed}")
    assert ["农户回话了" in each["text_zh"] for each in notices] == [True]


async def test_said_twice_it_is_there_once_and_said_otherwise_it_is_added(clinic, claimed):
    question, id = await asked(clinic, claimed), ids.uuid7()
    for _ in range(2):
        after = await answer(claimed, question.id, words="前天浇的", id=id)
    assert [each.answer for each in after.questions] == ["前天浇的"]
    with pytest.raises(DifferentArguments):
        await answer(claimed, question.id, words="没浇", id=id)
    after = await answer(claimed, question.id, words="还下了雨")
    assert [each.answer for each in after.questions] == ["前天浇的\n还下了雨"]


async def test_words_without_an_id_that_were_kept_under_the_former_digest_are_there_once(clinic, claimed):
    question = await asked(clinic, claimed)
    with kept_formerly():
        await answer(claimed, question.id, words="前天浇的")

    after = await answer(claimed, question.id, words="前天浇的")

    assert [each.answer for each in after.questions] == ["前天浇的"]


async def test_asked_twice_it_is_asked_once(clinic, claimed):
    id = ids.uuid7()
    first = await questions.ask_farmer(request_id=claimed, new=NewQuestion(words="浇水？", id=id), by=clinic.expert)
    again = await questions.ask_farmer(request_id=claimed, new=NewQuestion(words="浇水？", id=id), by=clinic.expert)
    assert (first.created, again.created, again.record.id) == (True, False, first.record.id)
    with pytest.raises(DifferentArguments):
        await questions.ask_farmer(request_id=claimed, new=NewQuestion(words="施肥？", id=id), by=clinic.expert)


async def test_only_who_has_it_asks_and_only_while_he_has_it(clinic, claimed):
    with pytest.raises(NotYours):
        await questions.ask_farmer(request_id=claimed, new=WATERED, by=clinic.chief)
    with pytest.raises(RequestUnknown):
        await questions.ask_farmer(request_id=claimed, new=WATERED, by=clinic.second)
    await asked(clinic, claimed)
    with pytest.raises(NotNow):
        await questions.ask_farmer(request_id=claimed, new=WATERED, by=clinic.expert)


async def test_a_photo_is_an_answer_too(clinic, claimed):
    question = await asked(clinic, claimed, wants_photo=True)
    opener = uploads.opener_of_case(claimed)
    photo = await clinic.photo(saved(field()), opener=opener)
    after = await answer(claimed, question.id, photo_ids=[photo], opener=opener)
    assert after.state is RequestState.CLAIMED
    assert [each.id for each in after.photos] == [photo]


async def test_an_answer_of_nothing_says_so(clinic, claimed):
    question = await asked(clinic, claimed)
    with pytest.raises(NothingSaid):
        await answer(claimed, question.id, words="  ")
    with pytest.raises(QuestionUnknown):
        await answer(claimed, ids.uuid7(), words="前天浇的")
    assert await state_of(claimed) is RequestState.ASKED


async def test_whoever_called_is_rung_and_the_task_is_done_with_his_answer(clinic):
    request_id = (await clinic.call(household_id=clinic.cast.household, division_code=None)).request.id
    await claimed_by(request_id, clinic.expert)
    question = await asked(clinic, request_id)
    (task,) = await fetch("SELECT assignee, kind, state, link FROM tasks_task WHERE origin_id = $1", question.id)
    assert (task["assignee"], task["kind"]) == (clinic.cast.operator.person_id, "call")
    assert await fetch("SELECT 1 FROM push_notice WHERE link LIKE '/r/%'") == []

    await answer(request_id, question.id, words="前天浇的", by=clinic.cast.operator)
    row = await fetch_row("SELECT state FROM tasks_task WHERE origin_id = $1", question.id)
    assert row["state"] == TaskState.DONE


async def test_who_may_write_down_what_he_says(clinic):
    request_id = (await clinic.scan()).request.id
    await claimed_by(request_id, clinic.expert)
    question = await asked(clinic, request_id)
    for nobody in (clinic.cast.stranger, clinic.second, clinic.cast.cadre):
        with pytest.raises(RequestUnknown):
            await answer(request_id, question.id, words="前天浇的", by=nobody)
    with pytest.raises(NotYourStep):
        await answer(request_id, question.id, words="前天浇的", by=clinic.cast.auditor)
    for n, writer in enumerate((clinic.technician, clinic.cast.operator, clinic.expert)):
        after = await answer(request_id, question.id, words=f"第{n}句", by=writer)
    assert after.questions[0].answer == "第0句\n第1句\n第2句"


async def test_without_an_answer_it_goes_on_after_the_policys_time_and_a_late_one_still_counts(clinic, claimed):
    question = await asked(clinic, claimed)
    with later(AWAITED - timedelta(minutes=1)):
        await questions.go_on_without()
        assert await state_of(claimed) is RequestState.ASKED
    with later(AWAITED + timedelta(minutes=1)):
        await questions.go_on_without()
        await questions.go_on_without()
        assert (await clocks(clinic, claimed))[0] is CaseState.IN_HAND
        assert await state_of(claimed) is RequestState.CLAIMED
    with later(AWAITED + timedelta(hours=5)):
        after = await answer(claimed, question.id, words="才看到，前天浇的")
    assert (after.state, after.questions[0].answer) == (RequestState.CLAIMED, "才看到，前天浇的")


async def test_a_new_question_takes_the_place_of_one_that_nobody_answered(clinic, claimed):
    await asked(clinic, claimed)
    with later(AWAITED + timedelta(minutes=1)):
        await questions.go_on_without()
        await asked(clinic, claimed, words="施过什么肥？")
        request = await records.get(request_id=claimed, by=clinic.expert)
    assert [each.answered_at is None for each in request.questions] == [False, True]


async def test_a_case_that_somebody_resumed_is_the_experts_again(clinic, claimed):
    await asked(clinic, claimed)
    await working.resume(case_id=claimed, id=ids.uuid7(), by=clinic.cast.operator)
    await following.follow_all()
    assert await state_of(claimed) is RequestState.CLAIMED
