"""Amending a visit: the reason and what it said before are kept."""

import json
from uuid import uuid4

import pytest

from backend.core.database import fetch
from backend.visits.actions import get_visit, record_visit
from backend.visits.schemas import NewNeed
from backend.visits.tables import Channel
from tests.cast import NEXT_VILLAGE, VILLAGE, Cast
from tests.visits.contacts import an_hour_ago, contact, point


async def recorded(cast: Cast, **said):
    new = contact(**({"note": "甲", "topics": ["other"], "companions": ["周敏"]} | said))
    await record_visit(new=new, by=cast.cadre)
    return new


async def test_nobody_wrong_shape_stranger_right_person_twice(wire, as_, cast: Cast):
    new = await recorded(cast)
    change = {"reason": "写错了", "version": 1, "note": "乙"}
    assert (await wire.patch(f"/{new.id}", json=change)).status_code == 401
    mine = await as_(cast.cadre)
    for wrong in (
        {"note": "乙", "version": 1},
        change | {"reason": " "},
        change | {"point": None},
        {"reason": "无", "version": 1},
    ):
        assert (await wire.patch(f"/{new.id}", json=wrong, headers=mine)).status_code == 400
    missing = await wire.patch(f"/{new.id}", json={"reason": "写错了", "note": "乙"}, headers=mine)
    assert (missing.status_code, missing.json()["errors"][0]["pointer"]) == (400, "/version")
    assert (await wire.patch(f"/{new.id}", json=change, headers=await as_(cast.stranger))).status_code == 404
    assert (await wire.patch(f"/{new.id}", json=change, headers=await as_(cast.auditor))).status_code == 403
    assert (await wire.patch(f"/{uuid4()}", json=change, headers=mine)).status_code == 404
    first = await wire.patch(f"/{new.id}", json=change, headers=mine)
    assert (first.status_code, first.json()["note"], first.json()["version"], first.headers["etag"]) == (
        200,
        "乙",
        2,
        '"2"',
    )
    again = await wire.patch(f"/{new.id}", json=change, headers=mine)
    assert (again.status_code, again.json()["code"], again.json()["version"]) == (409, "visits/version-moved-on", 2)


async def test_the_version_may_come_as_if_match(wire, as_, cast: Cast):
    new, headers = await recorded(cast), await as_(cast.cadre)
    tag = (await wire.get(f"/{new.id}", headers=headers)).headers["etag"]
    answers = [
        await wire.patch(f"/{new.id}", json={"reason": "补充", "note": note}, headers=headers | {"If-Match": tag})
        for note in ("乙", "丙")
    ]
    assert [answer.status_code for answer in answers] == [200, 409]
    assert (await get_visit(visit_id=new.id, by=cast.cadre)).note == "乙"


async def test_what_it_said_before_is_kept_with_who_and_why(wire, as_, cast: Cast):
    new = await recorded(cast)
    change = {"reason": "户卡抄错了", "version": 1, "household_code": "LLM-002", "channel": "call"}
    answer = await wire.patch(f"/{new.id}", json=change, headers=await as_(cast.supervisor))
    assert answer.status_code == 200
    assert (answer.json()["household"]["code"], answer.json()["channel"], answer.json()["note"]) == (
        "LLM-002",
        "call",
        "甲",
    )
    [row] = await fetch("SELECT * FROM visits_amendment")
    assert (row["version"], row["by"], row["reason"]) == (1, cast.supervisor.person_id, "户卡抄错了")
    before = json.loads(row["before"])
    assert (before["household_code"], before["channel"], before["note"]) == ("LLM-001", "visit", "甲")
    assert (before["topics"], before["companions"]) == (["other"], ["周敏"])


async def test_null_empties_a_field_and_what_is_left_out_stays(wire, as_, cast: Cast):
    new = await recorded(cast, place_note="地头")
    change = {"reason": "去掉", "version": 1, "note": None}
    answer = await wire.patch(f"/{new.id}", json=change, headers=await as_(cast.cadre))
    assert (answer.json()["note"], answer.json()["place_note"], answer.json()["topics"]) == (None, "地头", ["other"])


async def test_its_needs_follow_it_to_the_right_household_and_village(wire, as_, cast: Cast):
    new = contact(needs=[NewNeed(category="other", description="修井")], channel=Channel.CALL)
    await record_visit(new=new, by=cast.next_cadre)
    change = {"reason": "户卡抄错了", "version": 1, "household_code": "DYL-001"}
    answer = await wire.patch(f"/{new.id}", json=change, headers=await as_(cast.next_cadre))
    assert answer.json()["division"]["code"] == NEXT_VILLAGE
    [need] = await fetch("SELECT household, division_code FROM cases_case")
    assert tuple(need) == (cast.next_household, NEXT_VILLAGE)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"household_code": "NO-1"}, 400),
        ({"household_code": "ZG-001"}, 403),
        ({"topics": ["nothing"]}, 400),
        ({"occurred_at": "2026-03-01T08:00:00"}, 400),
        ({"occurred_at": "1987-03-01T08:00:00Z"}, 400),
        ({"division_code": None}, 400),
    ],
)
async def test_what_could_not_be_recorded_cannot_be_amended_to(wire, as_, cast: Cast, change, status):
    new = await recorded(cast)
    answer = await wire.patch(
        f"/{new.id}", json={"reason": "改", "version": 1} | change, headers=await as_(cast.next_cadre)
    )
    assert answer.status_code in (400, 404), "not his to see"
    mine = await wire.patch(f"/{new.id}", json={"reason": "改", "version": 1} | change, headers=await as_(cast.cadre))
    assert mine.status_code == status, mine.json()
    record = await get_visit(visit_id=new.id, by=cast.cadre)
    assert (record.version, record.division.code) == (1, VILLAGE)
    assert await fetch("SELECT * FROM visits_amendment") == []


async def test_flags_stay_with_their_answers_and_new_ones_are_added(wire, as_, cast: Cast):
    new, headers = await recorded(cast, point=point(900)), await as_(cast.cadre)
    answered = await wire.post(f"/{new.id}/flags/far_from_household/answer", json={"answer": "在地头"}, headers=headers)
    assert answered.status_code == 201
    ahead = an_hour_ago().replace(year=an_hour_ago().year + 1).isoformat()
    change = {"reason": "日期", "version": 1, "occurred_at": ahead}
    flags = (await wire.patch(f"/{new.id}", json=change, headers=headers)).json()["flags"]
    assert [(flag["kind"], flag["answer"]) for flag in flags] == [
        ("clock_skew", None),
        ("far_from_household", "在地头"),
    ]


async def test_a_late_entry_is_reckoned_anew(wire, as_, cast: Cast):
    new = await recorded(cast)
    change = {"reason": "日期", "version": 1, "occurred_at": "2026-01-05T09:00:00+08:00"}
    record = (await wire.patch(f"/{new.id}", json=change, headers=await as_(cast.cadre))).json()
    assert record["entered_late"]


async def test_the_first_sending_stays_a_retry_after_an_amendment(wire, as_, cast: Cast):
    new = await recorded(cast)
    await wire.patch(f"/{new.id}", json={"reason": "改", "version": 1, "note": "乙"}, headers=await as_(cast.cadre))
    again = await record_visit(new=new, by=cast.cadre)
    assert (again.created, again.record.note) == (False, "乙")
