"""A file on a terminal: every row with our verdict, the instrument's and why; stores nothing (`lianxin lab read`)."""

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec

from backend.core.words import Term, say
from backend.laboratory import profiles, reading_files, unread_reasons
from backend.laboratory.decoding import Sureness
from backend.laboratory.judgement_reasons import TERMS
from backend.laboratory.judging import Context, Judgement, judge
from backend.laboratory.profiles import ANY
from backend.laboratory.reading_files import Found
from backend.laboratory.readings import Reading, Unread
from backend.laboratory.words import Comparator

Write = Callable[[str], None]
WIDTHS = (8, 18, 20, 14, 10)
"""Columns of the terminal for line, sample, value, our verdict, the instrument's; a Chinese character takes two."""
SURENESS = {
    Sureness.TOLD: Term("told by its mark"),
    Sureness.LIKELY: Term("very likely"),
    Sureness.GUESS: Term("only a guess"),
    Sureness.UNDECIDED: Term("plain ASCII so far"),
}


def tell(
    file: Path,
    *,
    profile: str | None = None,
    crop: str | None = None,
    on: date | None = None,
    as_json: bool,
    write: Write,
) -> bool:
    """Print a file row by row; whether anything could be read. Raises ProfileWrong."""
    chosen = profiles.named(profile) if profile else None
    found = reading_files.look(file, profile=chosen)
    counted: Counter[str] = Counter()
    if not as_json:
        write(_what(found))
        write(_columns(*(say(Term(each)) for each in HEADER)))
    for each, judged in _judged(file, found, Context(crop=crop, sampled_on=on)):
        counted[_outcome(each, judged)] += 1
        write(_json(each, judged) if as_json else _line(each, judged))
    write(_counts_json(counted) if as_json else _counts(counted))
    return any(outcome != "unread" for outcome in counted)


HEADER = (Term("line"), Term("sample"), Term("value"), Term("our verdict"), Term("instrument"), Term("why"))


def _judged(file: Path, found: Found, context: Context) -> Iterator[tuple[Reading | Unread, Judgement | None]]:
    """Each row with its judgement; heavy metals by the pH that stands before them in the same row."""
    ph_of: tuple[str | None, int, Decimal | None] = (None, 0, None)
    for each in reading_files.read(file, profile=found.profile if found.profile is not ANY else None):
        if isinstance(each, Unread):
            yield each, None
            continue
        if each.analyte == "ph":
            ph_of = (each.sheet, each.line, each.value)
        ph = ph_of[2] if ph_of[:2] == (each.sheet, each.line) else None
        yield each, judge(each, context=msgspec.structs.replace(context, ph=ph))


def _what(found: Found) -> str:
    encoding = found.encoding
    return say(
        _("Encoding {encoding} ({sureness}), profile {profile}."),
        encoding=encoding.name if encoding else Term("workbook"),
        sureness=SURENESS[encoding.sureness] if encoding else "xls/xlsx",
        profile=found.profile.name if found.profile is not ANY else Term("none: by its headers"),
    )


def _(msgid: str) -> str:
    return msgid


def _line(each: Reading | Unread, judged: Judgement | None) -> str:
    where = f"{each.sheet}:{each.line}" if each.sheet else str(each.line)
    if isinstance(each, Unread):
        return _columns(where, "", "", say(Term("cannot be read")), "", unread_reasons.sentence(each))
    assert judged is not None  # noqa: S101 - every reading is judged
    sample = " ".join(filter(None, (each.sample_code, each.sample_name)))
    return _columns(where, sample, _value(each), _verdict(judged), each.instrument_verdict or "", _why(judged))


def _value(reading: Reading) -> str:
    name = f"{reading.analyte_text} " if reading.analyte_text else ""
    if reading.comparator is Comparator.NOT_DETECTED:
        return f"{name}ND"
    if reading.value is None:
        return f"{name}T/C {reading.tc_ratio}" if reading.tc_ratio is not None else name.strip()
    sign = "" if reading.comparator is Comparator.EQUAL else reading.comparator.value
    return f"{name}{sign}{reading.value:f} {reading.unit or ''}".strip()


def _verdict(judged: Judgement) -> str:
    word = judged.verdict or judged.ph_class or judged.category
    if word:
        return say(TERMS[str(word)])
    if judged.grade is not None:
        return say(_("grade {grade}"), grade=judged.grade)
    return say(Term("undecided"))


def _why(judged: Judgement) -> str:
    """The decisive reason, and that the instrument says otherwise; all of them are in the JSON."""
    told = judged.reasons[:1] + tuple(each for each in judged.reasons[1:] if each.code == "instrument_disagrees")
    return " ".join(map(str, told))


def _outcome(each: Reading | Unread, judged: Judgement | None) -> str:
    if isinstance(each, Unread) or judged is None:
        return "unread"
    return _verdict(judged)


def _counts(counted: Counter[str]) -> str:
    verdicts = [f"{outcome} {count}" for outcome, count in counted.most_common() if outcome != "unread"]
    return say(
        _("{readings} readings, {unread} rows that cannot be read. {verdicts}"),
        readings=counted.total() - counted["unread"],
        unread=counted["unread"],
        verdicts=verdicts,
    )


def _counts_json(counted: Counter[str]) -> str:
    return _encoded({"readings": counted.total() - counted["unread"], "unread": counted["unread"]})


def _json(each: Reading | Unread, judged: Judgement | None) -> str:
    if isinstance(each, Unread):
        told = {"reason": unread_reasons.sentence(each), "code": each.reason, "column": each.column}
        return _encoded({"line": each.line, "sheet": each.sheet, "outcome": "unread", **told})
    assert judged is not None  # noqa: S101
    return _encoded(
        {
            "line": each.line,
            "sheet": each.sheet,
            "outcome": "read",
            "sample": each.sample_code or each.sample_name,
            "analyte": each.analyte or each.analyte_text,
            "comparator": each.comparator,
            "value": each.value,
            "unit": each.unit,
            "verdict": judged.verdict or judged.grade or judged.ph_class or judged.category,
            "instrument_verdict": each.instrument_verdict,
            "instrument_disagrees": judged.instrument_disagrees,
            "rule": judged.rule,
            "codes": judged.codes,
            "reason": " ".join(map(str, judged.reasons)),
        }
    )


def _encoded(said: dict[str, object]) -> str:
    return msgspec.json.encode(said).decode()


def _columns(*texts: str) -> str:
    *padded, last = texts
    cells = (_padded(_harmless(text), width) for text, width in zip(padded, WIDTHS, strict=True))
    return " ".join([*cells, _harmless(last)]).rstrip()


def _harmless(text: str) -> str:
    """A file may not write control sequences to somebody's terminal, nor lines of its own."""
    return "".join(char if char.isprintable() else " " for char in text)


def _padded(text: str, width: int) -> str:
    taken = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
    return text + " " * (width - taken)
