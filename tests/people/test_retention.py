"""Nothing personal is kept for ever, and each run says what it did."""

from datetime import timedelta
from random import Random

import pytest

from backend.core import clock
from backend.core.database import connection, fetch, fetch_row
from backend.people import access_log, consents, households, retention, sessions
from backend.people.refusals import SignInRefused
from backend.people.retention import RetentionFailed, Rule, coarsened
from backend.territory.coordinates import cell_1km
from tests.cast import PASSWORD, phone_of
from tests.people.test_households import line

RULES = {each.name: each for each in retention.rules() if each.name.startswith("people.")}
"""This room's own; the rooms above bring theirs."""


@pytest.fixture
async def points(db):
    """A table with the columns of a point, one row a day old for each of many places."""
    random = Random(20260501)
    places = [(random.uniform(-180, 180), random.uniform(-90, 90)) for _ in range(1000)]
    places += [(random.uniform(114, 123), random.uniform(34, 39)) for _ in range(4500)]
    places += [(180.0, 0.0), (-180.0, 90.0), (0.0, -90.0), (116.231, 36.865)]
    async with connection() as current:
        await current.execute(
            "CREATE TABLE retention_points (id int, at timestamptz, coarse bool DEFAULT false, longitude float8,"
            " latitude float8, crs text, original_longitude float8, original_latitude float8, accuracy_m float8,"
            " fixed_at timestamptz, provider text, mock bool)"
        )
        rows = [(number, clock.now(), x, y, "gcj02", x, y, 5.0) for number, (x, y) in enumerate(places)]
        await current.executemany(
            "INSERT INTO retention_points (id, at, longitude, latitude, crs, original_longitude, original_latitude,"
            " accuracy_m) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            rows,
        )
        yield places
        await current.execute("DROP TABLE retention_points")


POINTS = Rule("test.points", 90, coarsened("retention_points", moment="at"))


async def test_a_point_is_precise_for_90_days_and_then_the_middle_of_its_cell(points):
    with clock.stopped(clock.now() + timedelta(days=89)):
        assert (await retention.apply_rule(POINTS)).rows == 0
    with clock.stopped(clock.now() + timedelta(days=91)):
        assert (await retention.apply_rule(POINTS)).rows == len(points)
        assert (await retention.apply_rule(POINTS)).rows == 0

    rows = await fetch("SELECT * FROM retention_points ORDER BY id")
    for place, row in zip(points, rows, strict=True):
        assert (row["longitude"], row["latitude"]) == pytest.approx(cell_1km(*place), abs=2e-7)
    precise = ("crs", "original_longitude", "original_latitude", "accuracy_m", "fixed_at", "provider", "mock")
    assert {row[name] for row in rows for name in precise} == {None}
    assert all(row["coarse"] for row in rows)


async def test_every_run_is_a_line_of_the_report(cast):
    await access_log.note_access(
        by=cast.cadre, subject_kind="household", subject_id=cast.household, fields=["contact_name"], request_id="r"
    )
    run_at = clock.now() + timedelta(days=1097)
    with clock.stopped(run_at):
        await retention.run_retention()

    runs = {row["rule"]: row for row in await fetch("SELECT * FROM people_retention_run")}
    assert set(runs) == {each.name for each in retention.rules()} >= set(RULES)
    assert runs["people.access_log"]["rows"] == 1
    assert runs["people.access_log"]["cut_off"] == run_at - timedelta(days=1096)
    assert await fetch("SELECT FROM people_access_log") == []


async def test_a_rule_that_fails_does_not_stop_the_others_and_the_job_is_tried_again(cast, monkeypatch):
    broken = Rule("a.broken", 1, "DELETE FROM no_such_table WHERE at < $1")
    monkeypatch.setattr(retention, "_rules", {"a.broken": broken, **RULES})

    with pytest.raises(RetentionFailed, match=r"a\.broken"):
        await retention.run_retention()

    assert len(await fetch("SELECT FROM people_retention_run")) == 1 + len(RULES)


def test_two_rules_cannot_share_a_name_and_a_table_is_named_by_a_word():
    with pytest.raises(RuntimeError):
        retention.rule("people.access_log", days=1, statement="")
    with pytest.raises(ValueError):
        coarsened("visits; DROP TABLE people_person", moment="at")


async def after(days, *names):
    with clock.stopped(clock.now() + timedelta(days=days)):
        return [(await retention.apply_rule(RULES[name])).rows for name in names]


async def test_a_closed_household_loses_its_contact_after_24_months_and_an_open_one_keeps_it(cast):
    await fetch("UPDATE people_household SET closed_at = $2 WHERE id = $1", cast.household, clock.now())
    await households.amend_household(
        household_id=cast.second_household,
        changes=households.HouseholdChanges(service_needs=[]),
        reason="-",
        by=cast.cadre,
    )

    assert await after(730, "people.closed_households", "people.household_amendments") == [0, 0]
    assert await after(732, "people.closed_households", "people.household_amendments") == [1, 1]

    closed = await fetch_row("SELECT * FROM people_household WHERE id = $1", cast.household)
    assert closed["code"] == "LLM-001"
    gone = ("contact_name_sealed", "contact_phone_sealed", "contact_phone_index", "address_note_sealed", "longitude")
    assert [closed[name] for name in gone] == [None] * 5
    assert len(await fetch("SELECT FROM people_household WHERE contact_name_sealed IS NOT NULL")) == 4


async def test_a_closed_account_loses_its_name_and_phone_after_24_months(cast):
    await fetch("UPDATE people_person SET closed_at = $2 WHERE id = $1", cast.cadre.person_id, clock.now())
    await fetch("UPDATE people_person SET closed_at = $2 WHERE id = $1", cast.expert.person_id, clock.now())

    assert await after(732, "people.closed_accounts") == [2]

    row = await fetch_row("SELECT * FROM people_person WHERE id = $1", cast.cadre.person_id)
    assert (row["name"], bytes(row["phone_sealed"]), row["password_hash"]) == ("", b"", None)
    assert len(await fetch("SELECT DISTINCT phone_index FROM people_person")) == 12


async def test_a_consent_in_force_stays_and_a_withdrawn_one_is_proof_for_36_months(cast):
    for household, given in ((cast.household, True), (cast.second_household, True), (cast.second_household, False)):
        at = clock.now() - timedelta(hours=1 if given else 0)
        await consents.record_consent(**line(household_id=household, given=given, at=at), by=cast.cadre)

    assert await after(1095, "people.consents") == [0]
    assert await after(1097, "people.consents") == [2]
    assert await consents.consented(household_id=cast.household, purpose="service")


async def test_traces_of_sign_ins_go(cast):
    await sessions.sign_in(phone=phone_of("cadre"), password=PASSWORD, device_label="红米")
    with pytest.raises(SignInRefused):
        await sessions.sign_in(phone="199 0000 0077", password="wrong-password")

    names = ("people.sign_in_attempts", "people.device_labels", "people.refresh_tokens")
    assert await after(0, *names) == [0, 0, 0]
    assert await after(2, *names) == [1, 0, 0]
    assert await after(366, *names) == [0, 1, 1]
