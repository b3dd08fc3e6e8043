"""A request follows its case: what is withdrawn, merged, sent to another unit or ended elsewhere waits for nobody here
any more, and what comes back goes to the expert who knows it.

Every minute, and at once where a page has just taken a step (`follow`). Cases know nothing of this room: it reads rows.
"""

from uuid import UUID, uuid5

from backend.cases import dispatching
from backend.cases import queries as cases
from backend.cases.rules import OPEN
from backend.cases.steps import Decided, take
from backend.cases.words import CaseState
from backend.core import clock
from backend.core.database import fetch, fetch_row, transaction
from backend.core.jobs import schedule
from backend.core.words import Term
from backend.diagnosis import calling_off, expert_seats, moving, offer_queries, offers, questions, routing
from backend.diagnosis.moving import Held
from backend.diagnosis.words import RequestState

AT_ONCE = 500
CAME_BACK = Term("Whoever asked about {crop} ({number}) has come back: look at it again.")
OVER = frozenset({RequestState.ANSWERED, RequestState.ENDED})


@schedule("diagnosis/follow-cases", "* * * * *")
async def follow_all() -> None:
    """Whatever stands otherwise than its case."""
    for request_id in await _apart(most=AT_ONCE):
        await follow(request_id=request_id)


@transaction
async def follow(*, request_id: UUID) -> None:
    """Put a request where its case is. Twice is harmless; a case that is no request is left alone."""
    await cases.lock(request_id)
    row = await fetch_row(
        "SELECT c.state, c.version, c.assignee_unit = r.studio AS is_ours FROM cases_case c "
        "JOIN diagnosis_request r ON r.id = c.id WHERE c.id = $1",
        request_id,
    )
    if row is None:
        return
    held, state = await moving.hold(request_id), CaseState(row["state"])
    if held.state not in OVER and (state not in OPEN or not row["is_ours"]):
        await _end(held)
    elif held.state in OVER and state is CaseState.REOPENED:
        await calling_off.call_off_telling(held.id)
        again = uuid5(held.id, f"dispatched again {row['version']}")
        await dispatching.dispatch_quietly(case_id=held.id, id=again, unit_id=held.studio)
        await _begin_again(held, n=row["version"])
    elif held.state is RequestState.ENDED and state is CaseState.DISPATCHED and row["is_ours"]:
        await _begin_again(held, n=row["version"])
    elif held.state is RequestState.ASKED and state is CaseState.IN_HAND:
        await questions.resume(held, by=None, id=uuid5(request_id, "resumed elsewhere"))


async def _end(held: Held) -> None:
    """Offers are withdrawn, questions and tasks settled."""
    await offers.withdraw(request_id=held.id)
    await calling_off.call_off_questions(held.id)
    await calling_off.call_off(held.id)
    await moving.move(held, RequestState.ENDED)


async def _begin_again(held: Held, *, n: int) -> None:
    """Back to the expert who had it, where he is there; else another one is looked for. `n`: of the case's version."""
    afresh = {"answered_at": None, "told_at": None, "told_by": None, "follow_up_on": None, "outcome_asked_at": None}
    seat = await expert_seats.seat_of(held.expert) if held.expert else None
    if seat is None or seat.presence.is_away(clock.now()):
        await moving.move(held, RequestState.ROUTING, route_after=clock.now(), offers_n=0, **afresh)
        await routing.route(request_id=held.id)
        return
    await _take_up(held, n=n)
    held = await moving.move(held, RequestState.CLAIMED, claimed_at=clock.now(), **afresh)
    await questions.tell_expert(held, CAME_BACK, key=f"{held.id} came back {n}")


async def _take_up(held: Held, *, n: int) -> None:
    async def decide(_: object) -> Decided:
        return Decided(changes={"assignee": held.expert})

    id = uuid5(held.id, f"taken up again {n}")
    await take("taken_in_hand", case_id=held.id, id=id, by=None, said={}, decide=decide, by_rule=True)
    assert held.expert is not None  # noqa: S101 - he has a seat
    await offer_queries.insert_claimed(held.id, expert=held.expert, at=clock.now(), day=clock.today())


async def _apart(*, most: int) -> list[UUID]:
    """Requests that wait while their case is closed or in another unit's hands, and those that have ended while it is
    open here again. Read from what is open."""
    rows = await fetch(
        """
        (SELECT r.id FROM diagnosis_request r JOIN cases_case c ON c.id = r.id
         WHERE r.state NOT IN ('answered', 'ended') AND (c.closed_at IS NOT NULL
             OR c.assignee_unit IS DISTINCT FROM r.studio OR (r.state = 'asked' AND c.state = 'in_hand')) LIMIT $1)
        UNION ALL
        (SELECT c.id FROM cases_case c JOIN diagnosis_request r ON r.id = c.id
         WHERE c.closed_at IS NULL AND c.kind = 'diagnosis' AND (
             (c.state = 'reopened' AND r.state IN ('answered', 'ended'))
             OR (c.state = 'dispatched' AND r.state = 'ended' AND c.assignee_unit = r.studio)) LIMIT $1)
        """,
        most,
    )
    return [row["id"] for row in rows]
