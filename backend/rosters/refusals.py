"""Every way in which this room says no."""

from collections.abc import Sequence
from datetime import datetime

from backend.core.refusals import FieldError, Forbidden, Refusal, Unknown
from backend.core.words import Term
from backend.rosters.rules import Span, span_text


class ShiftUnknown(Unknown):
    """No such shift, or none that this person may see."""

    code, title = "rosters/shift-unknown", "No such shift"


class SwapUnknown(Unknown):
    """No such offer, or none made by or to this person."""

    code, title = "rosters/swap-unknown", "No such offer"


class LeaveUnknown(Unknown):
    """No such request, or none that this person may see."""

    code, title = "rosters/leave-unknown", "No such request for leave"


class NotYourRoster(Forbidden):
    """Rosters are published, and leave is decided, by supervisors and administrators of the unit's territory."""

    code, title = "rosters/not-your-roster", "Another's roster"


class RosterRefused(Refusal):
    """Some rows do not fit, so none was stored: half a roster has hours without anybody. `rows` has them all."""

    status, code, title = 409, "rosters/roster-refused", "The roster was not published"


class HoursWithoutAnybody(Refusal):
    """The duty rules ask for hours that nobody would hold. `gaps` has them as moments, `hours` as people say them."""

    status, code, title = 409, "rosters/hours-without-anybody", "There are hours without anybody"

    def __init__(self, gaps: Sequence[Span]) -> None:
        super().__init__(
            Term("Nobody would be there: {hours}. Add shifts, or publish with allow_gaps and a reason."),
            hours=[span_text(*gap) for gap in gaps],
            gaps=[{"starts_at": starts_at, "ends_at": ends_at} for starts_at, ends_at in gaps],
        )


class NobodyAmongThem(Refusal):
    """The person named has no role in the unit on that day."""

    status, code, title = 409, "rosters/not-of-the-unit", "Not one of the unit"


class PersonBusy(Refusal):
    """Somebody would be on two shifts at once, or is away."""

    status, code, title = 409, "rosters/person-busy", "Not free at that time"


class PostTaken(Refusal):
    """Somebody else holds the post at that time."""

    status, code, title = 409, "rosters/post-taken", "The post is taken at that time"


class ShiftMoved(Refusal):
    """The shift has moved to somebody else, was cancelled, or is over."""

    status, code, title = 409, "rosters/shift-moved", "This shift has changed"


class SwapAnswered(Refusal):
    """The offer was answered in another way, or lapsed."""

    status, code, title = 409, "rosters/swap-answered", "This offer no longer stands"


class LeaveDecided(Refusal):
    """The request was decided in another way."""

    status, code, title = 409, "rosters/leave-decided", "This request is decided"


class DutyRuleBegun(Refusal):
    """Another rule for these hours begins on that day or later."""

    status, code, title = 409, "rosters/duty-rule-begun", "Another duty rule begins on that day or later"


def ends_first(starts_at: datetime, ends_at: datetime) -> list[FieldError]:
    """What is wrong with a span that ends before it begins."""
    if starts_at < ends_at:
        return []
    return [FieldError(pointer="/ends_at", detail="The end has to be later than the beginning.")]
