"""Letters: Typst templates of what is handed over on paper. Each is set once with sample data.

A template reads what a letter is filled in with as texts: `#sys.inputs.serial`; `SAMPLE` has every name.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from backend.kits.kit_reading import Kit
from backend.kits.letter_setting import FOLDER, SAMPLE, fonts, lay_out
from backend.kits.mistakes import Mistake, _

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
    """With sample data, for every name."""
    import typst  # 60 ms, and only a kit with letters needs it

    with TemporaryDirectory() as name:
        root = Path(name)
        lay_out(kit.content, root)
        try:
            typst.Compiler(root / path, root=root, font_paths=fonts()).compile(format="pdf", sys_inputs=SAMPLE)
        except typst.TypstError as error:
            yield from _told(kit.kit_id, path, error.message, error.diagnostic)


def _told(kit_id: str, path: str, message: str, diagnostic: str) -> Iterator[Mistake]:
    found = _AT.findall(diagnostic)
    for said, name, line in found:
        yield Mistake(f"{kit_id}/{FOLDER}{name}", int(line), _("It cannot be set: {said}."), {"said": said})
    if not found:
        yield Mistake(f"{kit_id}/{path}", None, _("It cannot be set: {said}."), {"said": message})
