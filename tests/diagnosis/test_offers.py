"""Taking a request, passing it on, handing it over: one has it at a time, and everything repeats harmlessly."""

import asyncio
from datetime import timedelta

import pytest

from backend.core import clock, ids
from backend.core.database import fetch, fetch_row
from backend.core.refusals import DifferentArguments, Invalid
from backend.diagnosis import explaining, lists, offers, questions, routing
from backend.diagnosis.expert_schemas import NewCompetence
from backend.diagnosis.offer_refusals import ExpertAway, NotAnExpert, OfferOver, TakenAlready
from backend.diagnosis.refusals import NotNow, NotYours, RequestUnknown
from backend.diagnosis.request_schemas import NewQuestion
from backend.diagnosis.words import RefusalReason, RequestState
from backend.tasks import actions as tasks_actions
from backend.tasks import queries as tasks
from backend.tasks.tables import DeclineReason as TaskDeclined
from tests.cast import COUNTY
from tests.diagnosis.clinic import Clinic, expert_of, later, state_of
from tests.diagnosis.test_routing import alone, set_


async def pooled(clinic: Clinic):
    """A request that nobody took in time."""
    asked = await clinic.routed()
    for minutes in (21, 42, 63):
        with later(timedelta(minutes=minutes)):
            await routing.route_due()
    assert await state_of(asked) is RequestState.POOLED
    return asked


async def case_of(request_id):
    return await fetch_row("SELECT state, assignee FROM cases_case WHERE id = $1", request_id)


class TestClaiming:
    async def test_what_is_before_him_is_his_and_so_is_its_case(self, clinic):
        asked = await clinic.routed()

        told = await offers.claim(request_id=asked, by=clinic.local)

        assert (told.state, told.expert.id) == (RequestState.CLAIMED, clinic.local.person_id)
        assert await case_of(asked) == ("in_hand", clinic.local.person_id)
        (task,) = (await tasks.states_of(origin_room="diagnosis", origin_ids=[asked]))[asked]
        assert task.state == "done"

    async def test_taken_twice_it_is_the_same(self, clinic):
        asked, id = await clinic.routed(), ids.uuid7()

        first = await offers.claim(request_id=asked, id=id, by=clinic.local)
        again = await offers.claim(request_id=asked, id=id, by=clinic.local)

        assert again.claimed_at == first.claimed_at
        assert again.case.version == first.case.version

    async def test_nobody_takes_what_is_before_somebody_else(self, clinic):
        asked = await clinic.routed()

        for other in (clinic.expert, clinic.cast.stranger, clinic.cast.expert):
            with pytest.raises(RequestUnknown):
                await offers.claim(request_id=asked, by=other)
        with pytest.raises(NotYours):
            await offers.claim(request_id=asked, by=clinic.cast.operator)

    async def test_of_two_who_reach_into_the_pool_one_gets_it_and_the_other_hears_no_name(self, clinic):
        asked = await pooled(clinic)
        by = [clinic.expert, clinic.second]

        told = await asyncio.gather(*(offers.claim(request_id=asked, by=who) for who in by), return_exceptions=True)

        (lost,) = [each for each in told if isinstance(each, Exception)]
        assert isinstance(lost, TakenAlready)
        assert lost.status == 409
        assert not any(who.name in f"{lost.detail}{lost.facts}" for who in by)
        assert await expert_of(asked) == by[0 if lost is told[1] else 1].person_id

    async def test_whose_offer_lapsed_hears_that_somebody_else_has_it(self, clinic):
        asked = await clinic.routed()
        with later(timedelta(minutes=21)):
            await routing.route_due()

        with pytest.raises(TakenAlready):
            await offers.claim(request_id=asked, by=clinic.local)

    async def test_the_pool_is_for_those_who_are_able(self, clinic):
        asked = await pooled(clinic)
        await fetch("UPDATE diagnosis_competence SET crop = 'wheat' WHERE expert = $1", clinic.second.person_id)

        with pytest.raises(NotYours):
            await offers.claim(request_id=asked, by=clinic.second)

    async def test_a_local_expert_of_a_station_finds_it_in_the_pool(self, clinic):
        field = NewCompetence(division_code=COUNTY, crop_code="wheat")
        await set_(clinic, clinic.local, competences=[field])
        asked = await clinic.routed(crop_code="maize")
        for minutes in (21, 42):
            with later(timedelta(minutes=minutes)):
                await routing.route_due()
        await set_(clinic, clinic.local, competences=[field, NewCompetence(division_code=COUNTY, crop_code="maize")])

        (found,) = (await lists.list_queue(by=clinic.local, part="pool")).items
        told = await offers.claim(request_id=asked, by=clinic.local)

        assert found.id == asked
        assert told.expert.id == clinic.local.person_id

    async def test_a_chief_takes_it_from_whoever_has_it_who_is_told(self, clinic):
        asked = await clinic.routed()
        await offers.claim(request_id=asked, by=clinic.local)

        told = await offers.claim(request_id=asked, by=clinic.chief)

        assert told.expert.id == clinic.chief.person_id
        assert (await case_of(asked))["assignee"] == clinic.chief.person_id
        words = await fetch(
            "SELECT n.text_zh FROM push_notice n JOIN push_recipient r ON r.notice = n.id WHERE r.subject = $1 "
            "ORDER BY n.made_at DESC, n.id DESC LIMIT 1",
            clinic.local.person_id,
        )
        assert "已由别人接手" in words[0]["text_zh"]

    async def test_a_supervisor_without_a_profile_hands_over_instead(self, clinic):
        asked = await clinic.routed()

        with pytest.raises(NotAnExpert):
            await offers.claim(request_id=asked, by=clinic.cast.supervisor)

    async def test_what_has_ended_is_nobodys_any_more(self, clinic):
        asked = await clinic.routed()
        await fetch("UPDATE diagnosis_request SET state = 'ended' WHERE id = $1", asked)

        with pytest.raises(NotNow):
            await offers.claim(request_id=asked, by=clinic.local)


class TestDeclining:
    async def test_the_next_one_has_it_at_once_and_he_is_not_asked_again(self, clinic):
        asked = await clinic.routed()

        await offers.decline(request_id=asked, reason=RefusalReason.NO_TIME, by=clinic.local)

        assert await state_of(asked) is RequestState.OFFERED
        assert await expert_of(asked) in (clinic.expert.person_id, clinic.second.person_id)
        row = await fetch_row("SELECT ending, reason FROM diagnosis_offer WHERE expert = $1", clinic.local.person_id)
        assert row == ("declined", "no_time")

    async def test_said_twice_it_is_said_once(self, clinic):
        asked = await clinic.routed()
        for _ in range(2):
            await offers.decline(request_id=asked, reason=RefusalReason.NOT_MY_FIELD, by=clinic.local)

        assert len(await fetch("SELECT 1 FROM diagnosis_offer WHERE request = $1", asked)) == 2

    async def test_other_takes_a_word(self, clinic):
        asked = await clinic.routed()

        with pytest.raises(Invalid):
            await offers.decline(request_id=asked, reason=RefusalReason.OTHER, remark="  ", by=clinic.local)

    async def test_what_lapsed_is_not_declined_any_more(self, clinic):
        asked = await clinic.routed()
        with later(timedelta(minutes=21)):
            await routing.route_due()

        with pytest.raises(OfferOver):
            await offers.decline(request_id=asked, reason=RefusalReason.NO_TIME, by=clinic.local)
        with pytest.raises(RequestUnknown):
            await offers.decline(request_id=asked, reason=RefusalReason.NO_TIME, by=clinic.cast.stranger)

    async def test_a_task_that_he_declines_in_his_day_passes_it_on_too(self, clinic):
        asked = await clinic.routed()
        (task,) = (await tasks.states_of(origin_room="diagnosis", origin_ids=[asked]))[asked]
        await tasks_actions.decline_task(
            task_id=task.task_id, reason=TaskDeclined.OTHER, remark="在外地培训", by=clinic.local
        )

        await routing.route_due()

        assert await expert_of(asked) != clinic.local.person_id
        row = await fetch_row("SELECT ending, remark FROM diagnosis_offer WHERE expert = $1", clinic.local.person_id)
        assert row == ("declined", "在外地培训")

    async def test_after_a_chief_who_declines_a_supervisor_is_told(self, clinic):
        await alone(clinic, clinic.chief)
        asked = await clinic.routed()
        assert await expert_of(asked) == clinic.chief.person_id

        await offers.decline(request_id=asked, reason=RefusalReason.NO_TIME, by=clinic.chief)

        assert await state_of(asked) is RequestState.POOLED
        (_, nobody) = await explaining.explain(request_id=asked, by=clinic.cast.supervisor)
        assert nobody.decision == "nobody"


class TestHandingOver:
    async def test_whoever_has_it_gives_it_to_a_colleague_and_says_why(self, clinic):
        asked = await clinic.routed()
        await offers.claim(request_id=asked, by=clinic.local)
        id = ids.uuid7()

        for _ in range(2):
            told = await offers.hand_over(
                request_id=asked, to=clinic.second.person_id, reason="像是病毒病，她更熟", id=id, by=clinic.local
            )

        assert (told.state, told.expert.id) == (RequestState.OFFERED, clinic.second.person_id)
        assert [(each.expert.id, each.ending) for each in told.offers] == [
            (clinic.local.person_id, "handed_over"),
            (clinic.second.person_id, None),
        ]
        taken = await offers.claim(request_id=asked, by=clinic.second)
        assert taken.case.assignee.id == clinic.second.person_id

    async def test_a_colleague_who_does_not_take_it_passes_it_on_like_any_other(self, clinic):
        asked = await clinic.routed()
        await offers.hand_over(request_id=asked, to=clinic.second.person_id, reason="下地去了", by=clinic.local)

        with later(timedelta(minutes=21)):
            await routing.route_due()

        assert await expert_of(asked) == clinic.expert.person_id

    async def test_while_the_farmer_is_asked_back_it_changes_hands_and_waits_on(self, clinic):
        asked = await clinic.routed()
        await offers.claim(request_id=asked, by=clinic.local)
        await questions.ask_farmer(request_id=asked, new=NewQuestion(words="打过什么药？"), by=clinic.local)

        told = await offers.hand_over(
            request_id=asked, to=clinic.second.person_id, reason="明天起休假", by=clinic.local
        )

        assert (told.state, told.expert.id) == (RequestState.ASKED, clinic.second.person_id)
        assert told.case.assignee.id == clinic.second.person_id

    async def test_a_supervisor_settles_what_is_in_the_pool(self, clinic):
        asked = await pooled(clinic)

        told = await offers.hand_over(
            request_id=asked, to=clinic.second.person_id, reason="请你来看", by=clinic.cast.supervisor
        )

        assert (told.state, told.expert.id) == (RequestState.OFFERED, clinic.second.person_id)

    async def test_it_is_given_to_an_expert_who_is_there_and_by_whoever_has_it(self, clinic):
        asked = await clinic.routed()
        await set_(clinic, clinic.second, away_until=clock.now() + timedelta(days=3))
        give = {"request_id": asked, "reason": "忙不过来"}

        with pytest.raises(ExpertAway):
            await offers.hand_over(**give, to=clinic.second.person_id, by=clinic.local)
        with pytest.raises(NotAnExpert):
            await offers.hand_over(**give, to=clinic.cast.cadre.person_id, by=clinic.local)
        with pytest.raises(NotYours):
            await offers.hand_over(**give, to=clinic.expert.person_id, by=clinic.cast.operator)
        with pytest.raises(RequestUnknown):
            await offers.hand_over(**give, to=clinic.expert.person_id, by=clinic.cast.stranger)
        with pytest.raises(Invalid):
            await offers.hand_over(request_id=asked, reason=" ", to=clinic.expert.person_id, by=clinic.local)
        with pytest.raises(Invalid):
            await offers.hand_over(**give, to=clinic.local.person_id, by=clinic.local)

    async def test_an_id_stands_for_one_hand_over(self, clinic):
        asked, id = await clinic.routed(), ids.uuid7()
        give = {"request_id": asked, "reason": "忙不过来", "id": id}
        await offers.hand_over(**give, to=clinic.expert.person_id, by=clinic.local)

        with pytest.raises(DifferentArguments):
            await offers.hand_over(**give, to=clinic.second.person_id, by=clinic.local)


async def test_when_the_request_ends_elsewhere_nobody_has_it_before_him(clinic):
    asked = await clinic.routed()

    for _ in range(2):
        await offers.withdraw(request_id=asked)

    row = await fetch_row("SELECT ending FROM diagnosis_offer WHERE request = $1", asked)
    assert row == ("withdrawn",)
    (task,) = (await tasks.states_of(origin_room="diagnosis", origin_ids=[asked]))[asked]
    assert task.state == "withdrawn"


class TestOverHttp:
    """In the order of every route: nobody, wrong shape, stranger, right person, twice."""

    async def test_claiming(self, clinic, desk_wire, as_):
        path = f"/diagnosis/requests/{await clinic.routed()}/claim"

        assert (await desk_wire.post(path, json={})).status_code == 401
        mine, strangers = await as_(clinic.local), await as_(clinic.cast.stranger)
        assert (await desk_wire.post(path, json={"ids": 1}, headers=mine)).status_code == 400
        assert (await desk_wire.post(path, json={}, headers=strangers)).status_code == 404
        for _ in range(2):
            told = await desk_wire.post(path, json={}, headers={**mine, "Idempotency-Key": "one"})
            assert (told.status_code, told.json()["state"]) == (200, "claimed")

    async def test_declining(self, clinic, desk_wire, as_):
        path = f"/diagnosis/requests/{await clinic.routed()}/refusal"
        said = {"reason": "knows_the_farmer"}

        assert (await desk_wire.post(path, json=said)).status_code == 401
        mine, strangers = await as_(clinic.local), await as_(clinic.cast.stranger)
        assert (await desk_wire.post(path, json={"reason": "lazy"}, headers=mine)).status_code == 400
        assert (await desk_wire.post(path, json=said, headers=strangers)).status_code == 404
        for _ in range(2):
            assert (await desk_wire.post(path, json=said, headers=mine)).status_code == 200

    async def test_handing_over(self, clinic, desk_wire, as_):
        path = f"/diagnosis/requests/{await clinic.routed()}/hand-over"
        said = {"to_person_id": str(clinic.expert.person_id), "reason": "忙不过来", "id": str(ids.uuid7())}

        assert (await desk_wire.post(path, json=said)).status_code == 401
        mine, strangers = await as_(clinic.local), await as_(clinic.cast.stranger)
        assert (await desk_wire.post(path, json={}, headers=mine)).status_code == 400
        assert (await desk_wire.post(path, json=said, headers=strangers)).status_code == 404
        for _ in range(2):
            told = await desk_wire.post(path, json=said, headers=mine)
            assert (told.status_code, told.json()["expert"]["id"]) == (200, str(clinic.expert.person_id))

    async def test_why_me(self, clinic, desk_wire, as_):
        path = f"/diagnosis/requests/{await clinic.routed()}/routing"

        assert (await desk_wire.get(path)).status_code == 401
        assert (await desk_wire.get(path, headers=await as_(clinic.cast.stranger))).status_code == 404
        told = await desk_wire.get(path, headers=await as_(clinic.local))
        assert told.status_code == 200
        assert told.json()[0]["candidates"][0]["parts"][1]["words"] == "专长是这种作物。"
