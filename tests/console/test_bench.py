"""The technician's bench without scripts: a file is dropped, every row answers; what is held is joined by a tap."""

import pytest

from backend.console import bench_today
from backend.laboratory import sample_lists
from backend.laboratory.words import SampleState
from tests.console.bench_desk import BENCH, HEADER, ROWS, Desk, Page
from tests.laboratory.bench import Bench


def table(page: Page) -> list[str]:
    """The rows of the answer, in words."""
    return [
        " ".join(" ".join(one.itertext()).split()) for one in page.all('//table[contains(@class, "rows")]/tbody/tr')
    ]


async def test_a_dropped_file_answers_row_by_row_with_the_suspects_on_top(bench_desk: Desk, bench: Bench) -> None:
    await bench.instrument()
    page = await bench_desk.drop(*ROWS)

    assert page.status == 200, page.text
    assert f"{BENCH}/imports/" in page.address
    rows = table(page)
    assert [word for row in rows for word in ("阳性", "可疑", "没收下", "阴性") if f" {word} " in row] == [
        *("阳性", "可疑", "没收下", "阴性")
    ]
    assert "“合格” ≠" in rows[1], "the instrument said otherwise"
    assert rows[2].startswith("5 "), "the line of the file"
    assert "抑制率" in rows[2], "and its column"
    assert "存入 3 条" in page.said('//*[@role="status"]')


async def test_every_verdict_has_a_shape_and_a_word_beside_its_colour(bench_desk: Desk, bench: Bench) -> None:
    page = await bench_desk.drop(*ROWS)
    told = {" ".join("".join(one.itertext()).split()) for one in page.all('//td/span[contains(@class, "verdict")]')}
    assert told == {"■阳性", "▲可疑", "✕没收下", "○阴性"}


async def test_a_look_stores_nothing_and_says_so(bench_desk: Desk, bench: Bench) -> None:
    page = await bench_desk.drop(*ROWS, dry_run="1")
    assert "只是看看" in page.said('//*[@role="status"]')
    assert len(table(page)) == 4
    assert "还没有文件" in (await bench_desk.look()).text
    assert (await sample_lists.list_samples(by=bench.technician)).items == []


async def test_the_same_file_again_stores_nothing_and_says_what_is_there(bench_desk: Desk, bench: Bench) -> None:
    await bench_desk.drop(*ROWS)
    page = await bench_desk.drop(*ROWS)
    assert "存入 0 条 · 已有 3 条" in page.said('//*[@role="status"]')
    assert "一模一样的文件" in page.text


async def test_rows_are_filtered_by_what_was_found_and_counted_for_it(bench_desk: Desk, bench: Bench) -> None:
    page = await bench_desk.drop(*ROWS)
    links = {
        "".join(one.itertext()).split()[0]: one.get("href") for one in page.all('//*[@class="counts no-print"]//a')
    }
    only = await bench_desk.look(links["■"].partition("#")[0])
    assert len(table(only)) == 1
    assert "NY-002" in table(only)[0]
    assert only.all('//a[@aria-current="true"]')[0].get("href") == links["■"]


async def test_all_rows_come_as_a_table_that_excel_reads(bench_desk: Desk, bench: Bench) -> None:
    page = await bench_desk.drop(*ROWS)
    answer = await bench_desk.raw(page.all("//a[@download]")[0].get("href"))
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.text.count("\n") == 5
    assert "NY-002" in answer.text


async def test_a_file_that_breaks_off_says_so_and_keeps_what_came_before(bench_desk: Desk, bench: Bench) -> None:
    content = "\n".join((HEADER, ROWS[0], "NY-002,黄瓜")).encode()
    page = await bench_desk.drop(content=content)
    assert "断了" in page.said('//*[contains(@class, "note bad")]')
    assert "NY-001" in page.text


async def test_no_file_at_all_is_said_on_a_page(bench_desk: Desk, bench: Bench) -> None:
    page = await bench_desk.drop(content=b"")
    assert page.status == 400
    assert "请选仪器导出的文件" in page.text


async def test_a_held_sample_is_joined_by_one_tap(bench_desk: Desk, bench: Bench) -> None:
    await bench_desk.drop(*ROWS[:2])
    received = await bench.sample("S2611220001")
    page = await bench_desk.look()
    assert "没人收样" in page.text
    offered = page.all(f'//input[@name="sample_id"][@value="{received}"]')
    assert offered, "the received sample stands beside it"

    page = await bench_desk.send(page, offered[0].getparent().action.removeprefix("/console/bench/"))

    assert "已" in page.said('//*[@role="status"]'), page.text
    one = (await sample_lists.list_samples(by=bench.technician, filters=sample_lists.Filters(code="S2611220001"))).items
    assert one[0].results_n == 1
    held = sample_lists.Filters(state=SampleState.HELD)
    assert len((await sample_lists.list_samples(by=bench.technician, filters=held)).items) == 1


async def test_a_held_sample_is_joined_by_scanning_the_bag_too(bench_desk: Desk, bench: Bench) -> None:
    await bench_desk.drop(ROWS[0])
    await bench.sample("6901234567892")
    held = (await sample_lists.list_samples(by=bench.technician, filters=sample_lists.Filters(code="NY-001"))).items[0]
    page = await bench_desk.look(f"{BENCH}/samples/{held.id}")
    wrong = await bench_desk.send(page, f"held/{held.id}", near="或扫", code="没有的")
    assert wrong.status == 400
    assert "没有" in wrong.said('//*[@role="alert"]')

    page = await bench_desk.send(page, f"held/{held.id}", near="或扫", code="6901234567892")

    assert page.status == 200
    assert "已对上" in page.said('//*[@role="status"]')


async def test_a_wrong_tap_is_taken_back_at_once_or_later_from_the_sample(bench_desk: Desk, bench: Bench) -> None:
    await bench_desk.drop(ROWS[0])
    received = await bench.sample("S2611220001")
    held = (await sample_lists.list_samples(by=bench.technician, filters=sample_lists.Filters(code="NY-001"))).items[0]
    for _ in range(2):
        page = await bench_desk.send(await bench_desk.look(), f"held/{held.id}", near="S2611220001")
        assert "不是它，分开" in page.text
        page = await bench_desk.send(page, f"held/{held.id}/separation")
        assert "已分开" in page.said('//*[@role="status"]')
        assert "没人收样" in page.text
        assert not page.offers("separation")

    await bench_desk.send(page, f"held/{held.id}", near="S2611220001")
    for shown in (received, held.id):
        page = await bench_desk.look(f"{BENCH}/samples/{shown}")
        assert "不是它，分开" in page.said('//section[@aria-labelledby="joined"]')
    page = await bench_desk.send(await bench_desk.look(f"{BENCH}/samples/{received}"), f"{received}/separation")
    assert "已分开" in page.said('//*[@role="status"]')
    assert not page.offers("separation")


async def test_the_bench_shows_what_is_positive_and_still_to_be_measured_again(bench_desk: Desk, bench: Bench) -> None:
    await bench_desk.drop(*ROWS)
    page = await bench_desk.look()
    first = page.said('//section[@aria-labelledby="look"]')
    assert "NY-002" in first
    assert "NY-003" in first
    assert "同法复测" in first
    assert "NY-001" not in first
    figures = (await bench_today.PART_OF_TODAY[1](bench.technician))["figures"]
    assert figures[0][1] == 2
    assert figures[1][1] >= 2
    assert (await bench_today.PART_OF_TODAY[1](bench.expert))["figures"] == figures, "his studio's"


async def test_the_front_page_leads_a_technician_to_the_bench_and_nobody_else(bench_desk: Desk, bench: Bench) -> None:
    assert (await bench_desk.look("/console/today")).all(f'//main//a[@href="{BENCH}"]')
    assert (await bench_today.PART_OF_TODAY[1](bench.cast.cadre))["figures"] == []
    await bench_desk.be(bench.cast.cadre)
    assert not (await bench_desk.look("/console/today")).all(f'//a[@href="{BENCH}"]')


async def test_a_bag_is_found_by_its_number(bench_desk: Desk, bench: Bench) -> None:
    sample = await bench.sample("NY-777")
    page = await bench_desk.look(f"{BENCH}/samples?code=NY-777")
    assert page.address.endswith(f"{BENCH}/samples/{sample}")
    page = await bench_desk.look(f"{BENCH}/samples?code=NY-778")
    assert page.all(f'//a[@href="{BENCH}/samples/new?code=NY-778"]')


@pytest.mark.parametrize(("who", "status"), [("supervisor", 200), ("auditor", 200), ("cadre", 403), ("handler", 403)])
async def test_who_does_not_test_reads_the_bench_at_most(bench_desk: Desk, bench: Bench, who: str, status: int) -> None:
    await bench_desk.be(getattr(bench.cast, who))
    page = await bench_desk.look(status=status)
    assert not page.all('//input[@type="file"]')
    assert "没有待处理的可疑或阳性" not in page.text, "he would not know"


async def test_an_overseer_sees_how_far_a_file_came_and_not_what_was_found(bench_desk: Desk, bench: Bench) -> None:
    address = (await bench_desk.drop(*ROWS)).address
    await bench_desk.be(bench.cast.supervisor)
    page = await bench_desk.look(address)
    assert table(page) == []
    assert "检测结果只给检测的单位看" in page.text
    await bench_desk.be(bench.outsider)
    await bench_desk.look(address, status=404)
