"""What a score is made of: dated rows, the newest that has begun counts. A county that wants others adds a line."""

from datetime import date, timedelta

from msgspec import Struct


class RoutingPolicy(Struct, frozen=True, kw_only=True):
    """The weights of one policy, out of a hundred, and the spans that they look back.

    load               how much less than his turn he was given, counted over `turn_days`
    competence         how closely his field is this crop, this trouble, this place
    on_duty            whether the roster has him now
    household          whether he has answered this household within `household_remembered`
    distance           how near he works: half of it at `half_at_km`
    tier               local experts first where it is not urgent, the studio's where it is
    least_due          of a turn: below it one request more or less says nothing
    begins_within      out of everybody's hours: those who come so soon after the first are weighed together
    waits_at_most      for somebody whose hours begin; later than that it goes to the pool
    """

    valid_from: date
    load: float
    competence: float
    on_duty: float
    household: float
    distance: float
    tier: float
    turn_days: int
    least_due: float
    half_at_km: float
    household_remembered: timedelta
    begins_within: timedelta
    waits_at_most: timedelta
    source: str


ROUTING_POLICIES = (
    RoutingPolicy(
        valid_from=date(2020, 1, 1),
        load=92,
        competence=2.5,
        on_duty=1.5,
        household=1.5,
        distance=1.25,
        tier=1.25,
        turn_days=7,
        least_due=0.25,
        half_at_km=20,
        household_remembered=timedelta(days=731),
        begins_within=timedelta(minutes=60),
        waits_at_most=timedelta(hours=16),
        source="Our own choice. Bursts of 200 requests over 70 experts were played through forty times for each of "
        "several weights: at 85 and more for the load nobody whose turn came at least once got three times another's "
        "share, at 70 somebody did. At 92 all others together weigh less than one request of two or three. "
        "Sixteen hours: from closing time to the morning.",
    ),
)


def routing_policy(on: date) -> RoutingPolicy:
    """The policy in force on a day."""
    return max((each for each in ROUTING_POLICIES if each.valid_from <= on), key=lambda each: each.valid_from)


def routing_policy_from(valid_from: date) -> RoutingPolicy:
    """The policy that began on a day: by which an earlier decision was made."""
    return next(each for each in ROUTING_POLICIES if each.valid_from == valid_from)
