"""The bench in figures: control charts, the month, soil over the years, and the public page of soils."""

import doctest
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO
from itertools import pairwise
from math import sqrt

import httpx
import pytest
from litestar import Router
from lxml import html
from msgspec.structs import replace
from pypdf import PdfReader

from backend.console import (
    bench_charts,
    bench_figures,
    bench_trends,
    chart_marks,
    charts,
    pages,
    refused,
    site_maps,
    soil_page,
)
from backend.console.bench_charts import picture_of
from backend.console.charts import BOTTOM, LETTER, MOST_MARKS, TOP, Limit, Plotted, chart
from backend.console.routes import STATIC
from backend.console.site_maps import Site, site_map
from backend.core import clock, ids, words
from backend.core.database import fetch
from backend.laboratory import public_soil
from backend.laboratory.instrument_schemas import ChartPoint, QualityChart
from backend.laboratory.instrument_tables import Run
from backend.laboratory.words import Method, Verdict
from backend.people.guards import NEEDS_SIGN_IN
from tests.application import application
from tests.cast import COUNTY, NEXT_VILLAGE, TOWNSHIP, VILLAGE
from tests.laboratory.bench import Bench, signed_in
from tests.laboratory.fields import MORNING, TOLD, Fields

SIZES = [(390, 844), (1280, 900)]
STAFF = Router(
    "/",
    route_handlers=[bench_charts.router, bench_figures.router, bench_trends.router],
    dependencies=NEEDS_SIGN_IN,
    exception_handlers=refused.HANDLERS,
)


@pytest.fixture
async def bench(cast) -> Bench:
    public_soil.forget()
    return await Bench.make(cast)


@pytest.fixture
async def wire(bench) -> AsyncIterator[httpx.AsyncClient]:
    """A client of these pages."""
    app = application(STAFF, soil_page.router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        with clock.stopped(MORNING):
            yield client


async def look(wire, address, by=None, status=200):
    headers = await signed_in(by) if by else {}
    answer = await wire.get(address, headers={"Accept": "text/html", **headers})
    assert answer.status_code == status, answer.text
    return html.fromstring(answer.text)


def said(tree, path="//main"):
    return " ".join(" ".join(one.itertext()) for one in tree.xpath(path))


def no_style_inside(tree):
    return not tree.xpath("//*[@style]") and not tree.xpath("//style") and not tree.xpath("//script[not(@src)]")


async def run(bench, instrument, blank, *, control=None, at=MORNING):
    row = Run(
        id=ids.uuid7(),
        instrument=instrument,
        unit=bench.studio,
        operator=bench.technician.person_id,
        method=Method.ENZYME_INHIBITION,
        started_at=at,
        blank_delta=blank,
        control_percent=control,
        valid=True,
        invalid_reasons=[],
        recorded_at=at,
        recorded_by=bench.technician.person_id,
        arguments_digest=b"",
    )
    await Run.insert(row)


async def runs(bench, blanks, control=82):
    instrument = await bench.instrument()
    for n, blank in enumerate(blanks):
        at = MORNING - timedelta(days=len(blanks) - n)
        await run(bench, instrument, blank, control=control + n % 3, at=at)
    return instrument


BLANKS = [0.41, 0.43, 0.40, 0.44, 0.42, 0.41, 0.45, 0.43, 0.42, 0.44, 0.43, 0.41, 0.25, 0.42]
"""The last but one is out of the policy's window."""


def quality(values, **changed):
    points = [ChartPoint(at=MORNING + timedelta(days=n), value=value) for n, value in enumerate(values)]
    told = {"mean": 0.42, "sd": 0.015, "low": 0.3, "high": 0.8, "points": points} | changed
    return QualityChart(instrument_id=ids.uuid7(), instrument_serial="NC-1", kind="blank", unit="ΔA", source="", **told)


# pictures, pure


@pytest.mark.parametrize("module", [charts, chart_marks, site_maps, bench_figures])
def test_the_pictures_own_examples_hold(module):
    assert doctest.testmod(module).failed == 0


def test_every_point_and_every_limit_lies_within_the_picture():
    picture = picture_of(quality([0.1, 0.42, 1.9]))
    heights = [float(pair.split(",")[1]) for pair in picture.line.split()]
    assert all(TOP <= y <= BOTTOM for y in heights)
    assert all(TOP <= each.n <= BOTTOM for each in picture.limits)
    assert heights == sorted(heights, reverse=True)  # larger stands higher


def test_limits_that_lie_close_have_labels_apart():
    limits = [Limit(y, "warning", str(y)) for y in (1.0, 1.001, 1.002, 1.003, 5.0, 5.0001)]
    placed = chart([Plotted(0, 0), Plotted(1, 6)], limits=limits, xs=[(0, "a")]).limits
    at = sorted(each.at for each in placed)
    assert all(other - one >= LETTER - 0.001 for one, other in pairwise(at))
    assert all(TOP - LETTER <= each <= BOTTOM + LETTER for each in at)


def test_equal_values_and_one_value_are_drawn():
    for values in ([0.42], [0.42, 0.42], [0, 0]):
        picture = picture_of(quality(values, mean=None, sd=None, low=None, high=None))
        assert len(picture.marks) == len(values)
        assert "nan" not in picture.line


def test_of_very_many_points_only_odd_ones_have_a_mark():
    values = [0.42] * (MOST_MARKS + 1)
    told = quality(values)
    odd = ChartPoint(at=MORNING + timedelta(days=9999), value=0.9, flag="out")
    picture = picture_of(replace(told, points=[*told.points, odd]))
    assert [each.tone for each in picture.marks] == ["out"]
    assert len(picture.line.split()) == MOST_MARKS + 2


def test_days_below_the_axis_do_not_cover_each_other_and_the_last_is_there():
    picture = picture_of(quality([0.4 + n / 1000 for n in range(90)]))
    at = [each.at for each in picture.xs]
    assert all(other - one >= 40 for one, other in pairwise(at))
    assert len(at) >= 3
    assert picture.xs[-1].says == f"{clock.local(MORNING + timedelta(days=89)):%-m-%d}"


def test_every_kind_of_mark_has_a_shape_of_its_own():
    outlines = {tone: re.sub(r"[0-9.]+", "", chart_marks.path_of(tone, 100, 100)) for tone in chart_marks.SHAPES}
    control = {outlines["out"] + "□", outlines["warned"] + "△", outlines["drift"] + "◇"}
    assert len(control) == 3
    assert len({chart_marks.glyph(tone) for tone in ("out", "warned", "drift", "plain")}) == 4
    assert len({chart_marks.glyph(tone) for tone in ("low", "middle", "high")}) == 3
    assert len({chart_marks.glyph(tone) for tone in ("acid", "alkaline", "high")}) == 3


def test_a_map_keeps_the_shape_of_the_ground():
    """At 60 degrees north a degree of longitude is half as long as one of latitude."""
    found = site_map([Site(10, 60, "low", "1", ""), Site(10.2, 60, "low", "2", ""), Site(10, 60.1, "low", "3", "")])
    (x1, y1), (x2, _), (_, y3) = [(each.at, each.n) for each in found.labels]
    assert (x2 - x1) / (y1 - y3) == pytest.approx(1, abs=0.02)
    km = sqrt((x2 - x1) ** 2) / (found.scale / found.scale_km)
    assert km == pytest.approx(11.1, abs=0.2)


def test_of_one_place_there_is_no_map():
    assert site_map([]) is None
    assert site_map([Site(10, 60, "low", "1", "")] * 2) is None


# pages


async def test_a_control_chart_is_drawn_with_its_limits_and_told_as_a_table(wire, bench):
    instrument = await runs(bench, BLANKS)
    tree = await look(wire, f"/console/bench/instruments/{instrument}/chart", bench.technician)
    assert no_style_inside(tree)
    assert len(tree.xpath("//svg[@role='img']")) == 2
    assert len(tree.xpath("//svg[1]//polyline")[0].get("points").split()) == len(BLANKS)
    kinds = {each.get("class") for each in tree.xpath("(//svg)[1]//path[contains(@class, 'limit')]")}
    assert kinds == {"limit mean", "limit warning", "limit action", "limit window"}
    assert len(tree.xpath("(//svg)[1]//path[@class='mark out']")) == 1
    assert "失控" in said(tree)
    assert len(tree.xpath("(//table)[1]/tbody/tr")) == len(BLANKS)
    assert said(tree, "//svg[1]/title").strip()
    assert said(tree, "//svg[1]/desc").strip()


async def test_a_chart_of_few_points_has_no_limits_of_its_own_and_one_without_points_says_so(wire, bench):
    instrument = await bench.instrument()
    await run(bench, instrument, 0.42, at=MORNING - timedelta(days=2))
    tree = await look(wire, f"/console/bench/instruments/{instrument}/chart", bench.technician)
    assert "满 10 个点" in said(tree)
    assert "这段时间没有记录" in said(tree)
    assert len(tree.xpath("//svg")) == 1
    later = await look(wire, f"/console/bench/instruments/{instrument}/chart?days=1", bench.technician)
    assert not later.xpath("//svg")


async def test_a_chart_is_for_those_who_see_the_instrument(wire, bench):
    instrument = await runs(bench, BLANKS[:3])
    address = f"/console/bench/instruments/{instrument}/chart"
    await look(wire, address, bench.outsider, status=404)
    assert (await wire.get(address, follow_redirects=False)).status_code in (302, 303, 401)


async def test_the_month_is_a_table_that_prints_and_a_file(wire, bench):
    sample = await bench.sample(received_at=MORNING, drop_off=bench.station)
    await bench.result(sample, verdict=Verdict.POSITIVE, received_at=MORNING)
    tree = await look(wire, "/console/bench/figures?month=2026-05", bench.technician)
    assert no_style_inside(tree)
    rows = {said(row, "./th").strip(): said(row, "./td").strip() for row in tree.xpath("//tr[td]")}
    assert (rows["送样点：梁村检测点"], rows["阳性"], rows["农产品"]) == ("1", "1", "1")
    [csv] = tree.xpath("//a[@download]/@href")
    saved = await wire.get(csv, headers=await signed_in(bench.technician))
    assert saved.content.startswith(b"\xef\xbb\xbf")
    assert "送样点：梁村检测点,1" in saved.text


async def test_this_month_is_shown_first_and_nothing_comes_after_it(wire, bench):
    tree = await look(wire, "/console/bench/figures", bench.technician)
    assert "2026 年 5 月" in said(tree, "//h1")
    links = tree.xpath("//nav//a/@href")
    assert any("month=2026-04" in each for each in links)
    assert not any("month=2026-06" in each for each in links)
    await look(wire, "/console/bench/figures?month=2026-5", bench.technician, status=400)


async def test_an_overseer_reads_the_month_without_the_findings_of_a_few(wire, bench):
    sample = await bench.sample(received_at=MORNING)
    await bench.result(sample, verdict=Verdict.POSITIVE, received_at=MORNING)
    tree = await look(wire, "/console/bench/figures", bench.cast.supervisor)
    rows = {said(row, "./th").strip(): said(row, "./td").strip() for row in tree.xpath("//tr[td]")}
    assert rows["阳性"] == rows["阴性"] == "数量太少，不显示"
    assert "农户的免费检测结果属于农户本人" in said(tree)
    await look(wire, "/console/bench/figures", bench.cast.cadre, status=403)


async def over_years(fields, household, values, **told):
    for year, value in enumerate(values, 2023):
        await fields.tested(household, value, at=MORNING.replace(year=year, month=3), **told)


async def test_a_households_fields_are_shown_with_where_they_go(wire, bench):
    fields, household = Fields(bench), bench.cast.household
    await over_years(fields, household, [14, 17, 21, 24])
    await over_years(fields, household, [6.9], analyte="ph")
    for asked in ("LLM-001", str(household)):
        tree = await look(wire, f"/console/bench/trends?household={asked}", bench.technician)
        assert no_style_inside(tree)
        assert "有机质在上升：2023 年 3 月为 14 g/kg（4级），2026 年 3 月为 24 g/kg（3级）。" in said(tree)
        assert len(tree.xpath("//svg")) == 1  # of one test there is nothing to draw
        assert "↗" in said(tree)
        means = [said(row, "./td[2]") for row in tree.xpath("(//table)[2]/tbody/tr")]
        assert means == ["24 g/kg", "21 g/kg", "17 g/kg", "14 g/kg"]
        assert "3级 ↑" in said(tree, "//svg//text")


async def test_whoever_may_not_read_a_households_findings_learns_only_that_there_are_some(wire, bench):
    await over_years(Fields(bench), bench.cast.household, [14, 17, 21])
    tree = await look(wire, "/console/bench/trends?household=LLM-001", bench.cast.supervisor)
    assert "3 个土样的结果不对您显示" in said(tree)
    assert not tree.xpath("//svg")
    for asked in ("LLM-003", "NN-999", str(ids.uuid7())):
        unknown = await look(wire, f"/console/bench/trends?household={asked}", bench.cast.supervisor, status=404)
        assert "没有这样一户" in said(unknown)


async def test_a_village_is_chosen_from_a_list_of_those_that_were_tested(wire, bench):
    fields = Fields(bench)
    await fields.village([14] * 5, at=TOLD)
    tree = await look(wire, "/console/bench/trends", bench.technician)
    assert tree.xpath("//select[@id='village']/option/@value") == [VILLAGE]
    shown = await look(wire, f"/console/bench/trends?village={VILLAGE}", bench.technician)
    assert "5 户" in said(shown)
    coarse = await look(wire, f"/console/bench/trends?village={VILLAGE}", bench.cast.supervisor)
    assert "5 户以上" in said(coarse)
    assert "不足 5 户的年份不显示" in said(coarse)


# the public page


async def two_villages(bench):
    fields = Fields(bench)
    await fields.division("371526101901", at=(116.35, 36.95))
    await fields.division("371526101902", at=(116.25, 36.90))
    await fields.village([8] * 5, division_code="371526101901")
    await fields.village([34] * 11, division_code="371526101902")
    await fields.village([90] * 4, division_code=NEXT_VILLAGE)
    return fields


async def test_anybody_reads_the_soil_of_villages_by_word_shape_and_number(wire, bench):
    await two_villages(bench)
    tree = await look(wire, f"/soil?place={TOWNSHIP}")
    assert no_style_inside(tree)
    lines = [said(one, ".").split() for one in tree.xpath("//ol/li")]
    assert [line[0] for line in lines] == ["1", "2"]
    assert {"■", "低"} <= set(lines[0])
    assert {"●", "高"} <= set(lines[1])
    assert "10 户以上" in said(tree, "//ol/li[2]")
    assert len(tree.xpath("//svg//path[contains(@class, 'mark')]")) == 2
    assert "打渔李村" not in said(tree)
    assert not tree.xpath("//script")


async def test_with_one_county_it_begins_there_with_its_townships(wire, bench):
    fields = await two_villages(bench)
    await fetch("UPDATE people_unit SET closed_at = now() WHERE id = $1", bench.elsewhere)
    tree = await look(wire, "/soil")
    assert "高唐县" in said(tree, "//h1")
    assert not tree.xpath("//ol/li")  # the township less its two villages would be four farms
    [township] = tree.xpath("//ul[@class='links']//a/@href")
    assert f"place={TOWNSHIP}" in township
    assert len((await look(wire, township)).xpath("//ol/li")) == 2

    await fields.village([50], division_code=NEXT_VILLAGE)
    public_soil.forget()
    tree = await look(wire, "/soil")
    assert not tree.xpath("//ul[@class='links']")
    [township] = tree.xpath("//ol/li//a/@href")
    assert len((await look(wire, township)).xpath("//ol/li")) == 3


async def test_with_several_counties_one_is_chosen(wire, bench):
    tree = await look(wire, "/soil")
    assert set(tree.xpath("//main//li/a/text()")) == {"高唐县", "诸城市"}


async def test_where_too_few_were_tested_it_says_so_and_what_to_do(wire, bench):
    tree = await look(wire, f"/soil?place={COUNTY}&analyte=ph")
    assert "还没有足够多的农户测过土" in said(tree)


async def test_what_is_not_public_is_refused_in_words(wire, bench):
    for asked in (f"place={TOWNSHIP}&analyte=cadmium", "place=370000000000", "place=371599000000"):
        answer = await wire.get(f"/soil?{asked}")
        assert answer.status_code in (400, 404)
        assert said(html.fromstring(answer.text), "//h1")


async def test_the_public_page_is_light(wire, bench):
    await two_villages(bench)
    answer = await wire.get(f"/soil?place={TOWNSHIP}")
    styles = sum((STATIC / name).stat().st_size for name in ("door.css", "figures.css", "soil.css"))
    assert len(answer.content) + styles < 60_000
    assert "script-src 'self'" in answer.headers["content-security-policy"]


async def test_whoever_reads_english_is_told_in_english(wire, bench):
    fields = await two_villages(bench)
    instrument = await runs(bench, BLANKS)
    await over_years(fields, bench.cast.household, [14, 17, 21])
    for address, word in (
        (f"/console/bench/instruments/{instrument}/chart", "out of control"),
        ("/console/bench/figures?month=2026-05", "Samples received"),
        ("/console/bench/trends?household=LLM-001", "Organic matter rises: 14 g/kg (grade 4) in 3/2023"),
        (f"/soil?place={TOWNSHIP}", "10 farms or more"),
    ):
        spoken = words.language.set("en")
        tree = await look(wire, address, bench.technician)
        words.language.reset(spoken)
        assert word in tree.text_content(), address


# in a browser


async def seen(browser, wire, address, size, by=None):
    """A page as a browser draws it; what it asks for is answered by these pages and the folder of styles."""
    headers = await signed_in(by) if by else {}

    async def answer(route):
        path = route.request.url.removeprefix("http://test")
        if path.startswith(pages.static_path()):
            await route.fulfill(path=STATIC / path.rsplit("/", 1)[1])
            return
        with clock.stopped(MORNING):
            found = await wire.get(path, headers={"Accept-Language": "zh", **headers})
        kept = {"content-type": "text/html", "content-security-policy": found.headers["content-security-policy"]}
        await route.fulfill(status=found.status_code, body=found.content, headers=kept)

    context = await browser.new_context(viewport={"width": size[0], "height": size[1]})
    one = await context.new_page()
    complaints = []
    one.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    await one.route("http://test/**", answer)
    await one.goto(f"http://test{address}")
    assert complaints == []
    return one


WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LETTERS = """[...document.querySelectorAll("svg text")].map(one => one.getBoundingClientRect())
    .filter(box => box.height < 10 || box.left < 0 || box.right > innerWidth).length"""
COLOURS = """[...document.querySelectorAll(".mark")].map(one => getComputedStyle(one).fill)"""


async def full(bench):
    """Every page with something to show: name, address, reader."""
    fields = await two_villages(bench)
    instrument = await runs(bench, BLANKS)
    await over_years(fields, bench.cast.household, [14, 17, 21, 24])
    await over_years(fields, bench.cast.household, [8, 12, 9, 10], analyte="olsen_p")
    await over_years(fields, bench.cast.household, [6.9, 6.4, 5.9, 5.2], analyte="ph")
    for year in (2024, 2025):
        at = MORNING.replace(year=year)
        await fields.village([26 + year % 2 * 4] * 6, division_code="371526101902", at=at)
    sample = await bench.sample(received_at=MORNING, drop_off=bench.station)
    await bench.result(sample, verdict=Verdict.POSITIVE, received_at=MORNING)
    return {
        "charts": (f"/console/bench/instruments/{instrument}/chart", bench.technician),
        "month": ("/console/bench/figures", bench.technician),
        "household": ("/console/bench/trends?household=LLM-001", bench.technician),
        "village": ("/console/bench/trends?village=371526101902", bench.cast.supervisor),
        "soil": (f"/soil?place={TOWNSHIP}", None),
        "counties": ("/soil", None),
    }


@pytest.mark.parametrize("size", SIZES, ids=["phone", "desk"])
async def test_every_page_fits_and_every_letter_of_a_chart_can_be_read(browser, wire, bench, size, tmp_path):
    for name, (address, by) in (await full(bench)).items():
        one = await seen(browser, wire, address, size, by)
        await one.screenshot(path=tmp_path / f"{name}-{size[0]}.png", full_page=True)
        assert await one.evaluate(WIDER) <= 0, name
        assert await one.evaluate(LETTERS) == 0, name
        fills = await one.evaluate(COLOURS)
        assert len(set(fills)) > 1 or name not in ("charts", "soil"), name
        if name in ("month", "charts"):
            assert len(PdfReader(BytesIO(await one.pdf(format="A4"))).pages) == 1, name
        await one.context.close()


async def test_axe_finds_nothing_by_day_and_by_night(browser, wire, bench, axe):
    looked = await full(bench)
    for name in ("charts", "month", "household", "soil"):
        address, by = looked[name]
        one = await seen(browser, wire, address, SIZES[0], by)
        for scheme in ("light", "dark"):
            await one.emulate_media(color_scheme=scheme)
            await one.evaluate(axe)
            found = await one.evaluate("axe.run().then(found => found.violations)")
            assert [(each["id"], each["nodes"][0]["html"]) for each in found] == [], (name, scheme)
        await one.context.close()
