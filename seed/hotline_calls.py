"""Puts the demo's calls and texts in, as an exchange and a gateway post them; operators wrap the calls up."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import cycle
from typing import Any
from uuid import UUID

from backend.cases.schemas import SpotAnswer
from backend.cases.words import Channel
from backend.core import clock
from backend.hotline import call_posts, texts, wrap_up
from backend.hotline.call_schemas import WrapUp
from backend.people.actors import Actor
from backend.people.tables import Role
from seed.bench_after import when
from seed.case_story import Told, case_id
from seed.case_words import CASES
from seed.cast import Member, holder
from seed.duty import HOTLINE_PHONE
from seed.hotline_case_words import RUNG
from seed.hotline_systems import Systems, signed
from seed.hotline_words import CALLS, MISSED, TEXTS, Called, Missed, Wrote
from seed.households import NewHousehold

Cast = Mapping[Member, Actor]
Houses = Mapping[str, NewHousehold]
OPENED_AFTER_S = 170
"""So long somebody talked until his case was written down."""
LAST_DAYS = 14


async def post_calls(cast: Cast, houses: Houses, day: date, systems: Systems) -> dict[str, UUID]:
    """All but the missed ones, by name: an operator of the three has each, but whose case it became by the desk's."""
    desk = cast[holder(Role.OPERATOR)]
    phone = cycle(cast[member] for member in HOTLINE_PHONE.people)
    told = [*_of_cases(day), *CALLS]
    made = {}
    for call in sorted(told, key=lambda each: when(day, each.at)):
        by = desk if call.out or call.code == "case_opened" else next(phone)
        made[call.name] = await _posted(call, houses, day, systems, by)
    return made


def _of_cases(day: date) -> Iterator[Called]:
    """The calls that became cases of the seed, or were answered on the spot."""
    missed = {each.case for each in MISSED}
    for told in (*CASES, *RUNG):
        if told.name in missed:
            continue
        if told.channel is Channel.PHONE and told.by == "desk" and told.at[0] <= LAST_DAYS:
            began = when(day, told.at) - timedelta(seconds=OPENED_AFTER_S)
            hours = (began - when(day, (told.at[0], 0))).total_seconds() / 3600
            answer = _answer(told)
            yield Called(
                name=told.name,
                at=(told.at[0], hours),
                caller=told.where,
                code="answered_on_spot" if answer else "case_opened",
                answer=answer,
                case=None if answer else told.name,
                answered_after=5 + len(told.title) % 9,
                talked=OPENED_AFTER_S + 3 * len(told.description),
            )


def _answer(told: Told) -> str | None:
    answer = told.more.get("answer")
    return answer.words if isinstance(answer, SpotAnswer) else None


async def _posted(call: Called, houses: Houses, day: date, systems: Systems, by: Actor) -> UUID:
    """It rings, somebody takes it, it ends, and he says what became of it. What nobody took out there just ends."""
    began, who = when(day, call.at), by.person_id
    answered = began + timedelta(seconds=call.answered_after)
    ended = answered + timedelta(seconds=call.talked)
    said: dict[str, Any] = {
        "reference": f"demo {call.name}",
        "direction": "out" if call.out else "in",
        "caller": number_of(call.caller, houses),
    }
    call_id = await tell(systems, said, "ringing", began)
    if call.answered_after:
        await tell(systems, said | {"operator_id": who}, "answered", answered)
    await tell(systems, said | {"operator_id": who}, "ended", ended)
    if call.code:
        case = case_id(call.case) if call.case else None
        with clock.stopped(ended + timedelta(seconds=40)):
            became = WrapUp(code=call.code, answer=call.answer, case_id=case)
            await wrap_up.wrap_up_call(call_id=call_id, said=became, by=by, request_id="seed")
    return call_id


async def post_missed(houses: Houses, day: date, systems: Systems) -> dict[str, UUID]:
    """Those that nobody took, by name. Each waits to be rung back as soon as it is in."""
    return {each.name: await miss(each, houses, when(day, each.at), systems) for each in MISSED}


async def miss(missed: Missed, houses: Houses, began: datetime, systems: Systems) -> UUID:
    """It rang for half a minute."""
    said = {"reference": f"demo missed {missed.name}", "caller": number_of(missed.caller, houses)}
    await tell(systems, said, "ringing", began)
    return await tell(systems, said, "missed", began + timedelta(seconds=32))


async def tell(systems: Systems, said: Mapping[str, Any], event: str, at: datetime) -> UUID:
    """One event of a call, posted when it happened; the call."""
    with clock.stopped(at):
        headers, body = signed(
            systems.phone, {**said, "event": event, "at": at}, message=f"{said['reference']} {event}"
        )
        return (await call_posts.log_call(system_id=systems.phone.id, headers=headers, body=body)).record.id


async def post_texts(houses: Houses, day: date, systems: Systems) -> None:
    """In the order in which they came."""
    for each in TEXTS:
        await _text(each, houses, when(day, each.at), systems)


async def _text(wrote: Wrote, houses: Houses, at: datetime, systems: Systems) -> None:
    said = {"reference": f"demo {wrote.name}", "sender": number_of(wrote.sender, houses), "body": wrote.body}
    with clock.stopped(at):
        headers, body = signed(systems.sms, said | {"sent_at": at}, message=f"demo text {wrote.name}")
        await texts.receive_sms(system_id=systems.sms.id, headers=headers, body=body)


def number_of(caller: str, houses: Houses) -> str | None:
    """A household's number by its card, another as it is; None where it is withheld."""
    return houses[caller].contact_phone if caller in houses else caller or None
