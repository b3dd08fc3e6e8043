"""Reference data of diagnosis: crops, coded diagnoses, bans, templates and the policies of its clocks, with sources.

The CSV files beside this are loaded after the migrations. A county adds or ends a row in the file or in the table; rows
that are there already are never overwritten. Lists inside a field are parted by `|`.
"""

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec

from backend.core.database import connection, fetch, transaction
from backend.core.kept import Dated, Kept, dated
from backend.deadlines.reference import load_policies
from backend.diagnosis.answer_schemas import Advice, Product
from backend.diagnosis.request_schemas import CropRecord

HERE = Path(__file__).parent

Row = dict[str, str]


class Crops:
    """The list as it was read last, the commonest first."""

    def __init__(self, crops: Sequence[Dated[CropRecord]]) -> None:
        self._by_code = {each.record.code: each for each in crops}

    def get(self, code: str, day: date) -> CropRecord | None:
        """A crop, if it counts on a day."""
        found = self._by_code.get(code)
        return found.record if found and found.counts_on(day) else None

    def every(self) -> list[Dated[CropRecord]]:
        """All there ever were, with the days on which they count, the commonest first."""
        return list(self._by_code.values())

    def on(self, day: date) -> list[CropRecord]:
        """All that count on a day."""
        return [each.record for each in self._by_code.values() if each.counts_on(day)]


async def _read() -> Crops:
    rows = await fetch(
        "SELECT code, eppo_code, name_zh, name_en, aliases, source, valid_from, valid_to "
        "FROM diagnosis_crop ORDER BY position, code"
    )
    return Crops(dated(CropRecord, rows))


_kept = Kept(_read)


async def crops() -> Crops:
    """The list, read at most once a minute."""
    return await _kept.get()


async def crops_anew() -> Crops:
    """The list as it is at this moment."""
    return await _kept.anew()


def forget() -> None:
    """Read anew at the next question."""
    _kept.forget()


@transaction
async def load_reference() -> None:
    """Put the rows of the CSV files into their tables. Twice is harmless; rows that are there stay as they are."""
    await load_policies(HERE / "policies.csv")
    await _insert("diagnosis_crop", [_crop(row) for row in _rows("crops.csv")])
    await _insert("diagnosis_condition", [_condition(row) for row in _rows("conditions.csv")])
    await _insert("diagnosis_pesticide_ban", [_ban(row) for row in _rows("bans.csv")])
    await _insert("diagnosis_answer_template", [_template(row) for row in _rows("templates.csv")])
    forget()


async def _insert(table: str, rows: Sequence[dict[str, Any]]) -> None:
    names = list(rows[0])
    places = ", ".join(f"${i}" for i in range(1, len(names) + 1))
    async with connection() as acquired:
        await acquired.executemany(
            f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places}) ON CONFLICT DO NOTHING",
            [tuple(row.values()) for row in rows],
        )


def _crop(row: Row) -> dict[str, Any]:
    return {
        "code": row["code"],
        "eppo_code": row["eppo_code"] or None,
        "name_zh": row["name_zh"],
        "name_en": row["name_en"],
        "aliases": _list(row["aliases"]),
        "position": int(row["position"]),
        **_dated(row),
    }


def _condition(row: Row) -> dict[str, Any]:
    return {
        "code": row["code"],
        "eppo_code": row["eppo_code"] or None,
        "topic": row["topic"],
        "name_zh": row["name_zh"],
        "name_en": row["name_en"],
        "crops": _list(row["crops"]),
        **_dated(row),
    }


def _ban(row: Row) -> dict[str, Any]:
    return {
        "id": _id("ban", row["substance"], row["crops"], row["valid_from"]),
        "substance": row["substance"],
        "name_zh": row["name_zh"],
        "aliases": _list(row["aliases"]),
        "not_in": _list(row["not_in"]),
        "crops": _list(row["crops"]),
        **_dated(row),
    }


def _template(row: Row) -> dict[str, Any]:
    return {
        "code": row["code"],
        "condition": row["condition_code"],
        "crops": _list(row["crops"]),
        "months": [int(month) for month in _list(row["months"])],
        "title_zh": row["title_zh"],
        "advice": msgspec.json.encode(_advice(row)).decode(),
        "follow_up_after_days": int(row["follow_up_after_days"]),
        **_dated(row),
    }


def _advice(row: Row) -> Advice:
    products = [each.partition("=") for each in _list(row["products"])]
    return Advice(
        steps=_list(row["steps"]),
        products=[Product(name=name, substance=substance or None) for name, _, substance in products],
        timing=row["timing"],
        protection=_list(row["protection"]),
        warning=row["warning"],
    )


def _dated(row: Row) -> dict[str, Any]:
    ends = row["valid_to"]
    return {
        "valid_from": date.fromisoformat(row["valid_from"]),
        "valid_to": date.fromisoformat(ends) if ends else None,
        "source": row["source"],
    }


def _list(text: str) -> list[str]:
    return [each.strip() for each in text.split("|") if each.strip()]


def _id(*words: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"lianxin:diagnosis:{':'.join(words)}")


def _rows(name: str) -> list[Row]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
