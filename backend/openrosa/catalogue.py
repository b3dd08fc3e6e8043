"""Which forms there are, by id and version, and which of their questions take files."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from lxml import etree

from backend.core.refusals import Refusal
from backend.openrosa.forms import Form, build_form

KITS = Path(__file__).parents[2] / "field_kits"
VISIT = "visit"
SHEETS = {VISIT: KITS / "visit" / "visit.xlsx"}

_BIND = "{http://www.w3.org/2002/xforms}bind"


class FormUnknown(Refusal):
    """No such form, or not this version of it."""

    status, code, title = 404, "openrosa/form-unknown", "There is no such form"


@cache
def forms() -> Mapping[str, Mapping[str, Form]]:
    """Every form by id, then by version; the last version is the current one.

    Built at the first call, about a third of a second of work: call it at start, so that a broken sheet is told there
    (`FormWrong`) and no phone waits.
    """
    built = [build_form(sheet) for sheet in SHEETS.values()]
    return {form.form_id: {form.version: form} for form in built}


def current_forms() -> list[Form]:
    """The version to fill in of each form."""
    return [list(versions.values())[-1] for versions in forms().values()]


def current_form(form_id: str) -> Form:
    """Raises FormUnknown (404)."""
    found = next((form for form in current_forms() if form.form_id == form_id), None)
    if found is None:
        raise FormUnknown("There is no form {form}.", form=form_id[:60])
    return found


def form_of(form_id: str, version: str) -> Form:
    """The form that a submission fills in. Raises FormUnknown (404)."""
    current = current_form(form_id)
    found = forms()[form_id].get(version)
    if found is None:
        raise FormUnknown(
            "Form {form} has no version {version}; the current one is {current}. Fetch the form again.",
            form=form_id[:60],
            version=version[:60] or "?",
            current=current.version,
        )
    return found


@cache
def file_questions(form: Form) -> tuple[str, ...]:
    """Paths below the root of the questions whose answer is a file, in the form's order."""
    binds = etree.fromstring(form.xml).iter(_BIND)
    return tuple(_below_root(bind.get("nodeset", "")) for bind in binds if bind.get("type") == "binary")


def _below_root(nodeset: str) -> str:
    return nodeset.split("/", 2)[2]
