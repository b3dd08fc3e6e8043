"""What stands in a cell: numbers with their comparator and unit, words for "not detected", and dates.

Nothing is guessed: a date that could be two days, a number that could be two numbers, is told and not taken.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from msgspec import Struct

from backend.core.clock import SHANGHAI
from backend.laboratory.words import Comparator

FULL_WIDTH = (
    {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    | {0x3000: 0x20, 0xA0: 0x20, 0xFEFF: None, 0: None}
    | dict.fromkeys(range(0xD800, 0xE000))
)
"""Full-width forms to ASCII, as an input method leaves them; NULs, byte order marks and halves of characters (JSON can
write them, no database holds them) to nothing."""
PADDING = "\\0"
"""Two characters, as some exporters print a NUL."""
EXCEL_TEXT = re.compile(r'^="(.*)"$')

NOT_DETECTED = frozenset({"nd", "n.d.", "n.d", "未检出", "未检测出", "没检出", "不得检出", "not detected"})
NOTHING = frozenset({"", "/", "-", "--", "---", "—", "——", "无", "null", "none", "n/a"})
NEGATIVE_POSITIVE = frozenset(
    {"阴性", "阳性", "阴", "阳", "弱阳性", "可疑", "+", "合格", "不合格", "疑似", "超标", "未超标"}
)
UNITS = {
    "%": "%", "%抑制率": "%", "%inhibition": "%", "百分比": "%", "g/kg": "g/kg", "克/千克": "g/kg",
    "mg/kg": "mg/kg", "毫克/千克": "mg/kg", "毫克/公斤": "mg/kg", "ppm": "mg/kg", "mg·kg-1": "mg/kg", "g·kg-1": "g/kg",
    "ug/kg": "ug/kg", "微克/千克": "ug/kg", "ppb": "ug/kg", "mg/l": "mg/L", "毫克/升": "mg/L", "ug/l": "ug/L",
    "ng/ml": "ug/L", "ms/cm": "mS/cm", "us/cm": "uS/cm", "cmol/kg": "cmol/kg", "cmol(+)/kg": "cmol/kg",
}  # fmt: skip
"""How people write a unit, to one spelling. ppm by mass is mg/kg, ppb is µg/kg, ng/mL is µg/L."""

_NUMBER = re.compile(
    r"^(?P<comparator>[<>≤≥]|<=|>=|小于|大于|低于|高于)?"
    r"(?P<number>[+-]?(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+)(?:e[+-]?\d{1,2})?)(?P<unit>\D.*)?$",
    re.IGNORECASE,
)
_COMPARATORS = {"<": "<", "小于": "<", "低于": "<", ">": ">", "大于": ">", "高于": ">"}


class CellWrong(ValueError):
    """The cell cannot be taken; the argument is the reason's code."""


class Measured(Struct, frozen=True):
    """A number as it stood. `words` is what stood instead of one (阴性, 合格)."""

    comparator: Comparator = Comparator.EQUAL
    value: Decimal | None = None
    unit: str | None = None
    words: str | None = None


def clean(text: str) -> str:
    """Half width, without NULs, padding and outer spaces.

    >>> clean("黄瓜　１２．５％\\0\\0 ")
    '黄瓜 12.5%'
    """
    if not text.isascii() or "\0" in text:
        text = text.translate(FULL_WIDTH)
    text = text.strip()
    if text.endswith(PADDING):
        text = _without_padding(text)
    if text.startswith("="):
        return _without_formula(text)
    return text


def _without_padding(text: str) -> str:
    end = len(text)
    while text.endswith(PADDING, 0, end):
        end -= len(PADDING)
    return text[:end].strip()


def _without_formula(text: str) -> str:
    """`="00123"` is how exporters keep zeros; any other formula is left for `measured` to refuse."""
    quoted = EXCEL_TEXT.match(text)
    return quoted.group(1).strip() if quoted else text


def unit(text: str) -> str | None:
    """One spelling of a unit; unknown ones as they stood.

    >>> unit("毫克/千克"), unit("％抑制率"), unit(" μg/kg")
    ('mg/kg', '%', 'ug/kg')
    """
    as_it_stood = clean(text)
    key = (
        re.sub(r"\s+", "", as_it_stood)
        .lower()
        .replace("μ", "u")
        .replace("µ", "u")
        .replace("㎎", "mg")
        .replace("㎏", "kg")
    )
    return UNITS.get(key, as_it_stood) or None


def is_nothing(text: str) -> bool:
    """Whether a cleaned cell says nothing."""
    return text.lower() in NOTHING


def measured(text: str) -> Measured | None:
    """A cleaned cell of a column of numbers; null where it says nothing. Raises CellWrong.

    >>> measured("<5.0%抑制率")
    Measured(comparator=<Comparator.BELOW: '<'>, value=Decimal('5.0'), unit='%', words=None)
    """
    lowered = text.lower()
    if lowered in NOTHING:
        return None
    if lowered in NOT_DETECTED:
        return Measured(comparator=Comparator.NOT_DETECTED, words=text)
    if text in NEGATIVE_POSITIVE:
        return Measured(words=text)
    if text.startswith(("=", "@")):
        raise CellWrong("formula")
    found = _NUMBER.match(text.replace(" ", ""))
    if not found:
        raise CellWrong("not_a_number")
    return Measured(_comparator(found["comparator"]), _decimal(found["number"]), _unit_after(found["unit"]))


def _comparator(text: str | None) -> Comparator:
    if not text:
        return Comparator.EQUAL
    if text not in _COMPARATORS:
        raise CellWrong("comparator_unclear")
    return Comparator(_COMPARATORS[text])


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def _unit_after(text: str | None) -> str | None:
    """What follows the number has to be a unit: `1.2.3`, `12,5` and `5o` are no numbers."""
    if text is None:
        return None
    found = unit(text)
    if found not in UNITS.values():
        raise CellWrong("not_a_number")
    return found


_DATE = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T\s]*(.+))?$")
_PACKED = re.compile(r"^((?:19|20)\d{2})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?$")
_TIME = re.compile(
    r"^(上午|下午|早上|晚上|am|pm)?(\d{1,2})[:时点](\d{1,2})?分?(?::?(\d{1,2})(?:\.\d+)?秒?)?(am|pm)?$", re.IGNORECASE
)
_OFFSET = re.compile(r"(z|[+-]\d{2}:?\d{2})$", re.IGNORECASE)
_SERIAL = re.compile(r"^[2-7]\d{4}(\.\d+)?$")
_EPOCH = re.compile(r"^1\d{9}(\d{3})?$")
YEARS = range(1990, 2100)
"""Of tests: an instrument whose clock was never set writes 0001 or 1970."""
EXCEL_DAY_ZERO = datetime(1899, 12, 30, tzinfo=SHANGHAI)
AFTERNOON = ("下午", "晚上", "pm")


def moment(text: str, on: date | None = None) -> datetime | None:
    """A cleaned cell with a date, Asia/Shanghai unless it says its offset; null where empty. Raises CellWrong.

    on   the day, where another column says it and this one only the time

    Day-month orders (5/1/2026) and two-digit years are refused: they could be two days.

    >>> moment("2026年5月1日 下午3:05").isoformat(), moment("46143.5").isoformat()
    ('2026-05-01T15:05:00+08:00', '2026-05-01T12:00:00+08:00')
    """
    if text.lower() in NOTHING:
        return None
    try:
        found = _moment(text, on)
    except (ValueError, OverflowError):
        raise CellWrong("date_unclear") from None
    if found.year not in YEARS:
        raise CellWrong("date_unclear")
    return found


def _moment(text: str, on: date | None) -> datetime:
    if _SERIAL.match(text):
        return _whole_second(EXCEL_DAY_ZERO + timedelta(days=float(text)))
    if _EPOCH.match(text):
        return datetime.fromtimestamp(int(text[:10]), UTC).astimezone(SHANGHAI)
    if packed := _PACKED.match(text):
        year, month, of_month, hour, minute, second = (int(part or 0) for part in packed.groups())
        return datetime(year, month, of_month, hour, minute, second, tzinfo=SHANGHAI)
    if found := _DATE.match(text):
        day = date(int(found[1]), int(found[2]), int(found[3]))
        return _at(day, found[4] or "0:00")
    if on is None:
        raise ValueError(text)
    return _at(on, text)


def _at(day: date, text: str) -> datetime:
    text = text.replace(" ", "")
    offset = _OFFSET.search(text)
    found = _TIME.match(text[: offset.start()] if offset else text)
    if not found:
        raise ValueError(text)
    half, hour = (found[1] or found[5] or "").lower(), int(found[2])
    hour += 12 if half in AFTERNOON and hour < 12 else 0
    said = datetime.combine(day, time(hour, int(found[3] or 0), int(found[4] or 0)), SHANGHAI)
    if not offset:
        return said
    zone = datetime.fromisoformat(f"2000-01-01T00:00:00{offset[1].upper()}").tzinfo
    return said.replace(tzinfo=zone).astimezone(SHANGHAI)


def _whole_second(at: datetime) -> datetime:
    """Excel keeps days as fractions: 9:30 comes as 9:29:59.999."""
    return (at + timedelta(milliseconds=500)).replace(microsecond=0)
