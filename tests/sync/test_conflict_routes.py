"""Conflicts over HTTP."""

import httpx
import pytest

from backend.core import ids
from backend.sync.conflict_routes import router
from tests.application import application
from tests.sync.amending import contested_visit

CONFLICTS = "/sync/conflicts"


@pytest.fixture
async def wire(cast):
    transport = httpx.ASGITransport(application(router))
    async with httpx.AsyncClient(transport=transport, base_url="http://test/api/v1") as client:
        yield client


async def test_a_list_for_nobody_wrong_shape_stranger_right_person_page_by_page(wire, as_, cast):
    made = [(await contested_visit(cast))[1] for _ in range(3)]
    assert (await wire.get(CONFLICTS)).status_code == 401
    mine = await as_(cast.cadre)
    for wrong in ({"limit": 0}, {"cursor": "?"}, {"waiting": "perhaps"}):
        assert (await wire.get(CONFLICTS, params=wrong, headers=mine)).status_code == 400
    assert (await wire.get(CONFLICTS, headers=await as_(cast.stranger))).json() == {"items": [], "next_cursor": None}

    first = (await wire.get(CONFLICTS, params={"limit": 2}, headers=mine)).json()
    second = (await wire.get(CONFLICTS, params={"limit": 2, "cursor": first["next_cursor"]}, headers=mine)).json()

    assert [line["id"] for line in first["items"] + second["items"]] == [str(id) for id in reversed(made)]
    assert second["next_cursor"] is None
    assert "values" not in first["items"][0]
    assert (await wire.get(CONFLICTS, params={"waiting": False}, headers=mine)).json()["items"] == []


async def test_one_for_nobody_stranger_right_person_twice(wire, as_, cast):
    _, conflict_id = await contested_visit(cast)
    address, mine = f"{CONFLICTS}/{conflict_id}", await as_(cast.supervisor)
    assert (await wire.get(address)).status_code == 401
    assert (await wire.get(address, headers=await as_(cast.stranger))).status_code == 404
    assert (await wire.get(f"{CONFLICTS}/{ids.uuid7()}", headers=mine)).status_code == 404

    first, again = [await wire.get(address, headers=mine) for _ in range(2)]

    assert first.status_code == 200
    assert first.json() == again.json()
    assert first.headers["cache-control"] == "no-store"
    note = first.json()["values"]["note"]
    assert (note["from"], note["to"], note["now"]) == ("看了井", "看了井，约周五修", "看了机井，水位低")


async def test_a_decision_of_nobody_wrong_shape_stranger_right_person_twice(wire, as_, cast):
    _, conflict_id = await contested_visit(cast)
    address, mine = f"{CONFLICTS}/{conflict_id}/decision", await as_(cast.supervisor)
    decision = {"keep": {"note": "phone"}}
    assert (await wire.post(address, json=decision)).status_code == 401
    for wrong in ({}, {"keep": {}}, {"keep": {"note": "both"}}, {"keep": {"topics": "phone"}}, decision | {"why": "x"}):
        answer = await wire.post(address, json=wrong, headers=mine)
        assert answer.status_code == 400, wrong
    assert (await wire.post(address, json=decision, headers=await as_(cast.stranger))).status_code == 404
    stale = await wire.post(address, json=decision | {"basis": "0" * 24}, headers=mine)
    assert (stale.status_code, stale.json()["code"]) == (409, "sync/record-moved-on")

    first, again = [await wire.post(address, json=decision, headers=mine) for _ in range(2)]

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert first.json()["decision"] == {"note": "phone"}
    other = await wire.post(address, json={"keep": {"note": "record"}}, headers=mine)
    assert (other.status_code, other.json()["code"]) == (409, "sync/conflict-decided")
