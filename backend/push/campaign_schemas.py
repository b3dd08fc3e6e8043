"""How a campaign goes: counts, whom it did not reach, and the ways out."""

from datetime import datetime
from uuid import UUID

import msgspec

from backend.push.schemas import NoticeRecord
from backend.push.states import Breaker, DeliveryState


class Divided(msgspec.Struct, frozen=True):
    """So many people of one place."""

    division_code: str | None
    division_name: str | None
    people: int


class Posted(msgspec.Struct, frozen=True):
    """Groups by what became of the request to post: how many, and how many people are in them."""

    state: str
    groups: int
    people: int


class AudienceCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many a notice would be for. `inbox_only`: of staff and citizens, those with no address in use."""

    staff: int
    citizens: int
    inbox_only: int
    groups: int
    group_people: int


class Door(msgspec.Struct, frozen=True, kw_only=True):
    """A household that was not reached, and who serves it today."""

    household_id: UUID
    household_code: str
    served_by: str | None


class UnreachedPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A village in which somebody was not reached.

    strangers  of `people`, those without account and card: nobody knows their door
    doors      some of the households; staff: some names
    cadres     who goes from door to door there
    """

    division_code: str | None
    division_name: str | None
    township_name: str | None
    people: int
    strangers: int
    doors: list[Door]
    staff: list[str]
    cadres: list[str]


class Unreached(msgspec.Struct, frozen=True, kw_only=True):
    """All who were not reached: how many, in how many places, and the places with the most of them."""

    people: int
    place_count: int
    places: list[UnreachedPlace]


class CampaignProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a campaign has come.

    states        messages by state; one subject may have several
    recipients    subjects, groups apart
    acknowledged, seen  subjects
    """

    notice: NoticeRecord
    states: dict[DeliveryState, int]
    deliveries: int
    done: int
    recipients: int
    seen: int
    acknowledged: int
    unreachable: int
    unreachable_by_division: list[Divided]
    groups: list[Posted]


class CampaignSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One campaign in a list: enough for a progress bar."""

    notice: NoticeRecord
    states: dict[DeliveryState, int]
    deliveries: int
    done: int


class ProviderStanding(msgspec.Struct, frozen=True, kw_only=True):
    """How a provider does: its breaker, and receipts about messages nobody here knows."""

    provider: str
    breaker: Breaker
    failures: int
    opened_at: datetime | None
    until: datetime | None
    unknown_receipts: int
