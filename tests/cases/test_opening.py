import asyncio
from datetime import timedelta

import pytest

from backend.cases import numbers, opening, records
from backend.cases.refusals import CategoryUnknown, OutsideYourTerritory
from backend.cases.schemas import SpotAnswer
from backend.cases.words import CaseKind, CaseOutcome, CaseState, Channel, Stage
from backend.core import clock, database, ids
from backend.core.refusals import DifferentArguments, Invalid
from backend.people import households
from backend.territory.coordinates import Crs
from backend.territory.points import Point
from tests.cases.desk import QUESTION, ROADS, WATER
from tests.cast import COUNTY, NEXT_VILLAGE, OTHER_VILLAGE, TOWNSHIP, VILLAGE
from tests.former_digests import kept_formerly


async def test_a_case_has_a_number_for_the_telephone_and_a_secret_told_once(desk):
    id = ids.uuid7()
    first = await opening.open_case(new=desk.new(id=id), by=desk.clerk)
    again = await opening.open_case(new=desk.new(id=id), by=desk.clerk)

    assert (first.created, again.created) == (True, False)
    assert numbers.is_number(first.record.case.number)
    assert len(first.record.secret) == 6
    assert again.record.secret is None
    assert again.record.case == first.record.case
    assert first.record.secret not in first.record.receipt_url


async def test_the_same_id_with_other_content_is_refused(desk):
    opened = await desk.open()
    for changed in ({"title": "路灯坏了"}, {"contact_phone": "199 0000 0052"}):
        with pytest.raises(DifferentArguments):
            await opening.open_case(new=desk.new(id=opened.case.id, **changed), by=desk.clerk)


async def test_a_case_that_was_kept_with_the_former_digest_is_the_same_case_still(desk):
    id = ids.uuid7()
    with kept_formerly():
        first = await opening.open_case(new=desk.new(id=id), by=desk.clerk)
    again = await opening.open_case(new=desk.new(id=id), by=desk.clerk)

    assert (again.created, again.record.case) == (False, first.record.case)
    with pytest.raises(DifferentArguments):
        await opening.open_case(new=desk.new(id=id, title="路灯坏了"), by=desk.clerk)


async def test_somebody_elses_id_is_not_opened_again(desk):
    opened = await desk.open()
    with pytest.raises(DifferentArguments):
        await opening.open_case(new=desk.new(id=opened.case.id), by=desk.cast.operator)


async def test_ten_phones_that_send_one_case_at_once_open_it_once(desk):
    id = ids.uuid7()
    outcomes = await asyncio.gather(*(opening.open_case(new=desk.new(id=id), by=desk.clerk) for _ in range(10)))

    assert sorted(outcome.created for outcome in outcomes) == [False] * 9 + [True]
    assert len({outcome.record.case.number for outcome in outcomes}) == 1


async def test_every_single_wrong_digit_and_every_swapped_pair_of_a_number_is_caught():
    for sequence in range(1, 60):
        number = numbers.number_of(sequence)
        for i, digit in enumerate(number):
            wrong = [number[:i] + other + number[i + 1 :] for other in "0123456789" if other != digit]
            assert not any(map(numbers.is_number, wrong))
            swapped = number[:i] + number[i : i + 2][::-1] + number[i + 2 :]
            assert swapped == number or not numbers.is_number(swapped)


def test_no_two_of_a_million_numbers_are_the_same():
    assert len({numbers.number_of(i) for i in range(1_000_000)}) == 1_000_000


async def test_the_contact_lies_sealed_and_every_read_of_it_is_logged(desk):
    case = (await desk.open()).case
    row = await database.fetch_row("SELECT * FROM cases_case WHERE id = $1", case.id)
    stored = b"".join(value if isinstance(value, bytes) else str(value).encode() for value in row.values())
    assert "林大山".encode() not in stored
    assert b"19900000051" not in stored
    assert case.has_contact

    contact = await records.read_contact(case_id=case.id, by=desk.clerk, request_id="r1")
    assert (contact.contact_name, contact.contact_phone) == ("林大山", "+8619900000051")
    logged = await database.fetch("SELECT person, fields FROM people_access_log WHERE subject_id = $1", case.id)
    assert [tuple(row) for row in logged] == [(desk.clerk.person_id, ["contact_name", "contact_phone"])]


async def test_the_unit_is_proposed_with_its_reason_and_an_operator_confirms(desk):
    opened = await desk.open()

    assert opened.case.state == CaseState.RECEIVED
    assert opened.proposal.unit.id == desk.water
    assert opened.proposal.prefix == "371526101"
    assert "水务站" in opened.proposal.why
    assert "a table of duties" in opened.proposal.why


async def test_the_longest_prefix_wins_and_then_the_deepest_category(desk):
    await desk.route("planning_construction", VILLAGE, desk.roads)
    assert (await desk.open()).proposal.unit.id == desk.roads

    await desk.route(WATER, VILLAGE, desk.water)
    assert (await desk.open()).proposal.unit.id == desk.water
    assert (await desk.open(category_code=ROADS)).proposal.unit.id == desk.roads


async def test_a_route_that_has_ended_proposes_nobody(desk):
    await database.fetch("UPDATE cases_route SET valid_to = '2026-01-02'")
    assert (await desk.open()).proposal is None


async def test_an_automatic_route_dispatches_at_once(desk):
    await desk.route(ROADS, COUNTY, desk.roads, automatic=True)
    case = (await desk.open(category_code=ROADS)).case

    assert case.state == CaseState.DISPATCHED
    assert case.assignee_unit.id == desk.roads
    assert case.owner_unit.id == desk.hotline
    lines = (await records.get_case(case_id=case.id, by=desk.clerk, timeline=True)).timeline
    assert [(line.kind, line.by) for line in lines[1:]] == [("dispatched", None)]


async def test_a_question_answered_on_the_spot_is_closed_in_one_step_with_the_knowledge_used(desk):
    answer = SpotAnswer(words="带身份证到镇社保所办理", knowledge_code="elderly-12")
    opened = await desk.open(kind=CaseKind.QUESTION, category_code=QUESTION, answer=answer)

    assert (opened.case.state, opened.case.outcome) == (CaseState.ANSWERED, CaseOutcome.ANSWERED_ON_SPOT)
    assert opened.case.stage == Stage.ANSWERED
    assert {each.state for each in opened.case.clocks} == {"stopped"}
    lines = (await records.get_case(case_id=opened.case.id, by=desk.clerk, timeline=True)).timeline
    assert lines[-1].said["knowledge_code"] == "elderly-12"


async def test_a_paper_slip_keeps_its_first_time_and_is_marked_late(desk):
    then = clock.now() - timedelta(days=3)
    case = (await desk.open(opened_at=then)).case

    assert case.opened_at == then
    assert case.entered_late
    assert {each.opened_at for each in case.clocks} == {then}
    assert not (await desk.open(opened_at=clock.now() - timedelta(hours=2))).case.entered_late


async def test_a_case_of_tomorrow_is_refused(desk):
    with pytest.raises(Invalid):
        await desk.open(opened_at=clock.now() + timedelta(days=1))


async def test_a_province_item_keeps_its_number_and_the_earlier_deadline(desk):
    due_at = clock.now() + timedelta(hours=3)
    case = (await desk.open(channel=Channel.PROVINCE, upstream_number="鲁2026-117", upstream_due_at=due_at)).case

    assert case.upstream_number == "鲁2026-117"
    assert {each.due_at for each in case.clocks if each.kind == "response"} == {due_at}


async def test_the_category_decides_how_fast_unless_the_desk_says_otherwise(desk):
    water, road = await desk.open(), await desk.open(category_code=ROADS)
    urgent = await desk.open(category_code=ROADS, policy_code="emergency")

    assert [each.case.policy_code for each in (water, road, urgent)] == ["basic_living", "general", "emergency"]
    [response] = [each for each in urgent.case.clocks if each.kind == "response"]
    assert response.due_at - response.opened_at == timedelta(hours=2)


async def test_a_household_gives_the_place(desk):
    case = (await desk.open(by=desk.cast.cadre, division_code=None, household_id=desk.cast.household)).case

    assert (case.division.code, case.household_id) == (VILLAGE, desk.cast.household)


async def test_a_point_alone_gives_the_nearest_village(desk):
    await database.fetch("UPDATE territory_division SET longitude = 116.3, latitude = 36.9 WHERE code = $1", VILLAGE)
    await database.fetch(
        "UPDATE territory_division SET longitude = 116.5, latitude = 36.9 WHERE code = $1", NEXT_VILLAGE
    )
    point = Point(crs=Crs.WGS84, longitude=116.31, latitude=36.9)

    assert (await desk.open(division_code=None, point=point)).case.division.code == VILLAGE


async def test_what_lies_nowhere_is_refused(desk):
    for place in ({}, {"division_code": "379999999999"}, {"household_id": ids.uuid7()}):
        with pytest.raises(Invalid):
            await desk.open(**({"division_code": None} | place))


async def test_nobody_opens_cases_in_another_area_but_a_cadre_does_for_whom_he_serves(desk):
    with pytest.raises(OutsideYourTerritory):
        await desk.open(by=desk.cast.stranger)
    with pytest.raises(OutsideYourTerritory):
        await desk.open(by=desk.cast.cadre, division_code=OTHER_VILLAGE)

    await households.assign_household(
        household_id=desk.cast.next_household,
        person_id=desk.cast.next_cadre.person_id,
        valid_from=clock.today(),
        by=desk.cast.supervisor,
    )
    opened = await desk.open(by=desk.cast.next_cadre, division_code=None, household_id=desk.cast.next_household)
    assert opened.case.division.code == NEXT_VILLAGE


async def test_a_citizens_own_door_opens_a_case_that_no_unit_owns_yet(desk):
    opened = (await opening.open_case(new=desk.new(channel=Channel.QR), by=None, door="station")).record

    assert opened.case.owner_unit is None
    assert opened.case.opened_by is None
    assert opened.secret
    assert len(opened.case.clocks) == 2


async def test_a_citizens_door_takes_up_no_photo_it_did_not_bring(desk):
    with pytest.raises(Invalid):
        await opening.open_case(new=desk.new(photo_ids=[ids.uuid7()]), by=None)


async def test_an_unknown_category_is_refused(desk):
    with pytest.raises(CategoryUnknown):
        await desk.open(category_code="weather")


async def test_several_cases_are_opened_all_or_none(desk):
    good, bad = desk.new(), desk.new(category_code="weather")
    with pytest.raises(CategoryUnknown):
        await opening.open_many(news=[good, bad], by=desk.clerk)
    assert (await database.fetch_row("SELECT count(*) FROM cases_case"))["count"] == 0

    assert len(await opening.open_many(news=[good, desk.new()], by=desk.clerk)) == 2


async def test_the_township_above_the_village_has_its_own_route(desk):
    assert (await desk.open(division_code=TOWNSHIP)).proposal.unit.id == desk.water
