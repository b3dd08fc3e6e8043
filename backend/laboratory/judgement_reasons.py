"""Why a judgement is as it is: codes that never change meaning, each with its sentence."""

from decimal import Decimal
from typing import Any

from msgspec import Struct

from backend.core.words import Term, language, say


def _(msgid: str) -> str:
    return msgid


class Name(Struct, frozen=True):
    """A fact that has a name in each language: a crop, a substance."""

    code: str
    zh: str
    en: str


class Reason(Struct, frozen=True, gc=False):
    """A code with the facts that its sentence tells."""

    code: str
    facts: dict[str, Any] = {}

    def __str__(self) -> str:
        """In the reader's language."""
        return say(SENTENCES[self.code], **{name: _plain(fact) for name, fact in self.facts.items()})


def _plain(fact: Any) -> Any:
    if isinstance(fact, Name):
        return fact.zh if language.get() == "zh" else fact.en
    return f"{fact:f}" if isinstance(fact, Decimal) else fact


def because(code: str, **facts: Any) -> Reason:
    """A reason, its code checked.

    >>> because("crop_unknown", crop="?").facts
    {'crop': '?'}
    """
    if code not in SENTENCES:
        raise KeyError(code)
    return Reason(code, facts)


SENTENCES: dict[str, str] = {
    # of any reading
    "nothing_to_judge": _("The row has no value that a rule could judge."),
    "value_implausible": _("{value} cannot be: look at the row again."),
    "day_unknown": _("Neither the day of sampling nor the day of the test is known, so no rule can be chosen."),
    "day_of_test_taken": _("The day of sampling is not known; the rules of the day of the test, {day}, were taken."),
    "day_of_receipt_taken": _(
        "Neither the day of sampling nor the day of the test is known; the rules of the day on which the file came, "
        "{day}, were taken."
    ),
    "rule_not_begun": _("No rule on file counts on {day}."),
    "analyte_unknown": _("“{analyte}” is not in the list of what we can judge."),
    "no_rule_for_method": _("There is no rule for this kind of test."),
    "sample_of_another_kind": _("This test does not belong to a sample of this kind."),
    "unit_missing": _("The value has no unit, and neither file nor profile says which it is: please say."),
    "unit_unknown": _("The unit “{unit}” does not fit what was measured; {accepted} would."),
    "unit_doubtful": _(
        "The unit was not in the file but taken from the profile, and {value} is unusually low: is it %?"
    ),
    "calibration_overdue": _("The instrument's calibration is overdue: no verdict until it is done or answered for."),
    "run_blank_out_of_window": _("The run's blank was out of its window: nothing of this run counts. Repeat it."),
    "run_control_out_of_range": _("The run's control was out of its range: nothing of this run counts. Repeat it."),
    "run_replicates_disagree": _("Replicates of one extract disagreed: nothing of this run counts. Repeat it."),
    "run_said_void": _("The operator said that nothing of this run counts. Repeat it."),
    "calibration_overridden": _("The instrument's calibration is overdue; somebody answered for this run."),
    "calibration_unknown": _("Whether the instrument is calibrated is not known."),
    "instrument_disagrees": _("The instrument says “{theirs}”, our rule says “{ours}”. Ours is printed; look again."),
    "instrument_word_unknown": _("The instrument's word “{theirs}” is not one we know, so it was not compared."),
    "advice_only": _("A free test: advice for the grower, not an inspection, and no proof for a buyer."),
    "row_unchecked": _(
        "The limit on file was not checked against the standard's own text: check before anybody loses by it."
    ),
    # enzyme inhibition
    "read_as_share": _("{value} without a unit is read as a share of one, that is {value} × 100 %."),
    "percent_unclear": _("{value}: is it a percentage or a share of one? File and profile do not say; please say."),
    "inhibition_computed": _("Computed from the absorbances: ({blank} − {sample}) ÷ {blank} × 100 = {value} %."),
    "told_differs_from_computed": _(
        "The file says {told} %, the absorbances give {computed} %. The absorbances count."
    ),
    "blank_out_of_window": _(
        "The blank's ΔA is {blank}; a good enzyme gives {low} to {high}. The run says nothing: repeat it."
    ),
    "blank_unknown": _("The blank's ΔA is not known, so whether the enzyme worked cannot be seen."),
    "below_bands": _("Inhibition {value} %: below {suspect_from} %."),
    "suspect_band": _(
        "Inhibition {value} %: between {suspect_from} and {positive_from} %. A quarter of such samples were over the "
        "limit when a laboratory looked: test again."
    ),
    "suspect_often_over": _("Of {crop} in this band, all that a laboratory looked at were over the limit."),
    "inhibited": _("Inhibition {value} %: {positive_from} % or more."),
    "negative_inhibition": _("The inhibition is below zero ({value} %): the sample ran faster than the blank."),
    "over_hundred": _("The inhibition is above 100 % ({value} %): look at the reading of the sample."),
    "repeat_then_confirm": _(
        "Repeat at least {repeats} times. If it stays so, another method (chromatography) must confirm it."
    ),
    "crop_interferes": _(
        "{crop} itself can inhibit the enzyme or colour the liquid and feign a positive: extract it whole or warm it."
    ),
    "negative_is_no_proof": _(
        "No sign of organophosphates or carbamates above what this test can see. Other pesticides it does not see, and "
        "small amounts neither: this is no proof that a limit is kept."
    ),
    "objection_in_hours": _(
        "Whoever is inspected may object within {hours} hours of hearing it; the re-test may not be a rapid one."
    ),
    # strips
    "control_line_missing": _("The strip shows no C line: it says nothing. Take a new one."),
    "control_line_unknown": _("Whether the strip shows its C line is not told; its T/C was taken as it stands."),
    "tc_missing": _("The strip has no T/C value."),
    "cutoff_not_on_file": _(
        "No cut-off for {analyte} is on file, so T/C {value} cannot be judged. Enter the kit's own."
    ),
    "tc_at_or_below_cutoff": _("T/C {value}, at or below the cut-off {limit}: something was found."),
    "tc_above_cutoff": _("T/C {value}, above the cut-off {limit}."),
    "confirm_by_laboratory": _(
        "A strip is a rapid test: a laboratory must confirm it before it counts against anybody."
    ),
    "strip_negative_is_no_proof": _(
        "The strip looks for this one substance only: no proof that other limits are kept."
    ),
    # residue limits
    "crop_unknown": _("“{crop}” is not in the list of commodities, so no limit can be chosen."),
    "no_limit_on_file": _(
        "{standard} has no limit on file for {analyte} on {crop}. That is not a clean bill: look it up."
    ),
    "older_limit_not_valid": _("{standard} had {limit} mg/kg for it; on that day it no longer counts."),
    "within_limit": _("{value} mg/kg; the limit for {crop} is {limit} mg/kg."),
    "over_limit": _("{value} mg/kg is over the limit for {crop}, {limit} mg/kg."),
    "below_value_within": _("Below {value} mg/kg, and the limit for {crop} is {limit} mg/kg."),
    "censored_undecided": _(
        "“{shown}” against a limit of {limit} decides nothing: the method does not see low enough."
    ),
    "above_undecided": _("“{shown}” does not tell on which side of {limit} it lies: dilute and measure again."),
    "lod_unknown": _("Nothing was found, but how little the method can see is not told: that decides nothing."),
    "ban_finding": _("{analyte} was found; since {since} it may not be sold or used ({source})."),
    "ban_finding_note": _("When it was used a finding does not tell. A laboratory must confirm it."),
    "limit_within_is_no_proof": _("This says something of this one substance in this one sample, of no other."),
    # soil fertility
    "grade_of_survey": _("{value} {unit}: grade {grade} of the second national soil survey ({range})."),
    "grade_undecided": _("“{shown}” may be of more than one grade."),
    "class_of_ph": _("pH {value}: {ph_class} ({range})."),
    "carbon_to_matter": _("Told as organic carbon, {told} g/kg; × {factor} = {value} g/kg of organic matter."),
    "unit_turned": _("{told} {unit} is {value} {into}."),
    "told_as_oxide": _("Told as {oxide}; the grades are of {element}. It is turned only when somebody asks for it."),
    "oxide_turned": _("Told as {oxide}, {told} mg/kg; ÷ {factor} = {value} mg/kg of {element}."),
    # soil pollution
    "not_in_standard": _("{analyte} is not in {standard}: this standard says nothing of it."),
    "ph_missing": _("Without the soil's pH there is no verdict: limits depend on it."),
    "ph_implausible": _("pH {ph} cannot be."),
    "land_use_missing": _("Without the land's use (paddy, upland, orchard, rotation) there is no verdict."),
    "within_screening": _("{value} mg/kg, at or below the screening value {screening} mg/kg: the risk is low."),
    "between_screening_and_control": _(
        "{value} mg/kg, over the screening value {screening} and not over the control value {control} mg/kg: watch the "
        "soil and what grows on it."
    ),
    "over_screening_no_control": _(
        "{value} mg/kg, over the screening value {screening} mg/kg; the standard has no control value for it. "
        "Watch the soil and what grows on it."
    ),
    "over_control": _("{value} mg/kg, over the control value {control} mg/kg: the risk is high."),
    "at_least_screening_over": _(
        "“{shown}” is over the screening value {screening}, perhaps over the control value too."
    ),
    "stricter_of_rotation": _("Paddy and upland in turn: the stricter screening value counts."),
    "one_sample_only": _("One sample tells of its own place; the category of a field is set by the authority."),
    # fertiliser
    "input_missing": _("No number: {missing} is missing."),
    "input_implausible": _("No number: {name} cannot be {value}."),
    "soil_has_enough": _("The soil already gives what the target yield takes: none of it is needed."),
    "needs_signature": _("Needs an agronomist's signature before it goes to the grower."),
    "coefficient_varies": _(
        "The correction differs much from field to field; a blank plot on the spot gives the best one."
    ),
}

TERMS = {
    "negative": Term("negative"),
    "suspect": Term("suspect"),
    "positive": Term("positive"),
    "invalid": Term("invalid"),
    "extremely_acid": Term("extremely acid"),
    "strongly_acid": Term("strongly acid"),
    "acid": Term("acid"),
    "neutral": Term("neutral"),
    "alkaline": Term("alkaline"),
    "strongly_alkaline": Term("strongly alkaline"),
    "extremely_alkaline": Term("extremely alkaline"),
    "priority_protection": Term("priority protection"),
    "safe_use": Term("safe use"),
    "strict_control": Term("strict control"),
    "uptake_kg_per_kg": Term("nutrient uptake per kg of yield"),
    "correction": Term("correction coefficient"),
    "use_rate": Term("season use rate"),
    "nutrient_content": Term("nutrient content of the fertiliser"),
    "soil_factor": Term("soil supply factor"),
    "soil_test_mg_per_kg": Term("soil test"),
    "target_yield_kg_per_mu": Term("target yield"),
    "blank_yield_kg_per_mu": Term("yield of the blank plot"),
    "share_from_fertiliser": Term("share that fertiliser must bring"),
}
"""Words of ours inside a sentence, translated there."""
