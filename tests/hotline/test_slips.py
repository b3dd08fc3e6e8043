"""Slips that start on paper keep the paper's time; notes at shift change are taken once."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from backend.cases.schemas import SpotAnswer
from backend.cases.words import CaseKind
from backend.core import clock, ids
from backend.core.refusals import DifferentArguments, Forbidden, Invalid
from backend.hotline import flow_slip_routes, flow_slips, shift_note_routes, shift_notes
from backend.hotline.flow_slip_refusals import SlipNumberWrong, SlipTyped, SlipUnknown, SlipVoided
from backend.hotline.flow_slip_schemas import NewFlowSlips, TypedFlowSlip
from backend.hotline.paper_numbers import SLIP, read, said
from backend.hotline.shift_note_refusals import OwnShiftNote, ShiftNoteUnknown
from backend.hotline.shift_note_schemas import NewShiftNote
from backend.people.refusals import UnitUnknown
from tests.antifraud.centre import five
from tests.antifraud.outreach import client_of, signed_in
from tests.cases.desk import WATER, Desk
from tests.cast import VILLAGE
from tests.hotline.lines import get

MARKET = datetime(2026, 11, 20, 9, 30, tzinfo=clock.SHANGHAI)
LATER = MARKET + timedelta(days=3)


@pytest.fixture
async def desk(cast) -> Desk:
    return await Desk.make(cast)


async def printed(desk, slips_n: int = 2):
    with clock.stopped(MARKET - timedelta(days=1)):
        new = NewFlowSlips(unit_id=desk.hotline, slips_n=slips_n)
        return (await flow_slips.print_flow_slips(id=ids.uuid7(), new=new, by=desk.clerk)).record.slips


def paper(**changes: Any) -> TypedFlowSlip:
    said: dict[str, Any] = {
        "begun_at": MARKET,
        "category_code": WATER,
        "title": "赶集时说水管坏了",
        "division_code": VILLAGE,
        "contact_phone": "199 0000 0051",
    }
    return TypedFlowSlip(**(said | changes))


async def typed(desk, number: str, by: Any = None, **changes: Any):
    with clock.stopped(LATER):
        return await flow_slips.type_in_flow_slip(number=number, typed=paper(**changes), by=by or desk.clerk)


async def test_many_are_printed_at_once_under_numbers_that_follow_each_other(desk):
    slips = await printed(desk, 30)
    numbers = [read(SLIP, each.number) for each in slips]
    assert numbers == list(range(numbers[0], numbers[0] + 30))
    assert {each.unit.name for each in slips} == {"热线"}


async def test_the_same_printing_again_is_the_same_slips(desk):
    id, new = ids.uuid7(), NewFlowSlips(unit_id=desk.hotline, slips_n=3)
    outcomes = [await flow_slips.print_flow_slips(id=id, new=new, by=desk.clerk) for _ in range(2)]
    assert [each.created for each in outcomes] == [True, False]
    assert outcomes[0].record == outcomes[1].record
    other = NewFlowSlips(unit_id=desk.hotline, slips_n=4)
    with pytest.raises(DifferentArguments):
        await flow_slips.print_flow_slips(id=id, new=other, by=desk.clerk)


async def test_the_papers_own_time_stays_and_the_clocks_run_from_it(desk):
    slip = (await printed(desk))[0]
    case = (await typed(desk, slip.number)).record.case

    assert (case.channel, case.opened_at, case.received_at) == ("market_stall", MARKET, LATER)
    assert case.entered_late is True
    assert {each.opened_at for each in case.clocks} == {MARKET}
    assert case.owner_unit.id == desk.hotline
    assert [each.overdue for each in case.clocks if each.kind == "response"] == [True]
    listed = (await flow_slips.list_flow_slips(unit_id=desk.hotline, by=desk.clerk, waiting=False)).items
    assert [(each.number, each.begun_at, each.case_number) for each in listed] == [(slip.number, MARKET, case.number)]


async def test_a_slip_is_one_case_however_often_it_is_typed(desk):
    slip = (await printed(desk))[0]
    spoken = f"{slip.number[:2].lower()} {slip.number[2:6]} {slip.number[6:]}"
    first, second = await typed(desk, slip.number), await typed(desk, spoken)
    assert [each.created for each in (first, second)] == [True, False]
    assert first.record.case.id == second.record.case.id
    assert (first.record.secret is not None, second.record.secret) == (True, None)
    with pytest.raises(DifferentArguments):
        await typed(desk, slip.number, title="别的事")
    with pytest.raises(DifferentArguments):
        await typed(desk, slip.number, by=desk.cast.supervisor)


async def test_a_question_answered_at_the_stall_is_closed_in_the_same_step(desk):
    slip = (await printed(desk))[0]
    facts = {"kind": CaseKind.QUESTION, "category_code": "other.policy_question"}
    case = (await typed(desk, slip.number, **facts, answer=SpotAnswer(words="当场讲清了政策"))).record.case
    assert (case.state, case.outcome) == ("answered", "answered_on_spot")


async def test_a_mistyped_digit_finds_no_other_slip(desk):
    slip = (await printed(desk))[0]
    digit = (int(slip.number[-2]) + 1) % 10
    with pytest.raises(SlipNumberWrong):
        await typed(desk, f"{slip.number[:-2]}{digit}{slip.number[-1]}")
    with pytest.raises(SlipUnknown):
        await typed(desk, said(SLIP, 9_999_999))


async def test_nobody_wrote_on_a_slip_before_the_day_it_was_printed(desk):
    slip = (await printed(desk))[0]
    with pytest.raises(Invalid) as refused:
        await typed(desk, slip.number, begun_at=MARKET - timedelta(days=2))
    assert [each.pointer for each in refused.value.errors] == ["/begun_at"]
    with pytest.raises(Invalid):
        await typed(desk, slip.number, begun_at=LATER + timedelta(hours=1))


async def test_a_void_slip_is_no_case_and_a_case_is_not_void(desk):
    spoilt, used = await printed(desk)
    voided = [await flow_slips.void_flow_slip(number=spoilt.number, by=desk.clerk) for _ in range(2)]
    assert voided[0] == voided[1]
    with pytest.raises(SlipVoided):
        await typed(desk, spoilt.number)
    await typed(desk, used.number)
    with pytest.raises(SlipTyped):
        await flow_slips.void_flow_slip(number=used.number, by=desk.clerk)
    assert (await flow_slips.list_flow_slips(unit_id=desk.hotline, by=desk.clerk, waiting=True)).items == []


async def test_slips_of_another_county_are_not_there(desk):
    slip = (await printed(desk))[0]
    with pytest.raises(SlipUnknown):
        await typed(desk, slip.number, by=desk.cast.stranger)
    with pytest.raises(UnitUnknown):
        await flow_slips.list_flow_slips(unit_id=desk.hotline, by=desk.cast.stranger)
    with pytest.raises(Forbidden):
        await typed(desk, slip.number, by=desk.plumber)


async def test_flow_slips_over_http(desk):
    async with client_of(flow_slip_routes.router) as wire:
        good = {"unit_id": str(desk.hotline), "slips_n": 2, "id": str(ids.uuid7())}
        first, second = await five(
            wire,
            signed_in,
            "/hotline/flow-slips",
            stranger=desk.cast.stranger,
            right=desk.clerk,
            good=good,
            bad=good | {"slips_n": 201},
            strangers=404,
            codes=(201, 200),
        )
        assert first == second
        typing, spoilt = (each["number"] for each in first["slips"])
        begun_at = clock.now().isoformat()
        stands = {"begun_at": begun_at, "category_code": WATER, "title": "水管坏了", "division_code": VILLAGE}
        opened, again = await five(
            wire,
            signed_in,
            f"/hotline/flow-slips/{typing}/case",
            stranger=desk.cast.stranger,
            right=desk.clerk,
            good=stands,
            bad={"title": "水管坏了"},
            strangers=404,
            codes=(201, 200),
        )
        assert opened["case"]["id"] == again["case"]["id"]
        await five(
            wire,
            signed_in,
            f"/hotline/flow-slips/{spoilt}/voiding",
            stranger=desk.cast.stranger,
            right=desk.clerk,
            good=None,
            bad=None,
            strangers=404,
            codes=(200, 200),
        )
        who = (None, desk.cast.stranger, desk.clerk)
        codes = [(await get(wire, "/hotline/flow-slips", each, unit_id=str(desk.hotline))).status_code for each in who]
        assert codes == [401, 404, 200]
        assert (await get(wire, "/hotline/flow-slips", desk.clerk)).status_code == 400


async def left(desk, text: str = "6180 3398 8739 等水务站回电"):
    new = NewShiftNote(unit_id=desk.hotline, text=text)
    return (await shift_notes.leave_shift_note(id=ids.uuid7(), new=new, by=desk.clerk)).record


async def test_whoever_comes_next_takes_the_note_and_the_first_one_stays(desk):
    note = await left(desk)
    with pytest.raises(OwnShiftNote):
        await shift_notes.take_shift_note(note_id=note.id, by=desk.clerk)
    taken = await shift_notes.take_shift_note(note_id=note.id, by=desk.cast.operator)
    again = await shift_notes.take_shift_note(note_id=note.id, by=desk.cast.supervisor)
    assert (taken.taken_by.id, again) == (desk.cast.operator.person_id, taken)

    async def listed(**which):
        found = await shift_notes.list_shift_notes(unit_id=desk.hotline, by=desk.cast.operator, **which)
        return [each.id for each in found.items]

    other = await left(desk, "另一条")
    assert (await listed(), await listed(waiting=True)) == ([other.id, note.id], [other.id])


async def test_a_note_is_its_desks_alone(desk):
    note = await left(desk)
    elsewhere = replace(desk.plumber, held=(replace(desk.plumber.held[0], prefixes=("370782",)),))
    with pytest.raises(ShiftNoteUnknown):
        await shift_notes.take_shift_note(note_id=note.id, by=elsewhere)
    with pytest.raises(Forbidden):
        await shift_notes.list_shift_notes(unit_id=desk.hotline, by=desk.cast.stranger)
    with pytest.raises(UnitUnknown):
        await shift_notes.list_shift_notes(unit_id=ids.uuid7(), by=desk.clerk)


async def test_shift_notes_over_http(desk):
    async with client_of(shift_note_routes.router) as wire:
        good = {"unit_id": str(desk.hotline), "text": "两件未回电", "id": str(ids.uuid7())}
        first, second = await five(
            wire,
            signed_in,
            "/hotline/shift-notes",
            stranger=desk.cast.stranger,
            right=desk.clerk,
            good=good,
            bad=good | {"text": ""},
            strangers=403,
            codes=(201, 200),
        )
        assert first == second
        taken, again = await five(
            wire,
            signed_in,
            f"/hotline/shift-notes/{first['id']}/taking",
            stranger=desk.cast.stranger,
            right=desk.cast.operator,
            good=None,
            bad=None,
            strangers=403,
            codes=(200, 200),
        )
        assert taken == again
        who = (None, desk.cast.stranger, desk.clerk)
        codes = [(await get(wire, "/hotline/shift-notes", each, unit_id=str(desk.hotline))).status_code for each in who]
        assert codes == [401, 403, 200]
        assert (await get(wire, "/hotline/shift-notes", desk.clerk)).status_code == 400
