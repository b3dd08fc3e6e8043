"""A cadre in 琉璃庙村 fills in the visit form in ODK Collect, and the county sees it: told from the phone to the desk.

The request is the recorded one, byte for byte, with a JPEG that carries EXIF orientation and GPS.
"""

import io
import json
import time
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.console.pictures import submit_recorded
from tests.house import House
from tests.openrosa.collect import VISIT_ID


class County:
    """The demo as a desk sees it: `ask("supervisor", path)`."""

    def __init__(self, house: House) -> None:
        self.told: dict[str, Any] = json.loads((house.data / "demo.json").read_text(encoding="utf-8"))
        self.url = house.url

    def ask(self, role: str, path: str, **params: str) -> httpx.Response:
        account = next(account for account in self.told["accounts"] if account["role"] == role)
        token = {"Authorization": f"Bearer {account['access_token']}"}
        return httpx.get(self.url + path, params=params, headers=token, timeout=10).raise_for_status()

    def photo_looked_at(self, role: str, photo_id: str, within_s: float = 60) -> dict[str, Any]:
        """A photo once the worker has looked at it, which is after the phone was thanked."""
        deadline = time.monotonic() + within_s
        while (told := self.ask(role, f"/api/v1/photos/{photo_id}").json())["state"] == "waiting":
            assert time.monotonic() < deadline, f"nobody looked at photo {photo_id} within {within_s} s"
            time.sleep(0.1)
        return dict(told)


@pytest.fixture(scope="module")
def county(started_again: House) -> County:
    return County(started_again)


@pytest.fixture(scope="module")
def before(county: County) -> dict[str, Any]:
    """The campaign's count before anything was sent."""
    return dict(county.ask("supervisor", "/api/v1/campaigns/people").json())


@pytest.fixture(scope="module")
def answers(county: County, before: dict[str, Any]) -> list[int]:
    """Sent, and sent again as a phone does that lost the answer."""
    return [submit_recorded(county.told, role="cadre").status_code for _ in range(2)]


def test_the_phone_hears_that_it_is_there_both_times(answers: list[int]) -> None:
    assert answers == [201, 201]


def test_it_is_stored_with_its_point_in_wgs84_and_both_needs(county: County, answers: list[int]) -> None:
    visit = county.ask("cadre", f"/api/v1/visits/{VISIT_ID}").json()

    assert visit["division"]["code"].startswith("371526101335")
    assert (visit["point"]["longitude"], visit["point"]["latitude"]) == (116.2815093, 36.8966547)
    assert visit["point"]["accuracy_m"] == 12.5
    assert len(visit["needs"]) == 2
    assert visit["door"] == "openrosa"


def test_its_photo_stands_upright_and_says_nothing_of_where_it_was_taken(county: County, answers: list[int]) -> None:
    photo = county.ask("cadre", f"/api/v1/visits/{VISIT_ID}").json()["photos"][0]["photo_id"]
    told = county.photo_looked_at("cadre", photo)
    copy = Image.open(io.BytesIO(county.ask("cadre", f"/api/v1/photos/{photo}/copy").content))

    assert (told["width"], told["height"]) == (1200, 1600)
    assert told["point"]["latitude"] == pytest.approx(36.8966, abs=1e-3)
    assert copy.height > copy.width
    assert not copy.getexif()


def test_it_is_on_the_map_and_in_the_table_beside_it(county: County, answers: list[int]) -> None:
    village, day = county.told["village_code"], {"from": "2026-11-20", "to": "2026-11-20"}
    page = county.ask("supervisor", "/console/map", division=village, **day).text

    points = json.loads(page.split('<script type="application/json" id="points">')[1].split("</script>")[0])
    assert [point["place"] for point in points if point["id"] == str(VISIT_ID)] == ["琉璃庙村"]
    assert f'id="row-{VISIT_ID}"' in page


def test_it_is_in_the_feed_that_qgis_reads(county: County, answers: list[int]) -> None:
    feature = county.ask("supervisor", f"/ogc/collections/visits/items/{VISIT_ID}").json()

    assert feature["geometry"]["coordinates"][:2] == [116.2815093, 36.8966547]


def test_it_is_in_the_household_s_history_once(county: County, answers: list[int]) -> None:
    history = county.ask("cadre", "/api/v1/visits", household_id=county.told["household_id"], limit="200").json()

    assert [visit["id"] for visit in history["items"]].count(str(VISIT_ID)) == 1


def test_the_campaign_counts_it_once(county: County, before: dict[str, Any], answers: list[int]) -> None:
    after = county.ask("supervisor", "/api/v1/campaigns/people").json()

    assert after["contacts"] == before["contacts"] + 1
    assert after["visits"] == before["visits"] + 1
