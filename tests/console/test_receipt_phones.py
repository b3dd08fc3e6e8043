"""A sick field's receipt on phones: light, calm, fit to be read by anybody, and photos that survive a thin line."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Request, expect

import backend.push.escalation  # noqa: F401 - registers what looks after an emergency
from backend.core import clock
from backend.core.database import fetch, fetch_row
from backend.diagnosis import answers, questions
from backend.diagnosis.answer_schemas import NewAnswer
from backend.diagnosis.request_schemas import NewQuestion, RequestedDiagnosis
from backend.media import looking
from backend.media.actions import keep_photo
from backend.people.actors import Actor
from tests.cast import PASSWORD, phone_of
from tests.conftest import Played, emptied
from tests.console.conftest import PHONE
from tests.console.test_diagnosis_receipt import ANSWER, HOTLINE
from tests.console.test_pages import TOO_SMALL
from tests.console.test_today import CONTRASTS
from tests.diagnosis.clinic import Clinic, claimed_by
from tests.media.drawn import field, saved
from tests.media.uploads.nodes import Nodes

LIMIT_BYTES = 60_000
FACE = Path("seed/photos/expert_guo.jpg")
FITS = "document.documentElement.scrollWidth <= innerWidth"
COLOURS: tuple[Literal["light", "dark"], ...] = ("light", "dark")

Opens = Callable[..., Awaitable[Page]]


async def violations(page: Page, axe: str) -> list[str]:
    await page.evaluate(axe)
    found = await page.evaluate("axe.run().then(found => found.violations)")
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found]


class House(NamedTuple):
    """A studio that can be rung, whose expert has a face, and the address of the program."""

    clinic: Clinic
    url: str


@pytest.fixture(scope="module")
async def house(
    pool: None, migrated: str, played: Played, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """The real program with its worker, on the tests' own database."""
    nodes = Nodes(migrated, tmp_path_factory.mktemp("receipts") / "printed")
    async with emptied():
        clinic = await Clinic.make(await played.again())
        await fetch("UPDATE people_unit SET public_phone = $2 WHERE id = $1", clinic.studio, HOTLINE)
        await show_face(clinic.expert, clinic.cast.admin)
        yield House(clinic, f"http://127.0.0.1:{nodes.start()}")
        nodes.close()


@pytest.fixture
def clinic(house: House) -> Clinic:
    return house.clinic


async def show_face(expert: Actor, admin: Actor) -> None:
    content = FACE.read_bytes()
    kept = await keep_photo(content=content, file_name="", uploaded_by=admin.person_id)
    await looking.look(looking.Look(hashlib.sha256(content).hexdigest()))
    await fetch("UPDATE diagnosis_expert SET portrait = $2 WHERE id = $1", expert.person_id, kept.id)


async def asked(clinic: Clinic) -> RequestedDiagnosis:
    """A request with a photo that an expert has in hand."""
    made = await clinic.scan(photo_ids=[await clinic.photo(saved(field(seed=31)))], symptoms="叶子上有锈斑，三天就满了")
    await claimed_by(made.request.id, clinic.expert)
    return made


async def answered(clinic: Clinic) -> RequestedDiagnosis:
    """The same with its answer, whose follow-up day has come."""
    with clock.stopped(clock.now() - timedelta(days=8)):
        made = await asked(clinic)
        said = NewAnswer(**ANSWER, follow_up_on=clock.today() + timedelta(days=7))
        await answers.answer_diagnosis(request_id=made.request.id, new=said, by=clinic.expert)
    return made


@pytest.fixture
async def opens(browser: Browser, house: House) -> AsyncIterator[Opens]:
    """A farmer's phone that has opened a receipt; keywords are the browser's."""
    contexts: list[BrowserContext] = []

    async def opened(
        made: RequestedDiagnosis, query: str = "", hears: Callable[[Page], None] | None = None, **options: Any
    ) -> Page:
        context = await browser.new_context(base_url=house.url, **({"viewport": PHONE, "locale": "zh-CN"} | options))
        contexts.append(context)
        page = await context.new_page()
        if hears:
            hears(page)
        await page.goto(f"/r/{made.number}{query}")
        await page.fill("#secret", made.secret or "")
        await page.click("button.main")
        await expect(page.locator(".stands")).to_be_visible()
        await page.wait_for_load_state("load")  # its scripts have taken over: before, a form goes the plain way
        return page

    yield opened
    for context in contexts:
        await context.close()


async def test_the_answer_can_be_read_by_anybody_on_a_small_screen(opens: Opens, clinic: Clinic, axe: str) -> None:
    page = await opens(await answered(clinic))
    for size in ("", "?big=1"):
        await page.goto(page.url.partition("?")[0] + size)
        await page.locator("details:not([open]) > summary").evaluate_all("all => all.forEach(one => one.click())")
        for colours in COLOURS:
            await page.emulate_media(color_scheme=colours)
            assert await violations(page, axe) == []
            assert await page.evaluate(CONTRASTS) == []
        assert await page.evaluate(FITS)
        assert await page.evaluate(TOO_SMALL) == []


async def test_the_page_is_light_before_his_own_photos_face_and_all(opens: Opens, clinic: Clinic) -> None:
    loaded: list[Request] = []
    complaints: list[str] = []

    def hears(page: Page) -> None:
        page.on("requestfinished", lambda request: loaded.append(request))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)

    page = await opens(await answered(clinic), hears=hears)
    await page.wait_for_load_state("networkidle")
    own = set(await page.locator(".seen img").evaluate_all("all => all.map(one => one.src)"))
    sizes = [(await each.sizes())["responseBodySize"] for each in loaded if each.url not in own]
    assert 15_000 < sum(size for size in sizes if size > 0) < LIMIT_BYTES, "the form for the secret with it"
    assert await page.locator(".face img").evaluate("one => one.naturalWidth") > 0
    assert complaints == []


async def test_a_photo_for_the_expert_goes_through_tus_and_goes_on_after_a_cut(opens: Opens, clinic: Clinic) -> None:
    made = await asked(clinic)
    await questions.ask_farmer(
        request_id=made.request.id, new=NewQuestion(words="再拍一张叶背", wants_photo=True), by=clinic.expert
    )
    page = await opens(made)
    cuts: list[str] = []

    async def cut_once(route: Any) -> None:
        if route.request.method == "PATCH" and not cuts:
            cuts.append(route.request.url)
            await route.abort()
        else:
            await route.continue_()

    await page.route("**/uploads/**", cut_once)
    await page.set_input_files("#reply-photo", "tests/media/photos/orientation_6_gps.jpg")
    await page.fill("#reply-words", "掉红粉")
    await page.click("#asks .button.main")
    await expect(page.locator(".note.good")).to_contain_text("谢谢，收到了", timeout=20_000)
    assert cuts
    row = await fetch_row(
        "SELECT door, claimed_id FROM media_photo WHERE claimed_id = $1 ORDER BY received_at DESC LIMIT 1",
        made.request.id,
    )
    assert row is not None
    assert row["door"] == "receipt"
    await expect(page.locator(".stands")).to_have_text("专家在看")


async def test_read_aloud_has_the_answer_and_not_the_buttons(opens: Opens, clinic: Clinic) -> None:
    page = await opens(await answered(clinic))
    said = " ".join(await page.locator("[data-aloud]").all_inner_texts())
    assert "每亩 20 毫升" in said
    assert "再问专家" not in said


@pytest.mark.parametrize("name", ["new", "telling"])
async def test_the_desks_pages_fit_a_phone_and_axe_finds_nothing(
    browser: Browser, house: House, axe: str, name: str
) -> None:
    made = await house.clinic.call()
    await claimed_by(made.request.id, house.clinic.expert)
    await answers.answer_diagnosis(request_id=made.request.id, new=NewAnswer(**ANSWER), by=house.clinic.expert)
    where = "/console/clinic/new" if name == "new" else f"/console/clinic/{made.request.id}/telling"
    context = await browser.new_context(base_url=house.url, viewport=PHONE, locale="zh-CN")
    page = await context.new_page()
    await page.goto(f"/console/sign-in?next={where}")
    await page.fill("#phone", phone_of("operator"))
    await page.fill("#password", PASSWORD)
    await page.click("button.main")
    await page.wait_for_url(f"**{where}")
    for colours in COLOURS:
        await page.emulate_media(color_scheme=colours)
        assert await violations(page, axe) == []
        assert await page.evaluate(CONTRASTS) == []
    assert await page.evaluate(FITS)
    assert await page.evaluate(TOO_SMALL) == []
    await context.close()
