"""What was typed into a form whose fields may come several times, and what of it makes a record."""

import math
import unicodedata
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from litestar import Request
from msgspec import Struct

from backend.core import clock
from backend.core.refusals import Refusal
from backend.territory.coordinates import Crs

T = TypeVar("T")


class Incomplete(Refusal):
    """Something was left out, is too long, or cannot be read."""

    status, code, title = 400, "console/incomplete", "Something is missing"


class Typed(Struct, frozen=True):
    """Every field with all that was sent under its name."""

    fields: dict[str, list[str]] = {}

    def get(self, name: str) -> str:
        """One field, without the blanks around it."""
        return self.fields.get(name, [""])[0].strip()

    def all(self, name: str) -> list[str]:
        """What was ticked."""
        return self.fields.get(name, [])


async def typed(request: Request[Any, Any, Any]) -> Typed:
    """Read a form without files."""
    form = await request.form()
    return Typed({name: [str(each).replace("\x00", "") for each in form.getall(name)] for name in form})


def shaped(kind: type[T], /, **facts: Any) -> T:
    """A record out of what was typed; empty fields are left out. Raises Incomplete (400)."""
    try:
        return msgspec.convert({name: value for name, value in facts.items() if value not in ("", None)}, kind)
    except msgspec.ValidationError as error:
        raise Incomplete("Fill in what the form asks for, and choose from its lists.") from error


def moment(text: str) -> datetime | None:
    """What a browser's date field sends is a wall clock's time in Shandong. Raises Incomplete (400)."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=clock.SHANGHAI) if text else None
    except ValueError as error:
        raise Incomplete("A day and a time look like this: 2026-11-30 09:00.") from error


def figure(text: str) -> float | None:
    """A number as people type it: `3`, `３.５`, `1,200`, `3亩`; None for nothing. Raises Incomplete (400)."""
    plain = unicodedata.normalize("NFKC", text).replace(",", "").strip("亩元 ")
    try:
        value = float(plain) if plain else None
    except ValueError as error:
        raise Incomplete("A figure such as 3.5 is wanted, or nothing at all.") from error
    if value is not None and not math.isfinite(value):
        raise Incomplete("A figure such as 3.5 is wanted, or nothing at all.")
    return value


def identity(text: str) -> UUID:
    """An id that the page made. Raises Incomplete (400)."""
    try:
        return UUID(text)
    except ValueError as error:
        raise Incomplete("The page is too old. Load it again.") from error


def place(text: str, crs: str) -> dict[str, Any] | None:
    """Longitude and latitude as one copies them from a map. Raises Incomplete (400)."""
    if not text:
        return None
    try:
        longitude, latitude = (float(part) for part in text.replace("，", ",").split(","))
    except ValueError as error:
        raise Incomplete("A place is two numbers: longitude, latitude.") from error
    if longitude < latitude:  # China lies east of 73 and south of 54: some maps give the latitude first
        longitude, latitude = latitude, longitude
    known = crs if crs in tuple(Crs) else Crs.GCJ02.value
    return {"crs": known, "longitude": longitude, "latitude": latitude}
