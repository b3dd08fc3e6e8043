"""Huawei Push Kit and its sign-in, as documented: OAuth client credentials, v1 messages:send, topics (for Huawei's own
client), and message receipts signed as Huawei signs them.

A token beginning with illegal- is one of those that do not count.
"""

import base64
import hmac
import json
import time
from itertools import count
from typing import Any
from uuid import uuid4

from aiohttp import web

from tests.outside.standing import Asked, StandIn

APP_ID, APP_SECRET = "100200300", "s" * 64
CALLBACK_USER, CALLBACK_SECRET = "lianxin", base64.b64encode(b"k" * 32).decode()
MOST_BYTES, MOST_TOKENS = 4_096, 1_000


class HmsStandIn(StandIn):
    """`code` makes it answer everything with one of Push Kit's codes."""

    def forget(self) -> None:
        super().forget()
        self.access_tokens: list[str] = []
        self.code: tuple[int, str] | None = None
        self._numbers = count(1)

    def trips(self, asked: Asked) -> bool:
        return asked.path.endswith("messages:send")

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/oauth2/v3/token", self._sign_in),
            web.post(f"/v1/{APP_ID}/messages:send", self._send),
            web.post(f"/v1/{APP_ID}/topic:subscribe", self._subscribe),
        ]

    def forget_access(self) -> None:
        """Access tokens run out early."""
        self.access_tokens.append("nobody has this one")

    async def _sign_in(self, request: web.Request) -> web.Response:
        form = await request.post()
        if (form["grant_type"], form["client_id"], form["client_secret"]) != ("client_credentials", APP_ID, APP_SECRET):
            return web.json_response({"error": 1101, "sub_error": 20001, "error_description": "invalid"}, status=400)
        self.access_tokens.append(f"CgB6e3x9+/{len(self.access_tokens) + 1}=")
        return web.json_response({"access_token": self.access_tokens[-1], "expires_in": 3600, "token_type": "Bearer"})

    def _said(self, code: str, msg: str, status: int = 200, **more: Any) -> web.Response:
        answer = {"code": code, "msg": msg, "requestId": f"1574663049{next(self._numbers):014}", **more}
        return web.json_response(answer, status=status)

    async def _send(self, request: web.Request) -> web.Response:
        if not self.access_tokens or request.headers.get("Authorization") != f"Bearer {self.access_tokens[-1]}":
            return self._said("80200003", "OAuth token expired", 401)
        if self.code:
            return self._said(self.code[1], "told so", self.code[0])
        message = json.loads(await request.read())["message"]
        tokens = message.pop("token")
        if not 0 < len(tokens) <= MOST_TOKENS:
            return self._said("80300010", "The number of tokens is out of range", 400)
        if len(json.dumps(message, ensure_ascii=False).encode()) > MOST_BYTES:
            return self._said("80300008", "The message body is too large", 400)
        if "notification" in message["android"] and "click_action" not in message["android"]["notification"]:
            return self._said("80100003", "Illegal payload", 400)
        return self._by_tokens(tokens)

    def _by_tokens(self, tokens: list[str]) -> web.Response:
        illegal = [token for token in tokens if token.startswith("illegal-")]
        if len(illegal) == len(tokens):
            return self._said("80300007", "All the tokens are invalid", 400)
        if illegal:
            told = {"success": len(tokens) - len(illegal), "failure": len(illegal), "illegal_tokens": illegal}
            return self._said("80100000", json.dumps(told))
        return self._said("80000000", "Success")

    async def _subscribe(self, request: web.Request) -> web.Response:
        tokens = json.loads(await request.read())["tokenArray"]
        return self._said("80000000", "Success", successCount=len(tokens), failureCount=0, errors=[])


def receipt(
    body: bytes, *, at_s: float | None = None, secret: str = CALLBACK_SECRET, old: bool = False
) -> dict[str, str]:
    """The headers Huawei sends with a receipt; `old` secrets are the text itself, newer ones base64 of the key."""
    timestamp, nonce = str(int((at_s or time.time()) * 1000)), str(uuid4())
    key = secret.encode() if old else base64.b64decode(secret)
    value = base64.b64encode(hmac.digest(key, f"{timestamp}{nonce}{CALLBACK_USER}".encode(), "sha256")).decode()
    return {
        "content-type": "application/json",
        "x-huawei-callback-id": f"timestamp={timestamp}; nonce={nonce}; value={value}",
    }
