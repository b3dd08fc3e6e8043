"""A kit's letters set by typst: what one may be filled in with, the folder it is set in, the fonts it is set from."""

from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

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


def lay_out(content: Mapping[str, bytes], root: Path) -> None:
    """A kit's letters and media below `root`, and nothing else; the compiler reads nothing outside it."""
    for path, held in content.items():
        if path.startswith((FOLDER, MEDIA)):
            (root / path).parent.mkdir(exist_ok=True)
            (root / path).write_bytes(held)


@cache
def fonts() -> "typst.Fonts":
    """No font of the system: a letter looks the same wherever it is set."""
    import typst  # 60 ms, and only a kit with letters needs it

    found = find_spec("manimgx_fonts_cjk")
    folder = Path(found.origin).parent if found and found.origin else None
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder] if folder else [])
