"""What a strip is allowed to say."""

from datetime import date
from decimal import Decimal

import pytest

from backend.laboratory.judging import Context, judge
from backend.laboratory.readings import Reading
from backend.laboratory.reference import strip_cutoffs
from backend.laboratory.reference_rows import StripCutoff
from backend.laboratory.words import Method, Verdict

KIT = [
    StripCutoff(
        analyte="carbofuran", tc_cutoff=Decimal("0.6"), valid_from=date(2026, 1, 1), source="the kit's leaflet"
    ),
    StripCutoff(analyte="carbofuran", tc_cutoff=Decimal("0.5"), valid_from=date(2026, 7, 1), source="its next lot"),
]


def strip(tc=None, *, line=True, analyte="克百威", on=date(2026, 5, 6), cutoffs=KIT):
    ratio = None if tc is None else Decimal(tc)
    reading = Reading(line=2, method=Method.STRIP, tc_ratio=ratio, control_line=line, analyte_text=analyte)
    return judge(reading, context=Context(sampled_on=on), cutoffs=cutoffs)


@pytest.mark.parametrize(
    ("tc", "verdict"),
    [("0", Verdict.POSITIVE), ("0.59", Verdict.POSITIVE), ("0.60", Verdict.POSITIVE), ("0.61", Verdict.NEGATIVE)],
)
def test_a_faint_t_line_is_a_finding_and_so_is_the_cut_off_itself(tc, verdict):
    assert strip(tc).verdict is verdict


def test_the_cut_off_of_the_day_counts():
    assert strip("0.55", on=date(2026, 6, 30)).verdict is Verdict.POSITIVE
    assert strip("0.55", on=date(2026, 7, 1)).verdict is Verdict.NEGATIVE
    assert strip("0.55", on=date(2025, 12, 31)).codes[0] == "cutoff_not_on_file"


def test_without_its_c_line_a_strip_is_invalid_whatever_the_t_line_shows():
    for tc in (None, "0", "0.3", "2"):
        assert strip(tc, line=False).verdict is Verdict.INVALID


def test_without_a_cut_off_on_file_nothing_is_guessed():
    found = strip("0.3", cutoffs=None)

    assert strip_cutoffs() == ()
    assert (found.verdict, found.codes[0]) == (None, "cutoff_not_on_file")
    assert strip("0.3", analyte="不知道的药").codes[0] == "cutoff_not_on_file"


def test_a_strip_without_its_number_or_with_one_below_nothing_says_so():
    assert strip(None).codes[0] == "tc_missing"
    assert strip("-0.2").codes == ("value_implausible",)


def test_a_c_line_nobody_spoke_of_is_told():
    assert "control_line_unknown" in strip("0.3", line=None).codes
    assert "control_line_unknown" not in strip("0.3").codes


def test_a_finding_after_the_ban_is_a_ban_finding_and_needs_a_laboratory():
    assert "ban_finding" not in strip("0.3", on=date(2026, 5, 31)).codes
    found = strip("0.3", on=date(2026, 6, 1))

    assert found.codes[0] == "ban_finding"
    assert "confirm_by_laboratory" in found.codes
    assert "ban_finding" not in strip("0.9", on=date(2026, 6, 1)).codes


def test_a_strip_that_shows_nothing_proves_nothing_of_other_substances():
    assert "strip_negative_is_no_proof" in strip("0.9").codes


def test_a_content_that_a_strip_reader_tells_is_held_against_the_limit_and_confirmed():
    told = Reading(
        line=2,
        method=Method.STRIP,
        analyte_text="草甘膦",
        sample_name="梨",
        value=Decimal("0.2"),
        unit="mg/kg",
        control_line=True,
    )
    found = judge(told, context=Context(sampled_on=date(2026, 2, 1)))

    assert (found.verdict, found.codes[0]) == (Verdict.POSITIVE, "over_limit")
    assert "confirm_by_laboratory" in found.codes
