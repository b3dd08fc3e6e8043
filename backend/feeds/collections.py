"""The collections: how a window of visits or divisions is read, and how each row becomes a feature."""

from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from backend.core.paging import Page, Position, page, position, position_of
from backend.core.refusals import Unknown
from backend.feeds.rules import Window
from backend.feeds.schemas import DivisionProperties, Feature, PointGeometry, VisitProperties
from backend.people.actors import Actor, visible_to
from backend.territory import queries as territory
from backend.territory.points import PointRecord
from backend.territory.queries import DivisionFilters
from backend.territory.schemas import DivisionPlace, DivisionRecord
from backend.visits import queries as visits
from backend.visits.schemas import VisitFilters, VisitRecord


class FeatureUnknown(Unknown):
    """No such feature in this collection, or none that this person may see."""

    code, title = "feeds/feature-unknown", "No such feature"


class CollectionUnknown(Unknown):
    """No such collection."""

    code, title = "feeds/collection-unknown", "No such collection"


class Collection(Protocol):
    """What a collection can do. `title` and `description` are msgids."""

    title: str
    description: str

    async def items(self, *, by: Actor, window: Window, limit: int, cursor: str | None) -> Page[Feature[Any]]:
        """One page of the window."""

    async def item(self, *, by: Actor, feature_id: UUID) -> Feature[Any]:
        """One feature. Raises FeatureUnknown (404)."""


class Visits:
    """Visits that the asker may see, newest first. `datetime` is about `occurred_at`."""

    title = "Visits"
    description = "Contacts with households and places: where, when, by which channel, about what. No names."

    async def items(self, *, by: Actor, window: Window, limit: int, cursor: str | None) -> Page[Feature[Any]]:
        filters = VisitFilters(bbox=window.box, occurred_from=window.from_, occurred_to=window.before)
        after = position(cursor)
        rows = await visits.list_visits(scope=visible_to(by), filters=filters, limit=limit, after=after)
        found = page(rows, limit, lambda visit: Position(visit.occurred_at, visit.id))
        return Page([_of_visit(visit) for visit in found.items], found.next_cursor)

    async def item(self, *, by: Actor, feature_id: UUID) -> Feature[Any]:
        found = await visits.visit(feature_id, scope=visible_to(by))
        if found is None:
            raise FeatureUnknown
        return _of_visit(found)


class Divisions:
    """Today's divisions that have a point, by code. They have no moment, so every `datetime` fits them."""

    title = "Divisions"
    description = "Townships and villages that have a point. A made-up point says so."

    async def items(self, *, by: Actor, window: Window, limit: int, cursor: str | None) -> Page[Feature[Any]]:  # noqa: ARG002 - public data
        filters = DivisionFilters(bbox=window.box, has_point=True)
        after = position_of(cursor, DivisionPlace)
        rows = await territory.list_divisions(filters=filters, limit=limit, after=after.prefix if after else None)
        found = page(rows, limit, lambda division: DivisionPlace(division.prefix))
        return Page([_of_division(division) for division in found.items], found.next_cursor)

    async def item(self, *, by: Actor, feature_id: UUID) -> Feature[Any]:  # noqa: ARG002
        found = await territory.division_by_id(division_id=feature_id)
        if found.point is None:
            raise FeatureUnknown
        return _of_division(found)


COLLECTIONS: dict[str, Collection] = {"visits": Visits(), "divisions": Divisions()}


def collection(name: str) -> Collection:
    """The collection of that id. Raises CollectionUnknown (404)."""
    if name not in COLLECTIONS:
        raise CollectionUnknown("The collections here are: {collections}.", collections=", ".join(COLLECTIONS))
    return COLLECTIONS[name]


def _of_visit(visit: VisitRecord) -> Feature[VisitProperties]:
    said = VisitProperties(
        id=visit.id,
        channel=visit.channel,
        occurred_at=_to_the_second(visit.occurred_at),
        received_at=_to_the_second(visit.received_at),
        entered_late=visit.entered_late,
        division_code=visit.division.code,
        division_name=visit.division.name,
        topics=visit.topics,
        flags=[flag.kind for flag in visit.flags],
        campaign=visit.campaign_code,
        coarse=visit.coarse,
    )
    return Feature(id=visit.id, geometry=_geometry(visit.point), properties=said)


def _of_division(division: DivisionRecord) -> Feature[DivisionProperties]:
    said = DivisionProperties(
        code=division.code,
        name=division.name,
        level=division.level,
        parent_code=division.parent_code,
        valid_from=division.valid_from,
        demo_point=division.demo_point,
    )
    return Feature(id=division.id, geometry=_geometry(division.point), properties=said)


def _to_the_second(moment: datetime) -> datetime:
    """GDAL keeps seconds as a float and rounds 59.9999996 up to a second that does not exist."""
    return moment.replace(microsecond=0)


def _geometry(point: PointRecord | None) -> PointGeometry | None:
    return PointGeometry(coordinates=(point.longitude, point.latitude)) if point else None
