"""The library as files that people edit: the list of fraud types (in `alerts`), and a TOML file per story or bulletin.

Reading is strict about shape, and every refusal names the file and the field; what keeps a well-formed item from being
sent is in `library_rules`. A row of the types:

code            never changes its meaning      audience       who it finds, by situation; parted by ；
national_list   yes: one of the ten types      valid_from     the day from which items may name it
season          "all", or months: 3 4 5        source         with [2+], [1] or [K]: how sure

The fields of an item are told at `Item`.
"""

import csv
import tomllib
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from backend.alerts import fraud_types
from backend.antifraud.words import Basis, ItemKind

FOLDER = Path(__file__).parent / "library"
ITEMS_FOLDER = FOLDER / "items"

Words = Annotated[str, Meta(pattern=r"\S")]
Code = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*$")]
Month = Annotated[int, Meta(ge=1, le=12)]
Months = Annotated[tuple[Month, ...], Meta(min_length=1)]
Season = Literal["all"] | Months
PartOfDate = Annotated[str, Meta(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]
Sure = Literal["2+", "1", "K"]


class LibraryWrong(Exception):
    """A file of the library that cannot be: the message says which file, where in it, and why."""


class FraudType(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way of cheating people; see the module."""

    code: Code
    name_zh: Words
    name_en: Words
    national_list: bool
    season: Season
    audience: tuple[Words, ...]
    valid_from: date
    source: Words


class Source(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A public document. Nobody is sent any of it.

    published_on   a day, a month or a year: as much as the document says
    sure           2+ found in two or more places, 1 read in one, K what specialists know
    """

    title: Words
    publisher: Words
    published_on: PartOfDate
    sure: Sure
    address: Words | None = None
    note: Words | None = None


class Item(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A case story or a bulletin. Nothing of it is sent before the police have approved these very words.

    name             of its file, without `.toml`
    basis            what it was written after; `words` says so to the reader
    text             how it began, the turn, what was lost or saved
    stop_sentence    the one sentence that would have stopped it
    say_on_phone     for a helper who rings: word for word
    if_money_gone    what to do in the next minutes
    sms              a whole short message
    read_aloud       for a loudspeaker: no digits, no letters
    valid_to         its last day
    approved_by      unit and office, no person; with it `approved_on`, and `approved_digest` of the words approved
    """

    name: Code
    title: Words
    fraud_type: Code
    kind: ItemKind
    basis: Basis
    text: Words
    stop_sentence: Words
    say_on_phone: Words
    if_money_gone: Words
    sms: Words
    read_aloud: Words | None = None
    season: Season
    audience: tuple[Words, ...]
    valid_from: date
    valid_to: date
    approved_by: Words | None = None
    approved_on: date | None = None
    approved_digest: str | None = None
    sources: tuple[Source, ...] = ()

    @property
    def words(self) -> str:
        """The text as a reader gets it: with what it was written after."""
        return f"{self.text.strip()}\n\n{self.basis.statement}"


@cache
def shipped_types() -> tuple[FraudType, ...]:
    """Ours."""
    return load_types(fraud_types.FILE)


@cache
def shipped_items() -> tuple[Item, ...]:
    """Ours."""
    return load_items(ITEMS_FOLDER)


def load_types(path: Path) -> tuple[FraudType, ...]:
    """Every row. Raises LibraryWrong."""
    types = tuple(_fraud_type(row, f"{path.name}, line {number}") for number, row in _rows(path))
    codes = [each.code for each in types]
    if twice := sorted({code for code in codes if codes.count(code) > 1}):
        raise LibraryWrong(f"{path.name}: code is there twice: {', '.join(twice)}")
    return types


def load_items(folder: Path) -> tuple[Item, ...]:
    """Every TOML file of a folder. Raises LibraryWrong."""
    return tuple(load_item(path) for path in sorted(folder.glob("*.toml")))


def load_item(path: Path) -> Item:
    """One item. Raises LibraryWrong."""
    try:
        told = tomllib.loads(_text(path))
        if "name" in told:
            raise LibraryWrong(f"{path.name}: an item is named by its file, leave `name` out")
        return msgspec.convert({**told, "name": path.stem}, Item)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise LibraryWrong(f"{path.name}: {error}") from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")  # Excel and Notepad put a mark before the first letter
    except UnicodeDecodeError as error:
        raise LibraryWrong(f"{path.name}: not UTF-8 from byte {error.start} on") from error


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    reader = csv.DictReader(_text(path).splitlines())
    if set(reader.fieldnames or ()) != set(FraudType.__struct_fields__):
        raise LibraryWrong(f"{path.name}: the headings are {', '.join(FraudType.__struct_fields__)}")
    for row in reader:
        yield reader.line_num, row


def _fraud_type(row: dict[str, Any], place: str) -> FraudType:
    if None in row or None in row.values():
        raise LibraryWrong(f"{place}: more or fewer cells than there are headings")
    told = {
        **row,
        "national_list": {"yes": True, "no": False}.get(row["national_list"], row["national_list"]),
        "season": "all" if row["season"] == "all" else [_number(each) for each in row["season"].split()],
        "audience": [each.strip() for each in row["audience"].split("；") if each.strip()],
    }
    try:
        return msgspec.convert(told, FraudType)
    except msgspec.ValidationError as error:
        raise LibraryWrong(f"{place}: {error}") from error


def _number(text: str) -> int | str:
    return int(text) if text.isdecimal() else text
