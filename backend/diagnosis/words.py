"""The room's vocabulary: what is asked about, where a request stands, how an answer is given."""

from enum import StrEnum


class Topic(StrEnum):
    """What sort of trouble it seems to be; whoever asks may not know."""

    DISEASE = "disease"
    PEST = "pest"
    WEED = "weed"
    NUTRITION = "nutrition"
    WEATHER = "weather"
    CHEMICAL_DAMAGE = "chemical_damage"
    SEED = "seed"
    UNSURE = "unsure"


class GrowthStage(StrEnum):
    """How far the crop is, in words for every crop."""

    SEEDLING = "seedling"
    VEGETATIVE = "vegetative"
    FLOWERING = "flowering"
    FRUITING = "fruiting"
    RIPENING = "ripening"
    HARVESTED = "harvested"
    UNSURE = "unsure"


class Organ(StrEnum):
    """Which part of the plant shows it."""

    LEAF = "leaf"
    STEM = "stem"
    ROOT = "root"
    FLOWER = "flower"
    FRUIT = "fruit"
    EAR = "ear"
    WHOLE_PLANT = "whole_plant"
    UNSURE = "unsure"


class RequestState(StrEnum):
    """Where a request stands, beside the state of its case.

    awaiting_photo  a first or a better photo is asked for; nobody is troubled yet
    routing         an expert is looked for
    offered         one expert has it before him
    pooled          every able expert sees it
    claimed         an expert has it
    asked           he asked the farmer back, and waits
    answered        there is an answer, and perhaps it must still be read to the farmer (`told_at`)
    ended           withdrawn, merged or rejected
    """

    AWAITING_PHOTO = "awaiting_photo"
    ROUTING = "routing"
    OFFERED = "offered"
    POOLED = "pooled"
    CLAIMED = "claimed"
    ASKED = "asked"
    ANSWERED = "answered"
    ENDED = "ended"


OPEN_STATES = frozenset(RequestState) - {RequestState.ANSWERED, RequestState.ENDED}
"""In which a request waits for somebody."""


class Tier(StrEnum):
    """Whom a request reaches first: a local expert (土专家), then the studio's experts, at last the chief."""

    LOCAL = "local"
    EXPERT = "expert"
    CHIEF = "chief"


class OfferEnding(StrEnum):
    """How an offer ended."""

    CLAIMED = "claimed"
    DECLINED = "declined"
    LAPSED = "lapsed"
    HANDED_OVER = "handed_over"
    WITHDRAWN = "withdrawn"


class RefusalReason(StrEnum):
    """Why an expert does not take a request."""

    NOT_MY_FIELD = "not_my_field"
    NO_TIME = "no_time"
    KNOWS_THE_FARMER = "knows_the_farmer"
    OTHER = "other"


class Confidence(StrEnum):
    """How sure the expert is."""

    SURE = "sure"
    LIKELY = "likely"
    UNSURE = "unsure"


class ProductKind(StrEnum):
    """What is advised by name. A pesticide is judged by the bans and takes dose, interval and pre-harvest days."""

    PESTICIDE = "pesticide"
    FERTILISER = "fertiliser"
    OTHER = "other"


class ToldHow(StrEnum):
    """How somebody was told what the answer is."""

    CALLED = "called"
    READ_TO_HIM = "read_to_him"
    HIS_PHONE = "his_phone"


class AnswerKind(StrEnum):
    """first: the expert's. second: the blind second opinion. correction: the chief's, told to the farmer."""

    FIRST = "first"
    SECOND = "second"
    CORRECTION = "correction"


class OutcomeResult(StrEnum):
    """How the crop is doing after the advice, in the farmer's judgement."""

    BETTER = "better"
    SAME = "same"
    WORSE = "worse"


class ConsentPurpose(StrEnum):
    """What somebody agrees to when he asks. `learning` is its own question and never ticked beforehand."""

    HANDLING = "handling"
    LEARNING = "learning"
