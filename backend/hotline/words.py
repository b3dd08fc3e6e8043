"""The room's vocabulary: calls, texts, callbacks, transfers, firms, pledges, surveys."""

from enum import StrEnum


class SystemKind(StrEnum):
    """What posts to us: a telephone exchange, or an SMS gateway."""

    PHONE = "phone"
    SMS = "sms"


class CallDirection(StrEnum):
    """Who rang."""

    IN = "in"
    OUT = "out"


class CallState(StrEnum):
    """Where a call is. `missed`: nobody took it before the caller hung up."""

    RINGING = "ringing"
    TALKING = "talking"
    ENDED = "ended"
    MISSED = "missed"


class TextState(StrEnum):
    """Where an incoming text is. `unroutable`: a person has to read it."""

    RECEIVED = "received"
    CASE = "case"
    ANSWERED = "answered"
    UNROUTABLE = "unroutable"


class CallbackReason(StrEnum):
    """Why somebody is rung: his call was missed, his matter was resolved (回访), he was promised it."""

    MISSED_CALL = "missed_call"
    RESOLUTION = "resolution"
    PROMISE = "promise"


class CallbackState(StrEnum):
    """Where a callback is. `moot`: he rang himself, or his case moved on."""

    OPEN = "open"
    REACHED = "reached"
    UNREACHABLE = "unreachable"
    MOOT = "moot"


class Supervised(StrEnum):
    """Why a supervisor follows it."""

    EMERGENCY = "emergency"
    REPEATED = "repeated"
    RUDENESS = "rudeness"
    DISSATISFIED = "dissatisfied"


class Line(StrEnum):
    """Another line that a caller is handed to."""

    POLICE_110 = "110"
    FIRE_119 = "119"
    AMBULANCE_120 = "120"
    LEGAL_12348 = "12348"
    FRAUD_96110 = "96110"


class TransferState(StrEnum):
    """Who is responsible now. `offered` and `returned`: we are; `accepted` and `closed`: the other line was or is."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    CLOSED = "closed"


class FirmCaseState(StrEnum):
    """A dissatisfied firm's matter on the leader's desk."""

    OPEN = "open"
    ENDORSED = "endorsed"
    CLOSED = "closed"


class PledgeState(StrEnum):
    """Where a pledge is."""

    UNDERWAY = "underway"
    DONE = "done"
    DROPPED = "dropped"


class WaveState(StrEnum):
    """Where a survey wave is."""

    DRAWN = "drawn"
    CLOSED = "closed"


class DrawState(StrEnum):
    """What became of one who was drawn."""

    TO_ASK = "to_ask"
    ANSWERED = "answered"
    DECLINED = "declined"
    UNREACHABLE = "unreachable"
