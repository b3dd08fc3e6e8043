"""Firebase Cloud Messaging and Google's sign-in, as far as they are documented: HTTP v1 messages, topic subscriptions,
and the exchange of a signed assertion for an access token (the signature is checked).

An address beginning with gone-, stranger-, malformed- or iphone- meets what such an address meets.
`python -m tests.outside.fcm PORT_FILE ACCOUNT_FILE` serves it in a process of its own, for the benchmark.
"""

import json
import re
import sys
import time
from collections import deque
from itertools import count
from pathlib import Path
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.outside.standing import Asked, StandIn

PROJECT = "county-demo"
MOST_BYTES = 4_096
AUDIENCE = "https://oauth2.googleapis.com/token"  # whatever token_uri says

_FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
_BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"


def _refusal(status: int, code: str, *details: dict[str, Any], fcm: str | None = None) -> web.Response:
    named = [{"@type": _FCM_ERROR, "errorCode": fcm}] if fcm else []
    error = {"code": status, "message": f"{code} was met.", "status": code, "details": [*named, *details]}
    return web.json_response({"error": error}, status=status)


class FcmStandIn(StandIn):
    """`account` is a service account whose token address is this stand-in."""

    def __init__(self) -> None:
        super().__init__()
        self._key = rsa.generate_private_key(public_exponent=65_537, key_size=2048)

    def forget(self) -> None:
        super().forget()
        self.access_tokens: list[str] = []
        self.subscribed: set[tuple[str, str]] = set()
        self.key_revoked = False
        self._numbers = count(1)

    @property
    def account(self) -> dict[str, str]:
        """The service account's JSON, as the console gives it."""
        pem = self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return {
            "type": "service_account",
            "project_id": PROJECT,
            "private_key_id": "k1",
            "private_key": pem.decode(),
            "client_email": f"push@{PROJECT}.example",
            "token_uri": f"{self.url}/token",
        }

    def trips(self, asked: Asked) -> bool:
        return asked.path != "/token"

    def routes(self) -> list[web.RouteDef]:
        registration = f"/v1/projects/{PROJECT}/registrations/{{address}}/topicSubscriptions"
        return [
            web.post("/token", self._sign_in),
            web.post(f"/v1/projects/{PROJECT}/messages:send", self._send),
            web.post(registration, self._subscribe),
            web.delete(registration + "/{topic}", self._unsubscribe),
        ]

    async def _sign_in(self, request: web.Request) -> web.Response:
        form = await request.post()
        if self.key_revoked:
            return web.json_response(
                {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}, status=400
            )
        said = jwt.decode(str(form["assertion"]), self._key.public_key(), algorithms=["RS256"], audience=AUDIENCE)
        assert said["iss"] == f"push@{PROJECT}.example"
        assert "firebase.messaging" in said["scope"] or "cloud-platform" in said["scope"]
        self.access_tokens.append(f"ya29.{next(self._numbers)}")
        return web.json_response({"access_token": self.access_tokens[-1], "expires_in": 3599, "token_type": "Bearer"})

    def _signed_in(self, request: web.Request) -> bool:
        return request.headers.get("Authorization", "").removeprefix("Bearer ") in self.access_tokens

    async def _send(self, request: web.Request) -> web.Response:
        if not self._signed_in(request):
            return _refusal(401, "UNAUTHENTICATED")
        message = json.loads(await request.read())["message"]
        targets = [message[kind] for kind in ("token", "fid", "topic") if kind in message]
        if len(targets) != 1:
            return _refusal(400, "INVALID_ARGUMENT", _field("message"), fcm="INVALID_ARGUMENT")
        size = len(json.dumps([message.get("data"), message.get("notification")], ensure_ascii=False).encode())
        if size > MOST_BYTES:
            return _refusal(400, "INVALID_ARGUMENT", _field("message.data"), fcm="INVALID_ARGUMENT")
        kind = next(kind for kind in ("token", "fid", "topic") if kind in message)
        return _by_address(targets[0], kind) or web.json_response(
            {"name": f"projects/{PROJECT}/messages/{next(self._numbers)}"}
        )

    async def _subscribe(self, request: web.Request) -> web.Response:
        address, topic = request.match_info["address"], request.query["topic_name"]
        if not self._signed_in(request):
            return _refusal(401, "UNAUTHENTICATED")
        if refusal := _by_address(address, "token"):
            return refusal
        if (address, topic) in self.subscribed:
            return _refusal(409, "ALREADY_EXISTS")
        self.subscribed.add((address, topic))
        return web.json_response({})

    async def _unsubscribe(self, request: web.Request) -> web.Response:
        assert request.query["allow_missing"] == "true"
        if not self._signed_in(request):
            return _refusal(401, "UNAUTHENTICATED")
        self.subscribed.discard((request.match_info["address"], request.match_info["topic"]))
        return web.json_response({})


def _field(name: str) -> dict[str, Any]:
    return {"@type": _BAD_REQUEST, "fieldViolations": [{"field": name, "description": "Invalid value"}]}


def _by_address(address: str, kind: str) -> web.Response | None:
    if kind == "topic" and not re.fullmatch(r"[a-zA-Z0-9-_.~%]+", address):
        return _refusal(400, "INVALID_ARGUMENT", _field("message.topic"), fcm="INVALID_ARGUMENT")
    match address.partition("-")[0]:
        case "gone":
            return _refusal(404, "NOT_FOUND", fcm="UNREGISTERED")
        case "stranger":
            return _refusal(403, "PERMISSION_DENIED", fcm="SENDER_ID_MISMATCH")
        case "malformed":
            return _refusal(400, "INVALID_ARGUMENT", _field(f"message.{kind}"), fcm="INVALID_ARGUMENT")
        case "iphone":
            return _refusal(401, "UNAUTHENTICATED", fcm="THIRD_PARTY_AUTH_ERROR")
    return None


if __name__ == "__main__":
    with FcmStandIn() as alone:
        alone.asked = deque(maxlen=1)  # a benchmark asks half a million times
        Path(sys.argv[2]).write_text(json.dumps(alone.account))
        Path(sys.argv[1]).write_text(alone.url)
        while True:
            time.sleep(60)
