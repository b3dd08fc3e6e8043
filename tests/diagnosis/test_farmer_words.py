"""What the farmer adds reaches whoever looks at his crop: on the page, and as a notice to whoever has it."""

from uuid import UUID

from backend.cases import ending
from backend.core.database import fetch
from backend.core.ids import uuid7
from backend.diagnosis import answers, farmer_words, questions, second_opinions
from backend.diagnosis.answer_schemas import NewAnswer, NewSecondOpinion
from backend.diagnosis.request_schemas import NewQuestion, QuestionAnswer
from backend.diagnosis.words import Confidence
from backend.people.actors import Actor
from tests.diagnosis.clinic import Clinic, claimed_by


async def said(request_id: UUID, by: Actor) -> list[str]:
    return [each.words for each in await farmer_words.said_later(request_id=request_id, by=by)]


async def add(request_id: UUID, words: str) -> None:
    await ending.add_words(case_id=request_id, id=uuid7(), words=words, by=None)


async def notices(expert: Actor) -> int:
    rows = await fetch(
        "SELECT 1 FROM push_notice n JOIN push_recipient r ON r.notice = n.id "
        "WHERE n.dedupe_key LIKE 'diagnosis added %' AND r.subject = $1",
        expert.person_id,
    )
    return len(rows)


async def test_it_is_read_newest_first_without_what_answers_a_question(clinic: Clinic) -> None:
    id = (await clinic.scan()).request.id
    await claimed_by(id, clinic.expert)
    await add(id, "隔壁地也有了")
    question = await questions.ask_farmer(request_id=id, new=NewQuestion(words="掉粉吗"), by=clinic.expert)
    answer = QuestionAnswer(words="掉")
    await questions.answer_question(request_id=id, question_id=question.record.id, new=answer, by=None)
    await add(id, "今天更多了")
    assert await said(id, clinic.expert) == ["今天更多了", "隔壁地也有了"]


async def test_what_he_asks_again_is_there_for_the_expert(clinic: Clinic) -> None:
    id = (await clinic.scan()).request.id
    await claimed_by(id, clinic.expert)
    new = NewAnswer(diagnosis="锈病", confidence=Confidence.SURE)
    await answers.answer_diagnosis(request_id=id, new=new, by=clinic.expert)
    await ending.reopen(case_id=id, id=uuid7(), reason="打了两遍还在长", by=None)
    assert await said(id, clinic.expert) == ["打了两遍还在长"]


async def test_who_owes_a_blind_opinion_reads_nothing_of_it(clinic: Clinic) -> None:
    id = (await clinic.scan()).request.id
    await claimed_by(id, clinic.expert)
    await add(id, "孟老师说是锈病")
    new = NewSecondOpinion(expert_id=clinic.second.person_id)
    await second_opinions.request_second_opinion(request_id=id, new=new, by=clinic.expert)
    assert await said(id, clinic.second) == []


async def test_whoever_has_it_hears_once_and_nobody_while_nobody_has_it(clinic: Clinic) -> None:
    id = (await clinic.scan()).request.id
    await farmer_words.tell_expert(request_id=id, key="1")
    assert await notices(clinic.expert) == 0
    await claimed_by(id, clinic.expert)
    for _ in range(2):
        await farmer_words.tell_expert(request_id=id, key="2")
    assert await notices(clinic.expert) == 1


async def test_forgotten_words_are_gone_here_too(clinic: Clinic) -> None:
    id = (await clinic.scan()).request.id
    await claimed_by(id, clinic.expert)
    await add(id, "隔壁地也有了")
    await ending.erase_contact(case_id=id, id=uuid7(), by=None)
    assert await said(id, clinic.expert) == []
