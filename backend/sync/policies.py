"""How much a phone carries and for how long things are kept: dated policies, the newest one that has begun counts."""

from datetime import date, timedelta

from msgspec import Struct


class SyncPolicy(Struct, frozen=True, kw_only=True):
    """The numbers of one policy, from `valid_from` on, and where they come from.

    visits_for, closed_for   how far back visits, and cases and tasks that are over, are carried
    shifts_for               how far ahead shifts are carried
    most_records             of one entity; whoever has more carries the first of them, and lists show the rest
    page_records             in one answer, unless the phone asks for fewer
    changes_for              how long the log of changes is kept; at least two days (`watermarks`)
    views_for                how long a phone may be away and still be told only what changed
    skew_told_from           a clock that is off by more is told
    waiting_for              how long a command waits for its photo
    """

    valid_from: date
    visits_for: timedelta
    closed_for: timedelta
    shifts_for: timedelta
    most_records: int
    page_records: int
    changes_for: timedelta
    views_for: timedelta
    skew_told_from: timedelta
    waiting_for: timedelta
    source: str


SYNC_POLICIES = (
    SyncPolicy(
        valid_from=date(2020, 1, 1),
        visits_for=timedelta(days=31),
        closed_for=timedelta(days=14),
        shifts_for=timedelta(days=14),
        most_records=1_000,
        page_records=500,
        changes_for=timedelta(days=3),
        views_for=timedelta(days=90),
        skew_told_from=timedelta(minutes=2),
        waiting_for=timedelta(days=30),
        source="Our own choice. A cadre records some 57 contacts a month (680 a year); CHT's users with more than "
        "10,000 documents slow everybody (cht-core #10408), so a phone carries far fewer.",
    ),
)


def sync_policy(on: date) -> SyncPolicy:
    """The policy in force on a day."""
    return max((p for p in SYNC_POLICIES if p.valid_from <= on), key=lambda p: p.valid_from)
