"""The forms of field_kits as they are published: what a phone writes at the head of a record."""

from functools import cache
from pathlib import Path

from backend.kits.forms import Form, build_form

KITS = Path(__file__).parents[2] / "field_kits"


@cache
def current_form(form_id: str) -> Form:
    """The one of the folder, which the house of the tests has published."""
    return build_form(KITS / form_id / "forms" / f"{form_id}.xlsx")
