"""Which form a submission fills in, by id and version, and the verb that its kit says it becomes."""

from collections.abc import Mapping
from functools import lru_cache

from lxml import etree

from backend.core.refusals import Refusal
from backend.kits import lists
from backend.kits.form_questions import below_root, questions_of
from backend.kits.schemas import PublishedForm
from backend.kits.words import FormState
from backend.openrosa import kit_verbs  # noqa: F401 - the verbs are offered
from backend.openrosa.antifraud_visit_form import ANTIFRAUD_VISIT
from backend.openrosa.crop_clinic_form import CROP_CLINIC
from backend.openrosa.market_stall_form import MARKET_STALL
from backend.openrosa.soil_and_residue_form import SOIL_AND_RESIDUE
from backend.openrosa.verb_doors import MediaFile, VerbDoor
from backend.openrosa.visit_form import VISIT
from backend.people.actors import Actor

VERBS: Mapping[str, VerbDoor] = {
    each.verb: each for each in (VISIT, CROP_CLINIC, ANTIFRAUD_VISIT, MARKET_STALL, SOIL_AND_RESIDUE)
}

_BIND = "{http://www.w3.org/2002/xforms}bind"


class FormUnknown(Refusal):
    """No such form, or not this version of it."""

    status, code, title = 404, "openrosa/form-unknown", "There is no such form"


class FormClosed(Refusal):
    """The form takes no more."""

    status, code, title = 409, "openrosa/form-closed", "This form is closed"


async def forms_for(by: Actor) -> list[PublishedForm]:
    """The version to fill in of each form that this person may send."""
    return await lists.forms_for(by)


async def form_of(form_id: str, version: str) -> PublishedForm:
    """The form that a submission fills in, whatever its state. Raises FormUnknown (404)."""
    found = await lists.form_version(form_id, version)
    if found is None:
        raise await _unknown(form_id, version)
    return found


async def _unknown(form_id: str, version: str) -> FormUnknown:
    known = await lists.versions_of(form_id)
    if not known:
        return FormUnknown("There is no form {form}.", form=form_id[:60])
    return FormUnknown(
        "Form {form} has no version {version}; the current one is {current}. Fetch the form again.",
        form=form_id[:60],
        version=version[:60] or "?",
        current=known[0].version,
    )


def must_take(form: PublishedForm, by: Actor) -> None:
    """Raises Forbidden (403) for whom the form is not, FormClosed (409) once it takes no more."""
    if not lists.may_send(form, by):
        by.must_have(*sorted(form.roles))
        raise Elsewhere("Form {form} is not for where you work.", form=form.title)
    if form.state is FormState.CLOSED:
        raise FormClosed("Form {form} takes no more records. Ask your supervisor.", form=form.title)


class Elsewhere(Refusal):
    """The form is for other divisions."""

    status, code, title = 403, "openrosa/form-elsewhere", "This form is for another place"


def verb_of(form: PublishedForm) -> VerbDoor:
    """Who carries out what the form becomes: kits are checked for that before they are published."""
    return VERBS[form.mapping.verb]


async def offered(form_id: str, by: Actor) -> PublishedForm:
    """The version of a form that this person fills in. Raises FormUnknown (404)."""
    found = next((form for form in await forms_for(by) if form.form_id == form_id), None)
    if found is None:
        raise FormUnknown("There is no form {form}.", form=form_id[:60])
    return found


def made_media(form: PublishedForm) -> Mapping[str, MediaFile]:
    """The files of a form that its verb makes for each person, by name."""
    made = verb_of(form).media
    return {name: made[name] for name in questions_of(form.xml).media if name in made}


@lru_cache(maxsize=64)
def point_questions(xform: bytes) -> tuple[str, ...]:
    """Paths below the root of the questions whose answer is a position."""
    binds = etree.fromstring(xform).iter(_BIND)
    return tuple(below_root(bind.get("nodeset", "")) for bind in binds if bind.get("type") == "geopoint")
