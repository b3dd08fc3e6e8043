"""An operator looks before he promises: the deadline, and every day of it, on a phone and without scripts."""

from playwright.async_api import expect

from tests.console.conftest import Door

PAGE = "/console/deadlines/preview"


async def test_the_form_alone_tells_by_when_and_why(sign_in: Door) -> None:
    page = await sign_in("operator", java_script_enabled=False)
    await page.goto(PAGE)
    await page.select_option("#policy", "consult")
    await page.fill("#opened_at", "2026-02-13T09:00")
    await page.click("form.sheet button.main")

    await expect(page.locator(".deadline")).to_have_text("2026年2月25日 星期三 23:59")
    await expect(page.locator(".steps li.counts")).to_have_count(3)
    await expect(page.locator(".steps li").nth(1)).to_contain_text("春节调休上班，第 1 个工作日。")
    await expect(page.locator(".strip td.rests")).to_have_count(10)
    await expect(page.locator(".strip td.due")).to_have_text("25到期")
    assert await page.locator(".note.warn").count() == 0
    assert await page.input_value("#policy") == "consult"


async def test_staffed_minutes_over_new_year_are_marked_provisional(sign_in: Door) -> None:
    page = await sign_in("operator", java_script_enabled=False)
    await page.goto(PAGE)
    await page.select_option("#policy", "")
    await page.fill("#opened_at", "2026-12-31T16:00")
    await page.click("main details summary")
    await page.select_option("#clock", "working_minutes")
    await page.fill("#amount", "120")
    await page.fill("#hours", "周一至周五 8:30-11:30，13:30-17:30")
    await page.click("form.sheet button.main")

    await expect(page.locator(".deadline")).to_contain_text("2027年1月4日 星期一 09:00")
    await expect(page.locator(".note.warn")).to_contain_text("暂定")


async def test_what_cannot_be_read_is_said_and_the_form_stays_filled_in(sign_in: Door) -> None:
    page = await sign_in("operator")
    for query, said in [
        ("clock=working_minutes&amount=60&hours=22:00-06:00", "跨夜请分两段写"),
        ("clock=working_days&amount=999", "250"),
        ("clock=working_days&amount=ten", "请检查数量和时间"),
        ("clock=fortnight&amount=1", "请检查数量和时间"),
        ("policy=general&opened_at=yesterday", "请检查数量和时间"),
        ("policy=someday", "someday"),
    ]:
        answer = await page.goto(f"{PAGE}?{query}")

        assert answer is not None
        assert answer.status == 200
        await expect(page.locator(".note.bad")).to_contain_text(said)
    await page.goto(f"{PAGE}?clock=working_minutes&amount=60&hours=22:00-06:00")
    assert await page.input_value("#hours") == "22:00-06:00"


async def test_it_fits_a_phone_with_two_months_in_it(sign_in: Door) -> None:
    page = await sign_in("operator")
    await page.goto(f"{PAGE}?clock=working_days&amount=40&opened_at=2026-09-01T09:00")

    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await page.locator(".strip td.due").count() == 1
