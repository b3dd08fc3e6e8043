"""What somebody wrote: its short code and his words. Dated rows of `reference/short_codes.csv`. Pure."""

import csv
import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

REFERENCE = Path(__file__).parent / "reference"
_BETWEEN = " \t\r\n+＋:：,，.。、;；-—#"


class CodeKind(StrEnum):
    """What a short code asks for."""

    REQUEST = "request"
    QUESTION = "question"
    TRACK = "track"
    STOP = "stop"


class Dated(Struct, frozen=True, kw_only=True):
    """A row that counts from one day to another, both included."""

    valid_from: date
    valid_to: date | None = None
    source: str

    def counts_on(self, day: date) -> bool:
        """Whether it counts on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class ShortCode(Dated, frozen=True, kw_only=True):
    """A short code; category_code: of the cases that it opens."""

    code: str
    kind: CodeKind
    category_code: str | None
    name_zh: str
    example: str


class TextPolicy(Dated, frozen=True, kw_only=True):
    """answers_an_hour: so many to one number, by themselves."""

    answers_an_hour: int


class Written(Struct, frozen=True):
    """What was written: its short code, if there is one, and the words after it."""

    code: ShortCode | None
    words: str


@cache
def short_codes() -> tuple[ShortCode, ...]:
    """All rows of the file."""
    return tuple(msgspec.convert(_rows("short_codes.csv"), list[ShortCode], strict=False))


def text_policy(day: date) -> TextPolicy:
    """The policy in force on a day."""
    rows = msgspec.convert(_rows("text_policies.csv"), list[TextPolicy], strict=False)
    return max((each for each in rows if each.counts_on(day)), key=lambda each: each.valid_from)


def read(body: str, *, on: date, codes: Sequence[ShortCode] | None = None) -> Written:
    """The code and the words; small and full-width letters are forgiven, a longer word in Latin letters is no code.

    >>> day = date(2026, 11, 22)
    >>> read("ｍｑ：村东水管坏了", on=day).words, read("CX 6180-3398 8739", on=day).code.kind.value
    ('村东水管坏了', 'track')
    >>> read("MQTT 是什么", on=day).code is None, read("td。", on=day).code.kind.value
    (True, 'stop')
    """
    text = body.strip()
    known = [each for each in (short_codes() if codes is None else codes) if each.counts_on(on)]
    for each in sorted(known, key=lambda each: -len(each.code)):
        begun, rest = unicodedata.normalize("NFKC", text[: len(each.code)]).upper(), text[len(each.code) :]
        if begun == each.code and not (each.code.isascii() and re.match(r"[A-Za-zＡ-Ｚａ-ｚ]", rest)):
            return Written(each, rest.strip(_BETWEEN))
    return Written(None, text)


def _rows(name: str) -> list[dict[str, str | None]]:
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        return [{key: text or None for key, text in row.items()} for row in csv.DictReader(file)]
