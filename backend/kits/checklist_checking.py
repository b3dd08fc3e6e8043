"""Checklists: what to bring or to do, in order.

[title]
zh = "出门前"
en = "Before setting out"

[[items]]
id = "badge"
zh = "工作证"
en = "Badge"
"""

from collections.abc import Iterator
from typing import Annotated, Any

from msgspec import Meta

from backend.kits.kit_reading import Kit
from backend.kits.mistakes import Mistake, _
from backend.kits.toml_lines import TomlBroken, lines_of, read_toml
from backend.kits.toml_tables import TomlTable

FOLDER = "checklists/"
MOST_ITEMS = 60

ItemId = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Items = Annotated[list[dict[str, Any]], Meta(min_length=1, max_length=MOST_ITEMS)]
Line = Annotated[str, Meta(min_length=1, max_length=120)]


def checklist_mistakes(kit: Kit) -> Iterator[Mistake]:
    """Of every checklist of a kit."""
    for path, content in kit.content.items():
        if path.startswith(FOLDER):
            yield from _of_checklist(f"{kit.kit_id}/{path}", content)


def _of_checklist(file: str, content: bytes) -> list[Mistake]:
    try:
        values = read_toml(content)
    except TomlBroken as error:
        return [Mistake(file, error.line, _("It is not TOML: {said}"), {"said": str(error)})]
    mistakes: list[Mistake] = []
    said = TomlTable(file, values, lines_of(content), mistakes)
    _of_words(said.table("title"))
    items = said.take("items", Items)
    said.no_more()
    seen: set[str] = set()
    for at, item in enumerate(items or []):
        _of_item(TomlTable(file, item, said.lines, mistakes, ("items", str(at))), seen)
    return mistakes


def _of_item(item: TomlTable, seen: set[str]) -> None:
    item_id = item.take("id", ItemId)
    item.may_take("needed", bool)
    _of_words(item)
    if item_id in seen:
        item.wrong(("id",), _("{id} is there already."), id=item_id)
    if item_id is not None:
        seen.add(item_id)


def _of_words(said: TomlTable) -> None:
    said.take("zh", Line)
    said.take("en", Line)
    said.no_more()
