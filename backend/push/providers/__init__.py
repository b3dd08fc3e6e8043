"""Ways out of the house: each module is one, behind `backend.push.provider.Provider`.

    fcm      phones with Google's services          hms      Huawei's without
    sms      approved text messages                 wechat   followers of the county's service account
    robots   staff groups in WeCom, DingTalk, Feishu

None is there until its settings are; then the inbox alone carries notices. Heavy libraries are loaded by the first
message, not by the import. None sleeps, none tries again: what is to be done is the queue's to decide.
"""

from collections.abc import Iterator
from typing import TypeVar

import msgspec

from backend.core.settings import Settings, SettingsError, settings
from backend.push.provider import Provider
from backend.push.providers import robots as robot_groups
from backend.push.providers import sms_templates, wechat
from backend.push.providers.fcm import Fcm
from backend.push.providers.hms import Hms
from backend.push.providers.robots import Robots
from backend.push.providers.sms import Sms
from backend.push.providers.wechat import WeChat

T = TypeVar("T")


def configured(chosen: Settings | None = None) -> list[Provider]:
    """The ways the settings name, made anew; each belongs to the event loop that uses it. Raises SettingsError."""
    chosen = chosen or settings()
    return [provider for make in (_fcm, _hms, _sms, _wechat, _robots) for provider in make(chosen)]


def _fcm(chosen: Settings) -> Iterator[Provider]:
    if chosen.push_fcm_credentials:
        account = _json(chosen, "push_fcm_credentials", dict[str, str])
        if missing := {"project_id", "private_key", "client_email", "token_uri"} - account.keys():
            raise SettingsError(f"PUSH_FCM_CREDENTIALS is no service account's JSON: {min(missing)} is missing.")
        yield Fcm(account=account, url=chosen.push_fcm_url, per_second=chosen.push_fcm_per_second)


def _hms(chosen: Settings) -> Iterator[Provider]:
    if _all_or_none(chosen, "push_hms_app_id", "push_hms_app_secret"):
        yield Hms(
            app_id=chosen.push_hms_app_id,
            app_secret=chosen.push_hms_app_secret,
            category=chosen.push_hms_category,
            callback_user=chosen.push_hms_callback_user,
            callback_secret=chosen.push_hms_callback_secret,
            url=chosen.push_hms_url,
            sign_in_url=chosen.push_hms_sign_in_url,
            per_second=chosen.push_hms_per_second,
        )


def _sms(chosen: Settings) -> Iterator[Provider]:
    if _all_or_none(chosen, "sms_url", "sms_key", "sms_secret", "sms_signature_name", "sms_templates"):
        yield Sms(
            url=chosen.sms_url,
            key=chosen.sms_key,
            secret=chosen.sms_secret,
            signature_name=chosen.sms_signature_name,
            templates=_json(chosen, "sms_templates", dict[str, sms_templates.Template]),
            per_second=chosen.sms_per_second,
        )


def _wechat(chosen: Settings) -> Iterator[Provider]:
    if _all_or_none(chosen, "wechat_app_id", "wechat_app_secret", "wechat_templates"):
        yield WeChat(
            app_id=chosen.wechat_app_id,
            app_secret=chosen.wechat_app_secret,
            templates=_json(chosen, "wechat_templates", dict[str, wechat.Template]),
            url=chosen.wechat_url,
            per_second=chosen.wechat_per_second,
        )


def _robots(chosen: Settings) -> Iterator[Provider]:
    if schemes := chosen.push_robots.replace(",", " ").split():
        if strange := set(schemes) - set(robot_groups.SCHEMES):
            raise SettingsError(f"PUSH_ROBOTS names {min(strange)}; it takes {', '.join(robot_groups.SCHEMES)}.")
        yield Robots(schemes=schemes, url=chosen.push_robots_url, per_second=chosen.push_robots_per_second)


def _all_or_none(chosen: Settings, *names: str) -> bool:
    missing = [name.upper() for name in names if not getattr(chosen, name)]
    if missing and len(missing) < len(names):
        raise SettingsError(f"{missing[0]} is missing: {', '.join(name.upper() for name in names)} go together.")
    return not missing


def _json(chosen: Settings, name: str, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(getattr(chosen, name), type=kind)
    except msgspec.DecodeError as error:
        raise SettingsError(f"{name.upper()} cannot be used: {error}") from None
