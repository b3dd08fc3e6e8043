"""The room's vocabulary: doors, states, stages, outcomes, kinds of event."""

from enum import StrEnum


class Channel(StrEnum):
    """The door a case came through. Liaocheng's five (电话、微信、APP、网站、省转) and those of the villages."""

    PHONE = "phone"
    WECHAT = "wechat"
    APP = "app"
    WEB = "web"
    PROVINCE = "province"
    WALK_IN = "walk_in"
    MARKET_STALL = "market_stall"
    VISIT = "visit"
    QR = "qr"
    SMS = "sms"
    OPEN311 = "open311"


class CaseKind(StrEnum):
    """What is asked for. A suggestion takes the nine steps of 三三三; a question is answered on the spot; a diagnosis
    is an expert's (room `diagnosis`)."""

    REQUEST = "request"
    QUESTION = "question"
    COMPLAINT = "complaint"
    SUGGESTION = "suggestion"
    DIAGNOSIS = "diagnosis"


class CaseState(StrEnum):
    """Where a case is. `rules.STEPS` says how it gets there."""

    RECEIVED = "received"
    DISPATCHED = "dispatched"
    IN_HAND = "in_hand"
    SUSPENDED = "suspended"
    RESOLVED = "resolved"
    EXPLAINED = "explained"
    UNREASONABLE = "unreasonable"
    ANSWERED = "answered"
    EVALUATED = "evaluated"
    REOPENED = "reopened"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"


class Stage(StrEnum):
    """The five public stages 受理 分转 办结 反馈 评价, on which every state maps."""

    RECEIVED = "received"
    DISPATCHED = "dispatched"
    RESOLVED = "resolved"
    ANSWERED = "answered"
    EVALUATED = "evaluated"


class CaseOutcome(StrEnum):
    """How it ended. What was explained is counted apart from what was solved."""

    SOLVED = "solved"
    EXPLAINED = "explained"
    UNREASONABLE = "unreasonable"
    ANSWERED_ON_SPOT = "answered_on_spot"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"


class Satisfaction(StrEnum):
    """What the citizen says of it. `unreachable`: asked three times in vain."""

    SATISFIED = "satisfied"
    DISSATISFIED = "dissatisfied"
    UNREACHABLE = "unreachable"
