"""Letters filled in and ready to print: many sheets of one letter in one PDF.

A letter is a sheet that reads `sys.inputs`. Set once for each sheet, 200 sheets would be 200 files; so the letter
becomes a function of `sys`, and one document calls it for every sheet.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

from backend.core import clock
from backend.kits import queries
from backend.kits.letter_setting import FOLDER, MEDIA, SAMPLE, fonts, lay_out
from backend.kits.reading import Content
from backend.kits.refusals import LetterBroken, LetterUnknown, TooManySheets

MOST_SHEETS = 200
_ALL = """\
#import "{letter}": letter
#for facts in json("sheets.json") {{
  counter(page).update(1)
  letter((inputs: facts, version: sys.version))
  pagebreak(weak: true)
}}
"""

Facts = Mapping[str, str]
"""What a sheet is filled in with, names as in `letter_setting.SAMPLE`; what is left out is a line to write on."""


async def fill_letter(*, kit_id: str, name: str, sheets: Sequence[Facts], version: str | None = None) -> bytes:
    """A PDF with a letter for each of the sheets, in their order. Who may print them, the caller has asked.

    name     of the file below letters/, without .typ
    version  of the kit; left out: the one that phones get, the county's where it lies over ours

    Raises LetterUnknown (404), TooManySheets (400), LetterBroken (409).
    """
    if not 1 <= len(sheets) <= MOST_SHEETS:
        raise TooManySheets("From 1 to {limit} sheets at once; these are {seen}.", limit=MOST_SHEETS, seen=len(sheets))
    content = await _content(kit_id, version)
    if f"{FOLDER}{name}.typ" not in content:
        raise LetterUnknown("Kit {kit} has no letter {letter}.", kit=kit_id[:40], letter=name[:40])
    filled: bytes = await asyncio.get_running_loop().run_in_executor(_setter(), partial(_set, content, name, sheets))
    return filled


async def _content(kit_id: str, version: str | None) -> Content:
    row = await (queries.version_of(kit_id, version) if version else queries.newest_of(kit_id))
    files = queries.files_of(row) if row else []
    shas = {file.path: bytes.fromhex(file.sha256) for file in files if file.path.startswith((FOLDER, MEDIA))}
    held = await queries.contents(list(shas.values()))
    return {path: held[sha] for path, sha in shas.items()}


@cache
def _setter() -> ThreadPoolExecutor:
    """One after another: 200 sheets take half a second of a processor, and pages are served beside it."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="letters")


def _set(content: Content, name: str, sheets: Sequence[Facts]) -> bytes:
    import typst  # 60 ms, and only who prints needs it

    empty = dict.fromkeys(SAMPLE, "")
    with TemporaryDirectory() as folder:
        root = Path(folder)
        lay_out(content, root)
        letter = root / FOLDER / f".{name}.typ"  # beside the letter: what it shows, it finds from there
        letter.write_bytes(b"#let letter(sys) = [" + content[f"{FOLDER}{name}.typ"] + b"\n]")
        (root / "sheets.json").write_text(json.dumps([empty | dict(facts) for facts in sheets]), encoding="utf-8")
        (root / "all.typ").write_text(_ALL.format(letter=f"{FOLDER}{letter.name}"), encoding="utf-8")
        try:
            compiler = typst.Compiler(root / "all.typ", root=root, font_paths=fonts())
            filled = compiler.compile(format="pdf", timestamp=clock.now().replace(microsecond=0))
        except typst.TypstError as error:
            raise LetterBroken(
                "The letter {letter} cannot be set: {said}. Tell whoever edits the kit.",
                letter=name,
                said=error.message,
            ) from error
    assert isinstance(filled, bytes)  # noqa: S101 - only pictures come as a list, one for each page
    return filled
