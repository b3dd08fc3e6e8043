"""What a finding means to the farmer: one picture, one word, one sentence, what to do now, and what it is not.

Of a sample with several findings the gravest speaks. A negative is never told as proof, a first positive never as the
end of it.
"""

from collections.abc import Iterable, Sequence

from backend.core.words import say
from backend.laboratory.conclusions import Standing
from backend.laboratory.farmer_soil_words import soil
from backend.laboratory.farmer_telling import NOT_FINE_YET, Picture, Told, names, undecided
from backend.laboratory.public import Finding, PublicSample
from backend.laboratory.reference import inhibition_policies, on_day
from backend.laboratory.words import Method, RunKind, SampleKind, Verdict


def _(msgid: str) -> str:
    return msgid


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
BANNED_LEFT = _("If some of it is left at home: do not use it, do not pour it away, ask us where to hand it in.")
FOLLOW = _("Do as the inspectors told you; ask them if anything is unclear.")

OF_A_FREE_TEST = frozenset({COME_AGAIN, AGAIN_SOON, LABORATORY})
"""What nobody is told of a sample that the authority took."""

ADVICE_ONLY = _("A free test is advice for you. It is no certificate, and no inspection.")
ONE_KIND = _(
    "This quick test sees two families of pesticides only, organophosphates and carbamates, and only much of them."
)
ONE_SUBSTANCE = _("Only what was looked for was looked for: nothing is said of other pesticides.")
SUPERVISION = _("This was taken by the authority as an inspection.")
OBJECT = _("If you do not accept it, say so within {hours} hours of hearing it; the re-test is no quick one.")


def told(sample: PublicSample) -> Told:
    """What its page says, in the language of this request."""
    if not sample.findings:
        found = _waiting(sample)
    elif sample.kind is SampleKind.SOIL:
        found = soil(sample)
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
    if unsaid := [each for each in sample.findings if each.reading.verdict is None]:
        return undecided(unsaid)
    return _clear(sample)


def _suspect(some: Sequence[Finding]) -> Told:
    means = say(_("{names}: in between. Of four such samples one is over the limit."), names=names(some))
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
    found = names(banned or sure)
    if banned:
        means = say(_("{names} was found: nobody may sell or use it any more."), names=found)
        to_do = (DO_NOT_SELL, BANNED_LEFT, RING_WHAT_SPRAYED, LABORATORY)
        return Told(Picture.STOP, _("A banned pesticide: do not sell"), means, to_do, (ONE_SUBSTANCE,))
    if by_laboratory := [each for each in sure if _by_laboratory(each)]:
        return _confirmed(by_laboratory)
    if all(each.reading.method is Method.STRIP for each in sure):
        means = say(_("A quick strip found {names}. A laboratory must confirm it."), names=found)
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
        means = say(_("{names}: over the national limit, measured by a laboratory."), names=names(substances))
    else:
        means = say(_("Another method found too much pesticide, too."))
    return Told(Picture.STOP, _("Over the limit: do not sell"), means, (DO_NOT_SELL, COME_AGAIN, RING_WHAT_SPRAYED))


def _by_laboratory(finding: Finding) -> bool:
    return finding.reading.method is Method.CHROMATOGRAPHY or finding.standing is Standing.CONFIRMED


def _clear(sample: PublicSample) -> Told:
    if any(each.standing is Standing.CLEARED for each in sample.findings):
        means = say(_("The first test was high; testing again found nothing unusual."))
    else:
        means = say(_("The quick test found nothing unusual."))
    by_enzyme = any(each.reading.kind == "inhibition" for each in sample.findings)
    limits = (ONE_KIND,) if by_enzyme else (ONE_SUBSTANCE,)
    return Told(Picture.CLEAR, _("Nothing unusual found"), means, (AS_USUAL,), limits)


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
