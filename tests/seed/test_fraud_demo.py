"""The demo's anti-fraud work: every state of a warning, a round, a letter and the figures has an example."""

from datetime import timedelta

import pytest

from backend.antifraud import checks, day_keys, fraud_figures, letters, library_lists, purging, reading, rounds
from backend.antifraud.outreach_words import LetterMove
from backend.antifraud.warning_words import AttemptHow, HandedBecause, WarningDoor, WarningOutcome, WarningState
from backend.antifraud.words import WarningLevel
from backend.core import clock
from backend.core.database import fetch, fetch_row
from backend.people.sessions import actor
from backend.people.tables import Role
from backend.rosters import queries
from seed import antifraud, duty, fraud_cases, fraud_warnings, outreach
from seed.cast import COUNTY, FRAUD_DESK, LIANGCUN, POLICE, VILLAGE, holder
from seed.outreach_words import HZ, JT
from seed.warning_words import FRESH


async def words(sql: str) -> set[str]:
    return {row[0] for row in await fetch(sql)}


async def played(role: Role):
    return await actor(person_id=holder(role).id)


async def opened(warning_id, by):
    return await reading.get_warning(warning_id=warning_id, by=by, request_id="a test")


async def test_warnings_of_every_door_level_state_and_outcome_are_there(planted):
    assert await words("SELECT DISTINCT door FROM antifraud_warning") == set(WarningDoor)
    assert await words("SELECT DISTINCT level FROM antifraud_warning") == set(WarningLevel)
    assert await words("SELECT DISTINCT state FROM antifraud_warning") == set(WarningState)
    assert await words("SELECT DISTINCT outcome FROM antifraud_warning WHERE outcome IS NOT NULL") == set(
        WarningOutcome
    )
    assert await words("SELECT DISTINCT how FROM antifraud_attempt") == set(AttemptHow)
    because = {HandedBecause.FIRST, HandedBecause.NOT_ACKNOWLEDGED, HandedBecause.HANDED}
    assert await words("SELECT DISTINCT because FROM antifraud_hand") == because
    assert await fetch("SELECT FROM antifraud_warning WHERE assignee IS NULL") == []


async def test_of_the_day_that_was_purged_only_what_happened_is_left(planted):
    [purge] = await purging.list_purges(by=await played(Role.AUDITOR), limit=10, before=None)
    kept = await fetch("SELECT payload_sealed, outcome FROM antifraud_warning WHERE key_day = $1", purge.key_day)

    assert (purge.warnings, purge.attempts) == (2, 3)
    assert {(row["payload_sealed"], row["outcome"]) for row in kept} == {(None, "dissuaded"), (None, "mistaken")}
    assert purge.key_day not in await day_keys.days_with_keys()


async def test_the_assistant_acts_on_his_own_and_reads_whom_each_is_about(planted):
    by = await played(Role.ASSISTANT)
    ids = await fraud_warnings.warning_ids()
    mine = {each.id for each in await reading.list_my_warnings(by=by)}

    assert {ids["tried"], ids["today"]} <= mine
    assert ids["handed"] not in mine
    assert (await opened(ids["tried"], by)).person is not None


async def test_posted_warnings_are_named_in_the_order_in_which_they_came(planted):
    ids = await fraud_warnings.warning_ids()
    supervisor = await played(Role.SUPERVISOR)
    told = {name: (await reading.detail(warning_id=id, by=supervisor)).warning for name, id in ids.items()}

    assert told["refund"].outcome == WarningOutcome.TRANSFER_STOPPED
    assert told["credit"].fraud_type == "fake_credit_record"
    assert told["night"].hand_overs == 1


async def test_an_exercise_rings_the_assistant_and_is_rung_anew_when_it_is_stale(planted):
    by = await played(Role.ASSISTANT)
    first = await fraud_warnings.ring_anew()
    assert await fraud_warnings.ring_anew() == first
    found = await opened(first, by)
    assert (found.warning.state, found.warning.exercise, found.person) == ("open", True, FRESH)
    assert 0 < (found.warning.due_acknowledge_at - clock.now()).total_seconds() <= 300

    with clock.stopped(clock.now() + fraud_warnings.STAYS_FRESH):
        second = await fraud_warnings.ring_anew()
        assert (await reading.detail(warning_id=second, by=by)).warning.state == "open"
        assert (await reading.detail(warning_id=first, by=by)).warning.state == "closed"
    assert second != first


async def test_the_secret_of_the_centres_system_is_told_again_at_every_start(planted):
    admin = await played(Role.ADMIN)
    told = [await fraud_warnings.source("http://127.0.0.1:8000", by=admin) for _ in range(2)]

    assert told[0] == told[1]
    assert (told[0].secret or "").startswith("whsec_")


async def test_one_of_the_stations_assistants_keeps_its_phone_at_every_hour(planted):
    assistants = {each.id for each in POLICE if each.role is Role.ASSISTANT}
    for hour in range(-24, 48):
        there = await queries.on_duty(unit_id=duty.PRECINCT_PHONE.unit_id, at=clock.now() + timedelta(hours=hour))
        assert len(there) == 1, hour
        assert there[0].person_id in assistants


async def test_the_round_that_runs_has_doors_left_and_a_village_where_nobody_has_begun(planted):
    found = await rounds.get_round(round_id=outreach.RUNNING, by=await played(Role.SUPERVISOR))
    by_code = {each.division_code: each for each in found.villages}

    assert found.closed_at is None
    assert (found.visited_n, found.absent_n, found.declined_n) == (84, 12, 3)
    assert found.left_n > 50
    assert (by_code[VILLAGE].visited_n, by_code[VILLAGE].absent_n, by_code[VILLAGE].declined_n) == (17, 3, 1)
    assert by_code[JT].visited_n == 0


async def test_of_the_round_that_is_over_counts_are_left_and_no_door(planted):
    found = await rounds.get_round(round_id=outreach.CLOSED, by=await played(Role.SUPERVISOR))

    assert found.closed_at is not None
    assert found.visited_n == 149
    assert await fetch("SELECT FROM antifraud_round_mark WHERE round = $1", outreach.CLOSED) == []


async def test_letters_were_moved_in_every_way_and_one_village_gave_none_out(planted):
    assert await words("SELECT DISTINCT move FROM antifraud_letter_range") == set(LetterMove)
    stocks = await letters.list_stocks(by=await played(Role.SUPERVISOR), division_code=LIANGCUN)
    told = {each.division_code: each for each in stocks.items}

    assert (told[VILLAGE].given_n, told[VILLAGE].lost_n, told[VILLAGE].returned_n) == (400, 50, 10)
    assert told[JT].stock_n == 300
    assert told[HZ].signed_n == 40


async def test_one_fix_is_overdue_and_one_is_done(planted):
    found = (await checks.list_checks(by=await played(Role.SUPERVISOR))).items

    assert [each.division_code for each in found if each.overdue] == [JT]
    assert any(each.fixed_on for each in found)
    assert any(each.fix_by is None for each in found)


async def test_two_of_the_librarys_words_wait_to_be_read(planted):
    everything = await library_lists.list_library(all_of_it=True)
    waiting = {each.name for each in everything if not each.sendable}

    assert waiting == set(antifraud.NOT_APPROVED)
    assert {each.approved_by for each in everything if each.sendable} == {"高唐县公安局反诈中心（演示）"}


async def test_fewer_cases_cost_more_each_and_a_late_one_broke_the_run_on_its_day(planted):
    row = await fetch_row("SELECT * FROM antifraud_case WHERE id = $1", fraud_cases.LATE)
    until = clock.today()
    since = fraud_figures.a_year_before(until)
    told = await fraud_figures.fraud_figures(
        division_code=COUNTY, by=await played(Role.SUPERVISOR), since=since, until=until
    )

    assert told.year_on_year.cases_pct == pytest.approx(-61.94, abs=1)
    assert told.year_on_year.loss_pct == pytest.approx(-26.08, abs=1)
    assert told.year_on_year.loss_per_case_pct == pytest.approx(94, abs=4)
    assert (told.days_without.broken_on, told.days_without.days) == (row["occurred_on"], fraud_cases.HAPPENED)
    assert (row["registered_on"] - row["occurred_on"]).days == fraud_cases.HAPPENED - fraud_cases.REPORTED
    assert told.warnings.levels
    assert told.letters.lost_n == 50
    assert 0.5 < told.app.share < 0.8


async def test_two_years_are_the_same_at_every_telling():
    assert fraud_cases.two_years(clock.today()) == fraud_cases.two_years(clock.today())


async def test_whoever_registers_is_the_polices_handler(planted):
    assert await words("SELECT DISTINCT by FROM antifraud_case") == {FRAUD_DESK.id}
