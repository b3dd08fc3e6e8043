"""Whether a pledge was kept. Pure."""

from collections.abc import Sequence
from datetime import date

from backend.hotline.pledge_schemas import PledgeCounts, PublicPledge
from backend.hotline.words import PledgeState


def late_days(due_on: date, state: PledgeState, done_on: date | None, *, today: date) -> int:
    """By how many days a pledge is or was late; its own day is in time, and what was dropped is late no more.

    >>> due = date(2026, 11, 20)
    >>> late_days(due, PledgeState.UNDERWAY, None, today=due)
    0
    >>> late_days(due, PledgeState.UNDERWAY, None, today=date(2026, 12, 2))
    12
    >>> late_days(due, PledgeState.DONE, date(2026, 11, 21), today=date(2027, 1, 1))
    1
    """
    if state is PledgeState.DROPPED:
        return 0
    return max(0, ((done_on or today) - due_on).days)


def counts(pledges: Sequence[PublicPledge]) -> PledgeCounts:
    """What a year's pledges came to."""
    done = [each for each in pledges if each.state is PledgeState.DONE]
    underway = [each for each in pledges if each.state is PledgeState.UNDERWAY]
    return PledgeCounts(
        pledges_n=len(pledges),
        done_n=len(done),
        done_in_time_n=sum(not each.overdue for each in done),
        done_late_n=sum(each.overdue for each in done),
        underway_n=len(underway),
        overdue_n=sum(each.overdue for each in underway),
        dropped_n=len(pledges) - len(done) - len(underway),
    )
