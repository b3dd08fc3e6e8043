"""Who reads whom a warning is about, and what he does with it."""

from datetime import timedelta

import pytest

from backend.antifraud import acting, reading
from backend.antifraud.warning_refusals import NobodyToTakeIt, NotYourWarning, WarningClosed, WarningUnknown
from backend.antifraud.warning_schemas import NewAttempt, WarningHandOver
from backend.antifraud.warning_words import AttemptHow, HandedBecause, WarningOutcome
from backend.core import clock, ids
from backend.core.database import fetch
from backend.core.refusals import DifferentArguments, Forbidden, Invalid
from tests.antifraud.centre import AT_TWO, NAME, PHONE, Centre

CALL = NewAttempt(how=AttemptHow.CALL, reached=False, note="关机")


@pytest.fixture
async def centre(cast):
    made = await Centre.open(cast)
    with clock.stopped(AT_TWO):
        yield made


async def read(warning, by):
    return await reading.get_warning(warning_id=warning.id, by=by, request_id="r-1")


async def openings(warning):
    rows = await fetch("SELECT person, fields FROM people_access_log WHERE subject_id = $1", warning.id)
    assert all(row["fields"] == ["person"] for row in rows)
    return {row["person"] for row in rows}


async def test_only_whoever_has_it_and_the_desk_that_typed_it_read_whom_it_is_about_and_each_reading_is_logged(centre):
    warning = await centre.typed()
    for who in (centre.assistant, centre.cast.operator):
        assert (await read(warning, who)).person.phone == PHONE
    for who in (centre.supervisor, centre.cast.auditor, centre.admin):
        assert (await read(warning, who)).person is None
    for who in (centre.cast.stranger, centre.cast.cadre, centre.night):
        with pytest.raises(WarningUnknown):
            await read(warning, who)

    assert await openings(warning) == {centre.assistant.person_id, centre.cast.operator.person_id}


async def test_whoever_gave_it_away_sees_what_happened_and_no_longer_to_whom(centre):
    warning = await centre.posted()
    said = WarningHandOver(from_number=1, because=HandedBecause.HANDED)
    await acting.record_attempt(warning_id=warning.id, id=ids.uuid7(), new=CALL, by=centre.assistant)
    await acting.hand_over_warning(warning_id=warning.id, said=said, by=centre.assistant)
    before, after = await read(warning, centre.assistant), await read(warning, centre.night)

    assert (before.person, before.attempts[0].note) == (None, None)
    assert (after.person.name, after.attempts[0].note) == (NAME, "关机")
    assert [each.number for each in before.hands] == [1, 2]


async def test_lists_tell_nobody_s_name(centre):
    warning = await centre.posted()
    (mine,) = await reading.list_my_warnings(by=centre.assistant)
    page = await reading.list_warnings(by=centre.supervisor, limit=10, cursor=None)

    assert mine.id == warning.id
    assert page.items == [mine]
    assert await reading.list_my_warnings(by=centre.night) == []
    assert await openings(warning) == set()
    with pytest.raises(Forbidden):
        await reading.list_warnings(by=centre.assistant, limit=10, cursor=None)


async def test_a_list_goes_on_where_its_page_ended(centre):
    for number in range(3):
        await centre.posted(centre.said(f"YJ-{number}"), message_id=str(number))
    first = await reading.list_warnings(by=centre.supervisor, limit=2, cursor=None)
    second = await reading.list_warnings(by=centre.supervisor, limit=2, cursor=first.next_cursor)

    assert len({each.id for each in first.items + second.items}) == 3
    assert second.next_cursor is None


async def test_taking_it_twice_keeps_the_first_moment_and_acknowledges_the_task(centre):
    warning = await centre.posted()
    first = await acting.acknowledge_warning(warning_id=warning.id, by=centre.assistant)
    with clock.stopped(AT_TWO + timedelta(minutes=3)):
        again = await acting.acknowledge_warning(warning_id=warning.id, by=centre.assistant)

    assert first == again
    assert (first.state, first.acknowledged_at) == ("acknowledged", AT_TWO)
    (task,) = await fetch("SELECT state FROM tasks_task WHERE origin_id = $1", warning.id)
    assert task["state"] == "acknowledged"


async def test_nobody_else_takes_tries_or_hands_on_what_is_not_his(centre):
    warning = await centre.posted()
    with pytest.raises(NotYourWarning):
        await acting.acknowledge_warning(warning_id=warning.id, by=centre.supervisor)
    with pytest.raises(NotYourWarning):
        await acting.record_attempt(warning_id=warning.id, id=ids.uuid7(), new=CALL, by=centre.supervisor)
    with pytest.raises(WarningUnknown):
        await acting.close_warning(warning_id=warning.id, outcome=WarningOutcome.MISTAKEN, by=centre.night)


async def test_the_first_call_and_the_first_visit_answer_the_clocks_whenever_they_are_entered(centre):
    warning = await centre.posted()
    visit, minute = (
        NewAttempt(how=AttemptHow.VISIT, reached=True, at=AT_TWO + timedelta(minutes=20)),
        timedelta(minutes=1),
    )
    with clock.stopped(AT_TWO + timedelta(minutes=40)):
        for new in (visit, NewAttempt(how=AttemptHow.CALL, reached=False, at=AT_TWO + 9 * minute), CALL):
            await acting.record_attempt(warning_id=warning.id, id=ids.uuid7(), new=new, by=centre.assistant)
        row = (await read(warning, centre.assistant)).warning

    assert (row.answered_call_at, row.answered_meet_at) == (AT_TWO + 9 * minute, AT_TWO + 20 * minute)
    assert row.state == "acknowledged"


async def test_an_attempt_is_recorded_once_and_never_ahead_of_time(centre):
    warning, id = await centre.posted(), ids.uuid7()
    made = [await acting.record_attempt(warning_id=warning.id, id=id, new=CALL, by=centre.assistant) for _ in range(2)]
    assert [each.created for each in made] == [True, False]
    assert made[0].record == made[1].record
    other = NewAttempt(how=AttemptHow.SMS, reached=True)
    with pytest.raises(DifferentArguments):
        await acting.record_attempt(warning_id=warning.id, id=id, new=other, by=centre.assistant)
    early = NewAttempt(how=AttemptHow.SMS, reached=True, at=AT_TWO + timedelta(hours=1))
    with pytest.raises(Invalid):
        await acting.record_attempt(warning_id=warning.id, id=ids.uuid7(), new=early, by=centre.assistant)


async def test_an_outcome_stays_and_the_closer_may_still_look(centre):
    warning = await centre.posted()
    closed = await acting.close_warning(warning_id=warning.id, outcome=WarningOutcome.REFUSED, by=centre.assistant)
    assert closed == await acting.close_warning(
        warning_id=warning.id, outcome=WarningOutcome.REFUSED, by=centre.assistant
    )
    with pytest.raises(WarningClosed):
        await acting.close_warning(warning_id=warning.id, outcome=WarningOutcome.DISSUADED, by=centre.assistant)
    said = WarningHandOver(from_number=1)
    with pytest.raises(WarningClosed):
        await acting.hand_over_warning(warning_id=warning.id, said=said, by=centre.assistant)
    assert (await read(warning, centre.assistant)).person.name == NAME


async def test_a_supervisor_may_end_a_warning_without_learning_whom_it_was_about(centre):
    warning = await centre.posted()
    await acting.close_warning(warning_id=warning.id, outcome=WarningOutcome.MISTAKEN, by=centre.supervisor)

    assert (await read(warning, centre.supervisor)).person is None


async def test_a_warning_is_handed_only_to_somebody_who_may_take_it(centre):
    warning = await centre.posted()
    for who in (centre.cast.stranger, centre.assistant):
        said = WarningHandOver(from_number=1, to_person_id=who.person_id)
        with pytest.raises(NobodyToTakeIt):
            await acting.hand_over_warning(warning_id=warning.id, said=said, by=centre.assistant)
    said = WarningHandOver(from_number=1, because=HandedBecause.FIRST)
    with pytest.raises(Invalid):
        await acting.hand_over_warning(warning_id=warning.id, said=said, by=centre.assistant)
