"""The same of tasks, notices, flags, questions about crops and samples: each when it was done."""

from uuid import uuid4

import pytest

from backend.core import clock, ids
from backend.core.database import fetch
from backend.diagnosis import questions, records, telling
from backend.diagnosis.request_schemas import NewQuestion
from backend.laboratory import sample_records
from backend.push import actions as notices
from backend.push import inbox
from backend.push.provider import Category
from backend.tasks.actions import get_task
from backend.visits.actions import get_visit, record_visit
from backend.visits.schemas import NewVisit
from backend.visits.tables import Channel
from tests.diagnosis.clinic import Clinic, claimed_by
from tests.diagnosis.said import answer
from tests.laboratory.bench import Bench
from tests.sync.away import DAY, HOME, HOUR, MONDAY, TUESDAY, WEDNESDAY, comes_home, did
from tests.tasks.requests import asked


async def task_of(person):
    with clock.stopped(MONDAY):
        return (await asked(assignee_id=person.person_id)).id


async def steps(task_id):
    rows = await fetch("SELECT to_state, done_at, at FROM tasks_event WHERE task = $1 ORDER BY id", task_id)
    return [(row["to_state"], row["done_at"], row["at"]) for row in rows]


async def test_a_task_tells_when_it_was_taken_on_and_done(cast):
    task = await task_of(cast.cadre)
    await comes_home(cast.cadre, did("acknowledgeTask", TUESDAY, task_id=task))
    await comes_home(cast.cadre, did("completeTask", WEDNESDAY, task_id=task), at=HOME + HOUR)

    shown = await get_task(task_id=task, by=cast.cadre)
    assert (shown.done_on, shown.done_at, shown.entered_late) == (WEDNESDAY.date(), WEDNESDAY, True)
    assert (shown.acknowledged_at, shown.closed_at) == (HOME, HOME + HOUR)
    assert await steps(task) == [("acknowledged", TUESDAY, HOME), ("done", WEDNESDAY, HOME + HOUR)]


async def test_a_task_is_done_on_the_day_it_was_done_though_the_phone_is_a_day_fast(cast):
    task = await task_of(cast.cadre)
    await comes_home(cast.cadre, did("completeTask", WEDNESDAY, task_id=task), ahead=DAY)

    shown = await get_task(task_id=task, by=cast.cadre)
    assert (shown.done_on, shown.done_at) == (TUESDAY.date(), TUESDAY)


async def test_a_task_was_not_done_before_it_was_asked(cast):
    task = await task_of(cast.cadre)
    await comes_home(cast.cadre, did("completeTask", MONDAY - DAY, task_id=task))

    shown = await get_task(task_id=task, by=cast.cadre)
    assert (shown.done_on, shown.done_at, shown.entered_late) == (HOME.date(), None, False)


async def test_the_day_that_somebody_says_counts_before_that_of_his_phone(cast):
    task = await task_of(cast.cadre)
    await comes_home(cast.cadre, did("completeTask", WEDNESDAY, task_id=task, done_on=TUESDAY.date()))

    shown = await get_task(task_id=task, by=cast.cadre)
    assert (shown.done_on, shown.done_at) == (TUESDAY.date(), None)


async def test_a_task_tells_when_it_was_declined_and_handed_over(cast):
    declined, handed = await task_of(cast.cadre), await task_of(cast.cadre)
    await comes_home(
        cast.cadre,
        did("declineTask", TUESDAY, task_id=declined, reason="no_time"),
        did("handOverTask", WEDNESDAY, task_id=handed, to_person_id=cast.assistant.person_id),
    )

    for task, at in ((declined, TUESDAY), (handed, WEDNESDAY)):
        shown = await get_task(task_id=task, by=cast.cadre)
        assert (shown.done_at, shown.closed_at) == (at, HOME)


@pytest.fixture
async def notice(cast):
    """Made on Monday at ten."""
    with clock.stopped(MONDAY):
        return await notices.notify(
            to=cast.cadre.person_id,
            text=notices.Text(zh="林大山家要修水渠", en="The ditch of household 7"),
            category=Category.SERVICE,
            dedupe_key=str(uuid4()),
        )


async def shown_to(by):
    (found,) = (await inbox.list_notices(by=by, limit=5, cursor=None)).items
    return found


async def test_a_notice_was_seen_and_taken_on_when_the_phone_showed_it(cast, notice):
    await comes_home(
        cast.cadre,
        did("markNoticesSeen", TUESDAY, notice_ids=[notice]),
        did("acknowledgeNotice", WEDNESDAY, notice_id=notice),
    )

    found = await shown_to(cast.cadre)
    assert (found.seen_at, found.acknowledge_done_at, found.acknowledged_at) == (TUESDAY, WEDNESDAY, HOME)


async def test_no_notice_was_seen_before_it_was_made(cast, notice):
    await comes_home(
        cast.cadre,
        did("markNoticesSeen", MONDAY - DAY, notice_ids=[notice]),
        did("acknowledgeNotice", MONDAY - DAY, notice_id=notice),
    )

    found = await shown_to(cast.cadre)
    assert (found.seen_at, found.acknowledge_done_at, found.acknowledged_at) == (HOME, None, HOME)


async def test_a_flag_was_answered_when_it_was_answered(cast):
    with clock.stopped(MONDAY):
        new = NewVisit(
            id=ids.uuid7(),
            channel=Channel.VISIT,
            occurred_at=MONDAY,
            sent_at=MONDAY + DAY,
            household_id=cast.household,
        )
        made = (await record_visit(new=new, by=cast.cadre, door="api")).record
    kind = made.flags[0].kind
    await comes_home(cast.cadre, did("answerFlag", TUESDAY, visit_id=made.id, kind=kind, answer="手机日期不对"))

    flag = next(each for each in (await get_visit(visit_id=made.id, by=cast.cadre)).flags if each.kind == kind)
    assert flag.answered_at == TUESDAY


@pytest.fixture
async def clinic(cast):
    return await Clinic.make(cast)


async def test_a_farmer_answered_heard_and_said_how_it_went_when_he_did(clinic):
    operator = clinic.cast.operator
    with clock.stopped(MONDAY):
        request_id = await clinic.routed()
        await claimed_by(request_id, clinic.expert)
        asking = NewQuestion(id=ids.uuid7(), words="打过什么药？")
        await questions.ask_farmer(request_id=request_id, new=asking, by=clinic.expert)
    answered = did("answerQuestion", MONDAY + HOUR, request_id=request_id, question_id=asking.id, words="没打过")
    await comes_home(operator, answered, at=MONDAY + 3 * HOUR)
    with clock.stopped(MONDAY + 4 * HOUR):
        await answer(request_id, clinic.expert)
    await comes_home(
        operator,
        did("tellAnswer", TUESDAY, request_id=request_id, how="called"),
        did("recordOutcome", WEDNESDAY, request_id=request_id, result="better"),
    )

    (question,) = (await records.get(request_id=request_id, by=operator)).questions
    assert question.answered_at == MONDAY + HOUR
    assert (await telling.told_record(request_id)).told_at == TUESDAY
    assert [row["at"] for row in await fetch("SELECT at FROM diagnosis_outcome")] == [WEDNESDAY]


async def test_a_bag_goes_on_though_the_phone_says_that_it_went_before_it_came(cast):
    bench = await Bench.make(cast)
    bag = did("receiveSample", TUESDAY, kind="produce", household_id=cast.household, crop_said="白菜")
    on = did("handOverSample", MONDAY, sample_id=bag["id"], to_unit_id=bench.studio)
    [received, _] = await comes_home(bench.station_technician, bag, on)

    sample = await sample_records.get(sample_id=received.record_id, by=bench.technician)
    assert [step.at for step in sample.hand_overs] == [TUESDAY, HOME]
