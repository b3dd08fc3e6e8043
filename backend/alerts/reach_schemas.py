"""Who a warning came to, place by place."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from backend.push.campaign_schemas import Unreached


class ReachCounts(Struct, frozen=True, kw_only=True):
    """People (staff, households, citizens), and groups by their owners' word.

    reached               it came to a phone or was read; others wait, or a provider tells nothing
    unreachable           no way leads to them
    groups, posted        groups asked for, and those whose owner says that it is posted
    posted_people         head-count of the posted ones; who of them read it nobody knows
    """

    recipients: int
    reached: int
    acknowledged: int
    unreachable: int
    groups: int
    group_people: int
    posted: int
    posted_people: int


class DivisionReach(Struct, frozen=True, kw_only=True):
    """The same of one division; null where a recipient has no known place."""

    division_code: str | None
    division_name: str | None
    counts: ReachCounts


class AlertReach(Struct, frozen=True, kw_only=True):
    """How far a warning came: in all, by township (or by village below a division asked for).

    unreached   whom no way reached, and who should knock on which door
    part_of_it  only of the part of its territory that the reader oversees
    kept_at     when the counts were kept, some days before push forgets its recipients (90 days); whose door it was
                nobody knows then; null: counted now
    """

    alert_id: UUID
    notice_id: UUID
    total: ReachCounts
    divisions: list[DivisionReach]
    unreached: Unreached
    part_of_it: bool
    kept_at: datetime | None
