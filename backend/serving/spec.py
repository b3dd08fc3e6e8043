"""What mobile_api_spec/ holds that is written by machine, byte for byte as `lianxin spec` writes it."""

import json
from collections.abc import Iterator

from backend.app import create_app
from backend.openapi import document
from backend.serving import problem_catalogue


def files() -> Iterator[tuple[str, str]]:
    """Name and text of each file."""
    yield "openapi.json", text()
    yield "problems.json", problem_catalogue.text()


def text() -> str:
    """The OpenAPI document, in the app's own order: the same app gives the same bytes."""
    return json.dumps(document(create_app().openapi_schema.to_schema()), ensure_ascii=False, indent=2) + "\n"
