"""What a soil test means to the farmer: the risk of metals first, then what is low, and how acid it is."""

from collections.abc import Iterable

from backend.core.words import language, say
from backend.laboratory.farmer_telling import Picture, Told, names, undecided
from backend.laboratory.judgement_reasons import TERMS
from backend.laboratory.public import Finding, PublicSample
from backend.laboratory.soil_words import Level, level_of
from backend.laboratory.words import SoilCategory


def _(msgid: str) -> str:
    return msgid


ADVICE_BELOW = _("Which fertiliser and how much: the signed advice below says it.")
ADVICE_LATER = _("Which fertiliser and how much: wait for the agronomist's signed advice, or ring us.")
TOO_ACID = _("The soil is too acid: ask the agronomist whether it needs lime, and how much.")
TOO_ALKALINE = _("The soil is too alkaline: ask the agronomist what helps.")
WHAT_TO_GROW = _("Ask the agronomist what to grow there.")
TEST_HARVEST = _("Bring some of what grows there, so that it is tested too.")
NOT_BY_YOURSELF = _("Do not sow food there before you have asked.")
ONE_PLACE = _("It tells of the place where the soil was taken, of no other.")


def soil(sample: PublicSample) -> Told:
    """Still untranslated but for its sentence, as `farmer_words.told` finishes it."""
    strict, careful = (
        [each for each in sample.findings if each.reading.category is category]
        for category in (SoilCategory.STRICT_CONTROL, SoilCategory.SAFE_USE)
    )
    if strict:
        means = say(_("{names}: over the control value."), names=names(strict))
        to_do = (NOT_BY_YOURSELF, WHAT_TO_GROW, TEST_HARVEST, *_soil_to_do(sample))
        return Told(Picture.STOP, _("This field: high risk"), means, to_do, (ONE_PLACE,))
    if careful:
        means = say(_("{names}: over the screening value. That may be harmless, or not."), names=names(careful))
        to_do = (WHAT_TO_GROW, TEST_HARVEST, *_soil_to_do(sample))
        return Told(Picture.WATCH, _("This field needs care"), means, to_do, (ONE_PLACE,))
    if all(_says_nothing(each) for each in sample.findings):
        return undecided(sample.findings)
    return Told(Picture.SOIL, _("The soil is tested"), _of_nutrients(sample), tuple(_soil_to_do(sample)), (ONE_PLACE,))


def _says_nothing(finding: Finding) -> bool:
    one = finding.reading
    return one.grade is None and one.ph_class is None and one.category is None


def _of_nutrients(sample: PublicSample) -> str:
    low = [each for each in sample.findings if level_of(each.reading) is Level.LOW]
    graded = [each for each in sample.findings if each.reading.grade is not None]
    acid = next((each.reading.ph_class for each in sample.findings if each.reading.ph_class), None)
    parts = [say(_("Low: {names}."), names=names(low))] if low else []
    if graded and not low:
        parts.append(say(_("No nutrient is low.")))
    if acid:
        parts.append(say(_("The soil is {ph_class}."), ph_class=TERMS[acid]))
    return ("" if language.get() == "zh" else " ").join(parts) or say(_("The risk of heavy metals is low."))


def _soil_to_do(sample: PublicSample) -> Iterable[str]:
    classes = {each.reading.ph_class for each in sample.findings}
    if classes & {"extremely_acid", "strongly_acid"}:
        yield TOO_ACID
    if classes & {"strongly_alkaline", "extremely_alkaline"}:
        yield TOO_ALKALINE
    if any(each.reading.grade is not None for each in sample.findings):
        yield ADVICE_BELOW if any(each.signed_by for each in sample.advice) else ADVICE_LATER
