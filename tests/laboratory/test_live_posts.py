import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from backend.core import clock
from backend.core.database import fetch, fetch_row
from backend.laboratory import instruments, live_keys, live_routes, records
from tests.laboratory.bench import Bench, client_of

ITEM = {"sample_name": "黄瓜", "item_name": "抑制率", "test_value": "12.50", "unit": "%", "result": "合格"}


@pytest.fixture
async def wire(bench) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(live_routes.router) as client:
        yield client


async def keyed(bench: Bench, serial: str = "SN-9", **columns: Any) -> tuple[UUID, bytes]:
    """An instrument with a key."""
    instrument = await bench.instrument(serial, **columns)
    made = await live_keys.make_key(instrument_id=instrument, by=bench.technician, base_url="http://test")
    return instrument, bytes.fromhex(made.key)


def post(key: bytes, *, signed: bool = True, **said: Any) -> bytes:
    """A signed post as it goes over the wire."""
    document: dict[str, Any] = {
        "device_sn": "SN-9",
        "manufacturer_record_id": "R77",
        "nonce": "n1",
        "timestamp": int(clock.now().timestamp()),
        "items": [ITEM | {"test_time": clock.local(clock.now()).strftime("%Y-%m-%d %H:%M:%S")}],
    } | said
    sign = {"sign": records.signature(records.payload(json.dumps(document)), key=key)} if signed else {}
    return json.dumps(document | sign, ensure_ascii=False).encode()


async def send(wire: httpx.AsyncClient, body: bytes, name: str = "SN-9") -> httpx.Response:
    return await wire.post(f"/laboratory/live/{name}", content=body)


async def results() -> int:
    row = await fetch_row("SELECT count(*) AS n FROM laboratory_result")
    assert row is not None
    return int(row["n"])


async def test_a_signed_post_is_stored_judged_and_answered_row_by_row(wire, bench):
    instrument, key = await keyed(bench)
    answer = await send(wire, post(key))

    assert answer.status_code == 201, answer.text
    told = answer.json()
    (row,) = told["rows"]
    assert (told["stored"], row["outcome"], row["verdict"], row["instrument_verdict"]) == (
        1,
        "stored",
        "negative",
        "合格",
    )
    assert answer.headers["location"] == f"/api/v1/laboratory/imports/{told['id']}"
    (kept,) = await fetch("SELECT instrument, unit FROM laboratory_result")
    assert tuple(kept) == (instrument, bench.studio)
    (file,) = await fetch("SELECT door, by, instrument FROM laboratory_import")
    assert tuple(file) == ("live", None, instrument)


async def test_the_same_post_again_is_told_to_be_stored_and_stores_nothing(wire, bench):
    _, key = await keyed(bench)
    body = post(key)
    first, again = await send(wire, body), await send(wire, body)
    assert (again.status_code, again.json()["code"]) == (409, "laboratory/post-repeated")
    assert again.json()["import_id"] == first.json()["id"]
    assert await results() == 1


async def test_a_post_whose_storing_was_interrupted_is_taken_when_it_comes_again(wire, bench):
    _, key = await keyed(bench)
    body = post(key)
    first = await send(wire, body)
    await fetch("DELETE FROM laboratory_nonce")  # the house went dark before it was written
    again = await send(wire, body)
    assert (again.status_code, again.json()["rows"]) == (200, first.json()["rows"])
    assert await results() == 1


async def test_records_signed_anew_are_duplicates_so_a_spool_may_resend_what_it_is_not_sure_of(wire, bench):
    _, key = await keyed(bench)
    item = ITEM | {"test_time": "2026-11-01 09:30:00"}
    await send(wire, post(key, items=[item]))
    again = await send(wire, post(key, items=[item], nonce="n2"))
    assert (again.status_code, again.json()["duplicate"], again.json()["stored"]) == (201, 1, 0)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"signed": False}, "unsigned"),
        ({"sign": "0" * 64, "signed": False}, "signature_wrong"),
        ({"timestamp": 1777599000}, "clock_off"),
        ({"timestamp": "soon"}, "clock_off"),
        ({"nonce": ""}, "nonce_missing"),
    ],
)
async def test_what_does_not_hold_is_refused_by_its_reason_and_stores_nothing(wire, bench, change, reason):
    _, key = await keyed(bench)
    answer = await send(wire, post(key, **change))
    told = answer.json()
    assert (answer.status_code, told["code"], told["reason"]) == (401, "laboratory/post-refused", reason)
    assert "server_time" in told
    assert any("\u4e00" <= letter <= "\u9fff" for letter in told["detail"])
    assert await fetch("SELECT 1 FROM laboratory_import") == await fetch("SELECT 1 FROM laboratory_nonce") == []


async def test_a_stranger_learns_nothing_about_which_serials_there_are(wire, bench):
    _, key = await keyed(bench)
    await instruments.seen("SN-10", bench.studio)
    told = []
    for name, signing in (("SN-9", b"k" * 32), ("SN-10", key), ("SN-11", key), ("%00", key), ("x" * 80, key)):
        answer = await send(wire, post(signing), name)
        told.append((answer.status_code, answer.json()["code"], answer.json()["reason"], answer.json()["detail"]))
    assert len(set(told)) == 1
    assert told[0][:3] == (401, "laboratory/post-refused", "signature_wrong")


async def test_a_new_key_ends_the_old_one_and_so_does_retiring(wire, bench):
    instrument, old = await keyed(bench)
    made = await live_keys.make_key(instrument_id=instrument, by=bench.technician, base_url="http://test")
    assert (await send(wire, post(old))).status_code == 401
    assert (await send(wire, post(bytes.fromhex(made.key)))).status_code == 201
    await fetch("UPDATE laboratory_instrument SET retired_at = now()")
    assert (await send(wire, post(bytes.fromhex(made.key), nonce="n2"))).status_code == 401


async def test_a_key_signs_for_its_own_instrument_only_in_the_envelope_and_in_every_item(wire, bench):
    _, key = await keyed(bench)
    other = ITEM | {"device_sn": "SN-10"}
    for number, said in enumerate(({"device_sn": "SN-10"}, {"items": [ITEM, other]})):
        answer = await send(wire, post(key, nonce=f"n{number}", **said))
        assert answer.status_code == 400
        assert "SN-10" in answer.json()["errors"][0]["detail"]
    assert await results() == 0


async def test_the_second_county_with_the_same_serial_posts_under_its_own_name_or_its_id(wire, bench):
    await bench.instrument("SN-9", unit=bench.elsewhere)
    instrument, key = await keyed(bench, "SN-9 @371526")
    assert (await send(wire, post(key), str(instrument))).status_code == 201
    assert (await send(wire, post(key, nonce="n2"), "SN-9%20%40371526")).status_code == 201
    assert (await send(wire, post(key, nonce="n3"), "SN-9")).status_code == 401
    (kept,) = await fetch("SELECT DISTINCT instrument FROM laboratory_result")
    assert kept["instrument"] == instrument


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'{"a": 1, "a": 2}', b"[" * 100_000])
async def test_what_is_no_json_document_is_refused_as_such(wire, bench, body):
    await keyed(bench)
    answer = await send(wire, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "laboratory/post-unreadable")


async def test_a_list_alone_carries_no_signature_and_too_much_is_not_read(wire, bench):
    await keyed(bench)
    assert (await send(wire, b"[]")).json()["reason"] == "unsigned"
    assert (await send(wire, b" " * (records.MAX_JSON_BYTES + 1))).status_code == 413


async def test_nonces_are_forgotten_once_no_clock_would_let_them_in_again(wire, bench):
    _, key = await keyed(bench)
    await send(wire, post(key))
    with clock.stopped(clock.now() + timedelta(minutes=11)):
        await send(wire, post(key, nonce="n2"))
    rows = await fetch("SELECT 1 FROM laboratory_nonce")
    assert len(rows) == 1


async def test_a_nonce_of_any_length_with_any_character_is_taken(wire, bench):
    _, key = await keyed(bench)
    assert (await send(wire, post(key, nonce="\0" + "n" * 500))).status_code == 201


async def test_the_same_post_twice_at_the_same_moment_is_stored_once(wire, bench):
    _, key = await keyed(bench)
    body = post(key)
    answers = await asyncio.gather(*(send(wire, body) for _ in range(4)))
    assert {each.status_code for each in answers} <= {200, 201, 409}
    assert 201 in {each.status_code for each in answers}
    assert await results() == 1
