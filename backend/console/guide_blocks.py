"""How the guide draws a fenced block: what to run can be copied with one tap, what it prints says so."""

from collections.abc import Sequence
from typing import Any

from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token

COPIED = ("bash", "sh", "python", "toml", "json")


def draw_block(_: Any, tokens: Sequence[Token], at: int, *__: Any) -> str:
    """A rule of markdown-it's renderer. The words after the language: `run`, as whom, or `printed`."""
    language, *words = tokens[at].info.split() or [""]
    text = escapeHtml(tokens[at].content)
    pre = f'<pre id="block-{at}" tabindex="0"><code>{text}</code></pre>'
    if "printed" in words:
        return f'<div class="block printed"><p class="quiet">{_says(language)}</p>{pre}</div>\n'
    return f'<div class="block">{pre}{_button(at) if language in COPIED else ""}</div>\n'


def _says(language: str) -> str:
    return "answers" if language in ("http", "json") else "prints"


def _button(at: int) -> str:
    said = 'data-done="Copied" data-failed="Selected: copy it"'
    return f'<button type="button" class="button" hidden data-copies="block-{at}" {said}>Copy</button>'
