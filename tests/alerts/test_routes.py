"""Each route of the room, asked by nobody, in a wrong shape, by a stranger, by the right person, twice."""

from uuid import uuid4

import msgspec
import pytest

from tests.alerts.warnings import new_alert

ALERTS = "/api/v1/alerts"
NOT_THERE = "01936f2c-8a4e-7c3b-9d21-5f0e6a7b8c9d"
CANCELLATION = {"description": "骗子已经抓到了。"}


def body(**changed):
    return msgspec.to_builtins(new_alert(**changed)) | {"id": str(uuid4())}


async def raised(wire, headers):
    return (await wire.post(ALERTS, json=body(), headers=headers)).json()


async def approved(wire, operator, supervisor):
    made = await raised(wire, operator)
    return (await wire.post(f"{ALERTS}/{made['id']}/approval", json={}, headers=supervisor)).json()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", ""),
        ("GET", ""),
        ("GET", f"/{NOT_THERE}"),
        ("DELETE", f"/{NOT_THERE}"),
        ("POST", f"/{NOT_THERE}/approval"),
        ("POST", f"/{NOT_THERE}/refusal"),
        ("POST", f"/{NOT_THERE}/updates"),
        ("POST", f"/{NOT_THERE}/cancellation"),
        ("GET", f"/{NOT_THERE}/reach"),
    ],
)
async def test_nobody_gets_in(wire, method, path):
    assert (await wire.request(method, ALERTS + path)).status_code == 401


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"expires": "2026-11-30T00:00:00"}, "/expires"),
        ({"event": "诈" * 36}, "/event"),
        ({"severity": "Unknown"}, "/severity"),
        ({"status": "Draft"}, "/status"),
        ({"areas": []}, "/areas"),
        ({"scope": "Private"}, ""),
        ({"audience": {"age": 60}}, "/audience"),
        ({"headline": "a\x00b"}, "/headline"),
    ],
)
async def test_a_wrong_shape_is_refused_with_its_place(wire, as_, cast, wrong, pointer):
    answer = await wire.post(ALERTS, json=body() | wrong, headers=await as_(cast.operator))

    assert answer.status_code == 400
    assert any(each["pointer"].startswith(pointer) for each in answer.json()["errors"])


async def test_every_mistake_of_a_readable_warning_is_told_in_chinese_with_its_place(wire, as_, cast):
    wrong = body() | {"colour": "red", "instruction": "点 www.butie.top"}
    answer = await wire.post(ALERTS, json=wrong, headers=await as_(cast.operator))

    assert (answer.status_code, answer.json()["code"]) == (400, "alerts/alert-wrong")
    assert {each["pointer"]: each["code"] for each in answer.json()["errors"]} == {
        "/colour": "colour_contradicts_severity",
        "/instruction": "link_in_fraud_text",
    }
    assert "网址" in answer.text


async def test_a_warning_is_written_once_however_often_it_is_sent(wire, as_, cast):
    headers, sent = await as_(cast.operator), body()
    first, again = [await wire.post(ALERTS, json=sent, headers=headers) for _ in range(2)]
    other = await wire.post(ALERTS, json=sent | {"headline": "别的"}, headers=headers)

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert first.json() == again.json()
    assert (first.json()["state"], first.json()["scope"]) == ("draft", "Public")

    keyed = {**headers, "Idempotency-Key": "one"}
    sent.pop("id")
    ids = {(await wire.post(ALERTS, json=sent, headers=keyed)).json()["id"] for _ in range(2)}
    assert len(ids) == 1


async def test_it_is_approved_by_a_second_person_and_never_by_its_writer_or_a_stranger(wire, as_, cast):
    made = await raised(wire, await as_(cast.supervisor))
    path = f"{ALERTS}/{made['id']}/approval"

    async def asked(by, **more):
        answer = await wire.post(path, json=more, headers=await as_(by))
        return answer.status_code, answer.json().get("code") or answer.json()["state"]

    assert await asked(cast.stranger) == (404, "alerts/alert-unknown")
    assert await asked(cast.cadre) == (404, "alerts/alert-unknown")
    assert await asked(cast.operator) == (403, "core/forbidden")
    assert await asked(cast.supervisor) == (403, "alerts/second-person-needed")
    assert await asked(cast.admin, note="属实") == (200, "published")
    assert await asked(cast.admin) == (200, "published")


async def test_a_refusal_needs_a_reason_and_twice_is_once(wire, as_, cast):
    made = await raised(wire, await as_(cast.operator))
    path, headers = f"{ALERTS}/{made['id']}/refusal", await as_(cast.supervisor)

    assert (await wire.post(path, json={}, headers=headers)).status_code == 400
    told = [(await wire.post(path, json={"note": "没有核实"}, headers=headers)) for _ in range(2)]
    assert [(each.status_code, each.json()["state"]) for each in told] == [(200, "refused")] * 2
    late = await wire.post(f"{ALERTS}/{made['id']}/approval", json={}, headers=headers)
    assert (late.status_code, late.json()["code"]) == (409, "alerts/alert-decided")
    assert "没有同意发布" in late.json()["detail"]


async def test_a_draft_is_dropped_by_its_writer_only(wire, as_, cast):
    made = await raised(wire, await as_(cast.operator))
    path = f"{ALERTS}/{made['id']}"

    for by in (cast.stranger, cast.supervisor):
        assert (await wire.delete(path, headers=await as_(by))).status_code == 404
    for _ in range(2):
        answer = await wire.delete(path, headers=await as_(cast.operator))
        assert (answer.status_code, answer.json()["state"]) == (200, "dropped")


@pytest.mark.parametrize(("way", "said"), [("updates", {"headline": "换了手法"}), ("cancellation", CANCELLATION)])
async def test_what_follows_a_warning_is_written_once_and_approved_like_it(wire, as_, cast, way, said):
    operator, supervisor = await as_(cast.operator), await as_(cast.supervisor)
    first = await approved(wire, operator, supervisor)
    path, sent = f"{ALERTS}/{first['id']}/{way}", said | {"id": str(uuid4())}

    assert (await wire.post(path, json=sent | {"event": "x"}, headers=operator)).status_code == 400
    assert (await wire.post(path, json=sent, headers=await as_(cast.stranger))).status_code == 404
    assert (await wire.post(path, json=sent, headers=await as_(cast.cadre))).status_code == 403
    made, again = [await wire.post(path, json=sent, headers=operator) for _ in range(2)]
    assert (made.status_code, again.status_code) == (201, 200)
    told = await wire.post(f"{ALERTS}/{sent['id']}/approval", json={}, headers=supervisor)
    assert told.json()["refers_to_id"] == first["id"]
    late = await wire.post(path, json=said, headers=operator)
    assert (late.status_code, late.json()["code"]) == (409, "alerts/alert-over")
    assert late.json()["ended_by_id"] == sent["id"]


async def test_a_published_one_is_read_by_who_serves_there_and_its_reach_by_desks(wire, as_, cast):
    told = await approved(wire, await as_(cast.operator), await as_(cast.supervisor))
    path = f"{ALERTS}/{told['id']}"

    assert (await wire.get(path, headers=await as_(cast.stranger))).status_code == 404
    read = await wire.get(path, headers=await as_(cast.cadre))
    assert (read.status_code, read.json()["in_force"]) == (200, True)
    found = (await wire.get(ALERTS, params={"in_force": "true"}, headers=await as_(cast.cadre))).json()
    assert [each["id"] for each in found["items"]] == [told["id"]]
    assert (await wire.get(ALERTS, params={"state": "open"}, headers=await as_(cast.cadre))).status_code == 400

    reach = f"{path}/reach"
    assert (await wire.get(reach, headers=await as_(cast.cadre))).status_code == 403
    assert (await wire.get(reach, headers=await as_(cast.stranger))).status_code == 404
    wrong = await wire.get(reach, params={"division_code": "37"}, headers=await as_(cast.supervisor))
    assert wrong.status_code == 400
    counted = await wire.get(reach, headers=await as_(cast.supervisor))
    assert (counted.status_code, counted.json()["alert_id"]) == (200, told["id"])


async def test_the_feed_asks_nobody_who_he_is(wire, as_, cast):
    told = await approved(wire, await as_(cast.operator), await as_(cast.supervisor))
    feed, document = await wire.get("/feeds/cap.atom"), await wire.get(f"/feeds/cap/{told['identifier']}.xml")
    assert (feed.status_code, document.status_code) == (200, 200)
    assert told["identifier"] in feed.text
