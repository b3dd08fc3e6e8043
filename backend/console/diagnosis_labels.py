"""Diagnosis as people read it: crops' stages and organs, where a request stands, how an answer is given."""

from datetime import timedelta
from typing import Any, Protocol

from backend.console.clock_labels import DAY, HOUR
from backend.core import clock
from backend.core.words import Term, language, say
from backend.diagnosis.answer_schemas import Product
from backend.diagnosis.request_schemas import MU_PER_HECTARE
from backend.diagnosis.words import (
    AnswerKind,
    Confidence,
    ConsentPurpose,
    GrowthStage,
    OfferEnding,
    Organ,
    OutcomeResult,
    ProductKind,
    RefusalReason,
    RequestState,
    Tier,
    Topic,
)

TOPICS = {
    Topic.DISEASE: Term("A disease"),
    Topic.PEST: Term("Insects or other animals"),
    Topic.WEED: Term("Weeds"),
    Topic.NUTRITION: Term("Something is lacking (fertiliser)"),
    Topic.WEATHER: Term("Weather: flood, drought, hail, frost"),
    Topic.CHEMICAL_DAMAGE: Term("Harm by a spray"),
    Topic.SEED: Term("Seed or seedlings"),
    Topic.UNSURE: Term("Not clear yet"),
}
GROWTH_STAGES = {
    GrowthStage.SEEDLING: Term("Seedling stage"),
    GrowthStage.VEGETATIVE: Term("Growing, no flowers yet"),
    GrowthStage.FLOWERING: Term("In flower or heading"),
    GrowthStage.FRUITING: Term("Fruit or grain is forming"),
    GrowthStage.RIPENING: Term("Ripening"),
    GrowthStage.HARVESTED: Term("Harvested already"),
    GrowthStage.UNSURE: Term("Stage not told"),
}
ORGANS = {
    Organ.LEAF: Term("On the leaves"),
    Organ.STEM: Term("On the stem"),
    Organ.ROOT: Term("At the root"),
    Organ.FLOWER: Term("On the flowers"),
    Organ.FRUIT: Term("On the fruit"),
    Organ.EAR: Term("On the ears"),
    Organ.WHOLE_PLANT: Term("The whole plant"),
    Organ.UNSURE: Term("Part not told"),
}
STATES = {
    RequestState.AWAITING_PHOTO: Term("Waits for a photo"),
    RequestState.ROUTING: Term("An expert is looked for"),
    RequestState.OFFERED: Term("Put before an expert"),
    RequestState.POOLED: Term("In the pool: whoever can, takes it"),
    RequestState.CLAIMED: Term("An expert has it"),
    RequestState.ASKED: Term("Waits for the farmer's word"),
    RequestState.ANSWERED: Term("Answered by the expert"),
    RequestState.ENDED: Term("Ended without an answer"),
}
CONFIDENCES = {
    Confidence.SURE: Term("Sure of it"),
    Confidence.LIKELY: Term("Most likely"),
    Confidence.UNSURE: Term("Not sure"),
}
ANSWERS = {
    AnswerKind.FIRST: Term("The expert's answer"),
    AnswerKind.SECOND: Term("Second opinion"),
    AnswerKind.CORRECTION: Term("Corrected by the chief expert"),
}
RESULTS = {
    OutcomeResult.BETTER: Term("It is better"),
    OutcomeResult.SAME: Term("It is the same"),
    OutcomeResult.WORSE: Term("It is worse"),
}
RESULT_SIGNS = {
    OutcomeResult.BETTER: ("▲", "good"),
    OutcomeResult.SAME: ("■", ""),
    OutcomeResult.WORSE: ("▼", "bad"),
}
DECLINES = {
    RefusalReason.NOT_MY_FIELD: Term("It is not my field"),
    RefusalReason.NO_TIME: Term("I have no time now"),
    RefusalReason.KNOWS_THE_FARMER: Term("I am close to the farmer"),
    RefusalReason.OTHER: Term("Another reason"),
}
ENDINGS = {
    OfferEnding.CLAIMED: Term("took it"),
    OfferEnding.DECLINED: Term("declined it"),
    OfferEnding.LAPSED: Term("the time ran out"),
    OfferEnding.HANDED_OVER: Term("handed it over"),
    OfferEnding.WITHDRAWN: Term("taken back"),
}
TIERS = {
    Tier.LOCAL: Term("Local expert"),
    Tier.EXPERT: Term("Studio expert"),
    Tier.CHIEF: Term("Chief expert"),
}
PRODUCTS = {
    ProductKind.PESTICIDE: Term("A pesticide"),
    ProductKind.FERTILISER: Term("A fertiliser"),
    ProductKind.OTHER: Term("Some other product"),
}
WARNINGS = {
    "registration_missing": Term("The registration number of a pesticide is missing."),
    "registration_odd": Term("A registration number does not look like one."),
    "substance_missing": Term("The active ingredient of a pesticide is missing: bans are looked up by it."),
    "protection_missing": Term("Nothing is said about protection when spraying."),
    "banned_name_in_words": Term("A banned pesticide is named in the words. Fine, if it is a warning."),
}
"""What was odd about an answer when it was given; it went out all the same."""
PARTS = {
    "load": Term("Whose turn it is"),
    "competence": Term("The field"),
    "on_duty": Term("Duty"),
    "household": Term("Knows the household"),
    "distance": Term("The way there"),
    "tier": Term("Who is asked first"),
}
"""The parts of a score."""
CONSENTS = {
    ConsentPurpose.HANDLING: Term("to answer this question"),
    ConsentPurpose.LEARNING: Term("to learn from it later"),
}


MINUTE = timedelta(minutes=1)


class Named(Protocol):
    """A crop or a condition."""

    @property
    def name_zh(self) -> str: ...

    @property
    def name_en(self) -> str: ...


def label(table: dict[Any, Term], value: Any) -> str:
    """A word of one of the tables above; what they do not know, as it is."""
    return say(table[value]) if value in table else str(value)


def warning(code: str) -> str:
    """One of the warnings."""
    return say(WARNINGS[code]) if code in WARNINGS else code


def choices(table: dict[Any, Term]) -> list[tuple[str, str]]:
    """A table for a select or for buttons."""
    return [(value.value, say(name)) for value, name in table.items()]


def name(one: Named) -> str:
    """A crop's or a condition's name in the reader's language."""
    return one.name_zh if language.get() == "zh" else one.name_en


def number(value: float) -> str:
    """2.0 as 2, 2.5 as 2.5."""
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def area(mu: float | None) -> str:
    """How much land: mu, as everybody says it, and hectares beside it from one on; empty where nobody told.

    >>> area(30)
    '30 亩（2 公顷）'
    """
    if mu is None:
        return ""
    if mu < MU_PER_HECTARE:
        return say("{n} mu", n=number(mu))
    return say("{n} mu ({ha} ha)", n=number(mu), ha=number(round(mu / MU_PER_HECTARE, 1)))


def ago(moment: Any) -> str:
    """How long ago, as one says it."""
    since = clock.now() - moment
    if since >= DAY:
        return say("{n} days ago", n=since // DAY)
    if since >= HOUR:
        return say("{n} hours ago", n=since // HOUR)
    minutes = since // MINUTE
    return say("{n} minutes ago", n=minutes) if minutes > 0 else say("just now")


DOSES = {
    "g/mu": Term("{n} g for a mu"),
    "kg/mu": Term("{n} kg for a mu"),
    "mL/mu": Term("{n} mL for a mu"),
    "L/mu": Term("{n} L for a mu"),
    "g/L": Term("{n} g in a litre of water"),
    "mL/L": Term("{n} mL in a litre of water"),
}


def dose(product: Product) -> str:
    """How much of it each time, as one weighs it out: `每亩 20 克`; empty where nobody told."""
    if product.dose is None:
        return ""
    unit = product.dose_unit or ""
    known = DOSES.get(unit)
    return say(known, n=number(product.dose)) if known else f"{number(product.dose)} {unit}".strip()


def product_line(product: Product) -> str:
    """How a product is used, in a line: dose and water, how often, how long before the harvest.

    >>> product_line(Product(name="戊唑醇", dose=30, dose_unit="克/亩", times=2, interval_days=7, pre_harvest_days=21))
    '30 克/亩；最多 2 次；隔 7 天；收获前 21 天停用'
    """
    parts = [
        dose(product),
        product.water_l_per_mu and say("in {n} L of water a mu", n=number(product.water_l_per_mu)),
        product.times and say("at most {n} times", n=product.times),
        product.interval_days and say("{n} days between", n=product.interval_days),
        product.pre_harvest_days is not None and say("none {n} days before harvest", n=product.pre_harvest_days),
        product.registration_no,
    ]
    return say("; ").join(part for part in parts if part)
