"""GeoReport's errors, in both formats, to the five questions."""

from datetime import timedelta

import pytest
from lxml import etree
from msgspec.structs import replace

from backend.cases.tables import Case
from backend.core import clock, ids
from backend.open311 import limits, partners
from backend.open311.partner_schemas import NewPartner
from backend.open311.words import Permission
from backend.people.allowances import Allowance
from tests.cast import COUNTY
from tests.open311.conftest import City


async def opened(desk, **changes):
    new = NewPartner(**({"name": "另一家", "unit_id": desk.hotline, "division_codes": [COUNTY]} | changes))
    return (await partners.open_partner(id=ids.uuid7(), new=new, by=desk.cast.admin)).record


@pytest.mark.parametrize("ending", ["json", "xml"])
async def test_nobody_in_particular_files_nothing(city: City, ending):
    for key in (None, "", "   ", "not-a-key"):
        answer = await city.file(ending, api_key=key)
        assert answer.status_code == 403
        if ending == "json":
            [error] = answer.json()
            assert (error["code"], "api_key" in error["description"]) == (403, True)
        else:
            root = etree.fromstring(answer.content, etree.XMLParser(resolve_entities=False))
            assert (root.tag, root.findtext("error/code")) == ("errors", "403")
    assert await Case.count() == 0


async def test_a_key_that_ran_out_was_ended_or_may_not_file_opens_nothing(city: City, desk):
    yesterday = clock.today() - timedelta(days=1)
    old, reader = await opened(desk, valid_until=yesterday), await opened(desk, may=[Permission.UPDATE])
    ended = await opened(desk)
    await partners.close_partner(partner_id=ended.id, by=desk.cast.admin)

    for each in (old, reader, ended):
        assert (await city.file(api_key=each.api_key)).status_code == 403


async def test_whoever_tries_wrong_keys_again_and_again_is_told_to_wait(city: City):
    answers = [await city.file(api_key=f"guess-{n}") for n in range(22)]

    assert answers[0].status_code == 403
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) > 0
    assert answers[-1].json()[0]["code"] == 429


async def test_one_key_files_only_so_many_in_a_while(city: City, monkeypatch):
    policy = partners.open311_policy(clock.today())
    tight = replace(policy, posts_per_key=Allowance(2, timedelta(minutes=10)))
    monkeypatch.setattr(partners, "open311_policy", lambda _: tight)
    answers = [await city.file(description=f"第 {n} 件") for n in range(3)]

    assert [each.status_code for each in answers] == [201, 201, 429]


async def test_one_address_asks_for_only_so_many_lists_in_a_while(city: City, monkeypatch):
    policy = limits.open311_policy(clock.today())
    tight = replace(policy, lists_per_address=Allowance(2, timedelta(minutes=10)))
    monkeypatch.setattr(limits, "open311_policy", lambda _: tight)
    paths = ("requests.json", "servicerequestupdates.xml", "requests.xml")
    answers = [await city.client.get(f"/open311/v2/{path}") for path in paths]

    assert [each.status_code for each in answers] == [200, 200, 429]
    assert int(answers[2].headers["retry-after"]) > 0


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"service_code": None}, 400, "service_code"),
        ({"service_code": "volcanoes"}, 404, "volcanoes"),
        ({"jurisdiction_id": "city.gov"}, 404, "city.gov"),
        ({"phone": "not a phone"}, 400, "phone"),
        ({"description": "长" * 4001}, 400, "4000"),
        ({"description": "a\x00b"}, 400, ""),
        ({"service_request_id_ext": "x" * 201}, 400, "200"),
    ],
)
async def test_a_wrong_shape_is_said_field_by_field(city: City, changes, status, said):
    answer = await city.file(**changes)

    assert answer.status_code == status
    assert said in answer.json()[0]["description"]
    assert await Case.count() == 0


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{}", "application/json"),
        (b"<request/>", "text/xml"),
        (b"description=%ff%fe", "application/x-www-form-urlencoded"),
        (b"\xff\xfe", "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=1" % n for n in range(300)), "application/x-www-form-urlencoded"),
    ],
)
async def test_what_is_no_form_in_utf8_is_refused(city: City, body, kind):
    answer = await city.client.post("/open311/v2/requests.json", content=body, headers={"Content-Type": kind})

    assert answer.status_code == 400
    assert answer.json()[0]["code"] == 400


async def test_a_body_over_the_limit_is_refused(city: City):
    answer = await city.file(description="长" * 100_000)

    assert answer.status_code == 413
    assert answer.json()[0]["code"] == 413


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("requests/000000000000.json", 404),
        ("requests/618033988739", 404),
        ("services/volcanoes.xml", 404),
        ("nothing.json", 404),
        ("requests.json?start_date=yesterday", 400),
        ("requests.json?start_date=2026-01-01T00:00:00", 400),
        ("requests.json?start_date=2026-01-01T00:00:00Z&end_date=2026-06-01T00:00:00Z", 400),
        ("requests.json?status=lost", 400),
        ("requests.json?page=0", 400),
        ("requests.json?jurisdiction_id=city.gov", 404),
        ("servicerequestupdates.xml?end_date=x", 400),
    ],
)
async def test_every_refusal_has_georeports_form(city: City, path, status):
    answer = await city.client.get(f"/open311/v2/{path}")

    assert answer.status_code == status
    if ".json" in path:
        assert {"code", "description"} == set(answer.json()[0])
    else:
        root = etree.fromstring(answer.content, etree.XMLParser(resolve_entities=False))
        assert root.findtext("error/code") == str(status)


async def test_english_is_spoken_to_who_asks_for_it(city: City):
    answer = await city.client.get("/open311/v2/requests/1.json", headers={"Accept-Language": "en"})

    assert "There is no published request 1." in answer.json()[0]["description"]
    assert answer.headers["content-language"] == "en"
