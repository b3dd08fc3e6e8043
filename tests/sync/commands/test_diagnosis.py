"""Sick crops where there is no signal: asked, answered, told, and what became of them."""

from datetime import timedelta

import pytest

from backend.cases import records as cases
from backend.core import clock, ids
from backend.core.database import fetch
from backend.diagnosis import questions, records
from backend.diagnosis.request_schemas import NewQuestion
from backend.sync.waiting import do_what_waited
from tests.cast import VILLAGE
from tests.diagnosis.clinic import Clinic, claimed_by
from tests.diagnosis.said import answer
from tests.sync.batches import command
from tests.sync.commands.test_outreach import uploaded
from tests.sync.offline import offline, refused, sent, twice

HOUR = timedelta(hours=1)
SAID = {"channel": "walk_in", "crop_code": "maize", "symptoms": "叶子发黄", "contact_phone": "199 0000 0051"}


@pytest.fixture
async def clinic(cast):
    return await Clinic.make(cast)


@pytest.fixture
async def answered(clinic):
    request_id = await clinic.routed()
    await claimed_by(request_id, clinic.expert)
    await answer(request_id, clinic.expert)
    return request_id


async def photos(request_id, clinic):
    return set((await cases.get_case(case_id=request_id, by=clinic.cast.operator)).photo_ids)


async def test_a_request_is_made_once_as_of_the_moment_it_was_said_and_its_receipt_is_told(clinic):
    said_at = clock.now() - 5 * HOUR
    made = command("requestDiagnosis", SAID | {"division_code": VILLAGE}, captured_at=said_at.isoformat())
    first, second = [await sent(clinic.cast.operator, made) for _ in range(2)]

    assert (first.outcome, second.outcome, str(first.record_id)) == ("stored", "duplicate", made["id"])
    assert len(first.record.secret) == 6
    assert second.record.id == first.record_id
    assert second.record.asked_at == said_at


async def test_a_request_goes_out_without_the_photos_that_are_on_their_way_and_they_join_it(clinic):
    early, late = ids.uuid7(), ids.uuid7()
    await uploaded(early, clinic.cast.operator)
    verdict = await offline(
        clinic.cast.operator, "requestDiagnosis", **SAID, division_code=VILLAGE, photo_ids=[early, late]
    )
    request_id = verdict.record_id
    assert (verdict.outcome, verdict.waiting_for) == ("stored", [late])
    assert (await records.get(request_id=request_id, by=clinic.cast.operator)).photos_expected == 2

    await do_what_waited()
    assert await photos(request_id, clinic) == {early}
    await uploaded(late, clinic.cast.operator)
    for _ in range(2):
        await do_what_waited()

    assert await photos(request_id, clinic) == {early, late}
    assert await fetch("SELECT id FROM sync_command WHERE outcome = 'waiting'") == []


async def test_what_the_farmer_answers_is_added_once(clinic):
    request_id = (await clinic.scan()).request.id
    await claimed_by(request_id, clinic.expert)
    new = NewQuestion(words="最近浇过水没有？")
    question = (await questions.ask_farmer(request_id=request_id, new=new, by=clinic.expert)).record
    _, second = await twice(
        clinic.cast.operator, "answerQuestion", request_id=request_id, question_id=question.id, words="前天浇的"
    )

    assert [each.answer for each in second.record.questions] == ["前天浇的"]
    case = await cases.get_case(case_id=request_id, by=clinic.cast.operator, timeline=True)
    assert [line.kind for line in case.timeline].count("relayed") == 1


async def test_the_farmer_has_heard_it_once(clinic, answered):
    _, second = await twice(clinic.cast.operator, "tellAnswer", request_id=answered, how="called")

    assert second.record.told_at is not None


async def test_what_became_of_the_crop_is_there_once(clinic, answered):
    first, _ = await twice(clinic.cast.operator, "recordOutcome", request_id=answered, result="better", words="好多了")

    (kept,) = (await records.get(request_id=answered, by=clinic.expert)).outcomes
    assert kept.id == first.record_id == first.id


async def test_a_stranger_asks_for_no_other_county_and_sees_no_request(clinic, answered):
    stranger = clinic.cast.stranger
    asked = await refused(stranger, "requestDiagnosis", **SAID, division_code=VILLAGE)
    assert asked == "cases/outside-your-territory"
    for verb, said in (
        ("answerQuestion", {"question_id": ids.uuid7(), "words": "前天浇的"}),
        ("tellAnswer", {"how": "called"}),
        ("recordOutcome", {"result": "better"}),
    ):
        assert await refused(stranger, verb, request_id=answered, **said) == "diagnosis/request-unknown"
