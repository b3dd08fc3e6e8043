"""What comes in as a form: application/x-www-form-urlencoded in UTF-8, as GeoReport asks for it."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from litestar import Request
from msgspec import Struct

from backend.core.refusals import FieldError, Invalid, Refusal

MOST_FIELDS = 200
MOST_BYTES = 200_000
FORM = "application/x-www-form-urlencoded"
_ATTRIBUTE = re.compile(r"attribute\[([^\[\]]{1,60})\](?:\[\d*\])?")


class NotAForm(Refusal):
    """Another content type, or bytes that are no UTF-8."""

    status, code, title = 400, "open311/not-a-form", "Send a form"


class Form(Struct, frozen=True, kw_only=True):
    """Fields by name, and the attributes of the service. A field that is missing or empty is ''."""

    fields: Mapping[str, str]
    attributes: Mapping[str, tuple[str, ...]]

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "").strip()


async def form_of(request: Request[Any, Any, Any]) -> Form:
    """The form of a request. Raises NotAForm (400)."""
    kind = request.headers.get("content-type", FORM).partition(";")[0].strip().lower()
    if kind != FORM:
        raise NotAForm("It is sent as {expected}, not as {kind}.", expected=FORM, kind=kind)
    return read(await request.body())


def read(body: bytes) -> Form:
    """The form in a body. Raises NotAForm (400), Invalid (400) for characters that no text may hold."""
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise NotAForm("At most {most} fields, all of it UTF-8.", most=MOST_FIELDS) from error
    if any("\x00" in part for pair in pairs for part in pair):
        raise Invalid(errors=[FieldError(pointer="body", detail="A text holds a character that cannot be kept.")])
    fields: dict[str, str] = {}
    attributes: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        found = _ATTRIBUTE.fullmatch(name)
        if found:
            attributes[found[1]] = (*attributes.get(found[1], ()), value.strip())
        else:
            fields.setdefault(name, value)
    return Form(fields=fields, attributes={code: values for code, values in attributes.items() if any(values)})
