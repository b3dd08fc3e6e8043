"""Reference data of visits: topics and the numbers behind flags, as dated rows with a source.

The CSV files beside this are loaded after the migrations. A county changes a number by a new row with a later
`valid_from`, in the file or in the table; rows that are there already are never overwritten.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from backend.core.database import fetch, transaction
from backend.core.kept import Kept
from backend.visits.flags import Policies
from backend.visits.schemas import TopicRecord

HERE = Path(__file__).parent

POLICY_FIELDS = {
    "far_from_household": "far_from_household_m",
    "clock_skew": "clock_skew_s",
    "too_fast": "too_fast_km_per_h",
    "too_fast_apart": "too_fast_apart_m",
    "late_entry": "late_entry_h",
    "flag_shown_later": "flag_shown_later_h",
}


class Reference:
    """Topics and policies as they were read last."""

    def __init__(self, topics: Iterable[TopicRecord], policies: Sequence[Mapping[str, object]]) -> None:
        self.topics = {topic.code: topic for topic in topics}
        self.policies = policies
        self._on: dict[date, Policies] = {}

    def policies_on(self, day: date) -> Policies:
        """The numbers in force on a day; before the first row of a kind, that first row's."""
        if day not in self._on:
            self._on[day] = self._reckoned(day)
        return self._on[day]

    def _reckoned(self, day: date) -> Policies:
        numbers = {POLICY_FIELDS[row["kind"]]: row["threshold"] for row in reversed(self.policies)}  # type: ignore[index]
        numbers |= {
            POLICY_FIELDS[row["kind"]]: row["threshold"]  # type: ignore[index]
            for row in self.policies
            if row["valid_from"] <= day  # type: ignore[operator]
        }
        return Policies(**numbers)  # type: ignore[arg-type]

    def has_topic(self, code: str, day: date) -> bool:
        """Whether a topic counts on a day."""
        topic = self.topics.get(code)
        return topic is not None and topic.valid_from <= day and (topic.valid_to is None or day <= topic.valid_to)


async def _read() -> Reference:
    topics = await fetch(
        "SELECT code, parent_code, name_zh, name_en, valid_from, valid_to FROM visits_topic ORDER BY code"
    )
    policies = await fetch(
        "SELECT kind, threshold, valid_from FROM visits_flag_policy WHERE kind = ANY($1) ORDER BY valid_from",
        list(POLICY_FIELDS),
    )
    return Reference([TopicRecord(**row) for row in topics], policies)


_kept = Kept(_read)


async def reference() -> Reference:
    """Topics and policies, read at most once a minute."""
    return await _kept.get()


async def reference_anew() -> Reference:
    """The same as they are at this moment."""
    return await _kept.anew()


def forget() -> None:
    """Read anew at the next question."""
    _kept.forget()


@transaction
async def load_reference() -> None:
    """Put the rows of the CSV files into the tables. Twice is harmless; rows that are there stay as they are."""
    for row in _rows("topics.csv"):
        await fetch(
            "INSERT INTO visits_topic (code, parent_code, name_zh, name_en, valid_from, valid_to, source) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
            row["code"],
            row["parent_code"] or None,
            row["name_zh"],
            row["name_en"],
            date.fromisoformat(row["valid_from"]),
            date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            row["source"],
        )
    for row in _rows("flag_policies.csv"):
        await fetch(
            "INSERT INTO visits_flag_policy (id, kind, threshold, unit, valid_from, source) "
            "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
            uuid5(NAMESPACE_URL, f"lianxin:flag-policy:{row['kind']}:{row['valid_from']}"),
            row["kind"],
            float(row["threshold"]),
            row["unit"],
            date.fromisoformat(row["valid_from"]),
            row["source"],
        )
    forget()


def _rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
