"""The demo's duty: the hotline and the studio keep a 24-hour line and a desk, the water bureau and the police station a
7×24 phone. All invented.

Four weeks are published, the first of them before the county was planted. Somebody forgot to report and said so later,
two swapped, an offer waits for an answer, one is on leave with a substitute, one asks for leave, and an evening of the
water bureau has nobody yet. A demo that sleeps is found in order: what it slept through counts as confirmed.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from backend.core import clock
from backend.core.database import fetch, transaction
from backend.people.actors import Actor
from backend.people.sessions import actor
from backend.people.tables import Role
from backend.rosters.actions import publish_shifts
from backend.rosters.duty_rule_schemas import NewDutyRule
from backend.rosters.duty_rules import set_duty_rule
from backend.rosters.leave_deciding import decide_leave
from backend.rosters.leave_schemas import LeaveDecision, NewLeave
from backend.rosters.leave_tables import LeaveReason
from backend.rosters.leaves import request_leave
from backend.rosters.moving import shifts_of
from backend.rosters.roster_schemas import NewRoster, NewShift
from backend.rosters.schemas import NewSwap, ShiftRecord
from backend.rosters.shifts import confirm_shift
from backend.rosters.swaps import accept_swap, swap_shift
from backend.rosters.tables import Post
from backend.rosters.watch import climb
from seed import made_id
from seed.cast import EVERYBODY, ON_DUTY, OTHERS, POLICE, Member, holder

WEEKS, WEEK = 4, timedelta(days=7)
ROUND_THE_CLOCK, OFFICE_HOURS = "00:00-24:00", "08:30-11:30,13:30-17:30"
WATCHES = ((0, 8), (8, 16), (16, 24))
OFFICE = ((8.5, 11.5), (13.5, 17.5))
CONFIRMED_AHEAD = timedelta(hours=24)
HOTLINE = "masses"
"""The unit whose desk answers the county's line."""


class Line(NamedTuple):
    """One post of one unit: which hours, on which weekdays."""

    unit: str
    post: Post
    staffed: str
    weekdays: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)

    @property
    def unit_id(self) -> UUID:
        return made_id(f"unit/{self.unit}")

    @property
    def people(self) -> list[Member]:
        """Everybody there; of the police only assistants, who go from door to door.

        Of the hotline its operators: whose account everybody is told sits at the desk, three others keep the phone.
        """
        there = [member for member in (*OTHERS, *ON_DUTY, *POLICE) if member.unit == self.unit]
        if self.unit == HOTLINE:
            at_the_desk = holder(Role.OPERATOR)
            return [at_the_desk] if self.post is Post.DESK else [each for each in ON_DUTY if each in there]
        return [member for member in there if member not in POLICE or member.role is Role.ASSISTANT]


STUDIO_PHONE = Line("studio", Post.PHONE, ROUND_THE_CLOCK)
STUDIO_DESK = Line("studio", Post.DESK, OFFICE_HOURS, (1, 2, 3, 4, 5))
WATER_PHONE = Line("water", Post.PHONE, ROUND_THE_CLOCK)
PRECINCT_PHONE = Line("precinct", Post.PHONE, ROUND_THE_CLOCK)
HOTLINE_PHONE = Line(HOTLINE, Post.PHONE, ROUND_THE_CLOCK)
HOTLINE_DESK = Line(HOTLINE, Post.DESK, OFFICE_HOURS, (1, 2, 3, 4, 5))
LINES = (STUDIO_PHONE, STUDIO_DESK, WATER_PHONE, PRECINCT_PHONE, HOTLINE_PHONE, HOTLINE_DESK)
STUDIO_UNIT = STUDIO_PHONE.unit_id


async def open_lines(cast: Mapping[Member, Actor], first: date) -> None:
    """Rules, four weeks from `first` on (a week before the planting), and what happened in them."""
    supervisor, planted = cast[holder(Role.SUPERVISOR)], first + WEEK
    with clock.stopped(_at(first, 10) - timedelta(days=3)):
        for line in LINES:
            await _rule(line, supervisor)
        for week in range(WEEKS):
            for line in LINES:
                await _publish(line, first, week, supervisor)
    await _confirmed(cast, until=_at(planted, 7) + CONFIRMED_AHEAD, but=await _forgetful(planted))
    await _put_right(cast, planted)
    with clock.stopped(_at(planted, 7) - timedelta(hours=12)):
        await _swaps(cast, planted)
        await _leaves(cast, planted, supervisor)


@transaction
async def keep_up() -> None:
    """Publish the weeks that a demo of this age lacks, and confirm what it slept through and what comes next."""
    rows = await fetch("SELECT min(starts_at) AS began FROM rosters_publication WHERE unit = $1", STUDIO_UNIT)
    if rows[0]["began"] is None:
        return
    first = clock.local(rows[0]["began"]).date()
    cast = {member: await actor(person_id=member.id) for member in EVERYBODY}
    age = (clock.today() - first).days // 7
    for week in range(max(WEEKS, age), age + WEEKS - 1):
        for line in LINES:
            await _publish(line, first, week, cast[holder(Role.SUPERVISOR)])
    await _confirmed(cast, until=clock.now() + CONFIRMED_AHEAD, but=None)


async def _rule(line: Line, by: Actor) -> None:
    new = NewDutyRule(
        unit_id=line.unit_id,
        post=line.post,
        staffed=line.staffed,
        weekdays=list(line.weekdays),
        valid_from=date(2026, 1, 1),
        source="演示县的值班安排（虚构）",
    )
    await set_duty_rule(id=made_id(f"duty rule/{line.unit}/{line.post}"), new=new, by=by)


async def _publish(line: Line, first: date, week: int, by: Actor) -> None:
    """Week `week` (counted from 0) of a line. The last evening of the water bureau's third week has nobody."""
    begins = first + week * WEEK
    short = line == WATER_PHONE and week == 2
    shifts = [shift for day in range(7) for shift in _day(line, begins + timedelta(days=day))]
    new = NewRoster(
        id=made_id(f"roster/{line.unit}/{line.post}/{begins}"),
        unit_id=line.unit_id,
        post=line.post,
        starts_at=_at(begins),
        ends_at=_at(begins + WEEK),
        shifts=shifts[:-1] if short else shifts,
        allow_gaps=short,
        gap_reason="那晚两人外出培训，还在找人" if short else None,
    )
    await publish_shifts(new=new, by=by)


def _day(line: Line, day: date) -> list[NewShift]:
    """The shifts of one day. Three in turn keep the phone; the desk is for one of the others."""
    turn, people = day.toordinal() * len(WATCHES), line.people
    if line.post is Post.DESK:
        if day.isoweekday() not in line.weekdays:
            return []
        at_the_desk = people[(turn + len(WATCHES) + 1) % len(people)]
        return [_shift(at_the_desk, day, hours) for hours in OFFICE]
    return [_shift(people[(turn + number) % len(people)], day, hours) for number, hours in enumerate(WATCHES)]


def _shift(member: Member, day: date, hours: tuple[float, float]) -> NewShift:
    return NewShift(person_id=member.id, starts_at=_at(day, hours[0]), ends_at=_at(day, hours[1]))


async def _confirmed(cast: Mapping[Member, Actor], *, until: datetime, but: UUID | None) -> None:
    """Everybody confirms, some twenty hours before the shift or, where that is still to come, the evening before."""
    actors = {member.id: cast[member] for member in EVERYBODY}
    rows = await fetch(
        "SELECT id, person, starts_at FROM rosters_shift WHERE state = 'published' AND starts_at < $1 "
        "AND id IS DISTINCT FROM $2 ORDER BY starts_at",
        until,
        but,
    )
    for row in rows:
        if row["person"] in actors:
            with clock.stopped(min(row["starts_at"] - timedelta(hours=20), until - timedelta(hours=36))):
                await confirm_shift(shift_id=row["id"], by=actors[row["person"]])


async def _forgetful(planted: date) -> UUID:
    """The studio's evening shift three days before the planting: there, but not reported."""
    return (await _held_at(_at(planted - timedelta(days=3), 18))).id


async def _put_right(cast: Mapping[Member, Actor], planted: date) -> None:
    shift = await _held_at(_at(planted - timedelta(days=3), 18))
    with clock.stopped(shift.starts_at + timedelta(minutes=20)):
        await climb()
    with clock.stopped(shift.ends_at + timedelta(hours=9)):
        await confirm_shift(shift_id=shift.id, by=_who(cast, shift))


async def _swaps(cast: Mapping[Member, Actor], planted: date) -> None:
    """One accepted; one that waits. Both ask the technician whose account everybody is told, where he is free."""
    taker = cast[holder(Role.TECHNICIAN)]
    for name, from_hour in (("accepted", 2 * 24 + 18), ("waiting", 4 * 24 + 2)):
        swap_id = made_id(f"swap/{name}")
        if await fetch("SELECT FROM rosters_swap WHERE id = $1", swap_id):
            continue
        shift = await _when_free(taker, _at(planted, from_hour))
        new = NewSwap(to_person_id=taker.person_id, remark="家里有事，想跟您换一个班")
        await swap_shift(id=swap_id, shift_id=shift.id, new=new, by=_who(cast, shift))
        if name == "accepted":
            await accept_swap(swap_id=swap_id, by=taker)


async def _when_free(taker: Actor, since: datetime) -> ShiftRecord:
    """The first of the studio's shifts since a moment at which somebody could take it."""
    for number in range(15):
        shift = await _held_at(since + timedelta(hours=8 * number))
        if taker.person_id not in await _busy(shift):
            return shift
    raise LookupError("never free")


async def _leaves(cast: Mapping[Member, Actor], planted: date, supervisor: Actor) -> None:
    """The expert is away for two days, another asks."""
    expert, other = cast[holder(Role.EXPERT)], cast[STUDIO_PHONE.people[-1]]
    away = _leave(planted + timedelta(days=6), 3, LeaveReason.TRAINING)
    leave = await request_leave(id=made_id("leave/approved"), new=away, by=expert)
    await decide_leave(leave_id=leave.record.id, decision=LeaveDecision(approve=True), by=supervisor)
    await request_leave(
        id=made_id("leave/waiting"), new=_leave(planted + timedelta(days=12), 2, LeaveReason.FAMILY), by=other
    )


def _leave(day: date, days: int, reason: LeaveReason) -> NewLeave:
    return NewLeave(unit_id=STUDIO_UNIT, starts_at=_at(day), ends_at=_at(day + timedelta(days=days)), reason=reason)


async def _held_at(moment: datetime) -> ShiftRecord:
    """The studio's shift at the phone at a moment."""
    for member in STUDIO_PHONE.people:
        for shift in await shifts_of(member.id, STUDIO_UNIT, moment, moment + timedelta(minutes=1)):
            if shift.post is Post.PHONE:
                return shift
    rows = await fetch("SELECT count(*) FROM rosters_shift")
    raise LookupError(f"Nobody at the studio's phone at {moment}, of {rows[0][0]} shifts")


async def _busy(shift: ShiftRecord) -> set[UUID]:
    rows = await fetch(
        "SELECT person FROM rosters_shift "
        "WHERE starts_at < $2 AND ends_at > $1 AND state IN ('published', 'confirmed')",
        shift.starts_at,
        shift.ends_at,
    )
    return {row["person"] for row in rows}


def _who(cast: Mapping[Member, Actor], shift: ShiftRecord) -> Actor:
    return next(who for member, who in cast.items() if member.id == shift.person_id)


def _at(day: date, hour: float = 0) -> datetime:
    return datetime.combine(day, time(), clock.SHANGHAI) + timedelta(hours=hour)
