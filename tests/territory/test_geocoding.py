"""What territory promises about addresses: off by default, asked by the worker, by a real geopy geocoder."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from geopy.exc import GeopyError

from backend.core import job_queue, job_worker
from backend.core.settings import SettingsError, settings
from backend.territory import actions, geocoding, queries
from backend.territory.points import Point

LIULI = "371526101335"
PLACE = {LIULI: Point(crs="wgs84", longitude=116.2373, latitude=36.7401)}
ADDRESS = "琉璃庙村, 琉璃寺镇, 高唐县, 聊城市, 山东省, 中国"


class Nominatim(BaseHTTPRequestHandler):
    """Answers /reverse as Nominatim does; `asked` keeps the questions, `failures` how many 503 come first."""

    asked: list[dict[str, str]]
    failures = 0

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        type(self).asked.append({"path": address.path} | {k: v[0] for k, v in parse_qs(address.query).items()})
        if type(self).failures:
            type(self).failures -= 1
            self.send_error(503)
            return
        body = json.dumps({"display_name": ADDRESS, "lat": "36.7401", "lon": "116.2373", "place_id": 1}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def nominatim() -> Iterator[type[Nominatim]]:
    handler = type("Fresh", (Nominatim,), {"asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()  # by itself it leaves after half a second
    handler.domain = f"127.0.0.1:{server.server_port}"
    yield handler
    server.shutdown()
    server.server_close()


@pytest.fixture
def named(nominatim, monkeypatch) -> type[Nominatim]:
    options = {"domain": nominatim.domain, "scheme": "http", "user_agent": "lianxin-tests"}
    chosen = msgspec.structs.replace(settings(), geocoder="nominatim", geocoder_options=json.dumps(options))
    monkeypatch.setattr(geocoding, "settings", lambda: chosen)
    return nominatim


@pytest.fixture
async def worker(db) -> AsyncIterator[None]:
    stop = asyncio.Event()
    working = asyncio.create_task(job_worker.worker(stop))
    yield
    stop.set()
    await working


async def address() -> str | None:
    return (await queries.division(code=LIULI)).geocoded_address


async def test_nothing_is_asked_while_no_geocoder_is_named(divisions, nominatim):
    await actions.place_divisions(points=PLACE, demo=False)

    assert (await job_queue.counts())["queued"] == 0
    assert nominatim.asked == []


async def test_placing_a_real_point_enqueues_the_question_and_asks_nothing_itself(divisions, named):
    await actions.place_divisions(points=PLACE, demo=False)

    assert (await job_queue.counts())["queued"] == 1
    assert named.asked == []
    assert await address() is None


async def test_a_made_up_point_is_never_sent_out(divisions, named):
    await actions.place_divisions(points=PLACE, demo=True)

    assert (await job_queue.counts())["queued"] == 0


async def test_the_worker_asks_a_real_geocoder_and_keeps_the_address(divisions, named, worker):
    await actions.place_divisions(points=PLACE, demo=False)

    async with asyncio.timeout(20):
        while await address() is None:
            await asyncio.sleep(0.05)

    assert await address() == ADDRESS
    (question,) = named.asked
    assert question["path"] == "/reverse"
    assert (float(question["lat"]), float(question["lon"])) == (36.7401, 116.2373)


async def test_a_service_that_fails_fails_the_job_and_leaves_the_division_as_it_was(divisions, named):
    await actions.place_divisions(points=PLACE, demo=False)
    named.failures = 1
    village = await queries.division(code=LIULI)

    with pytest.raises(GeopyError):
        await geocoding.describe_division_point(village.id)
    assert await address() is None
    await geocoding.describe_division_point(village.id)
    assert await address() == ADDRESS


async def test_a_division_whose_point_moved_forgets_its_address(divisions, named):
    await actions.place_divisions(points=PLACE, demo=False)
    await geocoding.describe_division_point((await queries.division(code=LIULI)).id)
    assert await address() == ADDRESS

    await actions.place_divisions(points=PLACE, demo=True)
    assert await address() is None


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [("nominatin", "{}", "GEOCODER"), ("nominatim", "[]", "OPTIONS"), ("nominatim", '{"color": 1}', "OPTIONS")],
)
def test_a_geocoder_that_cannot_be_made_is_named(name, options, said):
    with pytest.raises(SettingsError, match=said):
        geocoding.geocoder(msgspec.structs.replace(settings(), geocoder=name, geocoder_options=options))


def test_baidu_is_asked_in_its_own_system():
    assert geocoding.spoken_crs("Baiduv3") == "bd09"
    assert geocoding.spoken_crs("nominatim") == "wgs84"
