"""What feeds promises on the wire: OGC API - Features, signed in, scoped, without names."""

from base64 import b64encode
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from backend.territory import actions as territory
from backend.territory.coordinates import Crs
from backend.territory.points import Point
from tests.cast import FARMER, PASSWORD, VILLAGE, phone_of
from tests.feeds.conftest import NOON, NOTE

ITEMS = "/ogc/collections/visits/items"
EVERY_PAGE = ["/ogc/", "/ogc/conformance", "/ogc/collections", "/ogc/collections/visits", ITEMS]
GAOTANG = (116.30, 36.93)


def relations(body) -> dict[str, str]:
    return {link["rel"]: link["href"] for link in body["links"]}


def basic(phone: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{phone}:{password}".encode()).decode()}


@pytest.mark.parametrize("path", [*EVERY_PAGE, f"{ITEMS}/0190a000-0000-7000-8000-000000000000"])
async def test_nobody_reads_a_page_and_is_told_that_a_password_is_taken(wire, path):
    answer = await wire.get(path)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic ")
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", EVERY_PAGE)
async def test_every_page_says_where_it_is_and_is_the_same_twice(wire, bearer, cast, path):
    headers = await bearer(cast.cadre)
    once, twice = await wire.get(path, headers=headers), await wire.get(path, headers=headers)

    assert once.status_code == 200
    if path != "/ogc/conformance":
        assert urlsplit(relations(once.json())["self"]).path == path
    assert {**once.json(), "timeStamp": 0} == {**twice.json(), "timeStamp": 0}


async def test_the_landing_page_leads_by_links_to_the_features(wire, bearer, cast, contact):
    headers = await bearer(cast.cadre)
    visit = await contact(*GAOTANG)

    landing = relations((await wire.get("/ogc", headers=headers)).json())
    assert {"self", "service-desc", "conformance", "data"} <= set(landing)
    collections = (await wire.get(landing["data"], headers=headers)).json()["collections"]
    visits = next(found for found in collections if found["id"] == "visits")
    assert visits["crs"] == ["http://www.opengis.net/def/crs/OGC/1.3/CRS84"]
    features = (await wire.get(relations(visits)["items"], headers=headers)).json()["features"]

    assert [feature["id"] for feature in features] == [str(visit.id)]


async def test_what_is_declared_is_core_and_geojson_and_nothing_that_is_not_kept(wire, bearer, cast):
    declared = (await wire.get("/ogc/conformance", headers=await bearer(cast.cadre))).json()["conformsTo"]
    assert [uri.rsplit("/", 1)[1] for uri in declared] == ["core", "geojson"]


async def test_a_visit_is_a_point_in_geojson_without_note_or_names(wire, bearer, cast, contact):
    visit = await contact(*GAOTANG)

    answer = await wire.get(ITEMS, headers=await bearer(cast.cadre))

    assert answer.headers["content-type"].startswith("application/geo+json")
    body = answer.json()
    assert (body["type"], body["numberReturned"]) == ("FeatureCollection", 1)
    (feature,) = body["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": list(GAOTANG)}
    said = feature["properties"]
    assert (said["id"], said["division_code"], said["channel"]) == (str(visit.id), VILLAGE, "visit")
    assert set(said) == {
        "id", "channel", "occurred_at", "received_at", "entered_late", "division_code", "division_name", "topics",
        "flags", "campaign", "coarse",
    }  # fmt: skip
    for secret in (NOTE, "赵强", cast.cadre.name, FARMER):
        assert secret not in answer.text


async def test_a_call_without_a_point_is_a_feature_without_geometry_and_in_no_box(wire, bearer, cast, contact):
    await contact()
    headers = await bearer(cast.cadre)

    (feature,) = (await wire.get(ITEMS, headers=headers)).json()["features"]
    boxed = (await wire.get(ITEMS, params={"bbox": "-180,-90,180,90"}, headers=headers)).json()

    assert feature["geometry"] is None
    assert boxed["features"] == []


async def test_one_feature_leads_back_to_its_collection(wire, bearer, cast, contact):
    visit = await contact(*GAOTANG)

    answer = await wire.get(f"{ITEMS}/{visit.id}", headers=await bearer(cast.cadre))

    assert answer.headers["content-type"].startswith("application/geo+json")
    assert (answer.json()["type"], answer.json()["id"]) == ("Feature", str(visit.id))
    assert relations(answer.json()) == {
        "self": f"http://test{ITEMS}/{visit.id}",
        "collection": "http://test/ogc/collections/visits",
    }


async def test_a_stranger_sees_neither_the_list_nor_the_feature_and_the_supervisor_sees_both(
    wire, bearer, cast, contact
):
    visit = await contact(*GAOTANG)
    stranger, supervisor = await bearer(cast.stranger), await bearer(cast.supervisor)

    assert (await wire.get(ITEMS, headers=stranger)).json()["features"] == []
    hidden = await wire.get(f"{ITEMS}/{visit.id}", headers=stranger)
    assert (hidden.status_code, hidden.json()["code"]) == (404, "feeds/feature-unknown")
    assert len((await wire.get(ITEMS, headers=supervisor)).json()["features"]) == 1
    assert (await wire.get(f"{ITEMS}/{visit.id}", headers=supervisor)).status_code == 200


async def ids_of(wire, headers, **params) -> list[str]:
    return [feature["id"] for feature in (await wire.get(ITEMS, params=params, headers=headers)).json()["features"]]


async def test_a_box_holds_what_lies_in_it_and_on_its_edge(wire, bearer, cast, contact):
    west, east = str((await contact(116.30, 36.93)).id), str((await contact(116.40, 36.93, minute=200)).id)
    headers = await bearer(cast.cadre)

    assert await ids_of(wire, headers, bbox="116.2,36.9,116.35,37") == [west]
    assert await ids_of(wire, headers, bbox="116.3,36.93,116.4,36.93") == [east, west]
    assert await ids_of(wire, headers, bbox="116.301,36.9,116.399,37") == []
    assert await ids_of(wire, headers, bbox="116.35,36.9,-170,37") == [east]
    assert await ids_of(wire, headers, bbox="170,36.9,116.35,37") == [west]
    crs84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
    assert await ids_of(wire, headers, **{"bbox": "116.2,36.9,116.35,37", "bbox-crs": crs84}) == [west]


async def test_a_span_of_time_holds_both_its_ends(wire, bearer, cast, contact):
    first, second = str((await contact(*GAOTANG)).id), str((await contact(*GAOTANG, minute=60)).id)
    headers = await bearer(cast.cadre)
    noon, later = NOON.isoformat(), (NOON + timedelta(hours=1)).isoformat()

    assert await ids_of(wire, headers, datetime=noon) == [first]
    assert await ids_of(wire, headers, datetime=f"{noon}/{later}") == [second, first]
    assert await ids_of(wire, headers, datetime=f"{later}/..") == [second]
    assert await ids_of(wire, headers, datetime=f"../{noon}") == [first]
    assert await ids_of(wire, headers, datetime="2020-01-01T00:00:00Z/2021-01-01T00:00:00Z") == []


async def test_next_links_lead_through_all_of_a_window_once(wire, bearer, cast, contact):
    made = {str((await contact(*GAOTANG, minute=minute)).id) for minute in range(7)}
    outside = await contact(120.0, 36.0, minute=600)
    headers = await bearer(cast.cadre)

    seen, address = [], f"{ITEMS}?limit=3&bbox=116,36,117,37&datetime=2026-05-01T00:00:00%2B08:00/.."
    pages = 0
    while address:
        body = (await wire.get(address, headers=headers)).json()
        seen += [feature["id"] for feature in body["features"]]
        address = relations(body).get("next")
        pages += 1

    assert (len(seen), set(seen), pages) == (7, made, 3)
    assert str(outside.id) not in seen


async def test_a_limit_over_the_most_is_taken_as_the_most(wire, bearer, cast, contact):
    await contact(*GAOTANG)
    headers = await bearer(cast.cadre)
    answer = await wire.get(ITEMS, params={"limit": 10**12}, headers=headers)

    assert (answer.status_code, answer.json()["numberReturned"]) == (200, 1)
    assert parse_qs(urlsplit(relations(answer.json())["self"]).query) == {"limit": [str(10**12)]}


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        (f"{ITEMS}?bbox=1,2,3", "bbox"),
        (f"{ITEMS}?bbox=nan,1,2,3", "bbox"),
        (f"{ITEMS}?bbox=116,36,217,37", "bbox"),
        (f"{ITEMS}?bbox=1,2,3,4&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4490", "bbox-crs"),
        (f"{ITEMS}?datetime=2026-05-04T12:00:00", "datetime"),
        (f"{ITEMS}?datetime=2026-05-04T12:00:00%2B08:00/yesterday", "datetime"),
        (f"{ITEMS}?datetime=%00", "datetime"),
        (f"{ITEMS}?limit=0", "limit"),
        (f"{ITEMS}?limit=ten", "limit"),
        (f"{ITEMS}?cursor=nonsense", "cursor"),
        (f"{ITEMS}?access_token=abc", "access_token"),
        ("/ogc/?f=html", "f"),
        ("/ogc/conformance?f=json", "f"),
        ("/ogc/collections?limit=3", "limit"),
        ("/ogc/collections/visits?x=1", "x"),
        ("/ogc/collections/divisions/items?bbox=1,2,3", "bbox"),
        ("/ogc/collections/divisions/items?cursor=WyJhIl0", "cursor"),
    ],
)
async def test_the_wrong_shape_or_an_unknown_parameter_is_a_problem_that_names_it(wire, bearer, cast, path, pointer):
    answer = await wire.get(path, headers=await bearer(cast.cadre))

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize(
    "path",
    [
        "/ogc/collections/households",
        "/ogc/collections/households/items",
        f"{ITEMS}/1",
        f"{ITEMS}/%00",
        f"{ITEMS}/{'9' * 200}",
    ],
)
async def test_what_is_not_there_is_not_found(wire, bearer, cast, path):
    answer = await wire.get(path, headers=await bearer(cast.cadre))
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


async def test_phone_and_password_open_the_feed_and_a_wrong_one_does_not(wire, cast, contact):
    await contact(*GAOTANG)
    phone = phone_of("cadre")

    right = await wire.get(ITEMS, headers=basic(phone, PASSWORD))
    assert (right.status_code, right.json()["numberReturned"]) == (200, 1)
    for wrong in (basic(phone, "wrong-password"), basic("", ""), basic("a\x00", "b"), {"Authorization": "Basic !!"}):
        refused = await wire.get(ITEMS, headers=wrong)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"].startswith("Basic ")


async def test_a_password_that_travelled_in_the_open_is_refused(app, cast):
    far = httpx.ASGITransport(app, client=("203.0.113.9", 40000))
    async with httpx.AsyncClient(transport=far, base_url="http://test") as client:
        answer = await client.get(ITEMS, headers=basic(phone_of("cadre"), PASSWORD))
    assert (answer.status_code, answer.json()["code"]) == (403, "people/password-in-the-open")


async def test_divisions_with_a_point_are_a_collection_that_says_which_points_are_made_up(wire, bearer, cast):
    point = Point(crs=Crs.WGS84, longitude=116.2373, latitude=36.7401)
    await territory.place_divisions(points={VILLAGE: point}, demo=True)
    headers, path = await bearer(cast.stranger), "/ogc/collections/divisions/items"

    (feature,) = (await wire.get(path, headers=headers)).json()["features"]
    elsewhere = (await wire.get(path, params={"bbox": "100,20,101,21"}, headers=headers)).json()["features"]
    here = (await wire.get(path, params={"bbox": "116,36,117,37"}, headers=headers)).json()["features"]
    alone = (await wire.get(f"{path}/{feature['id']}", headers=headers)).json()

    assert (feature["properties"]["code"], feature["properties"]["demo_point"]) == (VILLAGE, True)
    assert feature["geometry"]["coordinates"] == [116.2373, 36.7401]
    assert (elsewhere, here) == ([], [feature])
    assert alone["properties"] == feature["properties"]


async def test_a_division_without_a_point_is_no_feature(wire, bearer, cast):
    headers = await bearer(cast.cadre)
    assert (await wire.get("/ogc/collections/divisions/items", headers=headers)).json()["features"] == []


async def test_divisions_page_on_by_next_links(wire, bearer, cast):
    codes = [VILLAGE, "371526101276", "371526101308"]
    places = {code: Point(crs=Crs.WGS84, longitude=116.2, latitude=36.7) for code in codes}
    await territory.place_divisions(points=places, demo=True)
    headers = await bearer(cast.cadre)

    first = (await wire.get("/ogc/collections/divisions/items?limit=2", headers=headers)).json()
    last = (await wire.get(relations(first)["next"], headers=headers)).json()

    seen = [feature["properties"]["code"] for page in (first, last) for feature in page["features"]]
    assert seen == sorted(codes)
    assert "next" not in relations(last)
