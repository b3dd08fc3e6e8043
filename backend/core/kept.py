"""Reference data: read at most once a minute by each process, and rows that count between two dates.

_kept = Kept(_read)              # _read: an async function that reads all of it

async def crops() -> Crops:
    return await _kept.get()
"""

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import date
from typing import Any, Generic, TypeVar

from msgspec import Struct

T = TypeVar("T")

KEPT_S = 60.0
"""How long a process trusts what it read: a new row counts within a minute, and a request costs no extra round trip."""


class Dated(Struct, Generic[T], frozen=True):
    """A row and the days on which it counts; `valid_to` is the last."""

    record: T
    valid_from: date
    valid_to: date | None

    def counts_on(self, day: date) -> bool:
        """Whether it counts on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def dated(kind: type[T], rows: Iterable[Mapping[str, Any]]) -> list[Dated[T]]:
    """Rows of a table with `valid_from` and `valid_to`, each as a record of a kind that has the other columns."""
    read = [{**row} for row in rows]
    return [Dated(valid_from=row.pop("valid_from"), valid_to=row.pop("valid_to"), record=kind(**row)) for row in read]


class Kept(Generic[T]):
    """What was read, and when. `kept_s`: how long it is trusted."""

    def __init__(self, read: Callable[[], Awaitable[T]], *, kept_s: float = KEPT_S) -> None:
        self._read = read
        self._kept_s = kept_s
        self._kept: tuple[float, T] | None = None

    async def get(self) -> T:
        """As it was read last, within `kept_s`."""
        if self._kept is None or time.monotonic() - self._kept[0] > self._kept_s:
            self._kept = time.monotonic(), await self._read()
        return self._kept[1]

    async def anew(self) -> T:
        """As it is at this moment, for whoever was told that it changed."""
        fresh = await self._read()
        self._kept = time.monotonic(), fresh
        return fresh

    def forget(self) -> None:
        """Read anew at the next question."""
        self._kept = None
