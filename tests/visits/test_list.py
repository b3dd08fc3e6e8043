"""Reading visits back: who sees which, in what order, page by page, at the same cost when there are many."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from backend.core import clock
from backend.core.database import fetch
from backend.core.ids import uuid7
from backend.core.paging import Position
from backend.people.actions import assign_role
from backend.people.actors import Actor, Held, visible_to
from backend.people.households import assign_household
from backend.people.tables import Role
from backend.visits import queries
from backend.visits.actions import find_visits, record_visit
from backend.visits.schemas import VisitFilters
from backend.visits.streams import Asked, Values, page
from backend.visits.tables import Channel
from tests.cast import NEXT_VILLAGE, OTHER_COUNTY, OTHER_VILLAGE, SINCE, TOWNSHIP, VILLAGE, Cast
from tests.plans import scans, touched
from tests.visits.contacts import HOUSE, contact, point

START = datetime(2026, 3, 1, 2, tzinfo=UTC)


async def ids(by: Actor, **filters) -> list[UUID]:
    return [record.id for record in await find_visits(by=by, filters=VisitFilters(**filters), limit=1000)]


@pytest.fixture
async def four(cast: Cast) -> dict[str, UUID]:
    """Four contacts, an hour apart: of the cadre, of his neighbour (two villages), of the stranger."""
    made = {
        "mine": (contact(occurred_at=START), cast.cadre),
        "neighbours": (contact(occurred_at=START + timedelta(hours=1), household_code="DYL-001"), cast.next_cadre),
        "in_my_village": (
            contact(
                occurred_at=START + timedelta(hours=2), household_code=None, division_code=VILLAGE,
                channel=Channel.CALL, point=point(),
            ),
            cast.next_cadre,
        ),
        "strangers": (contact(occurred_at=START + timedelta(hours=3), household_code="ZG-001"), cast.stranger),
    }  # fmt: skip
    for new, by in made.values():
        await record_visit(new=new, by=by)
    return {name: new.id for name, (new, _) in made.items()}


async def test_others_visits_to_a_household_are_nothing_to_its_cadre_once_his_role_has_ended(cast):
    visit = (await record_visit(new=contact(), by=cast.assistant)).record
    assert await ids(cast.cadre) == await ids(cast.cadre, household_id=cast.household) == [visit.id]
    await assign_role(
        person_id=cast.cadre.person_id, role=Role.CADRE, division_code=VILLAGE, valid_from=SINCE,
        valid_to=clock.today() - timedelta(days=1),
    )  # fmt: skip

    assert await ids(cast.cadre) == await ids(cast.cadre, household_id=cast.household) == []


async def test_a_cadre_sees_his_own_and_those_of_households_he_serves_today(cast: Cast, four):
    assert await ids(cast.cadre) == [four["mine"]]
    assert four["mine"] not in await ids(cast.next_cadre)
    await assign_household(
        household_id=cast.household, person_id=cast.next_cadre.person_id, valid_from=clock.today(), by=cast.admin
    )
    assert await ids(cast.next_cadre) == [four["in_my_village"], four["neighbours"], four["mine"]]
    assert await ids(cast.cadre) == [four["mine"]], "his own stay his"


async def test_an_overseer_sees_his_territory_newest_first(cast: Cast, four):
    for overseer in (cast.supervisor, cast.auditor, cast.admin):
        assert await ids(overseer) == [four["in_my_village"], four["neighbours"], four["mine"]]
    assert await ids(cast.handler) == await ids(cast.expert) == []


async def test_an_overseer_of_one_village_sees_that_village_and_its_cells(cast: Cast, four):
    cell = VILLAGE + "001"
    await fetch(
        "INSERT INTO territory_division (id, code, prefix, level, name, valid_from, source, demo_point) "
        "VALUES ($1, $2, $2, 'cell', '第一网格', '2020-01-01', 'test', false)", uuid7(), cell,
    )  # fmt: skip
    in_cell = contact(occurred_at=START - timedelta(hours=1), household_code=None, division_code=cell)
    await record_visit(new=in_cell, by=cast.cadre)
    of_village = Actor(cast.auditor.person_id, "何静", "zh", (Held(Role.AUDITOR, VILLAGE, "", (VILLAGE,)),))
    assert await ids(of_village) == [four["in_my_village"], four["mine"], in_cell.id]
    assert await ids(cast.supervisor, division_code=cell) == [in_cell.id]
    assert in_cell.id in await ids(cast.supervisor, division_code=VILLAGE)


async def test_each_filter_narrows(cast: Cast, four):
    mine, neighbours, in_my_village = four["mine"], four["neighbours"], four["in_my_village"]
    expected = {
        (): [in_my_village, neighbours, mine],
        ("division_code", VILLAGE): [in_my_village, mine],
        ("division_code", TOWNSHIP): [in_my_village, neighbours, mine],
        ("division_code", OTHER_COUNTY): [],
        ("division_code", OTHER_VILLAGE): [],
        ("channel", Channel.CALL): [in_my_village],
        ("household_id", cast.household): [mine],
        ("household_id", cast.strangers_household): [],
        ("recorded_by", cast.next_cadre.person_id): [in_my_village, neighbours],
        ("recorded_by", cast.stranger.person_id): [],
        ("campaign_code", "no-such"): [],
        ("has_point", True): [in_my_village],
        ("has_point", False): [neighbours, mine],
        ("occurred_from", START + timedelta(hours=1)): [in_my_village, neighbours],
        ("occurred_to", START + timedelta(hours=1)): [mine],
        ("bbox", (HOUSE[0] - 0.01, HOUSE[1] - 0.01, HOUSE[0] + 0.01, HOUSE[1] + 0.01)): [in_my_village],
        ("bbox", (0.0, 0.0, 1.0, 1.0)): [],
    }
    both = {"household_id": cast.household, "division_code": NEXT_VILLAGE}
    assert await ids(cast.supervisor, **both) == []
    for filters, wanted in expected.items():
        named = {filters[0]: filters[1]} if filters else {}
        assert await ids(cast.supervisor, **named) == wanted, filters


async def test_pages_follow_each_other_without_gap_or_repeat_even_at_one_moment(cast: Cast):
    made = [contact(occurred_at=START + timedelta(minutes=i // 3)) for i in range(10)]
    for new in made:
        await record_visit(new=new, by=cast.cadre)
    wanted = [new.id for new in sorted(made, key=lambda new: (new.occurred_at, new.id), reverse=True)]
    for by in (cast.cadre, cast.supervisor):
        seen, after = [], None
        while True:
            rows = await find_visits(by=by, filters=VisitFilters(), limit=3, after=after)
            seen += [row.id for row in rows[:3]]
            if len(rows) <= 3:
                break
            after = Position(rows[2].occurred_at, rows[2].id)
        assert seen == wanted


async def test_the_route_nobody_wrong_shape_stranger_right_person_twice(wire, as_, cast: Cast, four):
    assert (await wire.get("")).status_code == 401
    headers = await as_(cast.supervisor)
    wrong = (
        "limit=0", "limit=1001", "cursor=x", "occurred_from=2026-03-01T08:00:00", "flag=late", "bbox=1,2,3",
        "bbox=nan,0,1,1", "bbox=0,0,1,91", "division_code=12", "campaign_code=%00", "household_id=1", "crs=wgs72",
        "division_code=37152610133%D9%A5",
    )  # fmt: skip
    for query in wrong:
        answer = await wire.get(f"?{query}", headers=headers)
        assert answer.status_code == 400, query
        assert answer.json()["errors"], query
    stranger = (await wire.get("", headers=await as_(cast.stranger))).json()
    assert [item["id"] for item in stranger["items"]] == [str(four["strangers"])]
    pages = [await wire.get("?limit=2", headers=headers) for _ in range(2)]
    assert pages[0].json() == pages[1].json()
    rest = await wire.get("", params={"limit": 2, "cursor": pages[0].json()["next_cursor"]}, headers=headers)
    listed = [item["id"] for item in pages[0].json()["items"] + rest.json()["items"]]
    assert listed == [str(four[name]) for name in ("in_my_village", "neighbours", "mine")]
    assert rest.json()["next_cursor"] is None


async def test_one_visit_nobody_wrong_shape_stranger_right_person_twice(wire, as_, cast: Cast, four):
    address = f"/{four['mine']}"
    assert (await wire.get(address)).status_code == 401
    assert (await wire.get("/not-an-id", headers=await as_(cast.cadre))).status_code == 404
    assert (await wire.get(address, headers=await as_(cast.stranger))).status_code == 404
    assert (await wire.get(address, headers=await as_(cast.handler))).status_code == 404
    answers = [await wire.get(address, headers=await as_(who)) for who in (cast.cadre, cast.cadre, cast.supervisor)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert answers[0].json() == answers[1].json() == answers[2].json()


async def test_points_come_back_in_the_system_asked_for(wire, as_, cast: Cast, four):
    address = f"/{four['in_my_village']}"
    shown = (await wire.get(f"{address}?crs=gcj02", headers=await as_(cast.supervisor))).json()["point"]
    assert shown["crs"] == "gcj02"
    assert abs(shown["longitude"] - HOUSE[0]) > 0.001


async def many(cast: Cast, count: int) -> None:
    """Contacts in one statement: of 40 villages, of two cadres, spread over time."""
    await fetch(
        "INSERT INTO visits_visit (id, recorded_by, channel, occurred_at, received_at, entered_late, division, "
        "division_code, topics, companions, door, coarse, version, arguments_digest, household) "
        "SELECT gen_random_uuid(), CASE WHEN i % 100 = 0 THEN $2::uuid ELSE $3::uuid END, 'visit', "
        "timestamptz '2025-01-01 00:00Z' + i * interval '1 minute', now(), false, d.id, "
        "CASE WHEN i % 40 = 0 THEN $4 ELSE '371526' || lpad((i % 40 + 200000)::text, 6, '0') END, '{}', '{}', 'test', "
        "false, 1, '', CASE WHEN i % 50 = 0 THEN $5::uuid END "
        "FROM generate_series(1, $1::int) i, territory_division d WHERE d.code = $4",
        count, cast.cadre.person_id, cast.next_cadre.person_id, VILLAGE, cast.household,
    )  # fmt: skip
    await fetch("ANALYZE visits_visit")


@pytest.mark.parametrize("case", ["county", "own", "household", "village", "village_overseer"])
async def test_a_page_reads_hardly_more_rows_when_there_are_many_more_visits(cast: Cast, case):
    village = Actor(cast.auditor.person_id, "", "zh", (Held(Role.AUDITOR, VILLAGE, "", (VILLAGE,)),))
    by, filters = {
        "county": (cast.supervisor, {}),
        "own": (cast.cadre, {}),
        "household": (cast.supervisor, {"household_id": cast.household}),
        "village": (cast.supervisor, {"division_code": VILLAGE}),
        "village_overseer": (village, {}),
    }[case]
    values = Values()
    asked = Asked(
        scope=visible_to(by), filters=VisitFilters(**filters), prefixes=(VILLAGE,) if case == "village" else (),
        after=None, limit=51, shown_before=START,
    )  # fmt: skip
    sql = page(asked, values)
    read = []
    for count in (4_000, 36_000):
        await many(cast, count)
        read.append(touched(await scans(sql, *values.given)))
    assert read[1] < 1.5 * read[0] + 60, read
    assert len(await queries.list_visits(scope=visible_to(by), filters=VisitFilters(**filters), limit=50)) == 51


async def test_a_visit_of_the_next_village_is_not_in_mine(cast: Cast, four):
    assert four["neighbours"] in await ids(cast.supervisor, division_code=NEXT_VILLAGE)
    assert four["neighbours"] not in await ids(cast.supervisor, division_code=VILLAGE)
