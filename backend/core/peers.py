"""Where a request comes from, for allowances of those who sign in nowhere."""

from ipaddress import ip_address
from typing import Any

from litestar import Request


def address_of(request: Request[Any, Any, Any]) -> str:
    """Where a request comes from. A proxy beside us (a private address) says it; nobody else is believed."""
    peer = request.client.host if request.client else ""
    told = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    try:
        return told if told and ip_address(peer).is_private else peer
    except ValueError:
        return peer
