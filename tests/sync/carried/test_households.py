"""The households on a phone: whose they are today, what is owed to them, and whose name was opened for whom."""

from datetime import date, timedelta

import msgspec
import pytest

from backend.core import ids
from backend.core.clock import stopped, today
from backend.core.database import fetch
from backend.people.actions import assign_role
from backend.people.household_schemas import HouseholdChanges
from backend.people.households import amend_household, assign_household
from backend.people.tables import Role
from backend.sync.pulling import sync_pull
from backend.visits.actions import record_visit
from backend.visits.schemas import NewNeed
from backend.visits.tables import Channel
from backend.visits.targets import Period, set_target
from tests.cast import FARMER, NEXT_VILLAGE, SINCE, VILLAGE
from tests.sync.phones import Phone
from tests.tasks.requests import asked
from tests.visits.contacts import contact
from tests.visits.fieldwork import noon


@pytest.fixture
async def phone(cast):
    """The cadre's, which has pulled once."""
    phone = Phone(cast.cadre)
    await phone.pull()
    return phone


async def opened():
    """Who has read whose name, in order."""
    rows = await fetch("SELECT person, subject_id FROM people_access_log ORDER BY at, subject_id")
    return [tuple(row) for row in rows]


async def hand_to(cast, person, household):
    await assign_household(household_id=household, person_id=person.person_id, valid_from=today(), by=cast.supervisor)


async def test_a_phone_carries_the_households_that_its_cadre_serves_and_no_number_of_theirs(cast, phone):
    held = phone.of("households")

    assert set(held) == {str(cast.household), str(cast.second_household), str(cast.third_household)}
    mine = held[str(cast.household)]
    assert (mine["code"], mine["contact_name"], mine["division_code"]) == ("LLM-001", FARMER, VILLAGE)
    assert mine["point"]["crs"] == "wgs84"
    assert "199 0000" not in msgspec.json.encode(held).decode()
    assert not {"distance_m", "days_since_last_contact", "overdue"} & set(mine)


async def test_who_serves_nobody_carries_none_whatever_he_oversees(cast):
    for actor in (cast.supervisor, cast.operator, cast.expert, cast.auditor):
        phone = Phone(actor)
        await phone.pull()
        assert phone.of("households") == phone.of("visits") == phone.of("cases") == {}
    assert await opened() == []


async def test_a_contact_by_somebody_else_is_the_last_contact_on_my_phone(cast, phone):
    visit = (await record_visit(new=contact(channel=Channel.CALL), by=cast.next_cadre)).record
    [page] = await phone.pull()

    assert [each.id for each in page.changes.households.put] == [cast.household]
    mine = phone.of("households")[str(cast.household)]
    assert (mine["last_channel"], "last_visit_at" in mine) == ("call", False)
    assert phone.of("visits")[str(visit.id)]["recorded_by"]["name"] == "周敏"


async def test_a_need_told_at_a_visit_is_owed_to_the_household(cast, phone):
    await record_visit(new=contact(needs=[NewNeed(category="production", description="渠堵了")]), by=cast.next_cadre)
    await phone.pull()

    assert phone.of("households")[str(cast.household)]["open_needs"] == 1


async def test_a_target_set_above_arrives_with_what_was_done_of_it(cast, phone):
    await record_visit(new=contact(), by=cast.cadre)
    await set_target(
        id=ids.uuid7(), division_code=VILLAGE, period=Period.YEAR, minimum_visits=12, valid_from=today(),
        source="镇文件", by=cast.supervisor,
    )  # fmt: skip
    await phone.pull()

    mine = phone.of("households")[str(cast.household)]
    assert (mine["period"], mine["minimum_visits"]) == ("year", 12)
    assert mine["visits_in_period"] in (0, 1), "an hour ago may have been last year"


async def test_names_are_opened_only_for_households_that_are_sent_and_that_is_logged(cast):
    first = await sync_pull(by=cast.cadre, request_id="r9", limit=1)
    assert await opened() == [(cast.cadre.person_id, cast.household)]

    phone = Phone(cast.cadre)
    phone.keep(first)
    await phone.pull()
    assert len(await opened()) == 3
    [logged] = await fetch("SELECT DISTINCT fields, request_id FROM people_access_log WHERE request_id = 'r9'")
    assert tuple(logged) == (["contact_name"], "r9")


async def test_a_day_without_changes_opens_no_name(cast):
    phone = Phone(cast.cadre)
    with stopped(noon(2026, 6, 19)):
        await phone.pull()
    before = await opened()
    with stopped(noon(2026, 6, 20)):
        pages = await phone.pull()

    assert [page.changes.households for page in pages] == [None]
    assert await opened() == before


async def test_a_name_put_right_is_sent_again_although_it_is_sealed(cast, phone):
    await amend_household(
        household_id=cast.household, changes=HouseholdChanges(contact_name="林大海"), reason="写错了", by=cast.cadre
    )
    [page] = await phone.pull()

    assert [(each.code, each.contact_name) for each in page.changes.households.put] == [("LLM-001", "林大海")]


async def test_another_phone_number_is_nothing_that_a_phone_carries(cast, phone):
    changes = HouseholdChanges(contact_phone="199 0000 0088")
    await amend_household(household_id=cast.household, changes=changes, reason="换号", by=cast.cadre)

    assert [page.changes.households for page in await phone.pull()] == [None]


async def test_a_closed_household_is_over(cast, phone):
    await fetch("UPDATE people_household SET closed_at = now() WHERE id = $1", cast.household)
    await phone.pull()

    assert phone.gone == [("households", str(cast.household), "ended")]


async def test_a_household_handed_on_takes_all_of_its_own_from_one_phone_to_the_other(cast):
    need = ids.uuid7()
    said = contact(needs=[NewNeed(id=need, category="production", description="渠堵了")])
    visit = (await record_visit(new=said, by=cast.assistant)).record
    task = await asked(household_id=cast.household)
    others = [await asked(household_id=cast.second_household), await asked(assignee_id=cast.next_cadre.person_id)]
    giver, taker = Phone(cast.cadre), Phone(cast.next_cadre)
    await giver.pull()
    await taker.pull()
    own = {
        "tasks": {str(task.id)},
        "households": {str(cast.household)},
        "cases": {str(need)},
        "visits": {str(visit.id)},
    }
    assert {name: set(giver.of(name)) & set.union(*own.values()) for name in own} == own

    await hand_to(cast, cast.next_cadre, cast.household)
    [given], [taken] = await giver.pull(), await taker.pull()

    assert sorted(giver.gone) == sorted((name, id, "not_yours") for name, [id] in own.items())
    told = msgspec.to_builtins(taken.changes)
    assert {name: {record["id"] for record in changes["put"]} for name, changes in told.items()} == own
    assert [given.reset, taken.reset] == [False, False]
    assert taker.gone == []
    assert all(not changes["put"] for changes in msgspec.to_builtins(given.changes).values())
    assert str(others[0].id) in giver.of("tasks")
    assert str(others[1].id) in taker.of("tasks")


async def test_my_own_visits_stay_mine_when_the_household_goes(cast):
    visit = (await record_visit(new=contact(), by=cast.cadre)).record
    phone = Phone(cast.cadre)
    await phone.pull()
    await hand_to(cast, cast.next_cadre, cast.household)
    await phone.pull()

    assert phone.gone == [("households", str(cast.household), "not_yours")]
    assert set(phone.of("visits")) == {str(visit.id)}


async def test_moving_to_another_village_is_a_small_delta(cast):
    await record_visit(new=contact(household_code="LLM-003"), by=cast.assistant)
    mine = await asked(assignee_id=cast.cadre.person_id)
    phone = Phone(cast.cadre)
    await phone.pull()

    await assign_role(person_id=cast.cadre.person_id, role=Role.CADRE, division_code=NEXT_VILLAGE, valid_from=today())
    for household in (cast.household, cast.second_household, cast.third_household):
        await hand_to(cast, cast.next_cadre, household)
    await hand_to(cast, cast.cadre, cast.next_household)
    [page] = await phone.pull()

    assert not page.reset
    assert page.changes.tasks is None
    assert set(phone.of("tasks")) == {str(mine.id)}
    assert set(phone.of("households")) == {str(cast.next_household)}
    assert phone.of("visits") == {}
    assert {why for _, _, why in phone.gone} == {"not_yours"}
    assert len(phone.gone) == 4


async def test_a_role_given_wakes_the_phone_and_sends_nothing_again(cast, phone):
    await assign_role(
        person_id=cast.cadre.person_id, role=Role.CADRE, division_code=NEXT_VILLAGE, valid_from=date(2026, 2, 1)
    )

    assert [msgspec.to_builtins(page.changes) for page in await phone.pull()] == [{}]
    assert await phone.pull() == []


async def test_a_household_that_will_be_mine_comes_on_its_day(cast):
    with stopped(noon(2026, 6, 19)):
        phone = Phone(cast.next_cadre)
        await phone.pull()
        await assign_household(
            household_id=cast.household,
            person_id=cast.next_cadre.person_id,
            valid_from=today() + timedelta(days=1),
            by=cast.supervisor,
        )
        await phone.pull()
        assert str(cast.household) not in phone.of("households")
    with stopped(noon(2026, 6, 20)):
        await phone.pull()
        assert str(cast.household) in phone.of("households")


async def test_at_the_midnight_after_the_last_day_of_his_role_all_of_his_households_leave_his_phone(cast):
    need = ids.uuid7()
    with stopped(noon(2026, 6, 19)):
        said = contact(needs=[NewNeed(id=need, category="production", description="渠堵了")])
        visit = (await record_visit(new=said, by=cast.assistant)).record
        task = await asked(household_id=cast.household)
        phone = Phone(cast.cadre)
        await phone.pull()
        await assign_role(
            person_id=cast.cadre.person_id, role=Role.CADRE, division_code=VILLAGE, valid_from=SINCE, valid_to=today()
        )
        await phone.pull()
        assert phone.gone == []
    opened_before = await opened()
    with stopped(noon(2026, 6, 20)):
        [page] = await phone.pull()

    served = {str(cast.household), str(cast.second_household), str(cast.third_household)}
    told = {(name, id): why for name, id, why in phone.gone}
    assert {id for name, id in told if name == "households"} == served
    assert {name for name, _ in told} == {"households", "tasks", "cases", "visits"}
    assert {str(task.id), str(need), str(visit.id)} < {id for _, id in told}
    assert set(told.values()) == {"not_yours"}
    assert page.changes.households.put == []
    assert phone.of("households") == phone.of("tasks") == phone.of("cases") == phone.of("visits") == {}
    assert await opened() == opened_before


async def test_whoever_comes_back_into_his_role_carries_his_households_again(cast):
    role = {"person_id": cast.cadre.person_id, "role": Role.CADRE, "division_code": VILLAGE, "valid_from": SINCE}
    with stopped(noon(2026, 6, 19)):
        phone = Phone(cast.cadre)
        await phone.pull()
        await assign_role(**role, valid_to=today() - timedelta(days=1))
        await phone.pull()
        assert phone.of("households") == {}
        await assign_role(**role, valid_to=None)
        await phone.pull()
        assert len(phone.of("households")) == 3
