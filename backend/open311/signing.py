"""How a partner knows that a message is ours, whole, and not an old one again: the Standard Webhooks scheme.

Three headers go with every message:

    webhook-id         the delivery's id: the same at every try. Keep those of the last days, drop one seen before
    webhook-timestamp  seconds since 1970 of this try. Refuse one more than five minutes from your own clock
    webhook-signature  v1,<base64 of HMAC-SHA256 over "{id}.{timestamp}.{body}" under the secret's bytes>

The secret is written `whsec_` and base64. Compare in constant time, over the body's bytes as they came.
Source: standardwebhooks.com, specification 1.0.
"""

import base64
import hmac
import os
from datetime import datetime
from uuid import UUID

from backend.core.cipher import seal, unseal

PREFIX = "whsec_"
SECRET_BYTES = 32
_COLUMN = "open311_webhook.secret_sealed"


def new_secret() -> bytes:
    """A fresh secret as it is kept."""
    return seal(PREFIX + base64.b64encode(os.urandom(SECRET_BYTES)).decode(), column=_COLUMN)


def shown(sealed: bytes) -> str:
    """A kept secret as the partner needs it."""
    return unseal(sealed, column=_COLUMN)


def headers(*, delivery_id: UUID, at: datetime, body: bytes, secret: str) -> dict[str, str]:
    """The three headers."""
    timestamp = str(int(at.timestamp()))
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{delivery_id}.{timestamp}.".encode() + body
    signature = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    return {
        "webhook-id": str(delivery_id),
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{signature}",
    }
