"""Public Open311 clients, as their authors published them, against the program as somebody would start it.

three 0.8.0 files; it is of 2013, and knows `itertools.ifilter`, which Python 3 calls `filter`: that one name is given
back to it, nothing else. georeport 0.3.1, of 2025, reads and follows, in JSON and in XML.
"""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.house import ROOT, House

FILES = """
import itertools, json, sys
itertools.ifilter = filter
import three
asked = json.loads(sys.argv[1])
client = three.Three(asked["endpoint"], api_key=asked["key"])
told = {"discovery": client.discovery(), "services": client.services(), "service": client.services(asked["code"])}
words = dict(lat="36.8967", long="116.2815", description="黄圈村口路灯不亮", name="大山 林")
told["posted"] = client.post(asked["code"], phone="13800138000", **words)
told["again"] = client.post(asked["code"], phone="13800138000", **words)
number = told["posted"][0]["service_request_id"]
told["request"], told["listed"] = client.request(number), client.requests(asked["code"])
told["refused"] = three.Three(asked["endpoint"], api_key="wrong").post(asked["code"], **words)
print(json.dumps(told))
"""
FOLLOWS = """
import json, sys
from georeport import GeoReport
asked = json.loads(sys.argv[1])
client = GeoReport(asked["endpoint"], output_format=asked["format"])
print(json.dumps({
    "services": client.get_service_list(),
    "definition": client.get_service_definition(asked["code"]),
    "request": client.get_service_request(asked["number"]),
    "listed": client.get_service_requests(service_request_id=asked["numbers"]),
}))
"""
ROADS = "planning_construction.roads"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, seeded: Path) -> Iterator[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("open311")
    folder.chmod(0o711)
    house = House(folder / "data")
    house.move_in(seeded)
    house.open("demo")
    yield json.loads((Path(house.data) / "demo.json").read_text(encoding="utf-8"))
    house.close()


def run(program: str, module: str, **asked: Any) -> dict[str, Any]:
    """A client in a process of its own; what it printed."""
    if importlib.util.find_spec(module) is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"No client here: pip install {module}")
    done = subprocess.run(
        [sys.executable, "-c", program, json.dumps(asked)], capture_output=True, text=True, timeout=60, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_public_clients_file_a_case_and_follow_it(demo: dict[str, Any]) -> None:
    endpoint = f"{demo['base_url']}/open311/v2"
    told = run(FILES, "three", endpoint=endpoint, key=demo["open311_api_key"], code=ROADS)
    [posted], [again], [shown] = told["posted"], told["again"], told["request"]
    number = posted["service_request_id"]

    assert told["discovery"]["endpoints"][0]["url"] == endpoint
    assert ROADS in {each["service_code"] for each in told["services"]}
    assert told["service"]["service_code"] == ROADS
    assert again["service_request_id"] == number
    assert (shown["status"], shown["description"]) == ("open", "黄圈村口路灯不亮")
    assert told["listed"][0] == shown
    assert told["refused"][0]["code"] == 403

    second = httpx.post(f"{endpoint}/requests.json", data=_another(demo), timeout=10).json()[0]["service_request_id"]
    for output in ("json", "xml"):
        asked = {"number": number, "numbers": f"{number},{second}", "format": output}
        followed = run(FOLLOWS, "georeport", endpoint=endpoint, code=ROADS, **asked)
        assert followed["request"]["status"] == "open"
        assert followed["request"]["service_request_id"] == number
        assert {each["service_request_id"] for each in followed["listed"]} == {number, second}
        assert followed["definition"]["service_code"] == ROADS
        assert len(followed["services"]) == len(told["services"])

    _resolve(demo, number)
    followed = run(FOLLOWS, "georeport", endpoint=endpoint, code=ROADS, **asked)
    assert (followed["request"]["status"], followed["request"]["status_notes"]) == ("closed", "灯修好了")


def _another(demo: dict[str, Any]) -> dict[str, str]:
    return {
        "api_key": demo["open311_api_key"],
        "service_code": ROADS,
        "address_string": "黄圈村西头",
        "description": "路上有坑",
    }


def _resolve(demo: dict[str, Any], number: str) -> None:
    """The desk sends it to the water bureau's handler (the demo's only one), who resolves it."""
    api, token = f"{demo['base_url']}/api/v1", {each["role"]: each["access_token"] for each in demo["accounts"]}
    desk, unit = ({"Authorization": f"Bearer {token[role]}"} for role in ("operator", "handler"))
    case = httpx.get(f"{api}/cases", params={"number": number}, headers=desk, timeout=10).json()["items"][0]
    sent = {"unit_id": demo["unit_ids"]["water"]}
    httpx.post(f"{api}/cases/{case['id']}/dispatch", json=sent, headers=desk, timeout=10).raise_for_status()
    done = {"remark": "灯修好了"}
    httpx.post(f"{api}/cases/{case['id']}/resolution", json=done, headers=unit, timeout=10).raise_for_status()
