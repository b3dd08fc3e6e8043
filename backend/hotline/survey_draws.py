"""Drawing households: pure, the same seed and frame give the same ones for ever, in any language that has SHA-256.

Each household of a stratum has a place in the order of `key_of(seed, household)`; the first so many are drawn. A wave
keeps its seed and the last key of each stratum: so a later wave of the year can leave out whom it drew, although
nobody's name is kept once it is closed.
"""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from uuid import UUID

from msgspec import Struct

PREFIX_DIGITS = (9, 12)
"""Of townships and villages, which strata are."""


class Drawn(Struct, frozen=True):
    """A household that was drawn; `key` is its place in the order of its stratum and of the whole wave."""

    household_id: UUID
    stratum_code: str
    key: str


class EarlierWave(Struct, frozen=True):
    """What an earlier wave keeps: in each stratum, by its prefix, everybody up to a last key was drawn."""

    seed: int
    last: dict[str, str]

    def had(self, household_id: UUID, division_code: str) -> bool:
        """Whether it drew a household of that division."""
        lasts = [self.last[division_code[:n]] for n in PREFIX_DIGITS if division_code[:n] in self.last]
        return bool(lasts) and key_of(self.seed, household_id) <= max(lasts)


def key_of(seed: int, household_id: UUID) -> str:
    """A household's place in the order of a seed, as 64 hexadecimal digits.

    >>> key_of(1, UUID(int=0))[:16]
    '67ba52fb3a179d2d'
    """
    return sha256(f"{seed}:{household_id}".encode()).hexdigest()


def allocate(frame: Mapping[str, int], *, total: int, least: int) -> dict[str, int]:
    """How many of each stratum: `least` where there are so many, the rest in proportion (Webster's method); never more
    than there are.

    >>> allocate({"a": 700, "b": 290, "c": 10}, total=100, least=2)
    {'a': 69, 'b': 29, 'c': 2}
    >>> allocate({"a": 3, "b": 2}, total=100, least=1)
    {'a': 3, 'b': 2}
    """
    sizes = {code: min(least, n) for code, n in frame.items()}
    order = [(-n / (2 * sizes[code] + 1), code) for code, n in frame.items() if sizes[code] < n]
    heapq.heapify(order)
    for _ in range(total - sum(sizes.values())):
        if not order:
            break
        _, code = heapq.heappop(order)
        sizes[code] += 1
        if sizes[code] < frame[code]:
            heapq.heappush(order, (-frame[code] / (2 * sizes[code] + 1), code))
    return sizes


def draw(frame: Mapping[str, Iterable[UUID]], *, seed: int, sizes: Mapping[str, int]) -> list[Drawn]:
    """So many of each stratum, in the order in which they are rung: that of all keys, so that every stratum grows
    evenly."""
    chosen = [
        Drawn(household_id, code, key)
        for code, households in frame.items()
        for key, household_id in heapq.nsmallest(sizes[code], ((key_of(seed, each), each) for each in households))
    ]
    return sorted(chosen, key=lambda each: each.key)


def without(households: Iterable[tuple[UUID, str]], *, earlier: Sequence[EarlierWave]) -> list[tuple[UUID, str]]:
    """Households with their division's code, without those that earlier draws had."""
    return [
        (household_id, code)
        for household_id, code in households
        if not any(each.had(household_id, code) for each in earlier)
    ]
