"""Every route of surveys is asked: nobody, wrong shape, stranger, right person, twice."""

import pytest

from backend.core import clock, ids
from backend.hotline import survey_routes
from tests.cast import COUNTY, OTHER_COUNTY
from tests.hotline.desk_cast import NINE, client_of, signed_in

CHOICES = [{"code": "yes", "text": "满意", "counted": True}, {"code": "no", "text": "不满意"}]
WAVE = {
    "name": "四季度电话调查",
    "division_code": COUNTY,
    "strata": "village",
    "households": 4,
    "questions": [{"code": "content", "text": "您满意吗？", "choices": CHOICES}],
    "begins_on": "2026-11-24",
    "ends_on": "2026-12-20",
}


@pytest.fixture
async def wire(cast):
    with clock.stopped(NINE):
        async with client_of(survey_routes.router) as client:
            yield client


async def planned(wire, cast):
    made = await wire.post("/hotline/surveys", json=WAVE, headers=await signed_in(cast.supervisor))
    return made.json()["id"]


async def test_plan_survey(cast, wire):
    good = WAVE | {"id": str(ids.uuid7())}
    assert (await wire.post("/hotline/surveys", json=good)).status_code == 401
    right = await signed_in(cast.supervisor)
    for bad in (good | {"strata": "street"}, good | {"households": 0}, good | {"questions": []}):
        assert (await wire.post("/hotline/surveys", json=bad, headers=right)).status_code == 400
    strange = await wire.post("/hotline/surveys", json=good, headers=await signed_in(cast.stranger))
    assert strange.status_code == 403
    answers = [await wire.post("/hotline/surveys", json=good, headers=right) for _ in range(2)]
    assert [each.status_code for each in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()


async def test_list_and_get_surveys(cast, wire):
    id = await planned(wire, cast)
    assert (await wire.get("/hotline/surveys")).status_code == 401
    assert (await wire.get(f"/hotline/surveys/{id}")).status_code == 401
    right = await signed_in(cast.operator)
    assert (await wire.get("/hotline/surveys", params={"limit": "x"}, headers=right)).status_code == 400
    strange = await signed_in(cast.stranger)
    assert (await wire.get("/hotline/surveys", headers=strange)).json()["items"] == []
    assert (await wire.get(f"/hotline/surveys/{id}", headers=strange)).status_code == 404
    for _ in range(2):
        listed = (await wire.get("/hotline/surveys", headers=right)).json()["items"]
        assert listed == [(await wire.get(f"/hotline/surveys/{id}", headers=right)).json()]


async def test_take_next_survey_call(cast, wire):
    path = f"/hotline/surveys/{await planned(wire, cast)}/next-call"
    assert (await wire.post(path)).status_code == 401
    assert (await wire.post(path, headers=await signed_in(cast.stranger))).status_code == 404
    assert (await wire.post(path, headers=await signed_in(cast.auditor))).status_code == 403
    first, second = [await wire.post(path, headers=await signed_in(cast.operator)) for _ in range(2)]
    assert (first.status_code, first.headers["cache-control"]) == (200, "no-store")
    assert first.json()["call"]["draw_id"] != second.json()["call"]["draw_id"]


async def test_record_survey_answer(cast, wire):
    id = await planned(wire, cast)
    right = await signed_in(cast.operator)
    call = (await wire.post(f"/hotline/surveys/{id}/next-call", headers=right)).json()["call"]
    path, good = f"/hotline/surveys/{id}/answers", {"draw_id": call["draw_id"], "outcome": "answered"}
    good |= {"answers": {"content": "yes"}}
    assert (await wire.post(path, json=good)).status_code == 401
    for bad in (good | {"outcome": "asleep"}, good | {"answers": {"content": 1}}, good | {"name": "林"}):
        assert (await wire.post(path, json=bad, headers=right)).status_code == 400
    assert (await wire.post(path, json=good, headers=await signed_in(cast.stranger))).status_code == 404
    assert (await wire.post(path, json=good, headers=await signed_in(cast.auditor))).status_code == 403
    unknown = await wire.post(path, json=good | {"draw_id": str(ids.uuid7())}, headers=right)
    assert unknown.status_code == 404
    answers = [await wire.post(path, json=good, headers=right) for _ in range(2)]
    assert [each.status_code for each in answers] == [201, 200]


async def test_close_survey_and_its_results(cast, wire):
    id = await planned(wire, cast)
    path, right = f"/hotline/surveys/{id}", await signed_in(cast.supervisor)
    assert (await wire.post(f"{path}/closure")).status_code == 401
    assert (await wire.get(f"{path}/results")).status_code == 401
    assert (await wire.get(f"{path}/results", headers=right)).json()["code"] == "hotline/survey-open"
    assert (await wire.post(f"{path}/closure", headers=await signed_in(cast.stranger))).status_code == 404
    assert (await wire.post(f"{path}/closure", headers=await signed_in(cast.operator))).status_code == 403
    closed = [await wire.post(f"{path}/closure", headers=right) for _ in range(2)]
    assert [each.status_code for each in closed] == [200, 200]
    assert closed[0].json() == closed[1].json()
    assert (await wire.get(f"{path}/results", headers=await signed_in(cast.stranger))).status_code == 403
    found = await wire.get(f"{path}/results", headers=await signed_in(cast.auditor))
    assert found.json()["questions"][0]["n"] == 0


async def test_preview_survey_and_its_questions(cast, wire):
    asked = {"division_code": COUNTY, "strata": "village", "households": 3}
    path, right = "/hotline/survey-preview", await signed_in(cast.supervisor)
    assert (await wire.get(path, params=asked)).status_code == 401
    assert (await wire.get("/hotline/survey-questions")).status_code == 401
    for bad in ({}, asked | {"strata": "street"}, asked | {"households": 0}, asked | {"division_code": "x"}):
        assert (await wire.get(path, params=bad, headers=right)).status_code == 400
    assert (await wire.get(path, params=asked, headers=await signed_in(cast.stranger))).status_code == 403
    other = await wire.get(path, params=asked | {"division_code": OTHER_COUNTY}, headers=right)
    assert other.status_code == 403
    for _ in range(2):
        assert (await wire.get(path, params=asked, headers=right)).json()["drawn_n"] == 3
    questions = (await wire.get("/hotline/survey-questions", headers=right)).json()
    planned = await wire.post("/hotline/surveys", json=WAVE | {"questions": questions}, headers=right)
    assert planned.status_code == 201
