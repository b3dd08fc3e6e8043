"""Reference data of cases: what they are about, as dated rows with a source.

The CSV file beside this is loaded after the migrations. A county adds or ends a category in the file or in the table;
rows that are there already are never overwritten.
"""

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from backend.cases.loop_policies import LOOP_POLICIES
from backend.cases.schemas import CategoryRecord
from backend.core.database import connection, fetch, transaction
from backend.core.kept import Dated, Kept, dated
from backend.deadlines.reference import load_policies

HERE = Path(__file__).parent


class Categories:
    """The tree as it was read last."""

    def __init__(self, categories: Sequence[Dated[CategoryRecord]]) -> None:
        self._by_code = {each.record.code: each for each in categories}

    def get(self, code: str, day: date) -> CategoryRecord | None:
        """A category, if it counts on a day."""
        found = self._by_code.get(code)
        return found.record if found and found.counts_on(day) else None

    def line(self, code: str) -> list[str]:
        """The category and those above it, the deepest first."""
        line: list[str] = []
        at: str | None = code
        while at is not None and at in self._by_code and at not in line:
            line.append(at)
            at = self._by_code[at].record.parent_code
        return line

    def below(self, code: str) -> list[str]:
        """The category and all under it."""
        return [each for each in self._by_code if code in self.line(each)]

    def policy_of(self, code: str) -> str | None:
        """On which policy cases of a category run; also of one that has ended."""
        found = self._by_code.get(code)
        return found.record.policy_code if found else None

    def codes(self) -> list[str]:
        """All there ever were."""
        return list(self._by_code)

    def every(self) -> list[Dated[CategoryRecord]]:
        """All there ever were, with the days on which they count, in the order of their codes."""
        return list(self._by_code.values())

    def on(self, day: date) -> list[CategoryRecord]:
        """All that count on a day, in the order of their codes."""
        return [each.record for each in self._by_code.values() if each.counts_on(day)]


async def _read() -> Categories:
    rows = await fetch(
        "SELECT code, parent_code, name_zh, name_en, policy_code, source, valid_from, valid_to "
        "FROM cases_category ORDER BY code"
    )
    return Categories(dated(CategoryRecord, rows))


_kept = Kept(_read)


async def categories() -> Categories:
    """The tree, read at most once a minute."""
    return await _kept.get()


async def categories_anew() -> Categories:
    """The tree as it is at this moment."""
    return await _kept.anew()


def forget() -> None:
    """Read anew at the next question."""
    _kept.forget()


@transaction
async def load_reference() -> None:
    """Put the rows of the CSV files into their tables. Twice is harmless; rows that are there stay as they are."""
    await load_policies(LOOP_POLICIES)
    async with connection() as acquired:
        await acquired.executemany(
            "INSERT INTO cases_category "
            "(code, parent_code, name_zh, name_en, policy_code, valid_from, valid_to, source) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
            [
                (
                    *(row["code"], row["parent_code"] or None, row["name_zh"], row["name_en"], row["policy_code"]),
                    *(date.fromisoformat(row["valid_from"]), _day(row["valid_to"]), row["source"]),
                )
                for row in _rows()
            ],
        )
    forget()


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _rows() -> list[dict[str, str]]:
    with (HERE / "categories.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
