"""Which expert gets a request: able and there, whose turn it is most; on to the next, the pool, the chief."""

import asyncio
from collections import Counter
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from backend.core import clock, ids
from backend.core.clock import SHANGHAI
from backend.core.database import fetch, fetch_row
from backend.diagnosis import experts, explaining, gate, routing
from backend.diagnosis.expert_schemas import ExpertSetting, NewCompetence
from backend.diagnosis.refusals import RequestUnknown
from backend.diagnosis.routing_policies import routing_policy
from backend.diagnosis.routing_rules import Able, Wanted, balance, rank
from backend.diagnosis.words import RequestState, Tier, Topic
from backend.tasks import queries as tasks
from tests.cast import COUNTY, NEXT_VILLAGE, VILLAGE
from tests.diagnosis.burst import burst
from tests.diagnosis.clinic import Clinic, expert_of, state_of

WEDNESDAY = datetime(2026, 11, 25, 10, tzinfo=SHANGHAI)
NIGHT = datetime(2026, 11, 25, 22, tzinfo=SHANGHAI)
OFFICE = "08:30-11:30,14:00-17:30"
URGENT_MU = 500.0
POLICY = routing_policy(date(2026, 11, 25))


async def set_(clinic: Clinic, who, **changes) -> None:
    await experts.set_expert(person_id=who.person_id, new=ExpertSetting(**changes), by=clinic.cast.admin)


async def all_of_them(clinic: Clinic, **changes) -> None:
    for who in (clinic.expert, clinic.second, clinic.local):
        await set_(clinic, who, **changes)


async def alone(clinic: Clinic, who) -> None:
    """Nobody else but the chief answers."""
    for other in (clinic.expert, clinic.second, clinic.local):
        if other is not who:
            await set_(clinic, other, valid_to=date(2026, 6, 1))


async def offers(request_id: UUID):
    rows = await fetch(
        "SELECT expert, ending, until, reason FROM diagnosis_offer WHERE request = $1 ORDER BY offered_at, id",
        request_id,
    )
    return [(row["expert"], row["ending"]) for row in rows]


async def until(request_id: UUID) -> datetime:
    row = await fetch_row("SELECT offer_until FROM diagnosis_request WHERE id = $1", request_id)
    return row["offer_until"].astimezone(SHANGHAI)


@contextmanager
def at(moment: datetime):
    with clock.stopped(moment):
        yield


class TestWhoIsAble:
    async def test_a_field_names_its_crop_and_its_place(self, clinic):
        await alone(clinic, clinic.local)  # for maize, in the county

        assert await expert_of(await clinic.routed(crop_code="maize")) == clinic.local.person_id
        assert await expert_of(await clinic.routed(crop_code="wheat")) == clinic.chief.person_id
        field = NewCompetence(division_code=NEXT_VILLAGE, crop_code="maize")
        await set_(clinic, clinic.local, competences=[field])
        assert await expert_of(await clinic.routed(crop_code="maize")) == clinic.chief.person_id
        asked = await clinic.routed(crop_code="maize", division_code=NEXT_VILLAGE)
        assert await expert_of(asked) == clinic.local.person_id

    async def test_who_is_not_sure_what_it_is_reaches_every_field(self, clinic):
        await alone(clinic, clinic.local)
        await set_(clinic, clinic.local, competences=[NewCompetence(division_code=COUNTY, topic=Topic.PEST)])

        assert await expert_of(await clinic.routed(topic=Topic.PEST)) == clinic.local.person_id
        assert await expert_of(await clinic.routed(topic=Topic.UNSURE)) == clinic.local.person_id
        assert await expert_of(await clinic.routed(topic=Topic.WEED)) == clinic.chief.person_id

    async def test_nobody_is_asked_whose_profile_role_or_account_has_ended(self, clinic):
        await set_(clinic, clinic.local, valid_to=date(2026, 6, 1))
        await fetch("UPDATE people_person SET closed_at = now() WHERE id = $1", clinic.expert.person_id)
        assert await expert_of(await clinic.routed()) == clinic.second.person_id

        await fetch(
            "UPDATE people_role_assignment SET valid_to = '2026-06-01' WHERE person = $1", clinic.second.person_id
        )
        assert await expert_of(await clinic.routed()) == clinic.chief.person_id

    async def test_whoever_is_on_leave_or_has_paused_is_passed_over(self, clinic):
        with at(WEDNESDAY):
            await _leave(clinic, clinic.local, WEDNESDAY - timedelta(hours=2), WEDNESDAY + timedelta(days=2))
            await set_(clinic, clinic.expert, away_until=WEDNESDAY + timedelta(days=1))
            asked = [await clinic.routed() for _ in range(3)]

        assert {await expert_of(each) for each in asked} == {clinic.second.person_id}

    async def test_out_of_his_hours_and_on_his_free_days_somebody_else_is_asked(self, clinic):
        await set_(clinic, clinic.local, staffed="14:00-17:30")
        await set_(clinic, clinic.expert, weekdays=[1, 2])
        with at(WEDNESDAY):
            asked = [await clinic.routed() for _ in range(3)]

        assert {await expert_of(each) for each in asked} == {clinic.second.person_id}


class TestWhoseTurnItIs:
    async def test_each_is_given_as_much_as_he_is_able_for(self, clinic):
        await set_(clinic, clinic.expert, able_per_day=9)
        await set_(clinic, clinic.second, able_per_day=3)

        asked = [await clinic.routed(crop_code="tomato") for _ in range(12)]

        given = Counter([await expert_of(each) for each in asked])
        assert given == {clinic.expert.person_id: 9, clinic.second.person_id: 3}

    async def test_whoever_has_as_much_as_he_is_able_for_comes_last(self, clinic):
        await set_(clinic, clinic.expert, able_per_day=1)
        await set_(clinic, clinic.second, able_per_day=1)
        for _ in range(2):
            await clinic.routed(crop_code="tomato")
        await fetch("UPDATE diagnosis_turn SET given = 30 WHERE expert = $1", clinic.second.person_id)
        await fetch("UPDATE diagnosis_request SET state = 'ended' WHERE expert = $1", clinic.second.person_id)

        assert await expert_of(await clinic.routed(crop_code="tomato")) == clinic.second.person_id

    async def test_local_experts_come_first_and_where_it_is_urgent_the_studios(self, clinic):
        assert await expert_of(await clinic.routed()) == clinic.local.person_id

        await fetch("DELETE FROM diagnosis_turn")
        urgent = await clinic.routed(area_mu=URGENT_MU)
        assert await expert_of(urgent) in (clinic.expert.person_id, clinic.second.person_id)

    async def test_two_decisions_at_once_never_find_the_same_one_idle(self, clinic):
        await set_(clinic, clinic.expert, able_per_day=5)
        await set_(clinic, clinic.second, able_per_day=5)
        asked = [(await clinic.call(crop_code="tomato")).request.id for _ in range(10)]

        await asyncio.gather(*(gate.pass_or_ask(each) for each in asked))

        given = Counter([await expert_of(each) for each in asked])
        assert given == {clinic.expert.person_id: 5, clinic.second.person_id: 5}

    async def test_in_a_burst_of_two_hundred_nobody_gets_three_times_anothers_share(self, clinic):
        village = await fetch_row("SELECT id FROM territory_division WHERE code = $1", VILLAGE)
        at_once = await burst(studio=clinic.studio, division_id=village["id"], experts=70, requests=200, at=clock.now())
        for who in (clinic.expert, clinic.second, clinic.local):
            await set_(clinic, who, valid_to=date(2026, 6, 1))

        for request_id, _, _ in at_once.requests:
            await routing.route(request_id=request_id)

        rows = await fetch("SELECT expert, count(*) AS n FROM diagnosis_offer GROUP BY expert")
        shared = balance({row["expert"]: row["n"] for row in rows}, at_once.due())
        assert sum(row["n"] for row in rows) == 200
        assert shared.counted >= 50
        assert shared.ratio < 3


class TestWhoBreaksATie:
    """All of the same turn: what else counts, in its order."""

    def test_a_closer_field_before_duty_before_the_household_before_the_way(self):
        mine = {
            "closer": {"crop_named": True, "topic_named": True, "place_named": True},
            "on duty": {"on_duty": True},
            "knows them": {"household_n": 2},
            "near": {"point": (116.30, 36.93)},
            "far": {"point": (117.30, 36.93)},
        }
        names = {uuid4(): name for name in mine}
        able = [
            Able(expert=id, tier=Tier.EXPERT, able_per_day=5, **mine[name], **({} if "point" in mine[name] else FAR))
            for id, name in names.items()
        ]

        ranked = rank(Wanted(urgent=False, point=(116.30, 36.93)), able, POLICY)

        first, second, third, *rest = [names[each.expert] for each in ranked]
        assert first == "closer"
        assert {second, third} == {"on duty", "knows them"}
        assert rest == ["near", "far"]

    def test_all_of_it_together_weighs_less_than_a_request_more(self):
        favoured = Able(
            expert=uuid4(),
            tier=Tier.LOCAL,
            able_per_day=5,
            due=2.0,
            given=3,
            crop_named=True,
            topic_named=True,
            place_named=True,
            on_duty=True,
            household_n=9,
            point=(116.3, 36.9),
        )
        plain = Able(expert=uuid4(), tier=Tier.EXPERT, able_per_day=5, due=2.0, given=2, point=(118.3, 36.9))

        ranked = rank(Wanted(urgent=False, point=(116.3, 36.9)), [favoured, plain], POLICY)

        assert [each.expert for each in ranked] == [plain.expert, favoured.expert]

    async def test_whoever_answered_the_same_telephone_before_is_preferred(self, clinic):
        first = await clinic.routed(crop_code="tomato")
        who = await expert_of(first)
        await fetch(_ANSWERED, first, who, clock.now())
        await fetch("DELETE FROM diagnosis_turn")
        await fetch("UPDATE diagnosis_request SET state = 'ended'")

        again = [await clinic.routed(crop_code="tomato", contact_phone="199 0000 0051")]

        assert await expert_of(again[0]) == who


FAR = {"point": (117.30, 36.93)}
_ANSWERED = """
INSERT INTO diagnosis_answer (id, request, expert, kind, given_at, diagnosis, confidence, differential, advice,
    visit_proposed, tells_farmer, arguments_digest, warnings, knowledge_codes)
VALUES (gen_random_uuid(), $1, $2, 'first', $3, '大斑病', 'sure', '[]', '{}', FALSE, TRUE, '', '{}', '{}')
"""


class TestOnAndOn:
    async def test_an_offer_that_lapses_goes_to_the_next_then_the_pool_then_the_chief(self, clinic):
        with at(WEDNESDAY):
            asked = await clinic.routed()
        seen = []
        for minutes in (21, 42, 63, 124):
            with at(WEDNESDAY + timedelta(minutes=minutes)):
                await routing.route_due()
                seen.append(await state_of(asked))

        assert seen == [RequestState.OFFERED, RequestState.OFFERED, RequestState.POOLED, RequestState.OFFERED]
        told = await offers(asked)
        three = {clinic.local.person_id, clinic.expert.person_id, clinic.second.person_id}
        assert {who for who, _ in told[:3]} == three
        assert [ending for _, ending in told] == ["lapsed", "lapsed", "lapsed", None]
        assert told[3][0] == clinic.chief.person_id
        assert await fetch_row("SELECT offer_until FROM diagnosis_request WHERE id = $1", asked) == (None,)

    async def test_before_its_time_nothing_moves_however_often_it_is_looked_at(self, clinic):
        with at(WEDNESDAY):
            asked = await clinic.routed()
            first = await offers(asked)
            for _ in range(3):
                await routing.route_due()
                await routing.route(request_id=asked)

        assert await offers(asked) == first

    async def test_an_offer_lapses_in_his_own_hours(self, clinic):
        await alone(clinic, clinic.local)
        await set_(clinic, clinic.local, staffed=OFFICE, weekdays=[1, 2, 3, 4, 5])
        with at(datetime(2026, 11, 27, 17, 20, tzinfo=SHANGHAI)):  # a Friday
            asked = await clinic.routed()

        assert await expert_of(asked) == clinic.local.person_id
        assert await until(asked) == datetime(2026, 11, 30, 8, 40, tzinfo=SHANGHAI)

    async def test_at_night_whoever_comes_first_in_the_morning_has_it_then(self, clinic):
        await all_of_them(clinic, staffed=OFFICE)
        await set_(clinic, clinic.second, staffed="06:00-10:00")
        with at(NIGHT):
            asked = await clinic.routed()

        assert await expert_of(asked) == clinic.second.person_id
        assert await until(asked) == datetime(2026, 11, 26, 6, 20, tzinfo=SHANGHAI)

    async def test_what_would_wait_longer_than_a_night_lies_in_the_pool_instead(self, clinic):
        await all_of_them(clinic, staffed=OFFICE, weekdays=[1, 2, 3, 4, 5])
        with at(datetime(2026, 11, 27, 19, tzinfo=SHANGHAI)):  # a Friday
            asked = await clinic.routed()

        assert await state_of(asked) is RequestState.POOLED

    async def test_what_is_urgent_at_night_goes_to_the_chief_at_once(self, clinic):
        await all_of_them(clinic, staffed=OFFICE)
        with at(NIGHT):
            asked = await clinic.routed(area_mu=URGENT_MU)

        assert await expert_of(asked) == clinic.chief.person_id

    async def test_whoever_is_on_duty_at_night_has_it_before_the_chief(self, clinic):
        await all_of_them(clinic, staffed=OFFICE)
        with at(NIGHT):
            await _shift(clinic, clinic.second, NIGHT - timedelta(hours=1), NIGHT + timedelta(hours=8))
            asked = [await clinic.routed(area_mu=URGENT_MU), await clinic.routed()]

        assert {await expert_of(each) for each in asked} == {clinic.second.person_id}
        assert await until(asked[0]) == NIGHT + timedelta(minutes=20)

    async def test_without_a_chief_a_supervisor_is_told_once_and_it_stays_in_the_pool(self, clinic):
        await alone(clinic, clinic.cast.expert)
        await set_(clinic, clinic.chief, valid_to=date(2026, 6, 1))
        asked = await clinic.routed()
        await routing.route(request_id=asked)

        assert await state_of(asked) is RequestState.POOLED
        told = (await tasks.states_of(origin_room="diagnosis", origin_ids=[asked]))[asked]
        assert [each.assignee_id for each in told] == [clinic.cast.supervisor.person_id]


class TestWhatIsTold:
    async def test_a_task_and_a_notice_come_and_go_with_the_offer(self, clinic):
        with at(WEDNESDAY):
            asked = await clinic.routed()
        first = await expert_of(asked)
        with at(WEDNESDAY + timedelta(minutes=21)):
            await routing.route_due()

        told = (await tasks.states_of(origin_room="diagnosis", origin_ids=[asked]))[asked]
        assert {each.assignee_id: each.state for each in told} == {
            first: "withdrawn",
            await expert_of(asked): "open",
        }
        notices = await fetch("SELECT text_zh, category FROM push_notice WHERE origin_room = 'diagnosis'")
        assert len(notices) == 2
        assert {row["category"] for row in notices} == {"service"}
        assert "玉米" in notices[0]["text_zh"]

    async def test_what_is_urgent_rings(self, clinic):
        await clinic.routed(area_mu=URGENT_MU)

        notices = await fetch("SELECT category FROM push_notice WHERE origin_room = 'diagnosis'")
        assert {row["category"] for row in notices} == {"emergency"}

    async def test_at_night_it_waits_for_the_morning_and_at_work_it_is_told_at_once(self, clinic):
        await all_of_them(clinic, staffed=OFFICE, weekdays=[1, 2, 3, 4, 5])
        for moment in (WEDNESDAY, NIGHT):
            with at(moment):
                await clinic.routed(crop_code="tomato")

        rows = await fetch(
            "SELECT r.day FROM push_recipient r JOIN push_notice n ON n.id = r.notice "
            "WHERE n.origin_room = 'diagnosis' ORDER BY n.made_at"
        )
        assert [row["day"] for row in rows] == [None, date(2026, 11, 26)]

    async def test_the_pool_is_told_to_whoever_is_on_duty_alone(self, clinic):
        await _shift(clinic, clinic.second, WEDNESDAY, WEDNESDAY + timedelta(hours=8))
        with at(WEDNESDAY):
            asked = await clinic.routed()
        for minutes in (21, 42, 63):
            with at(WEDNESDAY + timedelta(minutes=minutes)):
                await routing.route_due()

        rows = await fetch(
            "SELECT r.subject FROM push_recipient r JOIN push_notice n ON n.id = r.notice "
            "WHERE n.text_zh LIKE '%谁有空谁来接%'"
        )
        assert await state_of(asked) is RequestState.POOLED
        assert [row["subject"] for row in rows] == [clinic.second.person_id]


class TestWhyMe:
    async def test_each_part_says_its_value_its_weight_and_a_sentence(self, clinic):
        asked = await clinic.routed()

        (told,) = await explaining.explain(request_id=asked, by=clinic.cast.supervisor)

        assert (told.decision, told.considered, told.chosen_id) == ("offered", 3, clinic.local.person_id)
        best = told.candidates[0]
        assert [part.name for part in best.parts] == [
            *("load", "competence", "on_duty", "household", "distance", "tier")
        ]
        assert best.score == pytest.approx(sum(part.points for part in best.parts), abs=0.05)
        assert best.parts[0].words.startswith("近 7 天按每人能接的量该轮到 0.3 条，已派 0 条")
        assert best.parts[-1].words == "土专家：不紧急的先请土专家看。"
        assert told.policy_source

    async def test_a_chief_reads_why_it_came_to_him(self, clinic):
        await alone(clinic, clinic.chief)
        asked = await clinic.routed()

        (told,) = await explaining.explain(request_id=asked, by=clinic.chief)

        assert (told.decision, told.words) == ("chief", "已派给首席专家。")
        assert told.candidates[0].parts[-1].words == "首席专家：最后才请。"

    async def test_an_expert_reads_of_himself_alone_and_a_stranger_nothing(self, clinic):
        asked = await clinic.routed()

        (mine,) = await explaining.explain(request_id=asked, by=clinic.local)
        (everybody,) = await explaining.explain(request_id=asked, by=clinic.chief)

        assert [each.expert_id for each in mine.candidates] == [clinic.local.person_id]
        assert len(everybody.candidates) == 3
        for stranger in (clinic.expert, clinic.cast.stranger):
            with pytest.raises(RequestUnknown):
                await explaining.explain(request_id=asked, by=stranger)


async def test_what_comes_back_after_an_answer_finds_everybody_again(clinic):
    await alone(clinic, clinic.local)
    with at(WEDNESDAY):
        asked = await clinic.routed()
    await fetch(_ANSWERED, asked, clinic.local.person_id, WEDNESDAY + timedelta(hours=1))
    with at(WEDNESDAY + timedelta(days=9)):
        await fetch("UPDATE diagnosis_offer SET ended_at = now(), ending = 'claimed' WHERE request = $1", asked)
        await fetch(
            "UPDATE diagnosis_request SET state = 'routing', expert = NULL, offers_n = 0, offer_until = NULL "
            "WHERE id = $1",
            asked,
        )
        await routing.route(request_id=asked)

    assert await expert_of(asked) == clinic.local.person_id


async def _leave(clinic, who, starts_at, ends_at):
    await fetch(
        "INSERT INTO rosters_leave (id, unit, division_code, person, starts_at, ends_at, reason, requested_at, state, "
        "arguments_digest) VALUES ($1, $2, $3, $4, $5, $6, 'annual', $5, 'approved', '')",
        *(ids.uuid7(), clinic.studio, COUNTY, who.person_id, starts_at, ends_at),
    )


async def _shift(clinic, who, starts_at, ends_at):
    publication = ids.uuid7()
    await fetch(
        "INSERT INTO rosters_publication (id, unit, post, starts_at, ends_at, shifts, published_by, published_at, "
        "arguments_digest) VALUES ($1, $2, 'phone', $3, $4, 1, $5, $3, '')",
        *(publication, clinic.studio, starts_at, ends_at, clinic.cast.admin.person_id),
    )
    await fetch(
        "INSERT INTO rosters_shift (id, publication, unit, division_code, post, person, starts_at, ends_at, state) "
        "VALUES ($1, $2, $3, $4, 'phone', $5, $6, $7, 'confirmed')",
        *(ids.uuid7(), publication, clinic.studio, COUNTY, who.person_id, starts_at, ends_at),
    )
