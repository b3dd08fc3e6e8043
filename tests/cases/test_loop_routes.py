"""Loops, meetings, briefings, suggestions, pairs and hot spots on the wire.

Asked of every route: nobody, wrong shape, stranger, right person, twice.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from backend.cases import hot_spots, loop_routes, loops, pair_routes, pairs, suggestion_routes, working
from backend.cases.words import CaseKind
from backend.core import clock, ids
from backend.media.actions import keep_photo
from tests.application import application
from tests.cast import COUNTY
from tests.media.drawn import field, saved

NOBODY = UUID(int=404)
AT = "2026-12-01T09:00:00+08:00"
UP = {"reason": "要公路站先开路", "to_loop": 2}
OWNER = {"unit_id": str(NOBODY), "reason": "归公路站"}
MEETING = {
    "title": "会商", "division_code": COUNTY, "meets_at": AT, "case_ids": [str(NOBODY)],
    "unit_ids": [str(NOBODY), str(uuid4())],
}  # fmt: skip
CONCLUSION = {"minutes": "公路站牵头。", "lead_unit_id": str(NOBODY), "attended_unit_ids": [str(NOBODY)]}
BRIEFING = {"title": "专报", "body": "反复停水。", "division_code": COUNTY, "case_ids": [str(NOBODY)]}
ENDORSEMENT = {"endorsed_by": "县长", "note": "速办。", "endorsed_on": "2026-11-01"}
AMENDED = {"title": "村口修一座便桥", "reason": "三方说先修便桥"}
SIGNATURE = {"signatory": "suggester", "text_sha256": "0" * 64}
HEARING = {
    "held_at": "2026-11-01T09:00:00+08:00", "point": {"crs": "gcj02", "longitude": 116.3, "latitude": 36.93},
    "committee": "工委", "unit_id": str(NOBODY), "unit_spoke_by": "站长", "suggester_came": True, "minutes": "同意。",
}  # fmt: skip
REPORT = {"audience": "congress", "text": "桥建成了。", "reported_on": "2026-11-01"}
FEEDBACK = {"way": "in_person", "text": "修好了。"}
MERGER = {"into_case_id": str(NOBODY), "reason": "一件事"}
PARTING = {"reason": "两件事"}
DECISION = {"same": True, "reason": "一件事"}
SPOT = {"take_up": True, "reason": "都停水"}
TEXT = {"text": "打 138-0013-8000"}

CASE = f"/cases/{NOBODY}"
READS = [
    *(f"{CASE}/suggestion", f"{CASE}/feedback", f"{CASE}/repeats", f"/case-meetings/{NOBODY}"),
    *(f"/case-briefings/{NOBODY}", "/case-pairs", "/case-hot-spots"),
    *("/case-meetings", "/case-briefings", "/case-suggestions"),
]
WRITES: list[tuple[str, Any]] = [
    (f"{CASE}/escalation", UP),
    (f"{CASE}/owner", OWNER),
    ("/case-meetings", MEETING),
    (f"/case-meetings/{NOBODY}/conclusion", CONCLUSION),
    ("/case-briefings", BRIEFING),
    (f"/case-briefings/{NOBODY}/submission", None),
    (f"/case-briefings/{NOBODY}/endorsement", ENDORSEMENT),
    (f"/case-briefings/{NOBODY}/execution", {"report": "做了。"}),
    (f"{CASE}/suggestion/text", AMENDED),
    (f"{CASE}/signatures", SIGNATURE),
    (f"{CASE}/hearing", HEARING),
    (f"{CASE}/reports", REPORT),
    (f"{CASE}/feedback", FEEDBACK),
    (f"{CASE}/merger", MERGER),
    (f"{CASE}/parting", PARTING),
    (f"/case-pairs/{NOBODY}/decision", DECISION),
    (f"/case-hot-spots/{NOBODY}/decision", SPOT),
    ("/text-checks", TEXT),
]


@pytest.fixture
async def loop_wire() -> AsyncIterator[httpx.AsyncClient]:
    """A client of these routes."""
    routers = [loop_routes.router, suggestion_routes.router, pair_routes.router]
    app = application(*routers)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test/api/v1") as client:
        yield client


@pytest.fixture
def ask(loop_wire, as_):
    """`await ask(actor, path, body)`: a POST with a body, a GET without; actor None is nobody."""

    async def asked(by, path, body=None, *, method=None, **headers):
        signed = (await as_(by)) if by else {}
        method = method or ("POST" if body is not None else "GET")
        return await loop_wire.request(method, path, json=body, headers=signed | headers)

    return asked


async def test_nobody_is_asked_to_sign_in(db, ask):
    for path in READS:
        assert (await ask(None, path)).status_code == 401, path
    for path, body in WRITES:
        answer = await ask(None, path, body, method="POST")
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json"), path


WRONG = [
    (f"{CASE}/escalation", UP | {"to_loop": 4}, "/to_loop"),
    (f"{CASE}/escalation", UP | {"to_level": "moon"}, "/to_level"),
    (f"{CASE}/escalation", {"reason": "上报"}, "/to_loop"),
    (f"{CASE}/escalation", UP | {"reason": ""}, "/reason"),
    (f"{CASE}/owner", {"reason": "归他"}, "/unit_id"),
    ("/case-meetings", MEETING | {"unit_ids": [str(NOBODY)]}, "/unit_ids"),
    ("/case-meetings", MEETING | {"meets_at": "2026-12-01T09:00:00"}, "/meets_at"),
    (f"/case-meetings/{NOBODY}/conclusion", CONCLUSION | {"minutes": ""}, "/minutes"),
    ("/case-briefings", BRIEFING | {"division_code": "37"}, "/division_code"),
    (f"/case-briefings/{NOBODY}/endorsement", ENDORSEMENT | {"endorsed_on": "昨天"}, "/endorsed_on"),
    (f"/case-briefings/{NOBODY}/execution", {}, "/report"),
    (f"{CASE}/suggestion/text", AMENDED | {"reason": ""}, "/reason"),
    (f"{CASE}/suggestion/text", {"reason": "改"}, "/title"),
    (f"{CASE}/signatures", SIGNATURE | {"text_sha256": "abc"}, "/text_sha256"),
    (f"{CASE}/signatures", SIGNATURE | {"signatory": "mayor"}, "/signatory"),
    (f"{CASE}/hearing", HEARING | {"point": {"longitude": 1, "latitude": 1}}, "/point/crs"),
    (f"{CASE}/hearing", HEARING | {"suggester_came": False}, "/suggester_came"),
    (f"{CASE}/reports", REPORT | {"text": "a\x00b"}, "/text"),
    (f"{CASE}/feedback", FEEDBACK | {"way": "posted_notice"}, "/photo_id"),
    (f"{CASE}/feedback", FEEDBACK | {"way": "gossip"}, "/way"),
    (f"{CASE}/merger", {"reason": "一件"}, "/into_case_id"),
    (f"{CASE}/parting", {"reason": "分", "why": "x"}, ""),
    (f"/case-pairs/{NOBODY}/decision", {"same": "maybe", "reason": "x"}, "/same"),
    (f"/case-hot-spots/{NOBODY}/decision", {"take_up": True}, "/reason"),
    ("/text-checks", {"text": 7}, "/text"),
]


async def test_a_body_of_the_wrong_shape_is_told_which_part(cast, ask):
    for path, body, pointer in WRONG:
        answer = await ask(cast.supervisor, path, body)
        told = {error["pointer"] for error in answer.json().get("errors", [])}
        assert (answer.status_code, pointer in told or not pointer) == (400, True), (path, body, answer.text)
    for path in (
        "/case-pairs?limit=0",
        "/case-pairs?cursor=abc",
        "/case-hot-spots?state=gone",
        "/case-hot-spots?limit=x",
        "/case-meetings?state=gone",
        "/case-meetings?cursor=abc",
        "/case-briefings?state=gone",
        "/case-briefings?limit=0",
        "/case-suggestions?open=perhaps",
        "/case-suggestions?cursor=abc",
    ):
        assert (await ask(cast.supervisor, path)).status_code == 400, path


async def test_what_is_not_there_and_what_is_a_strangers_is_one_answer(desk, ask):
    case = await desk.dispatched()
    stranger = desk.cast.stranger
    asked = [
        *((path, body) for path, body in WRITES if path.startswith(CASE)),
        *((path, None) for path in READS if path.startswith(CASE)),
    ]
    for path, body in asked:
        unknown = await ask(stranger, path, body)
        hidden = await ask(stranger, path.replace(str(NOBODY), str(case.id)), body)
        assert (unknown.status_code, hidden.status_code) == (404, 404), (path, unknown.text, hidden.text)
        assert unknown.json()["code"] == hidden.json()["code"] == "cases/case-unknown"
    for kind in ("case-meetings", "case-briefings"):
        assert (await ask(stranger, f"/{kind}/{NOBODY}")).status_code == 404
    for path, body in (("/case-meetings", MEETING), ("/case-briefings", BRIEFING)):
        assert (await ask(stranger, path, body)).status_code == 403
    for path, body in ((f"/case-pairs/{NOBODY}/decision", DECISION), (f"/case-hot-spots/{NOBODY}/decision", SPOT)):
        assert (await ask(stranger, path, body)).status_code == 404
    for path in ("/case-pairs", "/case-hot-spots", "/case-meetings", "/case-briefings", "/case-suggestions"):
        assert (await ask(stranger, path)).json()["items"] == []


async def test_a_case_goes_up_once_however_often_it_is_sent(desk, ask):
    case = await desk.dispatched()
    first = await ask(desk.plumber, f"/cases/{case.id}/escalation", UP, **{"Idempotency-Key": "up"})
    again = await ask(desk.plumber, f"/cases/{case.id}/escalation", UP, **{"Idempotency-Key": "up"})
    other = await ask(desk.plumber, f"/cases/{case.id}/escalation", UP)

    assert (first.status_code, first.json()["loop"], first.json() == again.json()) == (200, 2, True)
    assert (other.status_code, other.json()["code"]) == (409, "cases/not-up")


async def test_a_meeting_over_the_wire_twice(desk, ask):
    case = await desk.dispatched()
    await loops.escalate(case_id=case.id, id=ids.uuid7(), reason="要挖路", to_loop=2, by=desk.plumber)
    body = MEETING | {"case_ids": [str(case.id)], "unit_ids": [str(desk.water), str(desk.roads)], "id": str(uuid4())}
    answers = [await ask(desk.cast.supervisor, "/case-meetings", body) for _ in range(2)]
    assert [each.status_code for each in answers] == [201, 200]

    path = f"/case-meetings/{body['id']}"
    conclusion = {"minutes": "公路站牵头。", "lead_unit_id": str(desk.roads), "attended_unit_ids": [str(desk.roads)]}
    ended = [await ask(desk.cast.supervisor, f"{path}/conclusion", conclusion) for _ in range(2)]
    assert [each.json()["state"] for each in ended] == ["concluded", "concluded"]
    assert (await ask(desk.mason, path)).json() == ended[0].json()

    for reader in (desk.cast.supervisor, desk.clerk, desk.mason):  # the territory's, and a unit's that was asked
        twice = [(await ask(reader, "/case-meetings?state=concluded")).json() for _ in range(2)]
        [listed] = twice[0]["items"]
        assert (listed["id"], listed["cases_n"], listed["units_n"], twice[0] == twice[1]) == (body["id"], 1, 2, True)
    assert (await ask(desk.mason, "/case-meetings?state=called")).json()["items"] == []
    assert (await ask(desk.cast.cadre, "/case-meetings")).json()["items"] == []

    owner = {"unit_id": str(desk.roads), "reason": "归公路站", "id": str(uuid4())}
    moved = [await ask(desk.cast.supervisor, f"/cases/{case.id}/owner", owner) for _ in range(2)]
    assert [each.json()["owner_unit"]["id"] for each in moved] == [str(desk.roads)] * 2


async def test_a_briefing_over_the_wire_twice(desk, ask):
    case = await desk.dispatched()
    body = BRIEFING | {"case_ids": [str(case.id)]}
    answers = [await ask(desk.clerk, "/case-briefings", body, **{"Idempotency-Key": "b"}) for _ in range(2)]
    assert [each.status_code for each in answers] == [201, 200]

    path = f"/case-briefings/{answers[0].json()['id']}"
    for step, sent, state in (
        ("submission", None, "submitted"),
        ("endorsement", ENDORSEMENT, "endorsed"),
        ("execution", {"report": "做了。"}, "executed"),
    ):
        twice = [await ask(desk.cast.supervisor, f"{path}/{step}", sent, method="POST") for _ in range(2)]
        assert [(each.status_code, each.json()["state"]) for each in twice] == [(200, state)] * 2
    done = (await ask(desk.clerk, path)).json()
    assert (done["state"], done["number"]) == ("executed", f"专报〔{clock.today().year}〕第1号")

    for reader in (desk.clerk, desk.cast.supervisor):
        twice = [(await ask(reader, "/case-briefings?state=executed")).json() for _ in range(2)]
        [listed] = twice[0]["items"]
        assert (listed["id"], listed["number"], listed["cases_n"]) == (done["id"], done["number"], 1)
        assert twice[0] == twice[1]
    assert (await ask(desk.clerk, "/case-briefings?state=draft")).json()["items"] == []
    assert (await ask(desk.cast.cadre, "/case-briefings")).json()["items"] == []


async def test_pages_of_meetings_briefings_and_suggestions_hold_each_once(desk, ask):
    cases = [await desk.dispatched(kind=CaseKind.SUGGESTION) for _ in range(3)]
    for n, case in enumerate(cases):
        await loops.escalate(case_id=case.id, id=ids.uuid7(), reason="要挖路", to_loop=2, by=desk.plumber)
        units = [str(desk.water), str(desk.roads)]
        body = MEETING | {"title": f"会商 {n}", "case_ids": [str(case.id)], "unit_ids": units}
        assert (await ask(desk.cast.supervisor, "/case-meetings", body)).status_code == 201
        body = BRIEFING | {"title": f"专报 {n}", "case_ids": [str(case.id)]}
        assert (await ask(desk.clerk, "/case-briefings", body)).status_code == 201
    for path in ("/case-meetings", "/case-briefings", "/case-suggestions"):
        first = (await ask(desk.clerk, f"{path}?limit=2")).json()
        second = (await ask(desk.clerk, f"{path}?limit=2&cursor={first['next_cursor']}")).json()
        assert (len(first["items"]), len(second["items"]), second["next_cursor"]) == (2, 1, None), path
        assert len({each.get("id") or each["case_id"] for each in [*first["items"], *second["items"]]}) == 3, path


async def test_a_suggestion_over_the_wire_twice(desk, ask):
    case = await desk.dispatched(kind=CaseKind.SUGGESTION, title="修桥", description="绕路太远")
    path = f"/cases/{case.id}"
    amended = AMENDED | {"title": "修便桥", "description": "绕路太远", "id": str(uuid4())}
    twice = [await ask(desk.clerk, f"{path}/suggestion/text", amended) for _ in range(2)]
    assert [each.status_code for each in twice] == [200, 200], twice[0].text
    assert twice[0].json() == twice[1].json()
    assert (await ask(desk.mason, f"{path}/suggestion/text", amended)).status_code == 404
    text = twice[0].json()["text_sha256"]
    sent = [
        *(("signatures", {"signatory": who, "text_sha256": text, "signed_as": office})
          for who, office in (("county_leader", "副县长"), ("bureau_head", "局长"), ("suggester", None))),
        ("hearing", HEARING | {"unit_id": str(desk.roads)}),
        *(("reports", REPORT | {"audience": to}) for to in ("party_committee", "congress", "public_notice")),
    ]  # fmt: skip
    for n, (step, body) in enumerate(sent):
        if step == "reports" and n == 4:
            await working.resolve(case_id=case.id, id=ids.uuid7(), remark="桥建好了", by=desk.plumber)
        twice = [await ask(desk.clerk, f"{path}/{step}", body, **{"Idempotency-Key": f"{n}"}) for _ in range(2)]
        assert [each.status_code for each in twice] == [200, 200], twice[0].text
        assert twice[0].json() == twice[1].json()
    assert twice[0].json()["archived"] is True
    [listed] = (await ask(desk.clerk, "/case-suggestions")).json()["items"]
    assert (listed["case_id"], listed["archived"], listed["missing"]) == (str(case.id), True, [])
    assert (await ask(desk.clerk, "/case-suggestions?open=true")).json()["items"] == []

    told = [await ask(desk.clerk, f"{path}/feedback", FEEDBACK, **{"Idempotency-Key": "f"}) for _ in range(2)]
    assert [each.status_code for each in told] == [201, 200]
    assert len((await ask(desk.clerk, f"{path}/feedback")).json()) == 1
    assert (await ask(desk.clerk, f"{path}/suggestion")).json()["answered"] is True


async def test_a_posted_notice_over_the_wire_is_refused_by_place_and_covered_on_wish(desk, ask):
    case = await desk.resolved()
    photo = await keep_photo(
        content=saved(field(size=(60, 40))), file_name="notice.jpg", uploaded_by=desk.clerk.person_id
    )
    body = {
        "way": "posted_notice", "text": "林大山家（199 0000 0051）水管换好了", "photo_id": str(photo.id),
        "point": HEARING["point"],
    }  # fmt: skip
    refused = await ask(desk.clerk, f"/cases/{case.id}/feedback", body)
    assert (refused.status_code, refused.json()["code"]) == (400, "cases/personal-in-public")
    assert [(each["start"], each["end"]) for each in refused.json()["errors"]] == [(1, 3), (6, 18)]
    assert "第 1 到第 3 个字是姓名" in refused.json()["errors"][0]["detail"]

    covered = await ask(desk.clerk, f"/cases/{case.id}/feedback", body | {"redact": True})
    assert (covered.status_code, "林大山" in covered.text, "0051" in covered.text) == (201, False, False)


async def test_a_pair_over_the_wire_twice_merged_and_parted(desk, ask):
    older, newer = await desk.open(), await desk.open()
    await pairs.look_for_pairs(newer.case.id)
    [pair] = (await ask(desk.clerk, "/case-pairs")).json()["items"]
    decided = [await ask(desk.clerk, f"/case-pairs/{pair['id']}/decision", DECISION) for _ in range(2)]
    assert [(each.status_code, each.json()["same"]) for each in decided] == [(200, True)] * 2

    path = f"/cases/{newer.case.id}"
    parting = PARTING | {"id": str(uuid4())}
    parted = [await ask(desk.cast.supervisor, f"{path}/parting", parting) for _ in range(2)]
    assert [each.json()["state"] for each in parted] == ["reopened"] * 2
    merger = {"into_case_id": str(older.case.id), "reason": "还是一件", "id": str(uuid4())}
    merged = [await ask(desk.clerk, f"{path}/merger", merger) for _ in range(2)]
    assert [each.json()["merged_into"] for each in merged] == [str(older.case.id)] * 2
    assert (await ask(desk.clerk, f"{path}/repeats")).json() == []


async def test_a_repeat_over_the_wire(desk, ask):
    ended, again = await desk.resolved(), await desk.open()
    await pairs.look_for_pairs(again.case.id)

    [mark] = (await ask(desk.clerk, f"/cases/{again.case.id}/repeats")).json()
    assert (mark["earlier"], mark["number"]) == (str(ended.id), ended.number)


async def test_a_hot_spot_over_the_wire_twice(desk, ask):
    with clock.stopped(clock.now() - timedelta(hours=1)):
        for n in range(3):
            await desk.open(contact_phone=f"199 0000 1{n:03d}")
    await hot_spots.find_hot_spots()
    [spot] = (await ask(desk.clerk, "/case-hot-spots?state=proposed")).json()["items"]
    taken = [await ask(desk.cast.supervisor, f"/case-hot-spots/{spot['id']}/decision", SPOT) for _ in range(2)]

    assert [(each.status_code, each.json()["state"]) for each in taken] == [(200, "taken_up")] * 2
    assert (
        await ask(desk.cast.supervisor, f"/case-hot-spots/{spot['id']}/decision", SPOT | {"take_up": False})
    ).status_code == 409
    assert (await ask(desk.clerk, "/case-hot-spots?state=proposed")).json()["items"] == []


async def test_a_text_is_looked_at_and_nothing_of_it_stays(cast, ask):
    answer = await ask(cast.cadre, "/text-checks", TEXT)

    assert answer.json() == {
        "hits": [{"start": 2, "end": 15, "kind": "mobile"}],
        "redacted": "打 ＊＊＊＊＊＊＊＊＊＊＊＊＊",
    }
