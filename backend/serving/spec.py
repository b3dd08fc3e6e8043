"""The OpenAPI document as text: what mobile_api_spec/openapi.json holds, byte for byte."""

import json

from backend.app import create_app
from backend.openapi import document


def text() -> str:
    """Pretty-printed, in the app's own order, with a newline at the end: the same app gives the same bytes."""
    return json.dumps(document(create_app().openapi_schema.to_schema()), ensure_ascii=False, indent=2) + "\n"
