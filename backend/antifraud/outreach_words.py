"""What a round and a letter go through."""

from enum import StrEnum


class HouseholdMark(StrEnum):
    """What became of a door while a round runs. declined is nobody's fault, and is forgotten at the round's end."""

    VISITED = "visited"
    ABSENT = "absent"
    DECLINED = "declined"


class AgeBand(StrEnum):
    """Of whoever opened, as far as the assistant can tell; nothing more is kept of him."""

    UNDER_18 = "under_18"
    FROM_18 = "18_40"
    FROM_41 = "41_65"
    OVER_65 = "over_65"
    UNSAID = "unsaid"


class LetterMove(StrEnum):
    """What happened to letters of a range. `given`: a village got them; the others take them from its stock."""

    GIVEN = "given"
    SIGNED = "signed"
    DECLINED = "declined"
    LOST = "lost"
    RETURNED = "returned"
