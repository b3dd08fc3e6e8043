"""Cards: what to say and what to look for, a page each, in Markdown.

The first line is the title, `# 玉米锈病`. The next may say in which months the card counts: `months: 6 7 8`.
"""

import re
from collections.abc import Iterator

from backend.kits.kit_reading import Kit
from backend.kits.mistakes import Mistake, _

FOLDER = "cards/"
LONGEST_TITLE, MOST_CHARACTERS = 40, 2000

_TITLE = re.compile(r"# (\S.*)")
_MONTHS = re.compile(r"months:(.*)", re.IGNORECASE)
_PICTURE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)[^)]*\)")


def card_mistakes(kit: Kit) -> Iterator[Mistake]:
    """Of every card of a kit."""
    for path, content in kit.content.items():
        if path.startswith(FOLDER):
            yield from _of_card(kit, f"{kit.kit_id}/{path}", content)


def _of_card(kit: Kit, file: str, content: bytes) -> Iterator[Mistake]:
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        yield Mistake(file, content[: error.start].count(b"\n") + 1, _("It is not UTF-8."))
        return
    lines = text.splitlines() or [""]
    title = _TITLE.fullmatch(lines[0].strip())
    if title is None:
        yield Mistake(file, 1, _("A card begins with its title: # and a space before it."))
    elif len(title[1]) > LONGEST_TITLE:
        yield Mistake(file, 1, _("A title has at most {limit} characters."), {"limit": LONGEST_TITLE})
    if len(text) > MOST_CHARACTERS:
        facts = {"characters": len(text), "limit": MOST_CHARACTERS}
        yield Mistake(file, None, _("A card has at most {limit} characters; this has {characters}."), facts)
    yield from _of_lines(kit, file, lines)


def _of_lines(kit: Kit, file: str, lines: list[str]) -> Iterator[Mistake]:
    for at, line in enumerate(lines, 1):
        if (months := _MONTHS.fullmatch(line.strip())) and not _are_months(months[1].split()):
            yield Mistake(file, at, _("Months are numbers from 1 to 12 with spaces between them."))
        elif months and at != 2:
            yield Mistake(file, at, _("The months stand in the line below the title."))
        for picture in _PICTURE.findall(line):
            if picture.removeprefix("../") not in kit.content:
                yield Mistake(file, at, _("It needs {path}, which the kit does not hold."), {"path": picture})


def _are_months(words: list[str]) -> bool:
    return bool(words) and all(word.isdigit() and 1 <= int(word) <= 12 for word in words)
