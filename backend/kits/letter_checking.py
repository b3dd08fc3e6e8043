"""Letters: Typst templates of what is handed over on paper. Each is set once with sample data.

A template reads what a letter is filled in with as texts: `#sys.inputs.serial`; `SAMPLE` has every name.
"""

import re
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from backend.kits.kit_reading import Kit
from backend.kits.mistakes import Mistake, _

if TYPE_CHECKING:
    import typst

FOLDER, MEDIA = "letters/", "media/"

SAMPLE = {
    "serial": "GX2026-004120",
    "to": "李家村三组李女士",
    "village": "聊城市高唐县李家村",
    "unit": "高唐县反诈中心",
    "from": "王建国",
    "phone": "96110",
    "date": "2026年11月22日",
    "reason": "近期有人冒充客服打来电话",
    "address": "https://lianxin.example/v/ABCD1234",
}
"""What a letter may be filled in with, and how it may look."""

_AT = re.compile(r"error: (.+)\n *┌─ .*?([^/\\\s]+\.typ):(\d+):\d+")
_PACKAGE = re.compile(r"@(?:preview|local)/")


def letter_mistakes(kit: Kit) -> Iterator[Mistake]:
    """Of every letter of a kit."""
    letters = {path: content for path, content in kit.content.items() if path.startswith(FOLDER)}
    for path, content in letters.items():
        file = f"{kit.kit_id}/{path}"
        lines = content.decode(errors="replace").splitlines()
        packages = [at for at, line in enumerate(lines, 1) if _PACKAGE.search(line)]
        for at in packages:
            yield Mistake(file, at, _("A letter uses no packages: nothing is fetched from elsewhere."))
        if not packages:
            yield from _set(kit, path)


def _set(kit: Kit, path: str) -> Iterator[Mistake]:
    """In a folder with the kit's letters and media and nothing else; the compiler reads nothing outside it."""
    import typst  # 60 ms, and only a kit with letters needs it

    with TemporaryDirectory() as name:
        root = Path(name)
        for each, content in kit.content.items():
            if each.startswith((FOLDER, MEDIA)):
                (root / each).parent.mkdir(exist_ok=True)
                (root / each).write_bytes(content)
        try:
            typst.Compiler(root / path, root=root, font_paths=_fonts()).compile(format="pdf", sys_inputs=SAMPLE)
        except typst.TypstError as error:
            yield from _told(kit.kit_id, path, error.message, error.diagnostic)


def _told(kit_id: str, path: str, message: str, diagnostic: str) -> Iterator[Mistake]:
    found = _AT.findall(diagnostic)
    for said, name, line in found:
        yield Mistake(f"{kit_id}/{FOLDER}{name}", int(line), _("It cannot be set: {said}."), {"said": said})
    if not found:
        yield Mistake(f"{kit_id}/{path}", None, _("It cannot be set: {said}."), {"said": message})


@cache
def _fonts() -> "typst.Fonts":
    """No font of the system: a letter looks the same wherever it is set."""
    import typst

    found = find_spec("manimgx_fonts_cjk")
    folder = Path(found.origin).parent if found and found.origin else None
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder] if folder else [])
