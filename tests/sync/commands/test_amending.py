"""What a phone amended offline is merged with what others did meanwhile, or waits for a person."""

import asyncio

import msgspec
import pytest

from backend.core import creates, ids
from backend.core.database import fetch
from backend.core.refusals import Invalid
from backend.people import households
from backend.people.access_log import list_access_log
from backend.people.household_queries import household
from backend.people.household_schemas import HouseholdAmendmentRequest, HouseholdChanges
from backend.people.refusals import HouseholdUnknown
from backend.sync.amending_schemas import AmendHouseholdCommand, HouseholdFieldChanges, VisitFieldChanges
from backend.sync.conflict_opening import unsealed
from backend.sync.words import CommandOutcome
from backend.territory.coordinates import Crs
from backend.territory.points import Point
from backend.visits.actions import VisitUnknown, get_visit
from backend.visits.amendments import AMENDABLE, NotYoursToAmend
from tests.cast import NEXT_VILLAGE, VILLAGE
from tests.sync import batches
from tests.sync.amending import (
    amend_household,
    amend_visit,
    amended_online,
    changed,
    command,
    contested_visit,
    recorded,
)


async def conflicts():
    return await fetch("SELECT * FROM sync_conflict ORDER BY opened_at, id")


async def contact_of(cast, household_id=None):
    return await households.read_contact(household_id=household_id or cast.household, by=cast.cadre, request_id="r")


def test_every_field_that_can_be_amended_online_can_be_amended_offline():
    assert set(VisitFieldChanges.__struct_fields__) == set(AMENDABLE)
    assert set(HouseholdFieldChanges.__struct_fields__) == set(HouseholdChanges.__struct_fields__)
    assert set(HouseholdAmendmentRequest.__struct_fields__) - {"reason"} == set(HouseholdChanges.__struct_fields__)


async def test_a_visit_that_nobody_touched_becomes_what_the_phone_wants(cast):
    visit = await recorded(cast.cadre)

    done = await amend_visit(visit.id, cast.cadre, note=("看了井", "修了井"), channel=("visit", "call"))

    assert (done.outcome, done.record_id, done.record) == (CommandOutcome.STORED, visit.id, None)
    now = await get_visit(visit_id=visit.id, by=cast.cadre)
    assert (now.note, now.channel, now.version) == ("修了井", "call", 2)
    [row] = await fetch("SELECT reason, by FROM visits_amendment")
    assert tuple(row) == ("记错了", cast.cadre.person_id)


async def test_changes_of_different_fields_are_merged_and_the_phone_gets_the_record(cast):
    visit = await recorded(cast.cadre)
    await amended_online(visit, cast.supervisor, topics=["production", "other"])

    done = await amend_visit(visit.id, cast.cadre, note=("看了井", "修了井"))

    assert done.outcome == CommandOutcome.MERGED
    assert (done.record.note, done.record.topics) == ("修了井", ["production", "other"])
    assert await conflicts() == []


async def test_changes_of_one_field_wait_for_a_person_and_the_others_are_done(cast):
    visit = await recorded(cast.cadre)
    await amended_online(visit, cast.supervisor, note="看了机井")
    command_id = ids.uuid7()

    done = await amend_visit(
        visit.id, cast.cadre, id=command_id, note=("看了井", "约周五修井"), place_note=(None, "村东")
    )

    assert done.outcome == CommandOutcome.CONFLICT
    assert (done.record.note, done.record.place_note) == ("看了机井", "村东")
    [row] = await conflicts()
    assert (row["id"], row["kind"], row["record_id"], row["author"]) == (
        command_id,
        "visit",
        visit.id,
        cast.cadre.person_id,
    )
    assert (row["fields"], row["division_code"], row["reason"]) == (["note"], VILLAGE, "记错了")
    contest = unsealed(row["values_sealed"])["note"]
    assert (contest.had, contest.wanted, contest.now) == ("看了井", "约周五修井", "看了机井")
    assert "周五".encode() not in row["values_sealed"]


async def test_what_both_changed_alike_is_no_conflict(cast):
    visit = await recorded(cast.cadre)
    await amended_online(visit, cast.supervisor, note="修了井")

    done = await amend_visit(visit.id, cast.cadre, note=("看了井", " 修了井 "))

    assert (done.outcome, done.record.version) == (CommandOutcome.MERGED, 2)
    assert await conflicts() == []


async def test_lists_in_another_order_and_moments_under_another_offset_are_what_the_phone_had(cast):
    visit = await recorded(cast.cadre, topics=["other", "production"])
    at = visit.occurred_at

    done = await amend_visit(
        visit.id,
        cast.cadre,
        topics=(["production", "other"], ["other"]),
        occurred_at=(at.isoformat().replace("+00:00", "Z"), at.replace(hour=(at.hour + 1) % 24).isoformat()),
        companions=(["周敏"], []),
    )

    assert done.outcome == CommandOutcome.STORED
    now = await get_visit(visit_id=visit.id, by=cast.cadre)
    assert (now.topics, now.companions) == (["other"], [])


async def test_household_and_place_of_a_visit_are_decided_together(cast):
    visit = await recorded(cast.next_cadre, household_code="DYL-001")
    await amended_online(visit, cast.supervisor, household_code=None, division_code=NEXT_VILLAGE)

    await amend_visit(
        visit.id, cast.next_cadre, household_code=("DYL-001", "LLM-001"), division_code=(NEXT_VILLAGE, VILLAGE)
    )

    [row] = await conflicts()
    assert row["fields"] == ["division_code", "household_code"]
    assert (await get_visit(visit_id=visit.id, by=cast.next_cadre)).division.code == NEXT_VILLAGE


async def test_of_two_pushes_at_once_only_one_sees_the_field_untouched(cast):
    visit = await recorded(cast.cadre, household_code="LLM-001")

    done = await asyncio.gather(
        amend_visit(visit.id, cast.cadre, note=("看了井", "甲"), household_code=("LLM-001", "LLM-002")),
        amend_visit(visit.id, cast.supervisor, note=("看了井", "乙"), household_code=("LLM-001", "LLM-002")),
    )

    assert sorted(each.outcome for each in done) == [CommandOutcome.CONFLICT, CommandOutcome.STORED]
    now = await get_visit(visit_id=visit.id, by=cast.cadre)
    [row] = await conflicts()
    assert row["fields"] == ["note"], "the household is what both wanted"
    assert {now.note, unsealed(row["values_sealed"])["note"].wanted} == {"甲", "乙"}


async def test_of_two_pushes_of_one_card_at_once_nothing_is_lost(cast):
    done = await asyncio.gather(
        amend_household(cast.household, cast.cadre, contact_phone=("19900000051", "19900000061")),
        amend_household(cast.household, cast.supervisor, contact_phone=("19900000051", "19900000062")),
    )

    assert sorted(each.outcome for each in done) == [CommandOutcome.CONFLICT, CommandOutcome.STORED]
    [row] = await conflicts()
    kept, wanted = (await contact_of(cast)).contact_phone, unsealed(row["values_sealed"])["contact_phone"].wanted
    assert {kept[-8:], wanted[-8:]} == {"00000061", "00000062"}


async def test_an_older_wish_of_the_same_person_gives_way_to_his_newer_one(cast):
    visit, first = await contested_visit(cast)

    await amend_visit(visit.id, cast.cadre, note=("看了井，约周五修", "看了井，约周六修"))

    older, newer = await conflicts()
    assert (older["id"], older["decided_by"], older["decision"]) == (
        first,
        cast.cadre.person_id,
        '{"note": "record"}',
    )
    assert (newer["decided_at"], unsealed(newer["values_sealed"])["note"].wanted) == (None, "看了井，约周六修")


async def test_only_whoever_may_amend_a_visit_online_may_offline(cast):
    visit = await recorded(cast.cadre)
    for actor, refusal in ((cast.stranger, VisitUnknown), (cast.auditor, NotYoursToAmend)):
        with pytest.raises(refusal):
            await amend_visit(visit.id, actor, note=("看了井", "乱改"))
        with pytest.raises(refusal):
            await amend_visit(visit.id, actor, note=("别的", "乱改"))
    with pytest.raises(VisitUnknown):
        await amend_visit(ids.uuid7(), cast.cadre, note=("看了井", "乱改"))
    assert await conflicts() == []


async def test_what_the_room_refuses_is_refused(cast):
    visit = await recorded(cast.cadre)
    with pytest.raises(Invalid):
        await amend_visit(visit.id, cast.cadre, topics=(["other"], ["nothing"]), note=("看了井", "修了井"))
    with pytest.raises(Invalid):
        await command("amendVisit", {"visit_id": visit.id, "reason": "无", "changes": {}}, cast.cadre)
    assert (await get_visit(visit_id=visit.id, by=cast.cadre)).version == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"note": {"to": "乙"}},
        {"note": {"from": "甲", "to": 3}},
        {"point": {"from": None, "to": None}},
        {"channel": {"from": "visit", "to": "smoke"}},
        {"division_code": {"from": VILLAGE, "to": None}},
        {"note": {"from": "甲", "to": "乙", "why": "丙"}},
    ],
    ids=["without from", "a number", "the point", "no such channel", "no place", "more"],
)
async def test_what_is_no_change_of_a_visit_cannot_be_read(cast, changes):
    visit = await recorded(cast.cadre)
    with pytest.raises(msgspec.ValidationError):
        await command("amendVisit", {"visit_id": visit.id, "reason": "改", "changes": changes}, cast.cadre)


async def test_a_card_is_put_right_by_whoever_serves_the_household(cast):
    done = await amend_household(
        cast.household,
        cast.cadre,
        contact_phone=("199 0000 0051", "199 0000 0061"),
        service_needs=(["crop-advice"], ["crop-advice", "visits"]),
        address_note=("村东第1排", None),
    )

    assert (done.outcome, done.record) == (CommandOutcome.STORED, None)
    now = await contact_of(cast)
    assert (now.contact_phone, now.address_note) == ("+8619900000061", None)


async def test_a_card_is_merged_field_by_field_too(cast):
    await households.amend_household(
        household_id=cast.household,
        changes=HouseholdChanges(contact_name="林小山", address_note="村西"),
        reason="更正",
        by=cast.supervisor,
    )

    done = await amend_household(
        cast.household,
        cast.cadre,
        contact_name=("林大山", "林二山"),
        contact_phone=("19900000051", "19900000061"),
        address_note=("村东第1排", " 村西"),
    )

    assert done.outcome == CommandOutcome.CONFLICT
    [row] = await conflicts()
    assert (row["kind"], row["fields"]) == ("household", ["contact_name"])
    now = await contact_of(cast)
    assert (now.contact_name, now.contact_phone, now.address_note) == ("林小山", "+8619900000061", "村西")


async def test_a_point_is_what_the_phone_had_whichever_system_it_was_read_in(cast):
    first = Point(crs=Crs.GCJ02, longitude=116.31, latitude=36.93, accuracy_m=9.0)
    second = {"crs": "gcj02", "longitude": 116.32, "latitude": 36.94}
    await households.amend_household(
        household_id=cast.household, changes=HouseholdChanges(point=first), reason="定位", by=cast.cadre
    )
    read = msgspec.to_builtins((await household(household_id=cast.household, by=cast.cadre)).point)
    again = {"crs": "wgs84", "longitude": 116.2, "latitude": 36.9}

    assert (await amend_household(cast.household, cast.cadre, point=(read, second))).outcome == CommandOutcome.STORED
    assert (await amend_household(cast.household, cast.cadre, point=(second, again))).outcome == CommandOutcome.STORED
    done = await amend_household(cast.household, cast.cadre, point=(read, second))
    assert done.outcome == CommandOutcome.CONFLICT
    assert (done.record.point.longitude, done.record.point.latitude) == (116.2, 36.9)


async def test_comparing_a_contact_is_nobodys_read(cast):
    await amend_household(cast.household, cast.cadre, contact_phone=("19900000051", "19900000061"))
    await amend_household(cast.household, cast.cadre, contact_phone=("19900000051", "19900000062"))

    assert await list_access_log(household_id=cast.household, by=cast.auditor, limit=5, after=None) == []


async def test_a_stranger_cannot_put_a_card_right(cast):
    with pytest.raises(HouseholdUnknown):
        await amend_household(cast.household, cast.stranger, contact_name=("林大山", "林小山"))
    with pytest.raises(HouseholdUnknown):
        await amend_household(cast.household, cast.assistant, contact_name=("谁", "林小山"))
    assert await conflicts() == []


async def test_in_a_batch_the_phone_is_told_where_a_person_decides_and_again_when_it_asks_again(cast):
    visit = await recorded(cast.cadre)
    await amended_online(visit, cast.supervisor, note="看了机井")
    changes = changed(note=("看了井", "约周五修井"), place_note=(None, "村东"))
    made = batches.command("amendVisit", {"visit_id": str(visit.id), "reason": "记错了", "changes": changes})

    first, again = [(await batches.push(cast.cadre, made)).rows[0] for _ in range(2)]

    assert (first.outcome, str(first.conflict_id), first.record_id) == ("conflict", made["id"], visit.id)
    assert (first.record.note, first.record.place_note) == ("看了机井", "村东")
    assert (again.outcome, again.conflict_id, again.record.note) == ("duplicate", first.conflict_id, "看了机井")
    assert len(await conflicts()) == 1


async def test_of_two_amendments_in_one_batch_the_second_sees_what_the_first_did(cast):
    visit = await recorded(cast.cadre)

    def amend(had, wanted):
        changes = changed(note=(had, wanted))
        return batches.command("amendVisit", {"visit_id": str(visit.id), "reason": "改", "changes": changes})

    verdicts = await batches.push(cast.cadre, amend("看了井", "甲"), amend("甲", "乙"), amend("看了井", "丙"))

    assert batches.outcomes(verdicts) == ["stored", "stored", "conflict"]
    assert (await get_visit(visit_id=visit.id, by=cast.cadre)).note == "乙"


async def test_a_phone_number_cannot_be_guessed_back_from_what_the_ledger_keeps(cast):
    changes = changed(contact_phone=("19900000051", "19900000061"))
    arguments = {"household_id": str(cast.household), "reason": "换号", "changes": changes}

    await batches.push(cast.cadre, batches.command("amendHousehold", arguments))

    [row] = await fetch("SELECT digest FROM sync_command")
    guess = msgspec.convert(arguments, AmendHouseholdCommand)
    assert row["digest"] != creates.digest(["amendHousehold", cast.cadre.person_id, guess])
