"""What else lies on the demo's duty desk: callers at other lines, a firm's matter, a talk, paper slips, a note."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from backend.core import clock
from backend.hotline import firm_opening, flow_slips, shift_notes, transfers, unit_talks
from backend.hotline.firm_schemas import NewEnterpriseCase
from backend.hotline.flow_slip_schemas import NewFlowSlips, TypedFlowSlip
from backend.hotline.shift_note_schemas import NewShiftNote
from backend.hotline.transfer_schemas import NewTransfer, TransferAcceptance, TransferReturn
from backend.hotline.unit_talk_schemas import NewUnitTalk
from backend.hotline.words import Line
from backend.people.actors import Actor
from backend.people.tables import Role
from seed import hotline_words as words
from seed import made_id
from seed.bench_after import when
from seed.case_story import case_id, unit
from seed.cast import Member, holder
from seed.duty import HOTLINE_PHONE
from seed.hotline_case_words import FIRM, FIRM_AT, FIRM_NAME, FIRM_SAYS
from seed.households import NewHousehold
from seed.stations import STATION

Cast = Mapping[Member, Actor]
FIRM_CASE, TALK, SLIPS, NOTE = (made_id(name) for name in ("firm case", "unit talk", "flow slips", "shift note"))
TO_110, TO_12348 = made_id("transfer/110"), made_id("transfer/12348")
MINUTES = timedelta(minutes=1)


async def hand_on(cast: Cast, day: date, calls: Mapping[str, UUID]) -> None:
    """110 has a caller; 12348 gave one back."""
    by, fight = cast[holder(Role.OPERATOR)], when(day, (1, 22.41))
    new = NewTransfer(
        line=Line.POLICE_110, reason=words.FIGHT_REASON, call_id=calls[words.FIGHT], their_desk=words.FIGHT_DESK
    )
    with clock.stopped(fight):
        await transfers.transfer_to_line(id=TO_110, new=new, by=by)
    with clock.stopped(fight + MINUTES):
        have = TransferAcceptance(their_reference=words.FIGHT_NUMBER)
        await transfers.accept_transfer(transfer_id=TO_110, told=have, by=by)
    await _legal_aid(by, when(day, (4, 20.32)), calls[words.PAID])


async def _legal_aid(by: Actor, at: datetime, call_id: UUID) -> None:
    new = NewTransfer(
        line=Line.LEGAL_12348,
        reason=words.PAID_REASON,
        call_id=call_id,
        case_id=case_id("wages"),
        unit_id=unit("masses"),
    )
    with clock.stopped(at):
        await transfers.transfer_to_line(id=TO_12348, new=new, by=by)
    with clock.stopped(at + 2 * MINUTES):
        have = TransferAcceptance(their_reference=words.PAID_NUMBER)
        await transfers.accept_transfer(transfer_id=TO_12348, told=have, by=by)
    with clock.stopped(at + 14 * 60 * MINUTES):
        back = TransferReturn(because=words.PAID_BACK)
        await transfers.return_transfer(transfer_id=TO_12348, told=back, by=by)


async def to_the_leader(cast: Cast, day: date) -> None:
    """A firm is not satisfied; a unit was talked to about a well."""
    new = NewEnterpriseCase(case_id=FIRM, firm=FIRM_NAME, reason=FIRM_SAYS)
    with clock.stopped(when(day, FIRM_AT)):
        await firm_opening.open_enterprise_case(id=FIRM_CASE, new=new, by=cast[holder(Role.OPERATOR)])
    talk = NewUnitTalk(
        case_id=case_id("overdue"),
        unit_id=unit("water"),
        office=words.TALK_OFFICE,
        reason=words.TALK_REASON,
        agreed=words.TALK_AGREED,
        fix_by=day + timedelta(days=1),
    )
    with clock.stopped(when(day, (1, 16.5))):
        await unit_talks.record_unit_talk(id=TALK, new=talk, by=cast[holder(Role.SUPERVISOR)])


async def on_paper(cast: Cast, houses: Mapping[str, NewHousehold], day: date) -> None:
    """Slips for the market of 梁村, two of them typed in a day later."""
    by = cast[holder(Role.OPERATOR)]
    with clock.stopped(when(day, (5, 9))):
        new = NewFlowSlips(unit_id=STATION, slips_n=words.SLIPS_N)
        printed = (await flow_slips.print_flow_slips(id=SLIPS, new=new, by=by)).record.slips
    for slip in words.SLIPS:
        house = houses[slip.where]
        typed = TypedFlowSlip(
            begun_at=when(day, slip.written),
            category_code=slip.category,
            title=slip.title,
            description=slip.words,
            household_id=house.id,
            contact_name=house.contact_name,
            contact_phone=house.contact_phone,
        )
        with clock.stopped(when(day, slip.typed_in)):
            await flow_slips.type_in_flow_slip(number=printed[slip.number].number, typed=typed, by=by)


async def leave_a_note(cast: Cast, day: date) -> None:
    """Whoever had the evening leaves it to the night; nobody has taken it yet."""
    by = cast[HOTLINE_PHONE.people[0]]
    with clock.stopped(when(day, (1, 23.8))):
        new = NewShiftNote(unit_id=HOTLINE_PHONE.unit_id, text=words.SHIFT_NOTE)
        await shift_notes.leave_shift_note(id=NOTE, new=new, by=by)
