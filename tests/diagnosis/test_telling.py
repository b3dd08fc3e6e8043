from datetime import datetime, timedelta
from uuid import uuid5

import pytest

from backend.cases import ending
from backend.cases import records as cases
from backend.core import clock, ids
from backend.core.clock import SHANGHAI
from backend.core.database import fetch
from backend.core.refusals import DifferentArguments
from backend.diagnosis import answers, following, records, second_opinions, telling
from backend.diagnosis.answer_refusals import NotAnswered
from backend.diagnosis.answer_schemas import NewSecondOpinion, NewTelling
from backend.diagnosis.refusals import NotNow, NotYours, RequestUnknown
from backend.diagnosis.words import ToldHow
from backend.people import actions, retention, sessions
from backend.people.tables import Role
from backend.tasks import actions as tasks
from backend.tasks.handing_over import hand_over_task
from backend.tasks.my_day import my_tasks
from backend.tasks.tables import DeclineReason, TaskKind
from tests.cast import COUNTY, SINCE
from tests.diagnosis.clinic import claimed_by
from tests.diagnosis.said import answer, flooded

NOON = datetime(2026, 11, 25, 12, tzinfo=SHANGHAI)


@pytest.fixture
def noon():
    with clock.stopped(NOON):
        yield


@pytest.fixture
async def called(clinic, noon):
    """A call that was taken by the operator and is answered; whoever called has no page before him."""
    request_id = await clinic.routed()
    await claimed_by(request_id, clinic.expert)
    await answer(request_id, clinic.expert)
    return request_id


async def _ring(of, kind=TaskKind.CALL):
    """The task of ringing somebody, on the day of `of`; None where there is none."""
    found = (await my_tasks(by=of, near=None)).tasks
    return next((each for each in found if each.kind is kind and each.link.endswith("/telling")), None)


async def _case(request_id, by):
    return (await cases.get_case(case_id=request_id, by=by)).state


async def test_whoever_took_the_call_is_asked_to_ring_and_the_case_waits_for_it(clinic, called):
    task = await _ring(clinic.cast.operator)

    assert "玉米" in task.title_zh
    assert await _case(called, clinic.cast.operator) == "resolved"
    assert (await records.get(request_id=called, by=clinic.expert)).told_at is None


async def test_ticking_the_task_on_my_day_counts_as_telling_within_a_minute(clinic, called):
    task = await _ring(clinic.cast.operator)
    await tasks.complete_task(task_id=task.id, by=clinic.cast.operator)
    await telling.go_on()
    await telling.go_on()

    assert await _case(called, clinic.cast.operator) == "answered"
    told = await telling.told_record(called)
    assert (told.told_at, told.told_by.id) == (NOON, clinic.cast.operator.person_id)


async def test_telling_by_the_verb_settles_the_task_and_twice_is_harmless(clinic, called):
    new = NewTelling(id=ids.uuid7(), how=ToldHow.CALLED, remark="他听明白了")
    first = await telling.tell(request_id=called, new=new, by=clinic.cast.operator)
    again = await telling.tell(request_id=called, new=new, by=clinic.cast.operator)

    assert (first.created, again.created) == (True, False)
    assert again.record == first.record
    assert await _ring(clinic.cast.operator) is None
    assert await _case(called, clinic.cast.operator) == "answered"
    other = NewTelling(id=new.id, how=ToldHow.READ_TO_HIM)
    with pytest.raises(DifferentArguments):
        await telling.tell(request_id=called, new=other, by=clinic.cast.operator)


async def test_a_colleague_to_whom_the_task_was_handed_tells_though_he_sees_no_case(clinic, called):
    colleague = await actions.open_account(id=ids.uuid7(), name="尚帮手", phone="199 0000 0088")
    await actions.assign_role(person_id=colleague.id, role=Role.ASSISTANT, division_code=COUNTY, valid_from=SINCE)
    helper = await sessions.actor(person_id=colleague.id)
    with pytest.raises(RequestUnknown):
        await telling.tell(request_id=called, new=NewTelling(how=ToldHow.CALLED), by=helper)
    task = await _ring(clinic.cast.operator)
    handed = await hand_over_task(
        id=ids.uuid7(), task_id=task.id, to_person_id=helper.person_id, by=clinic.cast.operator
    )
    await tasks.complete_task(task_id=handed.record.id, by=helper)
    await telling.go_on()

    assert (await telling.told_record(called)).told_by.id == helper.person_id


async def test_nobody_answers_and_it_comes_again_another_hour_three_times_and_then_somebody_goes_there(clinic, noon):
    request_id = await clinic.routed(household_id=clinic.cast.household, division_code=None)
    await claimed_by(request_id, clinic.expert)
    await answer(request_id, clinic.expert)
    seen, at = set(), NOON
    for _ in range(3):
        with clock.stopped(at):
            await telling.go_on()
            task = await _ring(clinic.cast.operator)
            assert task.id not in seen
            seen.add(task.id)
            await tasks.decline_task(task_id=task.id, reason=DeclineReason.NOT_REACHED, by=clinic.cast.operator)
        with clock.stopped(at + timedelta(hours=2)):
            await telling.go_on()
            assert await _ring(clinic.cast.operator) is None
        at += timedelta(hours=3) if at.hour < 17 else timedelta(hours=14)

    with clock.stopped(at):
        await telling.go_on()
        assert await _ring(clinic.cast.operator) is None
        visit = await _ring(clinic.cast.cadre, kind=TaskKind.VISIT)
        await tasks.complete_task(task_id=visit.id, by=clinic.cast.cadre)
        await telling.go_on()

    assert await _case(request_id, clinic.cast.operator) == "answered"
    assert (await telling.told_record(request_id)).told_by.id == clinic.cast.cadre.person_id


async def test_nobody_is_rung_at_night(clinic, called):
    task = await _ring(clinic.cast.operator)
    with clock.stopped(NOON + timedelta(hours=7)):
        await tasks.decline_task(task_id=task.id, reason=DeclineReason.NOT_REACHED, by=clinic.cast.operator)
    with clock.stopped(NOON + timedelta(hours=11)):
        await telling.go_on()
        assert await _ring(clinic.cast.operator) is None
    with clock.stopped(NOON + timedelta(hours=21)):
        await telling.go_on()
        assert await _ring(clinic.cast.operator) is not None


async def test_whoever_says_that_it_is_not_his_to_do_is_not_asked_again(clinic, called):
    task = await _ring(clinic.cast.operator)
    await tasks.decline_task(task_id=task.id, reason=DeclineReason.NOT_MINE, by=clinic.cast.operator)
    await telling.go_on()

    assert await _ring(clinic.cast.operator) is None
    rows = await fetch("SELECT assignee FROM tasks_task WHERE kind = 'call' AND state = 'open'")
    assert [row["assignee"] for row in rows] != []
    assert clinic.cast.operator.person_id not in [row["assignee"] for row in rows]


async def test_a_correction_is_rung_through_as_well_and_the_older_call_is_not_needed_any_more(clinic, called):
    before = await _ring(clinic.cast.operator)
    await answers.correct_diagnosis(request_id=called, new=flooded(diagnosis="不是涝害，是缺锌"), by=clinic.chief)
    after = await _ring(clinic.cast.operator)

    assert after.id != before.id
    await tasks.complete_task(task_id=after.id, by=clinic.cast.operator)
    await telling.go_on()
    assert (await telling.told_record(called)).told_at is not None
    assert await _case(called, clinic.cast.operator) == "answered"


async def test_a_correction_after_he_was_told_is_told_again(clinic, called):
    told = NewTelling(how=ToldHow.CALLED)
    await telling.tell(request_id=called, new=told, by=clinic.cast.operator)
    await answers.correct_diagnosis(request_id=called, new=flooded(), by=clinic.chief)
    assert (await telling.told_record(called)).told_at is None

    await telling.tell(request_id=called, new=NewTelling(how=ToldHow.CALLED), by=clinic.cast.operator)
    assert (await telling.told_record(called)).told_at == NOON


async def test_auditors_and_strangers_tell_nobody_and_without_an_answer_there_is_nothing_to_tell(clinic, called):
    with pytest.raises(NotYours):
        await telling.tell(request_id=called, new=NewTelling(how=ToldHow.CALLED), by=clinic.cast.auditor)
    with pytest.raises(RequestUnknown):
        await telling.tell(request_id=called, new=NewTelling(how=ToldHow.CALLED), by=clinic.cast.stranger)
    unanswered = await clinic.routed()
    with pytest.raises(NotAnswered):
        await telling.tell(request_id=unanswered, new=NewTelling(how=ToldHow.CALLED), by=clinic.cast.operator)


async def _written_to(request_id):
    return await fetch(
        """
        SELECT n.text_zh, n.public, a.kind, a.subject_kind FROM push_notice n
        JOIN push_recipient r ON r.notice = n.id JOIN push_address a ON a.subject = r.subject
        WHERE n.origin_room = 'diagnosis' AND n.origin_id = $1 AND n.dedupe_key LIKE 'diagnosis farmer answer%'
        """,
        request_id,
    )


async def test_who_left_his_number_gets_a_text_message_that_tells_nothing_of_the_answer(clinic):
    asked = await clinic.scan(contact_phone="199 0000 0066")
    await claimed_by(asked.request.id, clinic.expert)
    await answer(asked.request.id, clinic.expert)

    (told,) = await _written_to(asked.request.id)
    assert (told["kind"], told["subject_kind"], told["public"]) == ("sms", "citizen", True)
    assert asked.request.case.number_said in told["text_zh"]
    assert "积水" not in told["text_zh"]


async def test_a_number_left_for_an_earlier_matter_is_reached_for_the_next(clinic):
    for _ in range(2):
        asked = await clinic.scan(contact_phone="199 0000 0066")
        await claimed_by(asked.request.id, clinic.expert)
        await answer(asked.request.id, clinic.expert)
        assert len(await _written_to(asked.request.id)) == 1


async def test_nobody_is_written_to_who_left_no_number(clinic):
    asked = await clinic.scan(contact_phone=None)
    await claimed_by(asked.request.id, clinic.expert)
    await answer(asked.request.id, clinic.expert)

    assert await _written_to(asked.request.id) == []


async def test_a_number_is_not_kept_for_writing_to_once_its_matter_is_long_closed(clinic):
    asked = await clinic.scan(contact_phone="199 0000 0066")
    await claimed_by(asked.request.id, clinic.expert)
    await answer(asked.request.id, clinic.expert)
    (forgets,) = [rule for rule in retention.rules() if rule.name == "diagnosis.numbers_written_to"]

    async def in_use():
        return len(await fetch("SELECT 1 FROM push_address WHERE subject = $1 AND dead_at IS NULL", asked.request.id))

    with clock.stopped(clock.now() + timedelta(days=89)):
        await retention.apply_rule(forgets)
        assert await in_use() == 1
    with clock.stopped(clock.now() + timedelta(days=91)):
        await retention.apply_rule(forgets)
        assert await in_use() == 0


async def test_what_comes_back_is_not_rung_through_any_more(clinic, called):
    task = await _ring(clinic.cast.operator)
    await ending.reopen(case_id=called, id=ids.uuid7(), reason="没见好", by=clinic.cast.operator)
    await following.follow(request_id=called)

    assert (await _state(task.id)) == "withdrawn"
    await telling.go_on()
    assert await _ring(clinic.cast.operator) is None


async def test_what_is_withdrawn_asks_nobody_for_a_second_opinion(clinic):
    request_id = await clinic.routed()
    await claimed_by(request_id, clinic.expert)
    new = NewSecondOpinion(expert_id=clinic.second.person_id)
    asked = await second_opinions.request_second_opinion(request_id=request_id, new=new, by=clinic.expert)
    await ending.withdraw(case_id=request_id, id=ids.uuid7(), by=clinic.cast.operator)
    await following.follow(request_id=request_id)

    assert (await _state(uuid5(asked.record.id, "task"))) == "withdrawn"
    with pytest.raises(NotNow):
        await second_opinions.give_second_opinion(request_id=request_id, new=flooded(), by=clinic.second)


async def _state(task_id):
    (row,) = await fetch("SELECT state FROM tasks_task WHERE id = $1", task_id)
    return row["state"]
