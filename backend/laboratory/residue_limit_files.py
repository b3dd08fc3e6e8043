"""A full table of residue limits out of a CSV file, told row by row what cannot be taken. Pure: nothing is stored.

The first line names the columns, in any order, in English or Chinese:

    standard           标准 标准号        GB 2763-2026; empty takes the edition that was named for the whole file
    pesticide          农药 农药名称      code, English or Chinese name
    commodity          食品类别 食品名称   code or name out of `reference/commodities.csv`: a commodity or a category
    except             除外               commodities parted by | or 、 to which the row does not apply
    limit_mg_per_kg    最大残留限量       a number; `*` behind it marks a temporary limit
    valid_from         生效日期           2026-03-01; empty takes the first day of the standard
    valid_to           失效日期           empty: until the standard ends
    source             来源               where the row was read; it may not be empty

UTF-8 with or without its mark, or GB18030. A row is taken whole or not at all; two rows for the same are one too many.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from msgspec import Struct

from backend.laboratory.naming import analyte, commodity
from backend.laboratory.readings import Unread
from backend.laboratory.reference import folded, residue_standards
from backend.laboratory.reference_rows import ResidueLimit, ResidueStandard

COLUMNS = {
    "standard": "standard 标准 标准号 标准编号",
    "pesticide": "pesticide 农药 农药名称 农药中文名",
    "commodity": "commodity 食品类别 食品名称 食品类别/名称 作物 食品",
    "except": "except 除外 不包括",
    "limit_mg_per_kg": "limit_mg_per_kg 最大残留限量 最大残留限量(mg/kg) 限量 限量(mg/kg) mrl",
    "valid_from": "valid_from 生效日期 起始日期",
    "valid_to": "valid_to 失效日期 截止日期",
    "source": "source 来源 出处",
}
NEEDED = ("pesticide", "commodity", "limit_mg_per_kg", "source")
_FIELDS = {name: field for field, names in COLUMNS.items() for name in names.split()}
_PARTED = re.compile(r"[|、;；]")


def _(msgid: str) -> str:
    return msgid


SENTENCES = {
    "limit_column_missing": _("The file lacks the column {column}."),
    "limit_file_broken": _("From this line on the file is no CSV: {seen}"),
    "limit_standard_unknown": _("“{seen}” is no edition of the standard that we know."),
    "limit_pesticide_unknown": _("The pesticide “{seen}” is not in our list."),
    "limit_commodity_unknown": _("The commodity “{seen}” is not in our list."),
    "limit_number_wrong": _("“{seen}” is no limit: a number above nought in mg/kg is one."),
    "limit_day_wrong": _("“{seen}” is no date like 2026-03-01."),
    "limit_source_missing": _("The row does not say where it was read."),
    "limit_twice": _("There is a row for “{seen}” already."),
}
"""What is said of a row that was not taken, by the code of its reason."""


class LimitFile(Struct, frozen=True):
    """What was taken, what was not and why, and how the file was encoded."""

    limits: tuple[ResidueLimit, ...]
    refused: tuple[Unread, ...]
    encoding: str


class _RowWrong(Exception):
    """A row that cannot be taken: reason, column, what stood there."""


def read_limits(data: bytes, *, standard: str | None = None) -> LimitFile:
    """The limits of a file; a file without its columns gives none and says which are missing."""
    text, encoding = _decoded(data)
    table = csv.reader(text.splitlines(keepends=True))
    try:
        fields = [_FIELDS.get(folded(name), "") for name in next(table, [])]
        missing = [name for name in NEEDED if name not in fields]
        if missing:
            wrong = tuple(Unread(line=1, reason="limit_column_missing", column=name) for name in missing)
            return LimitFile((), wrong, encoding)
        taken = list(_rows(table, fields, standard))
    except csv.Error as error:
        return LimitFile((), (Unread(line=table.line_num, reason="limit_file_broken", seen=str(error)),), encoding)
    limits = tuple(each for each in taken if isinstance(each, ResidueLimit))
    return LimitFile(limits, tuple(each for each in taken if isinstance(each, Unread)), encoding)


def _decoded(data: bytes) -> tuple[str, str]:
    """A byte that fits neither encoding becomes U+FFFD, and its row then fails by its name."""
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        return data.decode("gb18030", errors="replace"), "gb18030"


def _rows(table: Iterator[list[str]], fields: Sequence[str], standard: str | None) -> Iterator[ResidueLimit | Unread]:
    seen: set[tuple[str, str, str, date]] = set()
    for cells in table:
        line = table.line_num  # type: ignore[attr-defined]  # csv.reader has it, its protocol does not
        if not any(cell.strip() for cell in cells):
            continue
        row = {field: cell.strip() for field, cell in zip(fields, cells, strict=False) if field}
        try:
            limit = _limit(row, standard)
            key = (limit.standard, limit.pesticide, limit.commodity, limit.valid_from)
            if key in seen:
                raise _RowWrong("limit_twice", "commodity", row["commodity"])
            seen.add(key)
            yield limit
        except _RowWrong as wrong:
            reason, column, what = wrong.args
            yield Unread(line=line, reason=reason, column=column, seen=what)


def _limit(row: Mapping[str, str], standard: str | None) -> ResidueLimit:
    edition = _standard(row.get("standard") or standard or "")
    found = analyte(row.get("pesticide"))
    if found is None or found.kind != "pesticide":
        raise _RowWrong("limit_pesticide_unknown", "pesticide", row.get("pesticide", ""))
    if not row.get("source"):
        raise _RowWrong("limit_source_missing", "source", "")
    number = row.get("limit_mg_per_kg", "")
    return ResidueLimit(
        standard=edition.code,
        pesticide=found.code,
        commodity=_commodity(row.get("commodity", ""), "commodity"),
        except_for="|".join(
            _commodity(each.strip(), "except") for each in _PARTED.split(row.get("except", "")) if each
        ),
        limit_mg_per_kg=_number(number),
        temporary=number.endswith(("*", "＊")),
        valid_from=_day(row, "valid_from") or edition.valid_from,
        valid_to=_day(row, "valid_to") or edition.valid_to,
        source=row["source"],
    )


def _standard(text: str) -> ResidueStandard:
    for each in residue_standards():
        if folded(each.code) == folded(text):
            return each
    raise _RowWrong("limit_standard_unknown", "standard", text)


def _commodity(text: str, column: str) -> str:
    found = commodity(text)
    if found is None:
        raise _RowWrong("limit_commodity_unknown", column, text)
    return found.code


def _number(text: str) -> Decimal:
    """A limit is above nothing. Full width is read; `<0.01` is no limit."""
    try:
        value = Decimal(folded(text).rstrip("*"))
    except InvalidOperation:
        raise _RowWrong("limit_number_wrong", "limit_mg_per_kg", text) from None
    if not value.is_finite() or value <= 0 or abs(value.adjusted()) > 9:
        raise _RowWrong("limit_number_wrong", "limit_mg_per_kg", text)
    return value


def _day(row: Mapping[str, str], column: str) -> date | None:
    text = row.get(column, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise _RowWrong("limit_day_wrong", column, text) from None
