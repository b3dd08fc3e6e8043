"""What a warning goes through, and how it ends."""

from enum import StrEnum


class WarningDoor(StrEnum):
    """How it came: posted by the police centre's system, or typed at the desk."""

    WEBHOOK = "webhook"
    DESK = "desk"


class WarningState(StrEnum):
    """open: nobody has taken it. acknowledged: somebody has. closed: it has an outcome."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


class AttemptHow(StrEnum):
    """How somebody tried to reach the person."""

    CALL = "call"
    SMS = "sms"
    VISIT = "visit"


class WarningOutcome(StrEnum):
    """劝阻成功、转账已拦下、已经被骗、不听劝、联系不上、误报."""

    DISSUADED = "dissuaded"
    TRANSFER_STOPPED = "transfer_stopped"
    ALREADY_LOST = "already_lost"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    MISTAKEN = "mistaken"


class HandedBecause(StrEnum):
    """Why a warning went on to somebody else."""

    FIRST = "first"
    NOT_ACKNOWLEDGED = "not_acknowledged"
    SHIFT_END = "shift_end"
    HANDED = "handed"
