"""Tasks on the wire. Asked of every route: nobody, wrong shape, stranger, right person, twice."""

from uuid import UUID

import pytest

from backend.core import ids
from tests.tasks.requests import asked

NOBODY = UUID(int=404)
STEPS = {
    "acknowledgement": None,
    "completion": {},
    "refusal": {"reason": "no_time"},
    "hand-over": {"to_person_id": str(NOBODY)},
}


async def test_nobody_is_let_in(wire):
    for path in ("/my/tasks", "/tasks", f"/tasks/{NOBODY}", f"/tasks/{NOBODY}/colleagues"):
        assert (await wire.get(path)).status_code == 401, path
    for step, body in STEPS.items():
        assert (await wire.post(f"/tasks/{NOBODY}/{step}", json=body)).status_code == 401, step


async def test_a_wrong_shape_is_told_where_it_is_wrong(wire, cast, as_):
    mine, all_of = await as_(cast.cadre), await as_(cast.supervisor)
    task = await asked(assignee_id=cast.cadre.person_id)
    wrong = [
        await wire.get("/my/tasks?longitude=116.3", headers=mine),
        await wire.get("/my/tasks?longitude=181&latitude=3&crs=wgs84", headers=mine),
        await wire.get("/my/tasks?longitude=nan&latitude=3&crs=wgs84", headers=mine),
        await wire.get("/my/tasks?state=lost", headers=mine),
        await wire.get("/tasks?limit=0", headers=all_of),
        await wire.get("/tasks?division_code=37", headers=all_of),
        await wire.get("/tasks?origin_id=7", headers=all_of),
        await wire.get("/tasks?cursor=oho", headers=all_of),
        await wire.post(f"/tasks/{task.id}/completion", json={"done_on": "gestern"}, headers=mine),
        await wire.post(f"/tasks/{task.id}/completion", json={"done_on": "2100-01-01"}, headers=mine),
        await wire.post(f"/tasks/{task.id}/completion", json={"remark": "a\x00b"}, headers=mine),
        await wire.post(f"/tasks/{task.id}/completion", json={"donne_on": "2026-01-01"}, headers=mine),
        await wire.post(f"/tasks/{task.id}/refusal", json={}, headers=mine),
        await wire.post(f"/tasks/{task.id}/refusal", json={"reason": "lazy"}, headers=mine),
        await wire.post(f"/tasks/{task.id}/refusal", json={"reason": "other"}, headers=mine),
        await wire.post(f"/tasks/{task.id}/hand-over", json={"to_person_id": "me"}, headers=mine),
    ]
    assert [(answer.status_code, answer.url) for answer in wrong if answer.status_code != 400] == []
    assert {answer.headers["content-type"].split(";")[0] for answer in wrong} == {"application/problem+json"}


@pytest.mark.parametrize("step", STEPS)
async def test_a_stranger_gets_the_answer_of_a_task_that_is_not_there(wire, cast, as_, step):
    task = await asked(assignee_id=cast.cadre.person_id)
    body = {"to_person_id": str(cast.next_cadre.person_id)} if step == "hand-over" else STEPS[step]
    answers = [
        await wire.post(f"/tasks/{id}/{step}", json=body, headers=await as_(cast.stranger)) for id in (task.id, NOBODY)
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json()["code"] == answers[1].json()["code"] == "tasks/task-unknown"


async def test_a_stranger_reads_nothing(wire, cast, as_):
    task = await asked(assignee_id=cast.cadre.person_id)
    stranger = await as_(cast.stranger)

    assert (await wire.get(f"/tasks/{task.id}", headers=stranger)).status_code == 404
    assert (await wire.get(f"/tasks/{task.id}/colleagues", headers=stranger)).status_code == 404
    assert (await wire.get("/tasks", headers=stranger)).status_code == 403
    assert (await wire.get("/my/tasks", headers=stranger)).json()["tasks"] == []


async def test_the_right_person_sees_it_takes_it_on_and_does_it_twice(wire, cast, as_):
    task = await asked(household_id=cast.household)
    mine = await as_(cast.cadre)
    here = "/my/tasks?longitude=116.3012&latitude=36.9305&crs=wgs84"
    (listed,) = (await wire.get(here, headers=mine)).json()["tasks"]
    assert (listed["id"], listed["distance_m"], listed["household_code"]) == (str(task.id), 0, "LLM-001")

    for _ in range(2):
        seen = await wire.post(f"/tasks/{task.id}/acknowledgement", headers=mine)
        assert (seen.status_code, seen.json()["state"]) == (200, "acknowledged")
    done = [
        await wire.post(f"/tasks/{task.id}/completion", json=body, headers=mine)
        for body in ({}, {"done_on": "2026-11-01"})
    ]
    assert [answer.status_code for answer in done] == [200, 200]
    assert done[0].json() == done[1].json()
    day = (await wire.get("/my/tasks", headers=mine)).json()
    assert (day["tasks"], [each["id"] for each in day["done_today"]]) == ([], [str(task.id)])
    assert (await wire.get("/my/tasks?state=done", headers=mine)).json()["tasks"][0]["id"] == str(task.id)


async def test_declining_twice_answers_the_first_reason(wire, cast, as_):
    task = await asked(assignee_id=cast.cadre.person_id)
    answers = [
        await wire.post(f"/tasks/{task.id}/refusal", json={"reason": reason}, headers=await as_(cast.cadre))
        for reason in ("on_leave", "no_time")
    ]

    assert [answer.json()["close_reason"] for answer in answers] == ["on_leave", "on_leave"]


async def test_handing_over_twice_is_created_once_by_id_or_by_key(wire, cast, as_):
    mine = await as_(cast.cadre)
    for given, headers in (({"id": str(ids.uuid7())}, mine), ({}, mine | {"Idempotency-Key": "tap-1"})):
        task = await asked(assignee_id=cast.cadre.person_id)
        body = {"to_person_id": str(cast.next_cadre.person_id)} | given
        answers = [await wire.post(f"/tasks/{task.id}/hand-over", json=body, headers=headers) for _ in range(2)]

        assert [answer.status_code for answer in answers] == [201, 200]
        assert answers[0].json() == answers[1].json()
    names = [each["name"] for each in (await wire.get(f"/tasks/{task.id}/colleagues", headers=mine)).json()]
    assert "周敏" in names


async def test_a_refusal_speaks_chinese(wire, cast, as_):
    task = await asked(assignee_id=cast.cadre.person_id)
    mine = await as_(cast.cadre)
    await wire.post(f"/tasks/{task.id}/completion", json={}, headers=mine)
    answer = await wire.post(f"/tasks/{task.id}/refusal", json={"reason": "no_time"}, headers=mine)

    assert answer.status_code == 409
    assert answer.json()["detail"] == "这件事已经了结（办好了），没有改动。"


async def test_who_oversees_the_territory_lists_it_page_by_page(wire, cast, as_):
    for _ in range(3):
        await asked(assignee_id=cast.cadre.person_id)
    headers = await as_(cast.supervisor)
    first = (await wire.get("/tasks?state=open&limit=2", headers=headers)).json()
    second = (await wire.get(f"/tasks?state=open&limit=2&cursor={first['next_cursor']}", headers=headers)).json()

    assert (len(first["items"]), len(second["items"]), second["next_cursor"]) == (2, 1, None)
    assert (await wire.get(f"/tasks/{second['items'][0]['id']}", headers=headers)).status_code == 200
    assert (await wire.get("/tasks?nobody=true&overdue=true", headers=headers)).json()["items"] == []
