"""Outgoing messages as Push Kit's JSON, many addresses under one text.

Huawei sorts: service and communication (importance NORMAL) goes out freely, news and marketing (LOW) is rationed, and
an app names its class by `category` once it was granted one. `tag` makes a repeated notification replace the first.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

from backend.push.provider import Category, Outgoing
from backend.push.providers.fcm_messages import data_of

MOST_TOKENS = 1_000
_OPEN_THE_APP = 3
_LONGEST_TTL_S = 1_296_000  # 15 days


class Letter(Struct, frozen=True):
    """One text and those it goes to. `text` is the message's JSON without addresses: what Huawei's limit counts."""

    text: bytes
    to: list[Outgoing]

    def body(self) -> bytes:
        """The request's body."""
        message = {**msgspec.json.decode(self.text), "token": [message.address for message in self.to]}
        return msgspec.json.encode({"validate_only": False, "message": message})


def letters(batch: Sequence[Outgoing], category: str) -> list[Letter]:
    """The batch as few letters as its texts allow."""
    found: dict[bytes, list[Outgoing]] = {}
    for message in batch:
        found.setdefault(msgspec.json.encode(_message(message, category)), []).append(message)
    return [
        Letter(text, to[start : start + MOST_TOKENS])
        for text, to in found.items()
        for start in range(0, len(to), MOST_TOKENS)
    ]


def message_id(request_id: str, token: str) -> str:
    """One message's id: Huawei gives one only for the request."""
    return f"{request_id}:{hashlib.sha256(token.encode()).hexdigest()[:16]}"


def _message(message: Outgoing, category: str) -> dict[str, Any]:
    news = message.category is Category.INFO
    android: dict[str, Any] = {
        "urgency": "HIGH" if message.category is Category.EMERGENCY else "NORMAL",
        "ttl": f"{min(max(message.ttl_s, 1), _LONGEST_TTL_S)}s",
        "bi_tag": message.dedupe_id[:64],
        "notification": {
            "title": message.title,
            "body": message.body,
            "click_action": {"type": _OPEN_THE_APP},
            "importance": "LOW" if news else "NORMAL",
            "channel_id": message.category.value,
            "tag": message.collapse_key or message.dedupe_id,
        },
    }
    if category:
        android["category"] = "MARKETING" if news else category
    return {"data": msgspec.json.encode(data_of(message)).decode(), "android": android}
