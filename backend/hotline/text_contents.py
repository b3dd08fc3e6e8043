"""Sender and words of a text message: sealed, the sender found again by a blind index."""

from collections.abc import Mapping
from typing import Any

from backend.core.cipher import blind_index, seal, unseal
from backend.people.rules import normal_phone

_SENDER, _BODY = "hotline_text.sender_sealed", "hotline_text.body_sealed"


def sealed(sender: str, body: str) -> dict[str, bytes]:
    """The columns; `sender` as `normal_phone` gives it."""
    return {
        "sender_sealed": seal(sender, column=_SENDER),
        "sender_index": blind_index(sender, column="hotline_text.sender"),
        "body_sealed": seal(body, column=_BODY),
    }


def opened(row: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Sender and words in clear. Whoever shows them to somebody writes the access log."""
    sender, body = row["sender_sealed"], row["body_sealed"]
    return sender and unseal(sender, column=_SENDER), body and unseal(body, column=_BODY)


def digest(sender: str, body: str) -> bytes:
    """What a repeat must equal; keyed, because a plain hash of a number can be guessed back."""
    return blind_index(f"{normal_phone(sender)}\n{body.strip()}", column="hotline_text.arguments")
