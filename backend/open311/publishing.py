"""What everybody may read of a case: by which door it came, of what kind it is, and what its filer agreed to.

The rule is data (`reference/publication.csv`): for each channel and category the row with the deepest category counts.
Whoever filed over Open311 read on the service's page what would be published, and may say no with the attribute
`publish`; nobody else was asked, so of other doors no row can publish more than the status. Always covered: what
`cases.lint` finds, and the name of the one who asked. Never shown: contact, photos, what a citizen said afterwards.
Withdrawn or erased: status alone.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from backend.cases.contacts import opened
from backend.cases.lint import redacted
from backend.cases.reference import Categories
from backend.cases.words import CaseState, Channel
from backend.open311.reference import publications
from backend.open311.words import Level
from backend.territory.coordinates import cell_1km

Row = Mapping[str, Any]
WITH_WORDS = frozenset({Level.FULL, Level.AREA})


def level_of(channel: Channel, category_code: str, *, categories: Categories, day: date) -> Level:
    """How much of such a case is published; nothing where no rule speaks."""
    rules = {each.category_code: each.level for each in publications(day) if each.channel is channel}
    line = [*categories.line(category_code), ""]
    return next((rules[code] for code in line if code in rules), Level.NONE)


def levels(*, categories: Categories, day: date) -> list[tuple[str, str, Level]]:
    """Channel, category and level of everything that is published at all, ended categories included."""
    found = [
        (channel.value, code, level_of(channel, code, categories=categories, day=day))
        for channel in {each.channel for each in publications(day) if each.level is not Level.NONE}
        for code in categories.codes()
    ]
    return [each for each in found if each[2] is not Level.NONE]


def shown_level(row: Row) -> Level:
    """The level of one row: `level` of its kind; status where no filer said yes, or withdrew it, or had it erased."""
    level = Level(row["level"])
    if row["published"] is not True or row["erased"] or row["state"] == CaseState.WITHDRAWN:
        return Level.STATUS
    return level


def covered(text: str, row: Row) -> str:
    """A text fit to be read by everybody; `row` holds the sealed contact, whose name it must not tell."""
    if not text:
        return ""
    name = opened(row)["contact_name"]
    return redacted(text, names=[name] if name else ())


def point(row: Row, level: Level) -> tuple[float | None, float | None]:
    """Longitude and latitude (WGS-84) as far as they are shown."""
    if row["longitude"] is None or level not in WITH_WORDS:
        return None, None
    if level is Level.FULL:
        return row["longitude"], row["latitude"]
    cell = cell_1km(row["longitude"], row["latitude"])
    return cell[0], cell[1]
