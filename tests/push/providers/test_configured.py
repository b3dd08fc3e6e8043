"""Which ways there are, by the settings."""

import json

import pytest

from backend.core.settings import SettingsError, read
from backend.push.provider import AddressKind
from backend.push.providers import configured

ACCOUNT = json.dumps(
    {
        "type": "service_account",
        "project_id": "p",
        "private_key": "k",
        "client_email": "a@p.example",
        "token_uri": "https://oauth2.googleapis.com/token",
    }
)
HMS = {"PUSH_HMS_APP_ID": "1", "PUSH_HMS_APP_SECRET": "s"}
SMS = {
    "SMS_URL": "https://sms.county.example",
    "SMS_KEY": "k",
    "SMS_SECRET": "s",
    "SMS_SIGNATURE_NAME": "连心",
    "SMS_TEMPLATES": '{"fraud": {"code": "SMS_1", "parameters": {"kind": 20}, "no_links": true}}',
}
WECHAT = {
    "WECHAT_APP_ID": "wx1",
    "WECHAT_APP_SECRET": "s",
    "WECHAT_TEMPLATES": '{"task": {"id": "t", "fields": {"thing1": "what"}}}',
}


@pytest.fixture
def given(tmp_path):
    return lambda **environment: read({"LIANXIN_DATA": str(tmp_path), **environment})


def test_nothing_configured_leaves_the_inbox_alone(given):
    assert configured(given()) == []


def test_all_configured_reach_every_kind_of_address_once(given):
    ways = configured(
        given(PUSH_FCM_CREDENTIALS=ACCOUNT, **HMS, **SMS, **WECHAT, PUSH_ROBOTS="wecombot, dingtalk feishu")
    )
    kinds = [kind for way in ways for kind in way.kinds]

    assert [way.name for way in ways] == ["fcm", "hms", "sms", "wechat", "robots"]
    assert sorted(kinds) == sorted(AddressKind)


def test_googles_account_may_come_from_its_file(given, tmp_path):
    (tmp_path / "account.json").write_text(ACCOUNT)

    assert [way.name for way in configured(given(PUSH_FCM_CREDENTIALS_FILE=str(tmp_path / "account.json")))] == ["fcm"]


def test_what_goes_out_in_a_second_is_the_countys_to_say(given):
    (way,) = configured(given(**SMS, SMS_PER_SECOND="3.5"))

    assert way.capabilities.per_second == 3.5


@pytest.mark.parametrize("whole", [HMS, SMS, WECHAT])
def test_half_of_the_settings_is_refused_naming_what_is_missing(given, whole):
    for missing in whole:
        rest = {name: value for name, value in whole.items() if name != missing}
        with pytest.raises(SettingsError, match=f"{missing} is missing"):
            configured(given(**rest))


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"PUSH_FCM_CREDENTIALS": "{"}, "PUSH_FCM_CREDENTIALS cannot be used"),
        ({"PUSH_FCM_CREDENTIALS": '{"project_id": "p"}'}, "client_email is missing"),
        ({**SMS, "SMS_TEMPLATES": '{"fraud": {}}'}, "SMS_TEMPLATES cannot be used.*code"),
        ({**WECHAT, "WECHAT_TEMPLATES": "[]"}, "WECHAT_TEMPLATES cannot be used"),
        ({"PUSH_ROBOTS": "wecombot slack"}, "PUSH_ROBOTS names slack"),
    ],
)
def test_settings_that_cannot_be_are_refused_by_name_without_the_secret(given, environment, said):
    with pytest.raises(SettingsError, match=said):
        configured(given(**environment))
