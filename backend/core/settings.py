"""Settings: the environment, read once into one typed value. A wrong value is named; a secret may come from a file.

Each field FIELD is read from FIELD in capitals; one that may hold a secret also from the file that FIELD_FILE names.
A key given in neither is made once and kept in LIANXIN_DATA/secrets (mode 0600), so a demo needs no ceremony and
survives a restart.
"""

import os
import secrets
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

Port = Annotated[int, Meta(ge=1, le=65535)]
Count = Annotated[int, Meta(ge=1)]
Seconds = Annotated[float, Meta(gt=0)]
PerSecond = Annotated[float, Meta(gt=0)]
Key = Annotated[str, Meta(min_length=32)]


class SettingsError(RuntimeError):
    """The environment says something that cannot be used; the message names the variable and what it would take."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What a deployment may choose. Sizes in bytes, spans in seconds, as the names say."""

    lianxin_data: Path = Path(".lianxin")
    database_url: str = ""
    storage_url: str = ""
    warning_keys_url: str = ""
    """Where the day keys of anti-fraud warnings lie. Never in a backup: what they sealed has to go dark with them."""
    public_url: str = ""
    host: str = "127.0.0.1"
    port: Port = 8000
    web_processes: Count = 1
    pool_size: Count = 10
    pool_acquire_timeout_s: Seconds = 5.0
    access_token_minutes: Count = 15
    refresh_token_days: Count = 30
    request_max_bytes: Count = 1_000_000
    batch_max_bytes: Count = 64_000_000
    photo_max_bytes: Count = 20_000_000
    photo_max_pixels: Count = 120_000_000
    voice_max_bytes: Count = 5_000_000
    document_max_bytes: Count = 10_000_000
    photo_processes: Annotated[int, Meta(ge=0)] = 0
    """0: one per core, shared among the web processes."""
    photo_process_bytes: Count = 1_500_000_000
    photo_process_s: Seconds = 30.0
    storage_within_s: Seconds = 25.0  # longer over one object counts as down: a phone would have hung up
    upload_hours: Count = 168
    open_uploads: Count = 200
    """Of one person, and not whole yet."""
    station_upload_max_bytes: Count = 10_000_000
    station_upload_hours: Count = 2
    station_open_uploads: Count = 500
    kits_dir: str = ""
    """A county's folder of kits, lying over ours file by file; none where it is empty."""
    openrosa_accept_bytes: Count = 4_000_000
    """What Collect is told to send at once: a big visit comes in several posts, so a bad link loses little."""
    openrosa_max_bytes: Count = 100_000_000
    openrosa_basic_over_http: bool = False
    """Whether phones may send a password without TLS from elsewhere than this machine: for a closed network only."""
    geocoder: str = ""
    geocoder_options: str = "{}"
    tiles_url: str = ""
    tiles_attribution: str = ""
    tiles_crs: str = "wgs84"
    metrics_token: str = ""
    # Ways out (backend/push/providers). None is used until it is given; each *_url may name a relay or a stand-in.
    push_fcm_credentials: str = ""
    """A Firebase service account's JSON; as a file: PUSH_FCM_CREDENTIALS_FILE."""
    push_fcm_url: str = "https://fcm.googleapis.com"
    push_fcm_per_second: PerSecond = 10_000.0  # 600,000 a minute and project, Firebase's quota for HTTP v1
    push_hms_app_id: str = ""
    push_hms_app_secret: str = ""
    push_hms_category: str = ""
    push_hms_callback_user: str = ""
    push_hms_callback_secret: str = ""
    push_hms_url: str = "https://push-api.cloud.huawei.com"
    push_hms_sign_in_url: str = "https://oauth-login.cloud.huawei.com/oauth2/v3/token"
    push_hms_per_second: PerSecond = 1_000.0  # Huawei grows it with the app's users and answers 503 beyond it
    push_robots: str = ""
    """Which robots staff groups may use, of: wecombot dingtalk feishu."""
    push_robots_url: str = ""
    push_robots_per_second: PerSecond = 1.0  # each robot takes 20 a minute (WeCom, DingTalk)
    sms_url: str = ""
    sms_key: str = ""
    sms_secret: str = ""
    sms_signature_name: str = ""
    sms_templates: str = ""
    """JSON: our key → {"code", "parameters": {name: most characters}, "no_links"}."""
    sms_per_second: PerSecond = 20.0  # ask the gateway
    sms_stand_in: bool = False
    """For a demo only: where no gateway is set up, pages show the codes that would have been sent."""
    wechat_app_id: str = ""
    wechat_app_secret: str = ""
    wechat_templates: str = ""
    """JSON: our key → {"id", "fields": {the template's field: our parameter}}."""
    wechat_url: str = "https://api.weixin.qq.com"
    wechat_per_second: PerSecond = 100.0  # the day's 10 million are far away
    webhook_networks: str = ""
    """Networks of our own that partners' webhooks may lie in, with commas: 10.20.0.0/16. Public ones always may."""
    secret_key: Key
    field_key: Key
    index_key: Key

    @property
    def storage(self) -> str:
        """Where objects lie: a folder under the data folder unless STORAGE_URL says otherwise."""
        return self.storage_url or f"file://{(self.lianxin_data / 'objects').resolve()}"

    @property
    def warning_keys(self) -> str:
        """Where day keys lie: a folder of their own under the data folder unless WARNING_KEYS_URL says otherwise."""
        return self.warning_keys_url or f"file://{(self.lianxin_data / 'warning-keys').resolve()}"


KEYS = ("secret_key", "field_key", "index_key")
SECRETS = (
    *KEYS,
    "database_url",
    "storage_url",
    "warning_keys_url",
    "metrics_token",
    "push_fcm_credentials",
    "push_hms_app_secret",
    "push_hms_callback_secret",
    "sms_secret",
    "wechat_app_secret",
)


@cache
def settings() -> Settings:
    """This process's settings. Raises SettingsError."""
    return read(os.environ)


def read(environment: Mapping[str, str]) -> Settings:
    """Settings out of an environment; empty variables count as absent. Raises SettingsError."""
    given = {name: environment[name.upper()] for name in Settings.__struct_fields__ if environment.get(name.upper())}
    for name in SECRETS:
        if path := environment.get(f"{name.upper()}_FILE"):
            given[name] = _from_file(name, path, given)
    for name in KEYS:
        if name not in given:
            given[name] = _kept(name, Path(given.get("lianxin_data", ".lianxin")))
    return _converted(given)


def _converted(given: dict[str, str]) -> Settings:
    for field in msgspec.structs.fields(Settings):
        if field.name in given:
            _check(field.name, given[field.name], field.type)
    return msgspec.convert(given, Settings, strict=False, dec_hook=_of_text)


def _check(name: str, value: str, kind: object) -> None:
    try:
        msgspec.convert(value, kind, strict=False, dec_hook=_of_text)
    except (msgspec.ValidationError, ValueError) as error:
        shown = "(hidden)" if name in SECRETS else repr(value)
        raise SettingsError(f"{name.upper()}={shown} cannot be used: {error}") from error


def _of_text(kind: type, text: str) -> object:
    return kind(text)


def _from_file(name: str, path: str, given: Mapping[str, str]) -> str:
    variable = name.upper()
    if name in given:
        raise SettingsError(f"{variable} and {variable}_FILE are both given; leave one of them out.")
    try:
        text = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{variable}_FILE={path} cannot be read: {error}") from error
    if not text:
        raise SettingsError(f"{variable}_FILE={path} is empty.")
    return text


def _kept(name: str, data: Path) -> str:
    """The key kept for this installation. Several processes may start at once: whoever links the file first wins."""
    path = data / "secrets" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _link_first(path, secrets.token_hex(32))
    return path.read_text(encoding="ascii").strip()


def _link_first(path: Path, text: str) -> None:
    """Write a whole file beside `path`, then give it that name unless the name is taken: a reader never sees half."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
