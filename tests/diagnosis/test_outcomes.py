from datetime import datetime, timedelta

import pytest

from backend.core import clock, creates, ids
from backend.core.clock import SHANGHAI
from backend.core.database import fetch
from backend.core.refusals import DifferentArguments
from backend.diagnosis import outcomes, records
from backend.diagnosis.answer_refusals import NotAnswered
from backend.diagnosis.answer_schemas import NewOutcome
from backend.diagnosis.refusals import NotYours, RequestUnknown
from backend.diagnosis.words import OutcomeResult
from backend.tasks.my_day import my_tasks
from tests.diagnosis.clinic import claimed_by
from tests.diagnosis.said import answer

NOON = datetime(2026, 11, 25, 12, tzinfo=SHANGHAI)
WEEK = timedelta(days=7)


@pytest.fixture
def noon():
    with clock.stopped(NOON):
        yield


@pytest.fixture
async def helped(clinic, noon):
    """A farmer's request with an answer, to be asked about in a week."""
    asked = await clinic.scan()
    await claimed_by(asked.request.id, clinic.expert)
    await answer(asked.request.id, clinic.expert)
    return asked.request.id


def _better(**changed):
    said = {"result": OutcomeResult.BETTER, "area_mu": 1275, "value_saved_yuan": 240_000, "value_method": "估算"}
    return NewOutcome(id=ids.uuid7(), **(said | changed))


async def _asked_on_a_phone(request_id):
    rows = await fetch(
        "SELECT 1 FROM push_notice WHERE origin_id = $1 AND dedupe_key LIKE 'diagnosis farmer outcome%'", request_id
    )
    return len(rows)


async def _to_ask(of):
    return [each for each in (await my_tasks(by=of, near=None)).tasks if "怎么样" in each.title_zh]


async def test_the_farmer_says_what_became_of_it_and_his_figures_are_marked_as_his(clinic, helped):
    new = _better()
    first = await outcomes.record_outcome(request_id=helped, new=new, by=None)
    again = await outcomes.record_outcome(request_id=helped, new=new, by=None)

    assert (first.created, again.created) == (True, False)
    (kept,) = (await records.get(request_id=helped, by=clinic.expert)).outcomes
    assert (kept.by_farmer, kept.declared, kept.value_saved_yuan, kept.area_mu) == (True, True, 240_000, 1275)
    other = NewOutcome(id=new.id, result=OutcomeResult.WORSE)
    with pytest.raises(DifferentArguments):
        await outcomes.record_outcome(request_id=helped, new=other, by=None)


async def test_an_outcome_that_was_kept_with_all_its_fields_is_the_same_still(clinic, helped):
    new, plain = NewOutcome(id=ids.uuid7(), result=OutcomeResult.BETTER), {"result": "better", "words": None}
    plain |= {"area_mu": None, "value_saved_yuan": None, "value_method": None}
    await outcomes.record_outcome(request_id=helped, new=new, by=None)
    formerly = creates.former_digest([helped, None, plain])
    await fetch("UPDATE diagnosis_outcome SET arguments_digest = $1", formerly)

    assert (await outcomes.record_outcome(request_id=helped, new=new, by=None)).created is False


async def test_said_again_the_newest_counts_and_the_older_one_stays(clinic, helped):
    await outcomes.record_outcome(request_id=helped, new=NewOutcome(result=OutcomeResult.SAME), by=None)
    with clock.stopped(NOON + WEEK):
        await outcomes.record_outcome(request_id=helped, new=_better(), by=clinic.cast.operator)

    seen = (await records.get(request_id=helped, by=clinic.expert)).outcomes
    assert [(each.result, each.by_farmer) for each in seen] == [("same", True), ("better", False)]


async def test_it_is_asked_on_his_phone_once_when_the_day_has_come(helped):
    await outcomes.ask_due()
    assert await _asked_on_a_phone(helped) == 0
    with clock.stopped(NOON + WEEK):
        await outcomes.ask_due()
        await outcomes.ask_due()

    assert await _asked_on_a_phone(helped) == 1


async def test_whoever_has_said_it_already_is_not_asked(helped):
    await outcomes.record_outcome(request_id=helped, new=_better(), by=None)
    with clock.stopped(NOON + WEEK):
        await outcomes.ask_due()

    assert await _asked_on_a_phone(helped) == 0


async def test_whoever_called_is_asked_by_his_cadre_else_by_whoever_took_the_call(clinic, noon):
    home = await clinic.routed(household_id=clinic.cast.household, division_code=None)
    elsewhere = await clinic.routed()
    for request_id in (home, elsewhere):
        await claimed_by(request_id, clinic.expert)
        await answer(request_id, clinic.expert)
    with clock.stopped(NOON + WEEK):
        await outcomes.ask_due()
        (of_cadre,), (of_desk,) = await _to_ask(clinic.cast.cadre), await _to_ask(clinic.cast.operator)
        assert of_cadre.link.endswith(str(home))
        await outcomes.record_outcome(request_id=elsewhere, new=_better(), by=clinic.cast.operator)

        assert await _to_ask(clinic.cast.operator) == []
        rows = await fetch("SELECT state FROM tasks_task WHERE id = $1", of_desk.id)
        assert rows[0]["state"] == "done"


async def test_where_the_farmer_said_it_himself_nobody_has_to_ask_any_more(clinic, noon):
    request_id = await clinic.routed()
    await claimed_by(request_id, clinic.expert)
    await answer(request_id, clinic.expert)
    with clock.stopped(NOON + WEEK):
        await outcomes.ask_due()
        await outcomes.record_outcome(request_id=request_id, new=_better(), by=None)

        assert await _to_ask(clinic.cast.operator) == []


async def test_before_an_answer_nothing_can_have_come_of_it(clinic):
    request_id = await clinic.routed()

    with pytest.raises(NotAnswered):
        await outcomes.record_outcome(request_id=request_id, new=_better(), by=None)


async def test_strangers_see_nothing_and_auditors_write_nothing(clinic, helped):
    with pytest.raises(RequestUnknown):
        await outcomes.record_outcome(request_id=helped, new=_better(), by=clinic.cast.stranger)
    with pytest.raises(NotYours):
        await outcomes.record_outcome(request_id=helped, new=_better(), by=clinic.cast.auditor)
