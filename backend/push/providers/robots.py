"""Robots of staff groups: WeCom (企业微信), DingTalk (钉钉) and Feishu (飞书), through apprise.

An address is the robot's webhook as its app shows it, or apprise's short form: wecombot://key, dingtalk://secret@token,
feishu://token. Only these three plugins are loaded (all of apprise weighs 18 MB more), so no other scheme of apprise's
lets an address reach into the county's own network.
These robots answer 200 whatever happens and say the truth in the body; apprise looks at the status only. So the answer
is overheard where its plugins ask (`_Ears`), and the verdict is read from the body.
"""

import warnings
from collections.abc import Sequence
from contextvars import ContextVar
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit

from backend.push.provider import AddressKind, Capabilities, Outgoing, Verdict
from backend.push.providers.fates import Fate, each, invalid, later, refused, unknown
from backend.push.providers.silent import Silent
from backend.push.providers.wire import Answer

SCHEMES = ("wecombot", "dingtalk", "feishu")
CONNECTIONS = 8
MAX_PAYLOAD_BYTES = 2_048  # WeCom's; the others take more

OF_NO_USE = (93000, 300005, 19001)  # WeCom, DingTalk, Feishu: no such robot (any more)
TOO_FAST = (45009, 45033, 130101, 410100, 11232)  # WeCom twice, DingTalk twice, Feishu

_WEBHOOKS = {
    "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=": "wecombot://",
    "https://oapi.dingtalk.com/robot/send?access_token=": "dingtalk://",
    "https://open.feishu.cn/open-apis/bot/v2/hook/": "feishu://",
}

_heard: ContextVar["_Heard"] = ContextVar("heard")


class _Heard:
    """What one message's request met: the base address to ask instead, and the answer or the trouble."""

    def __init__(self, base: str, within_s: float) -> None:
        self.base, self.within_s = base, within_s
        self.answer: Answer | None = None
        self.trouble: Exception | None = None


class Robots(Silent):
    """Provider. `schemes` are the kinds of robot that may be used; `url` replaces their hosts (a relay, a stand-in)."""

    name = "robots"
    kinds = frozenset({AddressKind.ROBOT})

    def __init__(self, *, schemes: Sequence[str] = SCHEMES, per_second: float, url: str = "", within_s: float = 10.0):
        self.capabilities = Capabilities(
            max_payload_bytes=MAX_PAYLOAD_BYTES, receipts=False, per_second=per_second, batch_size=20
        )
        self._schemes, self._url, self._within_s = frozenset(schemes), url.rstrip("/"), within_s

    async def send(self, batch: Sequence[Outgoing]) -> list[Verdict]:
        """A message for each group; apprise's blocking calls run in its own threads."""
        return await each(batch, self._one, at_once=CONNECTIONS)

    async def aclose(self) -> None:
        """Nothing is kept open."""

    async def _one(self, message: Outgoing) -> None:
        robot = self._robot(message.address)
        heard = _Heard(self._url, self._within_s)
        mark = _heard.set(heard)
        try:
            await robot.async_notify(title=message.title, body=_text(message))
        finally:
            _heard.reset(mark)
        if fate := _fate(heard):
            raise fate

    def _robot(self, address: str) -> Any:
        short = _short(address)
        scheme = short.partition("://")[0]
        if scheme not in self._schemes:
            raise refused("robot_not_allowed")
        plugin = _plugins()[scheme]
        return _made(plugin, plugin.parse_url(short))


def _short(address: str) -> str:
    for webhook, scheme in _WEBHOOKS.items():
        if address.startswith(webhook):
            return scheme + address.removeprefix(webhook)
    return address


def _made(plugin: Any, parts: dict[str, Any]) -> Any:
    try:
        return plugin(**parts)
    except TypeError:
        raise invalid("address_unreadable") from None


def _text(message: Outgoing) -> str:
    return f"{message.body}\n{message.link}" if message.link else message.body


def _fate(heard: _Heard) -> Fate | None:
    import requests

    if isinstance(heard.trouble, requests.ConnectionError) and not _sent(heard.trouble):
        return later("unreachable")
    if heard.answer is None:
        return unknown("no_answer")
    if busy := heard.answer.busy():
        return busy
    if heard.answer.status != 200:
        return refused(f"HTTP_{heard.answer.status}")
    return _fate_of_code(heard.answer.json())


def _sent(trouble: Exception) -> bool:
    """Whether the request may have gone out: requests says ConnectionError before and after that."""
    return "NewConnectionError" not in repr(trouble) and "ConnectTimeout" not in repr(trouble)


def _fate_of_code(said: dict[str, Any]) -> Fate | None:
    code = said.get("errcode", said.get("code", said.get("StatusCode")))
    if not isinstance(code, int):
        return unknown("nonsense_answer")
    if code in OF_NO_USE:
        return invalid(str(code))
    if code in TOO_FAST:
        return later(str(code), 60.0)
    return refused(str(code)) if code else None


class _Ears:
    """Stands where apprise's plugins say `requests`: asks as they would, and keeps what was answered."""

    def __getattr__(self, name: str) -> Any:
        import requests

        return getattr(requests, name)

    def post(self, address: str, *, data: Any, headers: Any, verify: Any, params: Any = None, **_theirs: Any) -> Any:
        import requests

        heard = _heard.get()
        parts = urlsplit(address)
        asked = address.replace(f"{parts.scheme}://{parts.netloc}", heard.base, 1) if heard.base else address
        options = {"data": data, "headers": headers, "verify": verify, "params": params, "allow_redirects": False}
        try:
            response = requests.post(asked, timeout=heard.within_s, **options)
        except requests.RequestException as trouble:
            heard.trouble = trouble
            raise
        heard.answer = Answer(response.status_code, response.headers, response.content)
        return response


@cache
def _plugins() -> dict[str, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # apprise tries imghdr where Python still has it
        from apprise.plugins import dingtalk, feishu, wecombot
    for module in (dingtalk, feishu, wecombot):
        vars(module)["requests"] = _Ears()

    class DingTalk(dingtalk.NotifyDingTalk):
        """apprise 2.2 quotes the signature and requests quotes it again: DingTalk says 310000, sign not match."""

        def get_signature(self) -> tuple[str, str]:
            timestamp, signature = super().get_signature()
            return timestamp, unquote(signature)

    return {"wecombot": wecombot.NotifyWeComBot, "dingtalk": DingTalk, "feishu": feishu.NotifyFeishu}
