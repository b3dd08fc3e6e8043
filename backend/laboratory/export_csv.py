"""Results as a table for a spreadsheet: UTF-8 with its mark, a line for each; the columns are named as in the spec."""

import csv
from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any

from backend.core.clock import local
from backend.laboratory.csv_cells import harmless
from backend.laboratory.export_values import told
from backend.laboratory.judgement_rows import word
from backend.laboratory.words import Comparator

Row = Mapping[str, Any]
COLUMNS = (
    *("sample_id", "sample_code", "kind", "run_kind", "household_code", "division_code", "plot", "depth_top_cm"),
    *("depth_bottom_cm", "crop", "sampled_on", "received_at", "result_id", "analyte", "modus_analyte", "comparator"),
    *("value", "unit", "method_code", "standard", "modus_test_id", "modus_acceptance", "nearest_modus_test_id"),
    *("verdict", "limit", "rule", "instrument_verdict", "disagrees", "instrument", "tested_at"),
)
"""`comparator` is empty where the value is as it stands; else <, > or nd."""

_AS_IT_IS = (
    *("sample_id", "sample_code", "kind", "run_kind", "division_code", "plot", "depth_top_cm", "depth_bottom_cm"),
    *("sampled_on", "analyte", "rule", "instrument_verdict"),
)


def table(rows: Sequence[Row], *, for_partner: bool) -> bytes:
    """The file, of rows of `export_queries.results`. A partner reads no household's number."""
    written = StringIO(newline="")
    writer = csv.DictWriter(written, COLUMNS)
    writer.writeheader()
    writer.writerows({name: harmless(cell) for name, cell in _line(row, for_partner).items()} for row in rows)
    return written.getvalue().encode("utf-8-sig")


def _line(row: Row, for_partner: bool) -> dict[str, Any]:
    said = told(row)
    method = said.method
    number = row["value"] if row["value"] is not None else row["tc_ratio"] or row["judged_value"]
    return {name: row[name] for name in _AS_IT_IS} | {
        "household_code": None if for_partner else row["household_code"],
        "crop": row["crop_code"] or row["crop_said"],
        "received_at": local(row["received_at"]).isoformat(timespec="minutes"),
        "result_id": row["id"],
        "modus_analyte": said.analyte,
        "comparator": "" if said.comparator is Comparator.EQUAL else said.comparator.value,
        "value": number,
        "unit": said.unit,
        "method_code": method.code if method else None,
        "standard": method.standard if method else None,
        "modus_test_id": said.modus_test_id,
        "modus_acceptance": method.modus_acceptance if method and said.modus_test_id else None,
        "nearest_modus_test_id": said.nearest_modus_test_id,
        "verdict": word(row),
        "limit": row["judged_limit"],
        "disagrees": "yes" if row["instrument_disagrees"] else "no",
        "instrument": row["serial"],
        "tested_at": local(row["tested_at"]).isoformat(timespec="minutes") if row["tested_at"] else None,
    }
