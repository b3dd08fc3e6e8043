"""Numbers that add up to a known sum, told without those of a few."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

K = TypeVar("K", bound=Hashable)


def told(counts: Mapping[K, int], *, least: int) -> dict[K, int | None]:
    """The counts, those from 1 to `least` - 1 left out (null). Nothing of nobody may be said.

    What is left out must not come back by subtracting the others from their sum: until those left out are `least`
    together, the smallest of the others is left out with them.

    >>> told({"a": 9, "b": 3, "c": 7, "d": 0}, least=5)
    {'a': 9, 'b': None, 'c': None, 'd': 0}
    >>> told({"a": 9, "b": 3, "c": 2}, least=5)
    {'a': 9, 'b': None, 'c': None}
    >>> told({"a": 9, "b": 1, "c": 1}, least=5)
    {'a': None, 'b': None, 'c': None}
    """
    hidden = {key for key, n in counts.items() if 0 < n < least}
    others = sorted((n, place, key) for place, (key, n) in enumerate(counts.items()) if n >= least)
    for _, _, key in others:
        if not 0 < sum(counts[each] for each in hidden) < least:
            break
        hidden.add(key)
    return {key: None if key in hidden else n for key, n in counts.items()}
