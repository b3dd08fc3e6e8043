"""What a list of photos may be asked for, as query parameters."""

from typing import Annotated
from uuid import UUID

from litestar.params import QueryParameter

from backend.core.shapes import MomentQuery
from backend.media.facts import Kind, PhotoState, Reason
from backend.media.filters import PhotoFilters
from backend.territory import queries as territory
from backend.territory.coordinates import Crs
from backend.territory.rules import level_of, prefix_of
from backend.territory.tables import Level

CrsQuery = Annotated[Crs, QueryParameter(description="the system in which to give the point")]
StateQuery = Annotated[PhotoState | None, QueryParameter(name="state", description="what the pipeline thinks")]
ReasonQuery = Annotated[Reason | None, QueryParameter(description="one reason of the verdict")]
NearQuery = Annotated[
    bool | None, QueryParameter(description="whether another photo that you may see looks alike, or is the same")
]
KindQuery = Annotated[Kind | None, QueryParameter()]
RecordKindQuery = Annotated[
    str | None, QueryParameter(pattern="^[a-z_]{1,20}$", description="what it belongs to: `visit`")
]
RecordQuery = Annotated[UUID | None, QueryParameter(description="the record it belongs to")]
DivisionQuery = Annotated[
    str | None, QueryParameter(pattern="^[0-9]{12}([0-9]{3})?$", description="a division, with everything under it")
]
SenderQuery = Annotated[UUID | None, QueryParameter(description="who sent it")]


async def photo_filters(
    in_state: StateQuery = None,
    reason: ReasonQuery = None,
    near_duplicate: NearQuery = None,
    kind: KindQuery = None,
    record_kind: RecordKindQuery = None,
    record_id: RecordQuery = None,
    division_code: DivisionQuery = None,
    uploaded_by: SenderQuery = None,
    received_from: MomentQuery = None,
    received_to: MomentQuery = None,
) -> PhotoFilters:
    """The filters of listPhotos and exportPhotos. Raises DivisionUnknown (404) for a community nobody knows."""
    return PhotoFilters(
        state=in_state,
        reason=reason,
        near_duplicate=near_duplicate,
        kind=kind,
        record_kind=record_kind,
        record_id=record_id,
        prefixes=None if division_code is None else await prefixes_of(division_code),
        uploaded_by=uploaded_by,
        received_from=received_from,
        received_to=received_to,
    )


async def prefixes_of(division_code: str) -> tuple[str, ...]:
    """What the codes under a division begin with; a community stands beside the code tree and gives its villages'."""
    if level_of(division_code) != Level.COMMUNITY:
        return (prefix_of(division_code),)
    found = await territory.division(code=division_code)
    return await territory.prefixes(division_id=found.id)
