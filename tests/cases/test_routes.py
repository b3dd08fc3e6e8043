"""Every route is asked: nobody, wrong shape, stranger, right person, twice."""

import hashlib

from backend.cases import receipts, uploads, working
from backend.core import database, ids
from backend.media import openers
from backend.media.actions import upload_photo
from backend.media.receiving import Owner
from tests.cases.desk import ROADS, WATER
from tests.cast import VILLAGE
from tests.media.drawn import field, saved

NEW = {
    "channel": "phone",
    "category_code": WATER,
    "title": "村东水管坏了",
    "division_code": VILLAGE,
    "contact_phone": "199 0000 0051",
}


async def five(wire, as_, *, path, stranger, right, good, bad, method="POST", codes=(200, 200), strangers=404):
    """The five questions; the answers of the last two."""
    one = {"json": good} if method == "POST" else {"params": good}
    other = {"json": bad} if method == "POST" else {"params": bad}
    assert (await wire.request(method, path, **one)).status_code == 401
    if bad is not None:
        assert (await wire.request(method, path, headers=await as_(right), **other)).status_code == 400
    assert (await wire.request(method, path, headers=await as_(stranger), **one)).status_code == strangers
    first = await wire.request(method, path, headers=await as_(right), **one)
    second = await wire.request(method, path, headers=await as_(right), **one)
    assert (first.status_code, second.status_code) == codes, (first.text, second.text)
    return first.json(), second.json()


async def test_open_case(desk, wire, as_):
    good = NEW | {"id": str(ids.uuid7())}
    first, second = await five(
        wire,
        as_,
        path="/cases",
        stranger=desk.cast.stranger,
        right=desk.clerk,
        good=good,
        bad=good | {"channel": "telex"},
        codes=(201, 200),
        strangers=403,
    )
    assert first["case"] == second["case"]
    assert (len(first["secret"]), second["secret"]) == (6, None)
    assert first["proposal"]["unit"]["id"] == str(desk.water)
    assert "199" not in str(first["case"]["has_contact"])


async def test_open_case_by_an_idempotency_key(desk, wire, as_):
    headers = await as_(desk.clerk) | {"Idempotency-Key": "call 17"}
    first = await wire.post("/cases", json=NEW, headers=headers)
    second = await wire.post("/cases", json=NEW, headers=headers)
    other = await wire.post("/cases", json=NEW | {"title": "别的事"}, headers=headers)

    assert (first.status_code, second.status_code, other.status_code) == (201, 200, 409)
    assert first.json()["case"]["id"] == second.json()["case"]["id"]


async def test_open_case_refuses_what_it_does_not_know(desk, wire, as_):
    for more in ({"secret": "1"}, {"opened_at": "2026-03-01T08:00:00"}, {"title": " "}, {"kind": 3}):
        answer = await wire.post("/cases", json=NEW | more, headers=await as_(desk.clerk))
        assert answer.status_code == 400, more
    assert answer.headers["content-type"].startswith("application/problem+json")


READS = {
    "": {"timeline": "perhaps"},
    "/contact": None,
    "/proposal": None,
    "/deadlines": None,
    "/timeline/verification": None,
}


async def test_a_sick_crop_is_asked_about_in_its_own_room(desk, wire, as_):
    answer = await wire.post("/cases", json=NEW | {"kind": "diagnosis"}, headers=await as_(desk.clerk))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/kind")


async def test_reads_of_one_case(desk, wire, as_):
    case = (await desk.open()).case
    for path in READS:
        await _read(desk, wire, as_, case, path)


async def _read(desk, wire, as_, case, path):
    first, second = await five(
        wire,
        as_,
        path=f"/cases/{case.id}{path}",
        stranger=desk.cast.stranger,
        right=desk.clerk,
        good={},
        bad=READS[path],
        method="GET",
    )
    assert first == second
    assert (await wire.get(f"/cases/{ids.uuid7()}{path}", headers=await as_(desk.clerk))).status_code == 404
    assert (await wire.get(f"/cases/17{path}", headers=await as_(desk.clerk))).status_code == 404


async def test_why_due_tells_both_clocks_step_by_step(desk, wire, as_):
    case = (await desk.open(policy_code="general")).case
    told = (await wire.get(f"/cases/{case.id}/deadlines", headers=await as_(desk.clerk))).json()

    assert {each["clock"]["kind"] for each in told} == {"response", "handling"}
    assert all(each["steps"] for each in told if each["clock"]["kind"] == "response")


async def test_list_cases(desk, wire, as_):
    case = (await desk.open()).case
    good = {"state": "received", "open": "true", "light": "green", "limit": "5", "sort": "due"}
    first, second = await five(
        wire,
        as_,
        path="/cases",
        stranger=desk.cast.stranger,
        right=desk.clerk,
        good=good,
        bad={"state": "lost"},
        method="GET",
        strangers=200,
    )
    assert first == second
    assert [item["id"] for item in first["items"]] == [str(case.id)]
    strangers = await wire.get("/cases", params=good, headers=await as_(desk.cast.stranger))
    assert strangers.json()["items"] == []
    for wrong in ({"limit": "0"}, {"received_from": "2026-03-01T08:00:00"}, {"cursor": "x"}, {"division_code": "37"}):
        answer = await wire.get("/cases", params=wrong, headers=await as_(desk.clerk))
        assert answer.status_code == 400, wrong


async def test_categories_and_figures(desk, wire, as_):
    assert (await wire.get("/case-categories")).status_code == 401
    told = (await wire.get("/case-categories", headers=await as_(desk.cast.stranger))).json()
    tops = [each["name_zh"] for each in told if each["parent_code"] is None]
    assert sorted(tops) == sorted(["生活保障", "劳动就业", "生产经营", "规划建设", "司法维权", "其他"])
    assert all(each["source"] and each["policy_code"] for each in told)

    await desk.open()
    first, second = await five(
        wire,
        as_,
        path="/case-figures",
        stranger=desk.cast.stranger,
        right=desk.cast.supervisor,
        good={"counted_to": "2100-01-01T00:00:00Z"},
        bad={"division_code": "x"},
        method="GET",
        strangers=200,
    )
    assert first == second
    assert first["received"]["value"] == 0 or first["received"]["filters"]
    opened = await wire.get("/cases", params=first["open"]["filters"], headers=await as_(desk.cast.supervisor))
    assert len(opened.json()["items"]) == first["open"]["value"] == 1


async def test_case_routes(desk, wire, as_):
    good = {
        "id": str(ids.uuid7()),
        "category_code": ROADS,
        "division_code": VILLAGE,
        "unit_id": str(desk.roads),
        "source": "三定方案",
    }
    first, second = await five(
        wire,
        as_,
        path="/case-routes",
        stranger=desk.clerk,
        right=desk.cast.supervisor,
        good=good,
        bad=good | {"unit_id": "x"},
        codes=(201, 200),
        strangers=403,
    )
    assert first == second
    listed = (await wire.get("/case-routes", headers=await as_(desk.cast.cadre))).json()
    assert {each["category_code"] for each in listed} == {WATER, ROADS}
    assert (await wire.get("/case-routes", headers=await as_(desk.cast.stranger))).json() == []
    assert (await desk.open(category_code=ROADS)).proposal.unit.id == desk.roads


async def _fresh(desk):
    return (await desk.open(household_id=desk.cast.household)).case


async def _dispatched(desk):
    return await desk.dispatched()


async def _suspended(desk):
    case = await desk.dispatched()
    return await working.suspend(case_id=case.id, id=ids.uuid7(), reason_code="other", remark="雨", by=desk.plumber)


async def _rejected(desk):
    case = await desk.dispatched()
    return await working.reject(case_id=case.id, id=ids.uuid7(), reason="不归", by=desk.plumber)


async def _resolved(desk):
    return await desk.resolved()


async def _answered(desk):
    from backend.cases import ending

    case = await desk.resolved()
    return await ending.answer(case_id=case.id, id=ids.uuid7(), remark="好了", by=desk.plumber)


STEPS = {
    "dispatch": (_fresh, "clerk", {"remark": "急"}, {"unit_id": "x"}, "dispatched"),
    "taking-in-hand": (_dispatched, "plumber", {}, {"by": "me"}, "in_hand"),
    "transfer": (_dispatched, "plumber", {"to_unit_id": "ROADS", "reason": "不归"}, {"reason": "不归"}, "dispatched"),
    "suspension": (_dispatched, "plumber", {"reason_code": "other", "remark": "雨"}, {"remark": "雨"}, "suspended"),
    "resumption": (_suspended, "plumber", {}, {"remark": 1}, "in_hand"),
    "response": (_dispatched, "plumber", {"remark": "明天来"}, {"remark": ""}, "dispatched"),
    "notes": (_dispatched, "plumber", {"remark": "有雨"}, {}, "dispatched"),
    "resolution": (_dispatched, "plumber", {"remark": "好了"}, {"photo_ids": "x"}, "resolved"),
    "explanation": (
        _dispatched,
        "plumber",
        {"reason_code": "no_budget", "remark": "没钱"},
        {"remark": "x"},
        "explained",
    ),
    "rejection": (_dispatched, "plumber", {"reason": "不归"}, {"reason": ""}, "unreasonable"),
    "answer": (_resolved, "plumber", {"remark": "好了"}, {"remark": "\u0000"}, "answered"),
    "evaluation": (_answered, "clerk", {"satisfaction": "satisfied"}, {"satisfaction": "fine"}, "evaluated"),
    "reopening": (_resolved, "clerk", {"reason": "又漏了"}, {}, "reopened"),
    "contest": (_rejected, "clerk", {"reason": "就归您管"}, {"reason": 1}, "reopened"),
    "withdrawal": (_dispatched, "clerk", {"remark": "不用了"}, {"remark": "x" * 2001}, "withdrawn"),
    "contact/erasure": (_dispatched, "clerk", {}, {"x": 1}, "dispatched"),
}


async def test_each_step(desk, wire, as_):
    for path in STEPS:
        await _step(desk, wire, as_, path)


async def _step(desk, wire, as_, path):
    make, who, good, bad, state = STEPS[path]
    case = await make(desk)
    good = {"id": str(ids.uuid7())} | {
        name: str(desk.roads) if value == "ROADS" else value for name, value in good.items()
    }
    right = getattr(desk, who)
    address = f"/cases/{case.id}/{path}"
    assert (await wire.post(address, json=good)).status_code == 401
    assert (await wire.post(address, json=bad, headers=await as_(right))).status_code == 400
    assert (await wire.post(address, json=good, headers=await as_(desk.cast.stranger))).status_code == 404
    assert (await wire.post(address, json=good, headers=await as_(desk.cast.auditor))).status_code == 403
    first = await wire.post(address, json=good, headers=await as_(right))
    second = await wire.post(address, json=good, headers=await as_(right))

    assert (first.status_code, second.status_code) == (200, 200), (first.text, second.text)
    assert first.json()["state"] == state
    if path != "transfer":
        assert first.json() == second.json()
    row = await database.fetch_row("SELECT count(*) FROM cases_event WHERE id = $1", good["id"])
    assert row["count"] == 1, path


async def test_photos_are_added_by_whoever_sent_them(desk, wire, as_):
    case = (await desk.open()).case
    answer = await wire.post(
        f"/cases/{case.id}/photos", json={"photo_ids": [str(ids.uuid7())]}, headers=await as_(desk.clerk)
    )
    assert answer.status_code == 404
    assert answer.json()["code"] == "media/photo-unknown"


async def test_recover_receipt(desk, wire, as_):
    case = (await desk.open()).case
    first, second = await five(
        wire,
        as_,
        path=f"/cases/{case.id}/receipt",
        stranger=desk.cast.stranger,
        right=desk.clerk,
        good={"id": str(ids.uuid7()), "recognised": "called_back"},
        bad={"recognised": "his eyes"},
        codes=(201, 200),
    )
    assert (len(first["secret"]), second["secret"]) == (6, None)


async def test_track_receipt_is_open_to_all_who_have_number_and_secret(desk, wire):
    opened = await desk.open()
    address = f"/receipts/{opened.case.number}/tracking"
    assert (await wire.post(address, json={})).status_code == 400
    wrong = await wire.post(address, json={"secret": "not it"})
    unknown = await wire.post("/receipts/123456789012/tracking", json={"secret": opened.secret})
    right = await wire.post(address, json={"secret": opened.secret})
    again = await wire.post(address, json={"secret": opened.secret})

    assert (wrong.status_code, unknown.status_code) == (404, 404)
    assert wrong.json() == unknown.json()
    assert (right.status_code, again.status_code) == (200, 200)
    assert right.json() == again.json()
    assert right.headers["cache-control"] == "no-store"
    assert right.json()["timeline"][0]["kind"] == "opened"


async def test_number_and_secret_give_a_ticket_that_opens_uploads(desk, wire):
    opened = await desk.open()
    address = f"/receipts/{opened.case.number}/tickets"
    assert (await wire.post(address, json={})).status_code == 400
    wrong = await wire.post(address, json={"secret": "not it"})
    unknown = await wire.post("/receipts/123456789012/tickets", json={"secret": opened.secret})
    right = await wire.post(address, json={"secret": opened.secret})

    assert (wrong.status_code, wrong.json()) == (404, unknown.json())
    assert (right.status_code, right.headers["cache-control"]) == (200, "no-store")
    assert receipts.case_of_ticket(right.json()["ticket"]) == opened.case.id
    knock = openers.Knock(right.json()["ticket"], "203.0.113.7", is_first=True)
    assert (await uploads.of_receipt(knock)).identity == uploads.opener_of_case(opened.case.id)


async def test_photos_that_came_with_the_ticket_are_taken_up_once(desk, wire):
    opened, other = await desk.open(), await desk.open()
    ticket, opener = receipts.ticket_for(opened.case.id), uploads.opener_of_case(opened.case.id)
    photos = [str(await _sent(n, opener)) for n in range(2)]
    strangers = str(await _sent(9, uploads.opener_of_case(other.case.id)))
    address = f"/receipts/{opened.case.number}/photos"
    good = {"ticket": ticket, "id": str(ids.uuid7()), "photo_ids": photos}

    for bad in ({}, good | {"photo_ids": []}, good | {"ticket": "中"}, good | {"id": None}):
        assert (await wire.post(address, json=bad)).status_code == 400
    expired = await wire.post(address, json=good | {"ticket": "nothing"})
    elsewhere = await wire.post(f"/receipts/{other.case.number}/photos", json=good)
    assert (expired.status_code, elsewhere.status_code) == (404, 404)
    assert (await wire.post(address, json=good | {"photo_ids": [strangers]})).status_code == 404

    first, again = [await wire.post(address, json=good) for _ in range(2)]
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json() == {"number": opened.case.number, "photo_ids": sorted(photos)}
    assert (await wire.post(address, json=good | {"photo_ids": photos[:1]})).status_code == 409
    rows = await database.fetch("SELECT 1 FROM cases_event WHERE kind = 'photos_added'")
    assert len(rows) == 1


async def _sent(n, opener):
    content = saved(field(seed=n, size=(60, 45)))

    async def source():
        yield content

    kept = await upload_photo(
        source=source(),
        sha256=hashlib.sha256(content).digest(),
        file_name="",
        photo_id=ids.uuid7(),
        uploaded_by=None,
        owner=Owner(opener=opener),
    )
    return kept.record.id


async def test_merely_fetching_the_address_costs_no_try(desk, wire):
    opened = await desk.open()
    for method in ("GET", "HEAD", "OPTIONS"):
        await wire.request(method, f"/receipts/{opened.case.number}/tracking", params={"secret": "000000"})

    assert await database.fetch("SELECT 1 FROM cases_receipt_attempt") == []


async def test_a_proxy_beside_us_tells_the_address_and_nobody_else(desk, wire):
    from types import SimpleNamespace

    from backend.core.peers import address_of

    def request(peer, told=None):
        headers = {} if told is None else {"x-forwarded-for": told}
        return SimpleNamespace(client=SimpleNamespace(host=peer), headers=headers)

    assert address_of(request("127.0.0.1", "1.2.3.4, 203.0.113.9")) == "203.0.113.9"
    assert address_of(request("9.9.9.9", "1.2.3.4")) == "9.9.9.9"
    assert address_of(request("unix", "1.2.3.4")) == "unix"
    assert address_of(request("203.0.113.5")) == "203.0.113.5"
