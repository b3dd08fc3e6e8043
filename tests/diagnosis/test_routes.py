from uuid import UUID

import pytest

from backend.core import ids
from backend.diagnosis import gate
from tests.cast import VILLAGE
from tests.diagnosis.clinic import claimed_by

ASKED = {"channel": "phone", "crop_code": "maize", "symptoms": "叶子卷了", "division_code": VILLAGE}


async def asked(wire, headers, **changed):
    return await wire.post("/diagnosis/requests", json=ASKED | changed, headers=headers)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "/diagnosis/requests"),
        ("get", f"/diagnosis/requests/{UUID(int=1)}"),
        ("get", "/diagnosis/queue"),
        ("get", "/diagnosis/crops"),
        ("post", f"/diagnosis/requests/{UUID(int=1)}/questions"),
        ("post", f"/diagnosis/requests/{UUID(int=1)}/questions/{UUID(int=2)}/answer"),
    ],
)
async def test_nobody_is_asked_to_sign_in(wire, method, path):
    answer = await getattr(wire, method)(path)
    assert answer.status_code == 401


async def test_a_request_of_the_wrong_shape_says_which_field_and_how_it_would_be_right(wire, clinic, as_):
    headers = await as_(clinic.cast.operator)
    for changed, pointer in (
        ({"crop_code": "banana"}, "/crop_code"),
        ({"onset_on": "2099-01-01"}, "/onset_on"),
        ({"contact_phone": "+ - - -"}, "/contact_phone"),
        ({"asked_at": "1999-01-01T00:00:00+08:00"}, "/asked_at"),
        ({"division_code": None}, "/division_code"),
        ({"household_id": str(UUID(int=9))}, "/household_id"),
        ({"station_unit_id": str(UUID(int=9))}, "/station_unit_id"),
    ):
        answer = await asked(wire, headers, **changed)
        assert answer.status_code == 400, changed
        (error,) = answer.json()["errors"]
        assert error["pointer"] == pointer
        assert any("\u4e00" <= letter <= "\u9fff" for letter in error["detail"])
    for shape in ({"area_mu": -1}, {"topic": "magic"}, {"unknown": 1}, {"symptoms": "\x00"}):
        assert (await asked(wire, headers, **shape)).status_code == 400


async def test_the_right_person_asks_and_asks_again_and_it_is_there_once(wire, clinic, as_):
    headers = await as_(clinic.cast.operator)
    id = str(ids.uuid7())
    first = await asked(wire, headers, id=id)
    again = await asked(wire, headers, id=id)
    other = await asked(wire, headers, id=id, symptoms="根烂了")

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert first.json()["request"]["id"] == again.json()["request"]["id"] == id
    assert first.headers["cache-control"] == "no-store"
    assert first.json()["secret"]
    assert again.json()["secret"] is None
    assert first.json()["ticket"] is None


async def test_an_idempotency_key_stands_for_the_id(wire, clinic, as_):
    headers = await as_(clinic.cast.operator) | {"Idempotency-Key": "call 7"}
    first, again = await asked(wire, headers), await asked(wire, headers)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["number"] == again.json()["number"]


async def test_a_place_that_is_not_ones_own_is_refused(wire, clinic, as_):
    answer = await asked(wire, await as_(clinic.cast.stranger))
    assert (answer.status_code, answer.json()["code"]) == (403, "cases/outside-your-territory")


async def test_a_request_is_read_by_whom_it_concerns_and_is_not_there_for_a_stranger(wire, clinic, as_):
    id = (await asked(wire, await as_(clinic.cast.operator))).json()["request"]["id"]
    for who, status in (
        (clinic.cast.operator, 200),
        (clinic.cast.supervisor, 200),
        (clinic.chief, 200),
        (clinic.second, 404),
        (clinic.technician, 404),
        (clinic.cast.cadre, 404),
        (clinic.cast.stranger, 404),
    ):
        answer = await wire.get(f"/diagnosis/requests/{id}", headers=await as_(who))
        assert answer.status_code == status, who.name
    assert (await wire.get("/diagnosis/requests/nothing", headers=await as_(clinic.chief))).status_code == 404


async def test_the_queue_takes_a_part_and_a_crop_and_refuses_what_it_does_not_know(wire, clinic, as_):
    headers = await as_(clinic.cast.operator)
    await asked(wire, headers)
    await asked(wire, headers, crop_code="wheat")

    async def queue(**query):
        return await wire.get("/diagnosis/queue", params=query, headers=headers)

    assert len((await queue()).json()["items"]) == 2
    assert [each["crop_zh"] for each in (await queue(crop_code="wheat")).json()["items"]] == ["小麦"]
    assert (await queue(part="answered")).json() == {"items": [], "next_cursor": None}
    for wrong in ({"part": "mine"}, {"limit": 0}, {"cursor": "x"}, {"crop_code": "玉米"}):
        assert (await queue(**wrong)).status_code == 400, wrong
    assert (await wire.get("/diagnosis/queue", headers=await as_(clinic.cast.stranger))).json()["items"] == []


async def test_crops_are_found_by_what_a_farmer_calls_them(wire, clinic, as_):
    headers = await as_(clinic.cast.cadre)

    async def crops(name):
        answer = await wire.get("/diagnosis/crops", params={"name": name}, headers=headers)
        return [(each["code"], each["eppo_code"]) for each in answer.json()]

    assert (await wire.get("/diagnosis/crops", headers=headers)).json()[0]["code"] == "maize"
    assert await crops("棒子") == [("maize", "ZEAMX")]
    assert await crops("地瓜") == [("sweet_potato", "IPOBA")]
    assert await crops("长果") == [("peanut", "ARHHY")]
    assert await crops("LYPES") == [("tomato", "LYPES")]


async def test_a_question_is_asked_by_whoever_has_it_and_answered_for_the_farmer(wire, clinic, as_):
    id = (await asked(wire, await as_(clinic.cast.operator))).json()["request"]["id"]
    await gate.pass_or_ask(UUID(id))
    await claimed_by(UUID(id), clinic.expert)
    path, question = f"/diagnosis/requests/{id}/questions", {"id": str(ids.uuid7()), "words": "浇过水没有？"}

    for who, status in ((clinic.cast.stranger, 404), (clinic.chief, 403), (clinic.expert, 201), (clinic.expert, 200)):
        assert (await wire.post(path, json=question, headers=await as_(who))).status_code == status
    assert (await wire.post(path, json={"words": ""}, headers=await as_(clinic.expert))).status_code == 400
    assert (
        await wire.post(path, json=question | {"words": "施过肥没有？"}, headers=await as_(clinic.expert))
    ).status_code == 409

    answers = f"{path}/{question['id']}/answer"
    said = {"words": "前天浇的"}
    assert (await wire.post(answers, json=said, headers=await as_(clinic.cast.stranger))).status_code == 404
    assert (await wire.post(answers, json={}, headers=await as_(clinic.cast.operator))).status_code == 400
    assert (
        await wire.post(f"{path}/{UUID(int=3)}/answer", json=said, headers=await as_(clinic.cast.operator))
    ).status_code == 404
    for _ in range(2):
        answer = await wire.post(answers, json=said, headers=await as_(clinic.cast.operator))
        assert answer.status_code == 200
        assert answer.json()["state"] == "claimed"
        assert [each["answer"] for each in answer.json()["questions"]] == ["前天浇的"]
