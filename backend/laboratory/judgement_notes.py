"""What is told beside every judgement."""

from datetime import date

from msgspec.structs import replace

from backend.laboratory.instrument_words import is_silent, meaning
from backend.laboratory.judgement_reasons import TERMS, Reason, because
from backend.laboratory.judgements import Context, Judgement
from backend.laboratory.readings import Reading
from backend.laboratory.words import Calibration, RunKind, Verdict

ADVICE_ONLY = Reason("advice_only")
CALIBRATION = {
    Calibration.OVERRIDDEN: (Reason("calibration_overridden"),),
    Calibration.UNKNOWN: (Reason("calibration_unknown"),),
}


def with_notes(judged: Judgement, *, reading: Reading, context: Context, day: date) -> Judgement:
    """What is told beside every judgement: calibration, the instrument's own verdict, the day, what a free test is."""
    if context.calibration is Calibration.OVERDUE:
        return Judgement(
            value=judged.value, unit=judged.unit, rule=judged.rule, reasons=(because("calibration_overdue"),)
        )
    against, disagrees = _compared(reading.instrument_verdict, judged.verdict)
    days = () if context.sampled_on else (_day_told(reading, day),)
    advice = (ADVICE_ONLY,) if context.run_kind is RunKind.ADVICE else ()
    reasons = (*judged.reasons, *against, *CALIBRATION.get(context.calibration, ()), *days, *advice)
    return replace(judged, instrument_disagrees=disagrees, reasons=reasons)


def _day_told(reading: Reading, day: date) -> Reason:
    return because("day_of_test_taken" if reading.tested_at else "day_of_receipt_taken", day=day)


def _compared(theirs: str | None, ours: Verdict | None) -> tuple[tuple[Reason, ...], bool]:
    """Both words where they differ. Without a verdict of ours there is nothing to compare."""
    if ours is None or theirs is None or is_silent(theirs):
        return (), False
    meant = meaning(theirs)
    if meant is None:
        return (because("instrument_word_unknown", theirs=theirs),), False
    if meant is ours:
        return (), False
    return (because("instrument_disagrees", theirs=theirs, ours=TERMS[ours.value]),), True
