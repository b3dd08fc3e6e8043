"""What `make run` ends with."""

import base64
import json
import zlib
from pathlib import Path
from uuid import UUID

import pytest
import segno

from backend.openrosa.collect_settings import qr_text
from backend.people.tables import Role
from seed.accounts import Account, SignIn
from seed.banner import ROLES, banner, cells, qr, settings_of, table
from seed.demo import Steps, url_of
from seed.furnishing import Demo

ACCOUNT = Account(
    role="cadre",
    name="王秀禾",
    phone="15400000001",
    password="gaotang-abcdefgh",
    access_token="a.b.c",
    openrosa_url="http://127.0.0.1:8000/openrosa/key/" + "k" * 43,
)
POLICE = SignIn(role="handler", name="肖明鉴", phone="15400000061", password=ACCOUNT.password)
NOBODY = UUID(int=0)
DEMO = Demo(
    base_url="http://127.0.0.1:8000",
    accounts=[ACCOUNT],
    county_code="371526000000",
    village_code="371526101335",
    household_id=NOBODY,
    household_code="LLM-001",
    household_ids={},
    visit_id=NOBODY,
    flagged_visit_ids={},
    need_id=NOBODY,
    campaign_codes=[],
    service_team=33,
    photo_id=NOBODY,
    photo_ids=[],
    spot_check_id=NOBODY,
    unit_ids={},
    studio_unit_id=NOBODY,
    open311_api_key="k" * 43,
    notice_ids={},
    case_ids={},
    receipt_url="http://127.0.0.1:8000/r/618033988739",
    receipt_secret="314159",
    station_url="http://127.0.0.1:8000/q/7K3M-9QXT-0ABC-DEFG",
    diagnosis_ids={},
    diagnosis_receipt_url="http://127.0.0.1:8000/r/202611000002",
    diagnosis_receipt_secret="654321",
    instrument_ids={},
    sample_ids={},
    sample_url="http://127.0.0.1:8000/s/7K3M9QXT0ABCDEFG",
    soil_sample_url="http://127.0.0.1:8000/s/7K3M9QXT0ABCDEFH",
    report_number="JC618033988739",
    report_url="http://127.0.0.1:8000/t/JC618033988739",
    calendar_url="http://127.0.0.1:8000/feeds/calendars/" + "k" * 43 + ".ics",
    market_calendar_url="http://127.0.0.1:8000/feeds/calendars/" + "m" * 43 + ".ics",
    line_post_url=f"http://127.0.0.1:8000/api/v1/hotline/calls/posts/{NOBODY}",
    line_post_secret="whsec_",
    text_post_url=f"http://127.0.0.1:8000/api/v1/hotline/texts/posts/{NOBODY}",
    text_post_secret="whsec_",
    call_id=NOBODY,
    callback_id=NOBODY,
    survey_id=NOBODY,
    closed_survey_id=NOBODY,
    pledge_batch_ids=[],
    enterprise_case_id=NOBODY,
    station_id=NOBODY,
    submission_id=NOBODY,
    conflict_id=NOBODY,
    visitor_url="http://127.0.0.1:8000/v/1234-5678",
    police_account=POLICE,
    warning_ids={},
    open_warning_id=NOBODY,
    warning_post_url=f"http://127.0.0.1:8000/api/v1/antifraud/warnings/posts/{NOBODY}",
    warning_post_secret="whsec_",
    round_id=NOBODY,
    closed_round_id=NOBODY,
    alert_ids={},
    alert_id=NOBODY,
    alert_identifier="37152631200000_20261121084000_0",
    alert_draft_id=NOBODY,
)


def test_columns_line_up_though_a_chinese_character_takes_two_cells():
    lines = table([["cadre", "干部", "王秀禾", "1"], ["handler", "承办单位", "x", "2"]])

    assert {cells(line) for line in lines} == {cells(lines[0])}
    assert [line[-1] for line in lines] == ["1", "2"]


def test_every_role_has_its_chinese_word():
    assert list(ROLES) == list(Role)


def test_the_banner_tells_addresses_account_password_and_how_to_stop():
    shown = banner(DEMO, log_path=Path("/data/server.log"), styled=False)

    for told in (
        "/console/map",
        "/console/log",
        "/r/618033988739  密码 314159",
        "/docs",
        "/schema/openapi.json",
        "/data/demo.json",
        "/console/warnings",
        "/console/round",
        "/console/alerts",
        "/console/desk",
        "/console/collect",
        "/feeds/cap.atom",
        "王秀禾",
        "肖明鉴",
        "Ctrl-C",
    ):
        assert told in shown
    assert ACCOUNT.password in shown
    assert ACCOUNT.openrosa_url in shown
    assert "HOST=0.0.0.0" in shown
    assert "\x1b" not in shown


def test_who_listens_for_the_network_is_not_told_to():
    elsewhere = DEMO.__class__(
        **{name: getattr(DEMO, name) for name in DEMO.__struct_fields__} | {"base_url": "http://h:1"}
    )

    assert "HOST=0.0.0.0" not in banner(elsewhere, log_path=Path("/data/server.log"), styled=False)


def test_the_code_holds_what_collect_reads():
    told = json.loads(zlib.decompress(base64.b64decode(qr_text(settings_of(ACCOUNT)))))

    assert told["general"]["server_url"] == ACCOUNT.openrosa_url
    assert told["general"]["form_update_mode"] == "match_exactly"
    assert set(told) == {"general", "admin", "project"}


@pytest.mark.parametrize("styled", [True, False])
def test_the_code_on_the_terminal_is_the_code(styled):
    content = qr_text(settings_of(ACCOUNT))
    lines = [
        line.strip().removeprefix("\x1b[97;40m").removesuffix("\x1b[0m")
        for line in qr(content, styled=styled).split("\n")
    ]
    halves = {"█": (0, 0), "▀": (0, 1), "▄": (1, 0), " ": (1, 1)}
    width = max(map(len, lines))
    drawn = [[halves[letter][half] for letter in line.ljust(width)] for line in lines for half in (0, 1)]
    expected = [list(row) for row in segno.make(content, error="l", micro=False).matrix_iter(border=2)]

    assert drawn[: len(expected)] == expected
    assert width <= 72


@pytest.mark.parametrize(
    ("host", "port", "url"), [("127.0.0.1", 8000, "http://127.0.0.1:8000"), ("::1", 80, "http://[::1]:80")]
)
def test_an_address_is_written_as_a_browser_takes_it(host, port, url):
    assert url_of(host, port) == url


def test_who_listens_everywhere_is_told_an_address_that_others_can_use():
    everywhere = "0.0.0.0"  # noqa: S104

    assert everywhere not in url_of(everywhere, 8000)


def test_the_steps_tell_where_the_start_is(capsys):
    import sys

    steps = Steps(sys.stdout)
    steps.begin()
    steps.begin()
    steps.end()

    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("[1/4] PostgreSQL")
    assert second.startswith("[2/4]")
    assert first.endswith(" s")
