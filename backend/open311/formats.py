"""JSON and XML as GeoReport v2 has them: one is the other by the Spark convention, a list's members named after it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from litestar import Request, Response
from lxml import etree

from backend.core.words import language

JSON, XML = "application/json", "text/xml"  # Litestar adds the charset, which GeoReport asks for
MEMBERS = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "service_request_updates": "request_update",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
}
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def wants_json(path: str) -> bool:
    """Whether an address ends in .json; everything else is answered in XML, which GeoReport requires."""
    return path.endswith(".json")


def answer(
    request: Request[Any, Any, Any],
    root: str,
    content: Mapping[str, Any] | Sequence[Mapping[str, Any]],
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response[bytes]:
    """Content under its XML root name, in the format that the address asks for. Anybody's page may read it."""
    as_json = wants_json(request.url.path)
    body = msgspec.json.encode(content) if as_json else xml(root, content)
    told = {"Content-Language": language.get(), "Access-Control-Allow-Origin": "*", "Vary": "Accept-Language"}
    return Response(body, status_code=status, media_type=JSON if as_json else XML, headers={**told, **(headers or {})})


def xml(root: str, content: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> bytes:
    """The document, UTF-8 with its declaration.

    >>> xml("services", [{"service_code": "roads", "metadata": False}]).decode().splitlines()[1]
    '<services><service><service_code>roads</service_code><metadata>false</metadata></service></services>'
    """
    return _DECLARATION + etree.tostring(_element(root, content), encoding="UTF-8", xml_declaration=False)


def _element(name: str, value: Any) -> etree._Element:
    element = etree.Element(name)
    if isinstance(value, Mapping):
        element.extend(_element(each, inner) for each, inner in value.items())
    elif isinstance(value, list | tuple):
        element.extend(_element(MEMBERS[name], inner) for inner in value)
    elif value is not None:
        element.text = _text(value)
    return element


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _NOT_XML.sub("", str(value))
