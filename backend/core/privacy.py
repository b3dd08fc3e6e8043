"""The field register: every column that may hold something about a person says why it is kept and for how long.

A table lists its columns in `privacy`; `tests/core/test_privacy.py` reads every table and refuses a text, bytes, number
or JSON column that is in neither list. Source of the duties: PIPL articles 6, 17, 19, 28; GB/T 45574-2025.
"""

from enum import StrEnum

import msgspec


class DataClass(StrEnum):
    """How far a value may travel."""

    PUBLIC = "public"
    INTERNAL = "internal"
    SENSITIVE = "sensitive"


class Personal(msgspec.Struct, frozen=True):
    """Why a column is kept, who may see it, and when it goes. `retention` is in words for the privacy page."""

    purpose: str
    data_class: DataClass
    retention: str
    retention_days: int | None = None


class Privacy(msgspec.Struct, frozen=True):
    """A table's register: personal columns with their reasons, and those that say nothing about a person."""

    personal: dict[str, Personal] = {}
    impersonal: frozenset[str] = frozenset()
