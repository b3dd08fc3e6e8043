"""One key for each day of Shandong, in a place of its own: not in the database, not among the objects, in no backup.

What names a warned person lies sealed under the key of the day on which the warning came. Destroying that key is the
purge: database, write-ahead log and every copy of them go dark at once. Each key is itself sealed under the field key,
so that the place alone opens nothing. Whoever backs the data folder up leaves `warning-keys` out; a bucket for keys
keeps no versions of what was deleted.
"""

import asyncio
import hmac
import os
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from backend.antifraud.warning_tables import DAY_KEY_DAYS
from backend.core import cipher, clock, storage
from backend.core.database import fetch
from backend.core.settings import settings
from backend.core.storage_place import Place
from backend.core.storage_refusals import ObjectMissing

FOLDER = "days"
PURPOSE = "antifraud day key {day}"

_opened: dict[tuple[str, date], bytes | None] = {}
"""Keys this process has read, None where a day past has none. Days beyond their time are never answered from it."""


def first_day() -> date:
    """The earliest day whose key still counts."""
    return clock.today() - timedelta(days=DAY_KEY_DAYS)


async def todays() -> bytes:
    """Today's key; the first who needs it makes it. Call it inside a transaction: a lock lets only one of them."""
    day = clock.today()
    found = await of_day(day)
    if found is None:
        await fetch("SELECT pg_advisory_xact_lock(hashtextextended('antifraud day key', 0))")
        found = await of_day(day) or await _make(day)
    return found


async def of_day(day: date) -> bytes | None:
    """The key of a day; None where there was no warning, or where its time is over."""
    if day < first_day():
        return None
    where = (settings().warning_keys, day)
    if where not in _opened:
        found = await _read(day)
        if found is None and day >= clock.today() - timedelta(days=1):
            return None  # somebody may be making it just now
        _forget_old()
        _opened[where] = found
    return _opened[where]


async def all_kept() -> list[bytes]:
    """The keys that still count, the newest day first."""
    days = (clock.today() - timedelta(days=back) for back in range(DAY_KEY_DAYS + 1))
    found = await asyncio.gather(*(of_day(day) for day in days))
    return [key for key in found if key is not None]


def keyed(key: bytes, content: bytes, *, purpose: str) -> bytes:
    """32 bytes by which an equal content is known again, as long as the key is there."""
    return hmac.digest(key, purpose.encode() + b"\n" + content, "sha256")


async def days_with_keys() -> list[date]:
    """Every day whose key lies there, whatever its age."""
    found = [path async for path, _ in _place().listed(FOLDER)]
    return sorted(date.fromisoformat(path.rpartition("/")[2]) for path in found)


async def destroy(day: date) -> None:
    """Nothing of that day can be opened any more. A file is written over before it goes. Again is harmless."""
    parts = urlsplit(settings().warning_keys)
    if parts.scheme == "file":
        await asyncio.to_thread(_write_over, Path(unquote(parts.path)) / _path(day))
    await _place().delete(_path(day))
    _opened.pop((settings().warning_keys, day), None)


async def _make(day: date) -> bytes:
    key, sealed = cipher.new_key(purpose=PURPOSE.format(day=day))
    await _place().put(_path(day), sealed)
    _opened[settings().warning_keys, day] = key
    return key


async def _read(day: date) -> bytes | None:
    try:
        sealed = await _place().get(_path(day))
    except ObjectMissing:
        return None
    return cipher.open_key(sealed, purpose=PURPOSE.format(day=day))


def _forget_old() -> None:
    for where in [each for each in _opened if each[1] < first_day()]:
        del _opened[where]


def _place() -> Place:
    return storage.place(settings().warning_keys)


def _path(day: date) -> str:
    return f"{FOLDER}/{day.isoformat()}"


def _write_over(file: Path) -> None:
    try:
        with file.open("r+b", buffering=0) as opened:
            opened.write(os.urandom(file.stat().st_size))
            os.fsync(opened.fileno())
    except FileNotFoundError:
        return
