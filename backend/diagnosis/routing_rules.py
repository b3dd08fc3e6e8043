"""Who should have a request: one score, each of its parts with value and weight, so that it can be told why. Pure.

Filters come before (`routing_queries`): whoever stands here is able and there.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from msgspec import Struct

from backend.diagnosis.routing_policies import RoutingPolicy
from backend.diagnosis.words import Tier
from backend.territory.coordinates import great_circle_m

Place = tuple[float, float]
"""Longitude, latitude (WGS-84)."""

PARTS = ("load", "competence", "on_duty", "household", "distance", "tier")
"""In the order in which they weigh."""

DECIMALS = 4


class Wanted(Struct, frozen=True):
    """What a request asks of its expert."""

    urgent: bool
    point: Place | None = None


class Able(Struct, frozen=True, kw_only=True):
    """What is known of one expert who is able and there.

    open_n       how many requests wait for him: offered or claimed; where the farmer was asked back he waits himself
    due, given   his turns of the last days, without this one
    *_named      whether his field names this crop, this trouble, this township: it may be all of them
    household_n  how often he has answered this household
    """

    expert: UUID
    tier: Tier
    able_per_day: int
    open_n: int = 0
    due: float = 0.0
    given: int = 0
    crop_named: bool = False
    topic_named: bool = False
    place_named: bool = False
    on_duty: bool = False
    household_n: int = 0
    point: Place | None = None


class Part(Struct, frozen=True):
    """One part of a score: `value` between 0 and 1, its weight, and the facts that its sentence tells."""

    value: float
    weight: float
    facts: dict[str, str | int | float | bool | None]


class Candidate(Struct, frozen=True):
    """One expert as he was weighed. `full`: he has as much as he is able for, so all others come first."""

    expert: UUID
    score: float
    full: bool
    parts: dict[str, Part]


def shares(able: Sequence[Able]) -> dict[UUID, float]:
    """Whose turn a request is, in parts of one: each as much as he is able for.

    >>> one, two = UUID(int=1), UUID(int=2)
    >>> local = Tier.LOCAL
    >>> able = [Able(expert=one, tier=local, able_per_day=9), Able(expert=two, tier=local, able_per_day=3)]
    >>> list(shares(able).values())
    [0.75, 0.25]
    """
    total = sum(each.able_per_day for each in able)
    return {each.expert: each.able_per_day / total for each in able}


def rank(wanted: Wanted, able: Sequence[Able], policy: RoutingPolicy) -> list[Candidate]:
    """Those who are able and there, the best first. Somebody who is full comes after everybody who is not.

    Two of the same field: the one who is able for more takes more, and the nearer one goes first while both have none.
    """
    turns = shares(able)
    weighed = [_weighed(each, each.due + turns[each.expert], wanted, policy) for each in able]
    return sorted(weighed, key=lambda each: (each.full, -each.score, each.expert.bytes))


def _weighed(able: Able, due: float, wanted: Wanted, policy: RoutingPolicy) -> Candidate:
    parts = {
        "load": _load(able, due, policy),
        "competence": _competence(able, policy),
        "on_duty": Part(float(able.on_duty), policy.on_duty, {"on_duty": able.on_duty}),
        "household": Part(float(able.household_n > 0), policy.household, {"answered_n": able.household_n}),
        "distance": _distance(able, wanted, policy),
        "tier": Part(
            float(_is_first(able.tier, wanted)), policy.tier, {"tier": able.tier.value, "urgent": wanted.urgent}
        ),
    }
    score = sum(part.value * part.weight for part in parts.values())
    return Candidate(able.expert, round(score, DECIMALS), able.open_n >= able.able_per_day, parts)


def _load(able: Able, due: float, policy: RoutingPolicy) -> Part:
    """1 for whoever was given nothing, a half for whoever was given just his turn, and on towards 0."""
    turn = max(due, policy.least_due)
    return Part(
        round(turn / (turn + able.given), DECIMALS),
        policy.load,
        {
            "due": round(due, 1),
            "given": able.given,
            "days": policy.turn_days,
            "open": able.open_n,
            "able": able.able_per_day,
        },
    )


def _competence(able: Able, policy: RoutingPolicy) -> Part:
    value = 0.5 * able.crop_named + 0.3 * able.topic_named + 0.2 * able.place_named
    return Part(
        round(value, DECIMALS),
        policy.competence,
        {"crop": able.crop_named, "topic": able.topic_named, "place": able.place_named},
    )


def _distance(able: Able, wanted: Wanted, policy: RoutingPolicy) -> Part:
    """Where nobody knows how far it is, it counts as half."""
    if able.point is None or wanted.point is None:
        return Part(0.5, policy.distance, {"km": None})
    km = great_circle_m(able.point, wanted.point) / 1000
    return Part(round(1 / (1 + km / policy.half_at_km), DECIMALS), policy.distance, {"km": round(km, 1)})


def _is_first(tier: Tier, wanted: Wanted) -> bool:
    return tier is (Tier.EXPERT if wanted.urgent else Tier.LOCAL)


class Balance(Struct, frozen=True):
    """How evenly requests were shared: what each was given over what was his turn, the largest over the smallest.

    counted   how many experts it is about: those whose turn came at least `least` times
    left_out  the others: of a turn of 0.2 nobody can be given a fifth of a request
    """

    ratio: float
    smallest: float
    largest: float
    counted: int
    left_out: int


def balance(given: Mapping[UUID, int], due: Mapping[UUID, float], *, least: float = 1.0) -> Balance:
    """The balance of a burst; 1 is even. Infinite where somebody whose turn came was given nothing.

    >>> one, two, rare = UUID(int=1), UUID(int=2), UUID(int=3)
    >>> balance({one: 6, two: 2}, {one: 4.0, two: 2.0, rare: 0.2})
    Balance(ratio=1.5, smallest=1.0, largest=1.5, counted=2, left_out=1)
    """
    counted = [given.get(expert, 0) / turn for expert, turn in due.items() if turn >= least]
    if not counted:
        return Balance(1.0, 1.0, 1.0, 0, len(due))
    ratio = max(counted) / min(counted) if min(counted) else float("inf")
    return Balance(ratio, min(counted), max(counted), len(counted), len(due) - len(counted))
