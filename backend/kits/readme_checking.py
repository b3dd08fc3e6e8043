"""The README of a kit tells people which names must stay: each answer of its forms, in backticks."""

from collections.abc import Iterator, Mapping

from backend.kits.form_questions import questions_of
from backend.kits.forms import Form
from backend.kits.kit_reading import Kit
from backend.kits.mistakes import Mistake, _
from backend.kits.reading import README


def readme_mistakes(kit: Kit, forms: Mapping[str, Form]) -> Iterator[Mistake]:
    """Only of a kit that has forms; its README is for people and goes to no phone."""
    file = f"{kit.kit_id}/{README}"
    if not forms:
        return
    if README not in kit.content:
        yield Mistake(file, None, _("It is missing: it tells people which names must stay."))
        return
    text = kit.content[README].decode(errors="replace")
    for form in forms.values():
        missing = [path for path in questions_of(form.xml).paths if f"`{path}`" not in text]
        if missing:
            says = _("It does not tell of these answers of the form {form}: {paths}.")
            yield Mistake(file, None, says, {"form": form.form_id, "paths": [f"`{path}`" for path in missing]})
