"""A kit looked over as a whole: every mistake of every file, not the first alone."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from backend.kits.card_checking import card_mistakes
from backend.kits.checklist_checking import checklist_mistakes
from backend.kits.form_checking import build_forms, form_mistakes
from backend.kits.form_validating import validated
from backend.kits.forms import Form
from backend.kits.kit_reading import Kit, read_kit
from backend.kits.letter_checking import letter_mistakes
from backend.kits.mapping_checking import mapping_mistakes
from backend.kits.mistakes import Mistake, _
from backend.kits.reading import Content
from backend.kits.readme_checking import readme_mistakes


class Checked(Struct, frozen=True):
    """What was found: the kit where kit.toml can be read, its forms by the path of their sheet, and every mistake in
    the order of files and lines."""

    kit: Kit | None
    forms: Mapping[str, Form]
    mistakes: list[Mistake]


def check(name: str, content: Content, *, told: list[Mistake] | None = None, validate: bool = False) -> Checked:
    """Look over the files of the kit `name`.

    told      what reading its folder found already
    validate  ask ODK Validate too: two seconds a form, and it needs Java
    """
    kit, of_toml = read_kit(name, content)
    forms, of_sheets = build_forms(name, content)
    mistakes = [*(told or []), *of_toml, *of_sheets]
    if kit is not None:
        mistakes += _of_kit(kit, forms)
    if validate:
        mistakes += _of_validate(name, forms)
    return Checked(kit, forms, sorted(mistakes, key=lambda each: (each.file, each.sheet or "", each.line or 0)))


def _of_kit(kit: Kit, forms: Mapping[str, Form]) -> Iterator[Mistake]:
    yield from form_mistakes(kit, forms)
    yield from mapping_mistakes(kit, forms)
    yield from card_mistakes(kit)
    yield from checklist_mistakes(kit)
    yield from letter_mistakes(kit)
    yield from readme_mistakes(kit, forms)


def _of_validate(name: str, forms: Mapping[str, Form]) -> Iterator[Mistake]:
    for path, form in forms.items():
        for said in validated(form):
            yield Mistake(f"{name}/{path}", None, _("ODK Validate says: {said}"), {"said": said})
