import httpx
import pytest

from backend.cases import routes as case_routes
from backend.core import clock, ids
from backend.core.database import fetch
from backend.core.refusals import DifferentArguments
from backend.diagnosis import agreement, answer_routes, answers, outcomes, records, routes, second_opinions
from backend.diagnosis.advice_rules import PesticideBanned
from backend.diagnosis.agreement_rules import cohens_kappa
from backend.diagnosis.answer_refusals import AskedBefore, NobodyAble, OnesOwnAnswer, OpinionGiven, OpinionUnknown
from backend.diagnosis.answer_schemas import NewOutcome, NewSecondOpinion
from backend.diagnosis.refusals import NotYours, RequestUnknown
from backend.diagnosis.words import AnswerKind, OutcomeResult
from backend.people.actors import Actor
from backend.tasks.my_day import my_tasks
from tests.application import application
from tests.diagnosis.clinic import claimed_by
from tests.diagnosis.said import BLIGHT, RUST, WATERLOGGING, answer, flooded, sprayed


@pytest.fixture
async def answered(clinic):
    """A farmer's request that the expert has answered."""
    asked = await clinic.scan()
    await claimed_by(asked.request.id, clinic.expert)
    await answer(asked.request.id, clinic.expert)
    return asked.request.id


@pytest.fixture
async def wire(clinic):
    """Requests, answers and cases over HTTP."""
    app = application(routes.router, answer_routes.router, case_routes.router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test/api/v1") as client:
        yield client


async def _ask(request_id, clinic, expert: Actor | None = None, by: Actor | None = None):
    new = NewSecondOpinion(id=ids.uuid7(), reason="拿不准", expert_id=expert.person_id if expert else None)
    return await second_opinions.request_second_opinion(request_id=request_id, new=new, by=by or clinic.expert)


async def _give(request_id, by, **changed):
    return await second_opinions.give_second_opinion(request_id=request_id, new=flooded(**changed), by=by)


async def test_the_second_expert_reads_nothing_of_the_first_answer_by_any_door_until_he_has_given_his(
    clinic, answered, wire, as_
):
    said = NewOutcome(result=OutcomeResult.BETTER, words="积水排了，好多了")
    await outcomes.record_outcome(request_id=answered, new=said, by=None)
    asked = await wire.post(
        f"/diagnosis/requests/{answered}/second-opinions",
        json={"expert_id": str(clinic.second.person_id), "reason": "再看看"},
        headers=await as_(clinic.expert),
    )
    assert asked.status_code == 201
    doors = [f"/diagnosis/requests/{answered}", f"/cases/{answered}", f"/diagnosis/requests/{answered}/second-opinions"]

    async def read():
        return [await wire.get(door, headers=await as_(clinic.second)) for door in doors]

    before = await read()
    assert [each.status_code for each in before] == [200, 200, 200]
    assert not [each.url for each in before if "积水" in each.text or "涝" in each.text]
    seen = before[0].json()
    assert (seen["answers"], seen["outcomes"]) == ([], [])
    assert "叶子发黄" in before[1].text

    given = await wire.post(
        f"/diagnosis/requests/{answered}/second-opinions/{asked.json()['id']}/answer",
        json={"diagnosis": "像大斑病", "condition_code": BLIGHT, "confidence": "likely"},
        headers=await as_(clinic.second),
    )
    assert given.status_code == 201
    after = await read()
    assert "积水" in after[0].text
    assert "积水" in after[1].text
    assert [each["kind"] for each in after[0].json()["answers"]] == ["first", "second"]


async def test_the_farmer_the_desk_and_the_cadre_read_no_second_opinion_and_the_chief_does(clinic, answered):
    await _ask(answered, clinic, clinic.second)
    await _give(answered, clinic.second, condition_code=BLIGHT)

    async def kinds(of):
        return [each.kind for each in (await records.read(answered, by=of)).answers]

    assert await kinds(None) == [AnswerKind.FIRST]
    assert await kinds(clinic.cast.operator) == [AnswerKind.FIRST]
    assert await kinds(clinic.chief) == [AnswerKind.FIRST, AnswerKind.SECOND]
    assert await kinds(clinic.cast.auditor) == [AnswerKind.FIRST, AnswerKind.SECOND]


async def test_an_opinion_that_came_before_the_first_answer_is_kept_from_whoever_has_to_give_it(clinic):
    asked = await clinic.scan()
    request_id = asked.request.id
    await claimed_by(request_id, clinic.expert)
    await _ask(request_id, clinic, clinic.second)
    second = (await _give(request_id, clinic.second, condition_code=BLIGHT)).record

    assert (await records.read(request_id, by=clinic.expert)).answers == []
    assert [each.id for each in (await records.read(request_id, by=clinic.second)).answers] == [second.id]
    first = await answer(request_id, clinic.expert)
    (row,) = await fetch("SELECT first_answer, answer FROM diagnosis_second_opinion")
    assert (row["first_answer"], row["answer"]) == (first.id, second.id)


async def test_the_best_able_other_expert_is_asked_unless_somebody_is_named(clinic, answered):
    chosen = (await _ask(answered, clinic)).record
    assert chosen.expert.id not in (clinic.expert.person_id,)
    colleagues = {who.person_id: who for who in (clinic.second, clinic.chief, clinic.local)}
    task = (await my_tasks(by=colleagues[chosen.expert.id], near=None)).tasks[0]
    assert "第二意见" in task.title_zh

    others = [who for who in colleagues.values() if who.person_id != chosen.expert.id]
    for who in others:
        await _ask(answered, clinic, who)
    with pytest.raises(NobodyAble):
        await _ask(answered, clinic)


async def test_nobody_judges_his_own_answer_and_nobody_is_asked_twice(clinic, answered):
    with pytest.raises(OnesOwnAnswer):
        await _ask(answered, clinic, clinic.expert, by=clinic.chief)
    await _ask(answered, clinic, clinic.second)
    with pytest.raises(AskedBefore):
        await _ask(answered, clinic, clinic.second)
    with pytest.raises(NobodyAble):
        await _ask(answered, clinic, clinic.cast.cadre)


async def test_asking_again_under_the_same_id_asks_once(clinic, answered):
    new = NewSecondOpinion(id=ids.uuid7(), reason="拿不准")
    first = await second_opinions.request_second_opinion(request_id=answered, new=new, by=clinic.expert)
    again = await second_opinions.request_second_opinion(request_id=answered, new=new, by=clinic.expert)

    assert (first.created, again.created) == (True, False)
    assert first.record == again.record
    other = NewSecondOpinion(id=new.id, reason="别的原因")
    with pytest.raises(DifferentArguments):
        await second_opinions.request_second_opinion(request_id=answered, new=other, by=clinic.expert)


async def test_only_whoever_has_it_or_leads_asks_and_strangers_see_nothing(clinic, answered):
    with pytest.raises(RequestUnknown):
        await _ask(answered, clinic, by=clinic.cast.stranger)
    with pytest.raises(NotYours):
        await _ask(answered, clinic, by=clinic.cast.operator)
    assert (await _ask(answered, clinic, clinic.second, by=clinic.cast.supervisor)).created


async def test_an_opinion_is_given_once_by_whoever_was_asked_under_the_same_bans(clinic, answered):
    with pytest.raises(OpinionUnknown):
        await _give(answered, clinic.second)
    await _ask(answered, clinic, clinic.second)
    with pytest.raises(PesticideBanned):
        await second_opinions.give_second_opinion(request_id=answered, new=sprayed(name="呋喃丹"), by=clinic.second)
    new = flooded()
    first = await second_opinions.give_second_opinion(request_id=answered, new=new, by=clinic.second)
    again = await second_opinions.give_second_opinion(request_id=answered, new=new, by=clinic.second)

    assert (first.created, again.created) == (True, False)
    assert first.record.tells_farmer is False
    assert (await my_tasks(by=clinic.second, near=None)).tasks == []
    with pytest.raises(OpinionGiven):
        await _give(answered, clinic.second, diagnosis="又想了想")


async def test_agreement_says_too_few_below_its_least_number_and_counts_pairs_of_codes(clinic, answered):
    await _ask(answered, clinic, clinic.second)
    await _give(answered, clinic.second, condition_code=None)
    found = await agreement.get_agreement(by=clinic.cast.supervisor)

    assert (found.pairs_n, found.n, found.too_few, found.kappa) == (1, 0, True, None)
    assert found.least_n == 30


async def test_agreement_of_thirty_pairs_is_a_kappa_with_its_interval_and_names_nobody(clinic):
    asked = await clinic.scan()
    await claimed_by(asked.request.id, clinic.expert)
    pairs = [(WATERLOGGING, WATERLOGGING)] * 12 + [(BLIGHT, BLIGHT)] * 10 + [(BLIGHT, RUST)] * 5 + [(RUST, RUST)] * 3
    for first, second in pairs:
        asked = await clinic.scan()
        await claimed_by(asked.request.id, clinic.expert)
        await answer(asked.request.id, clinic.expert, condition_code=first)
        await _ask(asked.request.id, clinic, clinic.second)
        await _give(asked.request.id, clinic.second, condition_code=second)
    by_hand = cohens_kappa(pairs)

    found = await agreement.get_agreement(by=clinic.cast.supervisor, crop_code="maize")
    assert (found.n, found.too_few, found.observed) == (30, False, round(25 / 30, 4))
    assert (found.kappa, found.kappa_low) == (round(by_hand.kappa, 4), round(by_hand.low, 4))
    assert found.kappa_low < found.kappa < found.kappa_high
    assert (await agreement.get_agreement(by=clinic.chief)).n == 30
    assert (await agreement.get_agreement(by=clinic.cast.supervisor, crop_code="wheat")).n == 0
    assert (await agreement.get_agreement(by=clinic.cast.auditor, until=clock.today(), since=clock.today())).n == 30


async def test_a_correction_by_whoever_read_the_answer_does_not_count_as_agreement(clinic, answered):
    await answers.correct_diagnosis(request_id=answered, new=flooded(condition_code=BLIGHT), by=clinic.chief)
    await _ask(answered, clinic, clinic.second)
    await _give(answered, clinic.second, condition_code=WATERLOGGING)
    (row,) = await fetch(
        "SELECT a.kind, a.condition FROM diagnosis_second_opinion s JOIN diagnosis_answer a ON a.id = s.first_answer"
    )

    assert (row["kind"], row["condition"]) == ("first", WATERLOGGING)
