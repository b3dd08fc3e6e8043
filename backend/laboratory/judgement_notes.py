"""What is told beside every judgement."""

from datetime import date

from msgspec.structs import replace

from backend.laboratory.instrument_words import is_silent, meaning
from backend.laboratory.judgement_reasons import TERMS, Reason, because
from backend.laboratory.judgements import Context, Judgement
from backend.laboratory.readings import Reading
from backend.laboratory.words import Calibration, InvalidRun, Method, RunKind, Verdict

ADVICE_ONLY = Reason("advice_only")
CALIBRATION = {
    Calibration.OVERRIDDEN: (Reason("calibration_overridden"),),
    Calibration.UNKNOWN: (Reason("calibration_unknown"),),
}
RUN_INVALID = {
    InvalidRun.BLANK_OUT_OF_WINDOW: Reason("run_blank_out_of_window"),
    InvalidRun.CONTROL_OUT_OF_RANGE: Reason("run_control_out_of_range"),
    InvalidRun.REPLICATES_DISAGREE: Reason("run_replicates_disagree"),
    InvalidRun.SAID_SO: Reason("run_said_void"),
}


def with_notes(judged: Judgement, *, reading: Reading, context: Context, day: date) -> Judgement:
    """What is told beside every judgement: calibration, the instrument's own verdict, the day, what a free test is."""
    if context.calibration is Calibration.OVERDUE:
        return Judgement(
            value=judged.value, unit=judged.unit, rule=judged.rule, reasons=(because("calibration_overdue"),)
        )
    if context.run_invalid and judged.verdict is not Verdict.INVALID:
        judged = _of_invalid_run(judged, reading, context)
    against, disagrees = _compared(reading.instrument_verdict, judged.verdict)
    days = () if context.sampled_on else (_day_told(reading, day),)
    advice = (ADVICE_ONLY,) if context.run_kind is RunKind.ADVICE else ()
    reasons = (*judged.reasons, *against, *CALIBRATION.get(context.calibration, ()), *days, *advice)
    return replace(judged, instrument_disagrees=disagrees, reasons=reasons)


def _of_invalid_run(judged: Judgement, reading: Reading, context: Context) -> Judgement:
    """Nothing that the run measured counts; a test of soil has no word for it but the reason."""
    soil = reading.method is Method.SOIL_TEST or not (judged.verdict or judged.says_nothing)
    reasons = tuple(RUN_INVALID[each] for each in context.run_invalid)
    return Judgement(
        verdict=None if soil else Verdict.INVALID,
        value=judged.value,
        unit=judged.unit,
        rule=judged.rule,
        reasons=reasons,
    )


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
