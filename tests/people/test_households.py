"""Households: registered once, served by one cadre at a time, read with a trace, put right with a history."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import asyncpg
import msgspec
import pytest

from backend.core import clock
from backend.core.cipher import unseal
from backend.core.database import fetch, fetch_row
from backend.core.refusals import DifferentArguments, Forbidden, Invalid
from backend.people import access_log, consents, household_queries, households, sessions
from backend.people.actions import assign_role
from backend.people.household_schemas import HouseholdChanges
from backend.people.refusals import (
    CannotServe,
    ConsentSubjectMissing,
    HouseholdCodeTaken,
    HouseholdUnknown,
    OtherTerritory,
    PersonUnknown,
    ServiceBegun,
)
from backend.people.tables import Role
from backend.territory.coordinates import Crs
from backend.territory.points import Point
from tests.cast import FARMER, NEXT_VILLAGE, OTHER_VILLAGE, SINCE, TOWNSHIP, VILLAGE

NEW = {
    "code": "LLM-099",
    "division_code": VILLAGE,
    "contact_name": "林新",
    "contact_phone": "199 0000 0061",
    "point": Point(
        crs=Crs.WGS84, longitude=116.3, latitude=36.93, fixed_at=datetime(2026, 5, 1, 9, tzinfo=clock.SHANGHAI)
    ),
}


async def test_a_household_sent_twice_is_there_once(cast):
    id = uuid4()
    first = await households.register_household(id=id, **NEW, by=cast.cadre)
    moved = msgspec.structs.replace(NEW["point"], fixed_at=datetime(2026, 5, 1, 1, tzinfo=UTC))
    again = {**NEW, "point": moved, "contact_phone": "+8619900000061"}

    assert await households.register_household(id=id, **again, by=cast.cadre) == first
    with pytest.raises(DifferentArguments):
        await households.register_household(id=id, **{**NEW, "contact_name": "别人"}, by=cast.cadre)
    with pytest.raises(HouseholdCodeTaken):
        await households.register_household(id=uuid4(), **NEW, by=cast.cadre)


async def test_a_household_is_registered_by_people_of_the_place_only(cast):
    for by in (cast.stranger, cast.expert):
        with pytest.raises(OtherTerritory):
            await households.register_household(id=uuid4(), **NEW, by=by)


async def test_a_household_is_seen_by_who_serves_it_and_by_its_overseers_and_by_nobody_else(cast):
    for by in (cast.cadre, cast.supervisor, cast.auditor, cast.admin):
        card = await household_queries.household(household_id=cast.household, by=by)
        assert (card.code, card.served_by.name, card.division_name) == ("LLM-001", "李秀兰", "琉璃庙村村委会")
    for by in (
        cast.stranger,
        cast.next_cadre,
        cast.assistant,
        cast.expert,
        cast.technician,
        cast.operator,
        cast.handler,
    ):
        with pytest.raises(HouseholdUnknown):
            await household_queries.household(household_id=cast.household, by=by)


async def test_reassigning_ends_the_former_service_the_day_before_and_moves_what_is_seen(cast):
    today = clock.today()

    await households.assign_household(
        household_id=cast.household, person_id=cast.next_cadre.person_id, valid_from=today, by=cast.supervisor
    )

    rows = await fetch(
        "SELECT person, valid_from, valid_to FROM people_household_service WHERE household = $1 ORDER BY valid_from",
        cast.household,
    )
    assert [tuple(row) for row in rows] == [
        (cast.cadre.person_id, SINCE, today - timedelta(days=1)),
        (cast.next_cadre.person_id, today, None),
    ]
    assert await household_queries.serving_today(household_id=cast.household) == cast.next_cadre.person_id
    assert await household_queries.serving_on(household_id=cast.household, day=SINCE) == cast.cadre.person_id
    assert cast.household not in await household_queries.served_today(person_id=cast.cadre.person_id)
    assert await household_queries.household(household_id=cast.household, by=cast.next_cadre)
    with pytest.raises(HouseholdUnknown):
        await household_queries.household(household_id=cast.household, by=cast.cadre)


async def test_a_reassignment_for_next_week_changes_nothing_today(cast):
    next_week = clock.today() + timedelta(days=7)
    await households.assign_household(
        household_id=cast.household, person_id=cast.next_cadre.person_id, valid_from=next_week, by=cast.supervisor
    )

    assert await household_queries.serving_today(household_id=cast.household) == cast.cadre.person_id
    with clock.stopped(clock.now() + timedelta(days=7)):
        assert await household_queries.serving_today(household_id=cast.household) == cast.next_cadre.person_id


async def test_assigning_twice_is_once_and_a_second_beginning_is_refused(cast):
    begin = {"household_id": cast.household, "valid_from": clock.today(), "by": cast.supervisor}
    first = await households.assign_household(person_id=cast.next_cadre.person_id, **begin)

    assert await households.assign_household(person_id=cast.next_cadre.person_id, **begin) == first
    with pytest.raises(ServiceBegun):
        await households.assign_household(person_id=cast.cadre.person_id, **begin)
    with pytest.raises(ServiceBegun):
        await households.assign_household(
            person_id=cast.cadre.person_id, **{**begin, "valid_from": clock.today() - timedelta(days=3)}
        )


async def test_two_supervisors_who_assign_at_once_leave_one_cadre(cast):
    begin = {"household_id": cast.household, "valid_from": clock.today(), "by": cast.supervisor}
    candidates = [cast.next_cadre, cast.assistant]

    answers = await asyncio.gather(
        *[households.assign_household(person_id=each.person_id, **begin) for each in candidates * 3],
        return_exceptions=True,
    )

    assert {type(answer).__name__ for answer in answers} == {"ServiceRecord", "ServiceBegun"}
    rows = await fetch(
        "SELECT person FROM people_household_service WHERE household = $1 AND valid_to IS NULL", cast.household
    )
    assert len(rows) == 1


async def test_the_database_itself_refuses_two_cadres_on_one_day(cast):
    with pytest.raises(asyncpg.ExclusionViolationError):
        await fetch(
            "INSERT INTO people_household_service (id, household, person, valid_from) VALUES ($1, $2, $3, $4)",
            uuid4(), cast.household, cast.next_cadre.person_id, clock.today(),
        )  # fmt: skip


async def test_only_an_overseer_of_the_place_assigns_and_only_somebody_with_a_role_there_serves(cast):
    begin = {"household_id": cast.household, "valid_from": clock.today()}
    for by in (cast.cadre, cast.stranger, cast.auditor):
        with pytest.raises(HouseholdUnknown):
            await households.assign_household(person_id=cast.next_cadre.person_id, by=by, **begin)
    for person in (cast.stranger, cast.expert):
        with pytest.raises(CannotServe):
            await households.assign_household(person_id=person.person_id, by=cast.supervisor, **begin)
    with pytest.raises(CannotServe):
        await households.assign_household(
            household_id=cast.household,
            person_id=cast.next_cadre.person_id,
            valid_from=date(2019, 1, 1),
            by=cast.supervisor,
        )


async def ends(person, *, last_day):
    """His role ends after this day; what he serves is left open."""
    await assign_role(
        person_id=person.person_id, role=Role.CADRE, division_code=VILLAGE, valid_from=SINCE, valid_to=last_day
    )


async def test_whose_role_has_ended_serves_nobody_although_the_household_was_given_to_nobody_else(cast):
    today = clock.today()
    await ends(cast.cadre, last_day=today - timedelta(days=1))

    assert await household_queries.serving_today(household_id=cast.household) is None
    assert await household_queries.served_today(person_id=cast.cadre.person_id) == ()
    for read in (
        household_queries.household(household_id=cast.household, by=cast.cadre),
        households.read_contact(household_id=cast.household, by=cast.cadre, request_id="r-1"),
        households.amend_household(
            household_id=cast.household, changes=HouseholdChanges(), reason="搬家", by=cast.cadre
        ),
    ):
        with pytest.raises(HouseholdUnknown):
            await read
    assert (
        await household_queries.household_of_code(code="LLM-001", by=msgspec.structs.replace(cast.cadre, held=()))
        is None
    )
    assert (await household_queries.household(household_id=cast.household, by=cast.supervisor)).served_by is None


async def test_he_serves_until_the_end_of_the_last_day_of_his_role_and_that_he_did_is_known_afterwards(cast):
    today = clock.today()
    await ends(cast.cadre, last_day=today)

    assert await household_queries.serving_today(household_id=cast.household) == cast.cadre.person_id
    with clock.stopped(clock.now() + timedelta(days=1)):
        assert await household_queries.serving_today(household_id=cast.household) is None
        assert await household_queries.serving_on(household_id=cast.household, day=today) == cast.cadre.person_id


async def test_a_role_in_another_village_or_another_role_in_this_one_does_not_let_him_serve_on(cast):
    today = clock.today()
    await ends(cast.cadre, last_day=today - timedelta(days=1))
    for role, division_code in ((Role.CADRE, NEXT_VILLAGE), (Role.EXPERT, VILLAGE)):
        await assign_role(person_id=cast.cadre.person_id, role=role, division_code=division_code, valid_from=today)
    assert await household_queries.served_today(person_id=cast.cadre.person_id) == ()

    await assign_role(person_id=cast.cadre.person_id, role=Role.ASSISTANT, division_code=TOWNSHIP, valid_from=today)
    assert len(await household_queries.served_today(person_id=cast.cadre.person_id)) == 3


async def test_a_role_over_a_community_serves_the_villages_that_it_groups(cast):
    community = uuid4()
    await fetch(
        "INSERT INTO territory_division (id, code, prefix, level, name, parent, valid_from, source) "
        "SELECT $1, '371526101901', '371526101901', 'community', '琉璃社区', parent, valid_from, source "
        "FROM territory_division WHERE code = $2",
        community, VILLAGE,
    )  # fmt: skip
    await fetch("UPDATE territory_division SET community = $1 WHERE code = $2", community, VILLAGE)
    await ends(cast.cadre, last_day=clock.today() - timedelta(days=1))
    await assign_role(
        person_id=cast.cadre.person_id, role=Role.CADRE, division_code="371526101901", valid_from=clock.today()
    )

    assert await household_queries.serving_today(household_id=cast.household) == cast.cadre.person_id


async def test_reading_a_contact_leaves_a_line_in_the_access_log(cast):
    contact = await households.read_contact(household_id=cast.household, by=cast.cadre, request_id="r-1")
    await households.read_contact(household_id=cast.household, by=cast.supervisor, request_id="r-2")

    assert (contact.contact_name, contact.contact_phone) == (FARMER, "+8619900000051")
    for officer in (cast.auditor, cast.admin):
        log = await access_log.list_access_log(household_id=cast.household, by=officer, limit=10, after=None)
        assert [(read.person_name, read.request_id, read.fields) for read in log] == [
            ("王建国", "r-2", ["contact_name", "contact_phone", "address_note"]),
            ("李秀兰", "r-1", ["contact_name", "contact_phone", "address_note"]),
        ]


async def test_a_refused_read_shows_nothing_and_a_read_that_cannot_be_logged_does_not_happen(cast, monkeypatch):
    with pytest.raises(HouseholdUnknown):
        await households.read_contact(household_id=cast.household, by=cast.stranger, request_id="r-1")
    stranger_to_the_database = msgspec.structs.replace(cast.supervisor, person_id=uuid4())
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await households.read_contact(household_id=cast.household, by=stranger_to_the_database, request_id="r-2")

    assert await fetch("SELECT FROM people_access_log") == []


async def test_the_access_log_is_for_the_officers_of_the_territory(cast):
    for by in (cast.cadre, cast.supervisor, cast.stranger):
        with pytest.raises(Forbidden):
            await access_log.list_access_log(household_id=cast.household, by=by, limit=10, after=None)
    with pytest.raises(HouseholdUnknown):
        await access_log.list_access_log(household_id=cast.strangers_household, by=cast.auditor, limit=10, after=None)


async def amend(cast, by=None, **changes):
    return await households.amend_household(
        household_id=cast.household, changes=HouseholdChanges(**changes), reason="本人要求", by=by or cast.cadre
    )


async def test_a_card_is_put_right_and_what_it_said_is_kept_sealed(cast):
    moved = Point(crs=Crs.GCJ02, longitude=116.31, latitude=36.94)
    card = await amend(cast, contact_name="林大川", contact_phone="199 0000 0062", service_needs=["vet"], point=moved)
    contact = await households.read_contact(household_id=cast.household, by=cast.cadre, request_id="")

    assert card.service_needs == ["vet"]
    assert card.point.longitude != 116.31
    assert (contact.contact_name, contact.contact_phone, contact.address_note) == (
        "林大川",
        "+8619900000062",
        "村东第1排",
    )
    row = await fetch_row("SELECT * FROM people_household_amendment")
    assert (row["by"], row["reason"]) == (cast.cadre.person_id, "本人要求")
    assert FARMER.encode() not in row["before_sealed"]
    before = msgspec.json.decode(unseal(row["before_sealed"], column="people_household_amendment.before_sealed"))
    assert before["contact_name"] == FARMER
    assert before["service_needs"] == ["crop-advice"]
    assert before["point"]["longitude"] == 116.3012
    assert sorted(before) == row["fields"]


async def test_null_removes_what_is_left_out_stays_and_twice_is_once(cast):
    for _ in range(2):
        await amend(cast, contact_phone=None)

    contact = await households.read_contact(household_id=cast.household, by=cast.cadre, request_id="")
    assert (contact.contact_phone, contact.contact_name) == (None, FARMER)
    assert len(await fetch("SELECT FROM people_household_amendment")) == 1


async def test_a_correction_needs_the_server_or_an_overseer_and_a_possible_phone(cast):
    assert await amend(cast, by=cast.admin, service_needs=[])
    with pytest.raises(HouseholdUnknown):
        await amend(cast, by=cast.stranger, service_needs=[])
    with pytest.raises(Invalid):
        await amend(cast, contact_phone="12")


async def test_two_corrections_at_once_both_stay(cast):
    await asyncio.gather(amend(cast, contact_name="林大川"), amend(cast, service_needs=["vet"]))

    card = await household_queries.household(household_id=cast.household, by=cast.cadre)
    contact = await households.read_contact(household_id=cast.household, by=cast.cadre, request_id="")
    assert (card.service_needs, contact.contact_name) == (["vet"], "林大川")


def line(**more):
    return {
        "id": uuid4(), "purpose": "service", "text_version": "2026-01", "text_sha256": "ab" * 32, "channel": "visit",
        "method": "spoken", "given": True, "at": clock.now() - timedelta(hours=1), **more,
    }  # fmt: skip


async def test_the_newest_line_of_the_ledger_counts_and_none_is_altered(cast):
    given = line(household_id=cast.household)
    first = await consents.record_consent(**given, by=cast.cadre)
    assert first.created
    assert not (await consents.record_consent(**given, by=cast.cadre)).created
    assert await consents.consented(household_id=cast.household, purpose="service")
    with pytest.raises(DifferentArguments):
        await consents.record_consent(**{**given, "given": False}, by=cast.cadre)

    await consents.record_consent(**line(household_id=cast.household, given=False, at=clock.now()), by=cast.cadre)

    assert not await consents.consented(household_id=cast.household, purpose="service")
    assert not await consents.consented(household_id=cast.household, purpose="sms")
    assert len(await fetch("SELECT FROM people_consent")) == 2


async def test_a_line_is_about_a_visible_household_or_oneself_and_not_about_tomorrow(cast):
    for subject in ({}, {"household_id": cast.household, "person_id": cast.cadre.person_id}):
        with pytest.raises(ConsentSubjectMissing):
            await consents.record_consent(**line(**subject), by=cast.cadre)
    with pytest.raises(HouseholdUnknown):
        await consents.record_consent(**line(household_id=cast.household), by=cast.stranger)
    with pytest.raises(PersonUnknown):
        await consents.record_consent(**line(person_id=cast.expert.person_id), by=cast.cadre)
    with pytest.raises(Invalid):
        await consents.record_consent(
            **line(household_id=cast.household, at=clock.now() + timedelta(days=1)), by=cast.cadre
        )
    assert (await consents.record_consent(**line(person_id=cast.cadre.person_id), by=cast.cadre)).created


async def test_a_community_gives_its_villages_to_who_holds_a_role_in_it(cast):
    from backend.people import actions
    from backend.territory.actions import open_community

    community = await open_community(
        township_code="371526101000",
        number=1,
        name="联村社区",
        village_codes=[VILLAGE],
        valid_from=SINCE,
        source="test",
    )
    await actions.assign_role(
        person_id=cast.expert.person_id, role="supervisor", division_code=community.code, valid_from=SINCE
    )
    overseer = await sessions.actor(person_id=cast.expert.person_id)

    assert overseer.prefixes(["supervisor"]) == (VILLAGE,)
    assert await household_queries.household(household_id=cast.household, by=overseer)
    with pytest.raises(HouseholdUnknown):
        await household_queries.household(household_id=cast.next_household, by=overseer)


async def test_the_phones_and_names_of_the_cast_lie_in_no_table_in_clear(cast):
    await households.read_contact(household_id=cast.household, by=cast.cadre, request_id="r")
    await amend(cast, contact_name="林大川")
    await sessions.sign_in(phone="199 0000 0001", password="lianxin-2026")
    tables = await fetch("SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'")

    dump = ""
    for table in tables:
        # bytea prints as hex: the digits of a phone kept as bytes would hide in it, so both forms are looked for
        dump += "\n".join(row["line"] for row in await fetch(f"SELECT t::text AS line FROM {table['name']} t"))

    assert "LLM-001" in dump
    assert OTHER_VILLAGE in dump
    for secret in ("9900000001", "9900000051", FARMER, "林大川", "村东第1排"):
        assert secret not in dump
        assert secret.encode().hex() not in dump
