"""What stands on the page of a round: which one it is, the villages to walk, doors, letters at hand, what to say."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.antifraud import letters, library_lists, round_marks, rounds
from backend.antifraud.library_schemas import LibraryItemRecord
from backend.antifraud.outreach_places import holds
from backend.antifraud.round_marks import ASSISTANTS
from backend.antifraud.round_schemas import DoorToKnock, RoundProgress, RoundRecord
from backend.antifraud.words import ItemKind
from backend.console.outreach import round_labels
from backend.core import clock
from backend.people.actors import Actor

MOST_ROUNDS = 20
MOST_DOORS = 2_000
"""Of one village; the largest have some hundred."""
TOLD_FOR = timedelta(days=60)
"""How long the page still says what a closed round counted."""


class Standing(Struct, frozen=True, kw_only=True):
    """How it stands with rounds today.

    walking   the one whose doors are shown; `others` run today, too
    coming    the next to begin
    ended     its last day is over; `closed_at` says whether it is closed, too
    """

    walking: RoundProgress | None = None
    others: list[RoundRecord] = []
    coming: RoundRecord | None = None
    ended: RoundProgress | None = None


class Village(Struct, frozen=True, kw_only=True):
    """A village of this assistant's in a round."""

    code: str
    name: str
    households_n: int


class Walked(Struct, frozen=True, kw_only=True):
    """What is left of a village: doors nobody knocked at first, then those with nobody at home."""

    village: Village
    doors: list[DoorToKnock]

    @property
    def done_n(self) -> int:
        """Doors at which somebody was met."""
        return max(self.village.households_n - len(self.doors), 0)


async def standing(round_id: UUID | None, *, by: Actor) -> Standing:
    """The round asked for, else the one that runs today, the newest first. Raises RoundUnknown (404)."""
    today = clock.today()
    open_ = (await rounds.list_rounds(by=by, running=True, limit=MOST_ROUNDS)).items
    now = [each for each in open_ if each.begins_on <= today <= each.ends_on]
    wanted = await rounds.get_round(round_id=round_id, by=by) if round_id else None
    if wanted is not None and wanted.id not in {each.id for each in now}:
        return Standing(ended=wanted) if wanted.begins_on <= today else Standing(coming=wanted)
    if wanted is None and now:
        wanted = await rounds.get_round(round_id=now[0].id, by=by)
    if wanted is not None:
        return Standing(walking=wanted, others=[each for each in now if each.id != wanted.id])
    return Standing(coming=_next(open_), ended=await _last(open_, by))


def _next(open_: list[RoundRecord]) -> RoundRecord | None:
    coming = [each for each in open_ if each.begins_on > clock.today()]
    return min(coming, key=lambda each: each.begins_on, default=None)


async def _last(open_: list[RoundRecord], by: Actor) -> RoundProgress | None:
    """The one that ended last, if that is not long ago."""
    closed = (await rounds.list_rounds(by=by, running=False, limit=MOST_ROUNDS)).items
    since, today = clock.today() - TOLD_FOR, clock.today()
    ended = [each for each in [*open_, *closed] if each.closed_at or since <= each.ends_on < today]
    recent = [each for each in ended if each.ends_on >= since]
    last = max(recent, key=lambda each: each.ends_on, default=None)
    return await rounds.get_round(round_id=last.id, by=by) if last else None


async def walked(plan: RoundProgress, *, village: str, find: str, by: Actor) -> dict[str, Any]:
    """The page's facts for one of the assistant's villages: the one asked for, else the first with doors."""
    mine = villages(plan, by)
    chosen = next((each for each in mine if each.code == village), None) or (mine[0] if mine else None)
    if chosen is None:
        return {"villages": [], "walk": None, "ranges": [], "suggested": "", "card": await what_to_say(plan)}
    doors = await _doors(plan.id, chosen, by, alone=len(mine) == 1, find=None)
    shown = await _doors(plan.id, chosen, by, alone=len(mine) == 1, find=find) if find else doors
    ranges = await stock_of(chosen.code, by)
    return {
        "villages": mine,
        "walk": Walked(village=chosen, doors=doors),
        "shown": shown,
        "ranges": ranges,
        "suggested": suggested(ranges),
        "card": await what_to_say(plan),
    }


def villages(plan: RoundProgress, by: Actor) -> list[Village]:
    """Those in which `by` knocks at doors and there is one, in the order of their codes."""
    prefixes = by.prefixes(ASSISTANTS)
    return [
        Village(code=each.division_code, name=round_labels.place(each), households_n=each.households_n)
        for each in plan.villages
        if each.households_n
        and (holds(by, each.division_code, ASSISTANTS) or any(one.startswith(each.division_code) for one in prefixes))
    ]


async def _doors(round_id: UUID, village: Village, by: Actor, *, alone: bool, find: str | None) -> list[DoorToKnock]:
    place = None if alone else village.code  # who holds a part of a village holds no village
    found = await round_marks.list_doors(round_id=round_id, by=by, division_code=place, code=find, limit=MOST_DOORS)
    return sorted(found.items, key=lambda each: each.absent_at is not None)


async def stock_of(village: str, by: Actor) -> list[str]:
    """Serials that lie in a village, as ranges; nothing where its letters are not this reader's to see."""
    if not holds(by, village, ASSISTANTS):
        return []
    found = (await letters.list_stocks(by=by, division_code=village)).items
    return (found[0].ranges or []) if found else []


def suggested(ranges: list[str]) -> str:
    """The serial on top of the pile.

    >>> suggested(["GX-012 – GX-019", "GX-030"])
    'GX-012'
    """
    return ranges[0].split(" – ")[0] if ranges else ""


async def what_to_say(plan: RoundProgress) -> LibraryItemRecord | None:
    """An approved item of the round's type, its season and bulletins first."""
    found = await library_lists.list_library(fraud_type=plan.fraud_type)
    return min(found, key=lambda each: (not each.in_season, each.kind != ItemKind.BULLETIN), default=None)
