"""Every route of warnings is asked: nobody, wrong shape, stranger, right person, twice."""

from collections.abc import AsyncIterator

import httpx
import pytest

from backend.antifraud import warning_post_routes, warning_routes
from backend.core import clock, ids
from tests.antifraud.centre import AT_TWO, PERSON, PHONE, Centre, five
from tests.antifraud.outreach import client_of, signed_in
from tests.cast import COUNTY, VILLAGE

TYPED = {"level": "high", "division_code": VILLAGE, "person": PERSON}


@pytest.fixture
async def centre(cast):
    made = await Centre.open(cast)
    with clock.stopped(AT_TWO):
        yield made


@pytest.fixture
async def wire(centre) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(warning_routes.router, warning_post_routes.router) as client:
        yield client


async def get(wire, path, who=None, **params):
    return await wire.get(path, params=params, headers=await signed_in(who) if who else {})


async def test_receive_warning(centre, wire):
    path, body = f"/antifraud/warnings/posts/{centre.source_id}", centre.said()
    assert (await wire.post(path, content=body)).status_code == 401
    wrong = centre.said(level="grave")
    assert (await wire.post(path, content=wrong, headers=centre.signed(wrong))).status_code == 400
    forged = centre.signed(body, secret="whsec_" + "QUFB" * 8)
    assert (await wire.post(path, content=body, headers=forged)).json()["code"] == "antifraud/post-not-signed"
    answers = [await wire.post(path, content=body, headers=centre.signed(body)) for _ in range(2)]
    assert [each.status_code for each in answers] == [201, 200]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert PHONE not in answers[0].text


async def test_a_post_beyond_the_limit_is_not_read(centre, wire):
    body = centre.said() + b" " * warning_post_routes.MAX_POST_BYTES
    path = f"/antifraud/warnings/posts/{centre.source_id}"
    assert (await wire.post(path, content=body, headers=centre.signed(body))).status_code == 413


async def test_enter_warning(centre, wire):
    good = TYPED | {"id": str(ids.uuid7())}
    first, second = await five(
        wire,
        signed_in,
        "/antifraud/warnings",
        stranger=centre.cast.stranger,
        right=centre.cast.operator,
        good=good,
        bad=good | {"id_card": "3715"},
        strangers=403,
        codes=(201, 200),
    )
    assert first == second
    assert PHONE not in str(first)


async def test_acknowledge_warning(centre, wire):
    warning = await centre.posted()
    first, second = await five(
        wire,
        signed_in,
        f"/antifraud/warnings/{warning.id}/acknowledgement",
        stranger=centre.cast.stranger,
        right=centre.assistant,
        good=None,
        bad=None,
        strangers=404,
        codes=(200, 200),
    )
    assert first == second
    assert first["state"] == "acknowledged"


async def test_record_attempt(centre, wire):
    warning = await centre.posted()
    good = {"id": str(ids.uuid7()), "how": "visit", "reached": True, "note": "已到家"}
    first, second = await five(
        wire,
        signed_in,
        f"/antifraud/warnings/{warning.id}/attempts",
        stranger=centre.cast.stranger,
        right=centre.assistant,
        good=good,
        bad=good | {"how": "fax"},
        strangers=404,
        codes=(201, 200),
    )
    assert first == second


async def test_hand_over_warning(centre, wire):
    warning = await centre.posted()
    first, second = await five(
        wire,
        signed_in,
        f"/antifraud/warnings/{warning.id}/hand-over",
        stranger=centre.cast.stranger,
        right=centre.assistant,
        good={"from_number": 1},
        bad={"from_number": 0},
        strangers=404,
        codes=(200, 200),
    )
    assert first == second
    assert first["assignee_name"] == "尤值夜"


async def test_close_warning(centre, wire):
    warning = await centre.posted()
    first, second = await five(
        wire,
        signed_in,
        f"/antifraud/warnings/{warning.id}/closure",
        stranger=centre.cast.stranger,
        right=centre.assistant,
        good={"outcome": "transfer_stopped"},
        bad={"outcome": "fine"},
        strangers=404,
        codes=(200, 200),
    )
    assert first == second
    other = await wire.post(
        f"/antifraud/warnings/{warning.id}/closure",
        json={"outcome": "mistaken"},
        headers=await signed_in(centre.assistant),
    )
    assert (other.status_code, other.json()["detail"]) == (409, "已经按“转账已拦下”办结，不再改动。")


async def test_what_is_read(centre, wire):
    warning = await centre.posted()
    for path in ("/mine", "", f"/{warning.id}"):
        assert (await get(wire, f"/antifraud/warnings{path}")).status_code == 401
    mine = await get(wire, "/antifraud/warnings/mine", centre.assistant)
    assert [each["id"] for each in mine.json()] == [str(warning.id)]
    assert (await get(wire, "/antifraud/warnings/mine", centre.cast.stranger)).json() == []
    assert (await get(wire, "/antifraud/warnings", centre.cast.stranger)).status_code == 403
    assert (await get(wire, "/antifraud/warnings", centre.supervisor, cursor="x")).status_code == 400
    assert len((await get(wire, "/antifraud/warnings", centre.supervisor)).json()["items"]) == 1
    assert (await get(wire, "/antifraud/warnings/none", centre.assistant)).status_code == 404
    assert (await get(wire, f"/antifraud/warnings/{warning.id}", centre.cast.stranger)).status_code == 404
    for _ in range(2):
        told = await get(wire, f"/antifraud/warnings/{warning.id}", centre.assistant)
        assert told.json()["person"] == PERSON
        assert told.headers["cache-control"] == "no-store"


async def test_add_list_and_end_warning_sources(centre, wire):
    good = {"id": str(ids.uuid7()), "name": "市反诈中心", "division_code": COUNTY}
    first, second = await five(
        wire,
        signed_in,
        "/antifraud/warning-sources",
        stranger=centre.supervisor,
        right=centre.admin,
        good=good,
        bad=good | {"division_code": "x"},
        strangers=403,
        codes=(201, 200),
    )
    assert first == second
    assert first["secret"].startswith("whsec_")
    other = await wire.post(
        "/antifraud/warning-sources", json=good | {"name": "另一个"}, headers=await signed_in(centre.admin)
    )
    assert other.status_code == 409

    assert (await get(wire, "/antifraud/warning-sources")).status_code == 401
    assert (await get(wire, "/antifraud/warning-sources", centre.supervisor)).status_code == 403
    listed = (await get(wire, "/antifraud/warning-sources", centre.admin)).json()
    assert {each["secret"] for each in listed} == {None}
    ended = await five(
        wire,
        signed_in,
        f"/antifraud/warning-sources/{first['id']}/ending",
        stranger=centre.supervisor,
        right=centre.admin,
        good=None,
        bad=None,
        strangers=403,
        codes=(200, 200),
    )
    assert ended[0] == ended[1]
    assert ended[0]["ended_at"] is not None


async def test_a_source_of_another_territory_is_not_there(centre, wire):
    path = f"/antifraud/warning-sources/{ids.uuid7()}/ending"
    assert (await wire.post(path, headers=await signed_in(centre.admin))).status_code == 404
    outside = {"name": "外县", "division_code": "370782000000"}
    answer = await wire.post("/antifraud/warning-sources", json=outside, headers=await signed_in(centre.admin))
    assert answer.json()["code"] == "antifraud/not-your-division"


async def test_list_purges(centre, wire):
    assert (await get(wire, "/antifraud/purges")).status_code == 401
    assert (await get(wire, "/antifraud/purges", centre.supervisor, before="soon")).status_code == 400
    assert (await get(wire, "/antifraud/purges", centre.assistant)).status_code == 403
    for _ in range(2):
        assert (await get(wire, "/antifraud/purges", centre.supervisor, before="2026-01-01")).json() == []


async def test_list_warning_takers(centre, wire):
    warning = await centre.posted()
    path = f"/antifraud/warnings/{warning.id}/takers"
    assert (await get(wire, path)).status_code == 401
    assert (await get(wire, "/antifraud/warnings/none/takers", centre.assistant)).status_code == 404
    assert (await get(wire, path, centre.cast.stranger)).status_code == 404
    assert (await get(wire, path, centre.supervisor)).status_code == 403
    first, second = [(await get(wire, path, centre.assistant)).json() for _ in range(2)]
    assert first == second
    assert [each["name"] for each in first] == ["尤值夜", "许值早"]
