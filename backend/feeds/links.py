"""The links that hold OGC API - Features together; every one is absolute."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from litestar import Request

from backend.core.addresses import base_url
from backend.core.words import say
from backend.feeds.collections import COLLECTIONS, Collection
from backend.feeds.schemas import CollectionRecord, Link

JSON = "application/json"
GEOJSON = "application/geo+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.1"


def landing_links(request: Request[Any, Any, Any]) -> list[Link]:
    """The way to everything else."""
    return [
        link(request, "/ogc/", "self", title="This page"),
        link(request, "/schema/openapi.json", "service-desc", OPENAPI, "The API in OpenAPI 3.1"),
        link(request, "/docs", "service-doc", "text/html", "The guide to the API"),
        link(request, "/ogc/conformance", "conformance", title="What of the standard is kept"),
        link(request, "/ogc/collections", "data", title="The collections"),
    ]


def collections_links(request: Request[Any, Any, Any]) -> list[Link]:
    """Of the list of collections."""
    return [link(request, "/ogc/collections", "self", title="The collections")]


def described(request: Request[Any, Any, Any], name: str, found: Collection) -> CollectionRecord:
    """A collection with the way to its features."""
    path = f"/ogc/collections/{name}"
    links = [
        link(request, path, "self", title=found.title),
        link(request, f"{path}/items", "items", GEOJSON, found.title),
    ]
    return CollectionRecord(id=name, title=say(found.title), description=say(found.description), links=links)


def items_links(request: Request[Any, Any, Any], name: str, next_cursor: str | None) -> list[Link]:
    """Of a page of features: itself, its collection, and the next page with the same window."""
    path = f"/ogc/collections/{name}"
    asked = [(key, value) for key, value in request.query_params.multi_items() if key != "cursor"]
    links = [
        link(request, _with(f"{path}/items", request.query_params.multi_items()), "self", GEOJSON),
        link(request, path, "collection"),
    ]
    if next_cursor:
        links.append(link(request, _with(f"{path}/items", [*asked, ("cursor", next_cursor)]), "next", GEOJSON))
    return links


def item_links(request: Request[Any, Any, Any], name: str, feature_id: Any) -> list[Link]:
    """Of one feature."""
    path = f"/ogc/collections/{name}"
    return [link(request, f"{path}/items/{feature_id}", "self", GEOJSON), link(request, path, "collection")]


def all_described(request: Request[Any, Any, Any]) -> list[CollectionRecord]:
    """Every collection."""
    return [described(request, name, found) for name, found in COLLECTIONS.items()]


def link(request: Request[Any, Any, Any], path: str, rel: str, type: str = JSON, title: str = "") -> Link:
    """One link; `title` is a msgid."""
    href = base_url(request) + path
    return Link(href=href, rel=rel, type=type, title=say(title)) if title else Link(href=href, rel=rel, type=type)


def _with(path: str, query: Iterable[tuple[str, Any]]) -> str:
    asked = urlencode(list(query))
    return f"{path}?{asked}" if asked else path
