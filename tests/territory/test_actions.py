"""What territory promises about changing the tree."""

from datetime import date
from pathlib import Path

import asyncpg
import pytest

from backend.core import database
from backend.core.refusals import Invalid
from backend.territory import actions, queries
from backend.territory.actions import DivisionInUse
from backend.territory.points import Point, PointOutside
from backend.territory.queries import DivisionUnknown
from backend.territory.rules import DivisionCodeWrong, DivisionListWrong
from backend.territory.tables import Level

DIVISIONS = Path(__file__).parents[2] / "seed" / "divisions.csv"
LISTED_ON = date(2023, 6, 30)
LIULI, LIULISI = "371526101335", "371526101000"
NEIGHBOUR = "371526101336"
JULY = date(2026, 7, 1)


async def count() -> int:
    row = await database.fetch_row("SELECT count(*) FROM territory_division")
    return row["count"]


async def test_the_public_list_loads_whole_and_again_without_a_change(db):
    first = await actions.load_divisions(path=DIVISIONS, source="NBS 2023", valid_from=LISTED_ON)
    keys = await queries.open_codes()
    again = await actions.load_divisions(path=DIVISIONS, source="NBS 2023", valid_from=LISTED_ON)

    assert (first.opened, first.unchanged, first.different) == (3923, 0, ())
    assert (again.opened, again.unchanged, again.different) == (0, 3923, ())
    assert await queries.open_codes() == keys
    village = await queries.division(code=LIULI)
    assert (village.level, village.parent_code, village.source) == (Level.VILLAGE, LIULISI, "NBS 2023")
    assert village.id.version == 7


async def test_a_name_that_changed_is_reported_and_not_overwritten(divisions, tmp_path):
    renamed = tmp_path / "list.csv"
    renamed.write_text(f"code,name,level,parent_code\n{LIULI},新名村委会,village,{LIULISI}\n", encoding="utf-8-sig")

    loaded = await actions.load_divisions(path=renamed, source="another list", valid_from=JULY)

    assert (loaded.opened, loaded.different) == (0, (LIULI,))
    assert (await queries.division(code=LIULI)).name == "琉璃庙村村委会"


@pytest.mark.parametrize(
    "line",
    [
        "37,山东省,province,",
        "370000000000,,province,",
        "370000000000,山\x00东,province,",
        "370000000000,山东省,county,",
        "370000000000,山东省,kingdom,",
        "371500000000,聊城市,prefecture,370000000000",
        "370000000000,山东省,province,\n370000000000,山东省,province,",
        "370000000000,山东省,province,\n110100000000,市辖区,prefecture,370000000000",
        "370000000000,山东省,province,\n371500000000,聊城市,prefecture,37",
    ],
)
async def test_a_list_with_one_wrong_line_loads_nothing_and_names_the_line(db, tmp_path, line):
    wrong = tmp_path / "list.csv"
    wrong.write_text("code,name,level,parent_code\n" + line + "\n", encoding="utf-8")

    with pytest.raises(DivisionListWrong) as refused:
        await actions.load_divisions(path=wrong, source="x", valid_from=JULY)

    last = line.count("\n") + 2
    assert [error.pointer for error in refused.value.errors] == [f"/{last}"]
    assert await count() == 0


async def test_a_list_without_its_columns_is_refused(db, tmp_path):
    wrong = tmp_path / "list.csv"
    wrong.write_text("id,title\n1,x\n", encoding="utf-8")

    with pytest.raises(DivisionListWrong, match="columns"):
        await actions.load_divisions(path=wrong, source="x", valid_from=JULY)


async def test_a_cell_opens_below_its_village_and_inside_its_subtree(divisions):
    cell = await actions.open_cell(
        village_code=LIULI, number=7, name="第七网格", valid_from=JULY, source="township list"
    )

    assert (cell.code, cell.level, cell.parent_code) == (LIULI + "007", Level.CELL, LIULI)
    assert cell.prefix.startswith(await queries.prefixes(division_id=cell.parent_id))
    with pytest.raises(DivisionInUse):
        await actions.open_cell(village_code=LIULI, number=7, name="again", valid_from=JULY, source="x")
    with pytest.raises(DivisionCodeWrong):
        await actions.open_cell(village_code=LIULISI, number=7, name="a township", valid_from=JULY, source="x")
    with pytest.raises(DivisionUnknown):
        await actions.open_cell(village_code="371526101999", number=7, name="nowhere", valid_from=JULY, source="x")


async def community(number: int, *villages: str):
    return await actions.open_community(
        township_code=LIULISI,
        number=number,
        name="琉璃寺社区",
        village_codes=villages,
        valid_from=JULY,
        source="county",
    )


async def test_a_community_covers_the_prefixes_of_its_villages(divisions):
    opened = await community(1, LIULI, NEIGHBOUR)

    assert (opened.level, opened.parent_code) == (Level.COMMUNITY, LIULISI)
    assert await queries.prefixes(division_id=opened.id) == (LIULI, NEIGHBOUR)
    assert (await queries.division(code=LIULI)).community_code == opened.code


async def test_a_village_is_in_one_community_of_its_own_township_and_a_refusal_leaves_nothing(divisions):
    await community(1, LIULI)
    before = await count()

    for taken in (LIULI, "370781001024", LIULISI):
        with pytest.raises(DivisionInUse):
            await community(2, NEIGHBOUR, taken)

    assert await count() == before
    assert (await queries.division(code=NEIGHBOUR)).community_id is None


async def test_a_merged_village_ends_the_day_before_and_names_its_successor(divisions):
    ended = await actions.merge_into(code=LIULI, into_code=NEIGHBOUR, on=JULY, source="county notice 12")

    assert (ended.valid_to, ended.merged_into_code) == (date(2026, 6, 30), NEIGHBOUR)
    assert ended.source == "NBS 2023; ended: county notice 12"
    assert (await queries.division(code=LIULI, on=date(2026, 6, 30))).id == ended.id
    with pytest.raises(DivisionUnknown) as gone:
        await queries.division(code=LIULI, on=JULY)
    assert gone.value.facts["merged_into_code"] == NEIGHBOUR


async def test_a_village_merges_into_another_village_only(divisions):
    for successor in (LIULI, LIULISI):
        with pytest.raises(DivisionInUse):
            await actions.merge_into(code=LIULI, into_code=successor, on=JULY, source="x")
    with pytest.raises(DivisionUnknown):
        await actions.merge_into(code=LIULI, into_code="371526101999", on=JULY, source="x")


async def test_a_division_with_open_children_does_not_end(divisions):
    with pytest.raises(DivisionInUse):
        await actions.close_division(code=LIULISI, on=JULY, source="x")
    opened = await community(1, LIULI)
    with pytest.raises(DivisionInUse):
        await actions.close_division(code=opened.code, on=JULY, source="x")


async def test_a_division_does_not_end_before_it_began(divisions):
    with pytest.raises(Invalid):
        await actions.close_division(code=LIULI, on=LISTED_ON, source="x")


async def test_a_code_may_come_back_after_it_ended_but_never_twice_on_one_day(divisions, tmp_path):
    ended = await actions.close_division(code=LIULI, on=JULY, source="abolished")
    back = tmp_path / "list.csv"
    back.write_text(f"code,name,level,parent_code\n{LIULI},琉璃庙新村,village,{LIULISI}\n", encoding="utf-8")

    with pytest.raises(asyncpg.ExclusionViolationError):
        await actions.load_divisions(path=back, source="y", valid_from=date(2026, 6, 30))
    await actions.load_divisions(path=back, source="y", valid_from=JULY)

    assert (await queries.division(code=LIULI, on=JULY)).name == "琉璃庙新村"
    assert (await queries.division(code=LIULI, on=date(2026, 6, 30))).id == ended.id


async def test_a_point_is_placed_on_a_division_and_says_when_it_is_made_up(divisions):
    point = Point(crs="gcj02", longitude=116.2373, latitude=36.7401)

    assert await actions.place_divisions(points={LIULI: point}, demo=True) == 1

    placed = await queries.division(code=LIULI)
    assert placed.demo_point
    assert placed.point.original_crs == "gcj02"
    assert placed.point.longitude != 116.2373


async def test_points_are_placed_all_or_none(divisions):
    good, bad = (Point(crs="wgs84", longitude=x, latitude=36.7) for x in (116.2, 216.2))

    with pytest.raises(PointOutside):
        await actions.place_divisions(points={LIULI: good, NEIGHBOUR: bad}, demo=True)
    with pytest.raises(DivisionUnknown):
        await actions.place_divisions(points={LIULI: good, "371526101999": good}, demo=True)

    assert (await queries.division(code=LIULI)).point is None
