"""The ledger: one line for each command, whoever writes it first, and nothing readable in it."""

import asyncio
from datetime import timedelta

import msgspec

from backend.core import clock, ids
from backend.core.database import fetch_row, transaction
from backend.media.actions import keep_photo
from backend.sync import ledger
from backend.sync.cursors import NOTHING_HELD
from backend.sync.ledger import Line
from backend.sync.words import CommandOutcome


def line(cast, **said):
    usual = {
        "id": ids.uuid7(),
        "verb": "completeTask",
        "author_id": cast.cadre.person_id,
        "carrier_id": cast.assistant.person_id,
        "device_id": None,
        "captured_at": clock.now(),
        "received_at": clock.now(),
        "digest": b"d" * 32,
        "outcome": CommandOutcome.STORED,
        "waiting_for": [],
    }
    return Line(**(usual | said))


@transaction
async def read(*ids_):
    return await ledger.locked(ids_)


async def test_a_line_is_read_back_as_it_was_written_and_its_arguments_lie_sealed(cast):
    waits = line(cast, outcome=CommandOutcome.WAITING, arguments=b'{"note":"\xe5\xa5\xbd"}', waiting_for=[ids.uuid7()])
    done = line(cast, record_id=ids.uuid7())
    await ledger.keep([waits, done])

    assert await read(waits.id, done.id, ids.uuid7()) == {waits.id: waits, done.id: done}
    row = await fetch_row("SELECT arguments_sealed FROM sync_command WHERE id = $1", waits.id)
    assert "好".encode() not in row["arguments_sealed"]


async def test_whoever_comes_second_waits_for_the_first_and_sees_what_he_did(cast):
    first, order = line(cast), []

    @transaction
    async def at_work():
        await ledger.locked([first.id])
        order.append("locked")
        await asyncio.sleep(0.2)
        await ledger.keep([first])
        order.append("written")

    @transaction
    async def second():
        while not order:
            await asyncio.sleep(0.01)
        known = await ledger.locked([ids.uuid7(), first.id])
        order.append("seen")
        return known

    _, known = await asyncio.gather(at_work(), second())

    assert order == ["locked", "written", "seen"]
    assert known == {first.id: first}


async def test_what_waits_is_ready_once_its_last_photo_has_come_from_author_or_carrier(cast):
    photos = [ids.uuid7() for _ in range(3)]
    waits = line(cast, outcome=CommandOutcome.WAITING, arguments=b"{}", waiting_for=photos)
    await ledger.keep([waits])
    senders = (cast.cadre, cast.assistant, cast.stranger)
    ready = []
    for photo_id, by in zip(photos, senders, strict=True):
        await keep_photo(content=photo_id.bytes, file_name="a.jpg", uploaded_by=by.person_id, photo_id=photo_id)
        ready += await ledger.ready(after=NOTHING_HELD, limit=10)
    assert ready == []

    own = line(cast, outcome=CommandOutcome.WAITING, arguments=b"{}", waiting_for=photos[:2])
    await ledger.keep([own])

    assert await ledger.ready(after=NOTHING_HELD, limit=10) == [own]
    assert await ledger.ready(after=own.id, limit=10) == []


async def test_what_waited_too_long_is_refused_and_its_words_are_gone(cast):
    waits = line(cast, outcome=CommandOutcome.WAITING, arguments=b"{}", waiting_for=[ids.uuid7()])
    await ledger.keep([waits])
    await ledger.give_up(before=waits.received_at)
    assert (await read(waits.id))[waits.id].outcome is CommandOutcome.WAITING

    await ledger.give_up(before=waits.received_at + timedelta(seconds=1))

    left = (await read(waits.id))[waits.id]
    assert (left.outcome, left.arguments, left.waiting_for) == (CommandOutcome.REFUSED, None, [])


async def test_a_line_written_again_keeps_its_carrier_and_one_put_right_says_all_anew(cast):
    first = line(cast, outcome=CommandOutcome.WAITING, arguments=b"{}", waiting_for=[ids.uuid7()])
    by_another = msgspec.structs.replace(first, carrier_id=cast.next_cadre.person_id, ahead=timedelta(hours=1))
    await ledger.keep([first, by_another])
    assert (await read(first.id))[first.id] == first

    put_right = msgspec.structs.replace(by_another, digest=b"e" * 32, outcome=CommandOutcome.STORED, arguments=None)
    await ledger.keep([put_right])

    assert (await read(first.id))[first.id] == put_right


async def test_only_what_waits_with_the_same_words_is_ended(cast):
    waits = line(cast, outcome=CommandOutcome.WAITING, arguments=b"{}", waiting_for=[ids.uuid7()])
    stored = line(cast)
    await ledger.keep([waits, stored])

    await ledger.end(msgspec.structs.replace(waits, digest=b"e" * 32))
    await ledger.end(stored)
    assert await read(waits.id, stored.id) == {waits.id: waits, stored.id: stored}

    await ledger.end(waits)
    left = (await read(waits.id))[waits.id]
    assert (left.outcome, left.arguments, left.waiting_for) == (CommandOutcome.REFUSED, None, [])
