"""Recording one contact."""

import asyncio
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from uuid import uuid4

import pytest

from backend.core import clock
from backend.core.database import fetch, fetch_row, transaction
from backend.core.ids import uuid7
from backend.core.refusals import DifferentArguments, Invalid
from backend.people.actors import Actor
from backend.territory.coordinates import Crs, from_wgs84
from backend.territory.points import Point
from backend.visits.actions import get_visit, record_visit
from backend.visits.campaign_tables import CampaignKind
from backend.visits.rules import OutsideYourTerritory, ReferenceUnknown
from backend.visits.schemas import NewNeed, NewVisitPhoto
from backend.visits.tables import Channel, NeedState, PhotoKind
from tests.cast import COUNTY, NEXT_VILLAGE, OTHER_VILLAGE, TOWNSHIP, VILLAGE, Cast
from tests.former_digests import kept_formerly
from tests.visits.contacts import HOUSE, an_hour_ago, body, contact, photo_of, point

PICTURE = (Path(__file__).parents[1] / "media" / "photos" / "orientation_6_gps.jpg").read_bytes()


async def everything() -> list[int]:
    tables = ("visits_visit", "cases_case", "cases_event", "visits_flag", "visits_photo")
    return [(await fetch(f"SELECT count(*) AS n FROM {table}"))[0]["n"] for table in tables]


async def campaign(code: str, kind: str, division_code: str, valid_from: date, valid_to: date | None = None) -> None:
    await fetch(
        "INSERT INTO visits_campaign (id, code, name, kind, division, valid_from, valid_to, source) "
        "SELECT $1, $2, $2, $3, id, $5, $6, 'test' FROM territory_division WHERE code = $4",
        uuid7(), code, kind, division_code, valid_from, valid_to,
    )  # fmt: skip


async def test_a_visit_is_stored_with_all_it_says_and_answered_without_being_read_back(cast: Cast):
    photo_id = await photo_of(cast.cadre, PICTURE)
    await campaign("2026-people", "people", COUNTY, date(2026, 1, 1))
    new = contact(
        point=point(120, provider="gps"),
        topics=["production.crop_disease", "production", "production.crop_disease"],
        note="  麦子发黄，想请人看看  ",
        place_note=" ",
        companions=["周敏"],
        campaign_code="2026-people",
        needs=[NewNeed(category="production", description="请专家看麦子")],
        photos=[NewVisitPhoto(photo_id=photo_id, kind=PhotoKind.BEFORE)],
    )
    outcome = await record_visit(new=new, by=cast.cadre)
    assert outcome.created
    record = outcome.record
    assert record == await get_visit(visit_id=new.id, by=cast.cadre)
    assert (record.note, record.place_note) == ("麦子发黄，想请人看看", None)
    assert record.topics == ["production.crop_disease", "production"]
    assert (record.household.code, record.division.code, record.division.name) == ("LLM-001", VILLAGE, "琉璃庙村村委会")
    assert (record.campaign_code, record.version, record.door, record.flags) == ("2026-people", 1, "api", [])
    assert [(need.category, need.state) for need in record.needs] == [("production", NeedState.RECEIVED)]
    assert [(photo.photo_id, photo.kind) for photo in record.photos] == [(photo_id, "before")]
    lines = await fetch('SELECT "case", kind, "by" FROM cases_event')
    assert [tuple(row) for row in lines] == [(record.needs[0].id, "opened", cast.cadre.person_id)]
    claimed = await fetch_row("SELECT claimed_kind, claimed_id, division_code FROM media_photo WHERE id = $1", photo_id)
    assert tuple(claimed) == ("visit", new.id, VILLAGE)


async def test_a_point_in_another_system_is_kept_as_it_came_and_reckoned_with_in_wgs84(cast: Cast):
    moved = from_wgs84(*HOUSE, Crs.GCJ02)
    new = contact(point=Point(crs=Crs.GCJ02, longitude=moved[0], latitude=moved[1], accuracy_m=5.0))
    await record_visit(new=new, by=cast.cadre)
    row = await fetch_row("SELECT * FROM visits_visit WHERE id = $1", new.id)
    assert (row["crs"], row["original_longitude"], row["original_latitude"]) == ("gcj02", *moved)
    assert (row["longitude"], row["latitude"]) == pytest.approx(HOUSE, abs=1e-8)
    shown = await get_visit(visit_id=new.id, by=cast.cadre, crs=Crs.GCJ02)
    assert (shown.point.longitude, shown.point.latitude) == moved


async def test_a_late_entry_is_welcome_and_marked_from_the_first_second_after_a_day(cast: Cast):
    now = datetime(2026, 3, 10, 8, tzinfo=UTC)
    with clock.stopped(now):
        in_time = await record_visit(new=contact(occurred_at=now - timedelta(hours=24)), by=cast.cadre)
        late = await record_visit(new=contact(occurred_at=now - timedelta(hours=24, seconds=1)), by=cast.cadre)
    assert (in_time.record.entered_late, late.record.entered_late) == (False, True)
    assert late.record.received_at == now


async def test_a_call_stays_a_call(cast: Cast):
    recorded = await record_visit(new=contact(channel=Channel.CALL), by=cast.cadre)
    assert recorded.record.channel == Channel.CALL
    rows = await fetch("SELECT count(*) AS n FROM visits_visit WHERE channel = 'visit'")
    assert rows[0]["n"] == 0


async def test_sent_twice_it_is_there_once_and_the_second_answer_is_the_record_as_it_is_now(cast: Cast):
    new = contact(note="第一次", needs=[NewNeed(category="other", description="修路灯")])
    first = await record_visit(new=new, by=cast.cadre)
    before = await everything()
    await fetch("UPDATE visits_visit SET note = '后来改的', version = 2 WHERE id = $1", new.id)
    again = await record_visit(new=new, by=cast.cadre)
    assert (first.created, again.created, again.record.note, again.record.version) == (True, False, "后来改的", 2)
    assert await everything() == before


async def test_a_retry_may_write_its_times_and_texts_in_another_way(cast: Cast):
    new = contact(note="一样", sent_at=an_hour_ago())
    await record_visit(new=new, by=cast.cadre)
    later = contact(
        id=new.id,
        occurred_at=new.occurred_at.astimezone(timezone(timedelta(hours=8))),
        note=" 一样 ",
        sent_at=datetime.now(UTC),
    )
    assert not (await record_visit(new=later, by=cast.cadre)).created


async def test_the_same_id_with_other_content_or_from_somebody_else_is_refused(cast: Cast):
    new = contact(note="甲")
    await record_visit(new=new, by=cast.cadre)
    with pytest.raises(DifferentArguments):
        await record_visit(new=contact(id=new.id, note="乙"), by=cast.cadre)
    with pytest.raises(DifferentArguments):
        await record_visit(new=new, by=cast.next_cadre)
    assert (await everything())[0] == 1


async def test_a_visit_that_was_kept_with_the_former_digest_is_the_same_visit_still(cast: Cast):
    new = contact(note="甲", point=point(900), needs=[NewNeed(category="other", description="修井")])
    with kept_formerly():
        await record_visit(new=new, by=cast.cadre)

    assert (await record_visit(new=new, by=cast.cadre)).created is False
    with pytest.raises(DifferentArguments):
        await record_visit(new=contact(id=new.id, note="乙"), by=cast.cadre)


async def test_eight_parallel_sendings_of_one_visit_leave_one_row_and_one_creation(cast: Cast):
    new = contact(
        point=point(900), needs=[NewNeed(category="other", description="修井")],
        photos=[NewVisitPhoto(photo_id=await photo_of(cast.cadre, PICTURE))],
    )  # fmt: skip
    outcomes = await asyncio.gather(*(record_visit(new=new, by=cast.cadre) for _ in range(8)))
    assert sorted(outcome.created for outcome in outcomes) == [False] * 7 + [True]
    assert await everything() == [1, 1, 1, 1, 1]


async def test_a_transaction_around_it_that_fails_leaves_nothing(cast: Cast):
    @transaction
    async def fails() -> None:
        await record_visit(new=contact(needs=[NewNeed(category="other", description="修井")]), by=cast.cadre)
        raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError):
        await fails()
    assert await everything() == [0, 0, 0, 0, 0]


async def test_a_place_without_a_household_is_enough(cast: Cast):
    new = contact(household_code=None, division_code=VILLAGE, place_note="村委会大院")
    record = (await record_visit(new=new, by=cast.cadre)).record
    assert (record.household, record.division.code, record.place_note) == (None, VILLAGE, "村委会大院")


async def test_a_household_met_elsewhere_keeps_both_the_household_and_the_place(cast: Cast):
    record = (await record_visit(new=contact(division_code=NEXT_VILLAGE), by=cast.cadre)).record
    assert (record.household.code, record.division.code) == ("LLM-001", NEXT_VILLAGE)


async def test_the_campaign_of_a_kind_is_the_one_that_ran_there_on_that_day(cast: Cast):
    await campaign("county", "people", COUNTY, date(2026, 1, 1))
    await campaign("township", "people", TOWNSHIP, date(2026, 3, 1), date(2026, 3, 31))
    await campaign("firms", "enterprises", COUNTY, date(2026, 1, 1))
    for day, code in ((31, "township"), (32, "county")):
        at = datetime(2026, 3, 1, 4, tzinfo=UTC) + timedelta(days=day - 1)
        record = (
            await record_visit(new=contact(occurred_at=at, campaign_kind=CampaignKind.PEOPLE), by=cast.cadre)
        ).record
        assert record.campaign_code == code
    with pytest.raises(ReferenceUnknown):
        await record_visit(
            new=contact(occurred_at=datetime(2025, 12, 31, 4, tzinfo=UTC), campaign_kind=CampaignKind.PEOPLE),
            by=cast.cadre,
        )


async def test_a_village_that_has_ended_still_takes_visits_of_its_days(cast: Cast):
    await fetch("UPDATE territory_division SET valid_to = '2026-02-28' WHERE code = $1", NEXT_VILLAGE)
    await fetch(
        "INSERT INTO territory_division (id, code, prefix, level, name, valid_from, source, demo_point) "
        "SELECT $1, code, prefix, level, '新名', '2026-03-01', source, false FROM territory_division WHERE code = $2",
        uuid7(), NEXT_VILLAGE,
    )  # fmt: skip
    names = []
    for at in (datetime(2026, 2, 28, 4, tzinfo=UTC), datetime(2026, 3, 1, 4, tzinfo=UTC)):
        new = contact(household_code=None, division_code=NEXT_VILLAGE, occurred_at=at)
        names.append((await record_visit(new=new, by=cast.next_cadre)).record.division.name)
    assert names[0] != "新名"
    assert names[1] == "新名"


async def test_the_cadre_who_serves_a_household_may_record_it_beyond_his_village(cast: Cast):
    stranger_with_service = Actor(cast.cadre.person_id, "李秀兰", "zh", ())
    assert (await record_visit(new=contact(), by=stranger_with_service)).created


async def test_a_household_he_serves_may_be_met_anywhere(cast: Cast):
    assert (await record_visit(new=contact(division_code=OTHER_VILLAGE), by=cast.cadre)).created


@pytest.mark.parametrize(
    "said",
    [
        {"household_code": "ZG-001"},
        {"household_code": None, "division_code": OTHER_VILLAGE},
        {"household_code": "LLM-001", "division_code": OTHER_VILLAGE},
    ],
)
async def test_a_household_or_place_of_another_territory_is_refused(cast: Cast, said):
    with pytest.raises(OutsideYourTerritory):
        await record_visit(new=contact(**said), by=cast.next_cadre)
    assert await everything() == [0, 0, 0, 0, 0]


async def test_every_name_that_is_not_there_is_told_at_once(cast: Cast):
    new = contact(
        household_code="NO-999",
        division_code="371526999999",
        campaign_code="none-such",
        service_team=33,
        topics=["production", "astrology"],
        needs=[NewNeed(category="gold", description="挖金")],
        photos=[NewVisitPhoto(photo_id=uuid4())],
        device_id=uuid4(),
    )
    with pytest.raises(ReferenceUnknown) as refused:
        await record_visit(new=new, by=cast.cadre)
    assert [error.pointer for error in refused.value.errors] == [
        "/household_code", "/division_code", "/campaign_code", "/service_team", "/device_id", "/topics/1",
        "/needs/0/category", "/photos/0/photo_id",
    ]  # fmt: skip
    assert await everything() == [0, 0, 0, 0, 0]


async def test_somebody_elses_photo_is_as_unknown_as_none(cast: Cast):
    theirs = await photo_of(cast.next_cadre, PICTURE)
    with pytest.raises(ReferenceUnknown):
        await record_visit(new=contact(photos=[NewVisitPhoto(photo_id=theirs)]), by=cast.cadre)


async def test_a_need_id_that_stands_for_another_need_is_refused_and_nothing_is_stored(cast: Cast):
    need = NewNeed(id=uuid7(), category="other", description="修井")
    await record_visit(new=contact(needs=[need]), by=cast.cadre)
    with pytest.raises(DifferentArguments):
        await record_visit(new=contact(needs=[need]), by=cast.cadre)
    assert await everything() == [1, 1, 1, 0, 0]


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"occurred_at": datetime(1999, 12, 31, 23, 59, 59, tzinfo=UTC)}, "/occurred_at"),
        ({"occurred_at": datetime(2100, 1, 1, tzinfo=UTC)}, "/occurred_at"),
        ({"occurred_at": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))}, "/occurred_at"),
        ({"sent_at": datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-12)))}, "/sent_at"),
        ({"point": point(fixed_at=datetime(1970, 1, 1, tzinfo=UTC))}, "/point/fixed_at"),
        ({"household_code": None}, "/division_code"),
    ],
)
async def test_what_no_visit_can_say_is_refused_with_its_field(cast: Cast, said, pointer):
    with pytest.raises(Invalid) as refused:
        await record_visit(new=contact(**said), by=cast.cadre)
    assert [error.pointer for error in refused.value.errors] == [pointer]


# The route: nobody, wrong shape, stranger, right person, twice.


async def test_nobody_records_without_signing_in(wire):
    assert (await wire.post("", json=body())).status_code == 401


NO_EARTH = {"crs": "wgs84", "longitude": 190, "latitude": 36}


@pytest.mark.parametrize(
    ("said", "code", "pointer"),
    [
        ({"channel": "pigeon"}, "core/malformed", None),
        ({"occurred_at": "2026-03-01T08:00:00"}, "core/malformed", None),
        ({"occurred_at": "0001-01-01T00:00:00+14:00"}, "core/invalid", "/occurred_at"),
        ({"occurred_at": "9999-12-31T23:59:59-12:00"}, "core/invalid", "/occurred_at"),
        ({"occured_at": "2026-03-01T08:00:00Z"}, "core/malformed", None),
        ({"note": "a\x00b"}, "core/malformed", None),
        ({"note": "长" * 4001}, "core/malformed", None),
        ({"household_code": "LLM\x00"}, "core/malformed", None),
        ({"point": {"longitude": 116.3, "latitude": 36.9}}, "core/malformed", None),
        ({"point": {"crs": "cgcs9", "longitude": 116.3, "latitude": 36.9}}, "core/malformed", None),
        ({"point": NO_EARTH}, "core/malformed", None),
        ({"service_team": 2**40}, "core/malformed", None),
        ({"household_code": "NO-1"}, "visits/reference-unknown", "/household_code"),
        ({"topics": ["x"]}, "visits/reference-unknown", "/topics/0"),
        ({"photos": [{"photo_id": str(uuid4())}]}, "visits/reference-unknown", "/photos/0/photo_id"),
    ],
)
async def test_bad_input_gets_a_problem_that_says_what(wire, as_, cast: Cast, said, code, pointer):
    answer = await wire.post("", json=body(**said), headers=await as_(cast.cadre))
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (400, code), problem
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert problem["errors"]
    if pointer:
        assert problem["errors"][0]["pointer"] == pointer
        assert any("一" <= letter <= "鿿" for letter in problem["errors"][0]["detail"]), "not in Chinese"
    assert await everything() == [0, 0, 0, 0, 0]


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b'{"note": "\\ud800"}', b"\xff\xfe", b"[" * 100_000])
async def test_what_is_no_json_object_is_refused(wire, as_, cast: Cast, raw):
    headers = await as_(cast.cadre) | {"Content-Type": "application/json"}
    assert (await wire.post("", content=raw, headers=headers)).status_code == 400


async def test_five_megabytes_of_text_are_too_large(wire, as_, cast: Cast):
    answer = await wire.post("", json=body(note="长" * 1_700_000), headers=await as_(cast.cadre))
    assert answer.status_code == 413
    assert await everything() == [0, 0, 0, 0, 0]


async def test_a_stranger_is_refused_and_told_which_place_it_was(wire, as_, cast: Cast):
    answer = await wire.post("", json=body(), headers=await as_(cast.stranger))
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (403, "visits/household-of-another-territory")
    assert problem["division_code"] == VILLAGE


async def test_created_then_the_same_then_a_conflict(wire, as_, cast: Cast):
    said, headers = body(note="甲"), await as_(cast.cadre)
    first = await wire.post("", json=said, headers=headers)
    again = await wire.post("", json=said, headers=headers)
    other = await wire.post("", json=said | {"note": "乙"}, headers=headers)
    assert [answer.status_code for answer in (first, again, other)] == [201, 200, 409]
    assert first.json() == again.json()
    assert (first.headers["etag"], first.headers["location"]) == ('"1"', f"/api/v1/visits/{said['id']}")
    assert other.json()["code"] == "core/different-arguments"


async def test_an_idempotency_key_stands_in_for_the_id(wire, as_, cast: Cast):
    said, headers = body(), await as_(cast.cadre) | {"Idempotency-Key": "day 7, third house"}
    del said["id"]
    answers = [await wire.post("", json=said, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json()["id"] == answers[1].json()["id"]


async def test_the_topics_are_listed_with_the_six_categories(wire, as_, cast: Cast):
    topics = (await wire.get("/topics", headers=await as_(cast.cadre))).json()
    top = [topic["name_zh"] for topic in topics if topic["parent_code"] is None]
    assert sorted(top) == sorted(["生活保障", "劳动就业", "生产经营", "规划建设", "司法维权", "其他"])
    assert {topic["parent_code"] for topic in topics} - {None} <= {topic["code"] for topic in topics}
