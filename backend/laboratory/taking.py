"""A row of cells to readings: what every column means is decided once, by the header; then each row is taken by it.

Contact numbers (联系方式) are personal and no part of a test: their columns go neither into a reading nor into `raw`,
and a mobile number in a column of free words (a name, a remark, a header nobody knows) is blotted out.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from backend.laboratory import cells, headers
from backend.laboratory.cells import CellWrong, Measured
from backend.laboratory.columns import FREE_WORDS, TELLING, Meanings
from backend.laboratory.readings import Reading, Unread
from backend.laboratory.rows import Row
from backend.laboratory.taken import BLOT, MAX_SEEN, MOBILE, At, Taken, one_inhibition
from backend.laboratory.words import Comparator, Method

NOTE = re.compile(
    r"^(合计|总计|小计|共计|平均|汇总|统计|制表|审核|备注|注:|说明|打印|第\d+页|共\d+页|total|sum)", re.IGNORECASE
)
CONTROL = re.compile(r"(空白|对照|空白对照|阴性对照|阳性对照|质控|质控样|ck|blank|control)[-_ ]?\d{0,4}", re.IGNORECASE)
"""A run's blank and controls stand among its samples; they are no farmer's."""
YES = frozenset({"有", "出现", "显色", "1", "是", "+", "√", "yes", "true", "正常"})
NO = frozenset({"无", "没有", "未出现", "不显色", "0", "否", "-", "×", "no", "false", "异常"})
HUNDRED = Decimal(100)
SPARE = ("lod", "loq", "dilution")
MOST_DIGITS_OF_A_REPLICATE = 3


class Columns(Meanings):
    """The columns of one table, and the taking of its rows by them."""

    def take(self, row: Row) -> Iterator[Reading | Unread]:
        """The readings of one row, or why there is none."""
        told = [cells.clean(cell) for cell in row.cells]
        if not any(told) or NOTE.match(next(filter(None, told))):
            return
        wrong = self._count_wrong(row, told) or self._disagreeing(row, told) or self._control(row, told)
        if wrong:
            yield wrong
            return
        told += [""] * (len(self.headings) - len(told))
        for _, at in self._twice:
            told[at[0]] = next((told[i] for i in at if told[i]), "")
        try:
            same = self._same(row, told)
        except At as at:
            yield at.unread(self, row)
            return
        yield from self._readings(row, told, same)

    def _count_wrong(self, row: Row, told: list[str]) -> Unread | None:
        have, want = len(told), len(self.headings)
        if not row.whole:
            return Unread(line=row.line, reason="undecodable", sheet=row.sheet)
        if have < want and row.exact:
            return Unread(
                line=row.line, reason="too_few_columns", column=self.headings[have].text, seen=f"{have}/{want}"
            )
        if have > want and any(told[want:]):
            return Unread(
                line=row.line, reason="too_many_columns", column=str(want + 1), seen=f"{have}/{want}", sheet=row.sheet
            )
        return None

    def _disagreeing(self, row: Row, told: list[str]) -> Unread | None:
        """A header that stands twice, with two different values under it: which one counts nobody can know."""
        for field, at in self._twice:
            values = {told[i] for i in at if i < len(told) and told[i]}
            if len(values) > 1 and field not in ("contact", "ignored"):
                column = self.headings[at[1]].text
                return Unread(
                    line=row.line,
                    reason="columns_disagree",
                    column=column,
                    seen=self._seen(told, at[1]),
                    sheet=row.sheet,
                )
        return None

    def _control(self, row: Row, told: list[str]) -> Unread | None:
        name = next((told[i] for i in self._at.get("sample_name", ()) if i < len(told)), "")
        if not CONTROL.fullmatch(name):
            return None
        return Unread(line=row.line, reason="control_row", seen=name[:MAX_SEEN], sheet=row.sheet)

    def _same(self, row: Row, told: list[str]) -> dict[str, Any]:
        """What all readings of the row share."""
        same: dict[str, Any] = {
            field: (MOBILE.sub(BLOT, told[i]) if field in FREE_WORDS else told[i]) or None for field, i in self._texts
        }
        same["tested_at"] = self._moment(told)
        same["land_use"] = headers.land_use_of(self._cell(told, "land_use"))
        for field in ("blank_delta", "sample_delta", "tc_ratio"):
            same[field] = self._plain_number(told, field)
        for field in SPARE:
            same[field] = self._spare_number(told, field)
        same["replicate"] = self._replicate(told)
        if control := self._cell(told, "control_line").lower():
            same["control_line"] = True if control in YES else False if control in NO else None
        raw = row.cells
        same["raw"] = {
            key: MOBILE.sub(BLOT, raw[i].replace("\0", "")) if free else raw[i].replace("\0", "")
            for key, i, free in self._kept
            if i < len(raw)
        }
        return same

    def _cell(self, told: list[str], field: str) -> str:
        at = self._at.get(field)
        return told[at[0]] if at else ""

    def _moment(self, told: list[str]) -> datetime | None:
        on = self._guarded("tested_on", lambda text: cells.moment(text), told)
        at = self._guarded("tested_at", lambda text: cells.moment(text, on.date() if on else None), told)
        return at or on

    def _guarded(self, field: str, read: Any, told: list[str]) -> Any:
        if field not in self._at:
            return None
        try:
            return read(self._cell(told, field))
        except CellWrong as wrong:
            i = self._at[field][0]
            raise At(str(wrong), i, told[i]) from None

    def _plain_number(self, told: list[str], field: str) -> Decimal | None:
        found = self._guarded(field, cells.measured, told)
        if found is None:
            return None
        if found.value is None:
            i = self._at[field][0]
            raise At("not_a_number", i, told[i])
        return Decimal(found.value)

    def _spare_number(self, told: list[str], field: str) -> Decimal | None:
        """One that a reading can do without: whatever else stands there stays in `raw`."""
        if field not in self._at:
            return None
        try:
            found = cells.measured(self._cell(told, field))
        except CellWrong:
            return None
        return found.value if found else None

    def _replicate(self, told: list[str]) -> int | None:
        """Which of several of one extract, where it says a number; “平行样” alone says none."""
        said = self._cell(told, "replicate")
        return int(said) if said.isdecimal() and len(said) < MOST_DIGITS_OF_A_REPLICATE else None

    def _readings(self, row: Row, told: list[str], same: dict[str, Any]) -> Iterator[Reading | Unread]:
        taken: list[Taken] = []
        wrong = False
        for i in self._measuring:
            try:
                found = cells.measured(told[i])
            except CellWrong as error:
                wrong = True
                yield At(str(error), i, told[i]).unread(self, row)
                continue
            if found is not None:
                taken.append(Taken(self.headings[i], i, found))
        if wrong and not taken:
            return
        verdict = self._verdict(told, taken)
        if not taken and not verdict and same["tc_ratio"] is None and same["sample_delta"] is None:
            yield self._nothing(row)
            return
        each: Taken | None
        for each in one_inhibition(taken) or (None,):
            yield self._reading(row, told, same, each, verdict)

    def _verdict(self, told: list[str], taken: list[Taken]) -> str | None:
        """The instrument's own words; a number in that column is the value, where no other is."""
        text = self._cell(told, "result")
        words = next((each.measured.words for each in taken if each.measured.words), None)
        if not text or taken:
            return text or words
        try:
            found = cells.measured(text)
        except CellWrong:
            return text
        i = self._at["result"][0]
        if found is not None and found.words != text:
            taken.append(Taken(self.headings[i], i, found))
            return None
        if found is not None:
            taken.append(Taken(self.headings[i], i, found))
        return text

    def _nothing(self, row: Row) -> Unread:
        telling = next((each.text for each in self.headings if each.field in TELLING), None)
        return Unread(line=row.line, reason="value_missing", column=telling, sheet=row.sheet)

    def _reading(
        self, row: Row, told: list[str], same: dict[str, Any], each: Taken | None, verdict: str | None
    ) -> Reading:
        analyte_text = same.get("analyte_text") or (each.heading.text if each and each.heading.analyte else None)
        soil = (each.heading.analyte if each else None) or headers.analyte_of(analyte_text or "")
        method = self._method(told, same, each, soil)
        together = analyte_text is None or headers.PESTICIDES_TOGETHER.search(analyte_text)
        analyte = soil or (self.profile.analyte if together else None)
        value, unit, implied = self._value(row, told, each, method)
        if value is None and each and each.measured.comparator is Comparator.NOT_DETECTED:
            value = same["lod"]
        return Reading(
            line=row.line,
            sheet=row.sheet,
            **{**same, "analyte_text": analyte_text},
            analyte=analyte,
            method=method,
            comparator=each.measured.comparator if each else Measured().comparator,
            value=value,
            unit=unit,
            unit_implied=implied,
            instrument_verdict=verdict,
        )

    def _method(self, told: list[str], same: dict[str, Any], each: Taken | None, soil: str | None) -> Method:
        """What the file says, then what its columns show, then the profile."""
        method = headers.method_of(self._cell(told, "method"))
        if method is not Method.UNKNOWN:
            return method
        if each and each.heading.field == "inhibition":
            return Method.ENZYME_INHIBITION
        if soil:
            return Method.SOIL_TEST
        if same["tc_ratio"] is not None:
            return Method.STRIP
        if same["sample_delta"] is not None or (each and self._is_share(told, same, each)):
            return Method.ENZYME_INHIBITION
        return Method.ENZYME_INHIBITION if "inhibition" in self._at and each is None else self.profile.method

    def _is_share(self, told: list[str], same: dict[str, Any], each: Taken) -> bool:
        """A percentage of nothing else than pesticides together is an inhibition."""
        unit = each.measured.unit or each.heading.unit or cells.unit(self._cell(told, "unit"))
        about = same.get("analyte_text")
        return unit == "%" and (about is None or headers.PESTICIDES_TOGETHER.search(about) is not None)

    def _value(
        self, row: Row, told: list[str], each: Taken | None, method: Method
    ) -> tuple[Decimal | None, str | None, bool]:
        """Value, unit, and whether the unit was implied."""
        if each is None:
            return None, None, False
        if each.heading.analyte == "ph":
            return each.measured.value, None, False
        value, said = each.measured.value, each.measured.unit
        inhibition = method is Method.ENZYME_INHIBITION
        if inhibition and said is None and self.profile.percent == "fraction" and value is not None:
            return value * HUNDRED, "%", True
        column = each.heading.unit or cells.unit(self._cell(told, "unit"))
        if said is None and inhibition and column in (None, "%"):
            return self._percent(row, each, column, value)
        unit = said or column
        return value, unit or self.profile.unit, unit is None and self.profile.unit is not None

    def _percent(
        self, row: Row, each: Taken, column: str | None, value: Decimal | None
    ) -> tuple[Decimal | None, str | None, bool]:
        """A percentage without its sign in the cell. A workbook keeps 63 % as 0.63, whatever its header says."""
        if self.profile.percent == "percent":
            return value, "%", column is None
        if row.small is not None and each.index in row.small and value:
            return value, None, False
        return value, column or self.profile.unit, column is None and self.profile.unit is not None

    def _seen(self, told: list[str], i: int) -> str | None:
        return None if self.headings[i].field == "contact" else MOBILE.sub(BLOT, told[i])[:MAX_SEEN]
