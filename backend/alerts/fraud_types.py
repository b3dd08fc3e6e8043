"""The kinds of fraud that a warning may name: `reference/fraud_types.csv`.

It lies here because this is the lowest room that names them; the library of stories and bulletins reads the same file.
"""

import csv
from datetime import date
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "reference" / "fraud_types.csv"


def is_fraud_type(code: str, *, on: date) -> bool:
    """Whether the list knows it on a day.

    >>> is_fraud_type("fake_loan", on=date(2026, 11, 22)), is_fraud_type("subsidy", on=date(2026, 11, 22))
    (True, False)
    """
    begins = _begins().get(code)
    return begins is not None and begins <= on


@cache
def _begins() -> dict[str, date]:
    with FILE.open(encoding="utf-8-sig", newline="") as file:
        return {row["code"]: date.fromisoformat(row["valid_from"]) for row in csv.DictReader(file)}
