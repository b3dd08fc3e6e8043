"""TOML with the line of each key: `tomllib` tells values and no lines, and a person who made a mistake needs them."""

import re
import tomllib
from collections.abc import Mapping
from typing import Any

Keys = tuple[str, ...]

_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)$")
_HEADER = re.compile(r"^\s*\[{1,2}([^\[\]]+)\]{1,2}\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")


class TomlBroken(ValueError):
    """It is not TOML. `line` from 1."""

    def __init__(self, says: str, line: int) -> None:
        super().__init__(says)
        self.line = line


def read_toml(content: bytes) -> dict[str, Any]:
    """Raises TomlBroken."""
    try:
        return tomllib.loads(content.decode())
    except UnicodeDecodeError as error:
        raise TomlBroken("It is not UTF-8.", content[: error.start].count(b"\n") + 1) from error
    except tomllib.TOMLDecodeError as error:
        at = _AT_LINE.search(str(error))  # none where it ends too early
        line = int(at[1]) if at else content.count(b"\n") + 1
        raise TomlBroken(_AT_LINE.sub("", str(error)), line) from error


def lines_of(content: bytes) -> Mapping[Keys, int]:
    """The first line of each table and key, by all keys from the top. An inline table is its own line; of tables in an
    array each has its number among its keys: ("items", "0", "zh")."""
    found: dict[Keys, int] = {}
    table: Keys = ()
    counted: dict[Keys, int] = {}
    for at, line in enumerate(content.decode().splitlines(), 1):
        if header := _HEADER.match(line):
            table = _keys(f"{header[1]}=0")
            if line.lstrip().startswith("[["):
                counted[table] = counted.get(table, -1) + 1
                table = (*table, str(counted[table]))
            found.setdefault(table, at)
        elif key := _KEY.match(line):
            found.setdefault((*table, *_keys(f"{key[1]}=0")), at)
    return found


def _keys(line: str) -> Keys:
    try:
        found: Any = tomllib.loads(line)
    except tomllib.TOMLDecodeError:  # a line inside a text of several lines
        return ()
    keys: Keys = ()
    while isinstance(found, dict):
        [(key, found)] = found.items()
        keys = (*keys, key)
    return keys


def line_at(lines: Mapping[Keys, int], keys: Keys) -> int | None:
    """The line of a key, or of the table that should hold it."""
    while keys and keys not in lines:
        keys = keys[:-1]
    return lines.get(keys)
