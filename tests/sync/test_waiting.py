"""Photos may come later than what names them: it waits, and is done by itself."""

from datetime import timedelta
from io import BytesIO

import msgspec
import pytest
from PIL import Image

from backend.core import clock, ids
from backend.core.database import fetch, fetch_row
from backend.core.refusals import DifferentArguments
from backend.media import actions as media
from backend.people import retention
from backend.people.actions import close_account
from backend.sync import ledger, waiting
from backend.sync.author_keys import register_author_key
from backend.sync.cursors import NOTHING_HELD
from backend.visits.actions import get_visit
from tests.sync.batches import command, outcomes, push, visit
from tests.sync.signing import PhoneKey
from tests.sync.signing import command as signed
from tests.tasks.requests import asked


def picture(shade: int = 90) -> bytes:
    content = BytesIO()
    Image.new("RGB", (64, 48), (shade, 140, 60)).save(content, "JPEG")
    return content.getvalue()


async def sends(by, photo_id, content=None):
    """One upload, as `uploadPhoto` keeps it."""
    await media.keep_photo(
        content=content or picture(), file_name="a.jpg", uploaded_by=by.person_id, photo_id=ids.UUID(str(photo_id))
    )


async def photos_of(contact, by):
    return [str(photo.photo_id) for photo in (await get_visit(visit_id=contact["arguments"]["id"], by=by)).photos]


def with_photo(**said):
    """A visit that names a photo, and the photo's id."""
    photo_id = str(ids.uuid7())
    return visit(photos=[{"photo_id": photo_id}], **said), photo_id


async def states():
    return [row["outcome"] for row in await fetch("SELECT outcome FROM sync_command ORDER BY id")]


async def test_visit_need_and_photo_of_one_batch_find_each_other_by_the_phones_own_ids(cast):
    contact, photo_id = with_photo(needs=[{"id": str(ids.uuid7()), "category": "production", "description": "看麦子"}])
    await sends(cast.cadre, photo_id)

    [row] = (await push(cast.cadre, contact)).rows

    assert (row.outcome, row.waiting_for) == ("stored", [])
    record = await get_visit(visit_id=row.record_id, by=cast.cadre)
    assert [str(need.id) for need in record.needs] == [contact["arguments"]["needs"][0]["id"]]
    assert [str(photo.photo_id) for photo in record.photos] == [photo_id]


async def test_a_photo_that_comes_an_hour_later_is_added_by_itself(cast):
    contact, photo_id = with_photo()
    [row] = (await push(cast.cadre, contact)).rows
    assert (row.outcome, [str(id) for id in row.waiting_for]) == ("stored", [photo_id])
    await waiting.do_what_waited()
    assert (await photos_of(contact, cast.cadre), await states()) == ([], ["waiting"])

    with clock.stopped(clock.now() + timedelta(hours=1)):
        await sends(cast.cadre, photo_id)
        await waiting.do_what_waited()

    assert (await photos_of(contact, cast.cadre), await states()) == ([photo_id], ["stored"])
    claimed = await fetch_row("SELECT claimed_kind, claimed_id FROM media_photo WHERE id = $1", photo_id)
    assert (claimed["claimed_kind"], str(claimed["claimed_id"])) == ("visit", contact["arguments"]["id"])


async def test_a_visit_sent_again_takes_up_what_came_meanwhile(cast):
    contact, photo_id = with_photo()
    await push(cast.cadre, contact)
    [still] = (await push(cast.cadre, contact)).rows
    await sends(cast.cadre, photo_id)
    [now] = (await push(cast.cadre, contact)).rows

    assert (still.outcome, [str(id) for id in still.waiting_for]) == ("duplicate", [photo_id])
    assert (now.outcome, now.waiting_for) == ("duplicate", [])
    assert await photos_of(contact, cast.cadre) == [photo_id]
    await waiting.do_what_waited()
    assert await photos_of(contact, cast.cadre) == [photo_id]


async def test_some_photos_now_and_some_later(cast):
    one, two = str(ids.uuid7()), str(ids.uuid7())
    contact = visit(photos=[{"photo_id": one}, {"photo_id": two}])
    await sends(cast.cadre, one)
    await push(cast.cadre, contact)
    assert await photos_of(contact, cast.cadre) == [one]

    await sends(cast.cadre, two, picture(shade=10))
    await waiting.do_what_waited()

    assert sorted(await photos_of(contact, cast.cadre)) == sorted([one, two])


async def test_a_command_that_waits_is_sealed_and_can_be_sent_again(cast):
    contact, photo_id = visit(note="老人要配助听器"), str(ids.uuid7())
    attach = command("attachVisitPhotos", {"visit_id": contact["arguments"]["id"], "photos": [{"photo_id": photo_id}]})
    first = await push(cast.cadre, contact, attach)
    again = await push(cast.cadre, attach)
    await sends(cast.cadre, photo_id)
    now = await push(cast.cadre, attach)
    later = await push(cast.cadre, attach)

    assert [outcomes(answer) for answer in (first, again, now, later)] == [
        ["stored", "waiting"], ["waiting"], ["stored"], ["duplicate"],
    ]  # fmt: skip
    assert [str(photo.photo_id) for photo in later.rows[0].record.photos] == [photo_id]


async def test_what_waits_lies_sealed_and_goes_when_it_is_done(cast):
    contact, photo_id = with_photo()
    await push(cast.cadre, contact)
    [row] = await fetch("SELECT arguments_sealed FROM sync_command")
    assert contact["arguments"]["id"].encode() not in row["arguments_sealed"]

    await sends(cast.cadre, photo_id)
    await waiting.do_what_waited()

    [row] = await fetch("SELECT arguments_sealed, waiting_for FROM sync_command")
    assert (row["arguments_sealed"], row["waiting_for"]) == (None, [])


async def test_a_photo_of_somebody_else_is_never_taken_up(cast):
    contact, photo_id = with_photo()
    await sends(cast.next_cadre, photo_id)

    [row] = (await push(cast.cadre, contact)).rows
    await waiting.do_what_waited()

    assert [str(id) for id in row.waiting_for] == [photo_id]
    assert await photos_of(contact, cast.cadre) == []


async def test_what_never_comes_is_given_up_after_a_month_and_may_be_sent_again(cast):
    contact, photo_id = with_photo()
    await push(cast.cadre, contact)
    with clock.stopped(clock.now() + timedelta(days=31)):
        await waiting.do_what_waited()
        assert await states() == ["refused"]
        assert (await fetch_row("SELECT arguments_sealed FROM sync_command"))["arguments_sealed"] is None
        await sends(cast.cadre, photo_id)
        await push(cast.cadre, contact)

    assert (await photos_of(contact, cast.cadre), await states()) == ([photo_id], ["stored"])


async def test_what_somebody_did_who_may_not_enter_any_more_is_not_done(cast):
    contact, photo_id = with_photo()
    await push(cast.cadre, contact)
    await sends(cast.cadre, photo_id)
    await close_account(person_id=cast.cadre.person_id)

    await waiting.do_what_waited()

    assert await states() == ["refused"]
    assert await fetch("SELECT id FROM visits_photo") == []


async def on_a_shared_phone(cast, photo_id):
    """The cadre's visit with a photo, signed by her key, for the assistant's session to send."""
    key = PhoneKey()
    await register_author_key(id=key.id, public_key=key.public, by=cast.cadre)
    contact = visit(photos=[{"photo_id": photo_id}])
    said = msgspec.json.encode(contact["arguments"])
    made = signed(cast.cadre, key, verb="recordVisit", captured_at=clock.now(), arguments=msgspec.Raw(said))
    return contact, msgspec.json.decode(msgspec.json.encode(made))


@pytest.mark.parametrize("sent_first", [True, False])
async def test_a_photo_sent_by_whoever_holds_the_phone_is_its_authors(cast, sent_first):
    photo_id = str(ids.uuid7())
    contact, made = await on_a_shared_phone(cast, photo_id)
    if sent_first:
        await sends(cast.assistant, photo_id)
    [row] = (await push(cast.assistant, made)).rows
    assert (row.outcome, bool(row.waiting_for)) == ("stored", not sent_first)
    if not sent_first:
        await sends(cast.assistant, photo_id)
        await waiting.do_what_waited()

    assert await photos_of(contact, cast.cadre) == [photo_id]
    kept = await fetch_row("SELECT uploaded_by, carried_by FROM media_photo WHERE id = $1", photo_id)
    assert (kept["uploaded_by"], kept["carried_by"]) == (cast.cadre.person_id, cast.assistant.person_id)
    await sends(cast.assistant, photo_id)  # its answer was lost, and it is sent once more
    with pytest.raises(DifferentArguments):
        await sends(cast.next_cadre, photo_id)


async def test_a_photo_that_a_record_of_the_carriers_holds_stays_there(cast):
    theirs, photo_id = with_photo(household_code=None, division_code="371526101335")
    await sends(cast.assistant, photo_id)
    await push(cast.assistant, theirs)
    contact, made = await on_a_shared_phone(cast, photo_id)

    [row] = (await push(cast.assistant, made)).rows

    assert row.waiting_for
    assert await photos_of(contact, cast.cadre) == []
    assert await photos_of(theirs, cast.assistant) == [photo_id]


async def test_the_ledger_remembers_for_400_days_and_what_waits_for_30(cast):
    task = await asked(assignee_id=cast.cadre.person_id)
    contact, _ = with_photo()
    await push(cast.cadre, command("completeTask", {"task_id": str(task.id)}), contact)
    rules = {rule.name: rule for rule in retention.rules()}

    async def after(days, name):
        with clock.stopped(clock.now() + timedelta(days=days)):
            return (await retention.apply_rule(rules[name])).rows

    assert [await after(days, "sync.waiting") for days in (29, 31, 31)] == [0, 1, 0]
    assert [await after(days, "sync.commands") for days in (399, 401, 401)] == [0, 2, 0]


async def test_what_cannot_be_read_any_more_does_not_hold_up_what_waits_behind_it(cast):
    """A server that was brought up to date takes another shape, or the verb no more."""
    contacts = [with_photo() for _ in range(3)]
    for number, (contact, photo_id) in enumerate(contacts):
        await push(cast.cadre, contact)
        await sends(cast.cadre, photo_id, picture(shade=number))
    first, second, _ = [row["id"] for row in await fetch("SELECT id FROM sync_command ORDER BY id")]
    await fetch("UPDATE sync_command SET verb = 'danceWithCadre' WHERE id = $1", first)
    await fetch("UPDATE sync_command SET verb = 'declineTask' WHERE id = $1", second)

    await waiting.do_what_waited()

    assert await states() == ["refused", "refused", "stored"]


async def test_a_photo_that_another_record_took_makes_nothing_ready(cast):
    theirs, photo_id = with_photo(household_code=None, division_code="371526101335")
    _, made = await on_a_shared_phone(cast, photo_id)
    await push(cast.assistant, made)
    await sends(cast.assistant, photo_id)
    await push(cast.assistant, theirs)

    assert await ledger.ready(after=NOTHING_HELD, limit=5) == []


def attaching(photo_id, *, to=None, **said):
    """A photo for a visit; for none that there is, where `to` is not said."""
    arguments = {"visit_id": to["arguments"]["id"] if to else str(ids.uuid7()), "photos": [{"photo_id": photo_id}]}
    return command("attachVisitPhotos", arguments, **said)


async def refused_after_waiting(cast):
    """A visit, and a photo that is put on another one by mistake: it waits, the photo comes, and it is refused."""
    contact, photo_id = visit(), str(ids.uuid7())
    wrong = attaching(photo_id)
    waits = await push(cast.cadre, contact, wrong)
    assert outcomes(waits) == ["stored", "waiting"]
    await sends(cast.cadre, photo_id)
    await waiting.do_what_waited()
    assert await states() == ["refused"]
    return contact, wrong, photo_id


async def test_what_waited_and_was_refused_is_put_right_under_its_id_and_done_once(cast):
    contact, wrong, photo_id = await refused_after_waiting(cast)
    right = attaching(photo_id, to=contact, id=wrong["id"], captured_at=wrong["captured_at"])

    sent = [await push(cast.cadre, each) for each in (wrong, right, wrong, right)]

    assert [outcomes(answer) for answer in sent] == [["refused"], ["stored"], ["refused"], ["duplicate"]]
    assert sent[2].rows[0].problem["code"] == "core/different-arguments"
    await waiting.do_what_waited()
    assert (await photos_of(contact, cast.cadre), await states()) == ([photo_id], ["stored"])


async def test_the_old_words_do_not_come_back_while_those_put_right_wait_for_another_photo(cast):
    contact, wrong, _ = await refused_after_waiting(cast)
    other = str(ids.uuid7())
    right = attaching(other, to=contact, id=wrong["id"])

    [waits] = (await push(cast.cadre, right)).rows
    [late] = (await push(cast.cadre, wrong)).rows
    await sends(cast.cadre, other, picture(shade=10))
    await waiting.do_what_waited()

    assert (waits.outcome, [str(id) for id in waits.waiting_for]) == ("waiting", [other])
    assert (late.outcome, late.problem["code"]) == ("refused", "core/different-arguments")
    assert (await photos_of(contact, cast.cadre), await states()) == ([other], ["stored"])


async def test_what_is_put_right_in_one_batch_with_its_old_words_is_done_once(cast):
    contact, wrong, photo_id = await refused_after_waiting(cast)
    right = attaching(photo_id, to=contact, id=wrong["id"])

    assert outcomes(await push(cast.cadre, wrong, right, wrong)) == ["refused", "stored", "refused"]
    assert await photos_of(contact, cast.cadre) == [photo_id]


async def test_what_was_put_right_and_done_meanwhile_is_not_ended_by_a_look_at_its_old_words(cast, monkeypatch):
    """Whoever looks after what waits read it before it was refused, put right and done."""
    contact, photo_id = visit(), str(ids.uuid7())
    wrong = attaching(photo_id)
    await push(cast.cadre, contact, wrong)
    await sends(cast.cadre, photo_id)
    [as_it_was] = await ledger.ready(after=NOTHING_HELD, limit=5)
    await push(cast.cadre, wrong)
    await push(cast.cadre, attaching(photo_id, to=contact, id=wrong["id"]))

    monkeypatch.delitem(waiting.COMMANDS, "attachVisitPhotos")
    await waiting._done(as_it_was)

    assert await states() == ["stored"]


async def test_nobody_else_says_anew_what_waited_and_was_refused(cast):
    contact, wrong, photo_id = await refused_after_waiting(cast)
    right = attaching(photo_id, to=contact, id=wrong["id"])

    [row] = (await push(cast.assistant, right)).rows

    assert (row.outcome, row.problem["code"]) == ("refused", "core/different-arguments")
    assert outcomes(await push(cast.cadre, right)) == ["stored"]
