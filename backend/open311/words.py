"""The room's vocabulary: what a partner may do, how much is published, what a webhook may tell."""

from enum import StrEnum


class Permission(StrEnum):
    """What a partner's key opens. Reading needs none."""

    FILE = "file"
    UPDATE = "update"


class Level(StrEnum):
    """How much of a case everybody may read.

    full    what was written, with personal data covered, and the point as it was given
    area    what was written, covered, and the middle of the square kilometre
    status  what kind of thing it is and where it stands; no words, no place
    none    not even that there is such a case
    """

    FULL = "full"
    AREA = "area"
    STATUS = "status"
    NONE = "none"


class Event(StrEnum):
    """What a webhook may tell: the public lines of a timeline, by their own names."""

    OPENED = "opened"
    ANSWERED_ON_SPOT = "answered_on_spot"
    DISPATCHED = "dispatched"
    TAKEN_IN_HAND = "taken_in_hand"
    TRANSFERRED = "transferred"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    RESPONDED = "responded"
    RESOLVED = "resolved"
    EXPLAINED = "explained"
    REJECTED = "rejected"
    ANSWERED = "answered"
    EVALUATED = "evaluated"
    CONTESTED = "contested"
    REOPENED = "reopened"
    MERGED = "merged"
    UNMERGED = "unmerged"
    WITHDRAWN = "withdrawn"


class Field(StrEnum):
    """What a webhook may carry. There is no contact in this list: what is not offered cannot be allowed."""

    NUMBER = "number"
    UPSTREAM_NUMBER = "upstream_number"
    STATUS = "status"
    EXTENDED_STATUS = "extended_status"
    STAGE = "stage"
    OUTCOME = "outcome"
    CATEGORY = "category"
    TITLE = "title"
    DESCRIPTION = "description"
    WORDS = "words"
    DIVISION = "division"
    AREA = "area"
    AGENCY = "agency"
    RECEIVED_AT = "received_at"
    UPDATED_AT = "updated_at"
    EXPECTED_AT = "expected_at"


class DeliveryState(StrEnum):
    """Where a delivery stands. `held`: it failed too often, or was switched off; somebody may send it again."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    HELD = "held"


class Answer(StrEnum):
    """What came of one try, where it was not an HTTP status of success."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"
    UNREACHABLE = "unreachable"
    ADDRESS_FORBIDDEN = "address_forbidden"
    SWITCHED_OFF = "switched_off"


NEVER_LEFT = frozenset({Answer.UNREACHABLE, Answer.ADDRESS_FORBIDDEN, Answer.SWITCHED_OFF})
"""Tries in which not one byte of the body went out."""
