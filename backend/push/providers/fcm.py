"""Firebase Cloud Messaging, HTTP v1, for phones with Google's services: firebase-admin's messages, credentials and
errors over connections of our own (decisions/0006 says what that gained).

A token or a Firebase Installation ID (AddressKind.FCM_FID), or a topic for everybody who subscribed. The notification
is shown by the phone itself, under the tag `collapse_key` or `dedupe_id`: a message that comes twice is seen once.
Android's channel is the category's name. Source: firebase.google.com/docs/reference/fcm/rest/v1/projects.messages
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import quote

import msgspec

from backend.push.provider import AddressKind, Capabilities, Outgoing, Verdict
from backend.push.providers.fates import Fate, each, refused, side_by_side, unknown
from backend.push.providers.fcm_errors import fate_of
from backend.push.providers.fcm_messages import Shapes
from backend.push.providers.google_access import ServiceAccount
from backend.push.providers.silent import Silent
from backend.push.providers.tokens import Token
from backend.push.providers.wire import JSON, Answer, Wire

URL = "https://fcm.googleapis.com"
MAX_PAYLOAD_BYTES = 4_096
MOST_SUBSCRIPTIONS = 1_000
CONNECTIONS = 100
UNAUTHENTICATED = "UNAUTHENTICATED"


class _Taken(msgspec.Struct):
    name: str


_taken = msgspec.json.Decoder(_Taken)


class Fcm(Silent):
    """Provider and Topics. `account` is a service account's JSON, as Firebase's console gives it."""

    name = "fcm"
    kinds = frozenset({AddressKind.FCM_TOKEN, AddressKind.FCM_FID, AddressKind.FCM_TOPIC})

    def __init__(self, *, account: Mapping[str, str], url: str = URL, per_second: float, within_s: float = 10.0):
        self.capabilities = Capabilities(
            max_payload_bytes=MAX_PAYLOAD_BYTES, receipts=False, per_second=per_second, batch_size=500
        )
        self._wire = Wire(url, connections=CONNECTIONS, within_s=within_s)
        self._project = f"{self._wire.base}/v1/projects/{account['project_id']}"
        self._door = f"{self._project}/messages:send"
        self._token = Token(ServiceAccount(account, within_s=within_s).fetch)

    async def send(self, batch: Sequence[Outgoing]) -> list[Verdict]:
        """A request for each message, up to CONNECTIONS at once. A token that is turned down is fetched anew, once."""
        return await each(batch, partial(self._one, Shapes()), at_once=CONNECTIONS)

    async def subscribe(self, addresses: Sequence[str], topic: str) -> list[int]:
        """Up to 1,000 addresses, a request each; the positions of those that failed."""
        return await self._each_address(addresses, "POST", f"?topic_name={quote(topic, safe='')}", b"{}")

    async def unsubscribe(self, addresses: Sequence[str], topic: str) -> list[int]:
        """The other way round; harmless where an address never subscribed."""
        return await self._each_address(addresses, "DELETE", f"/{quote(topic, safe='')}?allow_missing=true", None)

    async def aclose(self) -> None:
        """Let connections go."""
        await self._wire.aclose()

    async def _one(self, shapes: Shapes, message: Outgoing) -> str:
        body = shapes.body_of(message)
        if len(body) - len(message.address) > MAX_PAYLOAD_BYTES:
            raise refused("payload_too_large")
        token = await self._token.text()
        answer = await self._asked(body, token)
        if answer.status == 401 and fate_of(answer, self._door).reason == UNAUTHENTICATED:
            answer = await self._asked(body, await self._token.instead_of(token))
        if answer.status != 200:
            raise fate_of(answer, self._door)
        return _name_in(answer)

    async def _asked(self, body: bytes, token: str) -> Answer:
        return await self._wire.ask("POST", self._door, body, _headers(token))

    async def _each_address(self, addresses: Sequence[str], method: str, tail: str, body: bytes | None) -> list[int]:
        import yarl

        if len(addresses) > MOST_SUBSCRIPTIONS:
            raise ValueError(f"At most {MOST_SUBSCRIPTIONS} addresses at once.")
        try:
            headers = _headers(await self._token.text())
        except Fate:
            return list(range(len(addresses)))
        failed: list[int] = []

        async def ask(numbered: tuple[int, str]) -> None:
            position, address = numbered
            path = f"{self._project}/registrations/{quote(address, safe='')}/topicSubscriptions{tail}"
            if not await self._done(method, yarl.URL(path, encoded=True), body, headers):
                failed.append(position)

        await side_by_side(list(enumerate(addresses)), ask, at_once=CONNECTIONS)
        return sorted(failed)

    async def _done(self, method: str, address: Any, body: bytes | None, headers: Mapping[str, str]) -> bool:
        try:
            answer = await self._wire.ask(method, address, body, headers)
        except Fate:
            return False
        return answer.status == 200 or (method == "POST" and answer.status == 409)  # 409: subscribed already


def _headers(token: str) -> Mapping[str, str]:
    return {**JSON, "Authorization": f"Bearer {token}", "X-GOOG-API-FORMAT-VERSION": "2"}


def _name_in(answer: Answer) -> str:
    try:
        return _taken.decode(answer.body).name
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise unknown("nonsense_answer") from None
