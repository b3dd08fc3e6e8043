"""What was measured, as a Markdown table for people and as JSON for whoever compares runs."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import msgspec


@dataclass(frozen=True)
class Line:
    """One figure.

    ratio   to the floor of the same run, or of the large database to the small one; the median over the rounds
    aim     the direction that the issue gives: `least` or `most`, of `value` or of `ratio`
    """

    what: str
    value: float
    unit: str
    detail: str = ""
    ratio: float | None = None
    aim_of: str = ""
    least: float | None = None
    most: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the aim is reached; None where there is none."""
        judged = self.ratio if self.aim_of == "ratio" else self.value
        if judged is None or (self.least is None and self.most is None):
            return None
        return (self.least is None or judged >= self.least) and (self.most is None or judged <= self.most)

    @property
    def aim(self) -> str:
        """The aim in words."""
        if self.met is None:
            return ""
        sign, number = ("≥", self.least) if self.least is not None else ("≤", self.most)
        unit = f" {self.unit}" if self.aim_of != "ratio" else " ×"
        return f"{sign} {_short(number or 0)}{unit}"


def table(lines: Sequence[Line]) -> str:
    """Markdown, columns padded so that it reads in a terminal too."""
    head = ("what", "measured", "ratio", "aim", "met", "detail")
    rows = [head, *(_cells(line) for line in lines)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    told = [_row(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([told[0], rule, *told[1:]])


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def as_json(scale: str, machine: dict[str, Any], lines: Sequence[Line]) -> bytes:
    """The same for machines."""
    told = [asdict(line) | {"met": line.met} for line in lines]
    return msgspec.json.format(msgspec.json.encode({"scale": scale, "machine": machine, "lines": told}))


def _cells(line: Line) -> tuple[str, ...]:
    ratio = "" if line.ratio is None else f"{line.ratio:.2f} ×"
    met = {True: "yes", False: "NO", None: ""}[line.met]
    return line.what, f"{_short(line.value)} {line.unit}", ratio, line.aim, met, line.detail


def _short(number: float) -> str:
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"
