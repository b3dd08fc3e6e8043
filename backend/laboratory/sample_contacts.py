"""Name and phone of a farmer without a household card: sealed, the phone found again by a blind index."""

from collections.abc import Mapping
from typing import Any

from backend.core.cipher import blind_index, seal, unseal
from backend.people.rules import normal_phone

FIELDS = ("contact_name", "contact_phone")
_TABLE = "laboratory_sample"


def sealed(*, contact_name: str | None, contact_phone: str | None) -> dict[str, bytes | None]:
    """The columns for a contact. Raises Invalid (400) for what is no phone number."""
    name, phone = (contact_name or "").strip() or None, normal_phone(contact_phone) if contact_phone else None
    return {
        "contact_name_sealed": None if name is None else seal(name, column=f"{_TABLE}.contact_name_sealed"),
        "contact_phone_sealed": None if phone is None else seal(phone, column=f"{_TABLE}.contact_phone_sealed"),
        "contact_phone_index": None if phone is None else blind_index(phone, column=f"{_TABLE}.contact_phone"),
    }


def opened(row: Mapping[str, Any]) -> dict[str, str | None]:
    """The contact in clear. Whoever shows it to somebody writes the access log."""
    values = {field: row.get(f"{field}_sealed") for field in FIELDS}
    return {
        field: None if value is None else unseal(value, column=f"{_TABLE}.{field}_sealed")
        for field, value in values.items()
    }


def keyed(*, contact_name: str | None, contact_phone: str | None) -> str:
    """A contact as text that tells nothing: a plain hash of a phone number can be guessed back."""
    return blind_index(f"{contact_name}\n{contact_phone}", column=f"{_TABLE}.contact").hex()
