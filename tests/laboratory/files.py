"""Files as a tester writes them, a row at a time; and importing them as the bench does."""

from typing import Any

from backend.laboratory import importing
from backend.laboratory.import_schemas import ImportAnswer, ImportRow, NewImport
from backend.laboratory.words import ImportDoor
from backend.people.actors import Actor

HEAD = "样品编号,样品名称,抑制率(%),检测结果,检测时间,仪器编号,检测编号\r\n"
SOIL_HEAD = "样品编号,检测日期,pH,镉(mg/kg),有机质(g/kg)\r\n"


def row(
    code: str,
    percent: float | str,
    *,
    crop: str = "菠菜",
    says: str = "合格",
    at: str = "2026-05-01 09:00",
    serial: str = "SN-1",
    record: str | None = None,
) -> str:
    """One row; its record id is its sample's unless told."""
    return f"{code},{crop},{percent},{says},{at},{serial},{code if record is None else record}\r\n"


def many(rows: int, *, first: int = 0) -> str:
    """A file of so many rows, each of a sample of its own; every fiftieth is positive."""
    return HEAD + "".join(row(f"P{n:06d}", 61.5 if n % 50 == 0 else n % 38) for n in range(first, first + rows))


async def imported(content: str | bytes, by: Actor, *, name: str = "结果.csv", **told: Any) -> ImportAnswer:
    """What became of a file that is short enough for an answer."""
    outcome = await importing.import_bytes(
        content.encode() if isinstance(content, str) else content,
        file_name=name,
        told=NewImport(**told),
        by=by,
        door=ImportDoor.API,
    )
    assert isinstance(outcome.record, ImportAnswer)
    return outcome.record


async def only_row(content: str | bytes, by: Actor, **told: Any) -> ImportRow:
    """The one row of a file."""
    (each,) = (await imported(content, by, **told)).rows
    return each
