"""Huawei Push Kit (REST, v1) for phones without Google's services.

A request for each message: each carries its own id, by which the phone drops repeats and receipts find it again.
Source: developer.huawei.com, Push Kit, references on downlink messages and message receipts.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

import msgspec

from backend.push.provider import AddressKind, Capabilities, Outgoing, Receipt, Verdict
from backend.push.providers import hms_receipts
from backend.push.providers.fates import Fate, each, invalid, later, refused, unknown
from backend.push.providers.hms_messages import body_of
from backend.push.providers.silent import Silent
from backend.push.providers.tokens import Token
from backend.push.providers.wire import JSON, Wire

URL = "https://push-api.cloud.huawei.com"
SIGN_IN_URL = "https://oauth-login.cloud.huawei.com/oauth2/v3/token"
MAX_PAYLOAD_BYTES = 4_096
CONNECTIONS = 50

TAKEN, PARTLY_TAKEN, NO_TOKEN_COUNTS, TOO_LARGE = "80000000", "80100000", "80300007", "80300008"
ACCESS_SPENT = ("80200001", "80200003")
THEIR_TROUBLE = ("80600003", "81000001")  # their sign-in server is silent; an error inside


class _Access(msgspec.Struct):
    access_token: str
    expires_in: float


class _Answer(msgspec.Struct):
    code: str
    request_id: str = msgspec.field(name="requestId", default="")


class Hms(Silent):
    """Provider. `category` is the class of messages our app was granted, such as WORK; empty: Huawei sorts by itself.
    Without the callback's user and secret no receipt is believed.
    """

    name = "hms"
    kinds = frozenset({AddressKind.HMS_TOKEN})

    def __init__(
        self,
        *,
        app_id: str,
        app_secret: str,
        per_second: float,
        category: str = "",
        callback_user: str = "",
        callback_secret: str = "",
        url: str = URL,
        sign_in_url: str = SIGN_IN_URL,
        within_s: float = 10.0,
    ):
        self.capabilities = Capabilities(
            max_payload_bytes=MAX_PAYLOAD_BYTES,
            receipts=bool(callback_user and callback_secret),
            per_second=per_second,
            batch_size=500,
        )
        self._app_id, self._app_secret, self._sign_in_url, self._category = app_id, app_secret, sign_in_url, category
        self._callback = (callback_user, callback_secret)
        self._wire = Wire(url, connections=CONNECTIONS, within_s=within_s)
        self._token = Token(self._fetch)

    async def send(self, batch: Sequence[Outgoing]) -> list[Verdict]:
        """A request for each message. An access token that is turned down is fetched anew, once."""
        return await each(batch, self._one, at_once=CONNECTIONS)

    def receipts_of(self, body: bytes, headers: Mapping[str, str]) -> list[Receipt]:
        """A message receipt, version 1 or 2. Raises ReceiptNotSigned, ReceiptUnreadable."""
        return hms_receipts.read(body, headers, *self._callback)

    async def aclose(self) -> None:
        """Let connections go."""
        await self._wire.aclose()

    async def _one(self, message: Outgoing) -> str:
        body = body_of(message, self._category)
        if len(body) - len(message.address) > MAX_PAYLOAD_BYTES:
            raise refused("payload_too_large")
        token = await self._token.text()
        answer = await self._asked(body, token)
        if answer.code in ACCESS_SPENT:
            answer = await self._asked(body, await self._token.instead_of(token))
        if fate := _fate(answer):
            raise fate
        return answer.request_id

    async def _asked(self, body: bytes, token: str) -> _Answer:
        headers = {**JSON, "Authorization": f"Bearer {token}"}
        answer = await self._wire.post(f"/v1/{self._app_id}/messages:send", body, headers)
        if busy := answer.busy():
            raise busy
        try:
            return msgspec.json.decode(answer.body, type=_Answer)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise unknown("nonsense_answer") if answer.status == 200 else refused(f"HTTP_{answer.status}") from None

    async def _fetch(self, _spent: str | None) -> tuple[str, float]:
        form = {"grant_type": "client_credentials", "client_id": self._app_id, "client_secret": self._app_secret}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = await self._wire.ask("POST", self._sign_in_url, urlencode(form).encode(), headers)
        if busy := answer.busy():
            raise busy
        if answer.status != 200:
            raise refused("credentials")
        try:
            access = msgspec.json.decode(answer.body, type=_Access)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise later("no_token") from None
        return access.access_token, access.expires_in


def _fate(answer: _Answer) -> Fate | None:
    """None where it was taken; PARTLY_TAKEN lists the tokens that do not count, and we sent one."""
    code = answer.code
    if code in (NO_TOKEN_COUNTS, PARTLY_TAKEN):
        return invalid(code)
    if code == TOO_LARGE:
        return refused("payload_too_large")
    if code in ACCESS_SPENT:
        return refused("credentials")
    if code in THEIR_TROUBLE:
        return later(code)
    return None if code == TAKEN else refused(code)
