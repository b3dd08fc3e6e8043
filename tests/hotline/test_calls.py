"""One screen per call: who calls, his cases and the village's; what became of it; and which line comes first."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from backend.cases import opening
from backend.cases.refusals import CaseUnknown
from backend.cases.schemas import NewCase
from backend.cases.words import Channel
from backend.core import clock, ids
from backend.core.database import fetch
from backend.core.refusals import DifferentArguments, Forbidden, Invalid
from backend.hotline import call_reading, calls, emergency_words, wrap_up
from backend.hotline.call_reading import CallFilters
from backend.hotline.call_refusals import CallTaken, CallUnknown, CallWrappedUp, NotYourLine
from backend.hotline.call_schemas import CallTaking, NewTypedCall, WrapUp
from backend.hotline.words import CallDirection
from backend.hotline.wrap_up_codes import code_rows, wrap_up_codes
from backend.people.refusals import UnitUnknown
from tests.cast import NEXT_VILLAGE, VILLAGE
from tests.hotline.exchange import AT_TWO, CALLER, OTHER_CALLER, Exchange, callbacks

MINUTE = timedelta(minutes=1)
E164 = "+86" + CALLER.replace(" ", "")


@pytest.fixture
async def exchange(cast):
    made = await Exchange.open(cast)
    with clock.stopped(AT_TWO):
        yield made


def typed(exchange, **more):
    told = {"direction": CallDirection.IN, "unit_id": exchange.unit, "began_at": AT_TWO - MINUTE}
    return NewTypedCall(**(told | {"answered_at": AT_TWO - MINUTE, "caller": CALLER} | more))


async def enter(exchange, *, by=None, id=None, **more):
    outcome = await calls.enter_call(
        id=id or ids.uuid7(), new=typed(exchange, **more), by=by or exchange.night, request_id="r"
    )
    return outcome.record


async def take(call_id, *, by, **more):
    return await calls.take_call(call_id=call_id, said=CallTaking(**more), by=by, request_id="r")


async def wrap(call_id, *, by, **more):
    return await wrap_up.wrap_up_call(call_id=call_id, said=WrapUp(**more), by=by, request_id="r")


async def read(call_id, *, by, **more):
    return await call_reading.get_call(call_id=call_id, by=by, request_id="r", **more)


async def a_case(exchange, *, phone=CALLER, division_code=VILLAGE, title="路灯不亮"):
    new = NewCase(
        channel=Channel.PHONE,
        category_code="livelihood_security.medical",
        title=title,
        description=title,
        division_code=division_code,
        contact_phone=phone,
    )
    return (await opening.open_case(new=new, by=exchange.cast.operator)).record.case


async def test_whoever_takes_a_call_sees_who_calls_his_open_cases_and_the_villages(exchange):
    his, others = await a_case(exchange), await a_case(exchange, phone=OTHER_CALLER, title="水管漏水")
    await exchange.tells("answered", "C-0")
    receipt = await exchange.tells("ringing")

    found = await take(receipt.id, by=exchange.night)
    assert (found.caller, found.may_open, found.calls_before) == (E164, True, 1)
    assert [each.id for each in found.his_cases] == [his.id]
    assert found.village_code == VILLAGE
    assert {each.id for each in found.village_cases} == {his.id, others.id}
    assert found.call.operator_id == exchange.night.person_id


async def test_the_village_he_names_comes_before_the_one_his_case_is_of(exchange):
    await a_case(exchange)
    there = await a_case(exchange, phone=OTHER_CALLER, division_code=NEXT_VILLAGE)
    receipt = await exchange.tells("ringing")
    found = await take(receipt.id, by=exchange.night, division_code=NEXT_VILLAGE)

    assert (found.village_code, [each.id for each in found.village_cases]) == (NEXT_VILLAGE, [there.id])


async def test_a_number_is_for_the_desk_that_talks_to_him_and_each_read_is_logged(exchange):
    await a_case(exchange)
    receipt = await exchange.tells("ringing")
    colleague = await read(receipt.id, by=exchange.second)
    overseer = await read(receipt.id, by=exchange.lead)

    assert (colleague.caller, colleague.may_open) == (E164, True)
    assert (overseer.caller, overseer.may_open, overseer.call.has_number) == (None, False, True)
    assert (len(colleague.his_cases), overseer.his_cases, overseer.village_code) == (1, [], None)
    logged = await fetch("SELECT person, subject_kind, fields FROM people_access_log WHERE subject_id = $1", receipt.id)
    assert [tuple(each) for each in logged] == [(exchange.second.person_id, "call", ["caller"])]


async def test_an_operator_of_the_territory_sees_a_number_once_he_has_the_call(exchange):
    receipt = await exchange.tells("ringing")
    assert (await read(receipt.id, by=exchange.cast.operator)).caller is None
    assert (await take(receipt.id, by=exchange.cast.operator)).caller == E164


async def test_whoever_withholds_his_number_is_answered_like_anybody(exchange):
    receipt = await exchange.tells("ringing", caller=None)
    found = await take(receipt.id, by=exchange.night)

    assert (found.caller, found.call.has_number, found.calls_before, found.his_cases) == (None, False, 0, [])


async def test_a_call_is_taken_by_one(exchange):
    receipt = await exchange.tells("ringing")
    first, again = [await take(receipt.id, by=exchange.night) for _ in range(2)]
    assert first == again
    with pytest.raises(CallTaken):
        await take(receipt.id, by=exchange.second)
    with pytest.raises(Forbidden):
        await take(receipt.id, by=exchange.lead)
    with pytest.raises(CallUnknown):
        await read(receipt.id, by=exchange.cast.stranger)


async def test_a_missed_call_is_rung_back_and_not_taken(exchange):
    receipt = await exchange.misses()
    with pytest.raises(CallTaken):
        await take(receipt.id, by=exchange.night)
    with pytest.raises(CallTaken):
        await wrap(receipt.id, by=exchange.night, code="silent")


async def test_a_desk_without_an_exchange_types_its_calls_once(exchange):
    id = ids.uuid7()
    first, again = await enter(exchange, id=id), await enter(exchange, id=id)

    assert first.call == again.call
    assert (first.call.state, first.caller, first.call.operator_id) == ("talking", E164, exchange.night.person_id)
    with pytest.raises(DifferentArguments):
        await enter(exchange, id=id, caller=OTHER_CALLER)
    out = await enter(exchange, direction=CallDirection.OUT, ended_at=AT_TWO)
    assert (out.call.direction, out.call.state, out.call.talk_s) == ("out", "ended", 60)


async def test_a_typed_call_that_nobody_took_is_rung_back(exchange):
    found = await enter(exchange, answered_at=None, ended_at=AT_TWO)
    (row,) = await callbacks()

    assert (found.call.state, found.call.callback_id, row["call"]) == ("missed", row["id"], found.call.id)


async def test_calls_are_typed_at_a_desk_of_ones_own_in_the_order_of_time(exchange):
    with pytest.raises(Forbidden):
        await enter(exchange, by=exchange.lead)
    with pytest.raises(UnitUnknown):
        await enter(exchange, unit_id=ids.uuid7())
    elsewhere = of_another_county(exchange.cast.operator)
    with pytest.raises(NotYourLine):
        await enter(exchange, by=elsewhere)
    for wrong in (
        {"answered_at": AT_TWO - 2 * MINUTE},
        {"answered_at": None},
        {"ended_at": AT_TWO + 6 * MINUTE},
        {"began_at": datetime.fromisoformat("0001-01-01T00:00:00+08:00")},
        {"caller": "12"},
    ):
        with pytest.raises(Invalid):
            await enter(exchange, **wrong)


def of_another_county(operator):
    """The same operator, of another county."""
    held = tuple(replace(each, division_code="370782000000", prefixes=("370782",)) for each in operator.held)
    return replace(operator, held=held)


async def test_what_became_of_a_call_is_said_once(exchange):
    case = await a_case(exchange)
    found = await enter(exchange)
    for _ in range(2):
        done = await wrap(found.call.id, by=exchange.night, code="case_opened", case_id=case.id)

    assert (done.call.wrap_up, done.call.case_id, done.call.state) == ("case_opened", case.id, "ended")
    assert (done.call.ended_at, done.call.wrapped_up_at) == (AT_TWO, AT_TWO)
    with pytest.raises(CallWrappedUp):
        await wrap(found.call.id, by=exchange.night, code="silent")
    with pytest.raises(CallTaken):
        await wrap(found.call.id, by=exchange.second, code="silent")


async def test_an_answer_on_the_spot_needs_its_answer_and_a_case_its_case(exchange):
    receipt = await exchange.tells("answered")
    for wrong in (
        {"code": "answered_on_spot", "answer": "  "},
        {"code": "case_opened"},
        {"code": "rung_back"},
        {"code": "praised"},
    ):
        with pytest.raises(Invalid):
            await wrap(receipt.id, by=exchange.night, **wrong)
    with pytest.raises(CaseUnknown):
        await wrap(receipt.id, by=exchange.night, code="case_opened", case_id=ids.uuid7())

    done = await wrap(receipt.id, by=exchange.night, code="answered_on_spot", answer="医保窗口周六上午也开")
    assert (done.answer, done.call.state, done.call.ended_at) == ("医保窗口周六上午也开", "talking", None)
    assert (await exchange.tells("ended")).state == "ended"


async def test_every_code_says_who_says_so_and_needs_something_we_know():
    codes = wrap_up_codes()
    assert list(codes) == [row.code for row in code_rows() if row.valid_to is None]
    assert {each.needs for each in codes.values()} == {"answer", "case", None}
    assert all(row.source and row.name_zh for row in code_rows())


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("我家麦秸垛 着火 了", "119"),
        ("俺娘喝农药了快来人", "120"),
        ("孩子落水了", "120"),
        ("门口有人持刀打人", "110"),
        ("他说不想活了", "110"),
        ("着火了，有人昏迷", "120"),
    ],
)
async def test_words_of_an_emergency_put_the_script_first(exchange, said, line):
    found = await enter(exchange, said=said)

    assert found.call.emergency
    assert (found.say_first.line, line in found.say_first.script, "先问" in found.say_first.script) == (
        line,
        True,
        True,
    )
    assert (await read(found.call.id, by=exchange.night)).say_first is None
    rows = await fetch("SELECT t::text AS line FROM hotline_call t")
    assert not [each for each in rows if said.split()[0] in each["line"]]


async def test_a_word_that_comes_later_marks_the_call_too(exchange):
    receipt = await exchange.tells("answered")
    assert not (await take(receipt.id, by=exchange.night, said="想问问低保")).call.emergency
    assert (await take(receipt.id, by=exchange.night, said="厨房起火了")).say_first.line == "119"
    done = await wrap(receipt.id, by=exchange.night, code="transferred")
    assert done.call.emergency
    assert all(row.source for row in emergency_words.emergency_words())


async def pages(by, limit=2, **filters):
    found, cursor = [], None
    while True:
        page = await call_reading.list_calls(by=by, filters=CallFilters(**filters), limit=limit, cursor=cursor)
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            return found


async def test_a_list_begins_with_whoever_is_still_to_be_rung_back_then_the_newest(exchange):
    made = {}
    for minute, (name, event, caller) in enumerate(
        [("a", "missed", CALLER), ("b", "answered", None), ("c", "missed", OTHER_CALLER), ("d", "missed", None)]
    ):
        made[name] = await exchange.tells(event, name, at=AT_TWO - (10 - minute) * MINUTE, caller=caller)
    listed = [each.id for each in await pages(exchange.night)]

    assert listed == [made[each].id for each in "cadb"]
    assert listed == [each.id for each in await pages(exchange.lead, limit=50)]
    assert [each.id for each in await pages(exchange.night, waiting=True)] == [made["c"].id, made["a"].id]
    assert [each.id for each in await pages(exchange.night, state="talking")] == [made["b"].id]


async def test_a_list_is_filtered_and_of_ones_own_territory(exchange):
    mine = await enter(exchange)
    await exchange.tells("missed", direction="out")

    assert [each.id for each in await pages(exchange.night, mine=True)] == [mine.call.id]
    assert [each.direction for each in await pages(exchange.night, direction=CallDirection.OUT)] == ["out"]
    assert await pages(exchange.night, unit_id=ids.uuid7()) == []
    assert await pages(exchange.night, division_code=VILLAGE) == []
    assert len(await pages(exchange.night, began_from=AT_TWO)) == 1
    with pytest.raises(Forbidden):
        await pages(exchange.cast.cadre)
    with pytest.raises(Invalid):
        await call_reading.list_calls(by=exchange.night, filters=CallFilters(), cursor="x")
    assert await pages(of_another_county(exchange.cast.operator)) == []
