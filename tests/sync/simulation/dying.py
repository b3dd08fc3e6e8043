"""A phone that dies: its next statement or request never happens, and what was not committed is gone. Or it is full."""

import sqlite3
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx
from lianxin_client import Phone, Store

WRITES = ("INSERT", "UPDATE", "DELETE", "COMMIT")


class Died(BaseException):
    """The process is killed. Nothing catches this."""


class DiskFull(sqlite3.OperationalError):
    """As SQLite says it. The phone lives on."""


class Life:
    """How many statements and requests a phone has left, and for how many writes there is room on its disk.

    None: as many as it likes.
    """

    def __init__(self) -> None:
        self.left: int | None = None
        self.room: int | None = None
        self.lived = 0

    def step(self) -> None:
        """One statement or request more."""
        self.lived += 1
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Died

    def write(self) -> None:
        """Something more on the disk."""
        if self.room is not None:
            self.room -= 1
            if self.room < 0:
                raise DiskFull("database or disk is full")


class MortalStore(Store):
    """A phone's file, whose statements count."""

    def __init__(self, path: Any, life: Life) -> None:
        super().__init__(path)
        self._db.execute("PRAGMA synchronous = OFF")  # the process dies, not the machine
        self._life = life
        self._db = Counted(self._db, life)  # type: ignore[assignment]


class Counted:
    """A connection; dead, it rolls back what is open, as SQLite does with a file that nobody closed."""

    def __init__(self, db: sqlite3.Connection, life: Life) -> None:
        self._db, self._life = db, life

    def execute(self, sql: str, values: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        self._life.step()
        if sql.startswith(WRITES):
            self._life.write()
        return self._db.execute(sql, values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._db, name)


class MortalLine(httpx.BaseTransport):
    """A phone's line, whose requests count, before they go and after they were answered."""

    def __init__(self, line: httpx.BaseTransport, life: Life) -> None:
        self._line, self._life = line, life

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._life.step()
        answer = self._line.handle_request(request)
        self._life.step()
        return answer


def mortal(
    path: Any,
    line: httpx.BaseTransport,
    life: Life,
    now: Callable[[], datetime],
    store: type[MortalStore] = MortalStore,
) -> Phone:
    """A phone on a file, that lives as long as `life` says and goes by the clock `now`."""
    return Phone(store(path, life), httpx.Client(base_url="http://test", transport=MortalLine(line, life)), now)
