"""A visit from ODK Collect, from the form list to the record: what the recorded phone sent is what stands."""

import asyncio
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import md5, sha256
from uuid import UUID

import httpx
import pytest
from lxml import etree

from backend.core import cipher
from backend.core.database import fetch, fetch_row
from backend.media import contents, looking
from backend.openrosa.submission_rows import XML_PURPOSE
from backend.people.actors import Scope
from backend.people.sessions import actor
from backend.visits.actions import get_visit
from backend.visits.queries import list_visits
from backend.visits.schemas import VisitFilters
from tests.cast import PASSWORD, VILLAGE
from tests.cast import phone_of as number_of
from tests.openrosa.collect import INSTANCE_ID, PHOTO, VISIT_ID, instance, must_be_openrosa, send

LIST = "{http://openrosa.org/xforms/xformsList}"


async def replay(served: str, recorded, prefix: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Put the recorded bytes on a socket as they are: only the address (and what `headers` adds) is another."""
    host, _, port = served.removeprefix("http://").partition(":")
    lines = [f"POST {recorded.path.replace('/openrosa', prefix, 1)} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in {**recorded.headers, **headers, "Connection": "close"}.items()]
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write("\r\n".join([*lines, "", ""]).encode() + recorded.body)
    answer = await asyncio.wait_for(reader.read(), 20)
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *fields = head.decode().split("\r\n")
    return int(status.split()[1]), {name.lower(): value for name, _, value in (f.partition(": ") for f in fields)}, body


@pytest.fixture
async def key(phone: httpx.AsyncClient) -> str:
    return phone.base_url.path.strip("/").rsplit("/", 1)[1]


async def test_the_recorded_submission_becomes_the_visit_it_tells_of(served, recorded, key, cast):
    status, headers, body = await replay(served, recorded, f"/openrosa/key/{key}")

    assert (status, headers["x-openrosa-version"]) == (201, "1.0")
    assert "已收到，谢谢！" in body.decode()
    visit = await get_visit(visit_id=VISIT_ID, by=cast.supervisor)
    assert (visit.channel, visit.door, visit.division.code) == ("visit", "openrosa", VILLAGE)
    assert visit.occurred_at == datetime(2026, 11, 20, 7, 31, 52, 417000, UTC)
    assert (visit.point.crs, visit.point.latitude, visit.point.longitude) == ("wgs84", 36.8966547, 116.2815093)
    assert visit.point.accuracy_m == 12.5
    assert (visit.household.code, visit.recorded_by.id) == ("LLM-001", cast.cadre.person_id)
    assert (visit.topics, visit.campaign_code) == (["production", "planning_construction"], "2026-people")
    assert visit.note == "小麦出苗齐，东头三亩低洼地有积水；机井电机坏了 & 浇不上水。"
    assert {need.category: need.description for need in visit.needs} == {
        "production": "机井电机烧了，请农机站来看看，越快越好。",
        "planning_construction": "村东生产路一下雨就积水，想垫一垫。",
    }
    assert [photo.kind for photo in visit.photos] == ["scene"]


async def test_its_photo_is_upright_placed_and_seen_by_those_who_oversee_the_village(served, recorded, key):
    await replay(served, recorded, f"/openrosa/key/{key}")

    [digest] = await fetch_row("SELECT sha256 FROM media_original")
    await looking.look(looking.Look(digest.hex()))
    row = await fetch_row("SELECT * FROM media_photo p JOIN media_original o ON o.sha256 = p.original")
    assert (row["width"], row["height"], row["state"]) == (1200, 1600, "accepted")
    assert (row["claimed_kind"], row["claimed_id"], row["division_code"]) == ("visit", VISIT_ID, VILLAGE)
    assert row["latitude"] == pytest.approx(36.896682, abs=1e-6)
    assert b"".join([piece async for piece in contents.original(row)]) == PHOTO


async def test_it_stands_in_the_households_history_and_in_the_campaign(served, recorded, key, cast):
    await replay(served, recorded, f"/openrosa/key/{key}")

    scope = Scope(person_id=cast.supervisor.person_id, prefixes=("371526",))
    for filters in (VisitFilters(household_id=cast.household), VisitFilters(campaign_code="2026-people")):
        [visit] = await list_visits(scope=scope, filters=filters, limit=50, after=None)
        assert visit.id == VISIT_ID


async def test_its_xml_is_kept_byte_for_byte_and_sealed(served, recorded, key, cast):
    await replay(served, recorded, f"/openrosa/key/{key}")

    row = await fetch_row("SELECT * FROM openrosa_submission")
    start = recorded.body.index(b"<?xml")
    xml = recorded.body[start : recorded.body.index(b"</data>") + len(b"</data>")]
    xml_key = cipher.open_key(row["key_sealed"], purpose=XML_PURPOSE)
    assert cipher.unseal_bytes(row["xml_sealed"], key=xml_key, purpose=XML_PURPOSE) == xml
    assert row["xml_sha256"] == sha256(xml).digest()
    assert b"LLM-001" not in row["xml_sealed"]
    assert (row["form_id"], row["instance_id"], row["record_id"]) == ("visit", INSTANCE_ID, VISIT_ID)
    assert (row["submitted_by"], row["device_id"]) == (cast.cadre.person_id, "collect:T7mZq2VxKd0aJw4E")
    assert row["user_agent"].startswith("org.odk.collect.android/v2025.2.3")


async def test_sent_three_times_it_is_there_once(served, recorded, key):
    answers = [await replay(served, recorded, f"/openrosa/key/{key}") for _ in range(3)]

    assert [status for status, _, _ in answers] == [201, 201, 201]
    for table, count in {"openrosa_submission": 1, "visits_visit": 1, "cases_case": 2, "media_photo": 1}.items():
        assert len(await fetch(f"SELECT 1 FROM {table}")) == count, table


async def test_sent_ten_times_at_once_it_is_there_once_and_all_are_thanked(served, recorded, key):
    answers = await asyncio.gather(*(replay(served, recorded, f"/openrosa/key/{key}") for _ in range(10)))

    assert [status for status, _, _ in answers] == [201] * 10
    for table, count in {"openrosa_submission": 1, "visits_visit": 1, "cases_case": 2, "visits_photo": 1}.items():
        assert len(await fetch(f"SELECT 1 FROM {table}")) == count, table


async def test_basic_does_the_same_as_a_key(served, recorded, campaign):
    basic = b64encode(f"{number_of('cadre')}:{PASSWORD}".encode()).decode()
    status, _, _ = await replay(served, recorded, "/openrosa", Authorization=f"Basic {basic}")
    assert status == 201
    assert (await fetch_row("SELECT id FROM visits_visit"))["id"] == VISIT_ID


async def test_the_list_leads_to_the_form_byte_for_byte(phone):
    answer = await phone.get("/formList")

    must_be_openrosa(answer)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    listed = next(each for each in etree.fromstring(answer.content) if each.findtext(f"{LIST}formID") == "visit")
    told = {etree.QName(child).localname: child.text for child in listed}
    assert (told["formID"], told["name"], told["version"]) == ("visit", "走访记录", "2026112201")
    assert told["downloadUrl"].startswith(str(phone.base_url).rstrip("/") + "/forms/")
    form = await phone.get(told["downloadUrl"])
    must_be_openrosa(form)
    assert f"md5:{md5(form.content, usedforsecurity=False).hexdigest()}" == told["hash"]
    root = next(etree.fromstring(form.content).iter("{http://www.w3.org/2002/xforms}instance"))[0]
    assert (root.get("id"), root.get("version")) == ("visit", "2026112201")
    assert (await phone.get("/formList")).content == answer.content


async def test_the_form_is_not_fetched_again_while_it_is_the_same(phone):
    form = await phone.get("/forms/visit.xml")
    again = await phone.get("/forms/visit.xml", headers={"If-None-Match": form.headers["etag"]})
    must_be_openrosa(again)
    assert (again.status_code, again.content) == (304, b"")


async def test_the_list_takes_what_phones_ask(phone, phone_of, cast):
    async def ids_of(client, query):
        answer = await client.get(f"/formList{query}")
        assert answer.status_code == 200
        return [listed.findtext(f"{LIST}formID") for listed in etree.fromstring(answer.content)]

    assert await ids_of(phone, "?formID=visit") == ["visit"]
    assert await ids_of(phone, "?formID=other") == []
    everything = await ids_of(phone, "?deviceID=x&verbose=true&listAllVersions=true&what=ever")
    assert everything == ["crop_clinic", "market_stall", "soil_and_residue", "visit"]
    await fetch("DELETE FROM people_role_assignment WHERE person = $1", cast.stranger.person_id)
    assert (await actor(person_id=cast.stranger.person_id)).held == ()
    assert await ids_of(await phone_of(cast.stranger), "") == []


async def test_before_a_first_upload_the_answer_is_204_and_nothing_else(phone):
    for answer in (await phone.head("/submission?deviceID=collect%3Ax"), await phone.get("/submission")):
        must_be_openrosa(answer)
        assert (answer.status_code, answer.content) == (204, b"")


async def test_an_instance_without_a_uuid_of_its_own_still_has_one_record(phone):
    named, unnamed = instance(instance_id="visit 7 of the day"), instance(instance_id=None)
    answers = [await send(phone, xml) for xml in (named, named, unnamed, unnamed)]
    assert [answer.status_code for answer in answers] == [201] * 4
    rows = await fetch("SELECT id, record_id FROM openrosa_submission")
    assert len(rows) == 2
    assert all(isinstance(row["record_id"], UUID) for row in rows)


async def test_addresses_in_the_list_are_those_of_the_public_url(phone, monkeypatch):
    public = type("Public", (), {"public_url": "https://lianxin.example/"})()
    monkeypatch.setattr("backend.core.addresses.settings", lambda: public)
    [listed] = etree.fromstring((await phone.get("/formList?formID=visit")).content)
    path = phone.base_url.path.rstrip("/")
    assert listed.findtext(f"{LIST}downloadUrl") == f"https://lianxin.example{path}/forms/visit.xml"
