"""Puts the demo's callbacks in: of missed calls and of resolutions, in every state they come in."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from backend.core import clock
from backend.core.database import fetch_row
from backend.hotline import verifying
from backend.hotline.callback_recording import record_callback
from backend.hotline.callback_schemas import NewCallbackTry
from backend.people.actors import Actor
from backend.people.tables import Role
from seed import made_id
from seed.bench_after import when
from seed.case_story import case_id
from seed.cast import Member, holder
from seed.hotline_case_words import ASKED, Rung
from seed.hotline_words import MISSED

Cast = Mapping[Member, Actor]


async def ring_back(cast: Cast, day: date, calls: Mapping[str, UUID]) -> None:
    """Whose calls were missed: whoever was asked rings."""
    for missed in MISSED:
        for number, tried in enumerate(missed.tries):
            case = case_id(missed.case) if missed.case and tried.result else None
            await _rang(await callback_of_call(calls[missed.name]), missed.name, number, tried, cast, day, case=case)


async def ask_whether_it_helped(cast: Cast, day: date) -> None:
    """Each is opened as a worker opens it, soon after the matter was resolved."""
    for asked in ASKED:
        with clock.stopped(when(day, asked.at)):
            callback_id = await verifying.open_callback(case_id=case_id(asked.case))
        if callback_id is None:
            raise LookupError(f"Nobody is to be rung about {asked.case}")
        for number, tried in enumerate(asked.tries):
            await _rang(callback_id, asked.case, number, tried, cast, day)


async def callback_of_call(call_id: UUID) -> UUID:
    """The one that a missed call opened."""
    row = await fetch_row("SELECT id FROM hotline_callback WHERE call = $1", call_id)
    if row is None:
        raise LookupError(f"Nobody is to be rung back for call {call_id}")
    return UUID(str(row["id"]))


async def _rang(
    callback_id: UUID, name: str, number: int, tried: Rung, cast: Cast, day: date, *, case: UUID | None = None
) -> None:
    new = NewCallbackTry(reached=tried.result is not None, result=tried.result, words=tried.words, case_id=case)
    with clock.stopped(when(day, tried.at)):
        by = await _whose(callback_id, cast)
        id = made_id(f"callback try/{name}/{number}")
        await record_callback(callback_id=callback_id, id=id, new=new, by=by)


async def _whose(callback_id: UUID, cast: Cast) -> Actor:
    """Who was asked to ring."""
    row = await fetch_row("SELECT assignee FROM hotline_callback WHERE id = $1", callback_id)
    asked = row and row["assignee"]
    return next((who for member, who in cast.items() if member.id == asked), cast[holder(Role.OPERATOR)])
