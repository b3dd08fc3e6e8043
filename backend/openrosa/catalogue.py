"""Which forms there are, by id and version, who fills them in, and which of their questions take files."""

from collections.abc import Mapping
from functools import cache

from lxml import etree

from backend.core.refusals import Refusal
from backend.kits.forms import Form, build_form
from backend.openrosa.antifraud_visit_form import ANTIFRAUD_VISIT
from backend.openrosa.crop_clinic_form import CROP_CLINIC
from backend.openrosa.field_forms import FieldForm, MediaFile
from backend.openrosa.market_stall_form import MARKET_STALL
from backend.openrosa.visit_form import VISIT
from backend.people.actors import Actor

FIELD_FORMS: Mapping[str, FieldForm] = {
    form.form_id: form for form in (VISIT, CROP_CLINIC, ANTIFRAUD_VISIT, MARKET_STALL)
}
"""In the order in which a phone lists them."""

_BIND = "{http://www.w3.org/2002/xforms}bind"


class FormUnknown(Refusal):
    """No such form, or not this version of it."""

    status, code, title = 404, "openrosa/form-unknown", "There is no such form"


@cache
def forms() -> Mapping[str, Mapping[str, Form]]:
    """Every form by id, then by version; the last version is the current one.

    Built at the first call, about a third of a second of work for each: call it at start, so that a broken sheet is
    told there (`FormWrong`) and no phone waits.
    """
    built = {form_id: build_form(known.sheet) for form_id, known in FIELD_FORMS.items()}
    return {form_id: {form.version: form} for form_id, form in built.items()}


def forms_for(by: Actor) -> list[Form]:
    """The version to fill in of each form that this person may send."""
    return [_current(form_id) for form_id, known in FIELD_FORMS.items() if by.has(*known.roles)]


def current_form(form_id: str) -> Form:
    """Raises FormUnknown (404)."""
    if form_id not in FIELD_FORMS:
        raise FormUnknown("There is no form {form}.", form=form_id[:60])
    return _current(form_id)


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


def media_of(form_id: str, by: Actor) -> Mapping[str, MediaFile]:
    """The files that a form comes with, by name. Raises FormUnknown (404) for one that this person is not shown."""
    known = FIELD_FORMS.get(form_id)
    if known is None or not by.has(*known.roles):
        raise FormUnknown("There is no form {form}.", form=form_id[:60])
    return known.media


@cache
def file_questions(form: Form) -> tuple[str, ...]:
    """Paths below the root of the questions whose answer is a file, in the form's order."""
    binds = etree.fromstring(form.xml).iter(_BIND)
    return tuple(_below_root(bind.get("nodeset", "")) for bind in binds if bind.get("type") == "binary")


@cache
def point_questions(form: Form) -> tuple[str, ...]:
    """The same for questions whose answer is a position."""
    binds = etree.fromstring(form.xml).iter(_BIND)
    return tuple(_below_root(bind.get("nodeset", "")) for bind in binds if bind.get("type") == "geopoint")


def _current(form_id: str) -> Form:
    return list(forms()[form_id].values())[-1]


def _below_root(nodeset: str) -> str:
    return nodeset.split("/", 2)[2]
