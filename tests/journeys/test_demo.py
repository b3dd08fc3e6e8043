"""`make run`: a newcomer has a county to try in less than a minute, and finds it as he left it the next day."""

import json
import socket
import stat
from contextlib import suppress

import httpx

from backend.people.tables import Role


def told(house) -> dict:
    return json.loads((house.data / "demo.json").read_text())


def test_demo_json_lets_one_account_of_each_role_in_by_every_door(demo):
    file = demo.data / "demo.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert told(demo)["base_url"] == demo.url
    assert [account["role"] for account in told(demo)["accounts"]] == list(Role)
    for account in told(demo)["accounts"]:
        token = {"Authorization": f"Bearer {account['access_token']}"}
        assert httpx.get(f"{demo.url}/api/v1/me", headers=token).json()["name"] == account["name"]
        assert demo.sign_in(account["phone"], account["password"])
        forms = httpx.get(f"{account['openrosa_url']}/formList", headers={"X-OpenRosa-Version": "1.0"})
        assert forms.status_code == 200


def test_what_demo_json_names_is_there(demo):
    county = told(demo)
    tokens = {account["role"]: {"Authorization": f"Bearer {account['access_token']}"} for account in county["accounts"]}
    for visit_id in [county["visit_id"], *county["flagged_visit_ids"].values()]:
        assert httpx.get(f"{demo.url}/api/v1/visits/{visit_id}", headers=tokens["cadre"]).status_code == 200
    flags = httpx.get(f"{demo.url}/api/v1/visits?limit=1000", headers=tokens["cadre"]).json()["items"]
    assert {flag["kind"] for visit in flags for flag in visit["flags"]} == set(county["flagged_visit_ids"])
    mine = httpx.get(f"{demo.url}/api/v1/my/households", headers=tokens["cadre"]).json()["households"]
    assert set(county["household_ids"].values()) <= {household["household_id"] for household in mine}
    check = f"{demo.url}/api/v1/spot-checks/{county['spot_check_id']}"
    assert httpx.get(check, headers=tokens["auditor"]).json()["drawn"] == 12


def test_the_warnings_the_round_and_the_alerts_that_it_names_are_there(demo):
    county = told(demo)
    tokens = {account["role"]: {"Authorization": f"Bearer {account['access_token']}"} for account in county["accounts"]}
    api = f"{demo.url}/api/v1"
    for warning_id in [county["open_warning_id"], *county["warning_ids"].values()]:
        found = httpx.get(f"{api}/antifraud/warnings/{warning_id}", headers=tokens["supervisor"])
        assert found.status_code == 200
        assert found.json()["person"] is None
    mine = f"{api}/antifraud/warnings/{county['open_warning_id']}"
    assert httpx.get(mine, headers=tokens["assistant"]).json()["person"]["name"] == "演练对象"
    round_url = f"{api}/antifraud/rounds/{county['round_id']}"
    assert httpx.get(round_url, headers=tokens["assistant"]).json()["closed_at"] is None
    draft = httpx.get(f"{api}/alerts/{county['alert_draft_id']}", headers=tokens["admin"]).json()
    assert draft["state"] == "draft"
    police = county["police_account"]
    assert draft["drafted_by"]["name"] == police["name"]
    assert demo.sign_in(police["phone"], police["password"])
    feed = httpx.get(f"{demo.url}/feeds/cap.atom").text
    assert county["alert_identifier"] in feed
    assert httpx.get(f"{demo.url}/feeds/cap/{county['alert_identifier']}.xml").status_code == 200


def test_the_calendars_that_it_names_are_there(demo):
    feed = httpx.get(told(demo)["calendar_url"])
    assert feed.headers["content-type"] == "text/calendar; charset=utf-8"
    assert feed.text.count("BEGIN:VEVENT") > 10
    markets = httpx.get(told(demo)["market_calendar_url"]).text
    assert "RDATE" in markets
    assert "梁村大集" in markets


def test_the_banner_s_addresses_open(demo):
    cadre = told(demo)["accounts"][0]
    banner = demo.printed.read_text()
    for path in ("/console/map", "/console/log", "/feeds/cap.atom", "/docs", "/schema/openapi.json"):
        assert f"{demo.url}{path}" in banner
        answer = httpx.get(f"{demo.url}{path}", headers={"Authorization": f"Bearer {cadre['access_token']}"})
        assert answer.status_code == 200, path
    assert cadre["openrosa_url"] in banner
    assistant = told(demo)["accounts"][1]
    for path in ("/console/warnings", "/console/round", "/console/alerts"):
        assert f"{demo.url}{path}" in banner
        answer = httpx.get(f"{demo.url}{path}", headers={"Authorization": f"Bearer {assistant['access_token']}"})
        assert answer.status_code == 200, path


def test_nothing_of_the_program_is_on_the_terminal_but_the_steps_and_the_banner(demo):
    httpx.get(f"{demo.url}/api/v1/visits")

    assert '"event"' not in demo.printed.read_text()
    assert '"event"' in (demo.data / "server.log").read_text()


def test_a_request_whose_head_never_ends_is_cut_off(demo):
    with socket.create_connection(("127.0.0.1", demo.port), timeout=10) as phone:
        phone.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\nX-Filler: ")
        with suppress(OSError):
            for _ in range(1000):
                phone.sendall(b"x" * 1000)
        answer = b""
        with suppress(OSError):
            answer = phone.recv(1000)

    assert answer == b"" or answer.startswith(b"HTTP/1.1 400")
    assert httpx.get(f"{demo.url}/health/live").status_code == 200


def test_the_next_start_finds_the_same_county_and_phones_that_were_set_up_stay_so(demo):
    """It leaves the county open, as it found it."""
    before = told(demo)
    assert demo.close(group=True) == 0
    demo.printed.unlink()

    demo.open("demo")

    after = told(demo)
    assert {name: value for name, value in after.items() if name != "accounts"} == {
        name: value for name, value in before.items() if name != "accounts"
    }
    for old, new in zip(before["accounts"], after["accounts"], strict=True):
        assert old["openrosa_url"] == new["openrosa_url"]
        assert old["password"] == new["password"]
    supervisor = {"Authorization": f"Bearer {after['accounts'][6]['access_token']}"}
    visits = httpx.get(f"{demo.url}/api/v1/visits?limit=1000", headers=supervisor).json()["items"]
    assert len(visits) == 412 + 2  # as planted, and two that a phone sent
