"""A visit stays as a fact; its point, its words and what was measured go when their time is over."""

from datetime import timedelta

import backend.cases.retention_rules  # noqa: F401 - what was asked for is forgotten as cases are
from backend.core import clock
from backend.core.database import fetch, fetch_row
from backend.people import retention
from backend.territory.coordinates import cell_1km
from backend.visits.actions import get_visit, record_visit
from backend.visits.needs import move_need
from backend.visits.schemas import NewNeed
from backend.visits.tables import NeedState
from tests.visits.contacts import HOUSE, contact, point


async def after(days: int, *names: str) -> list[int]:
    """Rows that each rule deals with so many days from now."""
    known = {each.name: each for each in retention.rules()}
    with clock.stopped(clock.now() + timedelta(days=days)):
        return [(await retention.apply_rule(known[name])).rows for name in names]


async def test_a_point_is_precise_for_90_days_and_a_cell_after_that(cast):
    visit = (await record_visit(new=contact(point=point(north_m=2000)), by=cast.cadre)).record

    assert await after(89, "visits.points", "visits.distances") == [0, 0]
    assert await after(91, "visits.points", "visits.distances") == [1, 1]

    kept = await get_visit(visit_id=visit.id, by=cast.cadre)
    assert kept.coarse
    assert (kept.point.longitude, kept.point.latitude) == cell_1km(HOUSE[0], point(north_m=2000).latitude)
    assert kept.point.accuracy_m is None
    assert [(flag.kind, flag.measured, flag.facts) for flag in kept.flags] == [("far_from_household", None, {})]


async def test_words_go_after_24_months_and_the_visit_stays(cast):
    said = contact(note="老人要配助听器", place_note="村口", companions=["赵强"])
    visit = (await record_visit(new=said, by=cast.cadre)).record

    assert await after(730, "visits.notes") == [0]
    assert await after(732, "visits.notes") == [1]
    assert await after(732, "visits.notes") == [0]

    kept = await get_visit(visit_id=visit.id, by=cast.cadre)
    assert (kept.note, kept.place_note, kept.companions) == (None, None, [])
    assert kept.household.code == "LLM-001"


async def test_a_need_is_told_until_24_months_after_it_was_closed_and_an_open_one_for_ever(cast):
    needs = [NewNeed(category="production", description=words) for words in ("浇水", "修路")]
    visit = (await record_visit(new=contact(needs=needs), by=cast.cadre)).record
    solved = next(need.id for need in visit.needs if need.description == "浇水")
    await move_need(need_id=solved, to_state=NeedState.PASSED_ON, by=cast.cadre)
    await move_need(need_id=solved, to_state=NeedState.SOLVED, remark="已通水", by=cast.cadre)

    assert await after(732, "cases.closed") == [1]

    assert {row["description"] for row in await fetch("SELECT description FROM cases_case")} == {"", "修路"}
    assert await fetch_row('SELECT FROM cases_event WHERE "case" = $1 AND payload IS NOT NULL', solved) is None
