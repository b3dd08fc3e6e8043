"""Text messages, over a small signed HTTP contract of our own that a county's SMS gateway (or a page of code before it)
speaks. Short messages are approved templates with a signature name; free text is never sent.

Each request, ours and the gateway's, is JSON and carries

    X-Lianxin-Key        which key signs, as agreed
    X-Lianxin-Timestamp  seconds since 1970
    X-Lianxin-Nonce      32 hexadecimal digits, never the same twice
    X-Lianxin-Signature  hexadecimal HMAC-SHA256 of `timestamp newline nonce newline body` under the shared secret

and is turned down (401) when it is more than five minutes off.

    POST {SMS_URL}/messages        {"message_id", "phone", "signature_name", "template_code", "parameters", "ttl_s"}
      200 {"status": "accepted", "gateway_id"}     taken; the same message_id again is the same message
      422 {"status": "refused", "reason"}          invalid_phone, opted_out: the number is of no use;
                                                   any other reason: the message was turned down
      401 our signature or account; 429 and 503 not taken, Retry-After in seconds;
      any other 5xx, a time-out, a closed connection: nobody knows, so we ask before we send again
    POST {SMS_URL}/messages/query  {"message_ids"}  up to 100
      200 {"messages": [{"message_id", "status"}]}  accepted, delivered, failed, or never_came
    POST our /api/v1/push/receipts/sms  {"receipts": [{"message_id", "gateway_id", "status", "reason"}]}
      status delivered or failed; sent until we answer 2xx, and harmless when sent twice
"""

import hmac
import secrets
from collections.abc import Mapping, Sequence

import msgspec

from backend.core import clock
from backend.push.provider import AddressKind, Capabilities, Outgoing, Receipt, ReceiptState, Sent, Verdict
from backend.push.providers import signatures
from backend.push.providers.fates import Fate, each, invalid, later, refused, unknown
from backend.push.providers.sms_templates import Template, filled
from backend.push.providers.wire import JSON, Answer, Wire

CONNECTIONS = 20
MOST_ASKED = 100
MAX_PAYLOAD_BYTES = 1_000
NUMBER_OF_NO_USE = ("invalid_phone", "opted_out")

_KNOWN: dict[str, ReceiptState | Sent] = {
    "accepted": Sent.ACCEPTED,
    "delivered": ReceiptState.DELIVERED,
    "failed": ReceiptState.FAILED,
    "never_came": Sent.RETRY_AFTER,
}


class _Asked(msgspec.Struct):
    message_id: str
    status: str


class _Asking(msgspec.Struct):
    messages: list[_Asked]


class _Line(msgspec.Struct):
    message_id: str
    status: ReceiptState
    gateway_id: str | None = None
    reason: str | None = None


class _Receipts(msgspec.Struct):
    receipts: list[_Line]


class Sms:
    """Provider. `templates` by our own key; `signature_name` is the approved one, shown in 【】 before the text."""

    name = "sms"
    kinds = frozenset({AddressKind.SMS})

    def __init__(
        self,
        *,
        url: str,
        key: str,
        secret: str,
        signature_name: str,
        templates: Mapping[str, Template],
        per_second: float,
        within_s: float = 10.0,
    ):
        self.capabilities = Capabilities(
            max_payload_bytes=MAX_PAYLOAD_BYTES, receipts=True, per_second=per_second, batch_size=100
        )
        self._wire = Wire(url, connections=CONNECTIONS, within_s=within_s)
        self._key, self._secret = key, secret.encode()
        self._signature_name, self._templates = signature_name, templates

    async def send(self, batch: Sequence[Outgoing]) -> list[Verdict]:
        """A signed request for each message."""
        return await each(batch, self._one, at_once=CONNECTIONS)

    async def query(self, dedupe_ids: Sequence[str]) -> dict[str, ReceiptState | Sent]:
        """What the gateway knows. RETRY_AFTER: it never came, send it again. UNKNOWN: no word yet, ask again first."""
        found: dict[str, ReceiptState | Sent] = {}
        for start in range(0, len(dedupe_ids), MOST_ASKED):
            found |= await self._asked(dedupe_ids[start : start + MOST_ASKED])
        return found

    def receipts_of(self, body: bytes, headers: Mapping[str, str]) -> list[Receipt]:
        """The gateway's receipts. Raises ReceiptNotSigned, ReceiptUnreadable."""
        self._check(body, headers)
        try:
            lines = msgspec.json.decode(body, type=_Receipts).receipts
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise signatures.unreadable() from None
        return [
            Receipt(
                state=line.status,
                provider_message_id=line.gateway_id,
                dedupe_id=line.message_id,
                reason=line.reason,
            )
            for line in lines
        ]

    async def aclose(self) -> None:
        """Let connections go."""
        await self._wire.aclose()

    async def _one(self, message: Outgoing) -> str | None:
        template = self._templates.get(message.template or "")
        if template is None:
            raise refused("no_template")
        sending = {
            "message_id": message.dedupe_id,
            "phone": message.address,
            "signature_name": self._signature_name,
            "template_code": template.code,
            "parameters": filled(template, message.parameters),
            "ttl_s": message.ttl_s,
        }
        return _gateway_id(await self._signed("/messages", sending))

    async def _asked(self, dedupe_ids: Sequence[str]) -> dict[str, ReceiptState | Sent]:
        try:
            answer = await self._signed("/messages/query", {"message_ids": list(dedupe_ids)})
            known = msgspec.json.decode(answer.body, type=_Asking).messages if answer.status == 200 else []
        except (Fate, msgspec.DecodeError, UnicodeDecodeError):
            known = []
        told = {line.message_id: _KNOWN[line.status] for line in known if line.status in _KNOWN}
        return {dedupe_id: told.get(dedupe_id, Sent.UNKNOWN) for dedupe_id in dedupe_ids}

    async def _signed(self, path: str, content: object) -> Answer:
        body = msgspec.json.encode(content)
        return await self._wire.post(path, body, {**JSON, **signed(body, self._key, self._secret)})

    def _check(self, body: bytes, headers: Mapping[str, str]) -> None:
        timestamp, nonce, signature = (
            signatures.header(headers, f"X-Lianxin-{name}") for name in ("Timestamp", "Nonce", "Signature")
        )
        signatures.check(
            _said(timestamp, nonce, body),
            signatures.from_hex(signature),
            keys=iter((self._secret,)),
            at_s=signatures.seconds(timestamp),
        )


def signed(body: bytes, key: str, secret: bytes) -> dict[str, str]:
    """The headers that sign a body now; the gateway's side of the contract signs the same way."""
    timestamp, nonce = str(int(clock.now().timestamp())), secrets.token_hex(16)
    return {
        "X-Lianxin-Key": key,
        "X-Lianxin-Timestamp": timestamp,
        "X-Lianxin-Nonce": nonce,
        "X-Lianxin-Signature": hmac.new(secret, _said(timestamp, nonce, body), "sha256").hexdigest(),
    }


def _said(timestamp: str, nonce: str, body: bytes) -> bytes:
    return f"{timestamp}\n{nonce}\n".encode() + body


def _gateway_id(answer: Answer) -> str | None:
    if answer.status == 503:
        raise later("503", answer.after_s())
    if answer.status >= 500:
        raise unknown(str(answer.status))  # it may have gone out before the gateway stumbled
    if busy := answer.busy():
        raise busy
    if answer.status == 401:
        raise refused("credentials")
    said = answer.json()
    if answer.status == 200 and said.get("status") == "accepted":
        return str(said["gateway_id"]) if said.get("gateway_id") else None
    if said.get("status") != "refused":
        raise unknown("nonsense_answer")
    reason = str(said.get("reason", ""))[:40]
    raise invalid(reason) if reason in NUMBER_OF_NO_USE else refused(reason or f"HTTP_{answer.status}")
