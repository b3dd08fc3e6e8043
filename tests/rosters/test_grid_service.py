"""Who serves which grid, between two dates, as a wall shows it."""

import asyncio
from datetime import date, timedelta
from uuid import UUID

import msgspec
import pytest

from backend.core import clock, ids
from backend.core.paging import cursor
from backend.core.refusals import DifferentArguments, Invalid
from backend.people import retention
from backend.people.refusals import PersonUnknown, UnitUnknown
from backend.rosters import retention_rules  # noqa: F401 - registers the rule
from backend.rosters.grid_service_schemas import GridPlace, NewGridService
from backend.rosters.grid_services import assign_grid_service, end_grid_service, list_grid_services
from backend.rosters.station_refusals import AlreadyServes, GridServiceUnknown, NotYourStation
from backend.rosters.station_words import Office
from backend.territory.queries import DivisionUnknown
from tests.cast import NEXT_VILLAGE, OTHER_VILLAGE, TOWNSHIP, VILLAGE
from tests.rosters.market_town import TODAY
from tests.rosters.studio import NOON, count

NOWHERE = UUID(int=404)
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture(autouse=True)
def _at_noon():
    with clock.stopped(NOON):
        yield


def service(town, **more):
    given = {
        "person_id": town.cadre.person_id,
        "office": Office.DEPUTY_COUNTY,
        "division_code": VILLAGE,
        "station_id": town.station,
        "valid_from": YESTERDAY,
    }
    return NewGridService(**(given | more))


async def assign(town, *, id=None, by=None, **more):
    made = await assign_grid_service(id=id or ids.uuid7(), new=service(town, **more), by=by or town.township)
    return made.record


async def listed(town, by=None, **asked):
    return (await list_grid_services(by=by or town.township, limit=100, **asked)).items


async def test_a_wall_tells_who_serves_in_which_office_and_no_number_of_his(town):
    made = await assign(town)
    (shown,) = await listed(town)

    assert shown == made
    assert (shown.person_name, shown.office, shown.station_name) == ("李秀兰", Office.DEPUTY_COUNTY, "梁村代表之家")
    assert "199" not in msgspec.json.encode(shown).decode()


async def test_the_same_twice_is_one_and_another_under_its_id_is_refused(town):
    id = ids.uuid7()
    made = [await assign_grid_service(id=id, new=service(town), by=town.township) for _ in range(2)]
    assert [one.created for one in made] == [True, False]
    with pytest.raises(DifferentArguments):
        await assign(town, id=id, office=Office.OBSERVER)


async def test_nobody_serves_a_place_in_one_office_twice_at_a_time(town):
    await assign(town)
    with pytest.raises(AlreadyServes):
        await assign(town, valid_from=TODAY)
    await assign(town, office=Office.OBSERVER)
    await assign(town, division_code=NEXT_VILLAGE)
    assert len(await listed(town)) == 3
    made = await asyncio.gather(
        *(assign(town, office=Office.PARTY_REPRESENTATIVE) for _ in range(4)), return_exceptions=True
    )
    assert sum(isinstance(one, AlreadyServes) for one in made) == 3


async def test_a_service_ends_with_a_day_and_may_begin_again(town):
    made = await assign(town)
    ended = [await end_grid_service(service_id=made.id, valid_to=TODAY, by=town.township) for _ in range(2)]
    assert [one.valid_to for one in ended] == [TODAY, TODAY]
    assert len(await listed(town)) == 1
    assert await listed(town, on=TODAY + timedelta(days=1)) == []
    await assign(town, valid_from=TODAY + timedelta(days=1))
    with pytest.raises(Invalid):
        await end_grid_service(service_id=made.id, valid_to=YESTERDAY - timedelta(days=1), by=town.township)


async def test_a_list_is_of_a_place_a_station_or_a_person_page_by_page(town):
    made = [await assign(town), await assign(town, division_code=NEXT_VILLAGE, station_id=None)]
    other = await assign(town, person_id=town.township.person_id)
    by_code = sorted([*made, other], key=lambda one: (one.division_code, one.id))

    first = await list_grid_services(by=town.supervisor, limit=2)
    rest = await list_grid_services(by=town.supervisor, limit=2, cursor=first.next_cursor)
    assert first.items + rest.items == by_code
    assert await listed(town, division_code=TOWNSHIP) == by_code
    assert await listed(town, division_code=NEXT_VILLAGE) == [made[1]]
    assert await listed(town, station_id=town.station) == [one for one in by_code if one.station_id]
    assert await listed(town, person_id=town.township.person_id) == [other]


async def test_strangers_see_nobody_and_who_does_not_lead_the_place_assigns_nobody(town):
    made = await assign(town)
    assert await listed(town, by=town.stranger) == []
    assert await listed(town, by=town.cadre) == [made]
    with pytest.raises(DivisionUnknown):
        await listed(town, by=town.stranger, division_code=VILLAGE)
    with pytest.raises(UnitUnknown):
        await listed(town, by=town.stranger, station_id=town.station)
    with pytest.raises(NotYourStation):
        await assign(town, by=town.cadre)
    with pytest.raises(NotYourStation):
        await assign(town, division_code=OTHER_VILLAGE)
    with pytest.raises(GridServiceUnknown):
        await end_grid_service(service_id=made.id, valid_to=TODAY, by=town.stranger)
    with pytest.raises(NotYourStation):
        await end_grid_service(service_id=made.id, valid_to=TODAY, by=town.cadre)


async def test_what_is_not_there_is_refused(town):
    with pytest.raises(PersonUnknown):
        await assign(town, person_id=NOWHERE)
    with pytest.raises(UnitUnknown):
        await assign(town, station_id=NOWHERE)
    with pytest.raises(Invalid):
        await assign(town, valid_to=YESTERDAY - timedelta(days=1))
    assert await count("SELECT count(*) FROM rosters_grid_service") == 0


async def test_it_is_forgotten_two_years_after_it_ended(town):
    made = await assign(town, valid_from=date(2024, 1, 1))
    await end_grid_service(service_id=made.id, valid_to=date(2024, 6, 30), by=town.township)
    await assign(town)
    (rule,) = [each for each in retention.rules() if each.name == "rosters.grid_services"]
    await retention.apply_rule(rule)

    assert await count("SELECT count(*) FROM rosters_grid_service") == 1


@pytest.fixture
def ask(wire, as_):
    async def asked(who, method, path, body=None, **headers):
        return await wire.request(method, path, json=body, headers=(await as_(who) if who else {}) | headers)

    return asked


async def test_the_routes_ask_nobody_the_wrong_shape_a_stranger_the_right_person_and_twice(ask, town):
    body = msgspec.to_builtins(service(town), builtin_types=())
    end = {"valid_to": "2026-12-31"}
    for method, path, given in (
        ("GET", "/grid-services", None),
        ("POST", "/grid-services", body),
        ("POST", f"/grid-services/{NOWHERE}/ending", end),
    ):
        assert (await ask(None, method, path, given)).status_code == 401
    for wrong in ({}, body | {"office": "king"}, body | {"division_code": "37"}, body | {"more": 1}):
        assert (await ask(town.township, "POST", "/grid-services", wrong)).status_code == 400
    nul = cursor(GridPlace("\0", NOWHERE))
    for query in ("division_code=1", "station_id=1", "on=soon", f"cursor={nul}"):
        assert (await ask(town.township, "GET", f"/grid-services?{query}")).status_code == 400
    assert (await ask(town.stranger, "POST", "/grid-services", body)).status_code == 403
    assert (await ask(town.township, "POST", f"/grid-services/{NOWHERE}/ending", end)).status_code == 404

    made = [await ask(town.township, "POST", "/grid-services", body, **{"Idempotency-Key": "k"}) for _ in range(2)]
    assert [answer.status_code for answer in made] == [201, 200]
    path = f"/grid-services/{made[0].json()['id']}/ending"
    assert [(await ask(town.township, "POST", path, end)).status_code for _ in range(2)] == [200, 200]
    (shown,) = (await ask(town.cadre, "GET", "/grid-services")).json()["items"]
    assert (shown["id"], shown["valid_to"]) == (made[0].json()["id"], "2026-12-31")
