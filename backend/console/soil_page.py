"""/soil: the soil of villages as everybody may read it. No sign-in, no script, under 60 KB; a map without ground.

GET /soil                        the counties that have a studio; of one alone its townships at once
GET /soil?place=…&analyte=…      the townships of a county, the villages of a township
"""

from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Request, Response, Router, get
from litestar.params import QueryParameter
from msgspec import Struct

from backend.console import labels
from backend.console.chart_marks import PLAIN, glyph, side_of
from backend.console.charts import number
from backend.console.pages import page
from backend.console.refused import told
from backend.console.site_maps import Map, Site, site_map
from backend.core.refusals import Refusal
from backend.core.words import Term, say
from backend.laboratory import public_soil
from backend.laboratory.soil_measures import PH, measures
from backend.laboratory.soil_schemas import PublicSoil, SoilFigure
from backend.laboratory.soil_words import LEVELS, level
from backend.territory import queries as territory
from backend.territory.queries import DivisionFilters
from backend.territory.rules import level_of
from backend.territory.tables import Level

FIRST = ("organic_matter", PH, "alkali_hydrolysable_n", "olsen_p", "available_k")
"""What a farmer asks about first; the others stand behind."""
MOST_TOWNSHIPS = 200

Place = Annotated[str, QueryParameter(name="place", pattern="^([0-9]{12})?$", max_length=12)]
MeasureCode = Annotated[str, QueryParameter(name="analyte", pattern="^[a-z0-9_]*$", max_length=40)]
Big = Annotated[str, QueryParameter(max_length=1)]


class Line(Struct, frozen=True, kw_only=True):
    """A place of the table; `n` is its number on the map, `address` leads further down."""

    n: int
    name: str
    address: str | None
    tone: str
    glyph: str
    word: str
    mean: str
    farms: str


@get("/soil", include_in_schema=False)
async def show_soil(place: Place = "", analyte: MeasureCode = "organic_matter", big: Big = "") -> Response[str]:
    """For everybody."""
    counties = await public_soil.counties()
    if not place and len(counties) == 1:
        place = counties[0].code
    found = await _found(place, analyte) if place else None
    return page(
        "soil/soil.html",
        found=found,
        counties=[(labels.place(each.name), _address(each.code, analyte, big)) for each in counties],
        big=big,
        other_size=_address(place, analyte, "" if big else "1"),
        up=_address(f"{place[:6]}000000", analyte, big) if place and not place.endswith("000000") else None,
        place=labels.place,
        tabs=[_tab(code, place, analyte, big) for code in FIRST],
        more=[
            _tab(code, place, analyte, big) for code, each in measures().items() if each.fertile and code not in FIRST
        ],
        lines=_lines(found, analyte, big) if found else [],
        untold=await _untold(found, analyte, big) if found else [],
        total=_line(found, 0, found.total, None) if found and found.total else None,
        map=_map(found) if found else None,
    )


async def _found(place: str, analyte: str) -> PublicSoil:
    below = Level.TOWNSHIP if level_of(place) == Level.COUNTY else Level.VILLAGE
    return await public_soil.list_public_soil(division_code=place, analyte=analyte, level=below)


async def _untold(found: PublicSoil, analyte: str, big: str) -> list[tuple[str, str]]:
    """Townships of which villages are told and the whole is not: name and where they are."""
    county = found.division.code
    if level_of(county) != Level.COUNTY:
        return []
    villages = await public_soil.list_public_soil(division_code=county, analyte=analyte)
    wanted = {f"{each.id[:9]}000" for each in villages.features} - {each.id for each in found.features}
    filters = DivisionFilters(parent_code=county, level=Level.TOWNSHIP)
    townships = await territory.list_divisions(filters=filters, limit=MOST_TOWNSHIPS)
    return [(labels.place(each.name), _address(each.code, analyte, big)) for each in townships if each.code in wanted]


def _address(place: str, analyte: str, big: str) -> str:
    return "/soil?" + urlencode(
        {name: value for name, value in (("place", place), ("analyte", analyte), ("big", big)) if value}
    )


def _tab(code: str, place: str, chosen: str, big: str) -> tuple[str, str, bool]:
    return measures()[code].name, _address(place, code, big), code == chosen


def _lines(found: PublicSoil, analyte: str, big: str) -> list[Line]:
    """Villages lead nowhere further."""
    further = level_of(found.division.code) == Level.COUNTY
    return [
        _line(found, n, each.properties, _address(each.id, analyte, big) if further else None)
        for n, each in enumerate(found.features, 1)
    ]


def _line(found: PublicSoil, n: int, figure: SoilFigure, address: str | None) -> Line:
    tone = _tone(found, figure)
    return Line(
        n=n,
        name=labels.place(figure.name),
        address=address,
        tone=tone,
        glyph=glyph(tone),
        word=_word(found, figure),
        mean=f"{number(figure.mean)} {found.unit}".strip(),
        farms=say(Term("{n} farms or more"), n=figure.households_at_least),
    )


def _tone(found: PublicSoil, figure: SoilFigure) -> str:
    """Of a nutrient low, middle or high; of pH acid, alkaline or neither."""
    if figure.ph_class is not None:
        return side_of(figure.ph_class)
    got = level(figure.grade, found.analyte)
    return got.value if got else PLAIN


def _word(found: PublicSoil, figure: SoilFigure) -> str:
    got = level(figure.grade, found.analyte)
    return f"{say(LEVELS[got])} · {figure.word}" if got else figure.word


def _map(found: PublicSoil) -> Map | None:
    """Those whose point is known, under their numbers."""
    return site_map(
        [
            Site(*each.geometry.coordinates, _tone(found, each.properties), str(n), labels.place(each.properties.name))
            for n, each in enumerate(found.features, 1)
            if each.geometry
        ]
    )


def refused(_: Request[Any, Any, Any], refusal: Refusal) -> Response[str]:
    """No such place, or nothing of the kind."""
    return page("soil/refused.html", status=refusal.status, title=say(refusal.title), detail=told(refusal))


router = Router(path="/", route_handlers=[show_soil], exception_handlers={Refusal: refused})
