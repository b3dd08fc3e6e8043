"""The vocabulary of loops: ways up, meetings, briefings, the nine steps of a suggestion, hot spots."""

from enum import StrEnum


class Way(StrEnum):
    """Which way up. `loop`: trade, departments, joint meeting. `level`: cell, village, township, county (层层反映)."""

    LOOP = "loop"
    LEVEL = "level"


class MeetingState(StrEnum):
    """Where a joint meeting (会商) stands."""

    CALLED = "called"
    CONCLUDED = "concluded"


class ClockChange(StrEnum):
    """What a meeting does to the clocks of a case. `renew`: they run anew from the meeting on."""

    LEAVE = "leave"
    SUSPEND = "suspend"
    RENEW = "renew"


class BriefingState(StrEnum):
    """Where a briefing (专报) stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ENDORSED = "endorsed"
    EXECUTED = "executed"


class Signatory(StrEnum):
    """Who signs a suggestion before it is handled (三画押)."""

    COUNTY_LEADER = "county_leader"
    BUREAU_HEAD = "bureau_head"
    SUGGESTER = "suggester"


class ReportTo(StrEnum):
    """Whom the outcome is reported to (三报告). `public_notice`: everybody."""

    PARTY_COMMITTEE = "party_committee"
    CONGRESS = "congress"
    PUBLIC_NOTICE = "public_notice"


class FeedbackWay(StrEnum):
    """How the one who asked is told: 见面, 榜示, 微信. In person is best."""

    IN_PERSON = "in_person"
    POSTED_NOTICE = "posted_notice"
    WECHAT = "wechat"


class HotSpotState(StrEnum):
    """Where a found hot spot stands. `taken_up` makes it a proactive issue (未诉先办)."""

    PROPOSED = "proposed"
    TAKEN_UP = "taken_up"
    DROPPED = "dropped"
    EXPIRED = "expired"
