"""A result as farm software reads it: which analyte, by which method, a number or a text, in which unit. Pure."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from msgspec import Struct

from backend.laboratory.method_codes import MethodCode, method_code_of, method_codes
from backend.laboratory.naming import analyte
from backend.laboratory.units import unit_named
from backend.laboratory.words import Comparator, Method

Row = Mapping[str, Any]

ELEMENTS = {
    "cadmium": "CD",
    "mercury": "HG",
    "arsenic": "AS",
    "lead": "PB",
    "chromium": "CR",
    "copper": "CU",
    "nickel": "NI",
    "zinc": "ZN",
}
"""Modus's own words for what is measured as a total; how it was digested is not told, so no method goes with it."""

UNITS = {"": "1", "ph": "[pH]", "t/c": "1", "%": "%"}
"""UCUM, as Modus slim asks for it; mg/kg and g/kg are written alike in both."""


class Told(Struct, frozen=True, kw_only=True):
    """`value`: a number where one was measured, else as it is written (<5.0, ND). `method`: null where none is told."""

    analyte: str
    value: float | str
    comparator: Comparator
    unit: str
    method: MethodCode | None

    @property
    def modus_test_id(self) -> str | None:
        """Only where Modus means the same method."""
        return self.method.modus_code if self.method and self.method.modus_fit == "same" else None

    @property
    def nearest_modus_test_id(self) -> str | None:
        """Where it means one that is near: told beside, for whoever wants to take it."""
        return self.method.modus_code if self.method and self.method.modus_fit == "near" else None


def told(row: Row) -> Told:
    """A row of `export_queries.results`. The figure as it was measured; computed where only absorbances were."""
    known = analyte(row["analyte"]) or analyte(row["analyte_text"])
    code = known.code if known else row["analyte"]
    kind = known.sample_kind if known else None
    method = method_codes().get(row["method_code"] or method_code_of(Method(row["method"]), code, kind) or "")
    number, unit = _number(row)
    comparator = Comparator(row["comparator"]) if row["value"] is not None or number is None else Comparator.EQUAL
    return Told(
        analyte=_analyte(code, method) or str(row["analyte_text"] or "UNKNOWN"),
        value=_value(number, comparator),
        comparator=comparator,
        unit=_unit("ph" if code == "ph" else unit or ""),
        method=method,
    )


def _analyte(code: str | None, method: MethodCode | None) -> str | None:
    """Modus's word where it has one (between the third and fourth underscore of its codes), else ours in capitals."""
    if code and method and method.analyte == code and method.modus_code:
        return method.modus_code.split("_")[3]
    return ELEMENTS.get(code or "", code.upper() if code else None)


def _number(row: Row) -> tuple[Decimal | None, str | None]:
    if row["value"] is not None:
        return row["value"], row["unit_said"]
    if row["tc_ratio"] is not None:
        return row["tc_ratio"], "t/c"
    return row["judged_value"], row["judged_unit"]


def _value(number: Decimal | None, comparator: Comparator) -> float | str:
    if comparator is Comparator.NOT_DETECTED:
        return "ND"
    if number is None:
        return ""
    return float(number) if comparator is Comparator.EQUAL else f"{comparator.value}{number:f}"


def _unit(text: str) -> str:
    plain = unit_named(text)
    return UNITS.get(plain, plain)
