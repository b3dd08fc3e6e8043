"""What is wrong with a kit, for the person who edited it: which file, where in it, and what to do."""

from typing import Any

from msgspec import Struct


def _(msgid: str) -> str:
    """Marks a sentence of a mistake for the catalogue; it is translated when somebody reads it."""
    return msgid


class Mistake(Struct, frozen=True):
    """One mistake.

    file   below the kits' folder: `visit/kit.toml`
    line   of a text from 1; of a sheet its row; none where the whole file is meant
    says   an English msgid with {named} places that `facts` fill in
    sheet  of a spreadsheet or a Markdown table
    """

    file: str
    line: int | None
    says: str
    facts: dict[str, Any] = {}
    sheet: str | None = None

    @property
    def where(self) -> str:
        """As an editor understands it: `visit/kit.toml:12`; for a sheet in words."""
        if self.sheet and self.line:
            return f"{self.file}, sheet {self.sheet}, row {self.line}"
        return f"{self.file}:{self.line}" if self.line else self.file

    def __str__(self) -> str:
        """In English, as a terminal shows it."""
        return f"{self.where}: {self.says.format(**{name: _shown(fact) for name, fact in self.facts.items()})}"


def _shown(fact: Any) -> str:
    return ", ".join(map(str, fact)) if isinstance(fact, list | tuple) else str(fact)
