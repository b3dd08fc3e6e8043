"""The shapes of campaigns and service teams on the wire."""

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec

from backend.core.shapes import Code, DivisionCode, Line, Name
from backend.visits.campaign_tables import CampaignKind
from backend.visits.need_schemas import NeedTotals


class NewCampaign(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A round of visits. `valid_to` is its last day; without one it lasts."""

    code: Code
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=120, pattern=r"^[^\x00]*$")]
    kind: CampaignKind
    division_code: DivisionCode
    valid_from: date
    source: Annotated[Line, msgspec.Meta(min_length=1)]
    valid_to: date | None = None
    id: UUID | None = None


class CampaignRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign."""

    id: UUID
    code: str
    name: str
    kind: CampaignKind
    division_code: str
    valid_from: date
    valid_to: date | None
    source: str


class NewServiceTeam(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A team that goes by its number."""

    number: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
    name: Name
    division_code: DivisionCode
    id: UUID | None = None


class ServiceTeamRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A service team."""

    id: UUID
    number: int
    name: str
    division_code: str


class TeamCount(msgspec.Struct, frozen=True):
    """What one team (None: no team named) did, in the order of the numbers: this is no ranking."""

    number: int | None
    contacts: int
    visits: int


class CampaignProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a campaign has come, over the contacts that the reader may see.

    contacts          of every channel; `visits` are those face to face
    villages_reached  of `villages` in the campaign's division, with at least one face-to-face visit
    """

    campaign: CampaignRecord
    contacts: int
    visits: int
    households_reached: int
    villages: int
    villages_reached: int
    teams: list[TeamCount]
    needs: NeedTotals
