"""What everybody may read: services, requests, updates; and that it names nobody."""

from datetime import timedelta

import pytest
from lxml import etree

from backend.cases import dispatching, ending, opening, working
from backend.cases.reference import categories
from backend.cases.words import Channel
from backend.core import clock, ids
from backend.core.database import fetch_row
from backend.open311.publishing import level_of
from backend.open311.requests import moment
from backend.open311.words import Level
from backend.territory.coordinates import cell_1km
from tests.cast import COUNTY, OTHER_COUNTY, VILLAGE
from tests.open311.conftest import ROADS, WAGES, WATER, City


async def id_of(number: str):
    row = await fetch_row("SELECT id FROM cases_case WHERE number = $1", number)
    return row["id"]


async def worked_on(desk, number: str, remark: str = "坑填好了") -> None:
    """Dispatched and resolved by the roads unit."""
    case_id = await id_of(number)
    await dispatching.dispatch(case_id=case_id, id=ids.uuid7(), unit_id=desk.roads, by=desk.clerk)
    await working.resolve(case_id=case_id, id=ids.uuid7(), remark=remark, by=desk.mason)


async def test_discovery_says_where_and_in_what_formats(city: City):
    found = await city.get("discovery.json")
    root = etree.fromstring((await city.client.get("/open311/v2/discovery.xml")).content)

    assert found["endpoints"][0]["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert found["endpoints"][0]["url"] == "http://test/open311/v2"
    assert found["endpoints"][0]["formats"] == ["text/xml", "application/json"]
    assert [each.text for each in root.iterfind("endpoints/endpoint/formats/format")] == [
        "text/xml",
        "application/json",
    ]


async def test_services_are_the_categories_and_metadata_is_honest(city: City):
    services = {each["service_code"]: each for each in await city.get("services.json")}

    assert set(services) == {each.code for each in (await categories()).on(clock.today())}
    assert services[ROADS]["service_name"] == "道路与路灯"
    assert services[ROADS]["group"] == "规划建设"
    for code, service in services.items():
        asked = (await city.get(f"services/{code}.json"))["attributes"]
        assert service["metadata"] is bool(asked), code
        assert service["type"] == "realtime"
        assert [each["order"] for each in asked] == list(range(1, len(asked) + 1))


async def test_a_definition_is_the_same_in_xml(city: City):
    root = etree.fromstring((await city.client.get(f"/open311/v2/services/{ROADS}.xml")).content)

    assert root.findtext("service_code") == ROADS
    first = root.find("attributes/attribute")
    assert [each.tag for each in first][:5] == ["variable", "code", "datatype", "required", "datatype_description"]
    assert first.findtext("variable") == "true"
    assert first.findtext("values/value/key") == "pothole"


async def test_a_filed_request_is_followed_to_its_end(city: City, desk):
    number = await city.number(**{"attribute[defect]": "pothole"})
    [found] = await city.get(f"requests/{number}.json")
    assert (found["status"], found["extended_status"], found["status_notes"]) == ("open", "OPEN", None)
    assert (found["lat"], found["long"], found["address_id"]) == (36.8967, 116.2815, VILLAGE)
    assert found["requested_datetime"].endswith("+08:00")

    await worked_on(desk, number)
    [found] = await city.get(f"requests/{number}.json")
    assert (found["status"], found["extended_status"]) == ("closed", "FIXED")
    assert (found["status_notes"], found["agency_responsible"]) == ("坑填好了", "公路站")
    updates = await city.get("servicerequestupdates.json")
    assert [each["status"] for each in updates] == ["OPEN", "INVESTIGATING", "FIXED"]
    assert updates[2]["description"] == "坑填好了"
    assert {each["service_request_id"] for each in updates} == {number}


async def test_nothing_that_is_read_by_everybody_names_anybody(city: City, desk):
    number = await city.number(
        description="我是林大山，电话199-0000-0051，车牌鲁P12345，路灯坏了", address_string="林 大山家门口"
    )
    await worked_on(desk, number, remark="已电话告知林大山 13800138000")
    told = ""
    for path in (f"requests/{number}", "requests", "servicerequestupdates"):
        for ending_ in ("json", "xml"):
            told += (await city.client.get(f"/open311/v2/{path}.{ending_}")).text

    assert "路灯坏了" in told
    for hidden in ("林大山", "林 大山", "0051", "鲁P12345", "138001", "冯水工", "褚路工", "钱接线"):
        assert hidden not in told


async def test_a_door_that_asked_nobody_publishes_nothing(city: City, desk):
    opened = await desk.open(category_code=ROADS)

    assert await city.get("requests.json") == []
    assert await city.get("servicerequestupdates.json") == []
    assert (await city.client.get(f"/open311/v2/requests/{opened.case.number}.json")).status_code == 404


@pytest.mark.parametrize(
    ("changes", "words", "place"),
    [
        ({}, True, (36.8967, 116.2815)),
        ({"service_code": WATER}, True, cell_1km(116.2815, 36.8967)[::-1]),
        ({"service_code": WAGES}, False, (None, None)),
        ({"attribute[publish]": "no"}, False, (None, None)),
    ],
)
async def test_how_much_is_published_goes_by_the_kind_and_by_what_the_filer_said(city: City, changes, words, place):
    number = await city.number(**changes)
    [found] = await city.get(f"requests/{number}.json")

    assert (found["description"] is not None) is words
    assert (found["address"] is not None) is words
    assert (found["lat"], found["long"]) == pytest.approx(place) if words else (None, None)
    assert found["status"] == "open"


async def test_what_is_withdrawn_or_erased_shows_no_words_any_more(city: City, desk):
    withdrawn, erased = await city.number(), await city.number(description="另一个坑，林大山报")
    await ending.withdraw(case_id=await id_of(withdrawn), id=ids.uuid7(), by=None)
    await ending.erase_contact(case_id=await id_of(erased), id=ids.uuid7(), by=None)

    for number in (withdrawn, erased):
        [found] = await city.get(f"requests/{number}.json")
        assert (found["description"], found["lat"], found["address"]) == (None, None, None)


async def test_what_staff_typed_in_as_open311_has_nobodys_consent_and_shows_no_words(city: City, desk):
    opened = await desk.open(category_code=ROADS, channel=Channel.OPEN311)
    [found] = await city.get(f"requests/{opened.case.number}.json")

    assert (found["description"], found["address"], found["lat"]) == (None, None, None)


async def test_the_rule_is_data_and_the_deepest_category_wins():
    tree, day = await categories(), clock.today()

    def level(channel, code):
        return level_of(channel, code, categories=tree, day=day)

    assert level(Channel.OPEN311, "planning_construction.roads") is Level.FULL
    assert level(Channel.OPEN311, "planning_construction.land") is Level.STATUS
    assert level(Channel.OPEN311, "livelihood_security.medical") is Level.STATUS
    assert {level(each, "planning_construction.roads") for each in Channel if each is not Channel.OPEN311} == {
        Level.NONE
    }


async def test_lists_are_narrowed_and_paged(city: City, desk):
    road, water = await city.number(), await city.number(service_code=WATER)
    await worked_on(desk, road)

    async def numbers(**query):
        return [each["service_request_id"] for each in await city.get("requests.json", **query)]

    assert await numbers() == [water, road]
    assert await numbers(service_code=f"{ROADS},{WAGES}") == [road]
    assert await numbers(status="open") == [water]
    assert await numbers(status="closed,open") == [water, road]
    assert await numbers(service_request_id=f"{road}, {water}", status="lost") == [water, road]
    assert await numbers(jurisdiction_id=COUNTY) == [water, road]
    assert await numbers(jurisdiction_id=OTHER_COUNTY) == []
    assert await numbers(page_size=1, page=2) == [road]
    assert await numbers(service_code="", status="", start_date="") == [water, road]


async def test_the_span_is_ninety_days_unless_told_and_at_most(city: City):
    with clock.stopped(clock.now() - timedelta(days=100)):
        old = await city.number()
        before = clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
        after = (clock.now() + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%S 00:00")
    new = await city.number()

    async def numbers(**query):
        return [each["service_request_id"] for each in await city.get("requests.json", **query)]

    assert await numbers() == [new]
    assert await numbers(start_date=before) == [old]
    assert await numbers(end_date=after) == [old]
    assert await numbers(service_request_id=old) == [old]


def test_a_moment_is_read_with_any_zone_and_a_lost_plus_is_forgiven():
    told = {moment(each, "x") for each in ("2026-11-20T08:00:00+08:00", "2026-11-20T08:00 08:00", "2026-11-20T00:00z")}

    assert len(told) == 1


async def test_a_partner_adds_to_its_request_once(city: City):
    number = await city.number()
    first, again = [await city.update(number, "又大了一点", update_id="c-1") for _ in range(2)]
    silent, same = [await city.update(number, "没有编号的话") for _ in range(2)]

    assert [each.status_code for each in (first, again, silent, same)] == [201, 200, 201, 200]
    assert first.json() == again.json()
    row = await fetch_row("SELECT count(*) AS n FROM cases_event WHERE kind = 'relayed'")
    assert row["n"] == 2


async def test_an_open_status_opens_what_had_ended_and_fixed_says_that_it_helped(city: City, desk):
    number = await city.number()
    await worked_on(desk, number)
    for _ in range(2):  # a repeat is harmless
        await city.update(number, "还是有坑", status="OPEN", update_id="c-1")
    [found] = await city.get(f"requests/{number}.json")
    assert (found["status"], found["extended_status"]) == ("open", "OPEN")

    await worked_on(desk, number)
    await ending.answer(case_id=await id_of(number), id=ids.uuid7(), remark="填好了", by=desk.mason)
    await city.update(number, "谢谢", status="fixed")
    row = await fetch_row("SELECT state, satisfaction FROM cases_case WHERE number = $1", number)
    assert (row["state"], row["satisfaction"]) == ("evaluated", "satisfied")


async def test_a_word_moves_no_work_and_what_a_citizen_adds_is_not_published(city: City):
    number = await city.number()
    answer = await city.update(number, "我看修好了", status="FIXED")
    [found] = await city.get(f"requests/{number}.json")

    assert answer.status_code == 201
    assert found["extended_status"] == "OPEN"
    assert "我看修好了" not in (await city.client.get("/open311/v2/servicerequestupdates.json")).text


async def test_nobody_adds_to_what_another_filed(city: City, desk):
    opened = await opening.open_case(new=desk.new(channel=Channel.OPEN311), by=None)
    number = opened.record.case.number

    assert (await city.update(number, "别人的事")).status_code == 404
    assert (await city.update(number, "别人的事", api_key="wrong")).status_code == 403
    assert (await city.update(await city.number(), "")).status_code == 400
    assert (await city.update(await city.number(description="第二个"), "x", status="LOST")).status_code == 400
