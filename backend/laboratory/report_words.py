"""What a report says beside the farmer's own words (`farmer_words`): each line's word, and what a report is not."""

from collections.abc import Sequence
from datetime import datetime

from backend.core.clock import local
from backend.core.words import Term, say
from backend.laboratory.judgement_reasons import TERMS
from backend.laboratory.public import Reading
from backend.laboratory.soil_words import bar


def _(msgid: str) -> str:
    return msgid


TONES = {
    "bad": {"positive", "strict_control", "extremely_acid", "extremely_alkaline"},
    "warn": {"suspect", "safe_use", "strongly_acid", "strongly_alkaline", "low"},
    "good": {"negative", "priority_protection", "neutral", "acid", "alkaline", "middle", "high"},
}
"""How a line's word is coloured; beside it always stands the word, and a sign of its own."""

THIS_SAMPLE = _("It speaks of the sample that was handed in, of nothing else.")
DISAGREES = _("The instrument's own word differs from ours in places: both stand in the table, ours counts.")
TOLD_ONCE = ("row_unchecked", "calibration_unknown", "calibration_overridden", "one_sample_only")
"""Reasons that are said once for the whole report and not in every line."""
SAID_ALREADY = frozenset({*TOLD_ONCE, "advice_only", "grade_of_survey", "class_of_ph"})
"""What a line need not tell: it stands once for all, or in the line's own columns."""


def word_of(one: Reading) -> str | None:
    """The one word of a reading's judgement; null where nothing could be said."""
    grade = str(one.grade) if one.grade is not None else None
    return one.verdict or grade or one.ph_class or one.category


def verdict_says(one: Reading) -> str:
    """In words: 阳性; 5 级，低; 强酸性; 安全利用; 未判定."""
    if one.grade is not None:
        drawn = bar(one)
        return say(_("grade {grade}, {level}"), grade=one.grade, level=drawn.says if drawn else "")
    return say(TERMS.get(word_of(one) or "") or Term("undecided"))


def tone(word: str | None, *, level: str | None = None) -> str:
    """bad, warn, good, or plain. Of a grade its level tells (low, middle, high).

    >>> tone("positive"), tone("5", level="low"), tone("invalid")
    ('bad', 'warn', 'plain')
    """
    told = level or word
    return next((name for name, words in TONES.items() if told in words), "plain")


def moment(at: datetime) -> str:
    """As people in Shandong read it."""
    return local(at).strftime("%Y-%m-%d %H:%M")


def cautions(readings: Sequence[Reading], no_proof: Sequence[str]) -> list[str]:
    """What a report is not: what the farmer's page says, then what only paper tells.

    readings   all of them, those that do not count too
    """
    said = [*no_proof, say(THIS_SAMPLE)]
    said += [say(DISAGREES)] if any(each.instrument_disagrees for each in readings) else []
    reasons = [reason for each in readings for reason in each.reasons]
    said += [str(reason) for code in TOLD_ONCE for reason in reasons if reason.code == code]
    return list(dict.fromkeys(said))
