"""Text messages: one comes in once, from whom the gateway says, and becomes what its short code asks for."""

import json
from datetime import timedelta
from typing import Any

import pytest

from backend.cases import records
from backend.cases.opening import open_case
from backend.cases.schemas import NewCase
from backend.cases.words import Channel
from backend.core import clock, ids
from backend.core.database import fetch
from backend.core.post_signatures import PostHeaders
from backend.core.refusals import DifferentArguments, Forbidden, Invalid
from backend.hotline import text_routes, text_taking, texts
from backend.hotline.call_refusals import LinePostAgain, LinePostNotSigned
from backend.hotline.line_tables import LinePost
from backend.hotline.text_refusals import TextForgotten, TextTaken, TextUnknown
from backend.hotline.text_rules import read, text_policy
from backend.hotline.text_schemas import TextCase, TextTaking
from backend.hotline.text_tables import TextIn
from backend.hotline.words import SystemKind
from backend.push.addresses import reach_by_phone, register_address_of
from backend.push.provider import AddressKind
from tests.antifraud.centre import five
from tests.antifraud.outreach import client_of, signed_in
from tests.cast import FARMER_PHONE, NEXT_VILLAGE, VILLAGE
from tests.hotline.exchange import AT_TWO, Exchange
from tests.hotline.lines import asked, get

SAID = "村东水管坏了两天没水"
NOBODYS = "199 0000 0991"


@pytest.fixture
async def gateway(cast):
    made = await Exchange.open(cast, kind=SystemKind.SMS)
    with clock.stopped(AT_TWO):
        yield made


def body(words: str, reference: str = "S-1", sender: str = FARMER_PHONE, **more: Any) -> bytes:
    told = {"reference": reference, "sender": sender, "body": words, "sent_at": clock.now().isoformat()}
    return json.dumps(told | more, ensure_ascii=False).encode()


async def posted(gateway, words: str, reference: str = "S-1", **more: Any):
    message_id = more.pop("message_id", reference)
    said = body(words, reference, **more)
    headers = PostHeaders(*gateway.signed(said, message_id=message_id).values())
    return await texts.receive_sms(system_id=gateway.system_id, headers=headers, body=said)


async def came(gateway, words: str, reference: str = "S-1", **more: Any):
    return (await posted(gateway, words, reference, **more)).record


async def sent(receipt) -> list[str]:
    """What was answered, in Chinese."""
    rows = await fetch(
        "SELECT text_zh FROM push_notice WHERE origin_id = $1 AND dedupe_key LIKE 'hotline text %' ORDER BY dedupe_key",
        receipt.id,
    )
    return [row["text_zh"] for row in rows]


async def case_of(receipt):
    (row,) = await fetch('SELECT "case" FROM hotline_text WHERE id = $1', receipt.id)
    return await records.read(row["case"])


async def test_a_request_from_a_known_number_becomes_a_case_in_its_village(gateway):
    receipt = await came(gateway, f"mq {SAID}")
    case = await case_of(receipt)

    assert (receipt.state, case.channel, case.division.code) == ("case", "sms", VILLAGE)
    assert (case.title, case.household_id) == (SAID, gateway.cast.household)
    assert (case.owner_unit.id, case.has_contact) == (gateway.unit, True)
    (answer,) = await sent(receipt)
    assert case.number_said in answer
    assert f"CX{case.number}" in answer


async def test_a_request_from_a_number_nobody_knows_is_read_by_whoever_is_on_duty(gateway):
    receipt = await came(gateway, f"MQ{SAID}", sender=NOBODYS)

    assert receipt.state == "unroutable"
    assert await sent(receipt) == []
    ((person, _, state),) = await asked(receipt.id)
    assert (person, state) == (gateway.night.person_id, "open")


async def test_a_number_of_an_earlier_case_is_known_and_one_of_two_villages_is_not(gateway):
    for n, village in enumerate((VILLAGE, NEXT_VILLAGE), 1):
        new = NewCase(
            channel=Channel.PHONE, category_code="other", title="路灯", division_code=village, contact_phone=NOBODYS
        )
        await open_case(new=new, by=gateway.cast.operator)
        receipt = await came(gateway, f"MQ{SAID}", f"S-{n}", sender=NOBODYS)
        assert receipt.state == ("case" if n == 1 else "unroutable")


async def test_his_cases_stand_is_told_to_his_phone_alone(gateway):
    number = (await case_of(await came(gateway, f"MQ{SAID}"))).number
    for n, (words, sender, right) in enumerate(
        [(f"CX{number}", FARMER_PHONE, True), ("cx", FARMER_PHONE, True), (f"CX {number}", NOBODYS, False)]
    ):
        receipt = await came(gateway, words, f"Q-{n}", sender=sender)
        (answer,) = await sent(receipt)
        assert receipt.state == "answered"
        assert ("已受理" in answer, number[:4] in answer) == (right, right)


async def test_who_wrote_td_is_written_to_no_more(gateway):
    phone = "+8619900000991"
    await reach_by_phone(citizen_id=ids.uuid7(), phone=phone, opted_in_text="x")
    assert (await came(gateway, "TD", sender=NOBODYS)).state == "answered"
    assert await fetch("SELECT 1 FROM push_address WHERE subject_kind = 'citizen'") == []
    more = await came(gateway, "TD 我的意思是特大的坑", "S-2", sender=NOBODYS)
    assert more.state == "unroutable"


async def test_staff_who_writes_td_is_read_by_a_person_and_goes_on_being_told(gateway):
    phone, person = "+8619900000991", gateway.cast.cadre.person_id
    await register_address_of(id=ids.uuid7(), person_id=person, kind=AddressKind.SMS, value=phone)
    assert (await came(gateway, "TD", sender=NOBODYS)).state == "unroutable"
    rows = await fetch("SELECT 1 FROM push_address WHERE subject = $1 AND dead_at IS NULL", person)
    assert len(rows) == 1


async def test_a_request_without_words_is_told_how(gateway):
    receipt = await came(gateway, "MQ。")
    (answer,) = await sent(receipt)
    assert (receipt.state, "MQ" in answer) == ("answered", True)


async def test_words_of_an_emergency_ring_the_desk_and_say_whom_to_dial(gateway):
    receipt = await came(gateway, "MQ俺家麦秸垛着火了")
    ((person, _, _),) = await asked(receipt.id)
    (task,) = await fetch("SELECT urgency FROM tasks_task WHERE origin_id = $1", receipt.id)
    (row,) = await fetch("SELECT emergency FROM hotline_text WHERE id = $1", receipt.id)

    assert (receipt.state, person, task["urgency"]) == ("case", gateway.night.person_id, "emergency")
    assert row["emergency"] is True
    assert any("119" in each for each in await sent(receipt))


async def test_the_same_reference_is_the_same_message_whatever_its_message_id(gateway):
    outcomes = [await posted(gateway, f"MQ{SAID}", message_id=each) for each in ("a", "a", "b")]
    assert [each.created for each in outcomes] == [True, False, False]
    assert len({each.record.id for each in outcomes}) == 1
    assert (await TextIn.count(), await LinePost.count()) == (1, 2)
    cases = await fetch("SELECT 1 FROM cases_case")
    assert len(cases) == 1


async def test_a_reference_or_a_message_id_stands_for_one_message(gateway):
    await came(gateway, f"MQ{SAID}")
    with pytest.raises(DifferentArguments):
        await posted(gateway, "MQ别的事", message_id="b")
    with pytest.raises(LinePostAgain):
        await posted(gateway, "MQ别的事", "S-2", message_id="S-1")
    assert await TextIn.count() == 1


async def test_neither_number_nor_words_lie_readable_in_any_table(gateway):
    await came(gateway, "看不懂的一句悄悄话", sender=NOBODYS)
    for table in await fetch("SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'"):
        for row in await fetch(f"SELECT t::text AS line FROM {table['name']} t"):
            assert not [each for each in ("悄悄话", "19900000991") if each in row["line"]]


async def test_one_number_is_not_answered_without_end(gateway):
    most = text_policy(clock.today()).answers_an_hour
    states = [(await came(gateway, "CX", f"S-{n}")).state for n in range(most + 1)]
    assert states == ["answered"] * most + ["unroutable"]
    with clock.stopped(AT_TWO + timedelta(hours=1, minutes=1)):
        assert (await came(gateway, "CX", "later")).state == "answered"


@pytest.mark.parametrize("changed", [{"sender": "abc"}, {"sent_at": "2026-11-24T02:00:00"}, {"body": 1}, {"more": 1}])
async def test_a_post_with_mistakes_is_refused_without_its_values(gateway, changed):
    with pytest.raises(Invalid) as refused:
        await posted(gateway, f"MQ{SAID}", **changed)
    assert SAID not in str(refused.value.errors)
    assert await TextIn.count() == 0


async def test_a_forged_late_or_strange_post_is_refused_alike(gateway):
    said = body(f"MQ{SAID}")
    right = gateway.signed(said, message_id="S-1")
    old = gateway.signed(said, message_id="S-1", at=AT_TWO - timedelta(minutes=6))
    for system_id, headers, content in (
        (ids.uuid7(), right, said),
        (gateway.system_id, right, said + b" "),
        (gateway.system_id, old, said),
        ((await gateway.system(SystemKind.PHONE)).id, right, said),
    ):
        with pytest.raises(LinePostNotSigned):
            await texts.receive_sms(system_id=system_id, headers=PostHeaders(*headers.values()), body=content)


async def test_a_person_makes_a_case_of_it_and_the_sender_is_told(gateway):
    receipt = await came(gateway, SAID, sender=NOBODYS)
    taking = TextTaking(case=TextCase(division_code=VILLAGE, category_code="other", title="村东停水"))
    taken = [await text_taking.take_text(text_id=receipt.id, taking=taking, by=gateway.night) for _ in range(2)]
    case = await records.read(taken[0].case_id)

    assert taken[0] == taken[1]
    assert (taken[0].state, taken[0].taken_by.id) == ("case", gateway.night.person_id)
    assert (case.description, case.opened_by.id) == (SAID, gateway.night.person_id)
    assert [each[2] for each in await asked(receipt.id)] == ["done"]
    (answer,) = await sent(receipt)
    assert case.number in answer
    with pytest.raises(TextTaken):
        await text_taking.take_text(text_id=receipt.id, taking=taking, by=gateway.second)


async def test_a_person_answers_in_his_own_words(gateway):
    receipt = await came(gateway, "几点上班", sender=NOBODYS)
    taking = TextTaking(answer="周一到周五八点半到五点。")
    taken = await text_taking.take_text(text_id=receipt.id, taking=taking, by=gateway.night)
    assert (taken.state, taken.case_id, await sent(receipt)) == ("answered", None, ["周一到周五八点半到五点。"])


async def test_reading_it_is_logged_and_the_list_tells_neither_words_nor_sender(gateway):
    receipt = await came(gateway, SAID, sender=NOBODYS)
    listed = await text_taking.list_texts(by=gateway.night, waiting=True)
    assert [each.id for each in listed.items] == [receipt.id]
    assert SAID not in str(listed)
    found = await text_taking.get_text(text_id=receipt.id, by=gateway.night, request_id="r1")
    assert (found.sender, found.body) == ("+8619900000991", SAID)
    (line,) = await fetch("SELECT person, fields FROM people_access_log WHERE subject_id = $1", receipt.id)
    assert tuple(line) == (gateway.night.person_id, ["sender", "body"])
    assert (await text_taking.list_texts(by=gateway.night, waiting=False)).items == []


async def test_what_was_forgotten_cannot_be_made_a_case_any_more(gateway):
    receipt = await came(gateway, SAID, sender=NOBODYS)
    await fetch("UPDATE hotline_text SET sender_sealed = NULL, sender_index = NULL, body_sealed = NULL")
    with pytest.raises(TextForgotten):
        await text_taking.take_text(text_id=receipt.id, taking=TextTaking(answer="好"), by=gateway.night)
    found = await text_taking.get_text(text_id=receipt.id, by=gateway.night, request_id="r1")
    assert (found.sender, found.body) == (None, None)


async def test_a_message_is_its_desks_alone(gateway):
    receipt = await came(gateway, SAID, sender=NOBODYS)
    with pytest.raises(Forbidden):
        await text_taking.get_text(text_id=receipt.id, by=gateway.cast.handler, request_id="r1")
    with pytest.raises(TextUnknown):
        await text_taking.get_text(text_id=ids.uuid7(), by=gateway.night, request_id="r1")


@pytest.mark.parametrize(
    ("written", "code", "words"),
    [
        ("MQ村东水管坏了", "MQ", "村东水管坏了"),
        ("  ｍｑ：村东，水管坏了 ", "MQ", "村东，水管坏了"),
        ("ZX+小麦保险", "ZX", "小麦保险"),
        ("退订", "退订", ""),
        ("MQTT", None, "MQTT"),
        ("水管坏了 MQ", None, "水管坏了 MQ"),
        ("", None, ""),
    ],
)
def test_a_code_is_read_as_people_write_it(written, code, words):
    found = read(written, on=AT_TWO.date())
    assert (found.code and found.code.code, found.words) == (code, words)


async def test_receive_sms_over_http(gateway):
    path, said = f"/hotline/texts/posts/{gateway.system_id}", body(f"MQ{SAID}")
    async with client_of(text_routes.router) as wire:
        assert (await wire.post(path, content=said)).status_code == 401
        wrong = body(f"MQ{SAID}", sender="x")
        headers = gateway.signed(wrong, message_id="w")
        assert (await wire.post(path, content=wrong, headers=headers)).status_code == 400
        headers = gateway.signed(said, message_id="S-1")
        answers = [await wire.post(path, content=said, headers=headers) for _ in range(2)]
        big = said + b" " * text_routes.MAX_POST_BYTES
        too_much = await wire.post(path, content=big, headers=gateway.signed(big, message_id="S-1"))
    assert [each.status_code for each in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()
    assert too_much.status_code == 413


async def test_reading_and_taking_over_http(gateway):
    receipt = await came(gateway, SAID, sender=NOBODYS)
    stranger = gateway.cast.stranger
    async with client_of(text_routes.router) as wire:
        for path in ("/hotline/texts", f"/hotline/texts/{receipt.id}"):
            codes = [(await get(wire, path, who)).status_code for who in (None, stranger, gateway.night)]
            assert codes == [401, 403, 200]
        assert (await get(wire, "/hotline/texts", gateway.night, waiting="x")).status_code == 400
        first, second = await five(
            wire,
            signed_in,
            f"/hotline/texts/{receipt.id}/taking",
            stranger=stranger,
            right=gateway.night,
            good={"answer": "好的"},
            bad={"answer": ""},
            strangers=403,
            codes=(200, 200),
        )
    assert (first, first["state"]) == (second, "answered")
