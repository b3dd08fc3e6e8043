"""What a finding means to the farmer: one picture, one word, one sentence, what to do now, and what it is not.

Of a sample with several findings the gravest speaks. A negative is never told as proof, a first positive never as the
end of it.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from msgspec import Struct

from backend.core.words import language, say
from backend.laboratory.conclusions import Standing
from backend.laboratory.judgement_reasons import TERMS, Name
from backend.laboratory.public import Finding, PublicSample
from backend.laboratory.reference import inhibition_policies, on_day
from backend.laboratory.soil_words import Level, level_of
from backend.laboratory.words import Method, RunKind, SampleKind, SoilCategory, Verdict


def _(msgid: str) -> str:
    return msgid


class Picture(StrEnum):
    """What he sees first: its shape and colour say it without a word, as a road sign does."""

    WAIT = "wait"
    CLEAR = "clear"
    WATCH = "watch"
    STOP = "stop"
    REDO = "redo"
    OPEN = "open"
    SOIL = "soil"


class Told(Struct, frozen=True):
    """What the page says. `to_do`: the most urgent first. `no_proof`: what it is not."""

    picture: Picture
    word: str
    means: str
    to_do: tuple[str, ...]
    no_proof: tuple[str, ...] = ()


MOST_NAMES = 4

SEE_AGAIN = _("Keep the slip: scan it any time to see how far it is.")
RING_WHAT_SPRAYED = _("Ring us and say what you sprayed last, and on which day.")
HOLD = _("Do not pick, sell or eat this lot yet.")
DO_NOT_SELL = _("Do not sell or eat this lot.")
WAIT_FOR_IT = _("Do not hurry to pick and sell: wait for the second test.")
COME_AGAIN = _("Wait as many days as the bottle says, then bring some again: it costs nothing.")
LABORATORY = _("To be certain, a laboratory with other instruments must test it. We tell you how to send it.")
AS_USUAL = _("Go on as usual. After spraying, pick only when the days on the bottle are over.")
AGAIN_SOON = _("Do not hurry to pick and sell. Bring some again in a few days: it costs nothing.")
WE_REPEAT = _("We test it again. If there is too little of it left, we ask you for another bag.")
NOT_FINE_YET = _("Until then do not take it for fine.")
ASK_WHY = _("Ring us and ask what is missing.")
BANNED_LEFT = _("If some of it is left at home: do not use it, do not pour it away, ask us where to hand it in.")
ADVICE_BELOW = _("Which fertiliser and how much: the signed advice below says it.")
ADVICE_LATER = _("Which fertiliser and how much: wait for the agronomist's signed advice, or ring us.")
TOO_ACID = _("The soil is too acid: ask the agronomist whether it needs lime, and how much.")
TOO_ALKALINE = _("The soil is too alkaline: ask the agronomist what helps.")
WHAT_TO_GROW = _("Ask the agronomist what to grow there.")
TEST_HARVEST = _("Bring some of what grows there, so that it is tested too.")
FOLLOW = _("Do as the inspectors told you; ask them if anything is unclear.")
NOT_BY_YOURSELF = _("Do not sow food there before you have asked.")

OF_A_FREE_TEST = frozenset({COME_AGAIN, AGAIN_SOON, LABORATORY})
"""What nobody is told of a sample that the authority took."""

ADVICE_ONLY = _("A free test is advice for you. It is no certificate, and no inspection.")
ONE_KIND = _(
    "This quick test sees two families of pesticides only, organophosphates and carbamates, and only much of them."
)
ONE_SUBSTANCE = _("Only what was looked for was looked for: nothing is said of other pesticides.")
ONE_PLACE = _("It tells of the place where the soil was taken, of no other.")
SUPERVISION = _("This was taken by the authority as an inspection.")
OBJECT = _("If you do not accept it, say so within {hours} hours of hearing it; the re-test is no quick one.")


def told(sample: PublicSample) -> Told:
    """What its page says, in the language of this request."""
    if not sample.findings:
        found = _waiting(sample)
    elif sample.kind is SampleKind.SOIL:
        found = _soil(sample)
    else:
        found = _produce(sample)
    return Told(
        found.picture,
        say(found.word),
        found.means,
        tuple(say(each) for each in _to_do(sample, found)),
        (*(say(each) for each in found.no_proof), *_whose_test(sample)),
    )


def _to_do(sample: PublicSample, found: Told) -> Iterable[str]:
    if sample.run_kind is RunKind.ADVICE:
        return found.to_do
    follow = (FOLLOW,) if found.picture in (Picture.STOP, Picture.WATCH) else ()
    return (*(each for each in found.to_do if each not in OF_A_FREE_TEST), *follow)


def _waiting(sample: PublicSample) -> Told:
    after = [_("We ring you as soon as it is there.")] if sample.wants_call else []
    if sample.at_bench:
        means = say(_("It is at {studio} and waits its turn."), studio=sample.studio)
        return Told(Picture.WAIT, _("Being tested"), means, (*after, SEE_AGAIN))
    if sample.holder:
        means = say(_("It is at {holder} and goes on to {studio}."), holder=sample.holder, studio=sample.studio)
    else:
        means = say(_("It is on its way to {studio}."), studio=sample.studio)
    return Told(Picture.WAIT, _("On its way"), means, (*after, SEE_AGAIN))


def _produce(sample: PublicSample) -> Told:
    positive = [each for each in sample.findings if _positive(each)]
    sure = [each for each in positive if each.standing is not Standing.REPEATING and not _first_of_enzyme(each)]
    if sure:
        return _found(sure)
    if positive:
        return _to_repeat(positive)
    if some := _with(sample.findings, Verdict.SUSPECT):
        return _suspect(some)
    if _with(sample.findings, Verdict.INVALID):
        means = say(_("The test itself did not work; it says nothing about what you grow."))
        return Told(Picture.REDO, _("It did not work"), means, (WE_REPEAT, NOT_FINE_YET))
    if undecided := [each for each in sample.findings if each.reading.verdict is None]:
        return _undecided(undecided)
    return _clear(sample)


def _suspect(some: Sequence[Finding]) -> Told:
    means = say(_("{names}: in between. Of four such samples one is over the limit."), names=_names(some))
    most = max(each.repeats_open for each in some)
    if most:
        means += say(_("We test it {n} more times."), n=most)
    to_do = (WAIT_FOR_IT if most else AGAIN_SOON, RING_WHAT_SPRAYED)
    return Told(Picture.WATCH, _("Not clear, test again"), means, to_do, (ONE_KIND,))


def _positive(finding: Finding) -> bool:
    return finding.reading.verdict is Verdict.POSITIVE and finding.standing is not Standing.CLEARED


def _first_of_enzyme(finding: Finding) -> bool:
    """One that nobody has repeated yet, whether or not somebody has asked for it."""
    return finding.standing is Standing.FOUND and finding.reading.method not in (Method.STRIP, Method.CHROMATOGRAPHY)


def _to_repeat(positive: Sequence[Finding]) -> Told:
    most = max(each.repeats_open for each in positive)
    if most:
        means = say(_("The first test was high. That may be wrong: we test {n} more times before it counts."), n=most)
    else:
        means = say(_("The first test was high. That may be wrong: it has to be repeated before it counts."))
    return Told(Picture.STOP, _("High: do not sell yet"), means, (HOLD, RING_WHAT_SPRAYED), (ONE_KIND,))


def _found(sure: Sequence[Finding]) -> Told:
    banned = [each for each in sure if each.reading.ban_found]
    names = _names(banned or sure)
    if banned:
        means = say(_("{names} was found: nobody may sell or use it any more."), names=names)
        to_do = (DO_NOT_SELL, BANNED_LEFT, RING_WHAT_SPRAYED, LABORATORY)
        return Told(Picture.STOP, _("A banned pesticide: do not sell"), means, to_do, (ONE_SUBSTANCE,))
    if by_laboratory := [each for each in sure if _by_laboratory(each)]:
        return _confirmed(by_laboratory)
    if all(each.reading.method is Method.STRIP for each in sure):
        means = say(_("A quick strip found {names}. A laboratory must confirm it."), names=names)
        to_do = (HOLD, RING_WHAT_SPRAYED, COME_AGAIN, LABORATORY)
        return Told(Picture.STOP, _("Something was found: do not sell yet"), means, to_do, (ONE_SUBSTANCE,))
    means = _how_often(max(sure, key=lambda each: each.takes_n))
    to_do = (DO_NOT_SELL, COME_AGAIN, RING_WHAT_SPRAYED, LABORATORY)
    return Told(Picture.STOP, _("Too high: do not sell"), means, to_do, (ONE_KIND,))


def _how_often(finding: Finding) -> str:
    if finding.high_n == finding.takes_n:
        often = _("Tested {n} times, and it stayed high: very likely too much pesticide is on it.")
    else:
        often = _("Tested {n} times, {high} times it was high: quite likely too much pesticide is on it.")
    return say(often, n=finding.takes_n, high=finding.high_n)


def _confirmed(sure: Sequence[Finding]) -> Told:
    substances = [each for each in sure if each.reading.kind == "pesticide"]
    if substances:
        means = say(_("{names}: over the national limit, measured by a laboratory."), names=_names(substances))
    else:
        means = say(_("Another method found too much pesticide, too."))
    return Told(Picture.STOP, _("Over the limit: do not sell"), means, (DO_NOT_SELL, COME_AGAIN, RING_WHAT_SPRAYED))


def _by_laboratory(finding: Finding) -> bool:
    return finding.reading.method is Method.CHROMATOGRAPHY or finding.standing is Standing.CONFIRMED


def _undecided(undecided: Sequence[Finding]) -> Told:
    why = next((str(each.reading.reasons[0]) for each in undecided if each.reading.reasons), "")
    means = say(_("It was measured, but nothing can be said of it yet. {why}"), why=why)
    return Told(Picture.OPEN, _("Nothing can be said yet"), means.strip(), (ASK_WHY, NOT_FINE_YET))


def _clear(sample: PublicSample) -> Told:
    if any(each.standing is Standing.CLEARED for each in sample.findings):
        means = say(_("The first test was high; testing again found nothing unusual."))
    else:
        means = say(_("The quick test found nothing unusual."))
    by_enzyme = any(each.reading.kind == "inhibition" for each in sample.findings)
    limits = (ONE_KIND,) if by_enzyme else (ONE_SUBSTANCE,)
    return Told(Picture.CLEAR, _("Nothing unusual found"), means, (AS_USUAL,), limits)


def _soil(sample: PublicSample) -> Told:
    strict, careful = (
        [each for each in sample.findings if each.reading.category is category]
        for category in (SoilCategory.STRICT_CONTROL, SoilCategory.SAFE_USE)
    )
    if strict:
        means = say(_("{names}: over the control value."), names=_names(strict))
        to_do = (NOT_BY_YOURSELF, WHAT_TO_GROW, TEST_HARVEST, *_soil_to_do(sample))
        return Told(Picture.STOP, _("This field: high risk"), means, to_do, (ONE_PLACE,))
    if careful:
        means = say(_("{names}: over the screening value. That may be harmless, or not."), names=_names(careful))
        to_do = (WHAT_TO_GROW, TEST_HARVEST, *_soil_to_do(sample))
        return Told(Picture.WATCH, _("This field needs care"), means, to_do, (ONE_PLACE,))
    if all(_says_nothing(each) for each in sample.findings):
        return _undecided(sample.findings)
    return Told(Picture.SOIL, _("The soil is tested"), _of_nutrients(sample), tuple(_soil_to_do(sample)), (ONE_PLACE,))


def _says_nothing(finding: Finding) -> bool:
    one = finding.reading
    return one.grade is None and one.ph_class is None and one.category is None


def _of_nutrients(sample: PublicSample) -> str:
    low = [each for each in sample.findings if level_of(each.reading) is Level.LOW]
    graded = [each for each in sample.findings if each.reading.grade is not None]
    acid = next((each.reading.ph_class for each in sample.findings if each.reading.ph_class), None)
    parts = [say(_("Low: {names}."), names=_names(low))] if low else []
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


def _whose_test(sample: PublicSample) -> Iterable[str]:
    if sample.run_kind is RunKind.ADVICE:
        yield say(ADVICE_ONLY)
        return
    yield say(SUPERVISION)
    policy = on_day(inhibition_policies(), sample.received_at.date())
    if policy and sample.findings and sample.kind is not SampleKind.SOIL:
        yield say(OBJECT, hours=policy.objection_hours)


def _with(findings: Iterable[Finding], verdict: Verdict) -> list[Finding]:
    return [each for each in findings if each.reading.verdict is verdict]


def _names(findings: Iterable[Finding]) -> list[str]:
    """The first few by name: he is to read one sentence."""
    names = [name_of(each.reading.name) for each in findings]
    if len(names) <= MOST_NAMES:
        return names
    return [*names[: MOST_NAMES - 1], say(_("{n} more"), n=len(names) - MOST_NAMES + 1)]


def name_of(name: Name) -> str:
    """In the reader's language."""
    return name.zh if language.get() == "zh" else name.en
