"""What must not become public: numbers by which somebody can be found, called, robbed or followed.

Pure. Every place is told, a person decides. Digits are read as people write them to get past a filter, or just so:
full-width, circled, Chinese (幺三八…), with blanks, dashes, dots or invisible characters in between. An identity number
of 18 digits counts by its region, its date and its check digit, a bank card by its range and Luhn's sum, so that
receipt numbers, areas, dates and amounts raise no alarm. Source of the plates: GA 36-2018.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import msgspec

from backend.cases import numbers
from backend.cases.lint_shapes import SHAPES, HitKind

MASK = "＊"


class Hit(msgspec.Struct, frozen=True):
    """One place: characters (code points) from `start` up to, not including, `end`."""

    start: int
    end: int
    kind: HitKind


def lint(text: str, *, names: Iterable[str] = ()) -> list[Hit]:
    """Every hit in the order of the text; none overlaps another.

    names  people whom the text must not name, such as the one who asked; a name of one character is not looked for

    >>> [hit.kind.value for hit in lint("打 138-0013 八〇〇〇，车牌鲁P·12345，地 1,275 亩")]
    ['mobile', 'plate']
    """
    folded = fold(text)
    found = [*_names(text, names), *_plates(folded), *_numbers(folded)]
    kept: list[Hit] = []
    for hit in sorted(found, key=lambda each: (each.start, -each.end)):
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
    return kept


def redacted(text: str, *, names: Iterable[str] = ()) -> str:
    """The text with every hit covered, character by character, so that places stay where they are.

    >>> redacted("请打13800138000。")
    '请打＊＊＊＊＊＊＊＊＊＊＊。'
    """
    characters = list(text)
    for hit in lint(text, names=names):
        characters[hit.start : hit.end] = MASK * (hit.end - hit.start)
    return "".join(characters)


_SPELT = ("〇零", "一壹幺", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
_CHINESE = {digit: str(number) for number, digits in enumerate(_SPELT) for digit in digits}


def fold(text: str) -> str:
    """The text with digits and letters as ASCII writes them, as long as it was.

    >>> fold("幺③８ａ")
    '138A'
    """
    return "".join(map(_folded, text))


def _folded(character: str) -> str:
    if character in _CHINESE:
        return _CHINESE[character]
    plain = unicodedata.normalize("NFKC", character)
    if len(plain) != 1:
        return character
    if plain.isdigit() and not plain.isascii():
        return str(unicodedata.digit(plain))
    upper = plain.upper()
    return upper if len(upper) == 1 else plain


# Blanks of every width, dashes, dots, brackets, and what cannot be seen at all: joiners, direction marks, keycaps.
_GAP = r"[\s\-‐-―−_.·•・/()（）~～\u00ad\u200b-\u200f\u2060\ufe0f\u20e3\ufeff]"
_RUN = re.compile(rf"(?<!\d)\d(?:{_GAP}{{0,3}}\d)*(?:{_GAP}{{0,3}}X(?![A-Z0-9]))?")
_THOUSANDS = re.compile(r"(?<!\d)\d{1,3}(?:[,，]\d{3})+(?!\d)")
_MONEY = re.compile(r"(?:[¥$]|人民币|RMB)\s*\d[\d.]*")
_UNIT_NEXT = re.compile(r"\s*(?:元(?!旦)|块钱|万|亿|亩|公斤|千克|斤|吨|公顷|平方|平米|㎡)")
_DAY = re.compile(r"(?<!\d)(?:19|20)\d\d([-./])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])(?!\d)")
_RECEIPT = re.compile(
    r"(?:回执|受理|工单|案件|单号|编号|RECEIPT|CASE)(?:(?!电话|手机|联系)\D){0,8}(\d{4}[ -]?\d{4}[ -]?\d{4})(?!\d)"
)
_CLOCK = re.compile(r"(?<!\d)[0-2]?\d[:：][0-5]\d(?:[:：][0-5]\d)?(?!\d)")


class _Digits(msgspec.Struct, frozen=True):
    """The digits of a run, where each stands, and before which of them something stands in between."""

    text: str
    places: Sequence[int]
    breaks: frozenset[int]

    def window(self, first: int, length: int) -> tuple[str, tuple[int, ...]] | None:
        """So many digits from here, and the lengths of their groups; None where that would cut a group in two."""
        last = first + length
        if last > len(self.text) or not (self._is_edge(first) and self._is_edge(last)):
            return None
        edges = [first, *(each for each in range(first + 1, last) if each in self.breaks), last]
        return self.text[first:last], tuple(b - a for a, b in pairwise(edges))

    def _is_edge(self, place: int) -> bool:
        return place in (0, len(self.text)) or place in self.breaks


def _numbers(folded: str) -> Iterator[Hit]:
    plain = _without_measures(folded)
    for run in _RUN.finditer(plain):
        if _UNIT_NEXT.match(plain, run.end()) and len(run[0].strip()) == sum(map(str.isdigit, run[0])):
            continue
        yield from _in_run(_digits(run[0], run.start()))
    yield from _local_numbers(plain)


def _without_measures(folded: str) -> str:
    """Our own numbers, amounts and times of day out of the way; a day only where no digit is joined to it."""
    plain = _RECEIPT.sub(_without_receipt, folded)
    for measure in (_THOUSANDS, _MONEY, _CLOCK):
        plain = measure.sub(lambda found: "#" * len(found[0]), plain)
    return _DAY.sub(lambda found: found[0] if _joined(found) else "#" * len(found[0]), plain)


def _without_receipt(found: re.Match[str]) -> str:
    ours = numbers.is_number(numbers.plain(found[1]))
    return found[0].replace(found[1], "#" * len(found[1])) if ours else found[0]


def _joined(found: re.Match[str]) -> bool:
    before, after = found.string[: found.start()], found.string[found.end() :]
    return bool(re.search(r"\d[-‐-―]?$", before) or re.match(r"[-‐-―]?[\dX]", after))


def _digits(run: str, start: int) -> _Digits:
    at = [i for i, character in enumerate(run) if character.isdigit() or character == "X"]
    breaks = frozenset(n for n in range(1, len(at)) if at[n] - at[n - 1] > 1)
    return _Digits("".join(run[i] for i in at), [start + i for i in at], breaks)


def _in_run(digits: _Digits) -> Iterator[Hit]:
    first = 0
    while first < len(digits.text):
        hit = _at(digits, first)
        if hit is None:
            first += 1
            continue
        kind, length = hit
        yield Hit(digits.places[first], digits.places[first + length - 1] + 1, kind)
        first += length


def _at(digits: _Digits, first: int) -> tuple[HitKind, int] | None:
    """What begins at a digit, and how many digits it takes: the longest that fits."""
    for length, kind, fits in SHAPES:
        window = digits.window(first, length)
        if window is not None and fits(*window):
            return kind, length
    return None


_LOCAL = re.compile(
    rf"(?:电话|座机|号码|热线|致电|拨打|TEL|PHONE)[:：是为]?\s?([2-8]\d{{2,3}}{_GAP}?\d{{4}})(?!\d|{_GAP}\d)"
)


def _local_numbers(plain: str) -> Iterator[Hit]:
    """Seven or eight digits are a telephone only where the words before them say so."""
    for found in _LOCAL.finditer(plain):
        if not _UNIT_NEXT.match(plain, found.end()):
            yield Hit(found.start(1), found.end(1), HitKind.LANDLINE)


_PLATE = re.compile(
    rf"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]{_GAP}{{0,2}}[A-HJ-Z]{_GAP}{{0,2}}"
    rf"(?:[A-HJK]{_GAP}?[A-HJ-NP-Z0-9](?:{_GAP}?\d){{4}}|\d(?:{_GAP}?\d){{4}}{_GAP}?[A-HJK]"
    rf"|[A-HJ-NP-Z0-9](?:{_GAP}?[A-HJ-NP-Z0-9]){{3}}{_GAP}?[A-HJ-NP-Z0-9挂学警港澳])(?![A-Z0-9])"
)
_LEAST_DIGITS = 3


def _plates(folded: str) -> Iterator[Hit]:
    """Five characters after the office's letter, six for what drives on electricity."""
    for found in _PLATE.finditer(folded):
        if sum(map(str.isdigit, found[0])) >= _LEAST_DIGITS and not _UNIT_NEXT.match(folded, found.end()):
            yield Hit(found.start(), found.end(), HitKind.PLATE)


def _names(text: str, names: Iterable[str]) -> Iterator[Hit]:
    for name in {"".join(each.split()) for each in names}:
        if len(name) >= 2:
            spaced = rf"{_GAP}{{0,2}}".join(map(re.escape, name))
            for found in re.finditer(spaced, text, re.IGNORECASE):
                yield Hit(found.start(), found.end(), HitKind.NAME)
