"""Absolute addresses: PUBLIC_URL where it is set, else what the client called us."""

from typing import Any

from litestar import Request

from backend.core.settings import settings


def base_url(request: Request[Any, Any, Any]) -> str:
    """Scheme and host without a slash at the end. A proxy that terminates TLS needs PUBLIC_URL."""
    return (
        settings().public_url.rstrip("/") or f"{request.scope['scheme']}://{request.headers.get('host', 'localhost')}"
    )
