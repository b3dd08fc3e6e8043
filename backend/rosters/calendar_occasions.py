"""Rows of rosters and markets as entries of a calendar, in the language of whoever follows it.

Markets have no rule a phone could work out (a lunar calendar is in none of them), so their days are told one by one, as
one entry with many days: one for what the township confirmed, one for what was only computed, and one for each day that
somebody called off or wrote a note to. A day that a new rule took back was never sure, and just goes. The entry's
identity is made of what it is, so that it is the same at every reading.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from backend.core import clock
from backend.core.words import say
from backend.rosters.calendar_schemas import Occasion, OccasionStatus
from backend.rosters.station_words import DayState, StallRuleKind
from backend.rosters.tables import Post, ShiftState

ALARM_OF_A_SHIFT = timedelta(hours=1)
EVENING_BEFORE = time(18)
"""When a phone rings for the next day's market."""

Row = Mapping[str, Any]
Hours = tuple[int, int] | None
"""Minutes from midnight; None where nobody said when it opens: then it is a whole day."""

_ON_DUTY = {
    Post.PHONE: "On duty at the telephone: {unit}",
    Post.DESK: "On duty at the front desk: {unit}",
    Post.LEADER: "On duty as the leader: {unit}",
    Post.FIELD: "On duty in the field: {unit}",
}
_OF_A_SHIFT = {
    ShiftState.PUBLISHED: (OccasionStatus.TENTATIVE, 0, "Not confirmed yet: please confirm it."),
    ShiftState.MISSED: (OccasionStatus.TENTATIVE, 0, "Not reported. If you were there, please say so."),
    ShiftState.CONFIRMED: (OccasionStatus.CONFIRMED, 1, "Confirmed."),
    ShiftState.SWAPPED: (OccasionStatus.CANCELLED, 2, "Somebody else has this shift now."),
    ShiftState.CANCELLED: (OccasionStatus.CANCELLED, 2, "This shift was cancelled."),
}
_STALLS = {
    StallRuleKind.ODD_MARKET: "Deputies' stall at the market: {place}",
    StallRuleKind.EVEN_STATION: "Deputies' day at the station: {place}",
}
_OF_A_DAY = {
    DayState.COMPUTED: "Worked out ahead; the township has not confirmed it yet.",
    DayState.CONFIRMED: "Confirmed by the township.",
}


def shift_occasions(rows: Iterable[Row], *, today: date) -> list[Occasion]:
    """One's own shifts. Those that fell away are told only while they were still to come."""
    return [
        _shift(row)
        for row in rows
        if ShiftState(row["state"]) not in (ShiftState.SWAPPED, ShiftState.CANCELLED)
        or clock.local(row["starts_at"]).date() >= today
    ]


def _shift(row: Row) -> Occasion:
    status, sequence, words = _OF_A_SHIFT[ShiftState(row["state"])]
    off = status is OccasionStatus.CANCELLED
    title = say(_ON_DUTY[Post(row["post"])], unit=row["unit_name"])
    return Occasion(
        uid=f"shift-{row['id']}",
        starts=[clock.local(row["starts_at"])],
        lasts=row["ends_at"] - row["starts_at"],
        title=say("Not yours any more: {what}", what=title) if off else title,
        words=say(words),
        place=row["unit_name"],
        status=status,
        sequence=sequence,
        changed_at=row["changed_at"],
        alarm=None if off else ALARM_OF_A_SHIFT,
        busy=not off,
    )


def market_occasions(rows: Iterable[Row], hours: Iterable[Row], *, first: date) -> list[Occasion]:
    """The market days of a place. `hours`: rows of `market_hours`; `first`: the day from which on they were read."""
    opening = defaultdict(list)
    for each in hours:
        opening[each["unit_id"]].append(each)
    found: list[Occasion] = []
    for unit_id, days in _grouped(rows, "unit_id").items():
        title = say("{place}: market day", place=days[0]["unit_name"])
        timed = [(row, _hours_on(opening[unit_id], row["on"])) for row in days]
        found += _days(f"market-{unit_id}", title, timed, first)
    return found


def stall_occasions(rows: Iterable[Row], *, first: date) -> list[Occasion]:
    """The stalls and station days of a place."""
    found: list[Occasion] = []
    for rule_id, days in _grouped(rows, "rule").items():
        title = say(_STALLS[StallRuleKind(days[0]["kind"])], place=days[0]["unit_name"])
        timed = [(row, (row["opens_minute"], row["closes_minute"])) for row in days]
        found += _days(f"stall-{rule_id}", title, timed, first)
    return found


def _grouped(rows: Iterable[Row], key: str) -> dict[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[key]].append(row)
    return found


def _hours_on(opening: Sequence[Row], on: date) -> Hours:
    """From the first opening to the last closing of that day; a market has no lunch break on a phone."""
    those = [each for each in opening if each["valid_from"] <= on and (each["valid_to"] or date.max) >= on]
    return (
        (min(each["opens_minute"] for each in those), max(each["closes_minute"] for each in those)) if those else None
    )


def _days(uid: str, title: str, timed: Sequence[tuple[Row, Hours]], first: date) -> list[Occasion]:
    """One entry for each way in which the days are told alike, then those that have something of their own to say."""
    changed_at = max(*(row["changed_at"] for row, _ in timed), _midnight(first))
    alike: dict[tuple[DayState, Hours], list[Row]] = defaultdict(list)
    special: list[Occasion] = []
    for row, hours in timed:
        if row["state"] == DayState.CALLED_OFF and not row["by_somebody"]:
            continue
        if row["state"] == DayState.CALLED_OFF or row["note"]:
            special.append(_special(row, title, hours))
        else:
            alike[DayState(row["state"]), hours].append(row)
    listed = [
        _listed(f"{uid}-{_said(hours)}-{state}", title, rows, state=state, hours=hours, changed_at=changed_at)
        for (state, hours), rows in alike.items()
    ]
    return listed + special


def _listed(
    uid: str, title: str, rows: Sequence[Row], *, state: DayState, hours: Hours, changed_at: datetime
) -> Occasion:
    starts, lasts = _starts([row["on"] for row in rows], hours)
    return Occasion(
        uid=uid,
        starts=starts,
        lasts=lasts,
        title=title,
        words=say(_OF_A_DAY[state]),
        place=rows[0]["unit_name"],
        status=OccasionStatus.CONFIRMED if state is DayState.CONFIRMED else OccasionStatus.TENTATIVE,
        sequence=_revision(changed_at),
        changed_at=changed_at,
        alarm=_since_the_evening_before(hours),
    )


def _special(row: Row, title: str, hours: Hours) -> Occasion:
    """A day that was called off stands in the calendar as what it is: left out, whoever looked last week would still
    go. Phones hide an entry with the status CANCELLED, so this one is sure."""
    off = row["state"] == DayState.CALLED_OFF
    starts, lasts = _starts([row["on"]], hours)
    return Occasion(
        uid=f"day-{row['id']}",
        starts=starts,
        lasts=lasts,
        title=say("Called off: {what}", what=title) if off else title,
        words=row["note"] or "",
        place=row["unit_name"],
        status=OccasionStatus.TENTATIVE if row["state"] == DayState.COMPUTED else OccasionStatus.CONFIRMED,
        sequence=row["sequence"],
        changed_at=row["changed_at"],
        alarm=None if off else _since_the_evening_before(hours),
    )


def _starts(days: Sequence[date], hours: Hours) -> tuple[list[datetime] | list[date], timedelta]:
    if hours is None:
        return list(days), timedelta(days=1)
    opens, closes = hours
    return [_midnight(day) + timedelta(minutes=opens) for day in days], timedelta(minutes=closes - opens)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.SHANGHAI)


def _said(hours: Hours) -> str:
    return "day" if hours is None else f"{hours[0]}-{hours[1]}"


def _since_the_evening_before(hours: Hours) -> timedelta:
    return timedelta(minutes=hours[0] if hours else 0, hours=24 - EVENING_BEFORE.hour)


def _revision(changed_at: datetime) -> int:
    """A number that grows with every change of a list of days: minutes since 2026 began. Rows that are worked out anew
    come and go, so their own counts would fall now and then.

    >>> _revision(datetime(2026, 1, 2, 0, 30, tzinfo=UTC))
    1470
    """
    return max(0, int((changed_at - datetime(2026, 1, 1, tzinfo=UTC)).total_seconds() // 60))
