import httpx
import pytest

from backend.core import ids
from backend.diagnosis import answer_routes, second_opinions
from backend.diagnosis.answer_schemas import NewSecondOpinion
from tests.application import application
from tests.diagnosis.clinic import claimed_by
from tests.diagnosis.said import answer

ANSWER = {"diagnosis": "地里积水", "condition_code": "maize.waterlogging", "confidence": "sure"}
PRODUCT = {
    "name": "试验用杀菌剂",
    "substance": "pyraclostrobin",
    "registration_no": "PD20990001",
    "dose": 30,
    "dose_unit": "mL/mu",
    "interval_days": 10,
    "pre_harvest_days": 14,
}
READS = ("conditions", "answer-templates", "pesticide-bans", "agreement")


@pytest.fixture
async def wire(clinic):
    app = application(answer_routes.router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test/api/v1/diagnosis") as client:
        yield client


@pytest.fixture
async def claimed(clinic):
    """A call that the expert has."""
    request_id = await clinic.routed()
    await claimed_by(request_id, clinic.expert)
    return request_id


@pytest.fixture
async def opinion(clinic, claimed):
    """A second opinion that is asked for of it."""
    new = NewSecondOpinion(expert_id=clinic.second.person_id)
    made = await second_opinions.request_second_opinion(request_id=claimed, new=new, by=clinic.expert)
    return made.record.id


async def _doors(clinic, claimed, opinion):
    """Every address that writes: what it takes, and whose it is."""
    at = f"/requests/{claimed}"
    await answer(claimed, clinic.expert)
    return [
        (f"{at}/correction", ANSWER, clinic.chief),
        (f"{at}/second-opinions", {"expert_id": str(clinic.local.person_id)}, clinic.expert),
        (f"{at}/second-opinions/{opinion}/answer", ANSWER, clinic.second),
        (f"{at}/telling", {"how": "called"}, clinic.cast.operator),
        (f"{at}/outcomes", {"result": "better"}, clinic.cast.operator),
    ]


async def test_every_door_is_closed_to_nobody_to_a_wrong_shape_and_to_a_stranger(clinic, claimed, opinion, wire, as_):
    for path, body, whose in await _doors(clinic, claimed, opinion):
        assert (await wire.post(path, json=body)).status_code == 401, path
        wrong = await wire.post(path, json={"no": "field"}, headers=await as_(whose))
        assert wrong.status_code == 400, path
        stranger = await wire.post(path, json=body, headers=await as_(clinic.cast.stranger))
        assert stranger.status_code == 404, path


async def test_every_door_makes_it_once_and_knows_it_again(clinic, claimed, opinion, wire, as_):
    for path, body, whose in await _doors(clinic, claimed, opinion):
        headers = await as_(whose)
        again = {"id": str(ids.uuid7()), **body}
        first = await wire.post(path, json=again, headers=headers)
        second = await wire.post(path, json=again, headers=headers)
        assert (first.status_code, second.status_code) == (201, 200), (path, first.text)
        assert first.json() == second.json()


async def test_an_idempotency_key_stands_for_the_id_of_an_answer(clinic, claimed, wire, as_):
    headers = {**await as_(clinic.expert), "Idempotency-Key": "one"}
    first = await wire.post(f"/requests/{claimed}/answer", json=ANSWER, headers=headers)
    second = await wire.post(f"/requests/{claimed}/answer", json=ANSWER, headers=headers)
    other = await wire.post(f"/requests/{claimed}/answer", json={**ANSWER, "confidence": "unsure"}, headers=headers)

    assert (first.status_code, second.status_code, other.status_code) == (201, 200, 409)
    assert (await wire.post(f"/requests/{claimed}/answer", json=ANSWER)).status_code == 401
    stranger = await wire.post(f"/requests/{claimed}/answer", json=ANSWER, headers=await as_(clinic.cast.stranger))
    assert stranger.status_code == 404


@pytest.mark.parametrize("name", ["40%氧乐果乳油", "Carbofuran 3G", "灭多威", "铁灭克"])
async def test_a_banned_pesticide_is_refused_in_the_farmers_language_with_the_rule(clinic, claimed, wire, as_, name):
    body = {**ANSWER, "advice": {"products": [PRODUCT, {**PRODUCT, "name": name, "substance": None}]}}
    refused = await wire.post(f"/requests/{claimed}/answer", json=body, headers=await as_(clinic.expert))

    said = refused.json()
    assert (refused.status_code, said["code"]) == (409, "diagnosis/pesticide-banned")
    assert [each["pointer"] for each in said["errors"]] == ["/advice/products/1"]
    assert "自 2026-06-01 起不能用了" in said["detail"]
    assert "第736号" in said["detail"]
    assert "请换一种" in said["detail"]


async def test_a_product_without_its_dose_is_refused_at_the_dose_and_a_fertiliser_is_not(clinic, claimed, wire, as_):
    headers, path = await as_(clinic.expert), f"/requests/{claimed}/answer"
    bare = {
        **ANSWER,
        "advice": {"products": [{"name": "某药", "dose_unit": "g/mu", "pre_harvest_days": 7, "times": 1}]},
    }
    refused = await wire.post(path, json=bare, headers=headers)
    assert refused.status_code == 400
    assert [each["pointer"] for each in refused.json()["errors"]] == ["/advice/products/0/dose"]

    fed = {**ANSWER, "advice": {"steps": ["排水"], "products": [{"name": "尿素", "kind": "fertiliser"}]}}
    given = await wire.post(path, json=fed, headers=headers)
    assert (given.status_code, given.json()["warnings"]) == (201, [])


@pytest.mark.parametrize("path", READS)
async def test_what_an_answer_begins_from_is_read_by_whoever_is_signed_in(clinic, wire, as_, path):
    assert (await wire.get(f"/{path}")).status_code == 401
    found = await wire.get(f"/{path}", params={"crop": "maize"}, headers=await as_(clinic.expert))

    assert found.status_code == 200
    assert found.json()


async def test_templates_of_a_season_and_bans_of_a_day(clinic, wire, as_):
    headers = await as_(clinic.expert)
    july = await wire.get("/answer-templates", params={"crop": "maize", "month": 7}, headers=headers)
    january = await wire.get("/answer-templates", params={"crop": "maize", "month": 1}, headers=headers)
    before = await wire.get("/pesticide-bans", params={"on": "2026-05-31"}, headers=headers)
    after = await wire.get("/pesticide-bans", params={"on": "2026-06-01"}, headers=headers)

    assert "maize.waterlogging.summer" in [each["code"] for each in july.json()]
    assert [each["code"] for each in january.json()] == ["any.herbicide_damage.any"]
    fresh = {each["name_zh"] for each in after.json()} - {each["name_zh"] for each in before.json()}
    assert fresh == {"氧乐果", "克百威", "灭多威", "涕灭威"}
    wrong = await wire.get("/answer-templates", params={"month": 13}, headers=headers)
    assert wrong.status_code == 400


async def test_a_desk_reads_no_agreement(clinic, wire, as_):
    assert (await wire.get("/agreement", headers=await as_(clinic.cast.operator))).status_code == 403
