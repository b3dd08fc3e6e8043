"""Which expert: whoever is able and there, whose turn it is most; each part of the score is kept.

    offered   the best one who has not had it before him, for `offer_stands` of his own hours
    pooled    after `most_offers`, or when nobody is left: all who are able see it, for `pool_stands`
    chief     then the chief expert has it before him, without a limit
    nobody    no chief is there either: a supervisor is told, and it stays in the pool

Out of everybody's hours the one whose hours begin next has it in the morning; what would wait longer than a night lies
in the pool instead; what is urgent goes to whoever is on duty, else to the chief, at once. Decisions are made one at a
time, so that a burst finds nobody idle twice.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct, to_builtins

from backend.cases.people import supervisor_of
from backend.core import clock
from backend.core.database import transaction
from backend.core.jobs import schedule
from backend.diagnosis import expert_notices, moving
from backend.diagnosis import routing_queries as queries
from backend.diagnosis.expert_seats import Seat, seats_for, stands_until, wants, weigh, who_begin_next
from backend.diagnosis.moving import Held
from backend.diagnosis.policies import diagnosis_policy
from backend.diagnosis.routing_policies import RoutingPolicy, routing_policy
from backend.diagnosis.routing_queries import Row
from backend.diagnosis.routing_rules import Candidate, rank, shares
from backend.diagnosis.words import OfferEnding, RefusalReason, RequestState, Tier

MOST_KEPT = 10
"""Candidates of a decision that are kept, the best first."""

BATCH = 200


class Decision(Struct, frozen=True, kw_only=True):
    """What was decided, before it is written. `awake`: whoever is told is at work now."""

    decision: str
    chosen: UUID | None = None
    until: datetime | None = None
    awake: bool = False
    ranked: Sequence[Candidate] = ()
    turns: dict[UUID, float] = {}


@transaction
async def route(*, request_id: UUID) -> None:
    """Find a request its next expert, in the caller's transaction or its own. Where nothing is due nothing happens.

    Raises RequestUnknown (404).
    """
    held = await moving.hold(request_id)
    at = clock.now()
    if held.state is RequestState.OFFERED and (declined := await queries.declined_task(request_id)) is not None:
        await give_back(held, ending=OfferEnding.DECLINED, at=at, reason=RefusalReason.OTHER, remark=declined)
    elif held.state is RequestState.OFFERED and held.offer_until is not None and held.offer_until <= at:
        await give_back(held, ending=OfferEnding.LAPSED, at=at)
    elif held.state is RequestState.ROUTING:
        await next_offer(held)
    elif held.state is RequestState.POOLED and held.route_after is not None and held.route_after <= at:
        await _to_chief(held)


@schedule("diagnosis/route-due", "* * * * *")
async def route_due() -> None:
    """Offers that lapsed or whose task was declined, requests that wait to be routed, pools that nobody took from.

    Each in its own transaction; one that cannot be routed is told at the end, and holds up no other.
    """
    failures: list[Exception] = []
    for request_id in await queries.due_ids(at=clock.now(), limit=BATCH):
        try:
            await route(request_id=request_id)
        except Exception as error:
            failures.append(error)
    if failures:
        raise ExceptionGroup("requests that could not be routed", failures)


async def next_offer(held: Held) -> None:
    """Decide who has a held request next; it stands in `routing`."""
    wanted = await _wanted(held.id)
    at, policy = clock.now(), routing_policy(clock.today())
    seats = await seats_for(wanted, at, policy)
    if held.offers_n >= diagnosis_policy(clock.today()).most_offers:
        await _pool(held, wanted, seats)
        return
    left = [each for each in seats if not each.row["was_asked"] and each.row["tier"] != Tier.CHIEF]
    there = [each for each in left if each.is_there]
    if not there and not wanted["urgent"]:
        there = who_begin_next(left, policy)
    if there:
        await _offer(held, wanted, there, policy)
    elif any(each.row["tier"] != Tier.CHIEF for each in seats) and not wanted["urgent"]:
        await _pool(held, wanted, seats)
    else:
        await _to_chief(held)


async def _offer(held: Held, wanted: Row, there: list[Seat], policy: RoutingPolicy) -> None:
    await queries.lock_decisions()
    able = await weigh(there, policy)
    ranked = rank(wants(wanted), able, policy)
    chosen = next(each for each in there if each.id == ranked[0].expert)
    decision = Decision(
        decision="offered",
        chosen=chosen.id,
        until=stands_until(chosen),
        awake=chosen.is_there,
        ranked=ranked,
        turns=shares(able),
    )
    await _put_before(held, wanted, decision)


async def _to_chief(held: Held) -> None:
    """Put it before the chief expert, without a limit; where there is none who has not had it, tell a supervisor."""
    wanted = await _wanted(held.id)
    seats = await seats_for(wanted, clock.now(), routing_policy(clock.today()))
    chiefs = [each for each in seats if each.row["tier"] == Tier.CHIEF and not each.row["was_asked"]]
    chiefs = [each for each in chiefs if not each.presence.is_away(clock.now())]
    if not chiefs:
        await _to_nobody(held, wanted, seats)
        return
    policy = routing_policy(clock.today())
    near = [each for each in chiefs if each.row["unit"] == held.studio] or chiefs
    ranked = rank(wants(wanted), await weigh(near, policy), policy)
    chief = next(each for each in near if each.id == ranked[0].expert)
    decision = Decision(decision="chief", chosen=chief.id, awake=chief.is_there, ranked=ranked)
    await _put_before(held, wanted, decision)


async def _put_before(held: Held, wanted: Row, decision: Decision) -> None:
    offer_id = await _write(held, decision)
    await moving.move(
        held,
        RequestState.OFFERED,
        expert=decision.chosen,
        offer_until=decision.until,
        offers_n=held.offers_n + 1,
    )
    if decision.chosen is not None:
        await expert_notices.offered(
            wanted, offer_id, expert=decision.chosen, until=decision.until, awake=decision.awake
        )


async def _pool(held: Held, wanted: Row, seats: Sequence[Seat]) -> None:
    await _write(held, Decision(decision="pooled"), considered=len(seats))
    until = clock.now() + diagnosis_policy(clock.today()).pool_stands
    await moving.move(held, RequestState.POOLED, route_after=until)
    await expert_notices.pooled(wanted, to=[each.id for each in seats if each.row["on_duty"]])


async def _to_nobody(held: Held, wanted: Row, seats: Sequence[Seat]) -> None:
    await _write(held, Decision(decision="nobody"), considered=len(seats))
    if held.state is RequestState.POOLED:
        await moving.change(held, route_after=None)
    else:
        await moving.move(held, RequestState.POOLED)
    if (supervisor := await supervisor_of(held.division_code)) is not None:
        await expert_notices.nobody(wanted, to=supervisor)


async def give_back(
    held: Held, *, ending: OfferEnding, at: datetime, reason: RefusalReason | None = None, remark: str | None = None
) -> None:
    """End the offer of a held request that nobody took, and go on to the next one."""
    offer = await queries.end_offer(held.id, ending=ending, at=at, reason=reason, remark=remark)
    if offer is not None:
        await expert_notices.settle(held.id, offer["id"])
    await next_offer(await moving.move(held, RequestState.ROUTING))


async def _wanted(request_id: UUID) -> Row:
    wanted = await queries.asked(request_id)
    if wanted is None:
        raise moving.unknown(request_id)
    return wanted


async def _write(held: Held, decision: Decision, *, considered: int | None = None) -> UUID:
    return await queries.decide(
        request_id=held.id,
        at=clock.now(),
        day=clock.today(),
        decision=decision.decision,
        chosen=decision.chosen,
        until=decision.until,
        considered=len(decision.ranked) if considered is None else considered,
        candidates=to_builtins(decision.ranked[:MOST_KEPT], str_keys=True),
        policy_from=routing_policy(clock.today()).valid_from,
        turns=decision.turns,
    )
