"""Thirty days later nothing opens: the key is gone, the rows are empty, the counts stand."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from backend.antifraud import acting, day_keys, payloads, purging, reading, warning_queries
from backend.antifraud.warning_figures import warning_figures
from backend.antifraud.warning_refusals import WarningErased
from backend.antifraud.warning_schemas import NewAttempt, WarnedPerson
from backend.antifraud.warning_tables import FraudWarning, KeyPurge, WarningAttempt, WarningPost
from backend.antifraud.warning_words import AttemptHow, WarningOutcome
from backend.antifraud.words import WarningLevel
from backend.core import cipher, clock, ids, jobs
from backend.core.database import fetch
from backend.core.refusals import Forbidden
from backend.core.settings import settings
from backend.people.retention import run_retention
from backend.people.tables import Role
from tests.antifraud.centre import AT_TWO, PERSON, Centre
from tests.antifraud.outreach import somebody
from tests.cast import COUNTY, SINCE, VILLAGE

DAY = AT_TWO.date()
CALL = NewAttempt(how=AttemptHow.CALL, reached=True, note="已挂断")


@pytest.fixture
async def centre(cast):
    made = await Centre.open(cast)
    with clock.stopped(AT_TWO):
        yield made


def in_days(days):
    return clock.stopped(AT_TWO + timedelta(days=days))


async def acted(centre):
    warning = await centre.posted()
    await acting.record_attempt(warning_id=warning.id, id=ids.uuid7(), new=CALL, by=centre.assistant)
    await acting.close_warning(warning_id=warning.id, outcome=WarningOutcome.DISSUADED, by=centre.assistant)
    return warning


def key_file(day: date = DAY) -> Path:
    return Path(settings().warning_keys.removeprefix("file://")) / "days" / day.isoformat()


async def test_a_key_lies_sealed_outside_the_store_and_the_database_and_opens_its_own_day_only(centre):
    warning = await acted(centre)
    sealed = await warning_queries.payload(warning.id)

    assert not key_file().is_relative_to(settings().lianxin_data.resolve() / "objects")
    assert await day_keys.todays() not in key_file().read_bytes()
    assert await payloads.person_of(sealed, day=DAY) == WarnedPerson(**PERSON)
    with in_days(1):
        other = await day_keys.todays()
        with pytest.raises(cipher.SealBroken):
            cipher.unseal_bytes(sealed, key=other, purpose=payloads.PERSON)


async def test_on_the_thirtieth_day_it_still_opens_and_on_the_next_nothing_does(centre):
    warning = await acted(centre)
    backup = await warning_queries.payload(warning.id)
    with in_days(30):
        await purging.destroy_keys()
        found = await reading.get_warning(warning_id=warning.id, by=centre.assistant, request_id="r")
        assert found.person is not None
    with in_days(31):
        await purging.destroy_keys()
        found = await reading.get_warning(warning_id=warning.id, by=centre.assistant, request_id="r")
        assert (found.person, found.attempts[0].note) == (None, None)
        assert await payloads.person_of(backup, day=DAY) is None
        with pytest.raises(WarningErased):
            await acting.record_attempt(warning_id=warning.id, id=ids.uuid7(), new=CALL, by=centre.assistant)
    assert not key_file().exists()
    assert await payloads.person_of(backup, day=DAY) is None, "not even if a clock goes back"


async def test_a_key_s_file_is_written_over_before_it_goes(centre, tmp_path):
    await acted(centre)
    twin = tmp_path / "twin"
    twin.hardlink_to(key_file())
    before = twin.read_bytes()
    await day_keys.destroy(DAY)

    assert len(twin.read_bytes()) == len(before)
    assert twin.read_bytes() != before
    await day_keys.destroy(DAY)


async def test_the_rows_are_empty_and_the_report_and_the_figures_stand(centre):
    warning = await acted(centre)
    with in_days(31):
        for _ in range(2):
            await purging.destroy_keys()
        (purge,) = [
            each
            for each in await purging.list_purges(by=centre.supervisor, limit=50, before=None)
            if each.key_day == DAY
        ]
        figures = await warning_figures(prefix=VILLAGE, since=DAY, until=DAY)
    row = (await FraudWarning.select().where(FraudWarning.id == warning.id))[0]
    attempt = (await WarningAttempt.select().where(WarningAttempt.warning == warning.id))[0]

    assert (row["payload_sealed"], row["reference_index"], row["arguments_digest"]) == (None, None, b"")
    assert (attempt["note_sealed"], attempt["arguments_digest"]) == (None, b"")
    assert (purge.warnings, purge.attempts) == (1, 1)
    assert figures.outcomes[WarningOutcome.DISSUADED] == 1


async def test_what_a_killed_purge_left_is_finished_the_next_night(centre):
    await acted(centre)
    with in_days(31):
        await day_keys.destroy(DAY)
    with in_days(32):
        await purging.destroy_keys()
    assert await KeyPurge.count().where(KeyPurge.key_day == DAY) == 1
    assert await FraudWarning.count().where(FraudWarning.payload_sealed.is_not_null()) == 0


async def test_a_warning_that_nobody_ended_waits_for_nobody_after_it_was_erased(centre):
    warning = await centre.posted()
    with in_days(31):
        await purging.destroy_keys()
        assert await reading.list_my_warnings(by=centre.assistant) == []
    (task,) = await fetch("SELECT state FROM tasks_task WHERE origin_id = $1", warning.id)
    assert task["state"] == "withdrawn"
    assert (await warning_queries.warning(warning.id))["outcome"] is None


async def test_the_daily_retention_empties_the_dark_bytes_too(centre):
    await acted(centre)
    with in_days(31):
        await run_retention()
    assert await FraudWarning.count().where(FraudWarning.payload_sealed.is_not_null()) == 0
    assert await WarningAttempt.count().where(WarningAttempt.note_sealed.is_not_null()) == 0


async def test_message_ids_are_forgotten_once_no_clock_lets_them_in_again(centre):
    await centre.posted()
    await purging.destroy_keys()
    assert await WarningPost.count() == 1
    with in_days(1):
        await purging.destroy_keys()
    assert await WarningPost.count() == 0


async def test_the_purge_and_the_sweep_are_on_the_schedule(centre):
    assert jobs.registered["antifraud/destroy-keys"].cron == "11 0 * * *"
    assert jobs.registered["antifraud/escalate-all"].cron == "* * * * *"


async def test_only_those_who_oversee_see_what_was_purged(centre):
    with pytest.raises(Forbidden):
        await purging.list_purges(by=centre.assistant, limit=5, before=None)


async def test_figures_tell_how_soon_warnings_were_taken_and_how_many_there_are_per_assistant_and_day(centre):
    for number, seconds in enumerate((10, 20, 30, 40, 100)):
        warning = await centre.posted(centre.said(f"YJ-{number}"), message_id=str(number))
        with clock.stopped(AT_TWO + timedelta(seconds=seconds)):
            await acting.acknowledge_warning(warning_id=warning.id, by=centre.assistant)
    await centre.posted(centre.said("drill", exercise=True), message_id="drill")
    await somebody(Role.ASSISTANT, VILLAGE, number=62)
    week = await warning_figures(prefix=COUNTY[:6], since=DAY - timedelta(days=6), until=DAY)
    high = week.levels[0]

    assert (high.level, high.received, high.acknowledged, high.not_closed) == (WarningLevel.HIGH, 5, 5, 5)
    assert (high.acknowledged_s_p50, high.acknowledged_s_p90) == (30.0, pytest.approx(76.0))
    assert (week.assistant_days, week.per_assistant_day) == (14, 0.357)


async def test_an_assistant_counts_once_a_day_however_many_roles_he_holds(centre):
    await fetch(
        "INSERT INTO people_role_assignment (id, person, role, division, valid_from) "
        "SELECT gen_random_uuid(), person, role, division, $1 FROM people_role_assignment WHERE role = 'assistant'",
        SINCE + timedelta(days=1),
    )
    assert (await warning_figures(prefix=COUNTY[:6], since=DAY, until=DAY)).assistant_days == 1


async def test_figures_of_a_place_without_warnings_are_zeros_and_not_a_guess(centre):
    figures = await warning_figures(prefix="370782", since=DAY, until=DAY)
    assert (figures.received, figures.per_assistant_day, figures.levels[0].acknowledged_s_p50) == (0, None, None)
