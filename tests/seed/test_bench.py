"""The demo's bench: every kind of thing that happens at one can be looked at."""

from backend.core.database import fetch
from backend.laboratory import public_soil, reports, sample_records
from backend.laboratory.slips import sample_of_slip
from backend.people.sessions import actor
from backend.people.tables import Role
from seed import bench
from seed.bench_words import SHOWN, SOIL_SHOWN
from seed.cast import LIANGCUN, VILLAGE, holder


async def words(sql: str) -> set[str]:
    return {row[0] for row in await fetch(sql)}


async def test_every_verdict_has_an_example_and_a_category_of_soil_too(planted):
    assert {"negative", "suspect", "positive"} <= await words("SELECT DISTINCT verdict FROM laboratory_result")
    assert {"priority_protection", "safe_use"} <= await words("SELECT DISTINCT category FROM laboratory_result")
    assert {2, 3, 4, 5} <= await words("SELECT DISTINCT grade FROM laboratory_result")


async def test_an_overdue_instrument_gives_no_verdict_and_another_disagrees_with_the_server(planted):
    blocked = await fetch("""SELECT FROM laboratory_result WHERE reasons @> '[{"code": "calibration_overdue"}]'""")
    assert blocked
    assert await fetch("SELECT FROM laboratory_result WHERE instrument_disagrees")


async def test_a_banned_substance_was_found_on_a_strip_of_a_free_test(planted):
    [found] = await fetch("SELECT verdict, analyte FROM laboratory_result WHERE ban_found")
    assert (found["verdict"], found["analyte"]) == ("positive", "carbofuran")


async def test_one_sample_is_known_to_its_file_only_and_one_row_was_refused(planted):
    assert await words("SELECT code FROM laboratory_sample WHERE state = 'held'") == {"无编号"}
    assert await words("SELECT file_name FROM laboratory_import WHERE refused_n > 0") == {"农残速测仪导出.csv"}


async def test_repeats_agreed_and_a_confirmation_waits(planted):
    states = await words(
        "SELECT t.kind || ' ' || t.state FROM laboratory_retest t JOIN laboratory_result r ON r.id = t.result "
        f"JOIN laboratory_sample s ON s.id = r.sample WHERE s.code = '{SHOWN}'"
    )
    assert {"repeat upheld", "confirmation open"} <= states


async def test_the_slips_that_demo_json_shows_open_and_their_reports_verify(planted):
    for code in (SHOWN, SOIL_SHOWN):
        url = bench.slip_url("", code)
        assert await sample_of_slip(url.rsplit("/", 1)[1], address="127.0.0.1") == bench.SAMPLE_IDS[code]
    told = await reports.verify(number=await bench.report_number(), address="127.0.0.1")
    assert (told.genuine, told.counts) == (True, True)


async def test_an_objection_runs_a_strip_waits_for_its_expert_and_advice_is_signed(planted):
    assert await words("SELECT state FROM laboratory_retest WHERE kind = 'objection'") == {"open"}
    assert await fetch("SELECT FROM laboratory_second_look WHERE seen_at IS NULL")
    [signed] = await fetch("SELECT advice, signed_by FROM laboratory_fertiliser_advice")
    assert (signed["signed_by"], '"17.5"' in signed["advice"]) == (holder(Role.EXPERT).id, True)


async def test_the_public_sees_the_soil_of_the_village_and_no_farm(planted):
    told = await public_soil.list_public_soil(division_code=LIANGCUN, analyte="organic_matter", level="village")
    assert VILLAGE in str(told)


async def test_two_bags_wait_for_the_file_that_comes_with_the_demo(planted):
    technician = await actor(person_id=holder(Role.TECHNICIAN).id)
    for code in ("GT-0011", "GT-0012"):
        found = await sample_records.get(sample_id=bench.SAMPLE_IDS[code], by=technician)
        assert (found.results_n, found.code) == (0, code)
