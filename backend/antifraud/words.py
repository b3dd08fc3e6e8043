"""The room's vocabulary."""

from enum import StrEnum


class WarningLevel(StrEnum):
    """高危、中危、低危, as the police centre grades a warning."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class WarningStep(StrEnum):
    """What is done about a warning, in this order; each has a clock of its own."""

    ACKNOWLEDGE = "acknowledge"
    CALL = "call"
    MEET = "meet"
    TEXT = "text"
