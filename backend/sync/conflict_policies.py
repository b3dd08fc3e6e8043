"""How long two changes of one field may wait for a person: dated policies, the newest one that has begun counts."""

from datetime import date, timedelta

from msgspec import Struct


class ConflictPolicy(Struct, frozen=True, kw_only=True):
    """From `valid_from` on, whoever was asked first has `decide_within`; then the next supervisor is asked."""

    valid_from: date
    decide_within: timedelta
    source: str


CONFLICT_POLICIES = (
    ConflictPolicy(
        valid_from=date(2020, 1, 1),
        decide_within=timedelta(days=3),
        source="Our own choice: no source names a span. Until it is decided the record says what it said, so nobody is "
        "in danger; but its author hears nothing, and a cadre comes by a household every two weeks or so.",
    ),
)


def conflict_policy(on: date) -> ConflictPolicy:
    """The policy in force on a day."""
    return max((p for p in CONFLICT_POLICIES if p.valid_from <= on), key=lambda p: p.valid_from)
