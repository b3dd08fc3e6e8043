"""The README of a kit tells people which names must stay: each answer that kit.toml reads, in backticks."""

from collections.abc import Iterator
from collections.abc import Mapping as Named

from backend.kits.form_questions import questions_of
from backend.kits.forms import Form
from backend.kits.kit_reading import Kit
from backend.kits.mappings import Mapping, paths_of
from backend.kits.mistakes import Mistake, _
from backend.kits.reading import README


def readme_mistakes(kit: Kit, forms: Named[str, Form]) -> Iterator[Mistake]:
    """Only of a kit that has forms; its README is for people and goes to no phone."""
    file = f"{kit.kit_id}/{README}"
    if forms and README not in kit.content:
        yield Mistake(file, None, _("It is missing: it tells people which names must stay."))
        return
    text = kit.content.get(README, b"").decode(errors="replace")
    for form in forms.values():
        read = _read(kit.mappings[form.form_id]) if form.form_id in kit.mappings else set()
        missing = [path for path in questions_of(form.xml).paths if path in read and f"`{path}`" not in text]
        if missing:
            says = _("It does not tell of these answers of the form {form}: {paths}.")
            yield Mistake(file, None, says, {"form": form.form_id, "paths": [f"`{path}`" for path in missing]})


def _read(mapping: Mapping) -> set[str]:
    return {path for source in mapping.arguments.values() for path in paths_of(source)}
