"""Answers of a phone, as the shapes of a verb: the same for every form."""

from collections.abc import Mapping
from math import isfinite, nan
from typing import Any, TypeVar

import msgspec

from backend.core.malformed import of_body
from backend.core.refusals import FieldError, Invalid
from backend.territory.coordinates import Crs

T = TypeVar("T")

CANNOT_BE_TAKEN = "Some answers of the record cannot be taken."


def shaped(answers: Mapping[str, Any], shape: type[T]) -> T:
    """The answers that were given, as a `shape`. Raises Invalid (400), which names the one that does not fit."""
    try:
        return msgspec.convert({name: said for name, said in answers.items() if said is not None}, shape)
    except msgspec.ValidationError as error:
        raise wrong(of_body(error)) from error


def point(said: str | None) -> dict[str, Any] | None:
    """`latitude longitude altitude accuracy`, in WGS-84; the last two may be missing. Raises Invalid (400)."""
    if said is None:
        return None
    try:
        latitude, longitude, *rest = (float(number) for number in said.split())
    except ValueError as error:
        raise wrong(
            FieldError(pointer="/point", code="shape", detail="A position is latitude and longitude in degrees.")
        ) from error
    place: dict[str, Any] = {"crs": Crs.WGS84, "longitude": longitude, "latitude": latitude}
    return place | ({"accuracy_m": rest[1]} if len(rest) > 1 else {})


def number(said: str | None, *, pointer: str) -> float | None:
    """A decimal number. Raises Invalid (400)."""
    if said is None:
        return None
    try:
        read = float(said)
    except ValueError:
        read = nan
    if not isfinite(read):
        raise wrong(FieldError(pointer=pointer, code="shape", detail="This is no number."))
    return read


def wrong(error: FieldError) -> Invalid:
    """The refusal of one answer."""
    return Invalid(CANNOT_BE_TAKEN, errors=[error])
