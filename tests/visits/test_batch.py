"""Ten thousand visits at once: a verdict for each row, the good ones stored, the body read as it comes."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import msgspec
import pytest

from backend.core.database import fetch
from backend.core.ids import uuid7
from backend.core.refusals import Refusal
from backend.visits import batch
from backend.visits.actions import get_visit, record_visit
from backend.visits.body import BatchMalformed, json_rows, ndjson_rows
from backend.visits.schemas import NewNeed, NewVisitPhoto
from tests.application import application
from tests.cast import OTHER_VILLAGE, VILLAGE, Cast
from tests.former_digests import kept_formerly
from tests.visits.contacts import an_hour_ago, body, contact, photo_of, point

PICTURE = (Path(__file__).parents[1] / "media" / "photos" / "orientation_6_gps.jpg").read_bytes()
NDJSON = "application/x-ndjson"


async def arriving(content: bytes, size: int = 65_536) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def cut(reader, content: bytes, size: int = 65_536) -> list[bytes | str]:
    """The rows as they come out; a refusal by its code."""
    return [row.code if isinstance(row, Refusal) else row async for row in reader(arriving(content, size))]


async def verdicts(rows: list, by) -> list:
    async def each() -> AsyncIterator[bytes]:
        for row in rows:
            yield row if isinstance(row, bytes) else msgspec.json.encode(row)

    return [verdict async for verdict in batch.record_visits(rows=each(), by=by)]


async def count() -> int:
    return (await fetch("SELECT count(*) AS n FROM visits_visit"))[0]["n"]


# Cutting a body into rows.

AWKWARD = [
    b'{"a": "} ] , \\" {"}',
    b'{"b": {"c": [{"d": [1, 2]}, {}]}}',
    b"{}",
    b'"a string, with ] and }"',
    b"12.5e3",
    b"null",
    b'{"\xe6\x9d\x91": "\xe7\x90\x89\xe7\x92\x83\xe5\xba\x99"}',
    b'{"broken": tru}',
]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 65_536])
@pytest.mark.parametrize("start", [b'{"visits":[', b' \n{ "visits" :\r\n[ ', b'\xef\xbb\xbf{"visits": ['])
async def test_a_json_body_is_cut_the_same_however_it_arrives(start, size):
    whole = start + b" ,\n".join(AWKWARD) + b" ] }\n"
    assert await cut(json_rows, whole, size) == AWKWARD
    assert await cut(json_rows, start + b"]}", size) == []


@pytest.mark.parametrize("size", [1, 5, 65_536])
async def test_a_json_body_that_stops_gives_what_came_whole_and_says_so(size):
    whole = b'{"visits":[' + b",".join(AWKWARD) + b"]}"
    for end in range(12, len(whole)):
        *rows, last = await cut(json_rows, whole[:end], size)
        assert last == "visits/batch-cut-short", end
        assert rows == AWKWARD[: len(rows)]
    *_, last = await cut(json_rows, whole + b"x", size)
    assert last == "visits/batch-cut-short"


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"null", b'{"visit":[]}', b'{"visits":{}}', b'{"a":1,"visits":[]}', b"{" * 5000, b" " * 9000],
)
@pytest.mark.parametrize("size", [1, 65_536])
async def test_a_body_that_does_not_begin_as_a_batch_is_refused_whole(content, size):
    with pytest.raises(BatchMalformed):
        await cut(json_rows, content, size)


@pytest.mark.parametrize("size", [1, 6, 65_536])
async def test_lines_are_rows_with_or_without_an_end(size):
    content = b'{"a":1}\r\n\n  \n{"b":2}\n{"c":'
    assert [row.strip() for row in await cut(ndjson_rows, content, size)] == [b'{"a":1}', b'{"b":2}', b'{"c":']


@pytest.mark.parametrize(("reader", "start"), [(ndjson_rows, b""), (json_rows, b'{"visits":[')])
async def test_a_row_that_never_ends_is_given_up_before_it_fills_the_memory(reader, start):
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        yield start + b'{"note": "'
        while True:
            read += 65_536
            yield b"x" * 65_536

    assert [row.code async for row in reader(endless())] == ["visits/row-too-large"]
    assert read < 2_000_000


# Verdicts.


async def test_good_rows_are_stored_and_bad_ones_told_each_with_its_problem(cast: Cast):
    good, far = contact(note="好"), contact(point=point(900))
    rows = [
        good,
        b'{"id": "01890000-0000-7000-8000-000000000001", "channel": "pigeon"}',
        b"{",
        body(household_code="NO-1"),
        body(occurred_at="0001-01-01T00:00:00+14:00"),
        b"\xff",
        body(household_code=None, division_code=OTHER_VILLAGE),
        body(point={"crs": "wgs84", "longitude": 190, "latitude": 0}),
        b"7",
        far,
    ]
    told = await verdicts(rows, cast.cadre)
    assert [verdict.index for verdict in told] == list(range(10))
    assert [verdict.outcome for verdict in told] == ["stored"] + ["refused"] * 8 + ["stored"]
    assert (told[0].id, told[9].id, told[9].flags) == (good.id, far.id, ["far_from_household"])
    assert [(v.problem["status"], v.problem["code"], v.problem["errors"][0]["pointer"]) for v in told[1:6]] == [
        (400, "core/malformed", "/channel"),
        (400, "core/malformed", ""),
        (400, "visits/reference-unknown", "/household_code"),
        (400, "core/invalid", "/occurred_at"),
        (400, "core/malformed", ""),
    ]
    assert told[1].id == UUID("01890000-0000-7000-8000-000000000001")
    assert told[6].problem["code"] == "visits/household-of-another-territory"
    assert told[7].problem["errors"][0]["pointer"] == "/point/longitude"
    assert all(set(v.problem) >= {"type", "title", "status", "detail", "code"} for v in told if v.problem)
    assert await count() == 2


async def test_a_batch_leaves_the_same_trace_as_one_visit_after_another(cast: Cast):
    async def photo() -> list[NewVisitPhoto]:
        return [NewVisitPhoto(photo_id=await photo_of(cast.cadre, PICTURE))]

    at = an_hour_ago()

    async def day() -> list:
        return [
            contact(occurred_at=at, point=point(0), note="甲", topics=["production"], companions=["周敏"]),
            contact(occurred_at=at - timedelta(minutes=5), point=point(20_000), photos=await photo()),
            contact(occurred_at=at - timedelta(minutes=2), point=point(900, mock=True)),
            contact(occurred_at=at, photos=await photo(), needs=[NewNeed(category="other", description="修井")]),
            contact(occurred_at=at + timedelta(days=400), household_code=None, division_code=VILLAGE),
        ]

    shown = []
    for singly in (True, False):
        visits = await day()
        if singly:
            for new in visits:
                await record_visit(new=new, by=cast.cadre)
        else:
            told = await verdicts(visits, cast.cadre)
            assert [verdict.outcome for verdict in told] == ["stored"] * 5
        records = [await get_visit(visit_id=new.id, by=cast.cadre) for new in visits]
        shown.append([like(record, [new.id for new in visits]) for record in records])
        await fetch("TRUNCATE visits_visit, media_photo CASCADE")
    assert shown[0] == shown[1]
    assert [flag["kind"] for record in shown[1] for flag in record["flags"]] == [
        "far_from_household", "too_fast", "far_from_household", "mock_location", "too_fast", "photo_reused",
        "clock_skew",
    ]  # fmt: skip


def like(record, visit_ids: list[UUID]) -> dict:
    """A record without what no two recordings share; visits by their place in the day."""
    text = msgspec.json.encode(record).decode()
    for place, visit_id in enumerate(visit_ids):
        text = text.replace(str(visit_id), f"visit {place}")
    plain = json.loads(text)
    for name in ("received_at", "door"):
        del plain[name]
    for each in plain["flags"]:
        del each["raised_at"], each["seen_at"]
        if each["kind"] == "clock_skew":
            del each["measured"], each["facts"]
    for each in plain["needs"]:
        del each["id"], each["state_since"]
    for each in plain["photos"]:
        del each["photo_id"]
    return plain


async def test_sent_twice_everything_is_a_duplicate_and_nothing_changes(cast: Cast):
    rows = [contact() for _ in range(5)]
    assert [v.outcome for v in await verdicts(rows, cast.cadre)] == ["stored"] * 5
    again = await verdicts(rows, cast.cadre)
    assert [(v.outcome, v.problem) for v in again] == [("duplicate", None)] * 5
    assert await count() == 5


async def test_a_row_without_an_id_is_known_by_its_content(cast: Cast):
    row, other = body(id=None, note="甲"), body(id=None, note="乙")
    first = await verdicts([row, other, row], cast.cadre)
    again = await verdicts([row], cast.cadre)
    assert [v.outcome for v in [*first, *again]] == ["stored", "stored", "duplicate", "duplicate"]
    assert first[0].id == first[2].id == again[0].id


async def test_rows_that_were_kept_with_the_former_digest_are_duplicates_still(cast: Cast):
    rows = [contact(note="有号"), body(id=None, note="无号"), body(id=None, note="也无号")]
    with kept_formerly():
        first = await verdicts(rows[:2], cast.cadre)

    again = await verdicts(rows, cast.cadre)

    assert [v.outcome for v in again] == ["duplicate", "duplicate", "stored"]
    assert [v.id for v in first] == [v.id for v in again[:2]]
    assert [v.outcome for v in await verdicts(rows, cast.cadre)] == ["duplicate"] * 3


async def test_one_id_twice_in_a_batch(cast: Cast):
    new = contact(note="甲")
    told = await verdicts([new, new, contact(id=new.id, note="乙")], cast.cadre)
    assert [v.outcome for v in told] == ["stored", "duplicate", "refused"]
    assert told[2].problem["code"] == "core/different-arguments"
    bad = body(household_code="NO-1")
    told = await verdicts([bad, bad, body(id=bad["id"])], cast.cadre)
    assert [v.outcome for v in told] == ["refused", "refused", "stored"], "a refused row does not hold its id"


async def test_another_cadres_id_is_refused(cast: Cast):
    new = contact()
    await record_visit(new=new, by=cast.next_cadre)
    [told] = await verdicts([new], cast.cadre)
    assert told.problem["status"] == 409


async def test_a_needs_id_is_taken_once(cast: Cast):
    need = NewNeed(id=uuid7(), category="other", description="修井")
    told = await verdicts([contact(needs=[need]), contact(needs=[need]), contact()], cast.cadre)
    assert [v.outcome for v in told] == ["stored", "refused", "stored"]
    assert [v.outcome for v in await verdicts([contact(needs=[need])], cast.cadre)] == ["refused"]


async def test_one_photo_in_two_rows_stays_with_the_first_and_flags_the_second(cast: Cast):
    photos = [NewVisitPhoto(photo_id=await photo_of(cast.cadre, PICTURE))]
    theirs = [NewVisitPhoto(photo_id=await photo_of(cast.next_cadre, PICTURE))]
    first, second = contact(photos=photos), contact(photos=photos)
    told = await verdicts([first, second, contact(photos=theirs)], cast.cadre)
    assert [(v.outcome, v.flags) for v in told] == [("stored", []), ("stored", ["photo_reused"]), ("refused", [])]
    rows = await fetch("SELECT claimed_id FROM media_photo WHERE id = $1", photos[0].photo_id)
    assert rows[0]["claimed_id"] == first.id


async def test_speed_is_reckoned_across_the_border_of_two_chunks(cast: Cast, monkeypatch):
    monkeypatch.setattr(batch, "CHUNK", 2)
    at = an_hour_ago()
    places = [0, 0, 20_000, 20_000]
    rows = [contact(occurred_at=at + timedelta(minutes=i), point=point(m)) for i, m in enumerate(places)]
    told = await verdicts(rows, cast.cadre)
    assert ["too_fast" in v.flags for v in told] == [False, False, True, False]


async def test_two_phones_send_the_same_batch_at_once(cast: Cast):
    rows = [contact(needs=[NewNeed(category="other", description="修井")]) for _ in range(300)]
    told = await asyncio.gather(*(verdicts(part, cast.cadre) for part in (rows, rows[::-1], rows)))
    outcomes = [v.outcome for one in told for v in one]
    assert (outcomes.count("stored"), outcomes.count("duplicate")) == (300, 600)
    assert await count() == 300
    assert len(await fetch("SELECT FROM cases_event")) == 300


async def test_rows_beyond_the_limit_are_told_and_not_stored(cast: Cast, monkeypatch):
    monkeypatch.setattr(batch, "LONGEST", 3)
    monkeypatch.setattr(batch, "CHUNK", 2)
    rows = [contact() for _ in range(6)]
    told = await verdicts(rows, cast.cadre)
    assert [v.outcome for v in told] == ["stored"] * 3 + ["refused"]
    assert (told[3].index, told[3].problem["code"]) == (3, "visits/batch-too-long")
    assert await count() == 3
    assert [v.outcome for v in await verdicts(rows[:3], cast.cadre)] == ["duplicate"] * 3, (
        "exactly the limit is no more"
    )


# The route: nobody, wrong shape, stranger, right person, twice.


def lines(rows: list[dict]) -> bytes:
    return b"\n".join(json.dumps(row).encode() for row in rows)


async def test_the_route_in_order(wire, as_, cast: Cast):
    rows = [body(), body()]
    assert (await wire.post("/batch", json={"visits": rows})).status_code == 401
    mine = await as_(cast.cadre)
    wrong = await wire.post("/batch", json=rows, headers=mine)
    assert (wrong.status_code, wrong.json()["code"]) == (400, "visits/batch-malformed")
    stranger = (await wire.post("/batch", json={"visits": rows}, headers=await as_(cast.stranger))).json()
    assert (stranger["stored"], stranger["refused"]) == (0, 2)
    assert stranger["rows"][0]["problem"]["code"] == "visits/household-of-another-territory"
    first = await wire.post("/batch", json={"visits": rows}, headers=mine)
    assert (first.status_code, first.headers["content-type"]) == (200, "application/json")
    assert first.json() == {
        "stored": 2, "duplicate": 0, "refused": 0,
        "rows": [
            {"index": i, "id": row["id"], "outcome": "stored", "flags": [], "problem": None}
            for i, row in enumerate(rows)
        ],
    }  # fmt: skip
    again = await wire.post("/batch", content=lines(rows), headers=mine | {"Content-Type": NDJSON})
    assert [again.json()[name] for name in ("stored", "duplicate", "refused")] == [0, 2, 0]


async def test_a_bad_line_and_a_cut_last_line_do_not_harm_the_others(wire, as_, cast: Cast):
    rows = [body(), body(), body()]
    content = lines(rows[:1]) + b"\nthis is no JSON\n" + lines(rows[1:])
    answer = await wire.post("/batch", content=content[:-20], headers=await as_(cast.cadre) | {"Content-Type": NDJSON})
    assert [row["outcome"] for row in answer.json()["rows"]] == ["stored", "refused", "stored", "refused"]
    assert await count() == 2


async def test_a_json_body_that_was_cut_stores_what_came_whole_and_says_so(wire, as_, cast: Cast):
    content = json.dumps({"visits": [body(), body(), body()]}).encode()[:-40]
    answer = await wire.post(
        "/batch", content=content, headers=await as_(cast.cadre) | {"Content-Type": "application/json"}
    )
    told = answer.json()
    assert (told["stored"], told["refused"]) == (2, 1)
    assert (told["rows"][2]["id"], told["rows"][2]["problem"]["code"]) == (None, "visits/batch-cut-short")


async def test_a_phone_that_hangs_up_in_the_middle_has_stored_what_came_whole(as_, cast: Cast):

    from backend.visits.routes import router

    headers = [(name.lower().encode(), value.encode()) for name, value in (await as_(cast.cadre)).items()]
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": "/api/v1/visits/batch", "raw_path": b"/api/v1/visits/batch", "query_string": b"", "root_path": "",
        "headers": [*headers, (b"content-type", NDJSON.encode())], "client": ("127.0.0.1", 1), "server": ("test", 80),
    }  # fmt: skip
    events = [
        {"type": "http.request", "body": lines([body(), body()]) + b"\n{", "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> dict:
        return events.pop(0) if events else {"type": "http.disconnect"}

    async def send(_: dict) -> None: ...

    await application(router)(scope, receive, send)
    assert await count() == 2


async def test_an_empty_batch_is_empty(wire, as_, cast: Cast):
    mine = await as_(cast.cadre)
    empty = {"stored": 0, "duplicate": 0, "refused": 0, "rows": []}
    assert (await wire.post("/batch", json={"visits": []}, headers=mine)).json() == empty
    assert (await wire.post("/batch", content=b"", headers=mine | {"Content-Type": NDJSON})).json() == empty


async def test_ten_thousand_rows_in_one_go(wire, as_, cast: Cast):
    rows = [body(occurred_at=(an_hour_ago() - timedelta(minutes=i)).isoformat()) for i in range(10_000)]
    rows[7_777]["channel"] = "pigeon"
    rows.append(body(id=str(uuid4())))
    answer = (await wire.post("/batch", json={"visits": rows}, headers=await as_(cast.cadre), timeout=60)).json()
    assert [answer[name] for name in ("stored", "duplicate", "refused")] == [9_999, 0, 2]
    assert [row["index"] for row in answer["rows"]] == list(range(10_001))
    assert answer["rows"][7_777]["problem"]["errors"][0]["pointer"] == "/channel"
    assert await count() == 9_999
