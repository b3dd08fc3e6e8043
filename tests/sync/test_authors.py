"""What two people do on one phone stays each one's own, and nobody can put it in another's name."""

from datetime import timedelta

import msgspec
import pytest
from msgspec.structs import replace

from backend.core import clock, ids
from backend.core.database import fetch
from backend.people.devices import device_of, revoke_device
from backend.people.sessions import sign_out_everywhere
from backend.sync.author_keys import register_author_key, revoke_author_key
from backend.sync.authors import author_of
from backend.sync.push_schemas import CommandAuthor
from backend.sync.pushing import sync_push
from backend.sync.refusals import AuthorUnproven
from tests.sync.amending import amended_online, changed, recorded
from tests.sync.signing import MORNING, PhoneKey, command
from tests.tasks.requests import asked
from tests.visits.contacts import body


async def on_phone(actor):
    """Somebody signed in on a phone."""
    device = await device_of(person_id=actor.person_id, label="共用手机", device_id=None)
    return replace(actor, device_id=device)


@pytest.fixture
async def author(cast):
    return await on_phone(cast.cadre)


@pytest.fixture
async def key(author):
    made = PhoneKey()
    await register_author_key(id=made.id, public_key=made.public, by=author)
    return made


async def test_a_command_that_names_nobody_is_of_whoever_sends_it(cast):
    assert await author_of(command(), carrier=cast.assistant) == cast.assistant


@pytest.mark.parametrize("raw", [True, False])
async def test_what_somebody_signed_is_his_whoever_sends_it(cast, author, key, raw):
    who = await author_of(command(author, key, raw=raw), carrier=cast.assistant)

    assert who == author
    assert who.held == cast.cadre.held


async def test_a_key_is_looked_up_once_a_batch(cast, author, key):
    known = {}
    first = await author_of(command(author, key), carrier=cast.assistant, known=known)
    await revoke_author_key(key_id=key.id, by=author)

    assert await author_of(command(author, key), carrier=cast.assistant, known=known) == first == author
    with pytest.raises(AuthorUnproven):
        await author_of(command(author, key), carrier=cast.assistant, known={})


async def test_a_remembered_key_proves_no_other_command(cast, author, key):
    known = {}
    signed = command(author, key)
    await author_of(signed, carrier=cast.assistant, known=known)
    for other in (replace(signed, verb="snoozeTask"), replace(signed, id=ids.uuid7())):
        with pytest.raises(AuthorUnproven):
            await author_of(other, carrier=cast.assistant, known=known)


async def test_whoever_is_signed_in_needs_no_key_for_what_he_did_himself(cast, author, key):
    await revoke_author_key(key_id=key.id, by=author)

    assert await author_of(command(author, key), carrier=author) == author


async def test_a_key_never_registered_proves_nobody(cast, author):
    with pytest.raises(AuthorUnproven):
        await author_of(command(author, PhoneKey()), carrier=cast.assistant)


async def test_ones_own_key_proves_nobody_else(cast, author, key):
    forged = command(cast.supervisor, key)
    with pytest.raises(AuthorUnproven):
        await author_of(forged, carrier=cast.assistant)


async def test_a_signature_of_another_key_proves_nobody(cast, author, key):
    with pytest.raises(AuthorUnproven):
        await author_of(command(author, PhoneKey(), key_id=key.id), carrier=cast.assistant)


@pytest.mark.parametrize(
    "change",
    [
        {"verb": "snoozeTask"},
        {"captured_at": MORNING + timedelta(seconds=1)},
        {"id": ids.uuid7()},
        {"arguments": b'{"task_id": "y"}'},
    ],
    ids=["verb", "moment", "id", "arguments"],
)
async def test_a_signed_command_cannot_be_altered_on_the_way(cast, author, key, change):
    with pytest.raises(AuthorUnproven):
        await author_of(replace(command(author, key), **change), carrier=cast.assistant)


async def test_a_signature_cannot_be_put_under_another_name(cast, author, key):
    signed = command(author, key).author
    named = CommandAuthor(person_id=cast.supervisor.person_id, key_id=key.id, signature=signed.signature)
    with pytest.raises(AuthorUnproven):
        await author_of(replace(command(author, key), author=named), carrier=cast.assistant)


async def test_a_revoked_key_proves_nothing_even_of_before_its_revocation(cast, author, key):
    """The thief of a phone holds its clock too."""
    before = command(author, key, captured_at=clock.now() - timedelta(days=3))
    await revoke_author_key(key_id=key.id, by=author)
    with pytest.raises(AuthorUnproven):
        await author_of(before, carrier=cast.assistant)


async def test_a_revoked_phone_takes_its_keys_with_it(cast, author, key):
    await revoke_device(device_id=author.device_id, by=author)
    with pytest.raises(AuthorUnproven):
        await author_of(command(author, key), carrier=cast.assistant)


async def test_signing_out_everywhere_revokes_every_key_and_no_one_elses(cast, author, key):
    other, its = await on_phone(cast.next_cadre), PhoneKey()
    await register_author_key(id=its.id, public_key=its.public, by=other)
    await sign_out_everywhere(by=author)

    with pytest.raises(AuthorUnproven):
        await author_of(command(author, key), carrier=cast.assistant)
    assert await author_of(command(other, its), carrier=cast.assistant) == other


async def test_whoever_may_not_enter_any_more_is_no_author(cast, author, key):
    await fetch("UPDATE people_person SET closed_at = now() WHERE id = $1", author.person_id)
    with pytest.raises(AuthorUnproven):
        await author_of(command(author, key), carrier=cast.assistant)


async def test_what_two_people_did_on_one_phone_is_each_ones_own_in_one_batch(cast, author, key):
    """The cadre's sign-in ran out on the shared phone; the assistant's brings both their work."""
    his, mine = await asked(assignee_id=author.person_id), await asked(assignee_id=cast.assistant.person_id)
    signed = command(author, key, arguments=msgspec.Raw(msgspec.json.encode({"task_id": his.id})))
    unsigned = command(arguments=msgspec.Raw(msgspec.json.encode({"task_id": mine.id})))
    forged = replace(signed, id=ids.uuid7())

    body = msgspec.json.encode({"commands": [signed, unsigned, forged]})
    told = await sync_push(body=body, by=cast.assistant)

    assert [row.outcome for row in told.rows] == ["stored", "stored", "refused"]
    assert told.rows[2].problem["code"] == "sync/author-unproven"
    done = await fetch("SELECT id, closed_by FROM tasks_task")
    assert {row["id"]: row["closed_by"] for row in done} == {
        his.id: author.person_id,
        mine.id: cast.assistant.person_id,
    }


def told_as(author, key, verb, arguments):
    """A batch of one command that somebody signed, as whoever holds the phone sends it."""
    said = msgspec.Raw(msgspec.json.encode(arguments))
    signed = command(author, key, verb=verb, captured_at=clock.now(), arguments=said)
    return msgspec.json.encode({"commands": [signed]})


async def test_a_command_kept_for_later_shows_nobody_what_became_of_anothers_record(cast, author, key):
    """A signature proves a deed; it does not lend the author's eyes to whoever sends it once more."""
    task = await asked(assignee_id=author.person_id)
    batch = told_as(author, key, "completeTask", {"task_id": task.id})
    await sync_push(body=batch, by=cast.stranger)

    [to_stranger] = (await sync_push(body=batch, by=cast.stranger)).rows
    [to_author] = (await sync_push(body=batch, by=author)).rows

    assert (to_stranger.outcome, to_stranger.record_id, to_stranger.record) == ("duplicate", task.id, None)
    assert to_author.record.state == "done"


async def test_a_merged_record_is_shown_to_a_carrier_who_may_read_it_himself_and_to_no_other(cast, author, key):
    visit = await recorded(author)
    for carrier in (cast.stranger, cast.supervisor):
        await amended_online(visit, cast.supervisor, note=f"看了{carrier.name}的井")
        changes = changed(note=("从没写过", "约周五修井"))
        said = {"visit_id": visit.id, "reason": "记错了", "changes": changes}

        [row] = (await sync_push(body=told_as(author, key, "amendVisit", said), by=carrier)).rows

        assert (row.outcome, row.record is not None) == ("conflict", carrier is cast.supervisor)


async def test_what_looks_odd_in_a_visit_is_told_to_its_author_before_anybody_else(cast, author, key):
    odd = told_as(author, key, "recordVisit", body(sent_at="2020-01-01T00:00:00Z"))
    [to_carrier] = (await sync_push(body=odd, by=cast.assistant)).rows
    own = told_as(author, key, "recordVisit", body(sent_at="2020-01-01T00:00:00Z"))
    [to_author] = (await sync_push(body=own, by=author)).rows

    assert (to_carrier.outcome, to_carrier.flags) == ("stored", [])
    assert (to_author.outcome, to_author.flags) == ("stored", ["clock_skew"])
