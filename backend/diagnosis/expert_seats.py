"""Who could answer a request, and when each of them is there."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from backend.core import clock
from backend.deadlines import calendar_queries as calendars
from backend.deadlines.calendars import Calendar
from backend.diagnosis import expert_hours
from backend.diagnosis import routing_queries as queries
from backend.diagnosis.expert_hours import Presence
from backend.diagnosis.policies import diagnosis_policy
from backend.diagnosis.routing_policies import RoutingPolicy
from backend.diagnosis.routing_queries import Row
from backend.diagnosis.routing_rules import Able, Place, Wanted
from backend.diagnosis.words import Tier

A_DAY = timedelta(days=1)


class Seat(Struct, frozen=True, kw_only=True):
    """An able expert, and when he is there. `begins`: next, now included; None: not within a month."""

    row: Row
    presence: Presence
    begins: datetime | None

    @property
    def is_there(self) -> bool:
        """Whether he is at work now: told of something he is not asleep, and counts no notices."""
        return self.begins is not None and self.begins <= clock.now()

    @property
    def id(self) -> UUID:
        """Whose seat it is."""
        return UUID(bytes=self.row["id"].bytes)


async def seat_of(expert_id: UUID) -> Seat | None:
    """An expert with his hours; None where he does not answer today."""
    at = clock.now()
    row = await queries.seat(expert_id, day=clock.today(), at=at)
    return _seat(row, at, await _calendar()) if row else None


async def seats_for(wanted: Row, at: datetime, policy: RoutingPolicy) -> list[Seat]:
    """Everybody who is able to answer a request, there or not; chiefs too."""
    rows = await queries.able(wanted, day=clock.today(), at=at, remembered_from=at - policy.household_remembered)
    calendar = await _calendar()
    return [_seat(row, at, calendar) for row in rows]


def _seat(row: Row, at: datetime, calendar: Calendar) -> Seat:
    hours = expert_hours.hours(row["staffed"], tuple(row["weekdays"]))
    away = expert_hours.absences(row["away_until"], row["leaves_at"], row["back_at"], at=at)
    presence = Presence(hours, away, calendar)
    return Seat(row=row, presence=presence, begins=expert_hours.begins(at, presence, on_duty=row["on_duty"]))


async def _calendar() -> Calendar:
    return await calendars.calendar(await calendars.current_version())


def who_begin_next(seats: Sequence[Seat], policy: RoutingPolicy) -> list[Seat]:
    """Those whose hours begin first, and those who come soon after: weighed together, or the earliest had it all.

    Nobody, where the first would come later than after a night.
    """
    latest = clock.now() + policy.waits_at_most
    coming = [(each.begins, each) for each in seats if each.begins is not None and each.begins <= latest]
    first = min((begins for begins, _ in coming), default=latest)
    return [each for begins, each in coming if begins <= first + policy.begins_within]


def stands_until(seat: Seat) -> datetime:
    """When an offer made now lapses: so much of his own hours, or of a shift, has passed; a day, where he has none."""
    stands = diagnosis_policy(clock.today()).offer_stands
    if seat.row["on_duty"]:
        return clock.now() + stands
    return expert_hours.stands_until(clock.now(), stands, seat.presence) or clock.now() + A_DAY


async def weigh(seats: Sequence[Seat], policy: RoutingPolicy) -> list[Able]:
    """What is known of each, with what he has now."""
    since = clock.today() - timedelta(days=policy.turn_days - 1)
    has = await queries.loads([each.id for each in seats], since=since)
    return [_able(each.row, has[each.id]) for each in seats]


def _able(row: Row, has: Row) -> Able:
    return Able(
        expert=row["id"],
        tier=Tier(row["tier"]),
        able_per_day=row["able_per_day"],
        open_n=has["open_n"],
        due=has["due"],
        given=has["given"],
        crop_named=row["crop_named"],
        topic_named=row["topic_named"],
        place_named=row["place_named"],
        on_duty=row["on_duty"],
        household_n=row["household_n"],
        point=_place(row),
    )


def wants(wanted: Row) -> Wanted:
    """What a request asks of its expert."""
    return Wanted(urgent=wanted["urgent"], point=_place(wanted))


def _place(row: Row) -> Place | None:
    return (row["longitude"], row["latitude"]) if row["longitude"] is not None else None
