"""The gate: photos are waited for, a poor one asks for a better one, and time opens it anyway."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.cases import uploads, working
from backend.core import clock, ids
from backend.core.database import fetch, fetch_row
from backend.diagnosis import gate, questions, records
from backend.diagnosis.gate_rules import Passing, Seen, Waiting, judged, reasons
from backend.diagnosis.policies import DIAGNOSIS_POLICIES
from backend.diagnosis.request_schemas import QuestionAnswer
from backend.diagnosis.words import RequestState
from backend.media.facts import Kind, PhotoState, Reason
from tests.diagnosis.clinic import later, state_of
from tests.media.drawn import amr, blurred, covered, dark, field, saved

NOON = datetime(2026, 7, 20, 4, tzinfo=UTC)
POLICY = DIAGNOSIS_POLICIES[0]
GOOD = Seen(Kind.PHOTO, PhotoState.ACCEPTED)
SMALL_ONE = Seen(Kind.PHOTO, PhotoState.ACCEPTED, (Reason.SMALL,))
DARK = Seen(Kind.PHOTO, PhotoState.ACCEPTED, (Reason.TOO_DARK,))
MOVES = Seen(Kind.PHOTO, PhotoState.ACCEPTED, (Reason.ANIMATED,))
REFUSED = Seen(Kind.PHOTO, PhotoState.REFUSED, (Reason.NOTHING_TO_SEE,))
UNSEEN = Seen(Kind.PHOTO, PhotoState.WAITING)
VOICE = Seen(Kind.VOICE, PhotoState.ACCEPTED)
P, W, A = Passing.PASSES, Passing.WAITS, Passing.ASKS


@pytest.mark.parametrize(
    ("seen", "expected", "says"),
    [
        ([], 0, P),
        ([], 2, W),
        ([GOOD], 3, P),
        ([MOVES], 1, P),
        ([DARK, GOOD], 2, P),
        ([UNSEEN], 1, W),
        ([DARK, UNSEEN], 2, W),
        ([DARK], 2, W),
        ([DARK], 1, A),
        ([SMALL_ONE, REFUSED], 2, A),
        ([VOICE], 1, P),
        ([VOICE], 2, W),
        ([VOICE, DARK], 2, A),
    ],
)
def test_one_good_picture_is_enough_and_verdicts_are_waited_for(seen, expected, says):
    waiting = Waiting(expected=expected, urgent=False, no_better_photo=False, since=NOON)
    assert judged(waiting, seen, at=NOON, policy=POLICY) is says


@pytest.mark.parametrize(
    ("changed", "after", "says"),
    [
        ({}, timedelta(minutes=14), W),
        ({}, timedelta(minutes=15), A),
        ({"urgent": True}, timedelta(0), P),
        ({"no_better_photo": True}, timedelta(0), P),
        ({"asked_at": NOON}, timedelta(minutes=16), A),
        ({"asked_at": NOON}, timedelta(hours=12), P),
    ],
)
def test_what_is_urgent_passes_at_once_and_everything_in_the_end(changed, after, says):
    waiting = Waiting(**({"expected": 2, "urgent": False, "no_better_photo": False, "since": NOON} | changed))
    assert judged(waiting, [DARK], at=NOON + after, policy=POLICY) is says


def test_each_reason_is_told_once_and_the_newest_photos_first():
    blur = Seen(Kind.PHOTO, PhotoState.ACCEPTED, (Reason.BLURRED, Reason.SMALL))
    assert reasons([DARK, blur, GOOD, SMALL_ONE]) == ["small", "blurred", "too_dark"]


@pytest.mark.parametrize("why", [each for each in Reason if each in gate.HOWS])
def test_how_a_better_photo_is_taken_is_said_in_chinese_with_a_healthy_plant_beside_it(why):
    told = gate.how([why])
    assert "旁边好的也拍一张" in told
    assert not any("a" <= letter <= "z" for letter in told.lower())


async def test_a_good_photo_goes_on_to_an_expert(clinic):
    asked = await clinic.scan(photo_ids=[await clinic.photo(saved(field()))])
    assert await gate.pass_or_ask(asked.request.id) is P
    assert await state_of(asked.request.id) is RequestState.OFFERED


async def test_a_call_without_a_photo_goes_on_at_once(clinic):
    assert await state_of(await clinic.routed()) is RequestState.OFFERED


async def test_a_poor_photo_asks_for_a_better_one_and_troubles_nobody(clinic):
    asked = await clinic.scan(photo_ids=[await clinic.photo(dark()), await clinic.photo(blurred())])
    assert await gate.pass_or_ask(asked.request.id) is A

    request = await records.get(request_id=asked.request.id, by=clinic.chief)
    (question,) = request.questions
    assert (question.asked_by, question.wants_photo, question.answered_at) == (None, True, None)
    assert set(question.reasons) == {"too_dark", "blurred"}
    assert "背着光" in question.words
    assert "手拿稳" in question.words
    assert await state_of(asked.request.id) is RequestState.AWAITING_PHOTO
    assert await fetch("SELECT 1 FROM diagnosis_offer") == []
    (told,) = await fetch("SELECT text_zh, public FROM push_notice")
    assert "照片看不清" in told["text_zh"]
    assert told["public"]


async def test_whoever_left_no_number_is_asked_on_his_receipt_alone(clinic):
    asked = await clinic.scan(photo_ids=[await clinic.photo(dark())], contact_phone=None)
    assert await gate.pass_or_ask(asked.request.id) is A
    assert await fetch("SELECT 1 FROM push_notice") == []


async def test_a_better_photo_opens_the_gate_and_settles_the_question(clinic):
    asked = await clinic.scan(photo_ids=[await clinic.photo(covered())])
    request_id = asked.request.id
    await gate.pass_or_ask(request_id)
    opener = uploads.opener_of_case(request_id)
    with later(timedelta(minutes=5)):
        better = await clinic.photo(saved(field()), opener=opener)
        await working.add_photos(case_id=request_id, id=ids.uuid7(), photo_ids=[better], by=None, opener=opener)
        await gate.look_at_all_due()  # a door that tells nobody: the gate looks every minute

    assert await state_of(request_id) is RequestState.OFFERED
    row = await fetch_row("SELECT answered_at FROM diagnosis_question WHERE request = $1", request_id)
    assert row["answered_at"] is not None


async def test_another_poor_photo_changes_the_words_and_is_not_told_twice(clinic):
    asked = await clinic.scan(photo_ids=[await clinic.photo(dark())])
    request_id, opener = asked.request.id, uploads.opener_of_case(asked.request.id)
    await gate.pass_or_ask(request_id)
    before = await fetch_row("SELECT route_after FROM diagnosis_request WHERE id = $1", request_id)
    with later(timedelta(minutes=5)):
        poor = await clinic.photo(blurred(), opener=opener)
        await working.add_photos(case_id=request_id, id=ids.uuid7(), photo_ids=[poor], by=None, opener=opener)
        await gate.look_at_all_due()
        assert await gate.queries.due(at=clock.now(), most=10) == []  # looked at; nothing new
    (question,) = await fetch("SELECT reasons FROM diagnosis_question WHERE request = $1", request_id)
    assert question["reasons"] == ["blurred", "too_dark"]
    assert len(await fetch("SELECT 1 FROM push_notice")) == 1
    after = await fetch_row("SELECT route_after FROM diagnosis_request WHERE id = $1", request_id)
    assert after["route_after"] == before["route_after"]


async def test_no_better_photo_and_an_expert_looks_at_what_there_is(clinic):
    asked = await clinic.scan(photo_ids=[await clinic.photo(dark())])
    request_id = asked.request.id
    await gate.pass_or_ask(request_id)
    row = await fetch_row("SELECT id FROM diagnosis_question WHERE request = $1", request_id)
    for _ in range(2):
        answered = await questions.answer_question(
            request_id=request_id, question_id=row["id"], new=QuestionAnswer(no_better_photo=True), by=None
        )
        assert answered.state is RequestState.OFFERED
        assert [each.answer for each in answered.questions] == ["我没有更清楚的照片了。"]


async def test_mere_words_leave_the_gate_shut_and_are_not_lost(clinic):
    asked = await clinic.scan(photo_ids=[await clinic.photo(dark())])
    await gate.pass_or_ask(asked.request.id)
    row = await fetch_row("SELECT id FROM diagnosis_question WHERE request = $1", asked.request.id)
    new = QuestionAnswer(words="明天再拍")
    answered = await questions.answer_question(request_id=asked.request.id, question_id=row["id"], new=new, by=None)
    assert answered.state is RequestState.AWAITING_PHOTO
    lines = await fetch('SELECT payload FROM cases_event WHERE "case" = $1 AND kind = $2', asked.request.id, "relayed")
    assert ["明天再拍" in line["payload"] for line in lines] == [True]


async def test_photos_that_never_come_are_asked_for_and_then_done_without(clinic):
    request_id = (await clinic.scan(photos_expected=2)).request.id
    assert await gate.pass_or_ask(request_id) is W
    with later(timedelta(minutes=16)):
        await gate.look_at_all_due()
        row = await fetch_row("SELECT words, reasons FROM diagnosis_question WHERE request = $1", request_id)
        assert "没有传到" in row["words"]
        assert row["reasons"] == []
    with later(timedelta(hours=11)):
        await gate.look_at_all_due()
        assert await state_of(request_id) is RequestState.AWAITING_PHOTO
    with later(timedelta(hours=13)):
        await gate.look_at_all_due()
        assert await state_of(request_id) is RequestState.OFFERED


async def test_what_is_urgent_waits_for_no_photo(clinic):
    request_id = (await clinic.scan(photos_expected=3, area_mu=1275)).request.id
    assert await gate.pass_or_ask(request_id) is P
    assert await state_of(request_id) is not RequestState.AWAITING_PHOTO


async def test_a_voice_note_alone_is_listened_to(clinic):
    note = await clinic.photo(amr())
    request_id = (await clinic.scan(photo_ids=[note])).request.id
    assert await gate.pass_or_ask(request_id) is P
    (heard,) = (await records.get(request_id=request_id, by=clinic.chief)).photos
    assert (heard.kind, heard.small) == (Kind.VOICE, None)
    assert heard.voice.startswith("/media/shown/")


async def test_while_the_pipeline_works_the_gate_looks_again_soon_and_later_every_minute(clinic):
    request_id = (await clinic.scan(photo_ids=[await clinic.sent(saved(field()))])).request.id
    await fetch("DELETE FROM pgqueuer")
    for n in range(len(gate.LOOKS_AFTER) + 1):
        await gate.look(gate.Look(request_id, n))
    rows = await fetch("SELECT execute_after - created AS after FROM pgqueuer ORDER BY id")
    assert len(rows) == len(gate.LOOKS_AFTER)
    assert await gate.queries.due(at=clock.now(), most=10) == [request_id]


async def test_photos_uploaded_with_the_ticket_and_never_taken_up_are_taken_up_by_the_gate(clinic):
    request_id = (await clinic.scan(photos_expected=1)).request.id
    await clinic.photo(saved(field()), opener=uploads.opener_of_case(request_id))
    with later(timedelta(minutes=1)):
        await gate.look_at_all_due()
    assert await state_of(request_id) is RequestState.OFFERED
    assert len((await records.get(request_id=request_id, by=clinic.chief)).photos) == 1


async def test_the_gate_leaves_alone_what_has_passed_or_is_not_there(clinic):
    request_id = await clinic.routed()
    assert await gate.pass_or_ask(request_id) is P
    assert len(await fetch("SELECT 1 FROM diagnosis_offer")) == 1
