"""The OpenAPI document as this server keeps it: Litestar's, made sound, with words, and with refusals as they are.

introduction   what is said once for all operations: how to sign in, ids, lists, refusals; rooms; security schemes
naming         components under names that a generated client can live with
meanings       what shapes and their members mean, in the words that stand over our structs
repairs        what Litestar writes and a validator refuses
parameters     a description for each parameter that its route leaves bare
offline        what `syncPush` takes, out of the operations that its commands stand for
carrying       headers, conditional requests, parts, further kinds of content
georeport      what Open311's addresses answer
refusing       who signs in where, and what a refusal looks like at each door
refusals       which refusals each operation answers with (`refusals.toml`)
summaries      the operations in Chinese, beside their English (`locale/zh.po`)
"""

from copy import deepcopy
from typing import Any

from litestar import Request
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.serialization import encode_json

from backend.openapi import (
    carrying,
    examples,
    meanings,
    naming,
    offline,
    parameters,
    refusals,
    refusing,
    repairs,
    summaries,
)
from backend.openapi.refusing import PUBLIC

__all__ = ["METHODS", "PUBLIC", "Document", "document"]

METHODS = ("get", "put", "post", "patch", "delete", "head")


class Document(JsonRenderPlugin):
    """Serves /schema/openapi.json."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:  # noqa: ARG002
        """The document as bytes."""
        return encode_json(document(openapi_schema))


def document(schema: dict[str, Any]) -> dict[str, Any]:
    """Litestar's document, completed; the one given stays as it is."""
    whole = naming.named(repairs.sound(deepcopy(schema)))
    meanings.tell(whole["components"]["schemas"])
    known = refusals.kinds()
    for path, item in whole["paths"].items():
        for operation in (item[method] for method in METHODS if method in item):
            summaries.tell(operation)
            parameters.describe(operation)
            examples.show(operation)
            carrying.complete(operation)
            refusing.complete(path, operation)
            refusals.tell(operation, known)
    whole["x-problems"] = refusals.told().shared
    offline.tell(whole)
    refusing.in_rows(whole["components"]["schemas"])
    whole["components"]["schemas"] |= refusing.SCHEMAS
    whole["components"]["responses"] = deepcopy(refusing.RESPONSES)
    return repairs.pruned(whole)
