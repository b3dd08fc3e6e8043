import asyncio
from datetime import timedelta

import pytest

from backend.cases import records as cases
from backend.cases.public import public_case
from backend.core import clock
from backend.core.creates import Outcome
from backend.core.refusals import DifferentArguments, Invalid
from backend.diagnosis import answers, offers, public, questions, records
from backend.diagnosis.advice_rules import AdviceIncomplete, PesticideBanned
from backend.diagnosis.answer_refusals import NotAnswered
from backend.diagnosis.answer_schemas import Advice, Differential
from backend.diagnosis.moving import NotNow, RequestUnknown
from backend.diagnosis.refusals import NotYours
from backend.diagnosis.request_schemas import NewQuestion
from backend.diagnosis.words import AnswerKind, RequestState
from backend.tasks.my_day import my_tasks
from backend.tasks.tables import TaskKind
from tests.diagnosis.clinic import claimed_by, state_of
from tests.diagnosis.said import BLIGHT, answer, flooded, sprayed


@pytest.fixture
async def mine(clinic):
    """A farmer's own request, which the expert has."""
    asked = await clinic.scan()
    await claimed_by(asked.request.id, clinic.expert)
    return asked.request.id


async def test_the_flooded_maize_is_answered_and_the_farmer_reads_it_at_once(clinic, mine):
    given = await answer(mine, clinic.expert)

    assert (given.kind, given.condition_zh, given.expert_name) == (AnswerKind.FIRST, "玉米涝害", "孟繁荣")
    assert given.warnings == []
    seen = await records.get(request_id=mine, by=clinic.expert)
    assert (seen.state, seen.case.state) == (RequestState.ANSWERED, "answered")
    assert seen.told_at is not None
    assert [each.id for each in seen.answers] == [given.id]
    told = await public_case(case_id=mine)
    words = next(each for each in told.timeline if each.kind == "resolved").said["words"]
    assert words.startswith("诊断：地里积水，根闷住了（有把握）\n1．挖沟把水排出去\n2．")


async def test_the_same_answer_again_is_the_same_and_another_under_its_id_is_refused(clinic, mine):
    new = flooded()
    first = await answers.answer_diagnosis(request_id=mine, new=new, by=clinic.expert)
    again = await answers.answer_diagnosis(request_id=mine, new=new, by=clinic.expert)

    assert (first.created, again.created) == (True, False)
    assert again.record == first.record
    with pytest.raises(DifferentArguments):
        await answers.answer_diagnosis(request_id=mine, new=flooded(id=new.id, diagnosis="别的"), by=clinic.expert)
    with pytest.raises(NotNow):
        await answers.answer_diagnosis(request_id=mine, new=flooded(), by=clinic.expert)


async def test_two_answers_at_once_are_one(clinic, mine):
    new = flooded()
    same = [answers.answer_diagnosis(request_id=mine, new=new, by=clinic.expert) for _ in range(3)]
    other = answers.answer_diagnosis(request_id=mine, new=flooded(), by=clinic.chief)
    ended = await asyncio.gather(*same, other, return_exceptions=True)

    assert [getattr(each, "created", None) for each in ended].count(True) == 1
    assert {type(each) for each in ended} == {Outcome, NotNow}
    assert len((await records.get(request_id=mine, by=clinic.expert)).answers) == 1


async def test_a_stranger_sees_no_request_and_a_colleague_may_not_answer_for_another(clinic, mine):
    with pytest.raises(RequestUnknown):
        await answers.answer_diagnosis(request_id=mine, new=flooded(), by=clinic.cast.stranger)
    with pytest.raises(RequestUnknown):
        await answers.answer_diagnosis(request_id=mine, new=flooded(), by=clinic.second)
    with pytest.raises(NotYours):
        await answers.answer_diagnosis(request_id=mine, new=flooded(), by=clinic.cast.supervisor)

    assert await state_of(mine) is RequestState.CLAIMED


async def test_the_chief_may_answer_what_another_has(clinic, mine):
    given = await answer(mine, clinic.chief)

    assert given.expert_id == clinic.chief.person_id


async def test_an_answer_with_a_banned_pesticide_is_refused_and_nothing_is_stored(clinic, mine):
    with pytest.raises(PesticideBanned):
        await answers.answer_diagnosis(request_id=mine, new=sprayed(name="40%氧乐果乳油"), by=clinic.expert)

    assert await state_of(mine) is RequestState.CLAIMED
    assert (await records.get(request_id=mine, by=clinic.expert)).answers == []


async def test_a_pesticide_without_its_dose_is_refused_and_one_without_registration_warns(clinic, mine):
    with pytest.raises(AdviceIncomplete):
        await answers.answer_diagnosis(request_id=mine, new=sprayed(dose=None), by=clinic.expert)

    given = await answers.answer_diagnosis(request_id=mine, new=sprayed(registration_no=None), by=clinic.expert)
    assert given.record.warnings == ["registration_missing"]
    words = (await cases.get_case(case_id=mine, by=clinic.expert, timeline=True)).timeline
    said = next(line for line in words if line.kind == "resolved").said["words"]
    assert "每次 30 毫升/亩" in said
    assert "最后一次离收获至少 14 天" in said


async def test_a_code_of_another_crop_and_days_that_are_over_are_refused_with_their_fields(clinic, mine):
    today = clock.today()
    wrong = flooded(
        condition_code="wheat.stripe_rust",
        differential=[Differential(words="也可能是", condition_code="no.such")],
        template_code="no.such",
        visit_by=today,
        follow_up_on=today,
        advice=Advice(treat_on=today - timedelta(days=1)),
    )
    with pytest.raises(Invalid) as refused:
        await answers.answer_diagnosis(request_id=mine, new=wrong, by=clinic.expert)

    assert {error.pointer for error in refused.value.errors} == {
        *("/condition_code", "/differential/0/condition_code", "/template_code", "/visit_by", "/follow_up_on"),
        "/advice/treat_on",
    }


async def test_what_else_it_could_be_and_items_of_the_handbook_are_kept(clinic, mine):
    other = Differential(words="若叶背有灰霉层，就是大斑病", condition_code=BLIGHT)
    given = await answer(mine, clinic.expert, differential=[other], knowledge_codes=["maize.flood-2026"])

    assert given.differential == [other]
    assert given.knowledge_codes == ["maize.flood-2026"]


async def test_the_follow_up_comes_from_the_answer_else_the_template_else_the_policy(clinic):
    today = clock.today()
    wanted = {
        today + timedelta(days=3): {"follow_up_on": today + timedelta(days=3)},
        today + timedelta(days=10): {"template_code": "maize.leaf_blight.summer"},
        today + timedelta(days=7): {},
    }
    for day, said in wanted.items():
        asked = await clinic.scan()
        await claimed_by(asked.request.id, clinic.expert)
        assert (await answer(asked.request.id, clinic.expert, **said)).follow_up_on == day


async def test_an_expert_may_answer_while_he_waits_for_the_farmer_who_is_asked_no_more_then(clinic):
    request_id = await clinic.routed()
    await claimed_by(request_id, clinic.expert)
    await questions.ask_farmer(request_id=request_id, new=NewQuestion(words="打过什么药？"), by=clinic.expert)
    assert (await my_tasks(by=clinic.cast.operator, near=None)).tasks
    await answer(request_id, clinic.expert)

    seen = await records.get(request_id=request_id, by=clinic.expert)
    assert (seen.state, seen.case.state) == (RequestState.ANSWERED, "resolved")
    assert seen.questions[0].answered_at is not None
    (waits,) = (await my_tasks(by=clinic.cast.operator, near=None)).tasks
    assert waits.link.endswith("/telling")


async def test_a_proposed_visit_is_a_task_of_the_households_cadre_else_of_the_expert(clinic):
    by_day = clock.today() + timedelta(days=1)
    home = await clinic.routed(household_id=clinic.cast.household, division_code=None)
    elsewhere = await clinic.routed()
    for request_id in (home, elsewhere):
        await claimed_by(request_id, clinic.expert)
        await answer(request_id, clinic.expert, visit_proposed=True, visit_by=by_day)

    async def visits(of):
        return [each.origin_id for each in (await my_tasks(by=of, near=None)).tasks if each.kind is TaskKind.VISIT]

    assert await visits(clinic.cast.cadre) == [home]
    assert await visits(clinic.expert) == [elsewhere]


async def test_a_correction_tells_the_farmer_and_leaves_the_first_with_its_date(clinic, mine):
    first = await answer(mine, clinic.expert)
    with pytest.raises(NotYours):
        await answers.correct_diagnosis(request_id=mine, new=sprayed(), by=clinic.expert)
    new = sprayed()
    outcome = await answers.correct_diagnosis(request_id=mine, new=new, by=clinic.chief)
    again = await answers.correct_diagnosis(request_id=mine, new=new, by=clinic.chief)

    assert (outcome.created, again.created) == (True, False)
    seen = await records.get(request_id=mine, by=clinic.expert)
    assert [(each.kind, each.id) for each in seen.answers] == [
        (AnswerKind.FIRST, first.id),
        (AnswerKind.CORRECTION, outcome.record.id),
    ]
    assert seen.answers[0].given_at == first.given_at
    assert seen.told_at is not None
    lines = [each.kind for each in (await public_case(case_id=mine)).timeline]
    assert lines[-3:] == ["resolved", "answered", "corrected"]
    told = await public.public_diagnosis(request_id=mine)
    assert {each.id for each in told.answers} == {first.id, outcome.record.id}


async def test_what_is_not_answered_cannot_be_corrected(clinic, mine):
    with pytest.raises(NotAnswered):
        await answers.correct_diagnosis(request_id=mine, new=flooded(), by=clinic.chief)


async def test_an_expert_who_claims_by_the_verb_answers_by_the_verb(clinic):
    request_id = await clinic.routed()
    seen = await records.get(request_id=request_id, by=clinic.chief)
    has_it = {who.person_id: who for who in (clinic.expert, clinic.second, clinic.local, clinic.chief)}[seen.expert.id]
    await offers.claim(request_id=request_id, by=has_it)
    await answer(request_id, has_it)

    assert await state_of(request_id) is RequestState.ANSWERED
