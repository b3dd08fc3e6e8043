"""Who a warning came to, place by place."""

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

    unreached   whom no way reached, and who should knock on which door; push forgets recipients after 90 days
    """

    alert_id: UUID
    notice_id: UUID
    total: ReachCounts
    divisions: list[DivisionReach]
    unreached: Unreached
