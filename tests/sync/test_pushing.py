"""A batch of what was done offline: in its order, each for itself, once however often it is sent."""

import asyncio
import tracemalloc
from datetime import timedelta

import asyncpg
import msgspec
import pytest

from backend.core import clock, ids
from backend.core.database import fetch, fetch_row
from backend.core.problems import Malformed
from backend.core.refusals import Refusal
from backend.sync import doing
from backend.sync.author_keys import register_author_key
from backend.sync.command_kinds import COMMANDS, CommandKind, Done
from backend.sync.commands.tasks import CompleteTask
from backend.sync.pushing import sync_push
from backend.tasks.actions import get_task
from backend.visits import batch, storing
from tests.cast import VILLAGE
from tests.sync import signing
from tests.sync.batches import command, done, outcomes, push, visit
from tests.sync.signing import PhoneKey
from tests.tasks.requests import asked
from tests.visits.contacts import an_hour_ago


async def count(table: str) -> int:
    return (await fetch_row(f"SELECT count(*) AS n FROM {table}"))["n"]


async def test_what_was_done_offline_is_done_in_its_order_and_told_one_by_one(cast):
    task = await asked(assignee_id=cast.cadre.person_id)
    contact = visit(needs=[{"id": str(ids.uuid7()), "category": "production", "description": "请专家看麦子"}])
    answered = await push(cast.cadre, contact, done(task.id, after=[contact["id"]]))

    assert outcomes(answered) == ["stored", "stored"]
    assert (answered.stored, answered.refused) == (2, 0)
    assert [row.index for row in answered.rows] == [0, 1]
    assert str(answered.rows[0].record_id) == contact["arguments"]["id"]
    assert (await get_task(task_id=task.id, by=cast.cadre)).state == "done"
    need = contact["arguments"]["needs"][0]["id"]
    assert await fetch_row("SELECT id FROM cases_case WHERE id = $1", need) is not None


async def test_a_second_sending_does_nothing_and_tells_how_the_record_stands(cast):
    task = await asked(assignee_id=cast.cadre.person_id)
    commands = [visit(), done(task.id), visit()]
    await push(cast.cadre, *commands)
    before = await count("visits_visit"), await count("sync_command")

    answered = await push(cast.cadre, *commands)

    assert outcomes(answered) == ["duplicate"] * 3
    assert answered.rows[1].record.state == "done"
    assert [str(row.record_id) for row in (answered.rows[0], answered.rows[2])] == [
        commands[0]["arguments"]["id"],
        commands[2]["arguments"]["id"],
    ]
    assert (await count("visits_visit"), await count("sync_command")) == before


async def test_one_bad_command_spoils_no_other(cast):
    theirs = await asked(assignee_id=cast.next_cadre.person_id)
    mine = await asked(assignee_id=cast.cadre.person_id)
    answered = await push(
        cast.cadre,
        visit(household_code="GIBT-ES-NICHT"),
        visit(),
        done(theirs.id),
        command("recordVisit", {"channel": "seance"}),
        command("danceWithCadre", {}),
        {"id": "none", "verb": 7},
        17,
        done(mine.id),
    )

    assert outcomes(answered) == ["refused", "stored", "refused", "refused", "refused", "refused", "refused", "stored"]
    codes = [row.problem and row.problem["code"] for row in answered.rows]
    assert codes == [
        "visits/reference-unknown", None, "tasks/task-unknown", "core/malformed", "sync/verb-unknown",
        "core/malformed", "core/malformed", None,
    ]  # fmt: skip
    assert answered.rows[3].problem["errors"][0]["pointer"] == "/arguments/channel"
    assert answered.rows[5].id is None


async def test_a_mistake_is_shown_at_its_place_in_the_command_whoever_found_it(cast):
    first = visit()
    await push(cast.cadre, first)
    nowhere, to = {"from": "LLM-001", "to": "GIBT-ES-NICHT"}, {"visit_id": first["arguments"]["id"], "reason": "补记"}
    answered = await push(
        cast.cadre,
        command("recordVisit", first["arguments"] | {"id": str(ids.uuid7()), "channel": "seance"}),
        visit(household_code="GIBT-ES-NICHT"),
        command("amendVisit", to | {"changes": {"household_code": nowhere}}),
        command("amendVisit", to | {"changes": {}}),
    )

    assert [[each["pointer"] for each in row.problem["errors"]] for row in answered.rows] == [
        ["/arguments/channel"],
        ["/arguments/household_code"],
        ["/arguments/changes/household_code/to"],
        ["/arguments/changes"],
    ]


async def test_a_command_waits_for_the_one_it_follows(cast):
    task = await asked(assignee_id=cast.cadre.person_id)
    bad, good = visit(household_code="GIBT-ES-NICHT"), visit()
    follows = done(task.id, after=[bad["id"]])
    then = command("acknowledgeTask", {"task_id": str(task.id)}, after=[follows["id"]])

    answered = await push(cast.cadre, bad, follows, then, visit(after=(bad["id"],)), visit(after=(good["id"],)), good)

    assert outcomes(answered) == ["refused", "held_back", "held_back", "held_back", "held_back", "stored"]
    assert answered.rows[1].problem["code"] == "sync/held-back"
    assert answered.rows[1].problem["after"] == bad["id"]
    assert (await get_task(task_id=task.id, by=cast.cadre)).state == "open"

    bad["arguments"]["household_code"] = "LLM-001"
    assert outcomes(await push(cast.cadre, bad, follows, then)) == ["stored", "stored", "stored"]


async def test_a_visit_may_follow_a_visit_of_the_same_batch(cast):
    first = visit()

    assert outcomes(await push(cast.cadre, first, visit(after=(first["id"],)))) == ["stored", "stored"]


async def test_an_id_that_stood_for_something_else_is_refused(cast):
    one, other = [await asked(assignee_id=cast.cadre.person_id) for _ in range(2)]
    first = done(one.id)
    await push(cast.cadre, first)

    [row] = (await push(cast.cadre, first | {"arguments": {"task_id": str(other.id)}})).rows

    assert row.problem["code"] == "core/different-arguments"
    assert (await get_task(task_id=other.id, by=cast.cadre)).state == "open"


async def test_a_command_sent_again_after_the_server_learned_a_new_field_is_the_same_command(cast, monkeypatch):
    class Newer(CompleteTask, frozen=True, kw_only=True, forbid_unknown_fields=True):
        helpers: list[str] = []
        weather: str | None = None
        hours: int = 1

    contact = done((await asked(assignee_id=cast.cadre.person_id)).id)
    await push(cast.cadre, contact)
    kind = COMMANDS["completeTask"]
    monkeypatch.setitem(COMMANDS, "completeTask", msgspec.structs.replace(kind, arguments=Newer))

    assert outcomes(await push(cast.cadre, contact)) == ["duplicate"]
    contact["arguments"]["hours"] = 2
    assert outcomes(await push(cast.cadre, contact)) == ["refused"]


async def test_another_persons_command_is_not_told_to_whoever_knows_its_id(cast):
    task = await asked(assignee_id=cast.cadre.person_id)
    first = done(task.id)
    await push(cast.cadre, first)

    [row] = (await push(cast.next_cadre, first)).rows

    assert (row.problem["code"], row.record) == ("core/different-arguments", None)


async def test_the_same_batch_twice_at_once_is_done_once(cast):
    tasks = [await asked(assignee_id=cast.cadre.person_id) for _ in range(3)]
    commands = [visit(), *(done(task.id) for task in tasks), visit()]

    answers = await asyncio.gather(*(push(cast.cadre, *commands) for _ in range(4)))

    by_command = list(zip(*(outcomes(answer) for answer in answers), strict=True))
    assert [sorted(told) for told in by_command] == [["duplicate"] * 3 + ["stored"]] * 5
    assert (await count("visits_visit"), await count("sync_command")) == (2, 3)


async def test_batches_out_of_order_come_to_the_same_end(cast):
    task = await asked(assignee_id=cast.cadre.person_id)
    seen = command("acknowledgeTask", {"task_id": str(task.id)})
    finished = done(task.id)

    await push(cast.cadre, finished)
    assert outcomes(await push(cast.cadre, seen)) == ["stored"]

    assert (await get_task(task_id=task.id, by=cast.cadre)).state == "done"


async def test_a_crash_between_two_chunks_loses_nothing_and_doubles_nothing(cast, monkeypatch):
    """The connection dies while the third chunk is under way, and the phone hears nothing."""
    monkeypatch.setattr(doing, "CHUNK", 2)
    tasks = [await asked(assignee_id=cast.cadre.person_id) for _ in range(6)]
    commands = [visit(), *(done(task.id) for task in tasks), visit()]
    real, calls = doing.ledger.keep, 0

    async def dies(lines):
        nonlocal calls
        calls += 1
        if calls >= 3:
            await fetch("SELECT pg_terminate_backend(pg_backend_pid())")
        await real(lines)

    monkeypatch.setattr(doing.ledger, "keep", dies)
    with pytest.raises(doing.GONE):
        await push(cast.cadre, *commands)
    states = [(await get_task(task_id=task.id, by=cast.cadre)).state for task in tasks]
    assert states == ["done"] * 4 + ["open"] * 2
    monkeypatch.setattr(doing.ledger, "keep", real)

    answered = await push(cast.cadre, *commands)

    assert outcomes(answered) == ["duplicate"] * 5 + ["stored"] * 3
    assert (await count("visits_visit"), await count("sync_command")) == (2, 6)


async def test_a_chunk_whose_connection_dies_once_is_done_again(cast, monkeypatch):
    tasks = [await asked(assignee_id=cast.cadre.person_id) for _ in range(3)]
    real, calls = doing.ledger.keep, 0

    async def dies_once(lines):
        nonlocal calls
        calls += 1
        if calls == 1:
            await fetch("SELECT pg_terminate_backend(pg_backend_pid())")
        await real(lines)

    monkeypatch.setattr(doing.ledger, "keep", dies_once)

    assert outcomes(await push(cast.cadre, *(done(task.id) for task in tasks))) == ["stored"] * 3


async def test_who_loses_a_race_is_done_again_and_one_that_always_loses_is_refused_alone(cast, monkeypatch):
    lost = []

    async def loses(said, doing):
        lost.append(said.task_id)
        if said.reason == "no_time" or len(lost) == 1:
            raise asyncpg.DeadlockDetectedError("somebody else has it")
        return Done(record_id=said.task_id)

    kind = COMMANDS["declineTask"]
    monkeypatch.setitem(COMMANDS, "declineTask", CommandKind(verb=kind.verb, arguments=kind.arguments, run=loses))
    task = await asked(assignee_id=cast.cadre.person_id)
    once, always = (
        command("declineTask", {"task_id": str(ids.uuid7()), "reason": reason}) for reason in ("not_mine", "no_time")
    )

    answered = await push(cast.cadre, once, done(task.id), always)

    assert outcomes(answered) == ["stored", "stored", "refused"]
    assert answered.rows[2].problem["code"] == "core/our-bug"
    assert (await get_task(task_id=task.id, by=cast.cadre)).state == "done"


async def test_a_connection_that_dies_between_two_chunks_of_visits_loses_none(cast, monkeypatch):
    monkeypatch.setattr(batch, "CHUNK", 3)
    real, calls = storing.open_needs, 0

    async def dies_at_the_second(entries):
        nonlocal calls
        calls += bool(entries)
        if entries and calls == 2:
            await fetch("SELECT pg_terminate_backend(pg_backend_pid())")
        await real(entries)

    monkeypatch.setattr(storing, "open_needs", dies_at_the_second)
    contacts = [visit() for _ in range(8)]

    answered = await push(cast.cadre, *contacts)

    assert answered.stored + answered.duplicate == await count("visits_visit") == 8
    assert outcomes(await push(cast.cadre, *contacts)) == ["duplicate"] * 8


async def test_a_bug_of_ours_in_one_visit_takes_no_other_with_it(cast, monkeypatch):
    contacts = [visit() for _ in range(4)]
    real = storing.open_needs

    async def broken(entries):
        if any(str(entry.id) == contacts[2]["arguments"]["id"] for entry in entries):
            raise RuntimeError("a bug of ours")
        await real(entries)

    monkeypatch.setattr(storing, "open_needs", broken)

    answered = await push(cast.cadre, *contacts)

    assert outcomes(answered) == ["stored", "stored", "refused", "stored"]
    assert answered.rows[2].problem["code"] == "core/our-bug"


async def test_a_run_of_visits_ends_where_another_author_begins(cast):
    key = PhoneKey()
    await register_author_key(id=key.id, public_key=key.public, by=cast.cadre)
    hers = visit()
    said = msgspec.Raw(msgspec.json.encode(hers["arguments"]))
    signed = signing.command(cast.cadre, key, verb="recordVisit", captured_at=clock.now(), arguments=said)
    his = [visit(household_code=None, division_code=VILLAGE) for _ in range(2)]

    answered = await push(cast.assistant, his[0], msgspec.json.decode(msgspec.json.encode(signed)), his[1])

    assert outcomes(answered) == ["stored"] * 3
    people = [cast.assistant.person_id, cast.cadre.person_id, cast.assistant.person_id]
    assert [await recorder(row.record_id) for row in answered.rows] == people


async def test_a_signature_that_does_not_hold_refuses_that_command_alone(cast):
    key = PhoneKey()
    await register_author_key(id=key.id, public_key=key.public, by=cast.cadre)
    said = msgspec.Raw(msgspec.json.encode(visit()["arguments"]))
    signed = signing.command(cast.cadre, key, verb="recordVisit", captured_at=clock.now(), arguments=said)
    forged = msgspec.json.decode(msgspec.json.encode(signed)) | {"arguments": visit()["arguments"]}

    answered = await push(cast.assistant, forged, visit(household_code=None, division_code=VILLAGE))

    assert outcomes(answered) == ["refused", "stored"]
    assert answered.rows[0].problem["code"] == "sync/author-unproven"


async def recorder(visit_id):
    return (await fetch_row("SELECT recorded_by FROM visits_visit WHERE id = $1", visit_id))["recorded_by"]


async def test_a_bug_of_ours_in_one_command_takes_no_other_with_it(cast, monkeypatch):
    async def broken(said, doing):
        await fetch("UPDATE tasks_task SET state = 'done' WHERE id = $1", said.task_id)
        await fetch("SELECT 1 / 0")

    kind = COMMANDS["declineTask"]
    monkeypatch.setitem(COMMANDS, "declineTask", CommandKind(verb=kind.verb, arguments=kind.arguments, run=broken))
    one, two = [await asked(assignee_id=cast.cadre.person_id) for _ in range(2)]
    declined = command("declineTask", {"task_id": str(one.id), "reason": "no_time"})

    answered = await push(cast.cadre, declined, done(two.id), visit())

    assert outcomes(answered) == ["refused", "stored", "stored"]
    assert (answered.rows[0].problem["status"], answered.rows[0].problem["code"]) == (500, "core/our-bug")
    assert (await get_task(task_id=one.id, by=cast.cadre)).state == "open"


async def test_whoever_is_refused_among_a_few_leaves_the_others_done_once_and_in_their_order(cast):
    one, two, theirs = [await asked(assignee_id=who.person_id) for who in (cast.cadre, cast.cadre, cast.next_cadre)]
    first, refused = done(one.id), done(theirs.id)

    answered = await push(cast.cadre, first, refused, done(two.id, after=[first["id"]]), done(one.id), first)

    assert outcomes(answered) == ["stored", "refused", "stored", "stored", "duplicate"]
    steps = await fetch("SELECT task FROM tasks_event WHERE to_state = 'done' ORDER BY id")
    assert [step["task"] for step in steps] == [one.id, two.id]
    assert await count("sync_command") == 3


async def test_a_bug_of_ours_in_telling_a_record_takes_no_batch_with_it(cast, monkeypatch):
    async def broken(record_id, doing):
        await fetch("SELECT 1 / 0")

    monkeypatch.setitem(COMMANDS, "completeTask", msgspec.structs.replace(COMMANDS["completeTask"], read=broken))
    one, two = [done((await asked(assignee_id=cast.cadre.person_id)).id) for _ in range(2)]
    await push(cast.cadre, one)

    answered = await push(cast.cadre, one, two)

    assert outcomes(answered) == ["duplicate", "stored"]
    assert answered.rows[0].record is None


async def test_a_moment_that_no_calendar_holds_is_refused_alone(cast):
    moments = "0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00"
    commands = [visit(occurred_at=moment) for moment in moments]
    commands += [visit() | {"captured_at": moment} for moment in moments]

    answered = await push(cast.cadre, *commands, visit())

    assert outcomes(answered) == ["refused"] * 4 + ["stored"]
    assert {row.problem["status"] for row in answered.rows[:4]} == {400}


async def test_half_an_emoji_costs_that_character_and_no_batch(cast):
    """`text.slice(0, 4000)` in JavaScript may end in the middle of one."""
    cut, whole = visit(note="约周五修井HALF"), visit(note="好😀")
    body = msgspec.json.encode({"commands": [cut, whole]}).replace(b"HALF", rb"\ud83d")

    answered = await sync_push(body=body, by=cast.cadre)

    assert outcomes(answered) == ["stored", "stored"]
    notes = [
        (await fetch_row("SELECT note FROM visits_visit WHERE id = $1", row.record_id))[0] for row in answered.rows
    ]
    assert notes == ["约周五修井\ufffd", "好😀"]


async def test_a_body_of_nothing_but_commas_takes_no_memory(cast):
    """Four million commands of one figure each would be 275 MB of them before anybody counts."""
    body = b'{"commands":[' + b"1," * 1_000_000 + b"1]}"
    tracemalloc.start()
    try:
        with pytest.raises(Malformed):
            await sync_push(body=body, by=cast.cadre)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < len(body)


async def test_the_phone_is_told_how_wrong_its_clock_is(cast):
    right = await push(cast.cadre, sent_at=clock.now().isoformat())
    wrong = await push(cast.cadre, sent_at=(clock.now() - timedelta(hours=3)).isoformat())
    silent = await push(cast.cadre)

    assert (right.skewed, abs(right.skew_s) < 100) == (False, True)
    assert (wrong.skewed, -10_900 < wrong.skew_s < -10_700) == (True, True)
    assert (silent.skewed, silent.skew_s) == (False, None)


@pytest.mark.parametrize("year", [1970, 2106])
async def test_a_phone_that_woke_in_another_century_sends_what_it_did_before(cast, year):
    answered = await push(cast.cadre, visit(), sent_at=f"{year}-01-01T08:00:00+08:00")

    assert (outcomes(answered), answered.skewed) == (["stored"], True)


async def test_times_stay_as_the_phone_told_them(cast):
    at = an_hour_ago() - timedelta(days=6)
    contact = visit(occurred_at=at.isoformat())
    await push(cast.cadre, contact, sent_at=(clock.now() - timedelta(days=1)).isoformat())

    row = await fetch_row("SELECT occurred_at, door FROM visits_visit WHERE id = $1", contact["arguments"]["id"])
    assert (row["occurred_at"], row["door"]) == (at, "sync")


async def test_a_task_done_offline_was_done_on_the_day_the_phone_says(cast):
    at = clock.now() - timedelta(days=2)
    with clock.stopped(at - timedelta(days=1)):
        task = await asked(assignee_id=cast.cadre.person_id)
    await push(cast.cadre, done(task.id, captured_at=at.isoformat()))

    record = await get_task(task_id=task.id, by=cast.cadre)
    assert (record.done_on, record.entered_late) == (clock.local(at).date(), True)


async def test_what_is_no_batch_is_refused_whole(cast):
    for body in (b"", b"[]", b"{", b'{"commands": 1}', b'{"commands": [], "more": 1}', b"\xff", b"[" * 5000):
        with pytest.raises(Malformed):
            await sync_push(body=body, by=cast.cadre)
    with pytest.raises(Refusal) as refused:
        await push(cast.cadre, *[{}] * 1001)
    assert refused.value.status == 413


async def test_a_visit_without_an_id_has_that_of_its_command(cast):
    contact = visit(id=None)
    [row] = (await push(cast.cadre, contact)).rows

    assert str(row.record_id) == contact["id"]
    assert outcomes(await push(cast.cadre, contact)) == ["duplicate"]


async def test_more_than_one_chunk_of_visits_is_stored_in_order(cast):
    commands = [visit() for _ in range(700)]
    answered = await push(cast.cadre, *commands)

    assert (answered.stored, await count("visits_visit")) == (700, 700)
    assert [str(row.record_id) for row in answered.rows] == [each["arguments"]["id"] for each in commands]
    assert len(msgspec.json.encode(answered)) < 200_000


async def test_visits_leave_no_line_in_the_ledger(cast):
    await push(cast.cadre, visit())

    assert await fetch("SELECT id FROM sync_command") == []
