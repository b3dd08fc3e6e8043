"""The cases on a phone: what was given to somebody, what he opened, what is about a household that he serves."""

from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from backend.cases import blindness, dispatching, merging, own_queries, working
from backend.cases.clocks import clock_id
from backend.core import clock, ids
from backend.core.clock import stopped
from backend.core.database import connection, fetch
from backend.deadlines.clocks import suspend_clock
from backend.deadlines.tables import SuspensionReason
from backend.sync import views
from backend.sync.carried import CARRIED
from backend.sync.entities import Reader
from backend.sync.policies import SYNC_POLICIES, sync_policy
from backend.visits.actions import record_visit
from backend.visits.schemas import NewNeed
from tests.cases.desk import Desk
from tests.plans import read_whole, scans, touched
from tests.sync.phones import Phone
from tests.visits.contacts import contact, point
from tests.visits.fieldwork import noon

CLOSED_FOR = SYNC_POLICIES[-1].closed_for


@pytest.fixture
async def desk(cast):
    """The cast with a hotline's clerk, and a plumber and a mason in units of their own."""
    return await Desk.make(cast)


async def phone_of(actor):
    phone = Phone(actor)
    await phone.pull()
    return phone


async def taken_in_hand(desk, **said):
    """A case that the clerk opened and the plumber has in hand."""
    case = await desk.dispatched(**said)
    return await dispatching.take_in_hand(case_id=case.id, id=ids.uuid7(), by=desk.plumber)


async def test_three_people_carry_a_case_and_their_units_and_territories_do_not(desk):
    case = await taken_in_hand(desk, household_id=desk.cast.household)

    for actor in (desk.clerk, desk.plumber, desk.cast.cadre):
        assert set((await phone_of(actor)).of("cases")) == {str(case.id)}
    others = (desk.mason, desk.cast.supervisor, desk.cast.operator, desk.cast.handler, desk.cast.next_cadre)
    for actor in others:
        assert (await phone_of(actor)).of("cases") == {}


async def test_what_waits_for_a_unit_is_carried_by_nobody_of_it_until_one_takes_it(desk):
    case = await desk.dispatched()
    phone = await phone_of(desk.plumber)
    assert phone.of("cases") == {}

    await dispatching.take_in_hand(case_id=case.id, id=ids.uuid7(), by=desk.plumber)
    await phone.pull()

    assert phone.of("cases")[str(case.id)]["assignee"]["name"] == "冯水工"


async def test_a_case_tells_facts_and_leaves_the_light_to_the_phone(desk):
    case = await taken_in_hand(desk)

    mine = (await phone_of(desk.plumber)).of("cases")[str(case.id)]

    assert (mine["state"], mine["stage"], mine["category"]["code"]) == ("in_hand", "dispatched", case.category.code)
    running = {each["kind"]: each for each in mine["clocks"]}
    assert set(running) == {"response", "handling"}
    response = running["response"]
    assert response["opened_at"] < response["yellow_from"] < response["due_at"] == mine["due_at"]
    assert "due_at" not in running["handling"], "without a limit the time is only measured"
    assert not {"light", "overdue", "in_time"} & {name for each in mine["clocks"] for name in each}


async def test_whom_to_reach_is_not_on_the_phone(desk):
    await taken_in_hand(desk, contact_name="贺兰山", contact_phone="199 0000 0077")

    phone = await phone_of(desk.plumber)
    told = msgspec.json.encode(phone.of("cases")).decode()

    assert '"has_contact":true' in told
    assert "贺兰山" not in told
    assert "0077" not in told


async def test_nothing_in_a_record_changes_by_the_clock_alone(desk):
    """The dinner hour makes a deadline late, a visit a day old and a flag fit for others: the marks stay."""
    begun = noon(2026, 6, 16) - timedelta(hours=11)
    with stopped(begun):
        await taken_in_hand(desk, household_id=desk.cast.household)
        said = contact(occurred_at=begun, point=point(900), needs=[NewNeed(category="production", description="渠")])
        await record_visit(new=said, by=desk.cast.assistant)

    for days in (0, 3, 4, 40):
        marks = []
        for hours in (1, 8, 20):
            with stopped(begun + timedelta(days=days, hours=hours)):
                reader = Reader(desk.cast.cadre, clock.today(), sync_policy(clock.today()), "r")
                records = {
                    name: await CARRIED[name].read(reader) for name in ("tasks", "households", "cases", "visits")
                }
                marks.append(
                    {(name, id): views.mark(each.record) for name, all_ in records.items() for id, each in all_.items()}
                )
        assert marks[0] == marks[1] == marks[2]


async def test_each_step_that_others_take_arrives(desk):
    case = await taken_in_hand(desk)
    phone = await phone_of(desk.clerk)
    await working.respond(case_id=case.id, id=ids.uuid7(), remark="明天来修", by=desk.plumber)
    [page] = await phone.pull()
    assert [each.id for each in page.changes.cases.put] == [case.id]
    assert phone.of("cases")[str(case.id)]["lines"][-1]["said"]["words"] == "明天来修"
    assert [each["state"] for each in phone.of("cases")[str(case.id)]["clocks"] if each["kind"] == "response"] == [
        "stopped"
    ]

    await working.resolve(case_id=case.id, id=ids.uuid7(), remark="管子换好了", by=desk.plumber)
    await phone.pull()

    mine = phone.of("cases")[str(case.id)]
    assert (mine["state"], mine["outcome"], "due_at" in mine) == ("resolved", "solved", False)


async def test_what_staff_note_among_themselves_is_not_carried_and_wakes_nothing_else(desk):
    case = await taken_in_hand(desk)
    phone = await phone_of(desk.clerk)
    await working.note(case_id=case.id, id=ids.uuid7(), remark="他家钥匙在邻居处", by=desk.plumber)

    assert [page.changes.cases for page in await phone.pull()] == [None]
    assert "钥匙" not in msgspec.json.encode(phone.of("cases")).decode()


async def test_a_clock_that_is_moved_by_itself_arrives(desk):
    case = await taken_in_hand(desk)
    phone = await phone_of(desk.plumber)
    was_due_at = phone.of("cases")[str(case.id)]["due_at"]
    response = clock_id(case.id, "response")
    await fetch("UPDATE deadlines_clock SET due_at = due_at + interval '1 day' WHERE id = $1", response)
    await phone.pull()
    assert phone.of("cases")[str(case.id)]["due_at"] > was_due_at

    await suspend_clock(clock_id=response, reason=SuspensionReason.WEATHER_OR_SEASON)
    await phone.pull()
    assert "due_at" not in phone.of("cases")[str(case.id)], "nothing runs"


async def test_a_case_that_goes_to_another_unit_leaves_the_phone_of_who_had_it(desk):
    case = await taken_in_hand(desk)
    phone = await phone_of(desk.plumber)
    await dispatching.transfer(
        case_id=case.id, id=ids.uuid7(), to_unit_id=desk.roads, reason="路面塌了", by=desk.plumber
    )
    await phone.pull()

    assert phone.of("cases") == {}
    assert phone.gone[-1] == ("cases", str(case.id), "not_yours")


async def test_a_closed_case_stays_for_a_fortnight_and_is_over_then(desk):
    with stopped(noon(2026, 6, 16)):
        case = await desk.resolved()
        phone = await phone_of(desk.clerk)
    with stopped(noon(2026, 6, 16) + CLOSED_FOR):
        await phone.pull()
        assert set(phone.of("cases")) == {str(case.id)}
    with stopped(noon(2026, 6, 17) + CLOSED_FOR):
        await phone.pull()
        assert phone.gone == [("cases", str(case.id), "ended")]
        assert (await phone_of(desk.clerk)).of("cases") == {}


async def test_what_is_open_comes_before_what_is_over(desk):
    old = await desk.open(title="先开的")
    over = await desk.resolved(title="办完了")
    new = await desk.open(title="后开的")

    [page] = await Phone(desk.clerk).pull()

    assert [each.id for each in page.changes.cases.put] == [new.case.id, old.case.id, over.id]


async def test_whoever_owes_a_blind_opinion_carries_no_line_of_what_others_made_of_it_until_he_gave_his(desk):
    case = await taken_in_hand(desk, household_id=desk.cast.household)
    await working.respond(case_id=case.id, id=ids.uuid7(), remark="像是锈病", by=desk.plumber)
    await blindness.begin(case_id=case.id, person_id=desk.cast.cadre.person_id)
    phone = await phone_of(desk.cast.cadre)
    assert "锈病" not in msgspec.json.encode(phone.of("cases")).decode()
    assert "锈病" in msgspec.json.encode((await phone_of(desk.clerk)).of("cases")).decode()

    await blindness.end(case_id=case.id, person_id=desk.cast.cadre.person_id)
    await phone.pull()

    assert "锈病" in msgspec.json.encode(phone.of("cases")).decode()


async def test_a_case_merged_into_anothers_is_told_as_merged(desk):
    one, two = await desk.open(), await desk.open(household_id=desk.cast.household)
    phone = await phone_of(desk.cast.cadre)
    await merging.merge(case_id=two.case.id, into_case_id=one.case.id, id=ids.uuid7(), reason="一件事", by=desk.clerk)
    await phone.pull()

    mine = phone.of("cases")[str(two.case.id)]
    assert (mine["state"], UUID(mine["merged_into"])) == ("merged", one.case.id)


async def test_ones_own_cases_are_read_by_index_among_all_that_an_operator_ever_opened(desk):
    """A clerk of ten years: what he opened and others closed costs his phone nothing."""
    await desk.open()
    async with connection() as rows, rows.transaction():
        await rows.execute("SET LOCAL session_replication_role = replica")  # rows to read past: nobody is told of them
        await rows.execute(
            "INSERT INTO cases_case (id, number, channel, kind, category_code, title, description, division,"
            " division_code, state, state_since, outcome, policy_code, hops, loop, reopened_n, opened_by, opened_at,"
            " received_at, entered_late, closed_at, version, coarse, arguments_digest) "
            "SELECT gen_random_uuid(), 'X' || n, channel, kind, category_code, title, description, division,"
            " division_code, 'resolved', state_since, 'solved', policy_code, 0, 1, 0, opened_by, opened_at,"
            " received_at - n * interval '1 hour', FALSE, received_at - (n + 400) * interval '1 hour', 1, FALSE, '' "
            "FROM (SELECT * FROM cases_case LIMIT 1) c, generate_series(1, 20000) n"
        )
    since = clock.now() - CLOSED_FOR

    found = await scans(own_queries._OWN, desk.clerk.person_id, clock.today(), since, 1000)

    assert not read_whole(found, "cases_case")
    assert touched(found, "cases_case") <= 3, found
