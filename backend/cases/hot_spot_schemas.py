"""The shapes of hot spots."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from backend.cases.loop_schemas import Reason
from backend.cases.loop_words import HotSpotState
from backend.cases.schemas import CategoryShown, DivisionShown, UnitShown


class HotSpotRecord(Struct, frozen=True, kw_only=True):
    """A place and a topic. It names nobody and ranks nobody.

    people_n      different telephones and households; a case without either counts as one
    expected_n    cases that such a window held over the baseline
    publishable   enough people (k) that saying so in public points at nobody
    """

    id: UUID
    division: DivisionShown
    category: CategoryShown
    state: HotSpotState
    window_from: datetime
    window_to: datetime
    cases_n: int
    people_n: int
    expected_n: float
    publishable: bool
    found_at: datetime
    expires_at: datetime
    decided_at: datetime | None
    reason: str | None
    lead_unit: UnitShown | None
    case_ids: list[UUID]


class HotSpotDecision(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Take it up as one proactive matter (未诉先办), by a unit if told; or drop it."""

    take_up: bool
    reason: Reason
    lead_unit_id: UUID | None = None
