"""Everything the guide tells is so: its examples run, its links lead somewhere, its operations and addresses exist."""

import contextlib
import doctest
import io
import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from lianxin_client import Phone

import backend.app  # noqa: F401 - brings every room's refusals in
from backend.console import guide_facts, guide_pages
from backend.console.guide import refusals
from backend.console.guide_facts import facts
from backend.console.guide_pages import ORDER, guide_page, pages, slug
from tests.house import House
from tests.spec import guide
from tests.spec.guide import Example

ROOT = Path(__file__).parents[2]
SPEC: dict[str, Any] = json.loads((ROOT / "mobile_api_spec" / "openapi.json").read_text(encoding="utf-8"))
OPERATIONS = {
    operation["operationId"]
    for item in SPEC["paths"].values()
    for operation in item.values()
    if isinstance(operation, dict) and "operationId" in operation
}
PATHS = [re.compile(re.sub(r"\\{[^/]+\\}", "[^/]+", re.escape(path)) + r"/?") for path in SPEC["paths"]]
PAGES_OF_OURS = re.compile(r"/(docs|schema|console|q|r|v|t|s)(/.*)?")
ADDRESS = re.compile(r"(?<![\w./…])(/(?:api/v1|uploads|openrosa|open311|feeds|ogc|docs|schema|media)(?:/[\w.-]+)*)")
CAMEL = re.compile(r"[a-z]+[A-Z]\w*")
OTHERS_WORDS = {"instanceID", "getLocation", "uploadFile", "onShow", "statusCode", "formData"}
"""Of ODK and WeChat."""
WIDEST = 108
"""Signs of code beside the list of pages, 1280 px wide."""
RUNNABLE = [name for name in guide.names() if guide.examples(name)]


class Shell:
    """One bash for a page, so that what a block sets is there in the next one."""

    def __init__(self, folder: Path) -> None:
        self._bash = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(folder)},
        )
        self.run("set -euo pipefail")

    def run(self, block: str) -> str:
        assert self._bash.stdin
        assert self._bash.stdout
        end = f"end-{uuid4()}"
        self._bash.stdin.write(f"{block}\nprintf '\\n%s\\n' {end}\n")
        self._bash.stdin.flush()
        came = []
        for line in self._bash.stdout:
            if line.strip() == end:
                return "".join(came)
            came.append(line)
        raise AssertionError(f"it failed:\n{block}\n{''.join(came)}")

    def close(self) -> None:
        assert self._bash.stdin
        assert self._bash.stdout
        self._bash.stdin.close()
        self._bash.wait(timeout=10)
        self._bash.stdout.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, seeded: Path) -> Iterator[Path]:
    """Where somebody typed `make run`: the demo runs, and `.lianxin/demo.json` says how to get in."""
    place = tmp_path_factory.mktemp("guide")
    place.chmod(0o711)
    house = House(place / ".lianxin")
    house.move_in(seeded)
    house.open("demo")
    yield place
    house.close()


@pytest.fixture
def shell(folder: Path) -> Iterator[Shell]:
    opened = Shell(folder)
    yield opened
    opened.close()


@pytest.mark.parametrize("name", RUNNABLE)
def test_the_examples_of_a_page_do_what_the_page_says(
    folder: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(folder)
    known: dict[str, Any] = {"__name__": "__main__"}
    demo = json.loads((folder / ".lianxin" / "demo.json").read_text(encoding="utf-8"))

    for example in guide.examples(name):
        if example.language == "python":
            guide.must_fit(example, python(example, known))
        elif example.language == "http":
            must_answer(example, demo=demo)
        else:
            guide.must_fit(example, shell.run(example.text))

    for client in known.values():
        if isinstance(client, httpx.Client | Phone):
            client.close()


def python(example: Example, known: dict[str, Any]) -> str:
    """What a block prints, told what the blocks before it made."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(example.text, f"{example.page}.md:{example.line}", "exec"), known)  # noqa: S102 - our own page
    return said.getvalue()


def must_answer(example: Example, *, demo: dict[str, Any]) -> None:
    """A request as it stands, signed in as its role, against the answer that follows: status, headers shown, body."""
    head, _, body = example.text.strip().partition("\n\n")
    method, address = head.split("\n")[0].split()
    headers = dict(line.split(": ", 1) for line in head.split("\n")[1:])
    tokens = {account["role"]: account["access_token"] for account in demo["accounts"]}
    if example.role:
        headers["Authorization"] = f"Bearer {tokens[example.role]}"
    answer = httpx.request(method, demo["base_url"] + address, headers=headers, content=body.encode(), timeout=20)

    shown, _, content = (example.printed or "").strip().partition("\n\n")
    status, *lines = shown.split("\n")
    assert status == f"{answer.status_code} {answer.reason_phrase}", (example, answer.text)
    for header, value in (line.split(": ", 1) for line in lines):
        assert not guide.differences(value, answer.headers.get(header, "")), (header, answer.headers.get(header))
    came = answer.json() if content.strip() else answer.text
    misfits = guide.differences(json.loads(content) if content.strip() else "", came)
    assert not misfits, (example.page, example.line, misfits, answer.text)


@pytest.mark.parametrize("name", guide.names())
def test_a_page_begins_with_its_title_and_a_short_chinese_summary(name: str) -> None:
    title, summary, *_ = guide.read(name).split("\n\n")

    assert re.fullmatch(r"# [A-Z].{5,60}", title)
    assert summary.startswith("> ")
    assert 2 <= summary.count("。") <= 4
    assert len(re.findall(r"[\u4e00-\u9fff]", summary)) > 40


def test_every_page_is_served_and_listed_in_the_index() -> None:
    index = (ROOT / "mobile_api_spec" / "README.md").read_text(encoding="utf-8")

    assert sorted(ORDER) == guide.names()
    assert set(re.findall(r"\]\(guide/(\w+)\.md\)", index)) == set(ORDER)


@pytest.mark.parametrize("name", [*guide.names(), "../README"])
def test_every_operation_that_a_page_names_exists(name: str) -> None:
    named = {code for code in re.findall(r"`([^`\n]+)`", prose(name)) if CAMEL.fullmatch(code)} - OTHERS_WORDS

    assert named - OPERATIONS == set()


@pytest.mark.parametrize("name", [*guide.names(), "../README"])
def test_every_address_that_a_page_names_exists(name: str) -> None:
    text = re.sub(r"\$HERE|\{[^{}\n]*base_url[^{}\n]*\}", " ", guide.read(name))
    text = re.sub(r"\{[^{}\n]*\}", "X", text).replace("/openrosa/key/X", "/openrosa")
    named = {address.rstrip(".") for address in ADDRESS.findall(text)}

    unknown = {one for one in named if not any(path.fullmatch(one) for path in PATHS) and not prefix_of_some(one)}
    assert {one for one in unknown if not PAGES_OF_OURS.fullmatch(one)} == set()


@pytest.mark.parametrize("name", guide.names())
def test_every_parameter_of_an_address_is_one_that_it_takes(name: str) -> None:
    for address, query in re.findall(r"(/api/v1/[\w/-]+)\?([\w=&.$-]+)", guide.read(name)):
        taken = {one["name"] for one in SPEC["paths"][address]["get"]["parameters"]}
        assert {pair.partition("=")[0] for pair in query.split("&")} <= taken, address


@pytest.mark.parametrize("name", guide.names())
def test_no_line_to_be_run_is_wider_than_the_page(name: str) -> None:
    for example in guide.examples(name):
        assert [line for line in example.text.split("\n") if len(line) > WIDEST] == []


def prefix_of_some(address: str) -> bool:
    """`/uploads` and `/openrosa` as doors, without what is behind them."""
    return any(path.startswith(f"{address}/") for path in SPEC["paths"])


def test_the_page_on_errors_tells_what_to_do_with_every_status_that_is_refused_with() -> None:
    told = {
        int(one)
        for row in re.findall(r"^\| ([0-9, ]+) \|", guide.read("errors"), re.MULTILINE)
        for one in row.split(", ")
    }
    told_of_queue = {
        int(one)
        for row in re.findall(r"^\| ([0-9, ]+)", guide.read("offline"), re.MULTILINE)
        for one in re.findall("[0-9]+", row)
    }

    assert {refusal.status for refusal in refusals()} <= told
    assert told_of_queue >= {400, 401, 403, 404, 409, 413, 429, 500, 503}


@pytest.mark.parametrize("name", guide.names())
def test_every_link_leads_to_a_page_and_a_heading_that_are_there(name: str) -> None:
    for href in re.findall(r"\]\(([^)]+)\)", prose(name)):
        file, _, anchor = href.partition("#")
        if not href.startswith(("https://", "/")):
            page = Path(file or f"{name}.md").stem
            assert page in guide.names(), href
            assert not anchor or anchor in anchors(page), href


def anchors(name: str) -> set[str]:
    return {slug(re.sub(r"[`*]", "", words)) for words in re.findall(r"^#+ (.+)$", prose(name), re.MULTILINE)}


def prose(name: str) -> str:
    """A page without its blocks."""
    return re.sub(r"^```.*?^```$", "", guide.read(name), flags=re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("name", guide.names())
def test_every_number_in_braces_is_one_that_the_server_fills_in(name: str) -> None:
    assert set(re.findall(r"\{\{ (\w+) \}\}", guide.read(name))) <= set(facts())
    page = guide_page(name)
    assert page
    assert "{{" not in page.html
    assert "<h1" in page.html


async def test_pages_are_served_in_our_frame_and_link_to_each_other(folder: Path) -> None:
    demo = json.loads((folder / ".lianxin" / "demo.json").read_text(encoding="utf-8"))
    async with httpx.AsyncClient(base_url=demo["base_url"]) as client:
        index = await client.get("/docs")
        listed = set(re.findall(r'href="/docs/(\w+)"', index.text)) - {"reference", "problems", "operations"}
        answers = {name: await client.get(f"/docs/{name}") for name in ORDER}
        unknown = await client.get("/docs/nothing-like-this")

    assert listed == set(ORDER)
    assert all(page.gist and page.gist in index.text for page in pages())
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(ORDER, 200)
    assert all('lang="zh-CN" class="note"' in answer.text for answer in answers.values())
    assert all("script-src 'self'" in answer.headers["content-security-policy"] for answer in answers.values())
    assert all("<script>" not in answer.text for answer in answers.values())
    assert unknown.status_code == 404


def test_the_examples_in_what_draws_the_guide_hold() -> None:
    assert [doctest.testmod(module).failed for module in (guide_pages, guide_facts, guide)] == [0, 0, 0]


def test_what_is_to_be_run_can_be_copied_and_what_it_prints_cannot() -> None:
    page = guide_page("first_call")
    assert page

    blocks = page.html.split('<div class="block')[1:]
    assert len(blocks) == len(guide.fences("first_call"))
    assert {"<button" in block for block in blocks if block.startswith(" printed")} == {False}
    assert {"<button" in block for block in blocks if not block.startswith(" printed")} == {True}


def test_what_stands_in_a_page_as_html_is_shown_and_never_run() -> None:
    from backend.console.guide_pages import render

    assert "<script" not in render('# A title\n\n<script src="x"></script>\n\n```js\n<img onerror=x>\n```\n')[2]
