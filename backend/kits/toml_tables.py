"""One table of a TOML file, taken key by key, so that every mistake in it is found and told with its line."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

import msgspec

from backend.core.malformed import of_body
from backend.kits.mistakes import Mistake, _
from backend.kits.toml_lines import Keys, line_at

T = TypeVar("T")


class TomlTable:
    """A table at `keys` of `file`. What is wrong goes into `mistakes`, which all tables of a file share."""

    def __init__(
        self, file: str, values: Any, lines: Mapping[Keys, int], mistakes: list[Mistake], keys: Keys = ()
    ) -> None:
        self.file, self.lines, self.mistakes, self.keys = file, lines, mistakes, keys
        self.values: dict[str, Any] = values if isinstance(values, dict) else {}
        self.taken: set[str] = set()
        if not isinstance(values, dict):
            self.wrong((), _("Write a table here."))

    def take(self, key: str, shape: type[T]) -> T | None:
        """A value that is needed, as `shape`; what is wrong with it is noted, and None returned."""
        if key not in self.values:
            self.taken.add(key)
            self.wrong((), _("{key} is missing."), key=key)
            return None
        return self.may_take(key, shape)

    def may_take(self, key: str, shape: type[T]) -> T | None:
        """A value that may be absent."""
        self.taken.add(key)
        if key not in self.values:
            return None
        try:
            return msgspec.convert(self.values[key], shape)
        except msgspec.ValidationError as error:
            told = of_body(error)
            self.mistakes.append(Mistake(self.file, self.line(key), told.detail, dict(told.facts)))
            return None

    def table(self, key: str, *, needed: bool = True) -> "TomlTable":
        """The table below; an empty one where it is absent, which is noted if it is needed."""
        self.taken.add(key)
        if key not in self.values and needed:
            self.wrong((), _("{key} is missing."), key=key)
        return TomlTable(self.file, self.values.get(key, {}), self.lines, self.mistakes, (*self.keys, key))

    def tables(self) -> dict[str, "TomlTable"]:
        """Every value of this table as a table."""
        return {key: self.table(key) for key in self.values}

    def no_more(self) -> None:
        """Notes each key that nobody asked for."""
        for key in self.values.keys() - self.taken:
            near = get_close_matches(key, self.taken, n=1)
            says = _("There is no key {key} here. Was {near} meant?") if near else _("There is no key {key} here.")
            self.wrong((key,), says, key=key, **({"near": near[0]} if near else {}))

    def wrong(self, keys: Keys, says: str, **facts: Any) -> None:
        """Notes a mistake at a key below this table."""
        self.mistakes.append(Mistake(self.file, self.line(*keys), says, facts))

    def line(self, *keys: str) -> int | None:
        """The line of a key below this table."""
        return line_at(self.lines, (*self.keys, *keys))
