"""Staffed hours: which minutes of which days somebody is there. Split shifts, lunch breaks and midnight included.

`08:30-11:30,13:30-17:30` is every working day of the calendar; `mon-fri 08:30-12:00; sat 09:00-12:00` names weekdays,
`holidays 09:00-11:00` what a public holiday has, `daily 00:00-24:00` is every day there is. Also in Chinese:
`周一至周五 8:30-11:30，13:30-17:30；周六 9:00-12:00`.
"""

import re
import unicodedata
from itertools import pairwise

from msgspec import Struct

from backend.core.refusals import FieldError, Invalid

Spans = tuple[tuple[int, int], ...]
"""Minutes of a day, from and to, in order: (510, 690) is 08:30 to 11:30. A day ends at 1440."""

DAY_MINUTES = 1440
HOLIDAYS = 7
MONDAY = 0
MAX_LENGTH = 400

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAMES = {name: number for number, name in enumerate([*WEEKDAYS, "holidays"])}
_CHINESE = {"节假日": "holidays", "工作日": "mon-fri", "每天": "daily", "每日": "daily", "星期": "周"} | {
    f"周{day}": name for day, name in zip("一二三四五六日", WEEKDAYS, strict=True)
}
_PART = re.compile(r"(?:(?P<days>[a-z][a-z,\- ]*?)\s+)?(?P<spans>[0-9][0-9:,\- ]*)")
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")


class HoursWrong(Invalid):
    """Staffed hours that cannot be read, or that contradict themselves."""

    code, title = "deadlines/hours-wrong", "The staffed hours have a mistake"

    def __init__(self, detail: str, **facts: str) -> None:
        wrong = FieldError(pointer="hours", detail=detail, facts=facts)
        super().__init__("Write them like 08:30-11:30,13:30-17:30.", errors=[wrong])


class Hours(Struct, frozen=True):
    """Spans for Monday to Sunday, and the eighth for public holidays."""

    spans: tuple[Spans, ...]

    def on(self, weekday: int, *, holiday: bool, make_up: bool) -> Spans:
        """The spans of one day. A make-up day (调休上班) is staffed as a Monday is, whichever day it falls on."""
        if holiday:
            return self.spans[HOLIDAYS]
        return self.spans[MONDAY if make_up else weekday]


def parse(text: str) -> Hours:
    """Read staffed hours. Raises HoursWrong (400) for spans that are empty, backwards or overlap.

    >>> parse("08:30-11:30,13:30-17:30").spans[0]
    ((510, 690), (810, 1050))
    >>> parse("mon-fri 08:30-12:00; sat 9:00-12:00").spans[4:7]
    (((510, 720),), ((540, 720),), ())

    The last minute of a day is one like any other:

    >>> parse("daily 00:00-24:00").spans[7]
    ((0, 1440),)
    """
    if len(text) > MAX_LENGTH:
        raise HoursWrong("Too long: at most {limit} characters.", limit=str(MAX_LENGTH))
    spans: list[Spans] = [()] * 8
    for part in filter(None, (part.strip() for part in _plain(text).split(";"))):
        match = _PART.fullmatch(part)
        if match is None:
            raise HoursWrong("{part} cannot be read.", part=part)
        for day in _days(match["days"] or "mon-fri"):
            if spans[day]:
                raise HoursWrong("{part} names a day that was named before.", part=part)
            spans[day] = _spans(match["spans"])
    if not any(spans):
        raise HoursWrong("There is not one staffed minute in it.")
    return Hours(tuple(spans))


def _plain(text: str) -> str:
    """Full-width punctuation and Chinese day names as the ASCII ones."""
    text = unicodedata.normalize("NFKC", text).translate(str.maketrans("–—~、至到天", "---,--日"))
    for chinese, name in {"每日": "daily ", **_CHINESE}.items():
        text = text.replace(chinese, f"{name} " if name != "周" else name)
    return re.sub(r"\s*([,;:-])\s*", r"\1", text.lower()).strip()


def _days(text: str) -> list[int]:
    if text == "daily":
        return list(range(8))
    days: list[int] = []
    for part in text.split(","):
        first, _, last = (word.strip() for word in part.partition("-"))
        if first not in _NAMES or (last and last not in _NAMES):
            raise HoursWrong("{part} is no day: mon to sun, holidays or daily.", part=part)
        days += range(_NAMES[first], _NAMES[last or first] + 1)
    return days


def _spans(text: str) -> Spans:
    found = sorted(_span(part) for part in text.split(",") if part)
    for (_, before), (after, _) in pairwise(found):
        if after < before:
            raise HoursWrong("Two spans overlap at {at}.", at=_clock(after))
    return tuple(found)


def _span(text: str) -> tuple[int, int]:
    match = _SPAN.fullmatch(text.strip())
    if match is None:
        raise HoursWrong("{part} cannot be read.", part=text)
    began, ended = (_minute(*pair) for pair in (match.groups()[:2], match.groups()[2:]))
    if began >= ended:
        raise HoursWrong(
            "{part} is empty or runs backwards. Over midnight, write two spans: 22:00-24:00,00:00-06:00.", part=text
        )
    return began, ended


def _minute(hour: str, minute: str) -> int:
    at = int(hour) * 60 + int(minute)
    if int(minute) > 59 or at > DAY_MINUTES:
        raise HoursWrong("{part} is no time of day; the last one is 24:00.", part=f"{hour}:{minute}")
    return at


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
