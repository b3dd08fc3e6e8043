"""What may happen next in the village, and as much of it as one likes: `play`."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from time import perf_counter

from litestar import Litestar
from msgspec import Struct

from backend.people.actors import Actor
from tests.sync.simulation.agreement import must_agree
from tests.sync.simulation.deeds import DEEDS
from tests.sync.simulation.desk import MEANWHILE
from tests.sync.simulation.handset import Handset
from tests.sync.simulation.office import Office
from tests.sync.simulation.people import Somebody
from tests.sync.simulation.village import AT_ONCE, Stage, Village

LONGEST_LIFE = 60
"""Statements and requests of a sync before a phone dies of it: most have about as many."""


def does_something(village: Village, handset: Handset, chance: Random) -> None:
    """On a phone, with a line or without."""
    chance.choice(DEEDS)(village, handset, chance)


def something_happens(village: Village, by: Actor, chance: Random) -> None:
    """At the desk of `by`."""
    village.stage.call(chance.choice(MEANWHILE)(village, by, chance))


def syncs(village: Village, handset: Handset, chance: Random) -> None:
    """In whatever weather; one in four dies of it, and one in eight finds its disk full."""
    after, what = chance.randrange(LONGEST_LIFE), chance.random()
    handset.sync(chance, dies_after=after if what < 0.25 else None, room=after // 2 if what > 0.875 else None)


def dies(village: Village, handset: Handset, chance: Random) -> None:
    """Between two things."""
    handset.die()


def is_backed_up_or_set_back(village: Village, handset: Handset, chance: Random) -> None:
    """Its people keep a copy of all that is on it; and one day they need it."""
    if chance.random() < 0.6:
        handset.backup.make(handset)
    else:
        handset.set_back()


def comes_or_goes(village: Village, handset: Handset, chance: Random) -> None:
    """Out of the line's reach for a while, or back."""
    handset.line.is_off = not handset.line.is_off


HAPPENS: Sequence[Callable[[Village, Handset, Random], None]] = (
    *[does_something] * 10, *[syncs] * 6, *[dies] * 2, *[comes_or_goes] * 2, is_backed_up_or_set_back,
)  # fmt: skip


def rush(village: Village, handsets: Sequence[Handset], chance: Random) -> None:
    """Everybody at once."""
    chances = [Random(chance.getrandbits(32)) for _ in handsets]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(lambda pair: syncs(village, *pair), zip(handsets, chances, strict=True)))


class Played(Struct, frozen=True):
    """What a run was: so many phones, deeds and commands with so many verdicts, by outcome."""

    phones: int
    deeds: int
    verdicts: dict[str, int]
    seconds: float


async def play(
    *,
    app: Litestar,
    people: Sequence[Somebody],
    by: Actor,
    office: Office,
    phones: int,
    steps: int,
    seed: int,
    folder: Path,
) -> Played:
    """Let so many phones live through so many steps, and see whether everybody agrees. Raises AssertionError.

    people   who is there; each phone is shared by one or two of them
    by       whose desk it is: a supervisor of all of them
    office   to which they hand up
    """
    stage, chance = Stage(app, asyncio.get_running_loop(), folder), Random(seed)
    sharing = [chance.sample(list(people), chance.choice((1, 1, 2))) for _ in range(phones)]

    def lived() -> Played:
        return _played(Village(stage, people, sharing, office=office), by, steps, chance)

    return await asyncio.to_thread(lived)


def _played(village: Village, by: Actor, steps: int, chance: Random) -> Played:
    began, phones = perf_counter(), len(village.phones)
    for number in range(steps):
        chance.choice(HAPPENS)(village, chance.choice(village.phones), chance)
        if chance.random() < 0.2:
            something_happens(village, by, chance)
        if number % (2 * phones) == phones:
            rush(village, village.phones, chance)
    must_agree(village)
    village.close()
    return Played(phones, len(village.deeds), _counted(village), perf_counter() - began)


def _counted(village: Village) -> dict[str, int]:
    outcomes: dict[str, int] = {}
    for verdicts in village.told.values():
        for verdict in verdicts:
            outcomes[verdict["outcome"]] = outcomes.get(verdict["outcome"], 0) + 1
    return outcomes
