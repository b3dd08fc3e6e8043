"""Colloidal-gold and fluorescence strips: the T line against the C line, and the ratio against the kit's cut-off.

The substance takes the T line away, so a small T/C is a finding. At the cut-off it is one too: our own reading, the
side on which nobody is told that something is clean.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from backend.laboratory.judgement_reasons import Reason, because
from backend.laboratory.judgements import Judgement
from backend.laboratory.naming import named
from backend.laboratory.reference import on_day
from backend.laboratory.reference_rows import Analyte, StripCutoff
from backend.laboratory.words import Verdict

RULE = "T/C against the kit's cut-off; Lianxin 2026-01"
CONFIRM = Reason("confirm_by_laboratory")
NO_PROOF = Reason("strip_negative_is_no_proof")


def judge_strip(
    *,
    tc_ratio: Decimal | None,
    control_line: bool | None,
    analyte: Analyte | None,
    analyte_text: str,
    day: date,
    cutoffs: Sequence[StripCutoff],
) -> Judgement:
    """The verdict on one strip. Without its C line it is invalid, whatever the T line shows."""
    if control_line is False:
        return Judgement(verdict=Verdict.INVALID, rule=RULE, reasons=(because("control_line_missing"),))
    if tc_ratio is None:
        return Judgement(rule=RULE, reasons=(because("tc_missing"),))
    notes = () if control_line else (because("control_line_unknown"),)
    cutoff = on_day((row for row in cutoffs if analyte and row.analyte == analyte.code), day)
    if cutoff is None:
        name = named(analyte) if analyte else analyte_text
        why = because("cutoff_not_on_file", analyte=name, value=tc_ratio)
        return Judgement(value=tc_ratio, unit="T/C", rule=RULE, reasons=(why, *notes))
    found = tc_ratio <= cutoff.tc_cutoff
    code = "tc_at_or_below_cutoff" if found else "tc_above_cutoff"
    return Judgement(
        verdict=Verdict.POSITIVE if found else Verdict.NEGATIVE,
        value=tc_ratio,
        unit="T/C",
        limit=cutoff.tc_cutoff,
        rule=RULE,
        source=cutoff.source,
        reasons=(because(code, value=tc_ratio, limit=cutoff.tc_cutoff), CONFIRM if found else NO_PROOF, *notes),
    )
