"""The one way in which a request changes: its row is held, looked at and moved in the transaction of the verb.

Who takes a step of its case does that first, or locks the case (`cases.queries.lock`): everywhere the case's row is
held before the request's, so that two verbs never wait for each other.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from backend.cases import queries as cases
from backend.core import clock
from backend.core.database import fetch_row
from backend.core.words import Term
from backend.diagnosis.refusals import NotNow, RequestUnknown
from backend.diagnosis.words import RequestState, Topic

S = RequestState

MOVES: Mapping[RequestState, frozenset[RequestState]] = {
    S.AWAITING_PHOTO: frozenset({S.ROUTING, S.CLAIMED, S.ENDED}),
    S.ROUTING: frozenset({S.OFFERED, S.POOLED, S.CLAIMED, S.ENDED}),
    S.OFFERED: frozenset({S.OFFERED, S.ROUTING, S.POOLED, S.CLAIMED, S.ENDED}),
    S.POOLED: frozenset({S.OFFERED, S.ROUTING, S.CLAIMED, S.ENDED}),
    S.CLAIMED: frozenset({S.CLAIMED, S.OFFERED, S.ROUTING, S.POOLED, S.ASKED, S.ANSWERED, S.ENDED}),
    S.ASKED: frozenset({S.CLAIMED, S.OFFERED, S.ROUTING, S.POOLED, S.ANSWERED, S.ENDED}),
    S.ANSWERED: frozenset({S.CLAIMED, S.ROUTING, S.ENDED}),
    S.ENDED: frozenset({S.CLAIMED, S.ROUTING}),
}
"""Where a request may go from where it stands. From the last two only with its case, which came back."""

NOBODYS = frozenset({S.AWAITING_PHOTO, S.ROUTING, S.POOLED})
"""In which no expert has it."""


STANDS: Mapping[RequestState, Term] = {
    S.AWAITING_PHOTO: Term("request awaiting_photo"),
    S.ROUTING: Term("request routing"),
    S.OFFERED: Term("request offered"),
    S.POOLED: Term("request pooled"),
    S.CLAIMED: Term("request claimed"),
    S.ASKED: Term("request asked"),
    S.ANSWERED: Term("request answered"),
    S.ENDED: Term("request ended"),
}
"""In words, inside a sentence."""


class Held(Struct, frozen=True, kw_only=True):
    """A request whose row this transaction holds, as it is."""

    id: UUID
    station: UUID | None
    studio: UUID
    crop: str
    topic: Topic
    area_mu: float | None
    photos_expected: int
    no_better_photo: bool
    wants_call: bool
    division_code: str
    asked_at: datetime
    state: RequestState
    state_since: datetime
    route_after: datetime | None
    expert: UUID | None
    offer_until: datetime | None
    offers_n: int
    claimed_at: datetime | None
    answered_at: datetime | None
    told_at: datetime | None
    follow_up_on: date | None


_COLUMNS = ", ".join(Held.__struct_fields__).replace("area_mu", "area_mu::float8 AS area_mu")


async def hold(request_id: UUID) -> Held:
    """A request, held until the transaction ends. Raises RequestUnknown (404)."""
    row = await fetch_row(f"SELECT {_COLUMNS} FROM diagnosis_request WHERE id = $1 FOR UPDATE", request_id)
    if row is None:
        raise unknown(request_id)
    return msgspec.convert(dict(row), Held, strict=False)


async def hold_with_case(request_id: UUID) -> Held:
    """The same with its case's row, in the order in which everybody holds them. Raises RequestUnknown (404)."""
    await cases.lock(request_id)
    return await hold(request_id)


async def move(held: Held, to: RequestState, **changes: Any) -> Held:
    """Move a held request; the request as it is then.

    A timer (`route_after`, `offer_until`) belongs to the state it was set in, and ends with it unless it is set anew;
    where nobody has it, `expert` and `claimed_at` are emptied.

    Raises NotNow (409) where no way leads there.
    """
    must_lead(held, to)
    columns = {"state": to.value, "state_since": clock.now(), "route_after": None, "offer_until": None}
    if to in NOBODYS:
        columns |= {"expert": None, "claimed_at": None}
    return await change(held, **(columns | changes))


async def change(held: Held, **changes: Any) -> Held:
    """Write columns of a held request, which stays where it is."""
    names = ", ".join(f"{name} = ${i}" for i, name in enumerate(changes, 2))
    row = await fetch_row(
        f"UPDATE diagnosis_request SET {names} WHERE id = $1 RETURNING {_COLUMNS}", held.id, *changes.values()
    )
    return msgspec.convert(dict(row or {}), Held, strict=False)


def must_lead(held: Held, to: RequestState) -> None:
    """Raises NotNow (409) where no way leads from here to there."""
    if to not in MOVES[held.state]:
        raise not_now(held.state)


def must_be(held: Held, *states: RequestState) -> None:
    """Raises NotNow (409) unless the request stands in one of these."""
    if held.state not in states:
        raise not_now(held.state)


def not_now(state: RequestState) -> NotNow:
    """The refusal for a request that stands elsewhere."""
    return NotNow("The request is {state} now. Look at it again.", state=STANDS[state])


def unknown(request_id: UUID) -> RequestUnknown:
    """The refusal for a request that is not there, or not for this reader."""
    return RequestUnknown("There is no request {id} that you may see.", id=str(request_id))
