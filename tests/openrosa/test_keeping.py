"""What a verb refuses is kept: the phone was told 201, so nothing of it may be lost."""

import asyncio

import msgspec
import pytest

from backend.core.database import fetch, fetch_row
from tests.openrosa.collect import PHOTO, instance, message, send

UNKNOWN_CARD = "<household_code>NO-999</household_code>"
REFUSED = instance(contact=UNKNOWN_CARD, photos="<photo>1.jpg</photo>")


@pytest.mark.parametrize(
    ("xml", "status", "says"),
    [
        (instance(contact="<household_code>NO-999</household_code>"), 400, "NO-999"),
        (instance(contact="<household_code>ZG-001</household_code>"), 403, ""),
        (instance(contact="<division_code>371526101999</division_code>"), 400, "371526101999"),
        (instance(contact="<division_code>12</division_code>"), 400, "division_code"),
        (instance(contact=""), 400, ""),
        (instance(point="north of the well"), 400, "纬度"),
        (instance(point="96.8 116.2 0 5"), 400, "latitude"),
        (instance(point="nan nan 0 5"), 400, ""),
        (instance(note="长" * 4001), 400, "note"),
        (instance(more="<need><category>gossip</category><description>x</description></need>"), 400, "gossip"),
        (instance(more="<need><category>production</category><description/></need>"), 400, "needs"),
        (instance().replace(b"+08:00", b""), 400, "occurred_at"),
        (instance().replace(b">visit<", b">gossip<"), 400, "gossip"),
    ],
)
async def test_a_record_that_says_what_cannot_be_is_kept_and_the_phone_is_told_why(phone, xml, status, says):
    answer = await send(phone, xml)
    told = message(answer, "submit_success")
    assert answer.status_code == 201, told
    assert says in told
    assert "errors" not in told, "a programmer's word"
    assert len(told) < 500
    row = await fetch_row("SELECT state, record_id, refusal::jsonb ->> 'status' AS status FROM openrosa_submission")
    assert tuple(row) == ("attention", None, str(status))
    assert await fetch("SELECT 1 FROM visits_visit") == []


async def test_why_is_kept_in_both_languages_with_the_answers_that_are_meant(phone):
    await send(phone, REFUSED)
    refusal = msgspec.json.decode((await fetch_row("SELECT refusal FROM openrosa_submission"))["refusal"])
    assert (refusal["status"], refusal["code"]) == (400, "visits/reference-unknown")
    assert [error["pointer"] for error in refusal["zh"]["errors"]] == ["/household_code"]
    assert "NO-999" in refusal["zh"]["errors"][0]["detail"]
    assert refusal["en"]["detail"].isascii()


async def test_its_photos_are_kept_with_it_and_late_ones_come_in(phone):
    xml = instance(contact=UNKNOWN_CARD, photos="<photo>1.jpg</photo><photo_after>2.jpg</photo_after>")
    first = await send(phone, xml, {"1.jpg": PHOTO})
    second = await send(phone, xml, {"2.jpg": PHOTO})
    assert (first.status_code, second.status_code) == (201, 201)
    [row] = await fetch("SELECT id, state FROM openrosa_submission")
    photos = await fetch("SELECT claimed_kind, claimed_id, division_code FROM media_photo")
    assert [(photo["claimed_kind"], photo["claimed_id"]) for photo in photos] == [("submission", row["id"])] * 2


async def test_sent_again_it_is_still_one_and_the_phone_is_thanked(phone):
    answers = await asyncio.gather(*(send(phone, REFUSED, {"1.jpg": PHOTO}) for _ in range(8)))
    assert [answer.status_code for answer in answers] == [201] * 8
    assert "NO-999" in message(answers[-1], "submit_success")
    assert len(await fetch("SELECT 1 FROM openrosa_submission")) == 1
    assert len(await fetch("SELECT 1 FROM media_photo")) == 1


async def test_a_stranger_writes_nothing_into_this_county_and_loses_nothing(phone_of, cast):
    answer = await send(await phone_of(cast.stranger), instance())
    assert answer.status_code == 201
    row = await fetch_row("SELECT state, division_code FROM openrosa_submission")
    assert tuple(row) == ("attention", cast.stranger.held[0].division_code)
    assert await fetch("SELECT 1 FROM visits_visit") == []


async def test_when_the_house_itself_fails_the_phone_is_told_to_try_again_and_nothing_is_kept(phone, monkeypatch):
    async def broken(*_args, **_known):
        raise RuntimeError("our bug")

    monkeypatch.setattr("backend.openrosa.visit_form.record_visit", broken)
    assert (await send(phone, instance())).status_code == 500
    assert await fetch("SELECT 1 FROM openrosa_submission") == []
