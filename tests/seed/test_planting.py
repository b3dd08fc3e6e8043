"""Planting the demo county: quick, whole or not at all, and harmless when repeated."""

from datetime import timedelta

import pytest

from backend.core import clock
from backend.core.database import fetch, fetch_row
from seed import county
from tests.conftest import Kept

TABLES = (
    "territory_division",
    "people_person",
    "people_role_assignment",
    "people_household",
    "people_household_service",
    "visits_visit",
    "visits_flag",
    "visits_photo",
    "cases_case",
    "cases_event",
    "visits_campaign",
    "visits_service_team",
    "visits_target",
    "visits_spot_check",
    "visits_spot_check_item",
    "media_photo",
    "cases_route",
    "cases_meeting",
    "cases_signature",
    "deadlines_clock",
    "deadlines_expedite",
    "deadlines_sending",
    "tasks_task",
    "push_notice",
    "antifraud_warning",
    "antifraud_attempt",
    "antifraud_hand",
    "antifraud_purge",
    "antifraud_round_mark",
    "antifraud_round_count",
    "antifraud_letter_range",
    "antifraud_app_coverage",
    "antifraud_case",
    "antifraud_library_approval",
    "alerts_alert",
    "rosters_shift",
    "rosters_station_hours",
    "rosters_market_day",
    "rosters_stall_day",
    "rosters_grid_service",
    "hotline_call",
    "hotline_callback",
    "hotline_callback_try",
    "hotline_text",
    "hotline_transfer",
    "hotline_firm_case",
    "hotline_flow_slip",
    "hotline_pledge",
    "hotline_survey_draw",
    "hotline_survey_answer",
    "hotline_unit_talk",
    "hotline_shift_note",
)


async def rows() -> dict[str, int]:
    """How many there are in each table."""
    return {table: (await fetch_row(f"SELECT count(*) FROM {table}"))[0] for table in TABLES}


@pytest.fixture
async def planted(db: None, planting: Kept[county.Seeded]) -> county.Seeded:
    """The county for a test that changes it."""
    return await planting.again()


async def test_what_is_planted_is_a_county_to_look_around_in(planted):
    assert planted.households == 300
    assert planted.visits >= 400


async def test_planting_it_twice_changes_nothing(planted):
    before = await rows()

    with clock.stopped(clock.now() + timedelta(days=3)):
        again = await county.plant()

    assert again == planted
    assert await rows() == before


async def test_what_is_missing_is_planted_again(planted):
    before = await rows()
    await fetch("DELETE FROM visits_spot_check")

    await county.plant()

    assert await rows() == before


async def test_half_a_county_is_never_left_behind(db, monkeypatch):
    async def fail(*_: object) -> None:
        raise RuntimeError("the power went out")

    monkeypatch.setattr(county, "checked", fail)
    with pytest.raises(RuntimeError, match="power"):
        await county.plant()

    assert not await county.is_there()
