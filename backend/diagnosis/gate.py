"""The gate before an expert: photos are waited for, a poor one asks for a better one, and time opens it anyway.

It looks when a request is made, some seconds later again and again while verdicts are due, whenever a door says that a
photo was added (`look_soon`), and every minute at whatever stands before it.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from msgspec import Struct

from backend.cases import working
from backend.cases.uploads import opener_of_case
from backend.core import clock, ids
from backend.core.database import transaction
from backend.core.jobs import enqueue, job, schedule
from backend.core.words import Term
from backend.diagnosis import farmer_notices, likeness, moving, photos, routing
from backend.diagnosis import gate_queries as queries
from backend.diagnosis.gate_rules import Passing, Seen, Waiting, judged, reasons
from backend.diagnosis.moving import Held
from backend.diagnosis.policies import diagnosis_policy
from backend.diagnosis.request_rules import URGENT_POLICY
from backend.diagnosis.words import RequestState
from backend.media import claim_queries
from backend.media.facts import Kind, PhotoState, Reason
from backend.push.wording import said

GATE = "diagnosis/gate"
LOOKS_AFTER = (timedelta(seconds=2), timedelta(seconds=5), timedelta(seconds=15), timedelta(seconds=40))
"""How long the gate waits between one look and the next, while the pipeline is at work; then it looks every minute."""
AT_ONCE = 500
MOST_HOWS = 2
"""More advice at once nobody follows."""

BETTER = Term("An expert cannot see enough on your photo yet. Take another one: {how}")
HOWS = {
    Reason.TOO_DARK: Term("where it is bright, with your back to the light"),
    Reason.TOO_BRIGHT: Term("in the shade, or with your own shadow on the leaf"),
    Reason.FLAT: Term("after wiping the lens, with no finger before it"),
    Reason.BLURRED: Term("a hand's length away, held still, after tapping on the sick place"),
    Reason.SMALL: Term("with the phone's camera, and send the original"),
    Reason.NOTHING_TO_SEE: Term("with nothing before the lens"),
}
ALWAYS = Term("one of the sick place and one of a healthy one beside it")
TOLD = Term("Your question about your crop, number {number}: please send a better photo. Open your receipt to see how.")
MISSING = Term("Your photos have not arrived. Open your receipt and send them again: {how}")


class Look(Struct, frozen=True):
    """Which request, and how often it was looked at in a row."""

    request_id: UUID
    n: int = 0


async def begin(request_id: UUID) -> None:
    """A request was just made, in the caller's transaction: it is there whatever the gate and the routing say."""
    await look_soon(request_id)


async def look_soon(request_id: UUID) -> None:
    """A photo was added, or the farmer says that he has no better one. Joins the caller's transaction."""
    await enqueue(GATE, Look(request_id), dedupe=f"gate {request_id} 0")


@job(GATE)
async def look(asked: Look) -> None:
    """Harmless when repeated: a request that has passed is left alone."""
    if await pass_or_ask(asked.request_id) is Passing.WAITS and asked.n < len(LOOKS_AFTER):
        again = Look(asked.request_id, asked.n + 1)
        await enqueue(GATE, again, after=LOOKS_AFTER[asked.n], dedupe=f"gate {again.request_id} {again.n}")


@schedule("diagnosis/gate-due", "* * * * *")
async def look_at_all_due() -> None:
    """Whatever waited long enough, and whatever got a photo through a door that told nobody."""
    for request_id in await queries.due(at=clock.now(), most=AT_ONCE):
        await pass_or_ask(request_id)


@transaction
async def pass_or_ask(request_id: UUID) -> Passing:
    """What the gate says of a request, done. One that does not stand before it any more has passed.

    Raises RequestUnknown (404).
    """
    held = await moving.hold_with_case(request_id)
    if held.state is not RequestState.AWAITING_PHOTO:
        await routing.route(request_id=request_id)
        return Passing.PASSES
    stands = await queries.stands(request_id)
    if stands["closed_at"] is not None:
        return Passing.PASSES  # withdrawn a moment ago: `following` ends it
    await _take_up(request_id)
    rows = await photos.rows([request_id])
    seen = [Seen(Kind(row["kind"]), PhotoState(row["state"]), tuple(row["reasons"])) for row in rows]
    says = judged(_waiting(held, stands), seen, at=clock.now(), policy=diagnosis_policy(clock.today()))
    if says is Passing.PASSES:
        await open_for(held)
    elif says is Passing.ASKS:
        await _ask(held, seen)
    return says


async def _take_up(request_id: UUID) -> None:
    """Whatever was sent with the receipt's ticket, where the phone went away before it said so."""
    opener = opener_of_case(request_id)
    if left := await claim_queries.unclaimed(opener):
        id = uuid5(request_id, " ".join(map(str, left)))
        await working.add_photos(case_id=request_id, id=id, photo_ids=left, by=None, opener=opener)


async def open_for(held: Held) -> None:
    """Let a held request through: what was asked for a photo is settled, and an expert is looked for; and, now that the
    photos are judged, who sent the like."""
    await queries.settle(held.id, at=clock.now())
    await moving.move(held, RequestState.ROUTING, route_after=clock.now())
    await routing.route(request_id=held.id)
    await likeness.look_soon(request_id=held.id)


def _waiting(held: Held, stands: Mapping[str, Any]) -> Waiting:
    return Waiting(
        expected=held.photos_expected,
        urgent=stands["policy_code"] == URGENT_POLICY,
        no_better_photo=held.no_better_photo,
        since=held.state_since,
        asked_at=stands["asked_at"],
    )


async def _ask(held: Held, seen: Sequence[Seen]) -> None:
    """Ask for a better photo, and tell him once; asked before, the words are those of the newest photo."""
    at, why = clock.now(), reasons(seen)
    words = said("zh", BETTER if seen else MISSING, how=how(why))
    await moving.change(held, state_since=at)  # photos before this were looked at
    if await queries.ask_anew(held.id, words=words, reasons=why):
        return
    question_id = ids.uuid7(at)
    await queries.ask(question_id, request_id=held.id, at=at, words=words, reasons=why)
    await moving.change(held, route_after=at + diagnosis_policy(clock.today()).better_photo_awaited)
    await farmer_notices.tell(request_id=held.id, message=TOLD, key=f"better photo {question_id}")


def how(why: Sequence[str]) -> str:
    """How a better photo is taken, in Chinese: against what was wrong, and always with a healthy plant beside it."""
    told = [HOWS[Reason(each)] for each in why if Reason(each) in HOWS]
    return "；".join(said("zh", each) for each in [*told[:MOST_HOWS], ALWAYS])
