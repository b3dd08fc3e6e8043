"""/console/photos: what the pipeline thought of each photo and why, what waits, and what looks alike."""

from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, Router, get
from litestar.params import QueryParameter
from msgspec import Struct

from backend.console import labels
from backend.console.pages import page
from backend.core.paging import Position, position
from backend.core.paging import page as paged
from backend.core.refusals import Refusal
from backend.core.words import say
from backend.media import photo_reading, records
from backend.media.facts import PhotoState, Reason
from backend.media.filters import PhotoFilters
from backend.media.parameters import prefixes_of
from backend.people.actors import Actor, visible_to
from backend.people.guards import SignedIn

ROWS = 48


class Chosen(Struct, frozen=True):
    """What the filter form says; empty fields are None."""

    state: PhotoState | None = None
    reason: Reason | None = None
    near: bool = False
    division: str | None = None
    record: UUID | None = None

    def fields(self) -> dict[str, str]:
        """As the API's parameters."""
        given = {
            "state": self.state,
            "reason": self.reason,
            "near_duplicate": "true" if self.near else None,
            "division_code": self.division,
            "record_id": self.record,
        }
        return {name: str(value) for name, value in given.items() if value}


@get("/photos", include_in_schema=False)
async def show_photos(
    by: SignedIn,
    in_state: Annotated[str, QueryParameter(name="state", max_length=20)] = "",
    reason: Annotated[str, QueryParameter(max_length=30)] = "",
    near_duplicate: Annotated[str, QueryParameter(max_length=5)] = "",
    division_code: Annotated[str, QueryParameter(max_length=15)] = "",
    record_id: Annotated[str, QueryParameter(max_length=40)] = "",
    after: Annotated[str, QueryParameter(max_length=400)] = "",
) -> Response[str]:
    """The newest photos that fit; a filter that cannot be read is said, not obeyed."""
    try:
        chosen = Chosen(
            state=PhotoState(in_state) if in_state else None,
            reason=Reason(reason) if reason else None,
            near=near_duplicate == "true",
            division=division_code or None,
            record=UUID(record_id) if record_id else None,
        )
        return await _page(by, chosen, after)
    except (ValueError, Refusal) as error:
        return await _page(by, Chosen(), "", problem=str(error))


async def _page(by: Actor, chosen: Chosen, after: str, problem: str | None = None) -> Response[str]:
    scope, filters = visible_to(by), await _filters(chosen)
    rows = await photo_reading.list_photos(scope=scope, filters=filters, limit=ROWS, after=position(after or None))
    photos = paged([records.record(row) for row in rows], ROWS, lambda photo: Position(photo.received_at, photo.id))
    counts = await photo_reading.count_photos(scope=scope, filters=filters)
    return page(
        "photos/photos.html",
        by=by,
        chosen=chosen,
        states=labels.photo_states(),
        reasons=labels.photo_reasons(),
        photos=photos.items,
        state_of=labels.photo_verdict,
        counts=counts,
        zip_address="/api/v1/photos/export?" + urlencode(chosen.fields()),
        next_page=_next_page(chosen, photos.next_cursor),
        problem=problem and say("This filter cannot be read: {what}", what=problem),
    )


async def _filters(chosen: Chosen) -> PhotoFilters:
    return PhotoFilters(
        state=chosen.state,
        reason=chosen.reason,
        near_duplicate=chosen.near or None,
        record_id=chosen.record,
        prefixes=await prefixes_of(chosen.division) if chosen.division else None,
    )


def _next_page(chosen: Chosen, cursor: str | None) -> str | None:
    return "/console/photos?" + urlencode(chosen.fields() | {"after": cursor}) if cursor else None


router = Router(path="/console", route_handlers=[show_photos])
