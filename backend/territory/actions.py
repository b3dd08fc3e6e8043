"""What changes the division tree: loading a list, opening cells and communities, ending, merging, placing points.

`on` is always the first day on which the new state holds; a division's `valid_to` is its last day.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from backend.core import database, ids
from backend.core.database import transaction
from backend.core.refusals import Refusal
from backend.territory import geocoding, lists, queries, rules
from backend.territory.points import Point, columns
from backend.territory.schemas import DivisionRecord, DivisionsLoaded
from backend.territory.tables import Division, Level

_LOADED = ("id", "code", "prefix", "level", "name", "parent", "valid_from", "source", "demo_point")


class DivisionInUse(Refusal):
    """The change would leave the tree in two minds: children still open, a village in two communities, a code taken."""

    status, code, title = 409, "territory/division-in-use", "The division is still in use"


@transaction
async def load_divisions(*, path: Path, source: str, valid_from: date) -> DivisionsLoaded:
    """Open every division of a list that is not open yet; run twice it changes nothing.

    path     UTF-8 CSV with code, name, level, parent_code, parents before or after their children

    Raises DivisionListWrong (400), naming the line. One COPY: a county's list is a click, a province's a coffee.
    """
    known = await queries.open_codes()
    listed = lists.read(path)
    new = [line for line in listed if line.code not in known]
    keys = {code: key for code, (key, _) in known.items()} | {line.code: ids.uuid7() for line in new}
    lists.check(listed, keys)
    rows = [
        (
            keys[line.code],
            line.code,
            line.prefix,
            line.level,
            line.name,
            keys.get(line.parent_code),
            valid_from,
            source,
            False,
        )
        for line in new
    ]
    await _copy(rows)
    different = tuple(line.code for line in listed if line.code in known and known[line.code][1] != line.name)
    return DivisionsLoaded(opened=len(new), unchanged=len(listed) - len(new) - len(different), different=different)


@transaction
async def open_cell(
    *, village_code: str, number: int, name: str, valid_from: date, source: str, id: UUID | None = None
) -> DivisionRecord:
    """Open a cell of the five-level grid below a village; its number is 1 to 999 and ends its code.

    Raises DivisionUnknown (404), DivisionCodeWrong (400), DivisionInUse (409) for a number that is taken.
    """
    code = rules.cell_code(village_code, number)
    village = await queries.division(code=village_code, on=valid_from)
    return await _open(id, code, name, parent=village, valid_from=valid_from, source=source)


@transaction
async def open_community(
    *,
    township_code: str,
    number: int,
    name: str,
    village_codes: Iterable[str],
    valid_from: date,
    source: str,
    id: UUID | None = None,
) -> DivisionRecord:
    """Open a community and put villages of the same township into it.

    Raises DivisionUnknown (404), DivisionInUse (409) for a village of another township or already in a community.
    """
    code = rules.community_code(township_code, number)
    township = await queries.division(code=township_code, on=valid_from)
    community = await _open(id, code, name, parent=township, valid_from=valid_from, source=source)
    for village_code in village_codes:
        village = await queries.division(code=village_code, on=valid_from)
        if village.parent_id != township.id or village.level != Level.VILLAGE or village.community_id:
            raise DivisionInUse(
                "{division_code} is not a free village of {township_code}.",
                division_code=village_code,
                township_code=township_code,
            )
        await Division.update({Division.community: community.id}).where(Division.id == village.id)
    return community


@transaction
async def close_division(*, code: str, on: date, source: str) -> DivisionRecord:
    """End a division: from `on` it is no more.

    Raises DivisionUnknown (404), DivisionInUse (409) while it has open children.
    """
    return await _end(code, on, source)


@transaction
async def merge_into(*, code: str, into_code: str, on: date, source: str) -> DivisionRecord:
    """End a division and say which one of the same level it became part of.

    Raises DivisionUnknown (404), DivisionInUse (409) while it has open children or where the levels differ.
    """
    successor = await queries.division(code=into_code, on=on)
    if successor.level != rules.level_of(code) or into_code == code:
        raise DivisionInUse(
            "{division_code} cannot become part of {into_code}: the levels differ, or it is itself.",
            division_code=code,
            into_code=into_code,
        )
    return await _end(code, on, source, merged_into=successor.id)


@transaction
async def place_divisions(*, points: Mapping[str, Point], demo: bool) -> int:
    """Give divisions the point that stands for them on a map, by code; how many were placed.

    demo   the points are made up, and every reader is told so; only real ones are ever geocoded

    Raises PointOutside (400), DivisionUnknown (404).
    """
    known = await queries.open_codes()
    if missing := sorted(set(points) - set(known)):
        raise queries.DivisionUnknown("There is no division {division_code} today.", division_code=missing[0])
    await queries.place({known[code][0]: columns(point) for code, point in points.items()}, demo=demo)
    if not demo:
        for code in points:
            await geocoding.ask_for_address(division_id=known[code][0])
    return len(points)


async def _open(
    id: UUID | None, code: str, name: str, *, parent: DivisionRecord, valid_from: date, source: str
) -> DivisionRecord:
    if code in await queries.open_codes():
        raise DivisionInUse("The code {division_code} is taken.", division_code=code)
    division = Division(
        id=id or ids.uuid7(),
        code=code,
        prefix=rules.prefix_of(code),
        level=rules.level_of(code),
        name=name,
        parent=parent.id,
        valid_from=valid_from,
        source=source,
    )
    await division.save()
    return await queries.division_by_id(division_id=division.id)


async def _end(code: str, on: date, source: str, merged_into: UUID | None = None) -> DivisionRecord:
    ended = await queries.division(code=code)
    if children := await queries.open_children(division_id=ended.id):
        raise DivisionInUse(
            "{division_code} still has {count} open divisions below it; end or move them first.",
            division_code=code,
            count=children,
        )
    await Division.update(
        {
            Division.valid_to: rules.last_day_before(on, ended.valid_from),
            Division.merged_into: merged_into,
            Division.source: f"{ended.source}; ended: {source}",
        }
    ).where(Division.id == ended.id)
    return await queries.division_by_id(division_id=ended.id)


async def _copy(rows: list[tuple[Any, ...]]) -> None:
    async with database.connection() as connection:
        await connection.copy_records_to_table("territory_division", records=rows, columns=_LOADED)
        await connection.execute("ANALYZE territory_division")  # a subtree read right after the load takes the index
