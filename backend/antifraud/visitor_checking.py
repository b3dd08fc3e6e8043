"""Checking a visitor: whose code it is today. And the carrier's own code.

The codes of a day are worked out once by each process and kept; which card a code stands for is all that is kept, and
whether that card counts is read anew at each question, so that a card that was ended is void at once.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from uuid import UUID

import asyncpg
from msgspec import Struct

from backend.antifraud import visitor_codes, visitor_queries
from backend.antifraud.visitor_policies import DISSUASION_LINE, visitor_policy
from backend.antifraud.visitor_refusals import NoVisitorCard, VisitorsBusy, VisitorUnknown
from backend.antifraud.visitor_schemas import VisitorCode, VisitorRecord
from backend.core import clock
from backend.core.kept import Kept
from backend.core.settings import settings
from backend.people import tokens
from backend.people.actors import Actor
from backend.people.allowances import Allowance, give_back, take
from backend.people.tables import Role
from backend.rosters import queries as rosters
from backend.rosters.tables import ShiftState

ANSWERERS = (Role.OPERATOR, Role.HANDLER, Role.ASSISTANT, Role.SUPERVISOR, Role.ADMIN)
"""Who sits where a citizen rings: the hotline, a police station, its assistants."""
KEPT_S = 5.0
"""How long a process does not look for new cards: so soon a new one counts on every node."""


class Codes(Struct, frozen=True):
    """The codes of each day that counts now, today first: code → card."""

    days: tuple[date, ...]
    cards: tuple[dict[str, UUID], ...]


async def verify_visitor(code: str, *, address: str) -> VisitorRecord:
    """Who carries a code, read as people type it: blanks, hyphens and full-width digits are forgiven.

    address  where the question comes from: who tries wrong ones again and again is told to wait

    Raises VisitorUnknown (404), VisitorsBusy (429). Call it outside a transaction.
    """
    return await _verified(code, f"wrong visitor {address}", visitor_policy(clock.today()).wrong_codes_per_address)


async def verify_visitor_for_caller(code: str, *, by: Actor) -> VisitorRecord:
    """The same for a citizen who rings and reads the code aloud. By whoever answers telephones; nothing is noted.

    Raises Forbidden (403), VisitorUnknown (404), VisitorsBusy (429). Call it outside a transaction.
    """
    by.must_have(*ANSWERERS)
    allowance = visitor_policy(clock.today()).wrong_codes_per_desk
    return await _verified(code, f"wrong visitor told to {by.person_id}", allowance)


async def _verified(code: str, holder: str, allowance: Allowance) -> VisitorRecord:
    # Taken before looking: eight digits are guessed in a night by whoever may go on trying after he was told to wait.
    if (wait := await take(holder, allowance)) is not None:
        raise VisitorsBusy(wait)
    found = await _found(code)
    if found is None:
        raise VisitorUnknown
    await give_back(holder, allowance)
    return VisitorRecord(
        name=found["name"],
        unit_name=found["unit_name"],
        division_name=found["division_name"],
        valid_on=clock.today(),
        on_duty_now=await _on_duty(found["unit_id"], found["person_id"]),
        unit_phone=found["unit_phone"],
        dissuasion_line=DISSUASION_LINE,
    )


async def my_visitor_code(*, by: Actor) -> VisitorCode:
    """What somebody who carries a card says today. Raises NoVisitorCard (404)."""
    card = await visitor_queries.own_card(person_id=by.person_id, on=clock.today())
    if card is None:
        raise NoVisitorCard
    code = await _code_of(card["id"])
    return VisitorCode(
        card_id=card["id"],
        code=code,
        said=visitor_codes.said(code),
        valid_on=clock.today(),
        unit_name=card["unit_name"],
        url=f"{settings().public_url.rstrip('/')}/v/{code}",
    )


async def _found(code: str) -> asyncpg.Record | None:
    plain = visitor_codes.plain_code(code)
    if plain is None:
        return None
    card_id = next((cards[plain] for cards in (await _codes()).cards if plain in cards), None)
    return card_id and await visitor_queries.counting(card_id=card_id, on=clock.today())


async def _code_of(card_id: UUID) -> str:
    for _ in range(2):
        today = (await _codes()).cards[0]
        if code := next((code for code, card in today.items() if card == card_id), None):
            return code
        kept.forget()  # a card so new that this process has not seen it
    raise NoVisitorCard


async def _codes() -> Codes:
    found = await kept.get()
    if found.days != _days(clock.now()):
        kept.forget()
        found = await kept.get()
    return found


async def _read() -> Codes:
    days = _days(clock.now())
    rows = await visitor_queries.numbered(since=_midnight(days[-1]))
    told = [(row["id"], row["ended_at"]) for row in rows]
    return Codes(days, tuple(_worked_out(_numbered_on(told, day), day) for day in days))


kept = Kept(_read, kept_s=KEPT_S)


def _days(now: datetime) -> tuple[date, ...]:
    """The days whose codes count at a moment: today, and yesterday for a while after midnight."""
    today = clock.local(now).date()
    grace = visitor_policy(today).after_midnight
    return (today, today - timedelta(days=1)) if now < _midnight(today) + grace else (today,)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.SHANGHAI)


def _numbered_on(rows: Sequence[tuple[UUID, datetime | None]], day: date) -> tuple[UUID, ...]:
    """One that ends during a day keeps its place until the next: nobody else's code changes while he is out."""
    return tuple(id for id, ended_at in rows if ended_at is None or ended_at >= _midnight(day))


@lru_cache(maxsize=2)
def _worked_out(card_ids: tuple[UUID, ...], day: date) -> dict[str, UUID]:
    return visitor_codes.codes_of_day(card_ids, day, key=tokens.derivation_key())


async def _on_duty(unit_id: UUID, person_id: UUID) -> bool | None:
    there = await rosters.on_duty(unit_id=unit_id)
    if not there and await rosters.next_on_duty(unit_id=unit_id) is None:
        return None
    return any(each.person_id == person_id and each.state is not ShiftState.MISSED for each in there)
