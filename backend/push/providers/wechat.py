"""Subscription messages of a WeChat service account (服务号订阅通知).

A follower taps once for one message, or once for good where the account has the government class. A message is a
template with named fields; `link` opens a page. WeChat tells nothing about delivery that a header could sign, so there
are no receipts. Source: developers.weixin.qq.com, stable_token and subscribe/bizsend.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from urllib.parse import quote

import msgspec
from msgspec import Struct

from backend.core import clock
from backend.push.provider import AddressKind, Capabilities, Outgoing, Verdict
from backend.push.providers.fates import Fate, each, invalid, later, refused, unknown
from backend.push.providers.silent import Silent
from backend.push.providers.tokens import Token
from backend.push.providers.wire import JSON, Answer, Wire

URL = "https://api.weixin.qq.com"
CONNECTIONS = 20
MAX_PAYLOAD_BYTES = 2_048
LONGEST_THING = 20

TOKEN_SPENT = (40001, 40014, 42001)
OF_NO_USE = (40003, 43004, 43101)  # openid invalid; follows no more; takes no such message
BUSY = (-1, 45011)
OUT_OF_QUOTA = 45009
WRONG_ACCOUNT = (40013, 40125, 40164)  # app id; secret; our address is not on their list


class Template(Struct, frozen=True, kw_only=True):
    """One template of the account. `fields`: the template's own field, such as thing1, → our parameter's name."""

    id: str
    fields: Mapping[str, str]


class _Said(Struct):
    errcode: int = 0
    access_token: str = ""
    expires_in: float = 0
    msgid: int | str | None = None


class WeChat(Silent):
    """Provider. `templates` by our own key."""

    name = "wechat"
    kinds = frozenset({AddressKind.WECHAT_OPENID})

    def __init__(
        self,
        *,
        app_id: str,
        app_secret: str,
        templates: Mapping[str, Template],
        per_second: float,
        url: str = URL,
        within_s: float = 10.0,
    ):
        self.capabilities = Capabilities(
            max_payload_bytes=MAX_PAYLOAD_BYTES, receipts=False, per_second=per_second, batch_size=100
        )
        self._app_id, self._app_secret, self._templates = app_id, app_secret, templates
        self._wire = Wire(url, connections=CONNECTIONS, within_s=within_s)
        self._token = Token(self._fetch)

    async def send(self, batch: Sequence[Outgoing]) -> list[Verdict]:
        """A request for each message. A token that is turned down is fetched anew, once."""
        return await each(batch, self._one, at_once=CONNECTIONS)

    async def aclose(self) -> None:
        """Let connections go."""
        await self._wire.aclose()

    async def _one(self, message: Outgoing) -> str | None:
        body = self._body(message)
        token = await self._token.text()
        said = await self._said(body, token)
        if said.errcode in TOKEN_SPENT:
            said = await self._said(body, await self._token.instead_of(token))
        if said.errcode:
            raise _fate(said.errcode)
        return str(said.msgid) if said.msgid else None

    def _body(self, message: Outgoing) -> bytes:
        template = self._templates.get(message.template or "")
        if template is None:
            raise refused("no_template")
        if missing := sorted(set(template.fields.values()) - message.parameters.keys()):
            raise refused(f"parameter_missing:{missing[0]}")
        data = {field: {"value": _fit(field, message.parameters[name])} for field, name in template.fields.items()}
        page = {"page": message.link} if message.link else {}
        return msgspec.json.encode({"touser": message.address, "template_id": template.id, "data": data, **page})

    async def _said(self, body: bytes, token: str) -> _Said:
        path = f"/cgi-bin/message/subscribe/bizsend?access_token={quote(token, safe='')}"
        return _read(await self._wire.post(path, body, JSON))

    async def _fetch(self, spent: str | None) -> tuple[str, float]:
        """The stable token; another one is forced only where we are given the spent one again (20 times a day)."""
        said = await self._stable_token(force=False)
        if spent is not None and said.access_token == spent:
            said = await self._stable_token(force=True)
        return said.access_token, said.expires_in

    async def _stable_token(self, *, force: bool) -> _Said:
        asking = {
            "grant_type": "client_credential",
            "appid": self._app_id,
            "secret": self._app_secret,
            "force_refresh": force,
        }
        said = _read(await self._wire.post("/cgi-bin/stable_token", msgspec.json.encode(asking), JSON))
        if said.errcode:
            raise _fate(said.errcode)
        if not said.access_token:
            raise unknown("nonsense_answer")
        return said


def _fit(field: str, value: str) -> str:
    """WeChat refuses a thing over 20 characters (47003); the page behind the message has the whole."""
    return f"{value[: LONGEST_THING - 1]}…" if field.startswith("thing") and len(value) > LONGEST_THING else value


def _read(answer: Answer) -> _Said:
    if busy := answer.busy():
        raise busy
    if answer.status != 200:
        raise refused(f"HTTP_{answer.status}")
    if not answer.json().keys() & {"errcode", "access_token"}:
        raise unknown("nonsense_answer")
    try:
        return msgspec.json.decode(answer.body, type=_Said)
    except msgspec.ValidationError:
        raise unknown("nonsense_answer") from None


def _fate(errcode: int) -> Fate:
    if errcode in OF_NO_USE:
        return invalid(str(errcode))
    if errcode == OUT_OF_QUOTA:
        return later(str(errcode), _until_midnight_s(clock.local(clock.now())))
    if errcode in BUSY:
        return later(str(errcode), 60.0)
    return refused("credentials" if errcode in (*TOKEN_SPENT, *WRONG_ACCOUNT) else str(errcode))


def _until_midnight_s(local: datetime) -> float:
    """WeChat counts a day by the clock in China."""
    tomorrow = datetime.combine(local.date() + timedelta(days=1), time(), tzinfo=local.tzinfo)
    return (tomorrow - local).total_seconds()
