"""WeChat's service-account door, as documented: stable_token and subscription messages.

An openid beginning with refuses- takes no such message, left- follows no more, wrong- is none.
"""

from typing import Any

from aiohttp import web

from tests.outside.standing import Asked, StandIn

APP_ID, APP_SECRET = "wx0123456789abcdef", "a" * 32
TEMPLATE_ID = "tmpl-DueTask"
FIELDS = {"thing1", "time2"}

_BY_OPENID = {"refuses": 43101, "left": 43004, "wrong": 40003}


class WeChatStandIn(StandIn):
    """`errcode` makes it answer every message with that."""

    def forget(self) -> None:
        super().forget()
        self.tokens = ["token-1"]
        self.forced = 0
        self.errcode = 0

    def trips(self, asked: Asked) -> bool:
        return asked.path.endswith("bizsend")

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/cgi-bin/stable_token", self._stable_token),
            web.post("/cgi-bin/message/subscribe/bizsend", self._send),
        ]

    async def _stable_token(self, request: web.Request) -> web.Response:
        asked = await request.json()
        if asked["secret"] != APP_SECRET or asked["appid"] != APP_ID:
            return _said(40125, "invalid appsecret")
        assert asked["grant_type"] == "client_credential"
        if asked["force_refresh"]:
            self.forced += 1
            self.tokens.append(f"token-{len(self.tokens) + 1}")
        return web.json_response({"access_token": self.tokens[-1], "expires_in": 7200})

    async def _send(self, request: web.Request) -> web.Response:
        if request.query["access_token"] != self.tokens[-1]:
            return _said(42001, "access_token expired")
        message = await request.json()
        if self.errcode:
            return _said(self.errcode, "told so")
        if message["template_id"] != TEMPLATE_ID:
            return _said(40037, "invalid template_id")
        if message["data"].keys() != FIELDS or not all(
            0 < len(field["value"]) <= 20 for field in message["data"].values()
        ):
            return _said(47003, "argument invalid")
        return _said(_BY_OPENID.get(message["touser"].partition("-")[0], 0), "ok")


def _said(errcode: int, errmsg: str, **more: Any) -> web.Response:
    return web.json_response({"errcode": errcode, "errmsg": errmsg, **more})
