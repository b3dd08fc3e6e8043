"""Two changes of one record, field by field. Nothing of either side is overwritten silently.

Of each field three values are compared: what the phone had (`had`), what it wants (`wanted`), what the record says
by `now`.

    now == wanted    agreed: somebody said the same, or nothing is to be done
    now == had       free: nobody touched it meanwhile, so it becomes what the phone wants
    else             contested: two people changed it, each in his own way; a third decides
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from msgspec import Struct


class Change(Struct, frozen=True):
    """One field as the phone tells it: what it had before, and what it wants."""

    had: Any
    wanted: Any


class Merge(Struct, frozen=True):
    """The fields of one command by what becomes of them, each in exactly one of the three; values are the wanted ones.

    moved_on   the record was not as the phone had it
    """

    agreed: Mapping[str, Any]
    free: Mapping[str, Any]
    contested: Mapping[str, Any]
    moved_on: bool


def merge(
    changes: Mapping[str, Change],
    now: Mapping[str, Any],
    *,
    plain: Callable[[str, Any], Any] = lambda _, value: value,
    together: Collection[Collection[str]] = (),
) -> Merge:
    """What becomes of each field of `changes`. `now` has them all.

    plain      a field's value as it is compared: a list in which order says nothing sorted, a text trimmed
    together   fields that tell one fact: where one of them is contested, none of the others is free

    >>> now = {"note": "修井", "topics": ["water"], "channel": "visit"}
    >>> merged = merge({"note": Change("看井", "看井，约了人"), "topics": Change([], ["water"])}, now)
    >>> merged.contested, merged.agreed, merged.moved_on
    ({'note': '看井，约了人'}, {'topics': ['water']}, True)
    >>> merge({"channel": Change("visit", "call")}, now).free
    {'channel': 'call'}
    """
    agreed: dict[str, Any] = {}
    free: dict[str, Any] = {}
    contested: dict[str, Any] = {}
    moved_on = False
    for name, change in changes.items():
        had, wanted, is_now = (plain(name, value) for value in (change.had, change.wanted, now[name]))
        kind = agreed if is_now == wanted else free if is_now == had else contested
        kind[name] = change.wanted
        moved_on = moved_on or is_now != had
    for fact in together:
        if contested.keys() & fact:
            contested |= {name: free.pop(name) for name in fact if name in free}
    return Merge(agreed, free, contested, moved_on)
