"""GDAL's own OGC API - Features client, which QGIS shares, opens the feed as it is: a real server, a real client."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from litestar import Litestar

from tests.cast import PASSWORD, phone_of
from tests.serving import on_loopback

PLACES = [(116.30 + step * 0.001, 36.93) for step in range(25)]
WITH_PASSWORD = {"GDAL_HTTP_USERPWD": f"{phone_of('cadre')}:{PASSWORD}"}

# GDAL keeps Python's lock while it waits for the server, so it needs a process of its own.
CLIENT = """
import json, sys
import pyogrio
address, layer, asked = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
assert "OAPIF" in pyogrio.list_drivers(), "this GDAL has no OGC API - Features client"
layers = pyogrio.list_layers(address)[:, 0].tolist()
asked |= {"bbox": tuple(asked["bbox"])} if "bbox" in asked else {}
meta, _, geometry, columns = pyogrio.raw.read(address, layer=layer, **asked)
columns = dict(zip(meta["fields"].tolist(), [[str(one) for one in column] for column in columns]))
dtypes = dict(zip(meta["fields"].tolist(), meta["dtypes"]))
print(json.dumps({
    "layers": layers, "count": len(geometry), "crs": meta["crs"], "geometry_type": meta["geometry_type"],
    "columns": columns, "dtypes": dtypes,
}))
"""


@asynccontextmanager
async def served(app: Litestar) -> AsyncIterator[tuple[str, list[str]]]:
    """The app on a free loopback port, in this event loop to share the tests' database pool; and what was asked."""
    asked: list[str] = []

    async def listening(scope: Any, receive: Any, send: Any) -> None:
        asked.append(f"{scope['path']}?{scope['query_string'].decode()}")
        await app(scope, receive, send)

    async with on_loopback(listening) as url:
        yield f"OAPIF:{url}/ogc", asked


@pytest.fixture
async def address(app, contact) -> AsyncIterator[tuple[str, list[str]]]:
    for minute, place in enumerate(PLACES):
        await contact(*place, minute=minute)
    async with served(app) as address_and_log:
        yield address_and_log


async def gdal(address: str, layer: str, options: dict[str, str], **asked: Any) -> tuple[int, str, str]:
    """GDAL in a process of its own with options in the environment: exit code, output, errors."""
    environment = {**os.environ, "GDAL_HTTP_TIMEOUT": "20", **options}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CLIENT, address, layer, json.dumps(asked),
        env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    output, errors = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode or 0, output.decode(), errors.decode()


async def read(address: str, layer: str, options: dict[str, str], **asked: Any) -> dict[str, Any]:
    code, output, errors = await gdal(address, layer, options, **asked)
    assert code == 0, errors
    return json.loads(output)


async def test_gdal_lists_and_reads_the_collections_with_phone_and_password(address):
    url, _ = address

    found = await read(url, "visits", WITH_PASSWORD)

    assert set(found["layers"]) == {"visits", "divisions"}
    assert found["geometry_type"] == "Point"
    assert found["crs"] in ("EPSG:4326", "OGC:CRS84")
    assert found["count"] == len(PLACES)
    assert set(found["columns"]["channel"]) == {"visit"}
    assert found["dtypes"]["occurred_at"].startswith("datetime64")


async def test_gdal_follows_the_next_links_with_a_bearer_token(address, bearer, cast):
    url, asked = address
    token = (await bearer(cast.cadre))["Authorization"].removeprefix("Bearer ")

    found = await read(url, "visits", {"GDAL_HTTP_AUTH": "BEARER", "GDAL_HTTP_BEARER": token}, PAGE_SIZE="10")

    assert len(set(found["columns"]["id"])) == len(PLACES)
    assert sum("limit=10" in request and "cursor=" in request for request in asked) >= 2


async def test_gdal_lets_the_server_cut_out_the_box(address):
    url, asked = address

    found = await read(url, "visits", WITH_PASSWORD, bbox=[116.2995, 36.9, 116.3045, 37.0])

    assert found["count"] == 5
    assert any("bbox=116.299" in request for request in asked)


async def test_gdal_without_a_password_opens_nothing(address):
    url, _ = address
    code, output, _ = await gdal(url, "visits", {})
    assert (code, output) == (1, "")
