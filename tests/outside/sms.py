"""An SMS gateway that speaks the contract in backend/push/providers/sms.py, written from its text alone: it checks
signature, time and nonce, keeps message ids, answers queries, and signs receipts.

A number beginning with 1990 cannot be; 1991 wants no messages.
"""

import hashlib
import hmac
import json
import time
from collections import Counter
from typing import Any
from uuid import uuid4

from aiohttp import web

from tests.outside.standing import Asked, StandIn

KEY, SECRET = "county-7", "shared-secret-of-the-county"


class SmsStandIn(StandIn):
    """`sent` counts what really went to a phone, by message id."""

    def forget(self) -> None:
        super().forget()
        self.sent: Counter[str] = Counter()
        self.told: dict[str, str] = {}
        self._nonces: set[str] = set()

    def trips(self, asked: Asked) -> bool:
        return True

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/messages", self._send), web.post("/messages/query", self._query)]

    async def _signed(self, request: web.Request) -> bool:
        headers, body = request.headers, await request.read()
        said = headers["X-Lianxin-Timestamp"].encode() + b"\n" + headers["X-Lianxin-Nonce"].encode() + b"\n" + body
        fresh = abs(time.time() - int(headers["X-Lianxin-Timestamp"])) < 300
        new = headers["X-Lianxin-Nonce"] not in self._nonces and len(headers["X-Lianxin-Nonce"]) == 32
        self._nonces.add(headers["X-Lianxin-Nonce"])
        right = hmac.new(SECRET.encode(), said, hashlib.sha256).hexdigest() == headers["X-Lianxin-Signature"]
        return right and fresh and new and headers["X-Lianxin-Key"] == KEY

    async def _send(self, request: web.Request) -> web.Response:
        if not await self._signed(request):
            return web.json_response({"status": "refused", "reason": "signature"}, status=401)
        message = await request.json()
        if reason := _reason(message):
            return web.json_response({"status": "refused", "reason": reason}, status=422)
        if message["message_id"] not in self.told:
            self.take(message["message_id"])
        return web.json_response({"status": "accepted", "gateway_id": f"g-{message['message_id']}"})

    def take(self, message_id: str, status: str = "accepted") -> None:
        """Send it, whoever hears of it."""
        self.sent[message_id] += 1
        self.told[message_id] = status

    async def _query(self, request: web.Request) -> web.Response:
        if not await self._signed(request):
            return web.json_response({"status": "refused", "reason": "signature"}, status=401)
        ids = (await request.json())["message_ids"]
        assert len(ids) <= 100
        known = [{"message_id": one, "status": self.told.get(one, "never_came")} for one in ids]
        return web.json_response({"messages": known})


def _reason(message: dict[str, Any]) -> str | None:
    if message["phone"].startswith("1990"):
        return "invalid_phone"
    if message["phone"].startswith("1991"):
        return "opted_out"
    return None if message["template_code"].startswith("SMS_") and message["signature_name"] else "template"


def receipt(*lines: dict[str, str], at_s: float | None = None, secret: str = SECRET) -> tuple[bytes, dict[str, str]]:
    """A signed receipt as the gateway posts it."""
    body = json.dumps({"receipts": lines}).encode()
    timestamp, nonce = str(int(at_s or time.time())), uuid4().hex
    signature = hmac.new(secret.encode(), f"{timestamp}\n{nonce}\n".encode() + body, hashlib.sha256).hexdigest()
    names = {"key": KEY, "timestamp": timestamp, "nonce": nonce, "signature": signature}
    return body, {f"x-lianxin-{name}": value for name, value in names.items()}
