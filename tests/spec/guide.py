"""The guide's Markdown as its examples: what is to be run, and what the page says comes of it.

    ```bash run          ```python run        ```http run cadre
    …                    …                    GET /api/v1/me
    ```                  ```                  ```

are run in the order of the page: bash in one shell, Python in one interpreter, both in a folder where
`.lianxin/demo.json` is the demo's; HTTP as that role. The block `printed` that follows is what comes of it: `…` stands
for anything, in an object `"…": "…"` for further members. What prints nothing has no such block.
"""

import json
import re
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from msgspec import Struct

FOLDER = Path(__file__).parents[2] / "mobile_api_spec" / "guide"
ANYTHING = "…"
RUN, PRINTED = "run", "printed"


class Example(Struct, frozen=True):
    """One block to be run. `line` counts in its file; `printed` is None where nothing may come of it."""

    page: str
    line: int
    language: str
    role: str
    text: str
    printed: str | None
    printed_as: str


def names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.md"))


def read(name: str) -> str:
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")


def fences(name: str) -> list[tuple[int, str, list[str], str]]:
    """Line, language, further words and text of every fenced block."""
    tokens = MarkdownIt().parse(read(name))
    found = []
    for token in tokens:
        if token.type == "fence":
            language, *words = token.info.split() or [""]
            found.append(((token.map or [0])[0] + 1, language, words, token.content))
    return found


def examples(name: str) -> list[Example]:
    blocks = fences(name)
    found = []
    for (line, language, words, text), after in zip(blocks, [*blocks[1:], None], strict=True):
        if RUN in words:
            printed = after if after and PRINTED in after[2] else None
            role = words[-1] if words[-1] != RUN else ""
            answer = (printed[3], printed[1]) if printed else (None, "")
            found.append(Example(name, line, language, role, text, *answer))
    return found


def must_fit(example: Example, came: str) -> None:
    """Whether what came is what the page shows."""
    where = f"{example.page}.md, line {example.line}"
    if example.printed is None:
        assert came.strip() == "", f"{where}: the page shows nothing, but this came:\n{came}"
    elif example.printed_as == "json":
        misfits = differences(json.loads(example.printed), json.loads(came))
        assert not misfits, f"{where}: {misfits}\n{came}"
    else:
        assert _pattern(example.printed).fullmatch(came.strip()), f"{where}: shown\n{example.printed}\ncame\n{came}"


def differences(shown: Any, came: Any, at: str = "") -> list[str]:
    """Where two JSON values differ, as pointers.

    >>> differences({"a": [1, "…"], "…": "…"}, {"a": [1, {"b": 2}], "c": 3})
    []
    >>> differences({"a": [1]}, {"a": [2], "c": 3})
    ['/: c', '/a/0: 2']
    """
    if shown == ANYTHING:
        return []
    if isinstance(shown, dict) and isinstance(came, dict):
        extra = [] if ANYTHING in shown else [f"{at or '/'}: {name}" for name in came if name not in shown]
        members = [(name, value) for name, value in shown.items() if name != ANYTHING]
        return extra + [one for name, value in members for one in differences(value, came.get(name), f"{at}/{name}")]
    if isinstance(shown, list) and isinstance(came, list):
        if ANYTHING in shown and shown[-1] == ANYTHING:
            shown, came = shown[:-1], came[: len(shown) - 1]
        if len(shown) == len(came):
            both = enumerate(zip(shown, came, strict=True))
            return [one for index, pair in both for one in differences(*pair, f"{at}/{index}")]
    if isinstance(shown, str) and isinstance(came, str) and ANYTHING in shown:
        return [] if _pattern(shown).fullmatch(came) else [f"{at}: {came}"]
    return [] if shown == came and type(shown) is type(came) else [f"{at or '/'}: {came}"]


def _pattern(shown: str) -> re.Pattern[str]:
    return re.compile(".*?".join(re.escape(part) for part in shown.strip().split(ANYTHING)), re.DOTALL)
