"""The demo's cases: every door, state and light has an example, and everything shown hangs together."""

from backend.cases import anchors, lists, records, routing
from backend.cases.filters import CaseFilters
from backend.cases.public import public_case
from backend.cases.suggestions import get_suggestion
from backend.cases.words import CaseState, Channel
from backend.core import clock
from backend.core.database import fetch
from backend.people.sessions import actor
from backend.people.tables import Role
from seed import cases
from seed.case_story import case_id
from seed.case_words import CASES
from seed.cast import HANDLERS, LIANGCUN, holder


async def words(sql: str) -> set[str]:
    return {row[0] for row in await fetch(sql)}


async def supervisor():
    return await actor(person_id=holder(Role.SUPERVISOR).id)


async def lights(name: str) -> set[str]:
    case = await records.get_case(case_id=case_id(name), by=await supervisor())
    return {each.light.value for each in case.clocks if each.due_at}


async def test_every_door_and_every_state_has_an_example(planted):
    assert await words("SELECT DISTINCT channel FROM cases_case") == set(Channel)
    assert await words("SELECT DISTINCT state FROM cases_case") == set(CaseState)
    assert len(CASES) >= 30


async def test_the_three_lights_burn_as_they_are_named(planted):
    assert await lights("green") == {"green"}
    assert await lights("yellow") == {"yellow"}
    assert await lights("overdue") == {"red"}
    assert await lights("suspended") == {"grey"}


async def test_the_overdue_one_was_asked_for_three_times_and_one_of_them_was_taken_on(planted):
    rows = await fetch(
        "SELECT n.number, n.percent, n.state, n.level FROM deadlines_expedite n "
        "JOIN deadlines_clock c ON c.id = n.clock WHERE c.subject_id = $1 ORDER BY n.number",
        case_id("overdue"),
    )

    assert [(row["number"], row["percent"]) for row in rows] == [(1, 75), (2, 90), (3, 100)]
    assert rows[0]["state"] == "acknowledged"
    assert rows[2]["level"] >= 1


async def test_a_late_slip_keeps_the_day_on_which_it_was_written(planted):
    case = await records.get_case(case_id=case_id("late_slip"), by=await supervisor())

    assert case.entered_late
    assert (case.received_at - case.opened_at).days == 1


async def test_the_province_s_earlier_deadline_counts(planted):
    case = await records.get_case(case_id=case_id("province"), by=await supervisor())

    assert case.upstream_number
    assert {each.due_at for each in case.clocks if each.kind == "response"} == {case.upstream_due_at}


async def test_the_suggestion_stands_half_way(planted):
    suggestion = await get_suggestion(case_id=case_id("suggestion"), by=await supervisor())

    assert [signature.stands for signature in suggestion.signatures] == [True] * 3
    assert suggestion.hearing is not None
    assert suggestion.missing == ["report.party_committee", "report.congress", "report.public_notice"]


async def test_a_joint_meeting_took_two_cases_up_and_gave_its_units_work(planted):
    meeting = await cases.meetings.get_meeting(meeting_id=cases.made_id("meeting"), by=await supervisor())

    assert meeting.state == "concluded"
    assert [item.case_id for item in meeting.agenda] == [case_id("canal"), case_id("underpass")]
    assert all(task.tasked for task in meeting.sub_tasks)
    assert await words("SELECT DISTINCT loop FROM cases_case WHERE loop > 1") == {3}


async def test_the_routing_table_proposes_whoever_acts_in_the_end(planted):
    for category, division_code, key, _ in cases.ROUTES:
        found = await routing.proposal(category_code=category, division_code=division_code)
        assert found is not None
        assert found.unit.id == cases.unit(key)
    assert (await routing.proposal(category_code="other.suggestion", division_code=LIANGCUN)) is None


async def test_whoever_handles_sees_what_his_unit_has(planted):
    for member in (holder(Role.HANDLER), *HANDLERS):
        page = await lists.list_cases(by=await actor(person_id=member.id), filters=CaseFilters(), limit=50)
        assert page.items, member.name


async def test_every_timeline_verifies_and_nothing_in_it_is_still_to_come(planted):
    for told in CASES:
        assert (await anchors.verify(case_id=told.id)).intact, told.name
    (latest,) = await fetch("SELECT max(at) AS at FROM cases_event")
    assert latest["at"] < clock.now()


async def test_the_receipt_that_demo_json_shows_opens_and_stays_the_same(planted):
    number, secret = await cases.receipt(None)

    assert await cases.receipt(secret) == (number, secret)
    other = "000000" if secret != "000000" else "111111"
    renewed = (await cases.receipt(other))[1]
    assert await cases.receipt(renewed) == (number, renewed)
    shown = await public_case(case_id=case_id("receipt"))
    assert [line.kind for line in shown.timeline][:2] == ["opened", "dispatched"]
