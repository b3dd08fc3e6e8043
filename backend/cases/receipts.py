"""Receipts: how a citizen without an account comes back to his case, with a number and a secret of six digits."""

from uuid import UUID

from backend.core.cipher import blind_index
from backend.core.settings import settings


def secret_mac(case_id: UUID, secret: str) -> bytes:
    """What is kept of a secret: useless without the key, and for any other case."""
    return blind_index(f"{case_id} {secret}", column="cases_receipt.secret")


def receipt_url(number: str) -> str:
    """Where a receipt is shown. There is no secret in it; without PUBLIC_URL it is a path."""
    return f"{settings().public_url.rstrip('/')}/r/{number}"
