"""The shapes of spot checks on the wire."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec

from backend.core.shapes import DivisionCode, Line, Moment

MAX_SIZE = 1000
SEED_BELOW = 2**53
"""So that every reader of JSON keeps a seed whole."""


class FindingKind(StrEnum):
    """What the household or the place said."""

    CONFIRMED = "confirmed"
    NOT_CONFIRMED = "not_confirmed"
    UNREACHABLE = "unreachable"


class NewSpotCheck(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A draw. `occurred_to` is not included; without a seed the server takes a random one and stores it."""

    division_code: DivisionCode
    occurred_from: Moment
    occurred_to: Moment
    size: Annotated[int, msgspec.Meta(ge=1, le=MAX_SIZE)]
    seed: Annotated[int, msgspec.Meta(ge=0, lt=SEED_BELOW)] | None = None
    id: UUID | None = None


class NewFinding(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was found when somebody asked."""

    finding: FindingKind
    remark: Line | None = None


class Estimate(msgspec.Struct, frozen=True):
    """A share out of `n` with its 95 % Wilson interval; all three between 0 and 1."""

    n: int
    share: float
    low: float
    high: float


class SpotCheckItemRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One drawn visit. `position` counts from 1 in the order of the draw."""

    id: UUID
    position: int
    visit_id: UUID
    occurred_at: datetime
    household_id: UUID | None
    household_code: str | None
    division_code: str
    division_name: str
    recorded_by: UUID
    recorded_by_name: str
    finding: FindingKind | None
    remark: str | None
    found_by: UUID | None
    found_at: datetime | None


class SpotCheckSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A draw and how far it has come. `drawn` is smaller than `size` where the population is.

    open            drawn, nobody has asked yet
    confirmed_rate  confirmed out of confirmed and not confirmed; None before the first
    """

    id: UUID
    drawn_by: UUID
    drawn_at: datetime
    seed: int
    division_code: str
    occurred_from: datetime
    occurred_to: datetime
    population: int
    size: int
    drawn: int
    open: int
    confirmed: int
    not_confirmed: int
    unreachable: int
    confirmed_rate: Estimate | None


class SpotCheckRecord(SpotCheckSummary, frozen=True, kw_only=True):
    """A draw with its sample, in the order of the draw."""

    items: list[SpotCheckItemRecord]
