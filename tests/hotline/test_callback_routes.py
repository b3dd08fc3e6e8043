"""Every route of callbacks is asked: nobody, wrong shape, stranger, right person, twice."""

import pytest

from backend.cases import opening
from backend.cases.schemas import NewCase
from backend.cases.words import Channel
from backend.core import clock, ids
from backend.hotline import call_reading, callback_routes
from tests.cast import VILLAGE
from tests.hotline.desk_cast import NINE, Hotline, client_of, signed_in
from tests.hotline.exchange import AT_TWO, Exchange
from tests.hotline.exchange import callbacks as all_callbacks


@pytest.fixture
async def hotline(cast):
    made = await Hotline.open(cast)
    with clock.stopped(NINE):
        yield made


@pytest.fixture
async def wire(hotline):
    async with client_of(callback_routes.router) as client:
        yield client


async def test_list_callbacks(hotline, wire):
    _, callback = await hotline.asked()
    assert (await wire.get("/hotline/callbacks")).status_code == 401
    wrong = await wire.get("/hotline/callbacks", params={"limit": 0}, headers=await signed_in(hotline.clerk))
    assert wrong.status_code == 400
    strange = await wire.get("/hotline/callbacks", headers=await signed_in(hotline.cast.stranger))
    assert strange.json()["items"] == []
    for params in ({}, {"mine": True}):
        found = await wire.get("/hotline/callbacks", params=params, headers=await signed_in(hotline.clerk))
        assert [each["id"] for each in found.json()["items"]] == [str(callback.id)]
        assert "+86" not in found.text
    closed = await wire.get("/hotline/callbacks", params={"closed": True}, headers=await signed_in(hotline.clerk))
    assert closed.json()["items"] == []


async def test_callbacks_are_paged_by_what_is_due(hotline, wire):
    made = [(await hotline.asked(title=f"第{n}件"))[1] for n in range(3)]
    headers, seen, cursor = await signed_in(hotline.clerk), [], None
    for _ in range(3):
        params = {"limit": 1} | ({"cursor": cursor} if cursor else {})
        page = (await wire.get("/hotline/callbacks", params=params, headers=headers)).json()
        seen += [each["id"] for each in page["items"]]
        cursor = page["next_cursor"]
    assert cursor is None
    assert sorted(seen) == sorted(str(each.id) for each in made)


async def test_get_callback(hotline, wire):
    _, callback = await hotline.asked()
    path = f"/hotline/callbacks/{callback.id}"
    assert (await wire.get(path)).status_code == 401
    assert (await wire.get("/hotline/callbacks/nine", headers=await signed_in(hotline.clerk))).status_code == 404
    assert (await wire.get(path, headers=await signed_in(hotline.cast.stranger))).status_code == 404
    for _ in range(2):
        found = await wire.get(path, headers=await signed_in(hotline.clerk))
        assert (found.status_code, found.json()["phone"]) == (200, "+8619900000051")
        assert found.headers["cache-control"] == "no-store"


async def test_record_callback(hotline, wire):
    _, callback = await hotline.asked()
    path = f"/hotline/callbacks/{callback.id}/tries"
    good = {"id": str(ids.uuid7()), "reached": True, "result": "satisfied"}
    assert (await wire.post(path, json=good)).status_code == 401
    became = {"case_id": str(ids.uuid7())}  # nothing was missed: the case is the one that is asked about
    for bad in (good | {"result": "delighted"}, good | {"result": None}, good | {"reached": False}, good | became, {}):
        assert (await wire.post(path, json=bad, headers=await signed_in(hotline.clerk))).status_code == 400
    for stranger, code in ((hotline.cast.stranger, 404), (hotline.cast.auditor, 403)):
        assert (await wire.post(path, json=good, headers=await signed_in(stranger))).status_code == code
    answers = [await wire.post(path, json=good, headers=await signed_in(hotline.clerk)) for _ in range(2)]
    assert [each.status_code for each in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()


async def test_whoever_was_missed_is_rung_and_his_call_stands_with_the_case_it_became(cast):
    exchange = await Exchange.open(cast)
    with clock.stopped(AT_TWO):
        receipt = await exchange.misses()
        (row,) = await all_callbacks()
        new = NewCase(
            channel=Channel.PHONE, category_code="planning_construction.water", title="断水", division_code=VILLAGE
        )
        case = (await opening.open_case(new=new, by=exchange.night)).record.case
        told = {"id": str(ids.uuid7()), "reached": True, "result": "spoken", "case_id": str(case.id)}
        async with client_of(callback_routes.router) as wire:
            path, headers = f"/hotline/callbacks/{row['id']}/tries", await signed_in(exchange.night)
            in_vain = told | {"reached": False, "result": None}
            assert (await wire.post(path, json=in_vain, headers=headers)).status_code == 400
            answers = [await wire.post(path, json=told, headers=headers) for _ in range(2)]
            assert [each.status_code for each in answers] == [201, 200]
        assert (await call_reading.seen(receipt.id, by=exchange.night))["case_id"] == case.id
