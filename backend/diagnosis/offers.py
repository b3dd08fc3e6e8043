"""Offers: an expert takes what is before him or in his pool, passes it on, or hands over what he has.

What two reach for at once one gets: the case and then the request are held, and whoever comes second hears 409,
which names nobody.
"""

from uuid import UUID, uuid5

from backend.cases.holding import hold
from backend.cases.steps import Decided, take
from backend.cases.words import CaseState
from backend.core import clock, ids
from backend.core.database import transaction
from backend.core.refusals import DifferentArguments, FieldError, Invalid
from backend.core.words import Term
from backend.diagnosis import expert_notices, expert_seats, moving, offer_queries, records, routing, routing_queries
from backend.diagnosis.moving import Held
from backend.diagnosis.offer_refusals import ExpertAway, NotAnExpert, OfferOver, TakenAlready
from backend.diagnosis.refusals import NotYours
from backend.diagnosis.request_schemas import DiagnosisRecord
from backend.diagnosis.visibility import Reader, reader, sees
from backend.diagnosis.words import OfferEnding, RefusalReason, RequestState
from backend.people.actors import Actor
from backend.push.wording import said

S = RequestState

HAS_ENDED = frozenset({S.ANSWERED, S.ENDED})
HAD = frozenset({S.CLAIMED, S.ASKED})
"""In which somebody has it and works on it."""

OTHERS = "Somebody else has this request now. Look at the queue for another one."
TAKEN_OVER = Term("Taken over by {name}.")
HANDED_OVER = Term("Handed over to a colleague: {reason}")


@transaction
async def claim(*, request_id: UUID, by: Actor, id: UUID | None = None) -> DiagnosisRecord:
    """Take a request: what is before oneself, what is in one's pool; a chief at any time, from whoever has it.

    It is his case from then on. What is his already stays as it is. `id`: of the step on the case's timeline.

    Raises RequestUnknown (404), TakenAlready, NotNow, NotAnExpert, StepNotOpen, DifferentArguments (409).
    """
    reading = await _must_see(request_id, by)
    held = await moving.hold_with_case(request_id)
    if held.expert == by.person_id and held.state in HAD | {S.ANSWERED}:
        return await records.read(request_id, by=by)
    await _must_be_open_to(held, reading, by)
    before = held.expert
    offer = await routing_queries.end_offer(
        request_id,
        ending=OfferEnding.CLAIMED if before == by.person_id else OfferEnding.WITHDRAWN,
        at=clock.now(),
    )
    if offer is None or offer["expert"] != by.person_id:
        await offer_queries.insert_claimed(request_id, expert=by.person_id, at=clock.now(), day=clock.today())
    await _case_is_his(held, by, id=id or ids.uuid7())
    await _is_his(held, by.person_id)
    await expert_notices.settle(request_id, offer["id"] if offer else None, by=by, done=before == by.person_id)
    if before is not None and before != by.person_id:
        await _tell_former(request_id, before, by)
    return await records.read(request_id, by=by)


@transaction
async def decline(*, request_id: UUID, reason: RefusalReason, remark: str = "", by: Actor) -> DiagnosisRecord:
    """Pass on what is before oneself; the next one has it at once. Declined before, nothing changes.

    Raises RequestUnknown (404), OfferOver (409), Invalid (400) for `other` without a remark.
    """
    if reason is RefusalReason.OTHER and not remark.strip():
        wrong = FieldError(pointer="/remark", detail="Say in a few words why not.", code="missing")
        raise Invalid("A remark is needed.", errors=[wrong])
    await _must_see(request_id, by)
    held = await moving.hold_with_case(request_id)
    if held.state is S.OFFERED and held.expert == by.person_id:
        await routing.give_back(
            held, ending=OfferEnding.DECLINED, at=clock.now(), reason=reason, remark=remark.strip() or None
        )
    elif await offer_queries.last_ending(request_id, by.person_id) != OfferEnding.DECLINED:
        raise OfferOver("This request is not before you any more. Look at the queue.")
    return await records.read(request_id, by=by)


@transaction
async def hand_over(*, request_id: UUID, to: UUID, reason: str, by: Actor, id: UUID | None = None) -> DiagnosisRecord:
    """Give a request to another expert, and say why: whoever has it, a chief, or a supervisor of the place.

    He has it before him as any other offer; where the farmer has been asked back it is his at once, and waits for the
    answer. The same `id` again changes nothing.

    Raises RequestUnknown (404), NotYours (403), NotNow, NotAnExpert, ExpertAway, DifferentArguments (409),
    Invalid (400) without a reason, or to oneself.
    """
    reading = await _must_see(request_id, by)
    offer_id = id or ids.uuid7()
    held = await moving.hold_with_case(request_id)
    if (stored := await offer_queries.offer(offer_id)) is not None:
        if (stored["request"], stored["expert"]) != (request_id, to):
            raise DifferentArguments("Offer {id} was made before to somebody else; it stays.", id=str(offer_id))
        return await records.read(request_id, by=by)
    _must_have(held, reading, by)
    _check_hand_over(held, to, reason)
    await _give(held, to, reason.strip(), offer_id, by)
    return await records.read(request_id, by=by)


@transaction
async def withdraw(*, request_id: UUID, by: Actor | None = None) -> None:
    """The request has ended elsewhere: nobody has it before him any more. The caller moves the request itself."""
    offer = await routing_queries.end_offer(request_id, ending=OfferEnding.WITHDRAWN, at=clock.now())
    await expert_notices.settle(request_id, offer["id"] if offer else None, by=by)


async def _must_see(request_id: UUID, by: Actor) -> Reader:
    """Raises RequestUnknown (404), but not to whoever could have taken it out of the pool a moment ago."""
    reading = await reader(by)
    if await sees(reading, request_id) or await offer_queries.was_in_pool_of(request_id, by.person_id):
        return reading
    raise moving.unknown(request_id)


async def _must_be_open_to(held: Held, reading: Reader, by: Actor) -> None:
    """Whether he may take it now. Raises TakenAlready, NotNow, NotAnExpert (409), NotYours (403)."""
    if held.state in HAS_ENDED:
        raise moving.not_now(held.state)
    if held.state is S.OFFERED and held.expert == by.person_id:
        return
    if reading.is_chief_of(held.studio, held.division_code):
        if not reading.is_expert:
            raise NotAnExpert("You have no profile of an expert: hand it over to somebody who has.")
        return
    if held.state is S.POOLED:
        if await offer_queries.is_able(held.id, by.person_id, day=clock.today()):
            return
        raise NotYours("This request is outside your field.")
    if held.state in (S.AWAITING_PHOTO, S.ROUTING) or not reading.is_expert:
        raise NotYours("This request is not before you.")
    raise TakenAlready(OTHERS)


def _must_have(held: Held, reading: Reader, by: Actor) -> None:
    """Whether it is his to give. Raises NotYours (403), NotNow (409)."""
    if held.state in HAS_ENDED or held.state is S.AWAITING_PHOTO:
        raise moving.not_now(held.state)
    if held.expert != by.person_id and not reading.is_chief_of(held.studio, held.division_code):
        raise NotYours("Somebody else has this request, and hands it over himself.")


def _check_hand_over(held: Held, to: UUID, reason: str) -> None:
    if not reason.strip():
        raise Invalid("Say why: the colleague and the supervisor will read it.")
    if to == held.expert:
        raise Invalid("He has it already. Choose somebody else.")


async def _give(held: Held, to: UUID, reason: str, offer_id: UUID, by: Actor) -> None:
    at, day = clock.now(), clock.today()
    wanted = await routing_queries.asked(held.id)
    assert wanted is not None  # noqa: S101 - the request is held
    seat = await expert_seats.seat_of(to)
    if seat is None:
        raise NotAnExpert("This is no expert who answers today. Choose one of the list.")
    if seat.presence.is_away(at):
        raise ExpertAway("He is away now. Choose somebody else.")
    if held.state in HAD:
        case = await hold(held.id)
        to_whom = to if held.state is S.ASKED else case.assignee
        await _note(held.id, offer_id, said("zh", HANDED_OVER, reason=reason), assignee=to_whom, by=by)
    ended = await offer_queries.end_last(held.id, at=at, remark=reason)
    await expert_notices.settle(held.id, ended, by=by)
    until = None if held.state is S.ASKED else expert_seats.stands_until(seat)
    await offer_queries.insert(offer_id, held.id, expert=to, at=at, day=day, until=until, ended=held.state is S.ASKED)
    if held.state is S.ASKED:
        await moving.change(held, expert=to, claimed_at=at)
    else:
        await moving.move(held, S.OFFERED, expert=to, offer_until=until, claimed_at=None)
    await expert_notices.offered(wanted, offer_id, expert=to, until=until, awake=seat.is_there, handed=True)


async def _case_is_his(held: Held, by: Actor, *, id: UUID) -> None:
    """The case is in his hand; where somebody had it, it changes hands on a line that staff alone read."""
    case = await hold(held.id)
    if case.state is not CaseState.DISPATCHED:
        await _note(held.id, id, said("zh", TAKEN_OVER, name=by.name), assignee=by.person_id, by=by)
        return

    async def decide(_: object) -> Decided:
        return Decided(changes={"assignee": by.person_id})

    await take("taken_in_hand", case_id=held.id, id=id, by=by, said={}, decide=decide, by_rule=True)


async def _note(case_id: UUID, id: UUID, remark: str, *, assignee: UUID | None, by: Actor) -> None:
    async def decide(_: object) -> Decided:
        return Decided(changes={"assignee": assignee})

    await take("noted", case_id=case_id, id=id, by=by, said={"remark": remark}, decide=decide, by_rule=True)


async def _is_his(held: Held, person_id: UUID) -> None:
    if held.state is S.ASKED:
        await moving.change(held, expert=person_id, claimed_at=clock.now())
        return
    await moving.move(held, S.CLAIMED, expert=person_id, claimed_at=clock.now())


async def _tell_former(request_id: UUID, former: UUID, by: Actor) -> None:
    wanted = await routing_queries.asked(request_id)
    if wanted is not None:
        await expert_notices.taken_over(wanted, uuid5(request_id, by.person_id.hex), from_whom=former)
