"""Importing over HTTP: nobody, wrong shape, stranger, right person, twice."""

from collections.abc import AsyncIterator

import httpx
import pytest

from backend.laboratory import import_routes
from tests.laboratory.bench import client_of, signed_in
from tests.laboratory.files import HEAD, row

IMPORTS = "/laboratory/imports"


@pytest.fixture
async def wire(bench) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(import_routes.router) as client:
        yield client


def form(content: str | bytes, **told: str) -> dict:
    raw = content.encode() if isinstance(content, str) else content
    return {"files": {"file": ("结果.csv", raw)}, "data": told}


async def test_nobody_is_asked_to_sign_in(wire):
    assert (await wire.post(IMPORTS, **form(HEAD))).status_code == 401
    one = f"{IMPORTS}/00000000-0000-0000-0000-000000000001"
    for path in (IMPORTS, one, f"{one}/rows", f"{one}/original"):
        assert (await wire.get(path)).status_code == 401


async def test_what_is_told_in_the_wrong_shape_is_named(wire, bench):
    headers = await signed_in(bench.technician)
    for told, pointer in (
        ({"kind": "wine"}, "kind"),
        ({"sampled_on": "yesterday"}, "sampled_on"),
        ({"unit_id": "here"}, "unit_id"),
        ({"profile": "nobody_s"}, "profile"),
        ({"instrument_id": "00000000-0000-0000-0000-000000000001"}, "instrument_id"),
        ({"run_id": "00000000-0000-0000-0000-000000000001"}, "run_id"),
    ):
        answer = await wire.post(IMPORTS, **form(HEAD, **told), headers=headers)
        assert answer.status_code == 400, told
        assert answer.json()["errors"][0]["pointer"] == pointer
    nothing = await wire.post(IMPORTS, files={"photo": ("a.csv", b"x")}, headers=headers)
    assert nothing.json()["errors"][0]["pointer"] == "/file"


async def test_a_file_is_answered_row_by_row_and_a_retry_is_the_same(wire, bench):
    headers = {**await signed_in(bench.technician), "Idempotency-Key": "file 1"}
    content = HEAD + row("NY-001", 12.5) + row("NY-002", 62.5) + "NY-003,菠菜,很多,合格,2026-05-01 09:00,SN-1,r3\r\n"
    first, again = [await wire.post(IMPORTS, **form(content), headers=headers) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 200)
    told = first.json()
    assert again.json() == told
    assert (told["stored"], told["duplicate"], told["refused"]) == (2, 0, 1)
    assert [each["verdict"] for each in told["rows"]] == ["negative", "positive", None]
    assert told["rows"][2]["column"] == "抑制率(%)"
    assert "很多" in told["rows"][2]["reason"]
    assert first.headers["Location"] == f"/api/v1{IMPORTS}/{told['id']}"
    other = await wire.post(IMPORTS, **form(content + row("NY-004", 1)), headers=headers)
    assert other.status_code == 409
