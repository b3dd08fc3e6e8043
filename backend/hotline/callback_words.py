"""What came of ringing somebody back."""

from enum import StrEnum


class CallbackResult(StrEnum):
    """What somebody said who was reached. `spoken`: he was reached, and said nothing of whether it helped."""

    SATISFIED = "satisfied"
    DISSATISFIED = "dissatisfied"
    SPOKEN = "spoken"
