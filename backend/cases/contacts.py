"""Name and phone of whoever asked: sealed, the phone found again by a blind index, never in a timeline."""

from collections.abc import Mapping
from typing import Any

from backend.core.cipher import blind_index, seal, unseal
from backend.people import rules as people

FIELDS = ("contact_name", "contact_phone")
COLUMNS = ("contact_name_sealed", "contact_phone_sealed", "contact_phone_index")
_TABLE = "cases_case"


def sealed(*, contact_name: str | None, contact_phone: str | None) -> dict[str, bytes | None]:
    """The columns for a contact. Raises Invalid (400) for what is no phone number."""
    phone = people.normal_phone(contact_phone) if contact_phone else None
    name = (contact_name or "").strip() or None
    return {
        "contact_name_sealed": None if name is None else seal(name, column=f"{_TABLE}.contact_name_sealed"),
        "contact_phone_sealed": None if phone is None else seal(phone, column=f"{_TABLE}.contact_phone_sealed"),
        "contact_phone_index": None if phone is None else phone_index(phone),
    }


def opened(row: Mapping[str, Any]) -> dict[str, str | None]:
    """The contact in clear. Whoever shows it to somebody writes the access log."""
    values = {field: row.get(f"{field}_sealed") for field in FIELDS}
    return {
        field: None if value is None else unseal(value, column=f"{_TABLE}.{field}_sealed")
        for field, value in values.items()
    }


def phone_index(normal_phone: str) -> bytes:
    """By what cases of one phone are found; `normal_phone` as `people.rules.normal_phone` gives it."""
    return blind_index(normal_phone, column=f"{_TABLE}.contact_phone")
