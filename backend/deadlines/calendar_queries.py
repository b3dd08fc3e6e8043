"""The SQL of working calendars: versions are added, never changed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.core import ids
from backend.core.database import connection, fetch, fetch_row
from backend.deadlines.calendars import Calendar, DayKind, NamedDay


class NewYear(Struct, frozen=True):
    """A year that a version speaks of."""

    year: int
    provisional: bool
    source: str


class NewDay(Struct, frozen=True):
    """A day of a notice; `year` is the notice's."""

    year: int
    day: date
    kind: DayKind
    name_zh: str
    name_en: str


class NewVersion(Struct, frozen=True, kw_only=True):
    """Everything a version adds."""

    version: int
    id: UUID
    source: str
    published_at: datetime
    published_by: UUID | None
    arguments_digest: bytes
    years: Sequence[NewYear]
    days: Sequence[NewDay]


async def lock() -> None:
    """One publisher at a time, until the transaction ends; readers go on."""
    async with connection() as acquired:
        await acquired.execute("LOCK TABLE deadlines_calendar IN SHARE ROW EXCLUSIVE MODE")


async def next_version() -> int:
    """One more than the current."""
    return await current_version() + 1


async def current_version() -> int:
    """The number of the newest version; 0 before reference data is loaded."""
    row = await fetch_row("SELECT coalesce(max(version), 0) AS version FROM deadlines_calendar")
    return int(row["version"]) if row else 0


async def versions() -> Sequence[Mapping[str, Any]]:
    """Every version, the newest first, with the name of who published it; null for what came with the program."""
    return await fetch(
        "SELECT c.version, c.source, c.published_at, p.name AS published_by FROM deadlines_calendar c "
        "LEFT JOIN people_person p ON p.id = c.published_by ORDER BY c.version DESC"
    )


async def years_told() -> Sequence[Mapping[str, Any]]:
    """What each version says of years: version, year, provisional, source."""
    return await fetch(
        "SELECT calendar AS version, year, provisional, source FROM deadlines_calendar_year ORDER BY calendar, year"
    )


_YEARS = """
    SELECT DISTINCT ON (year) year, calendar, provisional, source
    FROM deadlines_calendar_year WHERE calendar <= $1 ORDER BY year, calendar DESC
"""
"""Of each year, what the newest version so far says of it."""


async def settled_years() -> set[int]:
    """Years for which there is a notice."""
    rows = await fetch(f"SELECT year FROM ({_YEARS}) y WHERE NOT provisional", await current_version())
    return {row["year"] for row in rows}


async def years(version: int) -> Sequence[Mapping[str, Any]]:
    """What a version knows of each year: year, the version it comes from, provisional, source."""
    return await fetch(_YEARS, version)


async def days(version: int, *, year: int | None = None) -> Sequence[Mapping[str, Any]]:
    """The named days of a version in order. Where two notices speak of a day, the later version's word counts."""
    return await fetch(
        f"""
        SELECT DISTINCT ON (d.day) d.day, d.kind, d.name_zh, d.name_en, d.year
        FROM ({_YEARS}) y JOIN deadlines_calendar_day d ON d.calendar = y.calendar AND d.year = y.year
        WHERE $2::int IS NULL OR d.year = $2
        ORDER BY d.day, d.calendar DESC, d.year DESC
        """,
        version,
        year,
    )


_kept: dict[int, Calendar] = {}
_KEEP = 8


async def calendar(version: int) -> Calendar:
    """A version as the rules take it. A version never changes, so each process reads it once."""
    if version not in _kept:
        settled = frozenset(row["year"] for row in await years(version) if not row["provisional"])
        named = {
            row["day"]: NamedDay(DayKind(row["kind"]), row["name_zh"], row["name_en"]) for row in await days(version)
        }
        if len(_kept) >= _KEEP:
            _kept.pop(next(iter(_kept)))
        _kept[version] = Calendar(version, named, settled)
    return _kept[version]


def forget() -> None:
    """Read anew at the next question: after a transaction that published was rolled back, and in tests."""
    _kept.clear()


async def insert(new: NewVersion) -> None:
    """Store a version with its years and days."""
    await fetch(
        "INSERT INTO deadlines_calendar (version, id, source, published_at, published_by, arguments_digest) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        new.version,
        new.id,
        new.source,
        new.published_at,
        new.published_by,
        new.arguments_digest,
    )
    async with connection() as acquired:
        await acquired.executemany(
            "INSERT INTO deadlines_calendar_year (id, calendar, year, provisional, source) VALUES ($1, $2, $3, $4, $5)",
            [(ids.uuid7(), new.version, year.year, year.provisional, year.source) for year in new.years],
        )
        await acquired.executemany(
            "INSERT INTO deadlines_calendar_day (id, calendar, year, day, kind, name_zh, name_en) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7)",
            [(ids.uuid7(), new.version, day.year, day.day, day.kind, day.name_zh, day.name_en) for day in new.days],
        )


async def published(id: UUID) -> Mapping[str, Any] | None:
    """The version that was published under an id, with the digest of what was asked."""
    return await fetch_row(
        "SELECT version, id, source, published_at, arguments_digest FROM deadlines_calendar WHERE id = $1",
        id,
    )
