"""Reference data of this door: what is published of which kind of case, and what a service asks beside the words.

Dated rows with a source, in the CSV files beside this. A county that decides otherwise ends a row and adds one.
"""

import csv
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from backend.cases.words import Channel
from backend.open311.words import Level

HERE = Path(__file__).parent


class Dated(Struct, frozen=True, kw_only=True):
    """Something that counts on some days."""

    valid_from: date
    valid_to: date | None
    source: str

    def counts_on(self, day: date) -> bool:
        """Whether it counts on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Publication(Dated, frozen=True, kw_only=True):
    """How much of a category (and all below it; empty: every one) is published that came in by a channel."""

    channel: Channel
    category_code: str
    level: Level


class Choice(Struct, frozen=True):
    """One value of a list."""

    key: str
    name_zh: str
    name_en: str


class Attribute(Dated, frozen=True, kw_only=True):
    """What a service asks beside the words. datatype: GeoReport's."""

    service_code: str
    code: str
    datatype: str
    required: bool
    position: int
    description_zh: str
    description_en: str
    hint_zh: str
    hint_en: str
    choices: tuple[Choice, ...]


D = TypeVar("D", bound=Dated)


def publications(day: date) -> list[Publication]:
    """The rules of a day."""
    return _on(day, _publications())


def attributes(service_code: str, day: date) -> list[Attribute]:
    """What a service asks on a day, in its order."""
    return [each for each in _on(day, _attributes()) if each.service_code == service_code]


def changed_on() -> date:
    """The newest day from which a row counts."""
    return max(each.valid_from for each in (*_publications(), *_attributes()))


def _on(day: date, rows: tuple[D, ...]) -> list[D]:
    return [each for each in rows if each.counts_on(day)]


@cache
def _publications() -> tuple[Publication, ...]:
    return tuple(msgspec.convert(row, Publication, strict=False) for row in _rows("publication.csv"))


@cache
def _attributes() -> tuple[Attribute, ...]:
    read = [
        msgspec.convert(row | {"choices": _choices(row["choices"] or "")}, Attribute, strict=False)
        for row in _rows("attributes.csv")
    ]
    return tuple(sorted(read, key=lambda each: (each.service_code, each.position)))


def _choices(text: str) -> list[dict[str, str]]:
    names = ("key", "name_zh", "name_en")
    return [dict(zip(names, each.split("="), strict=True)) for each in text.split("|") if each]


def _rows(name: str) -> list[dict[str, Any]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return [row | {"valid_to": row["valid_to"] or None} for row in csv.DictReader(file)]
