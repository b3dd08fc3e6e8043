"""Reference data of deadlines: policies and ladders as dated rows with a source, and the first working calendar.

The CSV files beside this are loaded after the migrations; rows that are there already are never overwritten. Past years
come out of `chinesecalendar`, which carries the State Council's notices from 2004 on; the years after its last have
only the days of the law (`statutory_days.csv`) and are marked provisional. When a later release of the package knows a
year that is provisional here, loading publishes it as the next version, as an administrator would by hand.
"""

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

from chinese_calendar import constants

from backend.core.clock import now
from backend.core.creates import digest
from backend.core.database import fetch, transaction
from backend.deadlines import calendar_queries
from backend.deadlines.calendar_queries import NewDay, NewVersion, NewYear
from backend.deadlines.calendars import DayKind

HERE = Path(__file__).parent
PACKAGE = "国务院办公厅历年放假通知，取自 chinesecalendar (the State Council's yearly notices)"

CHINESE = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利70周年纪念日",
}


@transaction
async def load_reference() -> None:
    """Policies, ladders and calendar. Twice is harmless, and by several nodes at once."""
    await load_policies(HERE / "policies.csv")
    for row in _rows(HERE / "ladders.csv"):
        await fetch(
            "INSERT INTO deadlines_ladder (id, ladder, level, audience, acknowledge_within_min, valid_from, source) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
            _id("ladder", row["ladder"], row["level"], row["valid_from"]),
            row["ladder"],
            int(row["level"]),
            row["audience"],
            int(row["acknowledge_within_min"]),
            date.fromisoformat(row["valid_from"]),
            row["source"],
        )
    await _load_calendar()


@transaction
async def load_policies(path: Path) -> None:
    """The policies of a CSV file like the one beside this: a room above brings those of its own clocks."""
    for row in _rows(path):
        await fetch(
            "INSERT INTO deadlines_policy (id, code, kind, name_zh, name_en, clock, amount, expected_amount, hours, "
            "expedite_percents, ladder, valid_from, source) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING",
            _id("policy", row["code"], row["kind"], row["valid_from"]),
            row["code"],
            row["kind"],
            row["name_zh"],
            row["name_en"],
            row["clock"] or None,
            _number(row["amount"]),
            _number(row["expected_amount"]),
            row["hours"] or None,
            [int(percent) for percent in row["expedite_percents"].split()],
            row["ladder"],
            date.fromisoformat(row["valid_from"]),
            row["source"],
        )


async def _load_calendar() -> None:
    await calendar_queries.lock()
    settled = await calendar_queries.settled_years()
    known = {year: NewYear(year, provisional=False, source=PACKAGE) for year in _package_years() if year not in settled}
    if not known:
        return
    law = {} if settled else {y.year: y for y in _statutory_years() if y.year not in known}
    days = [*_package_days(known), *_statutory_days(law)]
    version = await calendar_queries.next_version()
    await calendar_queries.insert(
        NewVersion(
            version=version,
            id=_id("calendar", str(version), ",".join(str(year) for year in sorted(known))),
            source=PACKAGE,
            published_at=now(),
            published_by=None,
            arguments_digest=digest(sorted(known)),
            years=[*known.values(), *law.values()],
            days=days,
        )
    )


def _package_years() -> set[int]:
    return {day.year for day in constants.holidays}


def _package_days(years: Iterable[int]) -> Iterable[NewDay]:
    wanted = set(years)
    for kind, days in ((DayKind.HOLIDAY, constants.holidays), (DayKind.WORKDAY, constants.workdays)):
        for day, name in days.items():
            if day.year in wanted:
                yield NewDay(year=day.year, day=day, kind=kind, name_zh=CHINESE.get(name, name), name_en=name)


def _statutory_years() -> Iterable[NewYear]:
    sources = {int(row["year"]): row["source"] for row in _rows(HERE / "statutory_days.csv")}
    return [NewYear(year, provisional=True, source=source) for year, source in sources.items()]


def _statutory_days(years: Iterable[int]) -> Iterable[NewDay]:
    wanted = set(years)
    for row in _rows(HERE / "statutory_days.csv"):
        if int(row["year"]) in wanted:
            day = date.fromisoformat(row["day"])
            yield NewDay(int(row["year"]), day, DayKind.HOLIDAY, row["name_zh"], row["name_en"])


def _id(*words: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"lianxin:deadlines:{':'.join(words)}")


def _number(text: str) -> int | None:
    return int(text) if text else None


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
