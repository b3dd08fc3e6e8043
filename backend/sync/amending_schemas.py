"""Changes made offline: each field with what the phone had and what it wants."""

from typing import Annotated, Generic, TypeVar
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType, to_builtins

from backend.core.refusals import FieldError, Invalid
from backend.core.shapes import Code, DivisionCode, Line, Moment, Name, Phone, Prose
from backend.people.household_schemas import ServiceNeeds
from backend.sync.merging import Change
from backend.territory.coordinates import Crs
from backend.territory.points import Latitude, Longitude, Point
from backend.visits.schemas import TeamNumber
from backend.visits.tables import Channel

T = TypeVar("T")
H = TypeVar("H")

Topics = Annotated[list[Code], Meta(max_length=20)]
Companions = Annotated[list[Name], Meta(max_length=20)]
Reason = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00]*\S[^\x00]*$")]


class Changed(
    Struct, Generic[T], frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"had": "from", "wanted": "to"}
):
    """`from`: what the field said on the phone; `to`: what it shall say. null empties it."""

    had: T
    wanted: T


class PlaceHad(Struct, frozen=True, kw_only=True):
    """A point as the phone had it, as it was read or as it was sent; only the place is compared."""

    crs: Crs
    longitude: Longitude
    latitude: Latitude


class PlaceChanged(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"had": "from", "wanted": "to"}
):
    """The same for a point."""

    had: PlaceHad | None
    wanted: Point | None


class VisitFieldChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The fields that are changed, as `amendVisit` names them; one that is left out stays. A point is not amended."""

    channel: Changed[Channel] | UnsetType = UNSET
    occurred_at: Changed[Moment] | UnsetType = UNSET
    household_code: Changed[Code | None] | UnsetType = UNSET
    division_code: Changed[DivisionCode] | UnsetType = UNSET
    place_note: Changed[Line | None] | UnsetType = UNSET
    campaign_code: Changed[Code | None] | UnsetType = UNSET
    service_team: Changed[TeamNumber | None] | UnsetType = UNSET
    topics: Changed[Topics] | UnsetType = UNSET
    note: Changed[Prose | None] | UnsetType = UNSET
    companions: Changed[Companions] | UnsetType = UNSET


class HouseholdFieldChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The fields that are changed, as `amendHousehold` names them; one that is left out stays."""

    contact_name: Changed[Name | None] | UnsetType = UNSET
    contact_phone: Changed[Phone | None] | UnsetType = UNSET
    address_note: Changed[Line | None] | UnsetType = UNSET
    service_needs: Changed[ServiceNeeds] | UnsetType = UNSET
    point: PlaceChanged | UnsetType = UNSET


class AmendVisitCommand(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A contact put right, field by field, beside what others changed of it meanwhile."""

    visit_id: UUID
    reason: Reason
    changes: VisitFieldChanges


class AmendHouseholdCommand(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A household card put right, field by field, beside what others changed of it meanwhile."""

    household_id: UUID
    reason: Reason
    changes: HouseholdFieldChanges


def told(changes: VisitFieldChanges | HouseholdFieldChanges) -> dict[str, Change]:
    """The fields that are changed, their values as JSON has them. Raises Invalid (400) where there are none."""
    given = {name: getattr(changes, name) for name in changes.__struct_fields__}
    said = {name: Change(to_builtins(each.had), to_builtins(each.wanted)) for name, each in given.items() if each}
    if not said:
        missing = FieldError(pointer="/changes", detail="Give a field to change.", code="required")
        raise Invalid("Say what to change.", errors=[missing])
    return said
