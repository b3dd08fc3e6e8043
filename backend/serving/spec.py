"""What mobile_api_spec/ holds that is written by machine, byte for byte as `lianxin spec` writes it."""

import json
from collections.abc import Iterator
from typing import Any

from backend.app import create_app
from backend.openapi import document
from backend.serving import asyncapi, problem_catalogue


def files() -> Iterator[tuple[str, str]]:
    """Name and text of each file."""
    whole = openapi()
    yield "openapi.json", _pretty(whole)
    yield "asyncapi.yaml", asyncapi.text(whole)
    yield "problems.json", problem_catalogue.text()


def openapi() -> dict[str, Any]:
    """The OpenAPI document, in the app's own order: the same app gives the same bytes."""
    return document(create_app().openapi_schema.to_schema())


def text() -> str:
    """The OpenAPI document as it is committed."""
    return _pretty(openapi())


def _pretty(whole: dict[str, Any]) -> str:
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"
