"""Walk 3: a bag is handed in at a point, tested, tested again, told to its farmer, and proven to a stranger."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from backend.core import clock
from tests.cast import Cast
from tests.journeys.bench_day import Day, new

CODE, OTHER = "GT-0011", "GT-0012"


@pytest.fixture
async def day(cast: Cast) -> AsyncIterator[Day]:
    begun = await Day.begin(cast)
    yield begun
    await begun.client.aclose()


@pytest.fixture
def that_day() -> Iterator[None]:
    """The day that the instrument's file tells of: what is offered beside it came within weeks."""
    with clock.stopped(datetime(2026, 11, 20, 14, tzinfo=clock.SHANGHAI)):
        yield


def line(record: int, code: str, percent: str, word: str, name: str = "黄瓜") -> str:
    """One row as the tester writes it."""
    return (
        f"NC-0317,20261120{record:03d},{record},{code},{name},农药残留,{percent},{word},2026-11-20 09:0{record % 10},沈"
    )


async def test_a_bag_becomes_a_verdict_that_its_farmer_can_read_and_a_stranger_can_check(day: Day) -> None:
    sample = await _handed_in(day)
    await _brought_to_the_studio(day, sample)
    await _measured(day, sample)
    await _kept_from_others(day, sample)
    await _measured_again(day, sample)
    report = await _reported(day, sample)
    await _checked_by_a_stranger(day, report)
    await _shared_and_taken_back(day, sample, report)


async def _handed_in(day: Day) -> dict[str, Any]:
    """At the station, by a farmer without an account: a bag, a phone number, a yes, a slip."""
    said = new(
        kind="produce",
        code=CODE,
        crop_code="cucumber",
        plot="东坡地",
        sampled_on="2026-11-20",
        contact_name="林大山",
        contact_phone="199 0000 0051",
        consents=[{"purpose": "handling", "text_version": "bench 1", "text_sha256": "0" * 64, "given": True}],
    )
    await day.post(None, "/samples", said, status=401)
    sample: dict[str, Any] = await day.post(day.bench.station_technician, "/samples", said, status=201)
    again = await day.post(day.bench.station_technician, "/samples", said, status=200)
    assert again["id"] == sample["id"]
    page = await day.scan(await _slip(day, sample))
    assert page.seen == ("wait", "在路上")
    assert "黄瓜 · 东坡地" in page.text
    assert not any(told in page.text for told in ("林大山", "0051"))
    return sample


async def _slip(day: Day, sample: dict[str, Any]) -> str:
    """His page, as the desk that tests it prints it."""
    return str((await day.get(day.bench.technician, f"/samples/{sample['id']}"))["slip_url"])


async def _brought_to_the_studio(day: Day, sample: dict[str, Any]) -> None:
    """Cooled, by car."""
    step = new(to_unit_id=str(day.bench.studio), temperature_c=4, travelled="cooled")
    await day.post(day.bench.station_technician, f"/samples/{sample['id']}/hand-overs", step, status=201)
    known = await day.get(day.bench.technician, f"/samples/{sample['id']}")
    assert [each["to_unit"]["name"] for each in known["hand_overs"]][-1] == "农技工作室"
    assert (await day.scan(known["slip_url"])).seen == ("wait", "正在测")


async def _measured(day: Day, sample: dict[str, Any]) -> None:
    """The file is tried first, then kept; dropped twice it is there once. A first positive is measured again."""
    instrument = new(
        serial="NC-0317", method="enzyme_inhibition", calibrated_on="2026-06-01", calibration_due_on="2027-05-31"
    )
    await day.post(day.bench.technician, "/instruments", instrument, status=201)
    lines = [line(1, CODE, "63.20", "合格"), line(2, OTHER, "44.10", "合格", "韭菜"), line(3, "散样", "未测", "合格")]
    tried = await day.drop(day.bench.technician, lines, status=200, dry_run="true")
    assert (tried["stored"], tried["refused"], tried["id"]) == (2, 1, None)
    assert (await day.get(day.bench.technician, "/results"))["items"] == []
    told = await day.drop(day.bench.technician, lines)
    assert (told["stored"], told["duplicate"], told["refused"]) == (2, 0, 1)
    first, second, third = told["rows"]
    assert (first["verdict"], first["instrument_verdict"], first["disagrees"], first["held"]) == (
        *("positive", "合格", True),
        False,
    )
    assert (second["verdict"], second["held"]) == ("suspect", True)
    assert third["column"] == "抑制率(%)"
    again = await day.drop(day.bench.technician, lines)
    assert (again["stored"], again["duplicate"], again["refused"]) == (0, 2, 1)

    page = await day.scan(await _slip(day, sample))
    assert page.seen == ("stop", "偏高，先别卖")
    assert "再测 2 次才算数" in page.text
    open_ones = (await day.get(day.bench.technician, "/retests?state=open"))["items"]
    repeats = {first["result_id"]: 2, second["result_id"]: 2}
    assert Counter(each["result_id"] for each in open_ones if each["kind"] == "repeat") == repeats
    assert len(await day.tasks(day.bench.technician, "retest")) == 2


async def _kept_from_others(day: Day, sample: dict[str, Any]) -> None:
    """What was found is for the farmer and the studio; for a technician next door there is no such sample."""
    where = f"/samples/{sample['id']}"
    await day.get(day.bench.outsider, where, status=404)
    for looking_on in (day.bench.cast.supervisor, day.bench.station_technician):
        seen = await day.get(looking_on, where)
        assert (seen["verdict"], seen["withheld"]) == (None, True)
        assert (await day.get(looking_on, f"/results?sample_id={sample['id']}"))["items"] == []
    assert (await day.get(day.bench.expert, where))["verdict"] == "positive"


async def _measured_again(day: Day, sample: dict[str, Any]) -> None:
    """Both repeats find the same: now another method must confirm it, and the farmer is told more plainly."""
    told = await day.drop(day.bench.technician, [line(4, CODE, "61.00", "不合格"), line(5, CODE, "66.50", "不合格")])
    assert [each["verdict"] for each in told["rows"]] == ["positive"] * 2
    of_it = (await day.get(day.bench.technician, f"/retests?sample_id={sample['id']}"))["items"]
    assert sorted((each["kind"], each["state"]) for each in of_it) == [
        ("confirmation", "open"),
        ("repeat", "upheld"),
        ("repeat", "upheld"),
    ]
    page = await day.scan(await _slip(day, sample))
    assert page.seen == ("stop", "农药偏高，别卖")
    assert "测了 3 次都偏高" in page.text


async def _reported(day: Day, sample: dict[str, Any]) -> dict[str, Any]:
    """On paper: the same words as on the page, the word 抑制率 in it, and behind the slip the very same report."""
    where = f"/samples/{sample['id']}/reports"
    said = new()
    await day.post(day.bench.cast.supervisor, where, said, status=403)
    report: dict[str, Any] = await day.post(day.bench.technician, where, said, status=201)
    assert (await day.post(day.bench.technician, where, said, status=200))["number"] == report["number"]
    assert report["contents"]["overall_says"] == "农药偏高，别卖"
    assert len(report["contents"]["lines"]) == 3
    slip_url = await _slip(day, sample)
    assert "还没有出纸面报告" not in (await day.scan(slip_url)).text
    printed = await day.client.get(f"{slip_url}/report.pdf")
    text = "".join(sheet.extract_text() for sheet in PdfReader(BytesIO(printed.content)).pages)
    assert "抑制率" in text
    assert "合格证明" in text
    return report


async def _checked_by_a_stranger(day: Day, report: dict[str, Any]) -> None:
    """Whoever is shown the paper learns that it is genuine, and nothing that was found."""
    number = report["number"]
    checked = await day.get(None, f"/reports/{number}/verification?sha256={report['sha256']}")
    assert (checked["genuine"], checked["counts"], checked["says_the_same"]) == (True, True, True)
    page = await day.scan(f"/t/{number}")
    assert page.seen == ("genuine", "是真报告")
    assert not any(told in page.text for told in ("偏高", "63.2", "黄瓜"))
    assert (await day.scan(f"/t/{number}?sha256={'0' * 64}")).seen == ("stop", "校验码对不上")


async def _shared_and_taken_back(day: Day, sample: dict[str, Any], report: dict[str, Any]) -> None:
    """Overseers read it for as long as the farmer says so, and no longer."""
    supervisor, where = day.bench.cast.supervisor, f"/reports/{report['number']}"
    slip_url = await _slip(day, sample)
    await day.get(supervisor, where, status=403)
    assert "可以告诉别人" in (await day.say(slip_url, "yes")).text
    assert (await day.get(supervisor, where))["number"] == report["number"]
    assert "不告诉别人" in (await day.say(slip_url, "no")).text
    await day.get(supervisor, where, status=403)


async def test_a_bag_that_only_the_file_told_of_waits_beside_todays_and_is_joined_in_one_step(
    day: Day, that_day: None
) -> None:
    told = await day.drop(day.bench.technician, [line(1, OTHER, "12.40", "合格", "韭菜")])
    assert (told["rows"][0]["held"], told["held"]) == (True, 1)
    received = await day.post(
        day.bench.technician, "/samples", new(kind="produce", code="别的码", crop_said="韭菜"), status=201
    )
    slip_url = await _slip(day, received)
    assert (await day.scan(slip_url)).seen == ("wait", "正在测")

    held = await day.get(day.bench.technician, "/held-samples")
    (waiting,) = held["items"] if isinstance(held, dict) else held
    assert received["id"] in [each["id"] for each in waiting["candidates"]]
    joining = f"/samples/{waiting['sample']['id']}/join"
    for _ in range(2):
        await day.post(day.bench.technician, joining, {"sample_id": received["id"]}, status=200)

    assert (await day.scan(slip_url)).seen == ("clear", "没测出异常")
