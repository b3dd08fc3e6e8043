from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from backend.core import clock, ids
from backend.core.database import fetch_row
from backend.laboratory import instrument_routes
from tests.laboratory.bench import client_of, signed_in

ONE = f"/laboratory/instruments/{UUID(int=1)}"


def day(number: int) -> str:
    return (clock.today() + timedelta(days=number)).isoformat()


@pytest.fixture
async def wire(bench) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(instrument_routes.router) as client:
        yield client


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "/laboratory/instruments"),
        ("get", "/laboratory/instruments"),
        ("get", ONE),
        ("patch", ONE),
        ("get", f"{ONE}/calibrations"),
        ("post", f"{ONE}/calibrations"),
        ("post", f"{ONE}/overrides"),
        ("post", f"{ONE}/live-key"),
        ("get", f"{ONE}/chart"),
    ],
)
async def test_nobody_is_asked_to_sign_in(wire, method, path):
    assert (await getattr(wire, method)(path)).status_code == 401


async def test_an_instrument_of_the_wrong_shape_says_which_field(wire, bench):
    headers = await signed_in(bench.technician)
    for wrong, pointer in (
        ({"serial": ""}, "/serial"),
        ({"serial": "A", "method": "magic"}, "/method"),
        ({"serial": "A", "calibrated_on": day(0)}, "/calibration_due_on"),
        ({"serial": "A", "unit_id": str(UUID(int=9))}, "/unit_id"),
    ):
        answer = await wire.post("/laboratory/instruments", json=wrong, headers=headers)
        assert answer.status_code == 400, wrong
        (error,) = answer.json()["errors"]
        assert error["pointer"] == pointer
        assert any("\u4e00" <= letter <= "\u9fff" for letter in error["detail"])


async def test_the_right_person_registers_and_a_retry_is_harmless(wire, bench):
    headers = await signed_in(bench.technician)
    new = {"serial": "NC-1", "calibrated_on": day(-1), "calibration_due_on": day(30)}
    first, again, other = [
        await wire.post("/laboratory/instruments", json=each, headers=headers)
        for each in (new, new, new | {"model": "X"})
    ]
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert first.json() == again.json()
    keyed = headers | {"Idempotency-Key": "NC-2"}
    made = [await wire.post("/laboratory/instruments", json={"serial": "NC-2"}, headers=keyed) for _ in range(2)]
    assert [each.status_code for each in made] == [201, 200]
    assert made[0].json()["id"] == str(ids.from_key(bench.technician.person_id, "registerInstrument", "NC-2"))
    stranger = await wire.post("/laboratory/instruments", json=new, headers=await signed_in(bench.cast.stranger))
    assert stranger.status_code == 403


async def test_a_stranger_finds_no_instrument_whatever_he_asks_of_it(wire, bench):
    path = f"/laboratory/instruments/{await bench.instrument(due_in_days=-1)}"
    calibration, override = {"done_on": day(0), "due_on": day(9)}, {"until_on": day(1), "reason": "先用着吧"}
    for who in (bench.outsider, bench.cast.cadre):
        headers = await signed_in(who)
        assert (await wire.get("/laboratory/instruments", headers=headers)).json()["items"] == []
        answers = [
            await wire.get(path, headers=headers),
            await wire.get(f"{path}/chart", headers=headers),
            await wire.get(f"{path}/calibrations", headers=headers),
            await wire.patch(path, json={"firmware": "2"}, headers=headers),
            await wire.post(f"{path}/calibrations", json=calibration, headers=headers),
            await wire.post(f"{path}/overrides", json=override, headers=headers),
            await wire.post(f"{path}/live-key", headers=headers),
        ]
        assert {(each.status_code, each.json()["code"]) for each in answers} == {(404, "laboratory/instrument-unknown")}


async def test_calibrations_and_overrides_are_there_once(wire, bench):
    path = f"/laboratory/instruments/{await bench.instrument(due_in_days=-1)}"
    override = {"id": str(ids.uuid7()), "until_on": day(2), "reason": "比对合格，先用着"}
    calibration = {"id": str(ids.uuid7()), "done_on": day(0), "due_on": day(300)}
    for who, name, new, calibrated in (
        (bench.cast.supervisor, "overrides", override, "overridden"),
        (bench.technician, "calibrations", calibration, "valid"),
    ):
        headers = await signed_in(who)
        answers = [await wire.post(f"{path}/{name}", json=new, headers=headers) for _ in range(2)]
        assert [each.status_code for each in answers] == [201, 200]
        assert {each.json()["calibration"] for each in answers} == {calibrated}
    assert (
        await wire.post(f"{path}/overrides", json=override, headers=await signed_in(bench.technician))
    ).status_code == 403


async def test_an_amendment_of_the_wrong_shape_is_refused_and_twice_is_the_same(wire, bench):
    path, headers = f"/laboratory/instruments/{await bench.instrument()}", await signed_in(bench.technician)
    for wrong in ({"method": None}, {"retired": "soon"}, {"serial": "NC-2"}, {"unit_id": str(UUID(int=9))}):
        assert (await wire.patch(path, json=wrong, headers=headers)).status_code == 400, wrong
    first, again = [await wire.patch(path, json={"model": "NC-900"}, headers=headers) for _ in range(2)]
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert first.json()["model"] == "NC-900"
    told = await wire.get(f"{path}/calibrations", headers=headers)
    assert (len(told.json()["calibrations"]), told.json()["overrides"]) == (1, [])


async def test_a_key_is_told_once_kept_sealed_and_ended_by_the_next(wire, bench):
    instrument = await bench.instrument("NC 1/2")
    path, headers = f"/laboratory/instruments/{instrument}/live-key", await signed_in(bench.technician)
    first, second = [await wire.post(path, headers=headers) for _ in range(2)]
    row = await fetch_row("SELECT live_key_sealed FROM laboratory_instrument WHERE id = $1", instrument)

    assert (first.status_code, first.headers["cache-control"]) == (201, "no-store")
    assert first.json()["key"] != second.json()["key"]
    assert len(bytes.fromhex(second.json()["key"])) == 32
    assert bytes.fromhex(second.json()["key"]) not in row["live_key_sealed"]
    assert first.json()["post_to"] == f"http://test/api/v1/laboratory/live/{instrument}"
    assert (await wire.get(path.removesuffix("/live-key"), headers=headers)).json()["live"] is True
    assert (await wire.post(path, headers=await signed_in(bench.expert))).status_code == 403


async def test_one_that_nobody_registered_gets_no_key(wire, bench):
    instrument = await bench.instrument(registered_at=None)
    answer = await wire.post(
        f"/laboratory/instruments/{instrument}/live-key", headers=await signed_in(bench.technician)
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "laboratory/not-registered")


async def test_a_chart_takes_a_kind_and_days_and_refuses_what_it_does_not_know(wire, bench):
    path, headers = (
        f"/laboratory/instruments/{await bench.instrument()}/chart",
        await signed_in(bench.cast.supervisor),
    )
    answer = await wire.get(path, params={"kind": "control", "days": 30}, headers=headers)
    assert (answer.status_code, answer.json()["points"], answer.json()["low"]) == (200, [], 50)
    for wrong in ({"kind": "magic"}, {"days": 0}, {"days": 5000}):
        assert (await wire.get(path, params=wrong, headers=headers)).status_code == 400
