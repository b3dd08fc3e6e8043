"""Expedite notices, and on which rungs they were sent."""

from enum import StrEnum

from piccolo.columns import UUID, Array, ForeignKey, OnDelete, SmallInt, Timestamptz, Varchar
from piccolo.constraints import Unique
from piccolo.table import Table

from backend.core.constraints import one_of
from backend.core.privacy import Privacy
from backend.deadlines.policy_tables import Audience
from backend.deadlines.tables import Clock
from backend.people.tables import Person


class NoticeState(StrEnum):
    """Where an expedite notice stands."""

    WAITING = "waiting"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    SETTLED = "settled"


class ExpediteNotice(Table, tablename="deadlines_expedite"):
    """One expedite notice (催办). `number` counts those of the clock.

    overtakes     lower shares that were reached before this one was, and for which none was sent any more
    level         the rung it was sent to last
    next_move_at  when it is to be sent, or sent on; null when there is nothing more to do
    """

    id = UUID(primary_key=True, null=False)
    clock = ForeignKey(Clock, null=False, on_delete=OnDelete.restrict)
    round = SmallInt(null=False)
    percent = SmallInt(null=False)
    number = SmallInt(null=False)
    overtakes = Array(base_column=SmallInt(), null=False, default=list)
    reached_at = Timestamptz(null=False)
    fired_at = Timestamptz(null=False)
    state = Varchar(length=12, null=False, choices=NoticeState)
    level = SmallInt(null=False, default=0)
    next_move_at = Timestamptz(null=True, default=None)
    acknowledged_at = Timestamptz(null=True, default=None)

    a_share_fires_once = Unique([clock, round, percent])
    notice_state_is_known = one_of("state", NoticeState)
    privacy = Privacy(impersonal=frozenset({"round", "percent", "number", "overtakes", "state", "level"}))


class ExpediteSending(Table, tablename="deadlines_sending"):
    """A notice on one rung of its ladder: who was asked, by which task, and until when to acknowledge."""

    id = UUID(primary_key=True, null=False)
    notice = ForeignKey(ExpediteNotice, null=False, on_delete=OnDelete.restrict)
    level = SmallInt(null=False)
    audience = Varchar(length=24, null=False, choices=Audience)
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    task_id = UUID(null=False, default=None)
    sent_at = Timestamptz(null=False)
    acknowledge_by = Timestamptz(null=False)

    a_rung_once = Unique([notice, level])
    privacy = Privacy(impersonal=frozenset({"level", "audience"}))
