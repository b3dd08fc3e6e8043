"""The contacts on a phone: mine and those with my households, this month's, with what became of what was asked."""

from datetime import timedelta
from pathlib import Path

import pytest

from backend.cases import ending, merging, working
from backend.core import clock, ids
from backend.core.database import fetch
from backend.sync.policies import SYNC_POLICIES
from backend.visits.actions import answer_flag, get_visit, record_visit
from backend.visits.amendments import amend_visit
from backend.visits.needs import move_need
from backend.visits.schemas import AmendVisit, NewNeed, NewVisitPhoto
from backend.visits.tables import FlagKind, NeedState
from tests.cast import VILLAGE
from tests.sync.phones import Phone
from tests.visits.contacts import contact, photo_of, point
from tests.visits.fieldwork import Fieldwork, noon

PICTURE = (Path(__file__).parents[2] / "media" / "photos" / "orientation_6_gps.jpg").read_bytes()
FAR = FlagKind.FAR_FROM_HOUSEHOLD
WINDOW = SYNC_POLICIES[-1].visits_for


@pytest.fixture
def fieldwork(cast):
    """Contacts straight into the tables, at any moment."""
    return Fieldwork(cast)


async def phone_of(actor):
    phone = Phone(actor)
    await phone.pull()
    return phone


async def recorded(by, **said):
    return (await record_visit(new=contact(**said), by=by)).record


async def with_need(by, **said):
    """A visit at which something was asked for, and the need's id."""
    need = ids.uuid7()
    visit = await recorded(by, needs=[NewNeed(id=need, category="production", description="渠堵了")], **said)
    return str(visit.id), need


def flags_on(phone, visit):
    return [flag["kind"] for flag in phone.of("visits")[str(visit.id)].get("flags", [])]


async def test_a_phone_carries_what_its_cadre_recorded_and_what_others_did_at_his_households(cast):
    mine = await recorded(cast.cadre, household_code=None, division_code=VILLAGE)
    at_my_household = await recorded(cast.assistant)
    elsewhere = await recorded(cast.assistant, household_code="DYL-001")

    phone = await phone_of(cast.cadre)

    assert set(phone.of("visits")) == {str(mine.id), str(at_my_household.id)}
    assert str(elsewhere.id) in (await phone_of(cast.next_cadre)).of("visits")


async def test_nobody_carries_the_contacts_of_his_territory(cast):
    await recorded(cast.cadre)

    for actor in (cast.supervisor, cast.auditor, cast.operator, cast.expert, cast.stranger):
        assert (await phone_of(actor)).of("visits") == {}


async def test_the_newest_come_first(cast, fieldwork):
    at = clock.now()
    days = {
        await fieldwork.visit(cast.cadre, household=cast.household, at=at - timedelta(days=n)): n for n in (3, 1, 2)
    }

    [page] = await Phone(cast.cadre).pull()

    assert [days[each.id] for each in page.changes.visits.put] == [1, 2, 3]


async def test_a_month_is_carried_by_whole_days_and_what_is_older_is_past(cast, fieldwork):
    with clock.stopped(noon(2026, 6, 20)):
        midnight = clock.now() - timedelta(hours=12)
        edge = await fieldwork.visit(cast.cadre, household=cast.household, at=midnight - WINDOW)
        await fieldwork.visit(cast.cadre, household=cast.household, at=midnight - WINDOW - timedelta(seconds=1))
        phone = await phone_of(cast.cadre)
        assert set(phone.of("visits")) == {str(edge)}

    with clock.stopped(noon(2026, 6, 20) + timedelta(hours=11)):
        assert await phone.pull() == []
    with clock.stopped(noon(2026, 6, 21)):
        await phone.pull()
    assert phone.gone == [("visits", str(edge), "past")]


async def test_what_somebody_puts_right_arrives_with_its_version(cast):
    visit = await recorded(cast.assistant, note="一切都好")
    phone = await phone_of(cast.cadre)
    change = AmendVisit(reason="写错了", version=1, note="机井坏了")
    await amend_visit(visit_id=visit.id, change=change, by=cast.assistant)
    await phone.pull()

    mine = phone.of("visits")[str(visit.id)]
    assert (mine["note"], mine["version"]) == ("机井坏了", 2)


async def test_a_visit_put_right_to_another_household_leaves_the_phone_of_the_first(cast):
    visit, need = await with_need(cast.assistant)
    phone = await phone_of(cast.cadre)
    change = AmendVisit(reason="走错门", version=1, household_code="DYL-001")
    await amend_visit(visit_id=visit, change=change, by=cast.assistant)
    await phone.pull()

    assert sorted(phone.gone) == [("cases", str(need), "not_yours"), ("visits", visit, "not_yours")]


async def test_a_visit_that_is_no_more_is_deleted(cast, fieldwork):
    visit = await fieldwork.visit(cast.cadre, household=cast.household)
    phone = await phone_of(cast.cadre)
    await fetch("DELETE FROM visits_visit WHERE id = $1", visit)
    await phone.pull()

    assert phone.gone == [("visits", str(visit), "deleted")]


# Flags.


async def test_a_flag_comes_to_the_one_flagged_and_a_pull_is_not_a_look(cast):
    visit = await recorded(cast.cadre, point=point(900))
    phone = await phone_of(cast.cadre)
    await phone.pull()

    assert flags_on(phone, visit) == [FAR]
    assert phone.of("visits")[str(visit.id)]["flags"][0]["seen_at"] is None
    assert (await get_visit(visit_id=visit.id, by=cast.supervisor)).flags == []


async def test_who_serves_the_household_is_shown_the_flag_once_the_other_has_seen_it(cast):
    visit = await recorded(cast.assistant, point=point(900))
    phone = await phone_of(cast.cadre)
    assert flags_on(phone, visit) == []

    await get_visit(visit_id=visit.id, by=cast.assistant)
    await phone.pull()

    assert flags_on(phone, visit) == [FAR]


async def test_who_serves_the_household_is_shown_a_flag_that_had_its_time_from_the_next_day_on(cast):
    begun = noon(2026, 6, 16)
    with clock.stopped(begun):
        said = {"occurred_at": begun - timedelta(hours=1), "point": point(900)}
        visit = await recorded(cast.assistant, **said)
    with clock.stopped(begun + timedelta(hours=73)):
        phone = await phone_of(cast.cadre)
        assert flags_on(phone, visit) == []
    with clock.stopped(begun + timedelta(hours=85)):
        await phone.pull()
        assert flags_on(phone, visit) == [FAR]


async def test_an_answer_to_a_flag_arrives_on_both_phones(cast):
    visit = await recorded(cast.assistant, point=point(900))
    phones = [await phone_of(cast.assistant), await phone_of(cast.cadre)]
    await answer_flag(visit_id=visit.id, kind=FAR, answer="在地头见的", by=cast.assistant)

    for phone in phones:
        await phone.pull()
        assert phone.of("visits")[str(visit.id)]["flags"][0]["answer"] == "在地头见的"


# Needs and photos.


async def test_what_became_of_a_need_arrives_with_who_recorded_it_and_who_serves_the_household(cast):
    visit, need = await with_need(cast.assistant)
    phones = [await phone_of(cast.assistant), await phone_of(cast.cadre)]
    await move_need(need_id=need, to_state=NeedState.PASSED_ON, by=cast.supervisor)
    await move_need(need_id=need, to_state=NeedState.SOLVED, by=cast.supervisor)

    for phone in phones:
        await phone.pull()
        assert [each["state"] for each in phone.of("visits")[visit]["needs"]] == ["solved"]
        assert phone.of("cases")[str(need)]["state"] == "resolved"
    assert phones[1].of("households")[str(cast.household)].get("open_needs", 0) == 0


async def test_a_need_without_a_household_is_told_to_who_recorded_it(cast):
    visit, need = await with_need(cast.assistant, household_code=None, division_code=VILLAGE)
    phone = await phone_of(cast.assistant)
    await ending.withdraw(case_id=need, id=ids.uuid7(), by=cast.supervisor)
    await phone.pull()

    assert phone.of("visits")[visit]["needs"][0]["state"] == "withdrawn"


async def test_a_need_that_goes_on_in_anothers_is_solved_on_this_phone_when_that_one_is(cast):
    visit, need = await with_need(cast.cadre)
    _, into = await with_need(cast.next_cadre, household_code="DYL-001")
    await merging.merge(case_id=need, into_case_id=into, id=ids.uuid7(), reason="一条渠", by=cast.supervisor)
    await move_need(need_id=into, to_state=NeedState.PASSED_ON, by=cast.next_cadre)
    phone = await phone_of(cast.cadre)
    assert phone.of("visits")[visit]["needs"][0]["state"] == "passed_on"

    await working.resolve(case_id=into, id=ids.uuid7(), remark="清了", by=cast.next_cadre)
    await phone.pull()

    assert phone.of("visits")[visit]["needs"][0]["state"] == "solved"


async def test_a_photo_that_came_later_is_told_to_both(cast):
    photo = await photo_of(cast.assistant, PICTURE)
    visit = await recorded(cast.assistant, photos=[NewVisitPhoto(photo_id=photo)])
    [row] = await fetch("DELETE FROM visits_photo WHERE visit = $1 RETURNING id, kind", visit.id)
    phones = [await phone_of(cast.assistant), await phone_of(cast.cadre)]
    await fetch(
        "INSERT INTO visits_photo (id, visit, photo, kind) VALUES ($1, $2, $3, $4)", row[0], visit.id, photo, row[1]
    )

    for phone in phones:
        await phone.pull()
        assert phone.of("visits")[str(visit.id)]["photos"] == [{"photo_id": str(photo), "kind": "scene"}]
