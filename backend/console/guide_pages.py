"""The guide's Markdown (mobile_api_spec/guide/) as pages, rendered once for each process.

Links between files become addresses, headings get anchors, `{{ name }}` becomes a number of this installation
(`guide_facts`). Raw HTML is not taken: what stands in a file is shown, never run.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from msgspec import Struct

from backend.console.guide_blocks import draw_block
from backend.console.guide_facts import facts

FOLDER = Path(__file__).parents[2] / "mobile_api_spec" / "guide"
ORDER = (
    *("first_call", "signing_in", "offline", "sync", "photos", "errors", "lists", "notices", "collect"),
    *("webhooks", "wechat", "limits", "bench_live", "lab_reports"),
)
"""As one reads them."""

_FACT = re.compile(r"\{\{ (\w+) \}\}")


class GuidePage(Struct, frozen=True):
    """One page. `title` is its first heading, `gist` the first Chinese sentence of its summary, `html` all of it."""

    name: str
    title: str
    gist: str
    html: Markup


def pages() -> list[GuidePage]:
    """Every page that lies beside the program."""
    return [_rendered(name) for name in ORDER if (FOLDER / f"{name}.md").is_file()]


def guide_page(name: str) -> GuidePage | None:
    """One page by its name."""
    return next((each for each in pages() if each.name == name), None)


@cache
def _rendered(name: str) -> GuidePage:
    return GuidePage(name, *render((FOLDER / f"{name}.md").read_text(encoding="utf-8")))


def render(text: str) -> tuple[str, str, Markup]:
    """Title, gist and HTML of one file.

    >>> render("# Photos\\n\\nSee [errors](errors.md#codes) <b>")[2]
    Markup('<h1 id="photos">Photos</h1>\\n<p>See <a href="/docs/errors#codes">errors</a> &lt;b&gt;</p>\\n')
    """
    known = facts()
    markdown = _renderer()
    tokens = markdown.parse(_FACT.sub(lambda found: known[found[1]], text))
    _settle(tokens)
    title = next(_words(tokens[at + 1]) for at, token in enumerate(tokens) if token.tag == "h1")
    summary = next((_words(tokens[at + 2]) for at, token in enumerate(tokens) if token.tag == "blockquote"), "")
    html = markdown.renderer.render(tokens, markdown.options, {})
    return title, summary.partition("。")[0], Markup(html)  # noqa: S704 - markdown-it escaped it: `html` is off


def slug(words: str) -> str:
    """The anchor of a heading, as GitHub makes it.

    >>> slug("Sent twice, `id` and all")
    'sent-twice-id-and-all'
    """
    return re.sub(r"[^\w\- ]", "", words.lower()).strip().replace(" ", "-")


def _renderer() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.add_render_rule("fence", draw_block)
    markdown.add_render_rule("table_open", _open_table)
    markdown.add_render_rule("table_close", _close_table)
    return markdown


def _open_table(*_: Any) -> str:
    return '<div class="scroll" tabindex="0"><table>\n'


def _close_table(*_: Any) -> str:
    return "</table></div>\n"


def _settle(tokens: list[Token]) -> None:
    """Anchors, addresses, and the language of the summary that every page begins with."""
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            token.attrSet("id", slug(_words(tokens[at + 1])))
        if token.type == "blockquote_open":
            token.attrs |= {"lang": "zh-CN", "class": "note"}
        for child in token.children or ():
            if child.type == "link_open":
                child.attrSet("href", _address(str(child.attrGet("href") or "")))


def _address(href: str) -> str:
    file, hash_, anchor = href.partition("#")
    return f"/docs/{file.removesuffix('.md')}{hash_}{anchor}" if file.endswith(".md") and "/" not in file else href


def _words(inline: Token) -> str:
    return "".join(child.content for child in inline.children or ())
