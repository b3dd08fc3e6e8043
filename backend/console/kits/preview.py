"""/console/kits/forms/{id}/{version}: a form as a phone asks it, so that people look before anybody installs it."""

from litestar import Response, get
from litestar.params import FromPath

from backend.console.form_shown import questions
from backend.console.kits import labels
from backend.console.pages import page
from backend.kits.lists import form_version
from backend.kits.refusals import KitUnknown
from backend.people.actors import OVERSEERS
from backend.people.guards import SignedIn


@get("/forms/{form_id:str}/{version:str}", include_in_schema=False)
async def show_form(by: SignedIn, form_id: FromPath[str], version: FromPath[str]) -> Response[str]:
    """Every question in order, with what it says and offers. Raises Forbidden (403), KitUnknown (404)."""
    by.must_have(*sorted(OVERSEERS))
    form = await form_version(form_id, version)
    if form is None:
        raise KitUnknown("There is no form {form} with version {version}.", form=form_id[:60], version=version[:60])
    return page("kits/form.html", by=by, form=form, questions=list(questions(form.xml).values()), says=labels)
