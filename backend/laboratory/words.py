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


class SampleState(StrEnum):
    """held: it came in a file and nobody received it. joined: a held one that turned out to be another sample."""

    HELD = "held"
    RECEIVED = "received"
    JOINED = "joined"


class SampleConsentPurpose(StrEnum):
    """What a farmer may agree to about his own free test, each by itself; without a line he did not.

    share   findings may be told to partners and to the authority
    """

    HANDLING = "handling"
    SHARE = "share"


class ImportState(StrEnum):
    """queued, running: rows come in behind the answer. failed: the file as a whole; what was stored before stays."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class ImportDoor(StrEnum):
    """How a file came in."""

    API = "api"
    PAGE = "page"
    COMMAND = "command"
    FOLDER = "folder"
    LIVE = "live"


class RowOutcome(StrEnum):
    """What became of a row. duplicate: the same record is there already. refused: why, at which column."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


class JudgedBecause(StrEnum):
    """Why a result was judged again.

    joined, overridden, run_recorded   we know more of the circumstances: the new judgement counts, the old one is kept
    (overridden: somebody answered for the overdue instrument, or wrote its calibration down after all)
    asked                              somebody asked by today's limits: the new one stands beside, the old one counts
    """

    JOINED = "joined"
    OVERRIDDEN = "overridden"
    RUN_RECORDED = "run_recorded"
    ASKED = "asked"


class RetestKind(StrEnum):
    """repeat: the same method again, at least twice. confirmation: another, not rapid one. objection: to a supervision
    sampling's rapid result, within its clock, by no rapid method.
    """

    REPEAT = "repeat"
    CONFIRMATION = "confirmation"
    OBJECTION = "objection"


class RetestState(StrEnum):
    """upheld: it found the same; overturned: it did not. An inconclusive one (an invalid run) leaves it open."""

    OPEN = "open"
    UPHELD = "upheld"
    OVERTURNED = "overturned"
    WITHDRAWN = "withdrawn"


class AdviceState(StrEnum):
    """to_sign: a draft with an amount that waits for an agronomist."""

    TO_SIGN = "to_sign"


class InvalidRun(StrEnum):
    """Why nothing that a run measured counts."""

    BLANK_OUT_OF_WINDOW = "blank_out_of_window"
    CONTROL_OUT_OF_RANGE = "control_out_of_range"
    REPLICATES_DISAGREE = "replicates_disagree"
    SAID_SO = "said_so"


class SampleTemperature(StrEnum):
    """How a sample travelled."""

    AMBIENT = "ambient"
    COOLED = "cooled"
    FROZEN = "frozen"
