"""The forms of a kit: whether each can be built, tells its versions apart, and has the files that it needs."""

import re
from collections.abc import Iterator, Mapping

from backend.kits.form_questions import questions_of
from backend.kits.forms import Form, FormWrong, form_of_sheet
from backend.kits.kit_reading import Kit
from backend.kits.mistakes import Mistake, _
from backend.kits.verbs import verb_named

FOLDER, MEDIA = "forms/", "media/"
LONGEST_ID, LONGEST_TITLE = 60, 120

_VERSION = re.compile(r"20[0-9]{8}")
_FORM_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


def sheets_of(content: Mapping[str, bytes]) -> list[str]:
    """The paths of a kit's sheets."""
    return sorted(path for path in content if path.startswith(FOLDER))


def build_forms(kit_id: str, content: Mapping[str, bytes]) -> tuple[dict[str, Form], list[Mistake]]:
    """Every form that can be built, by the path of its sheet, and why the others cannot."""
    forms, mistakes = dict[str, Form](), list[Mistake]()
    for path in sheets_of(content):
        try:
            forms[path] = form_of_sheet(path.removeprefix(FOLDER), content[path])
        except FormWrong as error:
            says, facts = _("It cannot become a form: {said}"), {"said": error.says}
            mistakes.append(Mistake(f"{kit_id}/{path}", error.row, says, facts, sheet=error.sheet))
    return forms, mistakes


def form_mistakes(kit: Kit, forms: Mapping[str, Form]) -> Iterator[Mistake]:
    """Of forms that were built."""
    seen: dict[str, str] = {}
    for path, form in forms.items():
        file = f"{kit.kit_id}/{path}"
        if not _VERSION.fullmatch(form.version):
            says = _("The version {version} is not year, month, day and two digits, such as 2026112201.")
            yield Mistake(file, 2, says, {"version": form.version}, sheet="settings")
        if not _FORM_ID.fullmatch(form.form_id) or len(form.form_id) > LONGEST_ID or len(form.title) > LONGEST_TITLE:
            says = _("A form_id has at most {id} letters, digits and underscores, a title at most {title} characters.")
            yield Mistake(file, 2, says, {"id": LONGEST_ID, "title": LONGEST_TITLE}, sheet="settings")
        if (other := seen.setdefault(form.form_id, path)) != path:
            yield Mistake(file, 2, _("{other} has the same form_id."), {"other": other}, sheet="settings")
        yield from _missing_media(kit, file, form)


def _missing_media(kit: Kit, file: str, form: Form) -> Iterator[Mistake]:
    """Files that the form chooses from lie in media/, or are made by the server for each person."""
    mapping = kit.mappings.get(form.form_id)
    verb = verb_named(mapping.verb) if mapping else None
    made = verb.media if verb else frozenset()
    for name in questions_of(form.xml).media:
        if name not in made and f"{MEDIA}{name}" not in kit.content and name != "last-saved":
            yield Mistake(file, None, _("It needs {path}, which the kit does not hold."), {"path": f"{MEDIA}{name}"})
