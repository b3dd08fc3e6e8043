"""A full table of residue limits out of a CSV file, told row by row what cannot be taken. Pure: nothing is stored.

The first line names the columns, in any order, in English or Chinese:

    standard           标准 标准号        GB 2763-2026; empty takes the edition that was named for the whole file
    pesticide          农药 农药名称      code, English or Chinese name
    category           上级 大类          the category above the commodity; beside 食品名称 食品类别 is it, too
    commodity          食品名称 食品类别   a commodity or a category; also 叶菜类蔬菜（结球甘蓝除外）
    except             除外               commodities parted by | or 、 to which the row does not apply
    limit_mg_per_kg    最大残留限量       a number; `*` behind it marks a temporary limit
    valid_from         生效日期           2026-03-01; empty takes the first day of the standard
    valid_to           失效日期           empty: until the standard ends
    source             来源               where the row was read; it may not be empty

UTF-8 with or without its mark, or GB18030. A row is taken whole or not at all; two rows for the same are one too many.

A full edition has more pesticides and commodities than our own lists. With `taking_new` a name that they lack is taken
as it stands, and told, since a slip of the pen looks the same: `名字`, or `类别>名字` where its category was told. Such
a row then counts for whatever is called so, and a row of its category for it, too.
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
from backend.laboratory.residue_limits import BELOW, name_of

COLUMNS = {
    "standard": "standard 标准 标准号 标准编号",
    "pesticide": "pesticide 农药 农药名称 农药中文名",
    "category": "category 类别 大类 上级 上级类别 所属类别 食品大类",
    "commodity": "commodity 食品类别 食品名称 食品类别/名称 作物 食品",
    "except": "except 除外 不包括",
    "limit_mg_per_kg": "limit_mg_per_kg 最大残留限量 最大残留限量(mg/kg) 限量 限量(mg/kg) mrl",
    "valid_from": "valid_from 生效日期 起始日期",
    "valid_to": "valid_to 失效日期 截止日期",
    "source": "source 来源 出处",
}
NEEDED = ("pesticide", "commodity", "limit_mg_per_kg", "source")
_FIELDS = {name: field for field, names in COLUMNS.items() for name in names.split()}
_PARTED = re.compile(r"[|、，,;；]")
_EXCEPT = re.compile(r"^(?P<name>[^（(]+)[（(](?P<except>.+?)(?:除外|以外)[)）]$")
_LONGEST = {"pesticide": 80, "commodity": 80, "except": 400, "source": 300}


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
    "limit_text_too_long": _("The text is too long: “{seen}”."),
    "limit_twice": _("There is a row for “{seen}” already."),
}
"""What is said of a row that was not taken, by the code of its reason."""


class LimitFile(Struct, frozen=True):
    """What was taken, what was not and why, and how the file was encoded.

    new_pesticides, new_commodities   names that our own lists do not have, taken as they stand
    """

    limits: tuple[ResidueLimit, ...]
    refused: tuple[Unread, ...]
    encoding: str

    @property
    def new_pesticides(self) -> tuple[str, ...]:
        """In the order of the file."""
        return tuple(dict.fromkeys(row.pesticide for row in self.limits if analyte(row.pesticide) is None))

    @property
    def new_commodities(self) -> tuple[str, ...]:
        """In the order of the file, without their categories."""
        names = (name_of(row.commodity) for row in self.limits)
        return tuple(dict.fromkeys(name for name in names if commodity(name) is None))


class _RowWrong(Exception):
    """A row that cannot be taken: reason, column, what stood there."""


def read_limits(data: bytes, *, standard: str | None = None, taking_new: bool = False) -> LimitFile:
    """The limits of a file; a file without its columns gives none and says which are missing."""
    text, encoding = _decoded(data)
    table = csv.reader(text.splitlines(keepends=True))
    try:
        fields = _fields(next(table, []))
        missing = [name for name in NEEDED if name not in fields]
        if missing:
            wrong = tuple(Unread(line=1, reason="limit_column_missing", column=name) for name in missing)
            return LimitFile((), wrong, encoding)
        taken = list(_rows(table, fields, standard, taking_new=taking_new))
    except csv.Error as error:
        return LimitFile((), (Unread(line=table.line_num, reason="limit_file_broken", seen=str(error)),), encoding)
    limits = tuple(each for each in taken if isinstance(each, ResidueLimit))
    return LimitFile(limits, tuple(each for each in taken if isinstance(each, Unread)), encoding)


def _fields(names: Sequence[str]) -> list[str]:
    """What each column is; of two that name a commodity the one called 食品类别 is the category."""
    fields = [_FIELDS.get(folded(name), "") for name in names]
    if fields.count("commodity") > 1:
        return ["category" if folded(name) == "食品类别" else field for name, field in zip(names, fields, strict=True)]
    return fields


def _decoded(data: bytes) -> tuple[str, str]:
    """A byte that fits neither encoding becomes U+FFFD, and its row then fails by its name."""
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        return data.decode("gb18030", errors="replace"), "gb18030"


def _rows(
    table: Iterator[list[str]], fields: Sequence[str], standard: str | None, *, taking_new: bool
) -> Iterator[ResidueLimit | Unread]:
    seen: set[tuple[str, str, str, date]] = set()
    for cells in table:
        line = table.line_num  # type: ignore[attr-defined]  # csv.reader has it, its protocol does not
        if not any(cell.strip() for cell in cells):
            continue
        row = {field: cell.strip() for field, cell in zip(fields, cells, strict=False) if field}
        try:
            limit = _limit(row, standard, taking_new=taking_new)
            key = (limit.standard, limit.pesticide, limit.commodity, limit.valid_from)
            if key in seen:
                raise _RowWrong("limit_twice", "commodity", row["commodity"])
            seen.add(key)
            yield limit
        except _RowWrong as wrong:
            reason, column, what = wrong.args
            yield Unread(line=line, reason=reason, column=column, seen=what)


def _limit(row: Mapping[str, str], standard: str | None, *, taking_new: bool) -> ResidueLimit:
    edition = _standard(row.get("standard") or standard or "")
    pesticide = _pesticide(row.get("pesticide", ""), taking_new=taking_new)
    if not row.get("source"):
        raise _RowWrong("limit_source_missing", "source", "")
    number, told = row.get("limit_mg_per_kg", ""), row.get("commodity", "")
    inside = _EXCEPT.match(told)
    excepted = [row.get("except", ""), inside["except"] if inside else ""]
    category = _commodity(row["category"], "category", taking_new=taking_new) if row.get("category") else None
    limit = ResidueLimit(
        standard=edition.code,
        pesticide=pesticide,
        commodity=_under(category, _commodity(inside["name"] if inside else told, "commodity", taking_new=taking_new)),
        except_for="|".join(
            _commodity(each.strip(), "except", taking_new=taking_new)
            for each in _PARTED.split("|".join(excepted))
            if each.strip()
        ),
        limit_mg_per_kg=_number(number),
        temporary=number.endswith(("*", "＊")),
        valid_from=_day(row, "valid_from") or edition.valid_from,
        valid_to=_day(row, "valid_to") or edition.valid_to,
        source=row["source"],
    )
    _must_fit(limit)
    return limit


def _must_fit(limit: ResidueLimit) -> None:
    told = {"pesticide": limit.pesticide, "commodity": limit.commodity}
    told |= {"except": limit.except_for, "source": limit.source}
    for column, text in told.items():
        if len(text) > _LONGEST[column]:
            raise _RowWrong("limit_text_too_long", column, text[:40])


def _pesticide(text: str, *, taking_new: bool) -> str:
    found = analyte(text)
    if found is not None and found.kind == "pesticide":
        return found.code
    if found is None and taking_new and text:
        return text
    raise _RowWrong("limit_pesticide_unknown", "pesticide", text)


def _under(category: str | None, name: str) -> str:
    """A name of ours stands in our tree; another one under the category that was told."""
    return name if category is None or category == name or commodity(name) else f"{category}{BELOW}{name}"


def _standard(text: str) -> ResidueStandard:
    for each in residue_standards():
        if folded(each.code) == folded(text):
            return each
    raise _RowWrong("limit_standard_unknown", "standard", text)


def _commodity(text: str, column: str, *, taking_new: bool) -> str:
    found = commodity(text)
    if found is not None:
        return found.code
    if not taking_new or not text or BELOW in text:
        raise _RowWrong("limit_commodity_unknown", column, text)
    return text


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
