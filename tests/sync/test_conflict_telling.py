"""A conflict is one person's task until it is decided, whoever decides it; and its author hears what was said."""

import doctest
from datetime import timedelta

import pytest

from backend.core import clock, ids
from backend.core.database import fetch
from backend.people import actions as people
from backend.people import households, sessions
from backend.people.access_log import list_access_log
from backend.people.household_schemas import HouseholdChanges
from backend.people.tables import Role
from backend.push.inbox import list_notices
from backend.sync import conflict_deciders, conflict_policies, conflict_watch
from backend.sync.conflict_policies import CONFLICT_POLICIES
from backend.sync.conflict_queries import count_waiting
from backend.sync.conflicts import decide_conflict, list_conflicts
from backend.sync.words import Keep
from backend.tasks import actions as tasks
from backend.tasks.my_day import my_tasks
from backend.tasks.tables import DeclineReason
from tests.cast import SINCE, TOWNSHIP
from tests.sync.amending import amend_household, amend_visit, amended_online, contested_visit, recorded
from tests.sync.phones import Phone

PHONE, RECORD = Keep.PHONE, Keep.RECORD
WITHIN = CONFLICT_POLICIES[-1].decide_within


async def day_of(by):
    """What waits for him from this room."""
    return [task for task in (await my_tasks(by=by)).tasks if task.origin_room == "sync"]


async def inbox(by):
    """What he was told, the latest first."""
    return [notice.text for notice in (await list_notices(by=by)).items]


async def decide(conflict_id, by, keep=None):
    return await decide_conflict(conflict_id=conflict_id, keep=keep or {"note": PHONE}, by=by, request_id="r")


async def card_put_right(cast, by, **fields):
    await households.amend_household(
        household_id=cast.household, changes=HouseholdChanges(**fields), reason="核对过", by=by
    )


async def card_contested_by(cast, author, writer):
    """Somebody who may amend the card wants another address than somebody else wrote meanwhile; the conflict."""
    conflict_id = ids.uuid7()
    await card_put_right(cast, writer, address_note="村西头")
    await amend_household(cast.household, author, id=conflict_id, address_note=("村东第1排", "村东第2排"))
    return conflict_id


@pytest.fixture
async def township(cast):
    """A supervisor of the township, nearer to the village than the county's."""
    person = await people.open_account(id=ids.uuid7(), name="乡镇主管", phone="199 0000 0088")
    await people.assign_role(person_id=person.id, role=Role.SUPERVISOR, division_code=TOWNSHIP, valid_from=SINCE)
    return await sessions.actor(person_id=person.id)


def test_the_examples_of_who_is_asked_hold():
    assert doctest.testmod(conflict_deciders).failed == 0


def test_how_long_it_may_wait_is_a_dated_policy_with_its_source():
    for policy in CONFLICT_POLICIES:
        assert policy.source
        assert conflict_policies.conflict_policy(policy.valid_from).decide_within >= timedelta(days=1)


async def test_when_it_opens_one_person_has_it_in_his_day_and_is_told_without_what_anybody_wrote(cast):
    visit, _ = await contested_visit(cast)

    [task] = await day_of(cast.supervisor)
    local = clock.local(visit.occurred_at)
    what = f"{local.month}月{local.day}日走访的记录（LLM-001）"
    assert task.title_zh == f"{what}有两个人都改了，请选定留哪一个。"
    assert task.link == f"/console/conflicts?record={visit.id}"
    assert abs(task.due_at - task.asked_at - WITHIN) < timedelta(minutes=1)
    assert await inbox(cast.supervisor) == [task.title_zh]
    assert await day_of(cast.cadre) == []
    assert await inbox(cast.cadre) == []
    assert await count_waiting(by=cast.cadre) == 1, "he sees it in the queue"
    said = str([tuple(row) for row in await fetch("SELECT text_zh, text_en FROM push_notice")])
    assert not [name for name in ("李秀兰", "王建国", "机井", "林大山") if name in said]


async def test_nobody_is_asked_first_about_his_own_words(cast, township):
    await card_contested_by(cast, author=cast.cadre, writer=township)
    assert (len(await day_of(cast.supervisor)), await day_of(township)) == (1, [])


async def test_of_supervisors_the_nearest_is_asked(cast, township):
    await card_contested_by(cast, author=cast.cadre, writer=cast.supervisor)
    assert (len(await day_of(township)), await day_of(cast.supervisor)) == (1, [])


async def test_whose_record_it_is_is_asked_before_any_supervisor(cast, township):
    visit = await recorded(cast.cadre)
    await amended_online(visit, township, note="看了机井")
    await amend_visit(visit.id, cast.supervisor, note=("看了井", "看了水渠"))

    assert len(await day_of(cast.cadre)) == 1
    assert await day_of(township) == await day_of(cast.supervisor) == []


async def test_a_card_is_asked_of_whoever_serves_it_and_goes_with_the_household(cast, township):
    await card_contested_by(cast, author=cast.supervisor, writer=township)
    [task] = await day_of(cast.cadre)
    assert "户卡 LLM-001" in task.title_zh
    assert await inbox(cast.cadre) == [task.title_zh]

    with clock.stopped(clock.now() + timedelta(days=1)):
        await households.assign_household(
            household_id=cast.household,
            person_id=cast.next_cadre.person_id,
            valid_from=clock.today(),
            by=cast.supervisor,
        )
        assert await day_of(cast.cadre) == []
        assert [each.id for each in await day_of(cast.next_cadre)] == [task.id]


async def test_three_fields_and_two_conflicts_of_a_record_are_one_task_and_one_notice(cast):
    visit = await recorded(cast.cadre)
    await amended_online(visit, cast.supervisor, note="看了机井", topics=["production"], place_note="村东")
    first, second = ids.uuid7(), ids.uuid7()
    await amend_visit(visit.id, cast.cadre, id=first, note=("看了井", "约周五"), topics=(["other"], ["policy"]))
    await amend_visit(visit.id, cast.cadre, id=second, place_note=(None, "村西"))

    assert await count_waiting(by=cast.supervisor) == 2
    [task] = await day_of(cast.supervisor)
    assert len(await inbox(cast.supervisor)) == 1

    await decide(first, cast.supervisor, {"note": RECORD, "topics": RECORD})
    assert [each.id for each in await day_of(cast.supervisor)] == [task.id], "the other one waits still"
    await decide(second, cast.supervisor, {"place_note": RECORD})
    assert await day_of(cast.supervisor) == []


async def test_the_task_is_over_whoever_decides(cast):
    _, conflict_id = await contested_visit(cast)
    [task] = await day_of(cast.supervisor)

    await decide(conflict_id, cast.cadre)

    assert await day_of(cast.supervisor) == []
    closed = await tasks.get_task(task_id=task.id, by=cast.supervisor)
    assert (closed.state, closed.closed_by) == ("done", cast.cadre.person_id)


async def test_what_its_author_wants_anew_is_no_second_task(cast):
    visit, _ = await contested_visit(cast)
    await amend_visit(visit.id, cast.cadre, note=("看了井", "约周六修"))

    assert await count_waiting(by=cast.supervisor) == 1
    assert len(await day_of(cast.supervisor)) == len(await inbox(cast.supervisor)) == 1


async def test_once_the_record_says_what_the_phone_wanted_it_is_over_though_nobody_looks(cast):
    visit, _ = await contested_visit(cast)
    card = await card_contested_by(cast, author=cast.cadre, writer=cast.supervisor)
    await amended_online(visit, cast.supervisor, note="看了井，约周五修")
    await conflict_watch.close_agreed()
    assert [line.id for line in await list_conflicts(by=cast.supervisor, waiting=True, limit=5)] == [card]
    [task] = await day_of(cast.supervisor)
    assert task.origin_id == cast.household

    await card_put_right(cast, cast.supervisor, address_note="村东第2排")
    await conflict_watch.close_agreed()
    await conflict_watch.close_agreed()

    assert await count_waiting(by=cast.supervisor) == 0
    assert await day_of(cast.supervisor) == []
    assert await list_access_log(household_id=cast.household, by=cast.auditor, limit=5, after=None) == []
    assert len(await inbox(cast.cadre)) == 2, "it stands as he wrote it, and he is told"


async def test_what_was_amended_to_something_else_goes_on_waiting(cast):
    visit, _ = await contested_visit(cast)
    await amended_online(visit, cast.supervisor, note="看了机井，水位正常")
    await conflict_watch.close_agreed()
    assert (await count_waiting(by=cast.supervisor), len(await day_of(cast.supervisor))) == (1, 1)


async def test_what_stays_undecided_is_said_to_the_next_supervisor_up_and_never_twice_the_same(cast, township):
    _, conflict_id = await contested_visit(cast)
    await conflict_watch.tell_undecided()
    assert (len(await day_of(township)), await day_of(cast.supervisor)) == (1, [])

    with clock.stopped(clock.now() + WITHIN + timedelta(minutes=1)):
        for _ in range(2):
            await conflict_watch.tell_undecided()
        [told] = await day_of(cast.supervisor)
        assert "一直没人选定" in told.title_zh
        assert await inbox(cast.supervisor) == [told.title_zh]
        assert len(await day_of(township)) == 1, "who was asked first has it still"

        await decide(conflict_id, township)
        assert await day_of(township) == await day_of(cast.supervisor) == []


async def test_the_only_supervisor_who_has_it_already_is_reminded_once(cast):
    await contested_visit(cast)
    with clock.stopped(clock.now() + WITHIN + timedelta(minutes=1)):
        for _ in range(3):
            await conflict_watch.tell_undecided()
        assert len(await day_of(cast.supervisor)) == 1
        assert len(await inbox(cast.supervisor)) == 2


async def test_what_was_put_aside_without_a_decision_is_said_to_a_supervisor_the_next_morning(cast, township):
    await card_contested_by(cast, author=cast.supervisor, writer=township)
    [task] = await day_of(cast.cadre)
    await tasks.decline_task(task_id=task.id, reason=DeclineReason.NOT_MINE, by=cast.cadre)

    await conflict_watch.tell_undecided()
    await conflict_watch.tell_undecided()

    assert len(await day_of(township)) == 1
    assert await day_of(cast.supervisor) == [], "it was his own change"


async def test_its_author_is_told_how_it_was_decided_and_not_by_whom(cast):
    conflict_id = ids.uuid7()
    await card_put_right(cast, cast.supervisor, contact_phone="199 0000 0071", address_note="村西头")
    await amend_household(
        cast.household,
        cast.cadre,
        id=conflict_id,
        contact_phone=("199 0000 0051", "199 0000 0061"),
        address_note=("村东第1排", "村东第2排"),
    )
    [line] = await list_conflicts(by=cast.cadre, waiting=True, limit=5)

    for _ in range(2):
        await decide(conflict_id, cast.supervisor, {"contact_phone": PHONE, "address_note": RECORD})

    at = clock.local(line.captured_at)
    assert await inbox(cast.cadre) == [
        f"您{at.month}月{at.day}日在手机上对户卡 LLM-001 的改动已有人选定：住址保留现有的；电话用您写的。"
    ]
    [row] = await fetch("SELECT link, public FROM push_notice WHERE origin_id = $1", conflict_id)
    assert (row["link"], row["public"]) == (f"/console/households/{cast.household}", False)


async def test_who_decides_about_his_own_change_is_told_nothing_about_it(cast):
    _, conflict_id = await contested_visit(cast)
    await decide(conflict_id, cast.cadre)
    assert await inbox(cast.cadre) == []


async def test_the_phone_of_its_author_carries_that_it_waits_and_then_what_was_said(cast):
    phone, other = Phone(cast.cadre), Phone(cast.supervisor)
    visit, conflict_id = await contested_visit(cast)
    await phone.pull()
    await other.pull()
    held = phone.of("conflicts")[str(conflict_id)]
    assert (held["record_id"], held["fields"], "decision" in held) == (str(visit.id), ["note"], False)
    assert other.of("conflicts") == {}
    assert [task["origin_id"] for task in other.of("tasks").values()] == [str(visit.id)]

    await decide(conflict_id, cast.supervisor, {"note": RECORD})
    await phone.pull()
    await other.pull()

    held = phone.of("conflicts")[str(conflict_id)]
    assert (held["decision"], held["decided_by"]["name"]) == ({"note": "record"}, "王建国")
    assert other.of("tasks") == {}
    assert await phone.pull() == []


async def test_what_was_decided_long_ago_is_carried_no_more(cast, monkeypatch):
    phone = Phone(cast.cadre)
    _, conflict_id = await contested_visit(cast)
    await decide(conflict_id, cast.supervisor)
    await phone.pull()
    later = clock.now() + timedelta(days=89)
    monkeypatch.setattr(clock, "now", lambda: later)
    await phone.pull()
    assert str(conflict_id) in phone.of("conflicts")
    latest = clock.now() + timedelta(days=3)
    monkeypatch.setattr(clock, "now", lambda: latest)
    await phone.pull()

    assert phone.of("conflicts") == {}
    assert ("conflicts", str(conflict_id), "past") in phone.gone
