"""Where a request comes from and how, as far as a proxy beside us may say so."""

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


def travelled_in_private(request: Request[Any, Any, Any]) -> bool:
    """Whether nobody on the way could read it: over TLS, or within this machine. A proxy beside us (a private address)
    says how it came to him; nobody else is believed."""
    if request.scope["scheme"] == "https":
        return True
    if request.client is None:
        return True
    told = request.headers.get("x-forwarded-proto", "").rpartition(",")[2].strip().lower()
    try:
        peer = ip_address(request.client.host)
    except ValueError:
        return False
    return told == "https" if told and peer.is_private else peer.is_loopback
