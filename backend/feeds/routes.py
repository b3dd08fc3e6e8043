"""OGC API - Features under /ogc: landing page, conformance, collections, features.

For whoever is signed in: a Bearer token, the console's cookie, or phone number and password by HTTP Basic, which is
what QGIS and GDAL know. No key in the address: it would stay in logs and saved projects.
"""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, get
from litestar.di import Provide
from litestar.params import FromPath, QueryParameter

from backend.core import clock
from backend.core.paging import MAX_LIMIT, CursorQuery
from backend.core.problems import refused
from backend.core.refusals import Refusal
from backend.core.words import say
from backend.feeds import links, rules
from backend.feeds.collections import FeatureUnknown, collection
from backend.feeds.schemas import CollectionRecord, Collections, Conformance, Feature, FeatureCollection, LandingPage
from backend.people.actors import Actor
from backend.people.basic import CHALLENGE, actor_of_basic, is_basic
from backend.people.guards import SignedIn, signed_in

CONFORMS_TO = [
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
]
"""Not `conf/oas30`: what we serve is OpenAPI 3.1. Not `conf/html`."""

ITEMS_PARAMETERS = ("bbox", "bbox-crs", "datetime", "limit", "cursor")

Bbox = Annotated[str | None, QueryParameter(description="west,south,east,north in degrees of WGS-84", max_length=200)]
BboxCrs = Annotated[str | None, QueryParameter(name="bbox-crs", description="CRS84 and nothing else", max_length=200)]
Datetime = Annotated[
    str | None,
    QueryParameter(name="datetime", description="a moment, or an interval with .. for an open end", max_length=200),
]
Limit = Annotated[int, QueryParameter(ge=1, description="a larger one than 1000 is taken as 1000")]


async def reader(request: Request[Any, Any, Any]) -> Actor:
    """Who reads. Raises SignInNeeded (401), SignInLocked (429), PasswordInTheOpen (403)."""
    return await (actor_of_basic(request) if is_basic(request) else signed_in(request))


def challenged(request: Request[Any, Any, Any], refusal: Refusal) -> Response[dict[str, Any]]:
    """A refusal; where sign-in is missing it says that Basic is taken, which makes QGIS ask for a password."""
    answer = refused(request, refusal)
    if refusal.status == 401:
        answer.headers["WWW-Authenticate"] = CHALLENGE
    return answer


@get("/", operation_id="getLandingPage", summary="The way in for map programs")
async def landing_page(request: Request[Any, Any, Any], by: SignedIn) -> LandingPage:  # noqa: ARG001 - nobody is refused
    """Links to everything else."""
    rules.only_known(request.query_params)
    return LandingPage(
        title="Lianxin 连心",
        description=say("Visits and divisions for map programs, by OGC API - Features."),
        links=links.landing_links(request),
    )


@get("/conformance", operation_id="getConformanceDeclaration", summary="What of the standard is kept")
async def conformance(request: Request[Any, Any, Any], by: SignedIn) -> Conformance:  # noqa: ARG001
    """Core and GeoJSON of Part 1."""
    rules.only_known(request.query_params)
    return Conformance(conforms_to=CONFORMS_TO)


@get("/collections", operation_id="getCollections", summary="The collections of features")
async def list_collections(request: Request[Any, Any, Any], by: SignedIn) -> Collections:  # noqa: ARG001
    """Each with the way to its features."""
    rules.only_known(request.query_params)
    return Collections(links=links.collections_links(request), collections=links.all_described(request))


@get("/collections/{collection_id:str}", operation_id="describeCollection", summary="One collection")
async def describe_collection(
    request: Request[Any, Any, Any],
    by: SignedIn,  # noqa: ARG001
    collection_id: FromPath[str],
) -> CollectionRecord:
    """What it holds and the way to its features."""
    rules.only_known(request.query_params)
    return links.described(request, collection_id, collection(collection_id))


@get(
    "/collections/{collection_id:str}/items",
    operation_id="getFeatures",
    summary="Features of a collection, a page at a time",
    media_type=links.GEOJSON,
)
async def get_features(
    request: Request[Any, Any, Any],
    by: SignedIn,
    collection_id: FromPath[str],
    bbox: Bbox = None,
    bbox_crs: BboxCrs = None,
    moments: Datetime = None,
    limit: Limit = 100,
    cursor: CursorQuery = None,
) -> FeatureCollection[Any]:
    """Those in the box and the span of time that the asker may see; the link `next` leads to more."""
    rules.only_known(request.query_params, ITEMS_PARAMETERS)
    window = rules.window(bbox=bbox, bbox_crs=bbox_crs, moments=moments)
    found = await collection(collection_id).items(by=by, window=window, limit=min(limit, MAX_LIMIT), cursor=cursor)
    return FeatureCollection(
        time_stamp=clock.now(),
        number_returned=len(found.items),
        features=found.items,
        links=links.items_links(request, collection_id, found.next_cursor),
    )


@get(
    "/collections/{collection_id:str}/items/{feature_id:str}",
    operation_id="getFeature",
    summary="One feature",
    media_type=links.GEOJSON,
)
async def get_feature(
    request: Request[Any, Any, Any], by: SignedIn, collection_id: FromPath[str], feature_id: FromPath[str]
) -> Feature[Any]:
    """One visit or division. What is not the asker's to see is not there."""
    rules.only_known(request.query_params)
    found = await collection(collection_id).item(by=by, feature_id=_uuid(feature_id))
    return msgspec.structs.replace(found, links=links.item_links(request, collection_id, found.id))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise FeatureUnknown from error


router = Router(
    "/ogc",
    route_handlers=[landing_page, conformance, list_collections, describe_collection, get_features, get_feature],
    dependencies={"by": Provide(reader)},
    exception_handlers={Refusal: challenged},
    tags=["feeds"],
)
