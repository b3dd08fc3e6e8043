"""One week of a unit's roster: what hangs on the wall."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from msgspec import Struct

from backend.core import clock
from backend.people.actors import Actor
from backend.rosters import queries
from backend.rosters.duty_rule_schemas import DutyRuleRecord
from backend.rosters.duty_rules import rules_of
from backend.rosters.rules import Span
from backend.rosters.schemas import ShiftRecord
from backend.rosters.shifts import list_shifts
from backend.rosters.tables import Post
from backend.rosters.units import DutyUnit, readable_unit

DAYS = 7


class Piece(Struct, frozen=True):
    """Hours of one post on one day: a shift (where it begins), or without a shift hours that nobody holds."""

    starts_at: datetime
    ends_at: datetime
    shift: ShiftRecord | None = None


class Day(Struct, frozen=True):
    """One day's hours, post by post in the order of `Week.posts`, each in the order of time."""

    date: date
    posts: list[list[Piece]]


class Week(Struct, frozen=True):
    """Seven days from Monday. `rules` say which hours are asked for, and who said so."""

    unit: DutyUnit
    begins: date
    posts: list[Post]
    days: list[Day]
    rules: list[DutyRuleRecord]

    @property
    def gaps(self) -> int:
        """How many pieces have nobody."""
        return sum(piece.shift is None for day in self.days for post in day.posts for piece in post)


async def week_of(*, unit_id: UUID, day: date, by: Actor) -> Week:
    """The week in which a day lies. Raises UnitUnknown (404)."""
    unit = await readable_unit(unit_id, by=by)
    monday = day - timedelta(days=day.weekday())
    begins, ends = _midnight(monday), _midnight(monday + timedelta(days=DAYS))
    shifts = (await list_shifts(by=by, unit_id=unit_id, starts_from=begins, starts_to=ends, limit=1000)).items
    rules = await rules_of(unit_id)
    asked = {rule.post for rule in rules} | {shift.post for shift in shifts}
    posts = [post for post in Post if post in asked]
    pieces = {post: await _pieces(unit_id, post, shifts, begins, ends) for post in posts}
    days = [_day(monday + timedelta(days=number), [pieces[post] for post in posts]) for number in range(DAYS)]
    return Week(unit, monday, posts, days, rules)


async def _pieces(
    unit_id: UUID, post: Post, shifts: Sequence[ShiftRecord], begins: datetime, ends: datetime
) -> list[Piece]:
    held = [Piece(shift.starts_at, shift.ends_at, shift) for shift in shifts if shift.post == post]
    gaps = await queries.gaps(unit_id, post, begins, ends)
    empty = [Piece(*part) for gap in gaps for part in by_days(gap)]
    return sorted([*held, *empty], key=lambda piece: piece.starts_at)


def by_days(span: Span) -> list[Span]:
    """A span cut at each midnight in Shandong."""
    starts_at, ends_at = span
    midnight = _midnight(clock.local(starts_at).date() + timedelta(days=1))
    return [span] if ends_at <= midnight else [(starts_at, midnight), *by_days((midnight, ends_at))]


def _day(day: date, posts: Sequence[Sequence[Piece]]) -> Day:
    return Day(day, [[piece for piece in post if clock.local(piece.starts_at).date() == day] for post in posts])


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.SHANGHAI)
