"""The shapes of calls. The other side's number stands in `CallDetail` alone, for the desk that talks to him."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.cases.lists import CaseSummary
from backend.cases.words import CaseState, Stage
from backend.core.shapes import NO_NUL, Code, DivisionCode, Moment, Phone, Prose
from backend.hotline.call_rules import CallEvent
from backend.hotline.words import CallbackState, CallDirection, CallState, Line

Reference = Annotated[
    str, Meta(min_length=1, max_length=100, pattern=NO_NUL, description="the exchange's own number of it, never reused")
]
Said = Annotated[
    str, Meta(max_length=2000, pattern=NO_NUL, description="his words: looked through for emergencies, kept nowhere")
]


class PostedCall(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an exchange posts of a call. `at`: when it happened there; `caller`: the other side, null where withheld."""

    reference: Reference
    event: CallEvent
    at: Moment
    direction: CallDirection = CallDirection.IN
    caller: Phone | None = None
    operator_id: UUID | None = None


class NewTypedCall(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A call of a desk without an exchange, typed by whoever had it. It runs until `ended_at` is told.

    answered_at   null for a call to us that nobody took: whoever rang is rung back
    """

    direction: CallDirection
    unit_id: UUID
    began_at: Moment
    answered_at: Moment | None = None
    ended_at: Moment | None = None
    caller: Phone | None = None
    said: Said | None = None
    id: UUID | None = None


class CallTaking(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whoever talks to him. `division_code`: the village he names, whose cases come with the answer."""

    said: Said | None = None
    division_code: DivisionCode | None = None


class WrapUp(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What became of a call: a code of listWrapUpCodes, and with it the answer or the case that the code asks for."""

    code: Code
    answer: Prose | None = None
    case_id: UUID | None = None
    said: Said | None = None


class WrapUpCode(Struct, frozen=True, kw_only=True):
    """One thing that may become of a call. `needs`: answer, case or nothing."""

    code: str
    name_zh: str
    name_en: str
    needs: str | None
    directions: list[CallDirection]


class SayFirst(Struct, frozen=True, kw_only=True):
    """Words of an emergency were said: what to say before anything is written down, and which line to call."""

    line: Line
    words: list[str]
    script: str


class CallReceipt(Struct, frozen=True, kw_only=True):
    """What the exchange is told."""

    id: UUID
    state: CallState
    received_at: datetime


class CallRecord(Struct, frozen=True, kw_only=True):
    """A call without the other side's number.

    callback_*  of a missed call: who is rung back is open, reached, unreachable or moot
    has_number  false where it is withheld, or was erased
    wait_s      until it was answered, talk_s: from then to its end
    """

    id: UUID
    direction: CallDirection
    unit_id: UUID
    unit_name: str
    division_code: str
    state: CallState
    began_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    wait_s: int | None
    talk_s: int | None
    received_at: datetime
    has_number: bool
    operator_id: UUID | None
    operator_name: str | None
    emergency: bool
    wrap_up: str | None
    wrapped_up_at: datetime | None
    case_id: UUID | None
    callback_id: UUID | None
    callback_state: CallbackState | None


class CallersCase(Struct, frozen=True, kw_only=True):
    """An open case of the one who calls, found by his number."""

    id: UUID
    number: str
    title: str
    state: CaseState
    stage: Stage
    category_code: str
    division_code: str
    opened_at: datetime


class CallDetail(Struct, frozen=True, kw_only=True):
    """All of a call that its desk needs on one screen.

    caller         the other side's number: for the operator who has the call and the unit's own operators; every read
                   goes into the access log
    calls_before   how often the same number called in ninety days
    his_cases      his open cases, the newest first, for those who see his number; village_cases: the open ones of the
                   village he named, else of his latest case
    say_first      there were words of an emergency in what was said
    """

    call: CallRecord
    caller: str | None
    may_open: bool
    answer: str | None
    calls_before: int
    his_cases: list[CallersCase]
    village_code: str | None
    village_cases: list[CaseSummary]
    say_first: SayFirst | None


class HourCalls(Struct, frozen=True, kw_only=True):
    """Calls that began in one hour of the day, over all days."""

    hour: int
    calls_in: int
    answered: int
    missed: int


class CallFigures(Struct, frozen=True, kw_only=True):
    """Calls of a place and a span of days, both included. Of the line, never of one who answers it.

    connect_rate      answered of those that were answered or missed; null without any
    wait_*, talk_*    seconds of calls to us; null without any
    callbacks         of missed calls, by how they stand
    rung_in_time      somebody rang back, or the caller had rung again, by the moment he was promised
    """

    since: date
    until: date
    calls_in: int
    answered: int
    missed: int
    connect_rate: float | None
    calls_out: int
    out_answered: int
    wait_s_p50: float | None
    wait_s_p90: float | None
    talk_s_p50: float | None
    talk_s_p90: float | None
    hours: list[HourCalls]
    callbacks: dict[CallbackState, int]
    rung_in_time: int
    rung_late: int
