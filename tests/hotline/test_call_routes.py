"""Every route of calls is asked: nobody, wrong shape, stranger, right person, twice."""

from collections.abc import AsyncIterator

import httpx
import pytest

from backend.core import clock, ids
from backend.hotline import call_routes, line_routes
from tests.cast import COUNTY, OTHER_COUNTY, VILLAGE
from tests.hotline.exchange import AT_TWO, CALLER, LINE, Exchange, client_of, five, signed_in

NUMBER = CALLER.replace(" ", "")


@pytest.fixture
async def exchange(cast):
    made = await Exchange.open(cast)
    with clock.stopped(AT_TWO):
        yield made


@pytest.fixture
async def wire(exchange) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(call_routes.router, line_routes.router) as client:
        yield client


async def get(wire, path, who=None, **params):
    return await wire.get(path, params=params, headers=await signed_in(who) if who else {})


async def test_log_call(exchange, wire):
    path, body = f"/hotline/calls/posts/{exchange.system_id}", exchange.said("ringing")
    assert (await wire.post(path, content=body)).status_code == 401
    wrong = exchange.said("transferred")
    assert (await wire.post(path, content=wrong, headers=exchange.signed(wrong))).status_code == 400
    forged = exchange.signed(body, secret="whsec_" + "QUFB" * 8)
    refused = await wire.post(path, content=body, headers=forged)
    assert (refused.status_code, refused.json()["code"]) == (401, "hotline/post-not-signed")
    answers = [await wire.post(path, content=body, headers=exchange.signed(body)) for _ in range(2)]
    assert [each.status_code for each in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["state"] == "ringing"
    long = body + b" " * line_routes.MAX_POST_BYTES
    assert (await wire.post(path, content=long, headers=exchange.signed(long))).status_code == 413


async def test_enter_call(exchange, wire):
    good = {
        "id": str(ids.uuid7()),
        "direction": "in",
        "unit_id": str(exchange.unit),
        "began_at": AT_TWO.isoformat(),
        "answered_at": AT_TWO.isoformat(),
        "caller": CALLER,
        "said": "厨房起火了",
    }
    first, second = await five(
        wire,
        "/hotline/calls",
        stranger=exchange.cast.stranger,
        right=exchange.night,
        good=good,
        bad=good | {"began_at": "2026-11-24T02:00:00"},
        strangers=403,
        codes=(201, 200),
    )
    assert first == second
    assert first["say_first"]["line"] == "119"


async def test_take_call(exchange, wire):
    receipt = await exchange.tells("ringing")
    first, second = await five(
        wire,
        f"/hotline/calls/{receipt.id}/taking",
        stranger=exchange.cast.stranger,
        right=exchange.night,
        good={},
        bad={"division_code": "x"},
        strangers=403,
        codes=(200, 200),
    )
    assert first == second
    assert first["caller"] == "+86" + NUMBER
    path = f"/hotline/calls/{receipt.id}/taking"
    other = await wire.post(path, json={}, headers=await signed_in(exchange.second))
    assert (other.status_code, other.json()["detail"]) == (409, "尤值夜正在处理这通电话。")


async def test_wrap_up_call(exchange, wire):
    receipt = await exchange.tells("answered")
    first, second = await five(
        wire,
        f"/hotline/calls/{receipt.id}/wrap-up",
        stranger=exchange.cast.stranger,
        right=exchange.night,
        good={"code": "answered_on_spot", "answer": "周六上午也开"},
        bad={"code": "answered_on_spot"},
        strangers=403,
        codes=(200, 200),
    )
    assert first == second
    assert first["answer"] == "周六上午也开"


async def test_what_is_read(exchange, wire):
    receipt = await exchange.misses()
    for path in ("", f"/{receipt.id}"):
        assert (await get(wire, f"/hotline/calls{path}")).status_code == 401
    assert (await get(wire, "/hotline/calls", exchange.night, cursor="x")).status_code == 400
    assert (await get(wire, "/hotline/calls", exchange.night, began_from="2026-11-24T02:00:00")).status_code == 400
    assert (await get(wire, "/hotline/calls", exchange.night, began_to="0001-01-01T00:00:00+08:00")).status_code == 400
    assert (await get(wire, "/hotline/calls", exchange.cast.stranger)).status_code == 403
    listed = [await get(wire, "/hotline/calls", exchange.lead) for _ in range(2)]
    assert listed[0].json() == listed[1].json()
    assert [each["callback_state"] for each in listed[0].json()["items"]] == ["open"]
    assert NUMBER not in listed[0].text

    path = f"/hotline/calls/{receipt.id}"
    assert (await get(wire, path, exchange.cast.stranger)).status_code == 404
    assert (await get(wire, "/hotline/calls/none", exchange.night)).status_code == 404
    for _ in range(2):
        told = await get(wire, path, exchange.night, division_code=VILLAGE)
        assert (told.json()["caller"], told.headers["cache-control"]) == ("+86" + NUMBER, "no-store")
    assert NUMBER not in (await get(wire, path, exchange.lead)).text


async def test_list_wrap_up_codes(exchange, wire):
    assert (await get(wire, "/hotline/wrap-up-codes")).status_code == 401
    first, second = [(await get(wire, "/hotline/wrap-up-codes", exchange.night)).json() for _ in range(2)]
    assert first == second
    assert {"code": "answered_on_spot", "needs": "answer"}.items() <= first[0].items()


async def test_call_figures(exchange, wire):
    await exchange.misses()
    assert (await get(wire, "/hotline/figures")).status_code == 401
    assert (await get(wire, "/hotline/figures", exchange.lead, since="soon")).status_code == 400
    assert (
        await get(wire, "/hotline/figures", exchange.lead, since="9999-12-31", until="9999-12-31")
    ).status_code == 400
    assert (await get(wire, "/hotline/figures", exchange.cast.stranger)).status_code == 403
    first, second = [(await get(wire, "/hotline/figures", exchange.lead)).json() for _ in range(2)]
    assert first == second
    assert (first["since"], first["until"], first["missed"]) == ("2026-11-01", "2026-11-24", 1)


async def test_add_list_and_end_line_systems(exchange, wire):
    good = {
        "id": str(ids.uuid7()),
        "kind": "phone",
        "name": "市热线系统",
        "line": LINE,
        "unit_id": str(exchange.unit),
        "division_code": COUNTY,
    }
    first, second = await five(
        wire,
        "/hotline/systems",
        stranger=exchange.lead,
        right=exchange.admin,
        good=good,
        bad=good | {"kind": "fax"},
        strangers=403,
        codes=(201, 200),
    )
    assert first == second
    assert first["secret"].startswith("whsec_")
    assert first["post_to"].endswith(f"/api/v1/hotline/calls/posts/{first['id']}")
    other = await wire.post("/hotline/systems", json=good | {"name": "x"}, headers=await signed_in(exchange.admin))
    assert other.status_code == 409
    outside = good | {"id": str(ids.uuid7()), "division_code": OTHER_COUNTY}
    refused = await wire.post("/hotline/systems", json=outside, headers=await signed_in(exchange.admin))
    assert refused.json()["code"] == "hotline/not-your-line"

    assert (await get(wire, "/hotline/systems")).status_code == 401
    assert (await get(wire, "/hotline/systems", exchange.lead)).status_code == 403
    listed = (await get(wire, "/hotline/systems", exchange.admin)).json()
    assert ({each["secret"] for each in listed}, len(listed)) == ({None}, 2)
    ended = await five(
        wire,
        f"/hotline/systems/{first['id']}/ending",
        stranger=exchange.lead,
        right=exchange.admin,
        good=None,
        bad=None,
        strangers=403,
        codes=(200, 200),
    )
    assert ended[0] == ended[1]
    nothing = await wire.post(f"/hotline/systems/{ids.uuid7()}/ending", headers=await signed_in(exchange.admin))
    assert nothing.status_code == 404
