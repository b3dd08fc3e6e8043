"""Importing over HTTP: nobody, wrong shape, stranger, right person, twice."""

import csv
import io
from collections.abc import AsyncIterator

import httpx
import pytest

from backend.core.database import fetch
from backend.laboratory import import_extent, import_routes
from tests.laboratory.bench import client_of, signed_in
from tests.laboratory.files import HEAD, many, row

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


async def test_what_is_told_may_stand_in_the_query_and_a_dry_run_is_no_creation(wire, bench):
    headers = await signed_in(bench.technician)
    tried = await wire.post(f"{IMPORTS}?dry_run=true&crop=apple", **form(HEAD + row("A1", 5)), headers=headers)
    assert (tried.status_code, tried.json()["dry_run"], tried.json()["id"]) == (200, True, None)
    assert (await wire.get(IMPORTS, headers=headers)).json()["items"] == []
    for no in ("false", "0", ""):
        answer = await wire.post(IMPORTS, **form(HEAD + row(f"B{no}", 5), dry_run=no), headers=headers)
        assert answer.status_code == 201


async def test_a_long_file_leads_to_where_it_is_followed(wire, bench, monkeypatch):
    monkeypatch.setattr(import_extent, "AT_ONCE_LINES", 5)
    headers = await signed_in(bench.technician)
    answer = await wire.post(IMPORTS, **form(many(10)), headers=headers)
    assert answer.status_code == 202
    record = answer.json()
    assert answer.headers["Location"] == f"/api/v1{IMPORTS}/{record['id']}"
    followed = (await wire.get(f"{IMPORTS}/{record['id']}", headers=headers)).json()
    assert (followed["state"], followed["lines_n"], followed["read_n"]) == ("queued", 11, 0)
    none_yet = await wire.get(f"{IMPORTS}/{record['id']}/rows", headers=headers)
    assert none_yet.json() == {"items": [], "next_cursor": None}


async def test_the_rows_come_as_csv_with_its_mark_at_once_and_later(wire, bench):
    headers = {**await signed_in(bench.technician), "Accept": "text/csv"}
    content = HEAD + row("A1", 62.5) + row("=cmd|calc", 5, record="b")
    answer = await wire.post(IMPORTS, **form(content), headers=headers)
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.content.startswith(b"\xef\xbb\xbfline,outcome,sample")
    told = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [each["verdict"] for each in told] == ["positive", "negative"]
    assert told[1]["sample"] == "'=cmd|calc", "a spreadsheet must not calculate it"

    later = await wire.get(f"{answer.headers['Location'].removeprefix('/api/v1')}/rows", headers=headers)
    assert later.content == answer.content


async def test_the_original_comes_back_byte_for_byte_and_who_opened_it_is_written_down(wire, bench):
    headers = await signed_in(bench.technician)
    content = (HEAD + row("A1", 62.5)).encode("gb18030")
    made = (await wire.post(IMPORTS, **form(content), headers=headers)).json()
    answer = await wire.get(f"{IMPORTS}/{made['id']}/original", headers=headers)
    assert answer.content == content
    assert "%E7%BB%93%E6%9E%9C.csv" in answer.headers["Content-Disposition"]
    (noted,) = await fetch("SELECT person, subject_id FROM people_access_log WHERE subject_kind = 'laboratory_import'")
    assert (noted["person"], str(noted["subject_id"])) == (bench.technician.person_id, made["id"])


async def test_an_original_whose_key_was_destroyed_is_gone_and_its_rows_with_it(wire, bench):
    headers = await signed_in(bench.technician)
    made = (await wire.post(IMPORTS, **form(HEAD + row("A1", 62.5)), headers=headers)).json()
    await fetch("UPDATE laboratory_import SET key_sealed = NULL")
    for path in ("rows", "original"):
        assert (await wire.get(f"{IMPORTS}/{made['id']}/{path}", headers=headers)).status_code == 410
    assert (await wire.get(f"{IMPORTS}/{made['id']}", headers=headers)).json()["has_original"] is False


async def test_a_stranger_sees_no_file_and_an_overseer_none_of_its_rows(wire, bench):
    headers = await signed_in(bench.technician)
    made = (await wire.post(IMPORTS, **form(HEAD + row("A1", 62.5)), headers=headers)).json()
    one = f"{IMPORTS}/{made['id']}"
    for who in (bench.outsider, bench.cast.cadre, bench.cast.operator, bench.station_technician):
        as_him = await signed_in(who)
        for path in (one, f"{one}/rows"):
            assert (await wire.get(path, headers=as_him)).status_code == 404
        assert (await wire.get(f"{one}/original", headers=as_him)).status_code in (403, 404)
        assert (await wire.get(IMPORTS, headers=as_him)).json()["items"] == []
    for who in (bench.cast.supervisor, bench.cast.auditor):
        as_him = await signed_in(who)
        assert (await wire.get(one, headers=as_him)).json()["stored"] == 1
        assert (await wire.get(f"{one}/rows", headers=as_him)).status_code == 404
        assert (await wire.get(f"{one}/original", headers=as_him)).status_code == 403
    as_expert = await signed_in(bench.expert)
    assert (await wire.get(f"{one}/rows", headers=as_expert)).json()["items"][0]["verdict"] == "positive"


async def test_files_are_listed_the_newest_first_with_who_brought_them_and_what_came_before(wire, bench):
    headers = await signed_in(bench.technician)
    for content in (HEAD + row("A1", 5), HEAD + row("A2", 5), HEAD + row("A1", 5)):
        assert (await wire.post(IMPORTS, **form(content), headers=headers)).status_code == 201
    first = (await wire.get(IMPORTS, params={"limit": 2}, headers=headers)).json()
    rest = (await wire.get(IMPORTS, params={"limit": 2, "cursor": first["next_cursor"]}, headers=headers)).json()
    newest, _, oldest = *first["items"], *rest["items"]
    assert newest["same_as"] == oldest["id"]
    assert (newest["duplicate"], newest["held"], oldest["held"]) == (1, 0, 1)
    assert newest["by"]["name"] == "于化验"
    assert rest["next_cursor"] is None
    assert (await wire.get(IMPORTS, params={"state": "failed"}, headers=headers)).json()["items"] == []


async def test_rows_are_filtered_by_outcome_and_by_words(wire, bench):
    headers = await signed_in(bench.technician)
    content = HEAD + row("A1", 5) + row("A2", 45) + row("A3", 62) + row("A4", "?")
    made = (await wire.post(IMPORTS, **form(content), headers=headers)).json()
    rows = f"{IMPORTS}/{made['id']}/rows"
    for wanted, lines in (
        ({"verdict": "suspect,positive"}, [3, 4]),
        ({"outcome": "refused"}, [5]),
        ({"outcome": "stored", "verdict": "negative"}, [2]),
    ):
        found = (await wire.get(rows, params=wanted, headers=headers)).json()["items"]
        assert [each["line"] for each in found] == lines
    assert (await wire.get(rows, params={"cursor": "nonsense"}, headers=headers)).status_code == 400
