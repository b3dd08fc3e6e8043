"""Where a request is: by a point, by an address's words, or by the code of a division; inside the jurisdictions."""

from collections.abc import Sequence
from math import isfinite
from uuid import UUID

from msgspec import Struct

from backend.core import clock
from backend.core.database import fetch
from backend.core.refusals import FieldError, Invalid
from backend.open311.forms import Form
from backend.open311.partners import KnownPartner
from backend.people.actors import Scope
from backend.territory import queries as territory
from backend.territory.coordinates import Crs
from backend.territory.points import Point, check


class Place(Struct, frozen=True, kw_only=True):
    """Where. `note` is the address as it was written."""

    division_code: str
    point: Point | None
    note: str | None


async def place_of(form: Form, partner: KnownPartner) -> Place:
    """The place. Raises Invalid (400), PointOutside (400)."""
    point, note = _point(form), form["address_string"]
    if len(note) > 200:
        raise _wrong("address_string", "Too long: at most {limit} characters.", limit=200)
    if form["address_id"]:
        code = await _of_id(form["address_id"])
    elif point is not None:
        code = await _nearest(point)
    elif note:
        code = await _named(note, partner.prefixes) or partner.division_codes[0]
    else:
        raise _wrong("lat", "Say where it is: lat and long, address_string, or address_id.")
    if not code.startswith(tuple(partner.prefixes)):
        raise _wrong("lat" if point else "address_id", "The place is outside the jurisdictions of this api_key.")
    return Place(division_code=code, point=point, note=note or None)


def _point(form: Form) -> Point | None:
    if not (form["lat"] or form["long"]):
        return None
    try:
        latitude, longitude = float(form["lat"]), float(form["long"])
    except ValueError:
        raise _wrong("lat", "lat and long are degrees, both of them.") from None
    if not (isfinite(latitude) and isfinite(longitude)):
        raise _wrong("lat", "lat and long are degrees, both of them.")
    point = Point(crs=Crs.WGS84, longitude=longitude, latitude=latitude)
    check(point)
    return point


async def _nearest(point: Point) -> str:
    near = await territory.nearest(longitude=point.longitude, latitude=point.latitude)
    if not near:
        raise _wrong("lat", "The place is outside the jurisdictions of this api_key.")
    return near[0].division.code


async def _of_id(code: str) -> str:
    try:
        return (await territory.division(code=code)).code
    except (territory.DivisionUnknown, Invalid):
        raise _wrong("address_id", "Here an address_id is the code of a division; this is none.") from None


async def _named(address: str, prefixes: Sequence[str]) -> str | None:
    """The deepest division that an address names, of namesakes the one whose parent it names too; None if unclear."""
    under, values = Scope(person_id=UUID(int=0), prefixes=tuple(prefixes)).clause("d.prefix", 3)
    rows = await fetch(_NAMED.format(under=under), address, clock.today(), *values)
    best = [row for row in rows if (row["depth"], row["parent_too"]) == (rows[0]["depth"], rows[0]["parent_too"])]
    return best[0]["code"] if len(best) == 1 else None


_SHORT = "regexp_replace({}.name, '(居民委员会|居委会|村民委员会|村委会)$', '')"  # people leave the committee out
_NAMED = f"""
SELECT d.code, length(d.prefix) AS depth, coalesce(strpos($1, {_SHORT.format("p")}) > 0, FALSE) AS parent_too
FROM territory_division d LEFT JOIN territory_division p ON p.id = d.parent
WHERE {{under}} AND d.valid_from <= $2 AND (d.valid_to IS NULL OR d.valid_to >= $2)
  AND length({_SHORT.format("d")}) > 1 AND strpos($1, {_SHORT.format("d")}) > 0
ORDER BY depth DESC, parent_too DESC
"""


def _wrong(pointer: str, detail: str, **facts: object) -> Invalid:
    return Invalid(errors=[FieldError(pointer=pointer, detail=detail, code="place", facts=dict(facts))])
