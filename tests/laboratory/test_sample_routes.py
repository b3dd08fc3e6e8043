"""Samples over HTTP: nobody, the wrong shape, a stranger, the right person, twice."""

import hashlib
from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest

from backend.core import ids
from backend.laboratory import sample_routes
from tests.laboratory.bench import Bench, client_of, signed_in

PRODUCE = {"kind": "produce", "crop_said": "韭菜"}
CONSENT = {"purpose": "share", "text_version": "1", "text_sha256": hashlib.sha256(b"words").hexdigest(), "given": True}


@pytest.fixture
async def wire(bench: Bench) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(sample_routes.router) as client:
        yield client


async def received(wire: httpx.AsyncClient, headers: dict[str, str], **changed: object) -> dict:
    answer = await wire.post("/laboratory/samples", json=PRODUCE | changed, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "/laboratory/samples"),
        ("get", "/laboratory/samples"),
        ("get", f"/laboratory/samples/{UUID(int=1)}"),
        ("post", f"/laboratory/samples/{UUID(int=1)}/hand-overs"),
        ("post", f"/laboratory/samples/{UUID(int=1)}/consents"),
    ],
)
async def test_nobody_is_asked_to_sign_in(wire: httpx.AsyncClient, method: str, path: str) -> None:
    assert (await getattr(wire, method)(path)).status_code == 401


async def test_a_sample_of_the_wrong_shape_says_which_field_and_how_it_would_be_right(
    wire: httpx.AsyncClient, bench: Bench
) -> None:
    headers = await signed_in(bench.technician)
    for changed, pointer in (
        ({"sampled_on": "2099-01-01"}, "/sampled_on"),
        ({"cores_n": 17}, "/cores_n"),
        ({"crop_code": "moonfruit"}, "/crop_code"),
        ({"unit_id": str(UUID(int=9))}, "/unit_id"),
    ):
        answer = await wire.post("/laboratory/samples", json=PRODUCE | changed, headers=headers)
        assert answer.status_code == 400, changed
        (error,) = answer.json()["errors"]
        assert error["pointer"] == pointer
        assert any("\u4e00" <= letter <= "\u9fff" for letter in error["detail"])
    for shape in ({"kind": "water"}, {"cores_n": 0}, {"unknown": 1}, {"plot": "\x00"}, {"code": ""}):
        assert (await wire.post("/laboratory/samples", json=PRODUCE | shape, headers=headers)).status_code == 400


async def test_the_right_person_takes_it_in_and_again_and_it_is_there_once(
    wire: httpx.AsyncClient, bench: Bench
) -> None:
    headers = await signed_in(bench.station_technician)
    id = str(ids.uuid7())
    told = PRODUCE | {"id": id}
    first = await wire.post("/laboratory/samples", json=told, headers=headers)
    again = await wire.post("/laboratory/samples", json=told, headers=headers)
    other = await wire.post("/laboratory/samples", json=told | {"plot": "东地"}, headers=headers)

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert first.json() == again.json()
    assert first.headers["cache-control"] == "no-store"


async def test_an_idempotency_key_stands_for_the_id(wire: httpx.AsyncClient, bench: Bench) -> None:
    headers = await signed_in(bench.technician) | {"Idempotency-Key": "bag 7"}
    answers = [await wire.post("/laboratory/samples", json=PRODUCE, headers=headers) for _ in range(2)]
    assert [each.status_code for each in answers] == [201, 200]
    assert len({each.json()["id"] for each in answers}) == 1


async def test_a_sample_is_handed_over_and_read_by_whom_it_concerns_and_not_there_for_a_stranger(
    wire: httpx.AsyncClient, bench: Bench
) -> None:
    at_station, at_studio = await signed_in(bench.station_technician), await signed_in(bench.technician)
    stranger = await signed_in(bench.outsider)
    sample = await received(wire, at_station)
    path = f"/laboratory/samples/{sample['id']}"
    step = {"to_unit_id": str(bench.studio), "travelled": "cooled", "temperature_c": 4, "id": str(ids.uuid7())}
    answers = [
        (await wire.post(f"{path}/hand-overs", json=step, headers=headers)).status_code
        for headers in (stranger, at_station, at_station)
    ]
    twice = await wire.post(f"{path}/hand-overs", json=step | {"id": None}, headers=at_station)
    read = await wire.get(path, headers=at_studio)

    assert answers == [404, 201, 200]
    assert (twice.status_code, twice.json()["code"]) == (409, "laboratory/there-already")
    assert [each["to_unit"]["name"] for each in read.json()["hand_overs"]] == ["梁村检测点", "农技工作室"]
    assert read.headers["cache-control"] == "no-store"
    assert (await wire.get(path, headers=stranger)).status_code == 404


async def test_a_list_has_every_filter_and_pages(wire: httpx.AsyncClient, bench: Bench) -> None:
    headers = await signed_in(bench.technician)
    made = [
        await received(wire, headers, code="A-1"),
        await received(wire, headers, kind="soil", household_id=str(bench.cast.household)),
        await received(wire, await signed_in(bench.station_technician)),
    ]
    day = made[0]["received_at"][:10]
    for query, found in (
        ({}, [2, 1, 0]),
        ({"code": "A-1"}, [0]),
        ({"kind": "soil"}, [1]),
        ({"household_id": str(bench.cast.household)}, [1]),
        ({"drop_off_id": str(bench.station)}, [2]),
        ({"unit_id": str(bench.studio)}, [2, 1, 0]),
        ({"unit_id": str(bench.station)}, []),
        ({"state": "held"}, []),
        ({"on": "2020-01-01"}, []),
    ):
        answer = (await wire.get("/laboratory/samples", params=query, headers=headers)).json()
        assert [each["id"] for each in answer["items"]] == [made[n]["id"] for n in found], (query, day)
    first = (await wire.get("/laboratory/samples", params={"limit": 2}, headers=headers)).json()
    second = await wire.get("/laboratory/samples", params={"cursor": first["next_cursor"]}, headers=headers)
    assert [each["id"] for each in first["items"] + second.json()["items"]] == [made[n]["id"] for n in (2, 1, 0)]
    assert (await wire.get("/laboratory/samples", params={"cursor": "?"}, headers=headers)).status_code == 400


async def test_consent_is_written_down_once_and_taken_back_by_another_line(
    wire: httpx.AsyncClient, bench: Bench
) -> None:
    headers = await signed_in(bench.technician)
    sample = await received(wire, headers)
    path = f"/laboratory/samples/{sample['id']}"
    line = CONSENT | {"id": str(ids.uuid7()), "method": "spoken", "channel": "desk"}
    answers = [await wire.post(f"{path}/consents", json=line, headers=headers) for _ in range(2)]
    other = await wire.post(f"{path}/consents", json=line | {"given": False}, headers=headers)
    shares = (await wire.get(path, headers=headers)).json()["shares"]
    await wire.post(f"{path}/consents", json=CONSENT | {"given": False}, headers=headers)

    assert ([each.status_code for each in answers], other.status_code) == ([201, 200], 409)
    assert answers[0].json() == answers[1].json()
    assert shares
    assert not (await wire.get(path, headers=headers)).json()["shares"]
