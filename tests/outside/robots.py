"""The doors of WeCom's, DingTalk's and Feishu's group robots, as documented: 200 whatever happens, the truth in the
body. A key or token beginning with `gone` has no robot behind it, with `fast` was asked too often, with `word` wants
a keyword.
"""

import base64
import hashlib
import hmac
import json
import time

from aiohttp import web

from tests.outside.standing import Asked, StandIn

DINGTALK_SECRET = "SEC" + "0" * 30


class RobotsStandIn(StandIn):
    """`heard` are the texts that reached a group, by its key."""

    def forget(self) -> None:
        super().forget()
        self.heard: list[tuple[str, str]] = []

    def trips(self, asked: Asked) -> bool:
        return True

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/cgi-bin/webhook/send", self._wecom),
            web.post("/robot/send", self._dingtalk),
            web.post("/open-apis/bot/v2/hook/{token}/", self._feishu),
        ]

    async def _wecom(self, request: web.Request) -> web.Response:
        code = {"gone": 93000, "fast": 45009, "word": 40058}.get(request.query["key"][:4], 0)
        said = json.loads(await request.read())
        assert said["msgtype"] == "text"
        return self._answer(request.query["key"], said["text"]["content"], "errcode", code)

    async def _dingtalk(self, request: web.Request) -> web.Response:
        code = {"gone": 300005, "fast": 410100, "word": 310000}.get(request.query["access_token"][:4], 0)
        said = json.loads(await request.read())
        if "sign" in request.query:
            code = code or (0 if _dingtalk_signed(request) else 310000)
        return self._answer(request.query["access_token"], said["text"]["content"], "errcode", code)

    async def _feishu(self, request: web.Request) -> web.Response:
        token = request.match_info["token"]
        code = {"gone": 19001, "fast": 11232, "word": 19024}.get(token[:4], 0)
        said = json.loads(await request.read())
        return self._answer(token, said["content"]["text"], "code", code)

    def _answer(self, key: str, text: str, field: str, code: int) -> web.Response:
        if not code:
            self.heard.append((key, text))
        return web.json_response({field: code, "errmsg" if field == "errcode" else "msg": "ok"})


def _dingtalk_signed(request: web.Request) -> bool:
    timestamp = request.query["timestamp"]
    said = f"{timestamp}\n{DINGTALK_SECRET}".encode()
    right = base64.b64encode(hmac.new(DINGTALK_SECRET.encode(), said, hashlib.sha256).digest()).decode()
    return request.query["sign"] == right and abs(time.time() * 1000 - int(timestamp)) < 3_600_000
