"""Where a phone finds what it downloads next."""

from typing import Any
from urllib.parse import quote

from litestar import Request

from backend.core.addresses import base_url

PATH = "/openrosa"


def root_of(request: Request[Any, Any, Any]) -> str:
    """The room's address with the caller's own key in it, so that what he downloads next lets him in again."""
    key = request.path_params.get("key")
    return f"{base_url(request)}{PATH}" + ("" if key is None else f"/key/{quote(key, safe='')}")


def form_address(root: str, form_id: str) -> str:
    """A form; its manifest and its media lie below, without the ending."""
    return f"{root}/forms/{quote(form_id, safe='')}"
