"""A caller is handed to another line warmly, and everybody can see who has him now."""

from collections.abc import AsyncIterator

import httpx
import pytest

from backend.cases import records
from backend.cases.public import public_case
from backend.core import clock, ids
from backend.core.refusals import DifferentArguments, Forbidden, Invalid
from backend.hotline import transfer_routes, transfers
from backend.hotline.call_refusals import CallUnknown
from backend.hotline.paper_numbers import TRANSFER, read
from backend.hotline.transfer_refusals import TransferNotOpen, TransferUnknown
from backend.hotline.transfer_schemas import NewTransfer, Responsible, TransferAcceptance, TransferReturn
from backend.hotline.words import Line, TransferState
from backend.people.refusals import UnitUnknown
from tests.antifraud.centre import five
from tests.antifraud.outreach import client_of, signed_in
from tests.cases.desk import Desk
from tests.hotline.exchange import AT_TWO, Exchange
from tests.hotline.lines import asked, get

WHY = "有人持棍上门讨债"


@pytest.fixture
async def desk(cast) -> Desk:
    return await Desk.make(cast)


@pytest.fixture
async def case(desk):
    return (await desk.open()).case


@pytest.fixture
async def wire(desk) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(transfer_routes.router) as client:
        yield client


async def handed(desk, case, *, line=Line.POLICE_110, **more):
    new = NewTransfer(line=line, reason=WHY, case_id=case.id, **more)
    return (await transfers.transfer_to_line(id=ids.uuid7(), new=new, by=desk.clerk)).record


async def test_until_they_have_him_he_is_ours_and_then_theirs(desk, case):
    offered = await handed(desk, case)
    assert (offered.state, offered.responsible, offered.responsible_name) == ("offered", Responsible.US, "热线")
    told = TransferAcceptance(their_reference="110-0917", their_desk="指挥中心三席")
    accepted = await transfers.accept_transfer(transfer_id=offered.id, told=told, by=desk.clerk)

    assert (accepted.responsible, accepted.responsible_name) == (Responsible.THE_LINE, "110")
    assert (accepted.their_reference, accepted.their_desk) == ("110-0917", "指挥中心三席")


async def test_our_reference_is_one_that_can_be_said_and_found_again(desk, case):
    first, second = await handed(desk, case), await handed(desk, case, line=Line.LEGAL_12348)
    assert read(TRANSFER, first.reference) is not None
    assert read(TRANSFER, first.reference) != read(TRANSFER, second.reference)
    spoken = f"{first.reference[:2].lower()} {first.reference[2:6]}-{first.reference[6:]}"
    found = await transfers.list_transfers(by=desk.cast.supervisor, reference=spoken)
    assert [each.id for each in found.items] == [first.id]
    wrong = first.reference[:-1] + str((int(first.reference[-1]) + 1) % 10)
    assert (await transfers.list_transfers(by=desk.cast.supervisor, reference=wrong)).items == []


async def test_the_citizen_reads_on_his_receipt_that_he_was_handed_on_and_staff_what_followed(desk, case):
    offered = await handed(desk, case)
    told = TransferAcceptance(their_reference="110-0917")
    await transfers.accept_transfer(transfer_id=offered.id, told=told, by=desk.clerk)
    public = (await public_case(case_id=case.id)).timeline
    staff = (await records.get_case(case_id=case.id, by=desk.clerk, timeline=True)).timeline

    (line,) = [each for each in public if each.kind == "disclosed"]
    assert line.said["partner"] == "110"
    assert offered.reference in line.said["words"]
    assert WHY not in str(public)
    assert "110-0917" not in str(public)
    assert "110-0917" in [each for each in staff if each.kind == "noted"][-1].said["words"]


async def test_when_they_give_him_back_our_desk_is_asked_to_go_on(desk, case):
    offered = await handed(desk, case)
    back = TransferReturn(because="不属于警情", their_reference="110-0917")
    returned = [await transfers.return_transfer(transfer_id=offered.id, told=back, by=desk.clerk) for _ in range(2)]

    assert {(each.state, each.responsible) for each in returned} == {(TransferState.RETURNED, Responsible.US)}
    ((_, words, state),) = await asked(offered.id)
    assert (offered.reference in words, state) == (True, "open")
    closed = await transfers.close_transfer(transfer_id=offered.id, by=desk.clerk)
    assert (closed.responsible, closed.closed_at is not None) == (Responsible.US, True)
    assert (await asked(offered.id))[0][2] == "done"


async def test_nothing_follows_a_closed_transfer(desk, case):
    offered = await handed(desk, case)
    with pytest.raises(TransferNotOpen):
        await transfers.close_transfer(transfer_id=offered.id, by=desk.clerk)
    await transfers.accept_transfer(transfer_id=offered.id, told=TransferAcceptance(), by=desk.clerk)
    closed = [await transfers.close_transfer(transfer_id=offered.id, by=desk.clerk) for _ in range(2)]
    assert closed[0] == closed[1]
    assert closed[0].responsible is Responsible.THE_LINE
    with pytest.raises(TransferNotOpen):
        await transfers.return_transfer(transfer_id=offered.id, told=TransferReturn(because="不归我们"), by=desk.clerk)


async def test_a_list_of_those_out_holds_no_other(desk, case):
    out, back = await handed(desk, case), await handed(desk, case, line=Line.FRAUD_96110)
    await transfers.return_transfer(transfer_id=back.id, told=TransferReturn(because="打错了"), by=desk.clerk)

    async def listed(**which):
        return [each.id for each in (await transfers.list_transfers(by=desk.clerk, **which)).items]

    assert (await listed(out=True), await listed(out=False), await listed()) == ([out.id], [back.id], [back.id, out.id])


async def test_a_transfer_without_a_caller_or_from_somebody_elses_desk_is_refused(desk, case):
    with pytest.raises(Invalid) as refused:
        await transfers.transfer_to_line(id=ids.uuid7(), new=NewTransfer(line="110", reason=WHY), by=desk.clerk)
    assert [each.pointer for each in refused.value.errors] == ["/case_id"]
    with pytest.raises(UnitUnknown):
        await handed(desk, case, unit_id=ids.uuid7())
    new = NewTransfer(line="110", reason=WHY, case_id=case.id)
    with pytest.raises(Forbidden):
        await transfers.transfer_to_line(id=ids.uuid7(), new=new, by=desk.plumber)


async def test_a_caller_is_handed_on_straight_from_his_call(cast):
    exchange = await Exchange.open(cast)
    with clock.stopped(AT_TWO):
        call = await exchange.tells("ringing")
        new = NewTransfer(line=Line.AMBULANCE_120, reason="老人晕倒", call_id=call.id)
        found = (await transfers.transfer_to_line(id=ids.uuid7(), new=new, by=exchange.night)).record
    assert (found.call_id, found.case_id, found.unit.id) == (call.id, None, exchange.unit)
    nowhere = NewTransfer(line=Line.AMBULANCE_120, reason="老人晕倒", call_id=ids.uuid7())
    with pytest.raises(CallUnknown):
        await transfers.transfer_to_line(id=ids.uuid7(), new=nowhere, by=exchange.night)


async def test_the_same_id_with_other_words_is_refused(desk, case):
    offered = await handed(desk, case)
    new = NewTransfer(line=Line.FIRE_119, reason=WHY, case_id=case.id)
    with pytest.raises(DifferentArguments):
        await transfers.transfer_to_line(id=offered.id, new=new, by=desk.clerk)


async def test_a_transfer_of_another_county_is_not_there(desk, case):
    offered = await handed(desk, case)
    with pytest.raises(Forbidden):
        await transfers.get_transfer(transfer_id=offered.id, by=desk.cast.stranger)
    with pytest.raises(TransferUnknown):
        await transfers.get_transfer(transfer_id=ids.uuid7(), by=desk.cast.auditor)


async def test_transfer_to_line_over_http(desk, case, wire):
    good = {"line": "110", "reason": WHY, "case_id": str(case.id), "id": str(ids.uuid7())}
    first, second = await five(
        wire,
        signed_in,
        "/hotline/transfers",
        stranger=desk.cast.stranger,
        right=desk.clerk,
        good=good,
        bad=good | {"line": "12315"},
        strangers=403,
        codes=(201, 200),
    )
    assert first == second
    assert (await get(wire, "/hotline/transfers")).status_code == 401
    assert (await get(wire, "/hotline/transfers", desk.cast.stranger)).status_code == 403
    listed = await get(wire, "/hotline/transfers", desk.clerk)
    assert [each["id"] for each in listed.json()["items"]] == [first["id"]]
    one = f"/hotline/transfers/{first['id']}"
    assert [(await get(wire, one, who)).status_code for who in (None, desk.cast.stranger, desk.clerk)] == [
        401,
        403,
        200,
    ]


@pytest.mark.parametrize(
    ("path", "good", "bad", "state"),
    [
        ("acceptance", {"their_reference": "A-1"}, {"their_reference": ""}, "accepted"),
        ("return", {"because": "不归我们"}, {}, "returned"),
    ],
)
async def test_what_follows_over_http(desk, case, wire, path, good, bad, state):
    offered = await handed(desk, case)
    answers = await five(
        wire,
        signed_in,
        f"/hotline/transfers/{offered.id}/{path}",
        stranger=desk.cast.stranger,
        right=desk.clerk,
        good=good,
        bad=bad,
        strangers=403,
        codes=(200, 200),
    )
    assert [each["state"] for each in answers] == [state, state]
    answers = await five(
        wire,
        signed_in,
        f"/hotline/transfers/{offered.id}/closure",
        stranger=desk.cast.stranger,
        right=desk.clerk,
        good=None,
        bad=None,
        strangers=403,
        codes=(200, 200),
    )
    assert all(each["closed_at"] for each in answers)
