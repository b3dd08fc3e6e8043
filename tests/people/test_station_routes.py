"""Stations and their codes: nobody, wrong shape, stranger, right person, twice."""

from uuid import uuid4

import pytest

from backend.core import ids
from backend.people import actions, station_codes, stations
from backend.people.tables import UnitKind
from tests.cast import OTHER_VILLAGE, TOWNSHIP
from tests.people.test_routes import API, bearer, problem

HERE = "203.0.113.7"


@pytest.fixture
async def studio(cast):
    made = await actions.open_unit(
        id=ids.uuid7(), name="农技工作室", kind=UnitKind.STUDIO, division_code=TOWNSHIP, public_phone="0635-0000001"
    )
    return made.id


@pytest.fixture
async def station(studio):
    return await open_station(parent_id=studio)


async def open_station(name="农技服务点", division_code=TOWNSHIP, **more):
    made = await actions.open_unit(
        id=ids.uuid7(), name=name, kind=UnitKind.STATION, division_code=division_code, **more
    )
    return made.id


async def test_nobody_gets_401(people, station):
    for method, path in (
        ("GET", f"/stations/{station}/codes"),
        ("POST", f"/stations/{station}/codes"),
        ("DELETE", f"/station-codes/{uuid4()}"),
    ):
        answer = await people.request(method, API + path, json={} if method == "POST" else None)
        assert problem(answer)[0] == 401


@pytest.mark.parametrize("body", [{"id": "x"}, {"code": "7K3M"}, []])
async def test_a_wrong_shape_is_refused(people, cast, station, body):
    answer = await people.post(f"{API}/stations/{station}/codes", json=body, headers=await bearer(cast.admin))
    assert problem(answer)[0] == 400


async def test_who_keeps_no_station_there_finds_none(people, cast, station):
    elsewhere = await open_station(name="别处的站", division_code=OTHER_VILLAGE)
    cadre, supervisor = await bearer(cast.cadre), await bearer(cast.supervisor)
    assert (await people.post(f"{API}/stations/{station}/codes", json={}, headers=cadre)).status_code == 403
    assert "别处的站" not in [each.name for each in await stations.list_stations(by=cast.supervisor)]
    assert (await people.post(f"{API}/stations/{elsewhere}/codes", json={}, headers=supervisor)).status_code == 404
    assert (await people.delete(f"{API}/station-codes/{uuid4()}", headers=supervisor)).status_code == 404


async def test_a_code_is_made_once_listed_and_revoked(people, cast, station, studio):
    headers, id = await bearer(cast.supervisor), str(ids.uuid7())
    made = [await people.post(f"{API}/stations/{station}/codes", json={"id": id}, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in made] == [201, 200]
    assert made[0].json() == made[1].json()
    assert made[0].headers["cache-control"] == "no-store"
    code = made[0].json()["code"]
    assert (await station_codes.unit_of_station_code(code, address=HERE)).unit_id == station

    shown = next(each for each in await stations.list_stations(by=cast.supervisor) if each.id == station)
    assert (shown.codes_n, shown.parent_id, shown.parent_phone) == (1, studio, "0635-0000001")

    for _ in range(2):
        assert (await people.delete(f"{API}/station-codes/{id}", headers=headers)).status_code == 204
    (listed,) = (await people.get(f"{API}/stations/{station}/codes", headers=headers)).json()
    assert (listed["code"], listed["revoked_at"] is not None) == (None, True)
    again = await people.post(f"{API}/stations/{station}/codes", json={"id": id}, headers=headers)
    assert problem(again) == (401, "people/station-code-void")
