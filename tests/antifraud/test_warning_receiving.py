"""A warning comes in once, from whom it says, and rings whoever has to go."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from backend.antifraud import day_keys, receiving, takers, warning_queries, warning_sources
from backend.antifraud.warning_refusals import NotYourDivision, PostAgain, PostNotSigned
from backend.antifraud.warning_tables import FraudWarning, WarningPost
from backend.antifraud.words import WarningLevel
from backend.core import clock, ids
from backend.core.database import fetch
from backend.core.post_signatures import PostHeaders
from backend.core.refusals import DifferentArguments, Forbidden, Invalid
from backend.core.settings import settings
from backend.core.storage_refusals import StorageDown
from backend.people.actions import assign_role
from backend.people.tables import Role
from backend.rosters.leave_tables import Leave
from tests.antifraud.centre import AT_TWO, HOME, KNOWN, NAME, PHONE, Centre
from tests.antifraud.outreach import somebody
from tests.cast import COUNTY, OTHER_VILLAGE, VILLAGE
from tests.former_digests import kept_formerly


@pytest.fixture
async def centre(cast):
    made = await Centre.open(cast)
    with clock.stopped(AT_TWO):
        yield made


async def columns(receipt):
    return dict(await warning_queries.warning(receipt.id))


async def test_a_signed_post_rings_the_village_s_assistant_at_two_in_the_morning(centre):
    receipt = await centre.posted()
    row = await columns(receipt)

    assert (receipt.assigned, row["state"], row["assignee_id"]) == (True, "open", centre.assistant.person_id)
    assert row["due_acknowledge_at"] - row["received_at"] == timedelta(minutes=5)
    assert row["due_call_at"] - row["received_at"] == timedelta(minutes=10)
    (task,) = await fetch("SELECT assignee, urgency, kind, due_at FROM tasks_task WHERE origin_id = $1", receipt.id)
    assert tuple(task) == (centre.assistant.person_id, "emergency", "call", row["due_call_at"])
    (notice,) = await fetch("SELECT category, no_links FROM push_notice WHERE origin_id = $1", receipt.id)
    assert tuple(notice) == ("emergency", True)


async def test_nothing_that_names_the_person_lies_readable_in_any_table(centre):
    await centre.posted()
    for table in await fetch("SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'"):
        for row in await fetch(f"SELECT t::text AS line FROM {table['name']} t"):
            assert not [
                each for each in (NAME, PHONE, PHONE.replace(" ", ""), HOME, KNOWN, "YJ-0001") if each in row["line"]
            ]


async def test_the_same_reference_is_the_same_warning_whatever_its_message_id(centre):
    first = await centre.post(message_id="a")
    again = [await centre.post(message_id=each) for each in ("a", "b")]

    assert first.created
    assert [each.created for each in again] == [False, False]
    assert {each.record.id for each in again} == {first.record.id}
    assert await FraudWarning.count() == 1
    (tasks_n,) = await fetch("SELECT count(*) AS n FROM tasks_task")
    assert tasks_n["n"] == 1


async def test_the_same_reference_is_known_again_after_midnight(centre):
    first = await centre.post(message_id="a")
    with clock.stopped(AT_TWO + timedelta(days=1)):
        again = await centre.post(message_id="b")

    assert (again.created, again.record.id) == (False, first.record.id)


async def test_the_same_reference_with_other_content_is_refused(centre):
    await centre.posted()
    with pytest.raises(DifferentArguments):
        await centre.posted(centre.said(level="low"), message_id="b")


async def test_a_warning_that_was_kept_with_the_former_digest_is_the_same_still(centre):
    told = centre.said(person={"phone": PHONE})
    with kept_formerly():
        first = await centre.post(told, message_id="a")

    again = await centre.post(told, message_id="b")

    assert (again.created, again.record.id) == (False, first.record.id)
    with pytest.raises(DifferentArguments):
        await centre.posted(centre.said(level="low"), message_id="c")


async def test_a_message_id_that_came_before_with_another_reference_is_refused(centre):
    await centre.posted()
    with pytest.raises(PostAgain):
        await centre.posted(centre.said("YJ-0002"))
    assert await WarningPost.count() == 1


async def test_a_forged_post_an_unknown_source_and_a_changed_body_get_one_and_the_same_answer(centre):
    body = centre.said()
    forged = centre.signed(body, secret="whsec_" + "QUFB" * 8)
    right = centre.signed(body)
    told = []
    for source_id, headers, sent in (
        (centre.source_id, forged, body),
        (ids.uuid7(), right, body),
        (centre.source_id, right, body + b" "),
        (centre.source_id, dict.fromkeys(right, ""), body),
        (centre.source_id, right | {"webhook-timestamp": "Infinity"}, body),
        (centre.source_id, right | {"webhook-signature": "v1,ü v2,AAAA , v1,"}, body),
    ):
        with pytest.raises(PostNotSigned) as refused:
            await receiving.receive_warning(source_id=source_id, headers=PostHeaders(*headers.values()), body=sent)
        told.append((refused.value.detail, refused.value.facts))
    assert len(told) == 6
    assert all(each == told[0] for each in told)


@pytest.mark.parametrize("minutes", [-5.1, 5.1])
async def test_a_post_more_than_five_minutes_from_our_clock_is_late_and_refused(centre, minutes):
    with pytest.raises(PostNotSigned) as refused:
        await centre.posted(at=AT_TWO + timedelta(minutes=minutes))

    assert refused.value.facts["reason"] == "not_timely"
    assert await FraudWarning.count() == 0


async def test_a_recording_that_is_played_again_later_does_nothing(centre):
    body = centre.said()
    recorded = PostHeaders(*centre.signed(body).values())
    await receiving.receive_warning(source_id=centre.source_id, headers=recorded, body=body)
    with clock.stopped(AT_TWO + timedelta(hours=1)), pytest.raises(PostNotSigned):
        await receiving.receive_warning(source_id=centre.source_id, headers=recorded, body=body)


async def test_one_of_several_signatures_is_enough_while_a_secret_changes(centre):
    body = centre.said()
    headers = centre.signed(body)
    headers["webhook-signature"] = "v1,AAAA " + headers["webhook-signature"]
    made = await receiving.receive_warning(
        source_id=centre.source_id, headers=PostHeaders(*headers.values()), body=body
    )
    assert made.created


async def test_what_nobody_needs_is_refused_and_so_is_a_person_nobody_can_reach(centre):
    with pytest.raises(Invalid) as more:
        await centre.posted(centre.said(person={"phone": PHONE, "id_card": "3715"}))
    with pytest.raises(Invalid) as less:
        await centre.posted(centre.said(person={"name": NAME}))
    with pytest.raises(Invalid):
        await centre.posted(b"{")

    assert [each.pointer for each in more.value.errors + less.value.errors] == ["/person/id_card", "/person"]
    assert PHONE not in str(more.value.errors)


async def test_a_source_posts_for_its_own_division_only_and_not_after_its_end(centre):
    with pytest.raises(NotYourDivision):
        await centre.posted(centre.said(division_code=OTHER_VILLAGE))
    await warning_sources.end_warning_source(source_id=centre.source_id, by=centre.admin, base_url="")
    with pytest.raises(PostNotSigned):
        await centre.posted()


async def test_a_refused_post_may_be_sent_again_with_the_same_message_id(centre):
    with pytest.raises(NotYourDivision):
        await centre.posted(centre.said(division_code=OTHER_VILLAGE))

    assert (await centre.post()).created


async def test_the_desk_types_a_warning_once_and_only_for_its_own_territory(centre):
    id = ids.uuid7()
    first, again = await centre.typed(id=id), await centre.typed(id=id)

    assert first == again
    with pytest.raises(DifferentArguments):
        await centre.typed(id=id, level=WarningLevel.LOW)
    with pytest.raises(NotYourDivision):
        await centre.typed(division_code=OTHER_VILLAGE)
    with pytest.raises(Forbidden):
        await centre.typed(by=centre.assistant)


async def test_a_low_warning_rings_nobody_at_night_and_goes_on_to_nobody(centre):
    receipt = await centre.posted(centre.said(level="low"))
    row = await columns(receipt)

    assert (row["due_acknowledge_at"], row["assignee_id"]) == (None, centre.assistant.person_id)
    (notice,) = await fetch("SELECT category FROM push_notice WHERE origin_id = $1", receipt.id)
    assert notice["category"] == "service"


async def test_an_exercise_is_marked_wherever_it_is_told(centre):
    receipt = await centre.posted(centre.said(exercise=True))
    (task,) = await fetch("SELECT title_zh, title_en FROM tasks_task WHERE origin_id = $1", receipt.id)
    (notice,) = await fetch("SELECT exercise FROM push_notice WHERE origin_id = $1", receipt.id)

    assert task["title_zh"].startswith("【演练】")
    assert task["title_en"].startswith("[Exercise]")
    assert notice["exercise"]


async def test_where_no_key_can_be_kept_nothing_is_taken_in_and_the_source_is_told_to_come_again(
    centre, monkeypatch, tmp_path
):
    (tmp_path / "keys").write_text("a file where a folder should be")
    elsewhere = replace(settings(), warning_keys_url=f"file://{tmp_path}/keys")
    with monkeypatch.context() as patched:
        patched.setattr(day_keys, "settings", lambda: elsewhere)
        with pytest.raises(StorageDown):
            await centre.posted()
    assert await FraudWarning.count() == 0
    assert (await centre.post()).created


async def test_the_nearest_assistant_is_first_then_the_shift_then_the_next_shift(centre):
    near = await somebody(Role.ASSISTANT, VILLAGE)
    order = await takers.takers(division_code=VILLAGE, at=AT_TWO)

    assert order == [each.person_id for each in (near, centre.assistant, centre.night, centre.morning)]


async def test_an_assistant_on_leave_is_not_rung(centre):
    await Leave.insert(
        Leave(
            id=ids.uuid7(),
            unit=centre.station,
            division_code=COUNTY,
            person=centre.assistant.person_id,
            starts_at=AT_TWO - timedelta(days=1),
            ends_at=AT_TWO + timedelta(days=1),
            reason="annual",
            requested_at=AT_TWO - timedelta(days=3),
            state="approved",
            arguments_digest=b"",
        )
    )
    assert await takers.takers(division_code=VILLAGE, at=AT_TWO) == [centre.night.person_id, centre.morning.person_id]


async def test_an_assistant_whose_station_has_a_roster_comes_last_when_he_is_off_duty(centre):
    off = await somebody(Role.ASSISTANT, COUNTY)
    await fetch("UPDATE people_role_assignment SET unit = $2 WHERE person = $1", off.person_id, centre.station)
    await fetch(
        "INSERT INTO rosters_duty_rule (id, unit, post, staffed, minutes, weekdays, overlap_allowed, valid_from, "
        "source, set_at, arguments_digest) VALUES ($1, $2, 'phone', '00:00-24:00', '{0,1440}', '{1,2,3,4,5,6,7}', "
        "FALSE, '2026-01-01', 'a test', now(), '')",
        *(ids.uuid7(), centre.station),
    )
    assert (await takers.takers(division_code=VILLAGE, at=AT_TWO))[-1] == off.person_id


async def test_where_there_is_no_assistant_and_no_shift_the_supervisor_has_it(centre):
    await assign_role(
        person_id=centre.cast.supervisor.person_id, role=Role.SUPERVISOR, division_code=COUNTY, valid_from=AT_TWO.date()
    )
    await fetch("DELETE FROM people_role_assignment WHERE role = 'assistant'")
    await fetch("DELETE FROM rosters_shift")

    receipt = await centre.posted()
    assert (await columns(receipt))["assignee_id"] == centre.supervisor.person_id


async def test_two_days_have_two_keys_and_the_first_stays(centre):
    first = await day_keys.todays()
    with clock.stopped(AT_TWO + timedelta(days=1)):
        second = await day_keys.todays()
        assert await day_keys.of_day(AT_TWO.date()) == first
    assert first != second
