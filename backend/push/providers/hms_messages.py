"""An outgoing message as Push Kit's JSON.

Huawei sorts: service and communication (importance NORMAL) goes out freely, news and marketing (LOW) is rationed, and
an app names its class by `category` once it was granted one. `tag` makes a repeated notification replace the first.
"""

from typing import Any

import msgspec

from backend.push.provider import Category, Outgoing
from backend.push.providers.fcm_messages import data_of

_OPEN_THE_APP = 3
_LONGEST_TTL_S = 1_296_000  # 15 days


def body_of(message: Outgoing, category: str) -> bytes:
    """The request's body; `category` is the class our app was granted, or empty."""
    whole = {**_message(message, category), "token": [message.address]}
    return msgspec.json.encode({"validate_only": False, "message": whole})


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
