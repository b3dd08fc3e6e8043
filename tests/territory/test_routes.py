"""What territory promises on the wire. Asked of every route: nobody, wrong shape, a stranger to the place, twice."""

from collections.abc import AsyncIterator

import httpx
import pytest
from litestar import Litestar, Request
from litestar.di import Provide
from litestar.exceptions import ImproperlyConfiguredException

from backend.core.problems import HANDLERS
from backend.core.refusals import SignInNeeded
from backend.territory import actions, routes
from backend.territory.points import Point

BASE = "/api/v1/divisions"
LIULI, LIULISI = "371526101335", "371526101000"
EVERY_ROUTE = ["", f"/{LIULI}", "/nearest?crs=wgs84&longitude=116.2&latitude=36.8"]


async def signed_in(request: Request) -> object:
    """Stands in for people's dependency, which this room may not import."""
    if request.headers.get("Authorization") != "Bearer anyone":
        raise SignInNeeded
    return object()


@pytest.fixture
async def wire(divisions) -> AsyncIterator[httpx.AsyncClient]:
    app = Litestar([routes.router], exception_handlers=HANDLERS, dependencies={"by": Provide(signed_in)})
    headers = {"Authorization": "Bearer anyone"}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url=f"http://test{BASE}", headers=headers
    ) as client:
        yield client


def test_the_application_does_not_start_with_divisions_open_to_nobody():
    with pytest.raises(ImproperlyConfiguredException):
        Litestar([routes.router])


@pytest.mark.parametrize("path", EVERY_ROUTE)
async def test_nobody_reads_divisions_and_anyone_signed_in_does_as_often_as_he_likes(wire, path):
    nobody = await wire.get(path, headers={"Authorization": ""})
    assert nobody.status_code == 401
    assert nobody.headers["content-type"] == "application/problem+json"

    once, twice = await wire.get(path), await wire.get(path)
    assert once.status_code == 200
    assert once.json() == twice.json()


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("?level=kingdom", "level"),
        ("?parent_code=3715", "parent_code"),
        ("?under=37152610133x", "under"),
        ("?on=2026-13-01", "on"),
        ("?on=2026-05-01T09:00:00", "on"),
        ("?q=%00", "q"),
        ("?q=" + "a" * 61, "q"),
        ("?limit=0", "limit"),
        ("?limit=1001", "limit"),
        ("?limit=99999999999999999999", "limit"),
        ("?cursor=%00", "cursor"),
        ("?cursor=W10", "cursor"),
        ("?cursor=WyJcdTAwMDAiXQ", "cursor"),
        ("/37152610133", "code"),
        ("/37152610133%00", "code"),
        (f"/{LIULI}?on=yesterday", "on"),
        ("/nearest?longitude=116&latitude=36", "crs"),
        ("/nearest?crs=wgs72&longitude=116&latitude=36", "crs"),
        ("/nearest?crs=gcj02&longitude=180.5&latitude=36", "longitude"),
        ("/nearest?crs=gcj02&longitude=36&latitude=116", "latitude"),
        ("/nearest?crs=gcj02&longitude=nan&latitude=36", "longitude"),
        ("/nearest?crs=gcj02&longitude=inf&latitude=36", "longitude"),
        ("/nearest?crs=gcj02&longitude=1e999&latitude=36", "longitude"),
        ("/nearest?crs=gcj02&longitude=116&latitude=36&limit=51", "limit"),
    ],
)
async def test_the_wrong_shape_is_a_problem_that_names_the_parameter(wire, path, pointer):
    answer = await wire.get(path)

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_divisions_are_listed_page_by_page_with_an_opaque_cursor(wire):
    seen, cursor = [], None
    while True:
        query = {"under": LIULISI, "limit": 5} | ({"cursor": cursor} if cursor else {})
        page = (await wire.get("", params=query)).json()
        seen += [item["code"] for item in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert seen[0] == LIULISI
    assert len(seen) == len(set(seen)) == 22
    assert seen == sorted(seen)


async def test_a_name_is_searched_for_and_a_parents_children_are_listed(wire):
    found = (await wire.get("", params={"q": "琉璃庙", "under": "371526000000"})).json()["items"]
    children = (await wire.get("", params={"parent_code": "371500000000", "level": "county"})).json()["items"]

    assert [item["code"] for item in found] == [LIULI]
    assert "高唐县" in [item["name"] for item in children]
    assert {item["parent_code"] for item in children} == {"371500000000"}


async def test_a_code_that_is_not_listed_is_unknown_in_chinese_and_in_english(wire):
    chinese = await wire.get("/371526101999")
    before = await wire.get(f"/{LIULI}", params={"on": "2023-06-29"})

    assert (chinese.status_code, before.status_code) == (404, 404)
    assert chinese.json()["code"] == "territory/division-unknown"
    assert "371526101999" in chinese.json()["detail"]
    assert chinese.json()["title"] == "没有这个区划"


async def test_the_nearest_division_is_found_from_a_point_in_any_system(wire):
    await actions.place_divisions(points={LIULI: Point(crs="wgs84", longitude=116.2373, latitude=36.7401)}, demo=True)
    shown = (await wire.get(f"/{LIULI}")).json()
    assert shown["demo_point"]
    assert shown["point"]["crs"] == "wgs84"

    here = {"crs": "gcj02", "longitude": 116.2373, "latitude": 36.7401}
    (near,) = (await wire.get("/nearest", params=here)).json()

    assert near["division"]["code"] == LIULI
    assert 300 < near["distance_m"] < 1000
