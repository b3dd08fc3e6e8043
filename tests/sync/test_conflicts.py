"""Where two people changed one field, a person decides, and what each of them wrote is there to be seen."""

import asyncio
from datetime import timedelta

import pytest

from backend.core import clock, ids
from backend.core.database import fetch
from backend.core.refusals import Refusal
from backend.people import households, retention
from backend.people.access_log import list_access_log
from backend.people.household_schemas import HouseholdChanges
from backend.sync import retention_rules  # noqa: F401 - registers
from backend.sync.conflict_queries import count_waiting
from backend.sync.conflicts import decide_conflict, get_conflict, list_conflicts
from backend.sync.refusals import ConflictDecided, ConflictUnknown, DecisionIncomplete, RecordMovedOn
from backend.sync.words import Keep
from backend.visits.actions import get_visit
from tests.cast import VILLAGE
from tests.sync.amending import amend_household, amend_visit, amended_online, contested_visit, recorded

PHONE, RECORD = Keep.PHONE, Keep.RECORD


async def read(conflict_id, by):
    return await get_conflict(conflict_id=conflict_id, by=by, request_id="r")


async def decide(conflict_id, by, keep=None, **more):
    return await decide_conflict(conflict_id=conflict_id, keep=keep or {"note": PHONE}, by=by, request_id="r", **more)


async def contested_card(cast):
    conflict_id = ids.uuid7()
    changes = HouseholdChanges(contact_phone="199 0000 0071", address_note="村西头")
    await households.amend_household(household_id=cast.household, changes=changes, reason="换号了", by=cast.supervisor)
    await amend_household(
        cast.household,
        cast.cadre,
        id=conflict_id,
        contact_phone=("199 0000 0051", "199 0000 0061"),
        address_note=("村东第1排", "村东第2排"),
    )
    return conflict_id


async def test_what_the_phone_had_what_it_wants_and_what_stands_there_are_shown_with_who_wrote_it(cast):
    visit, conflict_id = await contested_visit(cast)

    record = await read(conflict_id, cast.supervisor)

    note = record.values["note"]
    assert (note.had, note.wanted, note.now) == ("看了井", "看了井，约周五修", "看了机井，水位低")
    assert (note.now_by.name, note.agreed) == ("王建国", False)
    assert (record.author.name, record.reason, record.division_code) == ("李秀兰", "记错了", VILLAGE)
    assert (record.household_code, record.occurred_at) == ("LLM-001", visit.occurred_at)


async def test_a_field_that_nobody_amended_is_of_whoever_recorded_the_visit(cast):
    visit, conflict_id = await recorded(cast.cadre), ids.uuid7()
    await amended_online(visit, cast.supervisor, topics=["production"])
    await amend_visit(visit.id, cast.cadre, id=conflict_id, note=("从没写过", "甲"), topics=(["other"], []))

    values = (await read(conflict_id, cast.cadre)).values

    assert (values["note"].now_by.name, values["topics"].now_by.name) == ("李秀兰", "王建国")


async def test_it_waits_for_supervisors_of_the_place_and_for_whoever_may_amend_the_record(cast):
    _, of_visit = await contested_visit(cast)
    of_card = await contested_card(cast)

    for actor, expected in (
        (cast.supervisor, {of_visit, of_card}),
        (cast.cadre, {of_visit, of_card}),
        (cast.next_cadre, set()),
        (cast.assistant, set()),
        (cast.auditor, set()),
        (cast.admin, set()),
        (cast.stranger, set()),
    ):
        listed = await list_conflicts(by=actor, waiting=True, limit=10)
        assert {line.id for line in listed} == expected, actor.name
        assert await count_waiting(by=actor) == len(expected)
        for conflict_id in {of_visit, of_card} - expected:
            with pytest.raises(ConflictUnknown):
                await read(conflict_id, actor)
            with pytest.raises(ConflictUnknown):
                await decide(conflict_id, actor)


async def test_whoever_serves_the_household_from_now_on_decides_about_its_card(cast):
    conflict_id = await contested_card(cast)
    with clock.stopped(clock.now() + timedelta(days=1)):
        await households.assign_household(
            household_id=cast.household,
            person_id=cast.next_cadre.person_id,
            valid_from=clock.today(),
            by=cast.supervisor,
        )
        assert [line.id for line in await list_conflicts(by=cast.next_cadre, waiting=True, limit=10)] == [conflict_id]
        assert await list_conflicts(by=cast.cadre, waiting=True, limit=10) == []


async def test_the_phone_may_be_right(cast):
    visit, conflict_id = await contested_visit(cast)

    record = await decide(conflict_id, cast.supervisor)

    now = await get_visit(visit_id=visit.id, by=cast.cadre)
    assert (now.note, now.version) == ("看了井，约周五修", 3)
    assert (record.decided_by.name, record.decision) == ("王建国", {"note": PHONE})
    [*_, last] = await fetch("SELECT by, reason, before FROM visits_amendment ORDER BY version")
    assert last["by"] == cast.supervisor.person_id
    assert "记错了" in last["reason"]
    assert "看了机井，水位低" in last["before"], "what it said is kept"
    assert await list_conflicts(by=cast.supervisor, waiting=True, limit=5) == []
    assert [line.id for line in await list_conflicts(by=cast.supervisor, waiting=False, limit=5)] == [conflict_id]


async def test_the_record_may_be_right(cast):
    visit, conflict_id = await contested_visit(cast)

    record = await decide(conflict_id, cast.cadre, {"note": RECORD})

    now = await get_visit(visit_id=visit.id, by=cast.cadre)
    assert (now.note, now.version) == ("看了机井，水位低", 2)
    assert (record.decided_by.name, record.decision) == ("李秀兰", {"note": RECORD})
    assert record.values["note"].wanted == "看了井，约周五修", "it can still be looked up"


async def test_each_field_is_decided_by_itself(cast):
    conflict_id = await contested_card(cast)

    await decide(conflict_id, cast.supervisor, {"contact_phone": PHONE, "address_note": RECORD})

    now = await households.read_contact(household_id=cast.household, by=cast.cadre, request_id="r")
    assert (now.contact_phone, now.address_note) == ("+8619900000061", "村西头")


async def test_the_same_decision_twice_is_once_and_another_one_is_refused(cast):
    visit, conflict_id = await contested_visit(cast)
    first = await decide(conflict_id, cast.supervisor)

    assert await decide(conflict_id, cast.supervisor) == first
    with pytest.raises(ConflictDecided):
        await decide(conflict_id, cast.cadre, {"note": RECORD})
    with pytest.raises(ConflictDecided):
        await decide(conflict_id, cast.cadre, {"place_note": PHONE})
    assert (await get_visit(visit_id=visit.id, by=cast.cadre)).version == 3


async def test_of_two_decisions_at_once_one_counts(cast):
    _, conflict_id = await contested_visit(cast)

    async def say(actor, kept):
        try:
            return await decide(conflict_id, actor, {"note": kept})
        except Refusal as refusal:
            return type(refusal)

    told = await asyncio.gather(say(cast.supervisor, PHONE), say(cast.cadre, RECORD))

    assert ConflictDecided in told
    assert len(await fetch("SELECT FROM sync_conflict WHERE decided_at IS NOT NULL")) == 1


@pytest.mark.parametrize(
    "keep", [{"contact_phone": PHONE}, {"note": PHONE, "contact_phone": PHONE, "address_note": PHONE}]
)
async def test_a_decision_is_about_every_contested_field_and_no_other(cast, keep):
    conflict_id = await contested_card(cast)
    with pytest.raises(DecisionIncomplete):
        await decide(conflict_id, cast.supervisor, keep)
    assert await count_waiting(by=cast.supervisor) == 1


async def test_whoever_decides_on_what_is_no_longer_there_is_asked_to_look_again(cast):
    visit, conflict_id = await contested_visit(cast)
    seen = await read(conflict_id, cast.supervisor)
    await amended_online(visit, cast.cadre, note="看了机井，水位正常")

    with pytest.raises(RecordMovedOn):
        await decide(conflict_id, cast.supervisor, basis=seen.basis)

    fresh = await read(conflict_id, cast.supervisor)
    assert (fresh.values["note"].now, fresh.values["note"].now_by.name) == ("看了机井，水位正常", "李秀兰")
    await decide(conflict_id, cast.supervisor, basis=fresh.basis)
    assert (await get_visit(visit_id=visit.id, by=cast.cadre)).note == "看了井，约周五修"


async def test_once_the_record_says_what_the_phone_wanted_there_is_nothing_to_decide(cast):
    visit, conflict_id = await contested_visit(cast)
    await amended_online(visit, cast.supervisor, note="看了井，约周五修")

    record = await read(conflict_id, cast.cadre)

    assert (record.decision, record.decided_by.name) == ({"note": PHONE}, "王建国")
    assert await count_waiting(by=cast.supervisor) == 0
    assert (await get_visit(visit_id=visit.id, by=cast.cadre)).version == 3


async def test_a_field_that_is_agreed_meanwhile_needs_no_word(cast):
    conflict_id = await contested_card(cast)
    changes = HouseholdChanges(address_note=" 村东第2排")
    await households.amend_household(household_id=cast.household, changes=changes, reason="核实", by=cast.supervisor)

    values = (await read(conflict_id, cast.cadre)).values
    assert {name: value.agreed for name, value in values.items()} == {"address_note": True, "contact_phone": False}

    record = await decide(conflict_id, cast.cadre, {"contact_phone": RECORD})
    assert record.decision == {"address_note": PHONE, "contact_phone": RECORD}


async def test_to_see_a_contact_in_a_conflict_is_a_read_of_it_and_a_visits_note_is_none(cast):
    _, of_visit = await contested_visit(cast)
    await read(of_visit, cast.supervisor)
    of_card = await contested_card(cast)
    await list_conflicts(by=cast.supervisor, waiting=True, limit=5)
    assert await list_access_log(household_id=cast.household, by=cast.auditor, limit=5, after=None) == []

    await read(of_card, cast.supervisor)

    [line] = await list_access_log(household_id=cast.household, by=cast.auditor, limit=5, after=None)
    assert (line.person_name, line.fields) == ("王建国", ["address_note", "contact_phone"])


async def test_what_the_room_would_not_take_is_not_taken_by_a_decision(cast):
    visit, conflict_id = await recorded(cast.cadre), ids.uuid7()
    await amended_online(visit, cast.supervisor, topics=["production"])
    await amend_visit(visit.id, cast.cadre, id=conflict_id, topics=(["other"], ["no-such-topic"]))

    with pytest.raises(Refusal):
        await decide(conflict_id, cast.supervisor, {"topics": PHONE})
    assert await count_waiting(by=cast.supervisor) == 1
    await decide(conflict_id, cast.supervisor, {"topics": RECORD})


async def test_after_24_months_nothing_of_it_is_left(cast):
    await contested_visit(cast)
    [rule] = [each for each in retention.rules() if each.name == "sync.conflicts"]
    with clock.stopped(clock.now() + timedelta(days=730)):
        assert (await retention.apply_rule(rule)).rows == 0
    with clock.stopped(clock.now() + timedelta(days=732)):
        assert (await retention.apply_rule(rule)).rows == 1
    assert await fetch("SELECT FROM sync_conflict") == []
