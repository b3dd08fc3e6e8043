"""The committed document as something to hold answers against: its operations, and what does not fit a schema."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import best_match
from referencing import Registry
from referencing.jsonschema import DRAFT202012

SPEC = Path(__file__).parents[2] / "mobile_api_spec"
METHODS = ("get", "put", "post", "patch", "delete", "head")
Json = dict[str, Any]
_AS_IT_IS = ("Problem", "FieldProblem")
"""Shapes that carry facts by names that nobody can list."""


@cache
def operations() -> dict[str, Json]:
    """Each operation by its name; it and its responses say `at` which place of the document they stand."""
    return {
        operation["operationId"]: _placed(operation, f"/paths/{_escaped(path)}/{method}")
        for path, item in _document()["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    }


def _placed(operation: Json, at: str) -> Json:
    responses = {key: _response(each, f"{at}/responses/{key}") for key, each in operation["responses"].items()}
    return operation | {"at": at, "responses": responses}


def _response(response: Json, at: str) -> Json:
    if reference := response.get("$ref"):
        name = reference.rpartition("/")[2]
        beside = {key: each for key, each in response.items() if key != "$ref"}  # its own words
        return _response(_document()["components"]["responses"][name], f"/components/responses/{name}") | beside
    return response | {"at": at}


@cache
def problems() -> dict[str, int]:
    """Each code of the catalogue, and its status."""
    told = msgspec.json.decode((SPEC / "problems.json").read_bytes())["problems"]
    return {each["code"]: each["status"] for each in told}


def shared_problems() -> frozenset[str]:
    """The codes that any operation may refuse with."""
    return frozenset(_document()["x-problems"])


def misfits(value: Any, pointer: str) -> Iterator[str]:
    """Where a value does not fit the schema at a place of the document."""
    for error in _validator(pointer).iter_errors(value):
        nearest = best_match([error])  # of a choice that fits nowhere, what its nearest alternative lacks
        yield f"/{'/'.join(map(str, nearest.absolute_path))} {nearest.message[:200]}"


@cache
def _validator(pointer: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"urn:spec#{pointer}"}, registry=_registry(), format_checker=_FORMATS)


@cache
def _registry() -> Any:
    return Registry().with_resource("urn:spec", DRAFT202012.create_resource(_document()))


@cache
def _document() -> Json:
    """The document, closed: a member that it does not tell of fits nowhere."""
    document: Json = msgspec.json.decode((SPEC / "openapi.json").read_bytes())
    shapes = document["components"]["schemas"]
    open_ones = {name: shapes[name] for name in _AS_IT_IS}
    _close(document)
    for shape in open_ones.values():
        shape["additionalProperties"] = True
    return document


def _close(node: Any) -> None:
    if isinstance(node, list):
        for each in node:
            _close(each)
    elif isinstance(node, dict):
        if isinstance(node.get("properties"), dict) and node.get("type") in ("object", ["object", "null"]):
            node.setdefault("additionalProperties", False)
        for key, each in node.items():
            if key not in ("examples", "example", "default", "enum", "const"):
                _close(each)


def _escaped(path: str) -> str:
    return path.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")


_FORMATS = FormatChecker(formats=())
_OFFSET = re.compile(r"(Z|[+-]\d\d:\d\d)$")


@_FORMATS.checks("uuid", raises=ValueError)
def _uuid(value: object) -> bool:
    return not isinstance(value, str) or (len(value) == 36 and bool(UUID(value)))


@_FORMATS.checks("date", raises=ValueError)
def _date(value: object) -> bool:
    return not isinstance(value, str) or bool(date.fromisoformat(value))


@_FORMATS.checks("date-time", raises=ValueError)
def _moment(value: object) -> bool:
    return not isinstance(value, str) or (bool(_OFFSET.search(value)) and bool(datetime.fromisoformat(value)))
