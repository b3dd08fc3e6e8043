"""The room's vocabulary."""

from enum import StrEnum


class Comparator(StrEnum):
    """How a value stands to the number: `<5.0` is below the limit of detection, `>` above the range."""

    EQUAL = "="
    BELOW = "<"
    ABOVE = ">"
    NOT_DETECTED = "nd"


class Verdict(StrEnum):
    """What a residue test says. None of them is proof of compliance; `invalid` says nothing about the sample."""

    NEGATIVE = "negative"
    SUSPECT = "suspect"
    POSITIVE = "positive"
    INVALID = "invalid"


class SampleKind(StrEnum):
    """What was sampled."""

    PRODUCE = "produce"
    SOIL = "soil"


class LandUse(StrEnum):
    """What a field is used for, as far as GB 15618-2018 tells it apart. A rotation takes the stricter of two."""

    PADDY = "paddy"
    UPLAND = "upland"
    ORCHARD = "orchard"
    ROTATION = "rotation"


class RunKind(StrEnum):
    """advice: a studio's free test. supervision: sampling by the authority, with its objection clock."""

    ADVICE = "advice"
    SUPERVISION = "supervision"


class Method(StrEnum):
    """How it was measured."""

    ENZYME_INHIBITION = "enzyme_inhibition"
    STRIP = "strip"
    CHROMATOGRAPHY = "chromatography"
    SOIL_TEST = "soil_test"
    UNKNOWN = "unknown"


class Calibration(StrEnum):
    """Of the instrument on the day. Overdue blocks a verdict unless somebody answered for it (`overridden`)."""

    VALID = "valid"
    OVERDUE = "overdue"
    OVERRIDDEN = "overridden"
    UNKNOWN = "unknown"


class SoilCategory(StrEnum):
    """优先保护、安全利用、严格管控: the three categories of farmland by GB 15618-2018, the mildest first."""

    PRIORITY_PROTECTION = "priority_protection"
    SAFE_USE = "safe_use"
    STRICT_CONTROL = "strict_control"
