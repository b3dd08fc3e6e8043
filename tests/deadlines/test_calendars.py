"""The calendar: versions that are added and never change, and what a new one does to clocks that run."""

from datetime import date

import pytest

from backend.core import ids
from backend.core.database import fetch
from backend.core.refusals import Forbidden
from backend.deadlines import calendar_queries, reference
from backend.deadlines.alarm import ask_for_the_calendar
from backend.deadlines.calendars import DayKind
from backend.deadlines.clocks import clocks_of, reassign_clock, resume_clock, stop_clock, suspend_clock
from backend.deadlines.explaining import why_due
from backend.deadlines.publishing import get_calendar, publish_calendar
from backend.deadlines.recalculations import (
    apply_recalculation,
    get_recalculation,
    list_recalculations,
    propose_recalculation,
    propose_recalculations,
)
from backend.deadlines.refusals import AnotherTerritory, RecalculationStale
from backend.deadlines.schemas import NewCalendar, NewCalendarDay
from backend.deadlines.tables import SuspensionReason
from tests.cast import COUNTY, OTHER_COUNTY, VILLAGE
from tests.deadlines.conftest import moment, shown

DAYS = {
    DayKind.HOLIDAY: "01-01 01-02 01-03 02-05 02-06 02-07 02-08 02-09 02-10 02-11 05-01 05-02 10-01 10-02 10-03",
    DayKind.WORKDAY: "01-09 02-20",
}
FIRST_VERSION = 1


def notice(**more):
    days = [
        NewCalendarDay(date=date.fromisoformat(f"2027-{day}"), kind=kind, name="节日")
        for kind, text in DAYS.items()
        for day in text.split()
    ]
    return NewCalendar(**({"year": 2027, "source": "国办发明电", "days": days} | more))


async def publish(cast, **more):
    return (await publish_calendar(id=ids.uuid7(), new=notice(**more), by=cast.admin)).record


async def test_loading_again_changes_nothing(db):
    before = await fetch("SELECT count(*) AS n FROM deadlines_calendar_day")
    await reference.load_reference()
    await reference.load_reference()

    assert await fetch("SELECT count(*) AS n FROM deadlines_calendar_day") == before
    assert await calendar_queries.current_version() == FIRST_VERSION


async def test_the_first_version_knows_every_notice_and_the_law_of_the_years_ahead(db):
    calendar = await calendar_queries.calendar(FIRST_VERSION)

    assert calendar.settled == frozenset(range(2004, 2027))
    assert calendar.works(date(2026, 2, 14))
    assert not calendar.works(date(2026, 2, 23))
    assert calendar.named(date(2015, 9, 3)).name_zh == "抗战胜利70周年纪念日"
    assert calendar.named(date(2031, 10, 1)).name_zh == "国庆节、中秋节"
    assert {year: not calendar.works(date(year, 1, 1)) for year in range(2027, 2033)} == dict.fromkeys(
        range(2027, 2033), True
    )
    assert calendar.is_provisional(date(2027, 1, 1))
    assert calendar.is_provisional(date(2040, 1, 1))


async def test_a_later_package_that_knows_a_year_becomes_the_next_version(db, monkeypatch):
    more = {**reference.constants.holidays, date(2027, 1, 1): "New Year's Day", date(2027, 1, 4): "New Year's Day"}
    monkeypatch.setattr(reference.constants, "holidays", more)
    await reference.load_reference()
    await reference.load_reference()

    assert await calendar_queries.current_version() == 2
    calendar = await calendar_queries.calendar(2)
    assert not calendar.works(date(2027, 1, 4))
    assert not calendar.is_provisional(date(2027, 1, 4))
    assert calendar.is_provisional(date(2028, 1, 4))
    assert calendar.works(date(2026, 2, 14)), "what the new version is silent about stays"


async def test_a_notice_may_speak_of_the_december_before(cast):
    last = NewCalendarDay(date=date(2026, 12, 31), kind=DayKind.HOLIDAY, name="元旦")
    published = await publish(cast, days=[*notice().days, last])
    calendar = await calendar_queries.calendar(published.version)

    assert not calendar.works(date(2026, 12, 31))
    assert calendar.works(date(2026, 2, 14))
    assert {day.date for day in (await get_calendar(year=2027)).days} >= {date(2026, 12, 31)}


async def test_a_year_published_twice_is_as_the_later_version_has_it(cast):
    await publish(cast)
    fewer = [day for day in notice().days if day.date != date(2027, 1, 9)]
    second = await publish(cast, days=fewer, source="更正通知")

    assert second.version == 3
    assert (await calendar_queries.calendar(2)).works(date(2027, 1, 9))
    assert not (await calendar_queries.calendar(3)).works(date(2027, 1, 9))
    with pytest.raises(Forbidden):
        await publish_calendar(id=ids.uuid7(), new=notice(), by=cast.supervisor)


async def test_a_new_calendar_moves_nothing_and_its_job_proposes_once_for_each_county(office):
    with moment("2026-12-29 09:00"):
        clock = await office.start("complaint", "2026-12-29 09:00")
        abroad = await office.start("complaint", "2026-12-29 09:00", division_code="370782101255")
        await office.start("general", "2026-12-29 09:00")
        certain = await office.start("consult", "2026-12-28 09:00")
        published = await publish(office.cast)
        await propose_recalculations(published.version)
        await propose_recalculations(published.version)
        (proposal,) = (await list_recalculations(by=office.cast.supervisor)).items
        after = await clocks_of(subject_room="cases", subject_id=clock.subject_id)

    assert after == [clock]
    assert (proposal.division_code, proposal.examined, proposal.moved_n) == (COUNTY, 2, 1)
    (moved,) = proposal.moved
    assert (moved.clock_id, moved.old_due_at) == (clock.id, clock.due_at)
    assert shown(moved.new_due_at) == shown(clock.due_at) == "2027-01-06 23:59:59"
    assert (clock.provisional, moved.provisional, certain.provisional) == (True, False, False)
    assert abroad.id not in {one.clock_id for one in proposal.moved}
    assert moved.text == "仍为 2027-01-06 23:59，现已确定。"


async def test_what_is_applied_is_exactly_what_was_proposed_with_who_and_why(office):
    with moment("2027-02-02 09:00"):
        clock = await office.start("complaint", "2027-02-02 09:00")
        assert shown(clock.due_at) == "2027-02-11 23:59:59"
        await publish(office.cast)
        proposal = (await propose_recalculation(id=ids.uuid7(), division_code=COUNTY, by=office.cast.supervisor)).record
    (moved,) = proposal.moved
    assert shown(moved.new_due_at) == "2027-02-16 23:59:59"
    assert moved.days == [date(2027, 2, 9), date(2027, 2, 10), date(2027, 2, 11)]
    with moment("2027-02-03 09:00") as at:
        applied = await apply_recalculation(recalculation_id=proposal.id, by=office.cast.supervisor)
        assert await apply_recalculation(recalculation_id=proposal.id, by=office.cast.supervisor) == applied
        told = await why_due(clock_id=clock.id)

    assert (applied.state, applied.applied_at) == ("applied", at)
    assert (shown(told.clock.due_at), told.clock.calendar_version, told.clock.provisional) == (
        "2027-02-16 23:59:59",
        2,
        False,
    )
    last = told.events[-1]
    assert (last.kind, last.by, shown(last.old_due_at)) == (
        "recalculated",
        office.cast.supervisor.person_id,
        "2027-02-11 23:59:59",
    )
    assert told.steps[-1].day == date(2027, 2, 16)
    (row,) = await fetch("SELECT expedite_at, next_expedite_at FROM deadlines_clock WHERE id = $1", clock.id)
    assert shown(row["expedite_at"][-1]) == "2027-02-16 23:59:59"
    assert row["next_expedite_at"] == row["expedite_at"][0]


@pytest.mark.parametrize("change", ["stopped", "suspended", "reassigned", "a newer calendar"])
async def test_a_proposal_that_went_stale_is_refused_as_a_whole(office, change):
    with moment("2027-02-02 09:00"):
        clock, other = [await office.start("complaint", "2027-02-02 09:00") for _ in range(2)]
        await publish(office.cast)
        proposal = (await propose_recalculation(id=ids.uuid7(), division_code=COUNTY, by=office.cast.supervisor)).record
        if change == "stopped":
            await stop_clock(clock_id=clock.id)
        elif change == "suspended":
            await suspend_clock(clock_id=clock.id, reason=SuspensionReason.OTHER)
        elif change == "reassigned":
            await reassign_clock(clock_id=clock.id, unit_id=None)
        else:
            await publish(office.cast, source="再次通知")
        with pytest.raises(RecalculationStale):
            await apply_recalculation(recalculation_id=proposal.id, by=office.cast.supervisor)

    assert await clocks_of(subject_room="cases", subject_id=other.subject_id) == [other]
    after = await get_recalculation(recalculation_id=proposal.id, by=office.cast.admin)
    assert after.state == "proposed"


async def test_a_suspended_clock_is_in_the_proposal_and_moves_again_when_it_runs_on(office):
    with moment("2027-02-02 09:00"):
        clock = await office.start("complaint", "2027-02-02 09:00")
        await suspend_clock(clock_id=clock.id, reason=SuspensionReason.OTHER)
        await publish(office.cast)
        proposal = (await propose_recalculation(id=ids.uuid7(), division_code=COUNTY, by=office.cast.supervisor)).record
        await apply_recalculation(recalculation_id=proposal.id, by=office.cast.supervisor)
    with moment("2027-02-04 08:00"):
        ran_on = await resume_clock(clock_id=clock.id)

    assert shown(ran_on.due_at) == "2027-02-17 23:59:59"


async def test_in_november_administrators_are_asked_for_the_next_year_until_it_is_published(cast):
    async def asked():
        rows = await fetch("SELECT assignee, state, title_zh FROM tasks_task ORDER BY assignee")
        return {row["assignee"]: (row["state"], row["title_zh"]) for row in rows}

    title = "请在国务院公布后，录入 2027 年的放假和调休安排。"
    with moment("2026-11-02 09:00"):
        await ask_for_the_calendar()
        await ask_for_the_calendar()
        assert (await asked())[cast.admin.person_id] == ("open", title)
        assert cast.supervisor.person_id not in await asked()
        await publish(cast)
        assert {state for state, _ in (await asked()).values()} == {"done"}
        before = await asked()
        await ask_for_the_calendar()
        assert await asked() == before
    with moment("2025-11-03 09:00"):
        await ask_for_the_calendar()
        assert await asked() == before


async def test_only_the_territory_one_supervises_is_recalculated(office):
    with pytest.raises(AnotherTerritory):
        await propose_recalculation(id=ids.uuid7(), division_code=OTHER_COUNTY, by=office.cast.supervisor)
    with pytest.raises(Forbidden):
        await propose_recalculation(id=ids.uuid7(), division_code=VILLAGE, by=office.cast.operator)
