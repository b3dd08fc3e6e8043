"""The words of this room."""

from enum import StrEnum


class SubmissionState(StrEnum):
    """What became of a submission that a phone was told is safe here.

    attention   kept, and no record yet: `refusal` says why, and somebody puts it right
    replaced    an edit of it came; the later one stands
    deleted     struck out by a person, with a reason; a phone that sends it again is refused
    """

    RECORDED = "recorded"
    ATTENTION = "attention"
    REPLACED = "replaced"
    DELETED = "deleted"


class Settling(StrEnum):
    """How a person ends a submission's waiting."""

    CARRIED_OVER = "carried_over"
    STRUCK_OUT = "struck_out"


class RecordKind(StrEnum):
    """What a submission can become, by the room it lies in."""

    VISIT = "visit"
    DIAGNOSIS_REQUEST = "diagnosis_request"
    ANTIFRAUD_ROUND = "antifraud_round"
    MARKET_STALL = "market_stall"
    SAMPLE = "sample"


class TakenHow(StrEnum):
    """How the sample was taken."""

    SOIL_S_SHAPE = "soil_s_shape"
    SOIL_FIVE_POINTS = "soil_five_points"
    SOIL_SINGLE = "soil_single"
    PRODUCE_RANDOM = "produce_random"
    PRODUCE_PACKED = "produce_packed"
    PRODUCE_BROUGHT = "produce_brought"


class BroughtBy(StrEnum):
    """Who hands it over. carrier: somebody who brought it along for others."""

    HOUSEHOLD = "household"
    SAMPLER = "sampler"
    MARKET = "market"
    CARRIER = "carrier"
