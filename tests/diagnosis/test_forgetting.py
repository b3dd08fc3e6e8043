"""A farmer who has himself forgotten leaves a fact without a story: no word, no photo, no number, no leave to learn."""

from datetime import timedelta

from backend.cases import ending, records
from backend.core import clock
from backend.core.database import fetch, fetch_row
from backend.core.ids import uuid7
from backend.diagnosis import answers, forgetting, outcomes, questions
from backend.diagnosis.answer_schemas import NewAnswer, NewOutcome
from backend.diagnosis.request_schemas import NewQuestion, NewRequestConsent, QuestionAnswer
from backend.diagnosis.words import Confidence, ConsentPurpose, OutcomeResult
from tests.diagnosis.clinic import AGREED, Clinic, claimed_by
from tests.media.drawn import field, saved

LEARN = NewRequestConsent(purpose=ConsentPurpose.LEARNING, text_version="door 1", text_sha256="0" * 64, given=True)
HIS = ("锈斑", "多菌灵", "下雨", "一手红粉", "多亏了您", "按往年算")


async def told(clinic: Clinic):
    """Somebody who told much: words at every place, a photo, a question answered, an outcome."""
    photo = await clinic.photo(saved(field(seed=11)))
    asked = await clinic.scan(
        symptoms="锈斑", treatments="多菌灵", weather_note="下雨", photo_ids=[photo], consents=[AGREED, LEARN]
    )
    id = asked.request.id
    await claimed_by(id, clinic.expert)
    question = await questions.ask_farmer(request_id=id, new=NewQuestion(words="掉粉吗"), by=clinic.expert)
    said = QuestionAnswer(words="一手红粉")
    await questions.answer_question(request_id=id, question_id=question.record.id, new=said, by=None)
    answer = NewAnswer(diagnosis="南方锈病", confidence=Confidence.SURE)
    await answers.answer_diagnosis(request_id=id, new=answer, by=clinic.expert)
    better = NewOutcome(result=OutcomeResult.BETTER, area_mu=6, words="多亏了您", value_method="按往年算")
    await outcomes.record_outcome(request_id=id, new=better, by=None)
    return id


async def everything(id) -> str:
    """All that the database has of one request in clear, its consents apart."""
    rows = await fetch(
        """
        SELECT row_to_json(c)::text AS x FROM cases_case c WHERE id = $1
        UNION ALL SELECT row_to_json(e)::text FROM cases_event e WHERE e."case" = $1
        UNION ALL SELECT row_to_json(r)::text FROM diagnosis_request r WHERE id = $1
        UNION ALL SELECT row_to_json(q)::text FROM diagnosis_question q WHERE request = $1
        UNION ALL SELECT row_to_json(a)::text FROM diagnosis_answer a WHERE request = $1
        UNION ALL SELECT row_to_json(o)::text FROM diagnosis_outcome o WHERE request = $1
        UNION ALL SELECT row_to_json(p)::text FROM media_photo p WHERE claimed_id = $1
        """,
        id,
    )
    return " ".join(row["x"] for row in rows)


async def test_every_word_of_his_goes_and_what_the_expert_said_stays(clinic: Clinic) -> None:
    id = await told(clinic)
    before = await everything(id)
    assert [word for word in HIS if word not in before] == []

    await ending.erase_contact(case_id=id, id=uuid7(), by=None)
    await forgetting.erase(request_id=id)
    after = await everything(id)
    assert [word for word in HIS if word in after] == []
    assert "南方锈病" in after
    assert '"area_mu":6' in after, "a figure of the field stays, as the register says"


async def test_his_photos_cannot_be_read_by_anybody_any_more(clinic: Clinic) -> None:
    id = await told(clinic)
    await forgetting.erase(request_id=id)
    row = await fetch_row(
        "SELECT p.state, p.reasons, p.file_name, o.key_sealed FROM media_photo p JOIN media_original o "
        "ON o.sha256 = p.original WHERE p.claimed_id = $1",
        id,
    )
    assert row is not None
    assert (row["state"], row["reasons"], row["file_name"], row["key_sealed"]) == ("refused", ["purged"], "", None)
    assert (await records.read(id)).photo_ids == []


async def test_his_leave_to_learn_from_it_is_taken_back_in_the_ledger(clinic: Clinic) -> None:
    id = await told(clinic)
    for _ in range(2):
        await forgetting.erase(request_id=id)
    rows = await fetch(
        "SELECT given FROM diagnosis_consent WHERE request = $1 AND purpose = 'learning' ORDER BY at", id
    )
    assert [row["given"] for row in rows] == [True, False]
    row = await fetch_row("SELECT learning FROM diagnosis_request WHERE id = $1", id)
    assert row is not None
    assert not row["learning"]


async def test_his_number_is_written_to_no_more(clinic: Clinic) -> None:
    id = await told(clinic)
    alive = "SELECT 1 FROM push_address WHERE subject = $1 AND dead_at IS NULL"
    assert len(await fetch(alive, id)) == 1
    await forgetting.erase(request_id=id)
    assert await fetch(alive, id) == []


async def test_a_closed_case_that_staff_had_forgotten_takes_its_request_along(clinic: Clinic) -> None:
    id = await told(clinic)
    await forgetting.forget_with_cases()
    assert "多菌灵" in await everything(id)
    await ending.erase_contact(case_id=id, id=uuid7(), by=clinic.cast.operator)
    with clock.stopped(clock.now() + timedelta(days=1)):
        await forgetting.forget_with_cases()
    assert [word for word in HIS if word in await everything(id)] == []


async def test_another_farmers_words_stay(clinic: Clinic) -> None:
    id, other = await told(clinic), await clinic.scan(symptoms="我的麦子", contact_phone="199 0000 0060")
    await forgetting.erase(request_id=id)
    assert "我的麦子" in await everything(other.request.id)
