"""Asking: once, wherever it comes from, with what it needs and nothing that is not his to say."""

import asyncio
import hashlib
from datetime import date

import pytest
from msgspec.structs import replace

from backend.cases import receipts, routing
from backend.cases import records as cases
from backend.cases.opening import open_case
from backend.cases.refusals import OutsideYourTerritory
from backend.cases.schemas import NewCase, NewRoute
from backend.cases.words import CaseState, Channel
from backend.core import database, ids
from backend.core.refusals import DifferentArguments, Invalid
from backend.diagnosis import gate, records, reference, requests
from backend.diagnosis.reference import crops, load_reference
from backend.diagnosis.refusals import ConsentNeeded, CropUnknown, NoStudio, RequestUnknown
from backend.diagnosis.request_schemas import NewRequestConsent
from backend.diagnosis.words import ConsentPurpose, RequestState, Topic
from backend.media.refusals import PhotoUnknown
from backend.people import actions
from backend.people.tables import UnitKind
from backend.territory.coordinates import Crs
from backend.territory.points import Point
from tests.cast import COUNTY, NEXT_VILLAGE, OTHER_VILLAGE, VILLAGE
from tests.diagnosis.clinic import AGREED, expert_of, state_of
from tests.media.drawn import field, saved

HOME = "203.0.113.7"
TEACHES = NewRequestConsent(
    purpose=ConsentPurpose.LEARNING, text_version="door 1", text_sha256=hashlib.sha256(b"more").hexdigest(), given=True
)


async def test_a_farmer_at_the_qr_has_a_number_a_secret_and_a_way_to_send_photos(clinic):
    asked = await clinic.scan()
    request = asked.request

    assert len(asked.secret) == 6
    assert asked.ticket
    assert asked.receipt_url.endswith(f"/r/{asked.number}")
    assert (request.station.id, request.studio.id) == (clinic.station, clinic.studio)
    assert request.case.title == "玉米：叶子发黄，边上干枯"
    assert (request.area_mu, request.area_ha) == (6.5, 0.433)
    assert (request.crop.eppo_code, request.may, request.offers) == ("ZEAMX", [], [])
    assert await state_of(request.id) is RequestState.ROUTING
    case = await receipts.track(number=asked.number, secret=asked.secret, address=HOME)
    assert case.description == "叶子发黄，边上干枯"


async def test_it_is_a_case_of_its_kind_with_the_studio_and_its_clock(clinic):
    request = (await clinic.scan()).request
    case = await cases.get_case(case_id=request.id, by=clinic.chief, timeline=True)

    assert (case.kind, case.category.code, case.state) == ("diagnosis", "production.crop_disease", CaseState.DISPATCHED)
    assert (case.owner_unit.id, case.assignee_unit.id) == (clinic.station, clinic.studio)
    (response,) = [clock for clock in case.clocks if clock.due_at]
    assert (response.policy_code, response.amount) == ("diagnosis", 24)
    assert [line.kind for line in case.timeline] == ["opened", "dispatched"]


async def test_nobody_of_the_studio_is_troubled_before_an_expert_is_chosen(clinic):
    await clinic.scan()
    assert await database.fetch("SELECT 1 FROM tasks_task") == []
    assert await database.fetch("SELECT 1 FROM push_notice") == []


async def test_a_route_that_dispatches_by_itself_leaves_a_sick_crop_to_its_studio(clinic):
    unit = await actions.open_unit(id=ids.uuid7(), name="农业局", kind=UnitKind.DEPARTMENT, division_code=COUNTY)
    route = NewRoute(
        category_code="production", division_code=COUNTY, unit_id=unit.id, source="a table", automatic=True
    )
    await routing.add_route(id=ids.uuid7(), new=route, by=clinic.cast.supervisor)
    request = (await clinic.call()).request
    assert request.case.assignee_unit.id == clinic.studio


@pytest.mark.parametrize(("area_mu", "policy", "hours"), [(99.9, "diagnosis", 24), (1275, "diagnosis_urgent", 4)])
async def test_much_land_is_urgent(clinic, area_mu, policy, hours):
    request = (await clinic.scan(area_mu=area_mu)).request
    (response,) = [clock for clock in request.case.clocks if clock.due_at]
    assert (request.case.policy_code, response.amount, request.urgent) == (policy, hours, hours == 4)


async def test_a_topic_may_have_a_category_of_its_own(clinic):
    request = (await clinic.scan(topic=Topic.SEED)).request
    assert request.case.category.code == "production.fake_inputs"


async def test_without_a_word_the_title_still_says_which_crop(clinic):
    assert (await clinic.scan(symptoms="  ", crop_code="wheat")).request.case.title == "小麦：请看看是怎么了"
    long = (await clinic.scan(symptoms="黄" * 300 + "\n还有")).request.case
    assert (len(long.title), len(long.description)) == (44, 303)


async def test_the_same_phone_hears_the_same_secret_again(clinic):
    new = clinic.new()
    first, again = await clinic.ask_citizen(new), await clinic.ask_citizen(new)
    assert (again.secret, again.number) == (first.secret, first.number)
    assert (await receipts.track(number=again.number, secret=again.secret, address=HOME)).number == first.number


async def test_staff_hear_a_secret_once_and_have_no_ticket(clinic):
    new = clinic.new(channel=Channel.PHONE, division_code=VILLAGE)

    async def ask(by):
        return await requests.request_diagnosis(new=new, by=by, door="api")

    first, again = await ask(clinic.cast.operator), await ask(clinic.cast.operator)
    assert (first.created, again.created) == (True, False)
    assert (len(first.record.secret), again.record.secret, first.record.ticket) == (6, None, None)
    with pytest.raises(DifferentArguments):
        await ask(clinic.cast.supervisor)


async def test_the_same_id_with_other_content_is_refused_and_the_first_stays(clinic):
    new = clinic.new()
    await clinic.ask_citizen(new)
    for changed in (
        {"symptoms": "根烂了"},
        {"contact_phone": "199 0000 0052"},
        {"area_mu": 7.0},
        {"crop_code": "wheat"},
    ):
        with pytest.raises(DifferentArguments):
            await clinic.ask_citizen(replace(new, **changed))
    assert (await records.get(request_id=new.id, by=clinic.chief)).crop.code == "maize"


async def test_an_id_of_another_case_is_refused(clinic):
    other = NewCase(
        id=ids.uuid7(), channel=Channel.PHONE, category_code="production", title="借款", division_code=VILLAGE
    )
    await open_case(new=other, by=clinic.cast.operator)
    with pytest.raises(DifferentArguments):
        await clinic.ask_citizen(clinic.new(id=other.id))


async def test_ten_times_at_once_it_is_there_once_and_all_hear_one_secret(clinic):
    new = clinic.new()
    outcomes = await asyncio.gather(
        *(
            requests.request_diagnosis(new=new, by=None, station=clinic.code, opener=clinic.opener, door="page")
            for _ in range(8)
        )
    )
    assert sorted(each.created for each in outcomes) == [False] * 7 + [True]
    assert len({(each.record.number, each.record.secret) for each in outcomes}) == 1


async def test_what_a_farmer_agreed_to_is_a_line_each_and_teaching_is_his_own_choice(clinic):
    without, with_it = await clinic.scan(), await clinic.scan(consents=[AGREED, TEACHES])
    assert (without.request.learning, with_it.request.learning) == (False, True)
    rows = await database.fetch(
        "SELECT purpose, given, text_sha256, recorded_by FROM diagnosis_consent WHERE request = $1 ORDER BY purpose",
        with_it.request.id,
    )
    assert [tuple(row) for row in rows] == [
        ("handling", True, hashlib.sha256(b"words").digest(), None),
        ("learning", True, hashlib.sha256(b"more").digest(), None),
    ]


async def test_without_consent_a_citizens_door_stays_shut_and_nothing_is_left_behind(clinic):
    for consents in ([], [replace(AGREED, given=False)], [AGREED, replace(AGREED, given=False)], [TEACHES]):
        with pytest.raises(ConsentNeeded) as refused:
            await clinic.scan(consents=consents)
        assert [each.pointer for each in refused.value.errors] == ["/consents"]
    assert await database.fetch("SELECT 1 FROM cases_case") == []


async def test_all_that_is_wrong_is_told_at_once(clinic):
    with pytest.raises(Invalid) as refused:
        await clinic.scan(crop_code="banana", contact_phone="- - - - -", household_id=clinic.cast.household)
    assert [each.pointer for each in refused.value.errors] == ["/crop_code", "/contact_phone", "/household_id"]
    with pytest.raises(CropUnknown):
        await clinic.scan(crop_code="banana")


async def test_a_crop_that_has_ended_is_not_asked_about_any_more_and_is_still_read(clinic):
    request = (await clinic.scan(crop_code="cotton")).request
    await database.fetch("UPDATE diagnosis_crop SET valid_to = '2025-12-31' WHERE code = 'cotton'")
    try:
        reference.forget()
        with pytest.raises(CropUnknown):
            await clinic.scan(crop_code="cotton")
        assert (await records.get(request_id=request.id, by=clinic.chief)).crop.name_zh == "棉花"
        await load_reference()
        assert (await database.fetch_row("SELECT valid_to FROM diagnosis_crop WHERE code = 'cotton'"))["valid_to"]
    finally:
        await database.fetch("UPDATE diagnosis_crop SET valid_to = NULL WHERE code = 'cotton'")
        reference.forget()


async def test_the_place_is_the_phones_else_the_stations(clinic):
    here = Point(crs=Crs.WGS84, longitude=116.3012, latitude=36.9305)
    lost = Point(crs=Crs.WGS84, longitude=10.0, latitude=10.0)
    codes = [(await clinic.scan(point=point)).request.case.division.code for point in (None, lost)] + [
        (await clinic.scan(division_code=NEXT_VILLAGE)).request.case.division.code
    ]
    assert codes == ["371526101000", "371526101000", NEXT_VILLAGE]
    await database.fetch(
        "UPDATE territory_division SET longitude = 116.30, latitude = 36.93, crs = 'wgs84', "
        "original_longitude = 116.30, original_latitude = 36.93 WHERE code = $1",
        VILLAGE,
    )
    try:
        near = (await clinic.scan(point=here)).request
        assert near.case.division.code == VILLAGE
        assert near.case.point.longitude == pytest.approx(116.3012)
    finally:
        await database.fetch(
            "UPDATE territory_division SET longitude = NULL, latitude = NULL, crs = NULL, original_longitude = NULL, "
            "original_latitude = NULL WHERE code = $1",
            VILLAGE,
        )


async def test_a_technician_asks_at_his_own_station_and_a_cadre_for_a_household_he_serves(clinic):
    walk_in = (await clinic.call(by=clinic.technician, channel=Channel.WALK_IN, division_code=None)).request
    assert (walk_in.station.id, walk_in.wants_call) == (clinic.station, True)
    for_household = (
        await clinic.call(
            by=clinic.cast.cadre, channel=Channel.VISIT, division_code=None, household_id=clinic.cast.household
        )
    ).request
    assert (for_household.station, for_household.studio.id) == (None, clinic.studio)
    assert for_household.case.household_code == "LLM-001"
    assert not for_household.wants_call
    with pytest.raises(OutsideYourTerritory):
        await clinic.call(by=clinic.technician, division_code=OTHER_VILLAGE)


async def test_a_place_without_a_studio_says_so_and_keeps_nothing(clinic):
    await database.fetch("UPDATE people_unit SET closed_at = now() WHERE kind = 'studio'")
    with pytest.raises(NoStudio):
        await clinic.call()
    assert await database.fetch("SELECT 1 FROM cases_case") == []


async def test_photos_sent_under_the_stations_code_are_taken_up_and_others_are_not(clinic):
    picture = await clinic.photo(saved(field()))
    asked = await clinic.scan(photo_ids=[picture], photos_expected=2)
    assert [each.id for each in asked.request.photos] == [picture]
    assert asked.request.photos[0].small
    assert asked.request.photos_expected == 3
    assert await state_of(asked.request.id) is RequestState.AWAITING_PHOTO

    strangers = await clinic.photo(saved(field(seed=2)), opener=f"station:{clinic.studio}")
    with pytest.raises(PhotoUnknown):
        await clinic.scan(photo_ids=[strangers])


async def test_who_sees_a_request(clinic):
    request_id = await clinic.routed()
    first = await expert_of(request_id)
    seers = {
        "its expert": next(each for each in (clinic.expert, clinic.second, clinic.local) if each.person_id == first),
        "the chief": clinic.chief,
        "whoever took the call": clinic.cast.operator,
        "a supervisor": clinic.cast.supervisor,
        "an auditor": clinic.cast.auditor,
    }
    for who, actor in seers.items():
        assert (await records.get(request_id=request_id, by=actor)).id == request_id, who
    others = [each for each in (clinic.expert, clinic.second, clinic.local) if each.person_id != first]
    for actor in (*others, clinic.technician, clinic.cast.cadre, clinic.cast.handler, clinic.cast.stranger):
        with pytest.raises(RequestUnknown):
            await records.get(request_id=request_id, by=actor)

    for_household = (
        await clinic.call(by=clinic.cast.operator, household_id=clinic.cast.household, division_code=None)
    ).request.id
    at_station = (await clinic.scan()).request.id
    assert (await records.get(request_id=for_household, by=clinic.cast.cadre)).id == for_household
    assert (await records.get(request_id=at_station, by=clinic.technician)).id == at_station


async def test_the_pool_is_seen_by_whoever_is_able_for_it(clinic):
    wheat = await clinic.routed(crop_code="wheat")
    await database.fetch("UPDATE diagnosis_request SET state = 'pooled', expert = NULL WHERE id = $1", wheat)
    await database.fetch("DELETE FROM diagnosis_offer")
    for able in (clinic.expert, clinic.second):
        assert (await records.get(request_id=wheat, by=able)).may == ["claim"]
    with pytest.raises(RequestUnknown):
        await records.get(request_id=wheat, by=clinic.local)  # his field is maize


async def test_what_may_be_done_is_told_to_each(clinic):
    request_id = await clinic.routed()
    first = await expert_of(request_id)
    his = next(each for each in (clinic.expert, clinic.second, clinic.local) if each.person_id == first)
    assert (await records.get(request_id=request_id, by=his)).may[:2] == ["claim", "decline"]
    assert "claim" in (await records.get(request_id=request_id, by=clinic.chief)).may
    assert (await records.get(request_id=request_id, by=clinic.cast.operator)).may == []


async def test_the_gate_is_asked_with_the_request_and_not_without_it(clinic):
    await clinic.scan()
    assert len(await database.fetch("SELECT 1 FROM pgqueuer WHERE entrypoint = $1", gate.GATE)) == 1
    with pytest.raises(Invalid):
        await clinic.scan(crop_code="banana")
    assert len(await database.fetch("SELECT 1 FROM pgqueuer WHERE entrypoint = $1", gate.GATE)) == 1


async def test_every_crop_has_a_chinese_name_a_source_and_at_most_one_eppo_code(pool):
    listed = (await crops()).on(date(2026, 11, 22))
    codes = [each.eppo_code for each in listed if each.eppo_code]
    assert len(listed) >= 45
    assert len(set(codes)) == len(codes)
    assert all(len(each) in (5, 6) and each.isupper() for each in codes)
    assert all(each.name_zh and each.source for each in listed)
    named = [name for each in listed for name in (each.name_zh, *each.aliases)]
    assert len(set(named)) == len(named), "one name stands for two crops"
