"""The shapes of callbacks. The number to ring stands in `CallbackDetail` alone."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from backend.cases.words import Satisfaction
from backend.core.shapes import NO_NUL, Moment
from backend.hotline.callback_words import CallbackResult
from backend.hotline.words import CallbackReason, CallbackState, Supervised

CallbackWords = Annotated[
    str, Meta(max_length=500, pattern=NO_NUL, description="what he said; needed where he is dissatisfied")
]


class NewCallbackTry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody was rung.

    at        when, now unless told
    result    what he said, where he was reached
    case_id   what he whose call was missed asked for, once he was reached
    """

    reached: bool
    result: CallbackResult | None = None
    words: CallbackWords = ""
    at: Moment | None = None
    case_id: UUID | None = None
    id: UUID | None = None


class CallbackRecord(Struct, frozen=True, kw_only=True):
    """Somebody to ring back, without his number.

    round       which resolution of the case is asked about
    unit        whose operator on duty rings
    due_at      the next try; it is never at night, but to ring back whose call was missed
    tries       in vain that count: each in another part of the day; `tries_left` before he counts as unreachable
    told_at     when he was written to that he would be rung
    """

    id: UUID
    reason: CallbackReason
    state: CallbackState
    case_id: UUID | None
    case_number: str | None
    case_title: str | None
    call_id: UUID | None
    round: int
    unit_id: UUID
    unit_name: str
    division_code: str
    division_name: str | None
    supervised: Supervised | None
    assignee_id: UUID | None
    assignee_name: str | None
    opened_at: datetime
    due_at: datetime
    overdue: bool
    tries: int
    tries_left: int
    satisfaction: Satisfaction | None
    remark: str | None
    told_at: datetime | None
    closed_at: datetime | None


class CallbackTryRecord(Struct, frozen=True, kw_only=True):
    """One try."""

    id: UUID
    at: datetime
    recorded_at: datetime
    reached: bool
    by: UUID
    by_name: str


class CallbackDetail(Struct, frozen=True, kw_only=True):
    """A callback with what one needs on the telephone.

    phone, contact_name   for whoever may ring, while it is open; null for everybody else
    may_ring              whether this reader may
    done                  what the citizen may be told was done: the public words of the resolution
    """

    callback: CallbackRecord
    may_ring: bool
    phone: str | None
    contact_name: str | None
    done: str | None
    tries: list[CallbackTryRecord]
