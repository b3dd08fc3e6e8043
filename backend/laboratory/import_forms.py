"""The form in which a file comes: a part `file`, and beside it, as parts or in the query, what is told of it."""

from collections.abc import Iterable
from typing import Any

import msgspec
from litestar import Request

from backend.core.multipart import Part
from backend.core.refusals import FieldError, Invalid
from backend.laboratory.import_schemas import NewImport

MAX_FILE_BYTES = 200_000_000
AROUND_THE_FILE_BYTES = 20_000
MOST_PARTS = 20
MAX_WORD_BYTES = 200
NO = frozenset({"", "0", "false", "no", "off"})


def file_of(parts: Iterable[Part]) -> Part:
    """The one part `file`. Raises Invalid (400)."""
    files = [part for part in parts if part.name == "file"]
    if len(files) != 1:
        wrong = FieldError(pointer="/file", code="missing", detail="Send exactly one part named file.")
        raise Invalid(errors=[wrong])
    return files[0]


def told_of(request: Request[Any, Any, Any], parts: Iterable[Part]) -> NewImport:
    """What is told of it; empty fields say nothing. Raises Invalid (400)."""
    said = {name: value for name, value in request.query_params.items() if name in NewImport.__struct_fields__}
    said |= {part.name: _word(part) for part in parts if part.name in NewImport.__struct_fields__}
    given: dict[str, Any] = {name: text.strip() for name, text in said.items() if text.strip()}
    if "dry_run" in said:
        given["dry_run"] = said["dry_run"].strip().lower() not in NO
    try:
        return msgspec.convert(given, NewImport, strict=False)
    except msgspec.ValidationError as error:
        detail, _, path = str(error).partition(" - at `$.")
        wrong = FieldError(pointer=path.rstrip("`"), code="shape", detail=detail.replace("{", "(").replace("}", ")"))
        raise Invalid(errors=[wrong]) from None


def _word(part: Part) -> str:
    return part.content()[:MAX_WORD_BYTES].decode("utf-8", "replace")
