"""A partner files a case, once."""

import asyncio
from datetime import timedelta

import pytest
from lxml import etree

from backend.cases import queries, receipts, records
from backend.cases.tables import Case
from backend.core import clock
from backend.core.database import fetch_row
from tests.cast import COUNTY, NEXT_VILLAGE, OTHER_VILLAGE, VILLAGE
from tests.open311.conftest import ROADS, WATER, City


async def case_of(number: str):
    row = await fetch_row("SELECT id FROM cases_case WHERE number = $1", number)
    return await records.read(row["id"])


async def test_what_is_filed_is_a_case_with_a_receipt_that_the_citizen_can_open(city: City, desk):
    answer = await city.file()
    [told] = answer.json()
    case = await case_of(told["service_request_id"])

    assert answer.status_code == 201
    assert (case.channel, case.category.code, case.division.code) == ("open311", ROADS, VILLAGE)
    assert (case.title, case.point.longitude, case.point.latitude) == ("村东路面有个大坑", 116.2815, 36.8967)
    assert case.has_contact
    secret = told["service_notice"].split("查询码 ")[1][:6]
    shown = await receipts.track(number=case.number, secret=secret, address="203.0.113.9")
    assert [line.kind for line in shown.timeline] == ["opened"]


async def test_who_files_is_told_to_staff_and_not_to_the_citizen(city: City, desk):
    case = await case_of(await city.number(media_url="https://photos.example/1.jpg"))
    notes = [line for line in await queries.lines(case.id) if line["kind"] == "noted"]

    assert len(notes) == 1
    assert not notes[0]["public"]
    assert "高唐随手拍" in notes[0]["payload"]
    assert "https://photos.example/1.jpg" in notes[0]["payload"]


async def test_xml_is_answered_in_xml_with_its_declaration(city: City):
    answer = await city.file("xml")
    root = etree.fromstring(answer.content, etree.XMLParser(resolve_entities=False, no_network=True))

    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert answer.content.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
    assert [each.tag for each in root.iter()][:3] == ["service_requests", "request", "service_request_id"]
    assert root.findtext("request/service_request_id").isdigit()


@pytest.mark.parametrize(
    ("same", "other"),
    [
        ({"service_request_id_ext": "A-7"}, {"service_request_id_ext": "A-8"}),
        ({"attribute[external_id]": "A-7"}, {"attribute[external_id]": "A-8"}),
        ({"attribute[fixmystreet_id]": "7"}, {"attribute[fixmystreet_id]": "8"}),
        ({"headers": {"Idempotency-Key": "A-7"}}, {"headers": {"Idempotency-Key": "A-8"}}),
        ({}, {"description": "村西也有一个坑"}),
    ],
)
async def test_the_same_request_twice_is_one_case_and_another_is_another(city: City, same, other):
    first, again, another = await city.file(**same), await city.file(**same), await city.file(**other)
    numbers = [each.json()[0]["service_request_id"] for each in (first, again, another)]

    assert [each.status_code for each in (first, again, another)] == [201, 200, 201]
    assert numbers[0] == numbers[1] != numbers[2]
    assert "查询码" not in again.json()[0]["service_notice"]
    assert await Case.count() == 2


async def test_ten_at_the_same_moment_are_one_case(city: City):
    answers = await asyncio.gather(*(city.file() for _ in range(10)))

    assert sorted(each.status_code for each in answers) == [200] * 9 + [201]
    assert await Case.count() == 1


async def test_without_a_reference_the_same_words_an_hour_later_are_a_new_case(city: City):
    with clock.stopped(clock.now() - timedelta(hours=1)):
        first = await city.number()

    assert await city.number() != first


async def test_a_reference_with_other_content_is_refused_and_the_first_one_stays(city: City):
    await city.file(service_request_id_ext="A-7")
    answer = await city.file(service_request_id_ext="A-7", description="另一件事")

    assert answer.status_code == 400
    assert answer.json()[0]["code"] == 409
    assert await Case.count() == 1


async def test_a_token_leads_to_the_number(city: City):
    answer = await city.file()
    token, number = answer.headers["open311-token"], answer.json()[0]["service_request_id"]

    assert await city.get(f"tokens/{token}.json") == [{"service_request_id": number, "token": token}]
    assert (await city.client.get("/open311/v2/tokens/nothing.json")).status_code == 404


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ({"address_string": "梁村镇打渔李村东头"}, NEXT_VILLAGE),
        ({"address_string": "打渔李村东头"}, NEXT_VILLAGE),
        ({"address_string": "梁村镇政府门口"}, "371526101000"),
        ({"address_string": "某个路口"}, COUNTY),
        ({"address_id": NEXT_VILLAGE}, NEXT_VILLAGE),
        ({"lat": "36.9260", "long": "116.3410", "address_string": "琉璃庙村"}, NEXT_VILLAGE),
    ],
)
async def test_a_place_is_found_by_point_by_words_or_by_code(city: City, place, code):
    case = await case_of(await city.number(**({"lat": None, "long": None} | place)))

    assert case.division.code == code
    assert case.place_note == place.get("address_string")


@pytest.mark.parametrize(
    "place",
    [
        {"lat": None, "long": None},
        {"lat": "91"},
        {"lat": "nan"},
        {"lat": "north"},
        {"long": None},
        {"lat": "48.85", "long": "2.35"},
        {"lat": "35.92", "long": "119.12"},
        {"lat": None, "long": None, "address_id": "12"},
        {"lat": None, "long": None, "address_id": OTHER_VILLAGE},
        {"lat": None, "long": None, "address_string": "长" * 201},
    ],
)
async def test_a_place_that_is_none_or_not_of_the_partner_is_refused(city: City, place):
    answer = await city.file(**place)

    assert answer.status_code == 400
    assert answer.json()[0]["code"] == 400
    assert await Case.count() == 0


async def test_what_a_service_asks_is_said_to_whoever_handles_the_case(city: City):
    number = await city.number(**{"attribute[defect]": "pothole", "attribute[publish]": "yes"})
    several = {"attribute[kinds][]": ["rubbish", "sewage"]}
    other = await city.number(service_code="planning_construction.environment", **several)

    assert (await case_of(number)).description == "村东路面有个大坑。\n晚上看不清\n\n坏在哪里：路面坑洼"
    assert (await case_of(other)).description.endswith("哪些问题：垃圾、污水")


@pytest.mark.parametrize(
    ("service", "attributes", "said"),
    [
        ("production.fake_inputs", {}, "attribute[product]"),
        (ROADS, {"attribute[defect]": "volcano"}, "pothole"),
        (ROADS, {"attribute[colour]": "red"}, "attribute[colour]"),
        (ROADS, {"attribute[defect][]": ["pothole", "lamp"]}, "attribute[defect]"),
        (WATER, {"attribute[households_without]": "many"}, "attribute[households_without]"),
        (WATER, {"attribute[households_without]": "nan"}, "attribute[households_without]"),
    ],
)
async def test_wrong_answers_to_a_service_are_refused_one_by_one(city: City, service, attributes, said):
    answer = await city.file(service_code=service, **attributes)

    assert answer.status_code == 400
    assert said in answer.json()[0]["description"]


async def test_email_and_device_are_taken_and_not_kept(city: City):
    number = await city.number(email="lin@example.org", device_id="imei-1", account_id="7", phone=None)
    case = await case_of(number)
    lines = await queries.lines(case.id)

    assert "example.org" not in str(case) + str([line["payload"] for line in lines])
    assert "imei-1" not in str(case) + str([line["payload"] for line in lines])
