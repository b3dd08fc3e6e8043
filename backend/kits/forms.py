"""An XLSForm, the spreadsheet or Markdown table that people edit, becomes the XForm that phones load.

pyxform does the work, about a third of a second for each form; it is imported where it works, for a server that finds
its kits published never needs it. ODK Validate, which needs Java, is asked by `form_validating` and not here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path, PurePosixPath

from lxml import etree

ROOT = "data"
TITLE = ".//{http://www.w3.org/1999/xhtml}title"
INSTANCE = "{http://www.w3.org/2002/xforms}instance"

FIRST_ROW = 2
ROW_TOLD = re.compile(r"^\[row : (\d+)\] *(?:On the '\w+' sheet, )?")
SHEET_TOLD = re.compile(r"'(survey|choices|settings|entities)' sheet")
QUOTED = re.compile(r"'([^']+)'")


@dataclass(frozen=True)
class Form:
    """One form as phones get it.

    xml     exactly the bytes to serve: the same spreadsheet always gives the same bytes
    md5     hex digest of `xml`; a form list writes it as `md5:` + this
    paths   every field of a submission from its root down, such as `/data/contact/channel`, in the form's order
    """

    form_id: str
    version: str
    title: str
    xml: bytes
    md5: str
    paths: tuple[str, ...]


class FormWrong(ValueError):
    """A sheet that cannot become a form. It names file, sheet and row for the person who edited it; the row may be
    unknown, and so may the sheet with it."""

    def __init__(self, file_name: str, says: str, *, sheet: str | None = None, row: int | None = None) -> None:
        self.file_name, self.says, self.sheet, self.row = file_name, says, sheet, row
        super().__init__(f"{file_name}{f', sheet {sheet}, row {row}' if row else ''}: {says}")


def build_form(sheet: Path) -> Form:
    """Read a sheet and build its form. Raises FormWrong."""
    try:
        content = sheet.read_bytes()
    except OSError as error:
        raise FormWrong(sheet.name, error.strerror or str(error)) from error
    return form_of_sheet(sheet.name, content)


def form_of_sheet(file_name: str, content: bytes) -> Form:
    """Build the form of a sheet, .xlsx or pyxform's .md.

    Raises FormWrong when it is not an XLSForm, a row is wrong, or `settings` lacks id, title or version (without a
    new version phones never fetch a change).
    """
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert

    kind = PurePosixPath(file_name).suffix
    try:
        xml = convert(content, form_name=ROOT, warnings=[], file_type=kind).xform.encode()
    except PyXFormError as error:
        raise _where(file_name, content, str(error)) from error
    return _form(file_name, xml)


def _form(file_name: str, xml: bytes) -> Form:
    html = etree.fromstring(xml)
    title, root = html.findtext(TITLE) or "", next(html.iter(INSTANCE))[0]
    form_id, version = root.get("id", ""), root.get("version", "")
    if not version or title in ("", form_id) or form_id == ROOT:  # pyxform writes the id where there is no title
        says = "form_title, form_id and version must be filled in."
        raise FormWrong(file_name, says, sheet="settings", row=FIRST_ROW)
    digest = md5(xml, usedforsecurity=False).hexdigest()  # OpenRosa's change mark, not a safeguard
    return Form(form_id, version, title, xml, digest, tuple(dict.fromkeys(_paths(root))))


def _paths(element: etree._Element, above: str = "") -> Iterator[str]:
    here = f"{above}/{etree.QName(element).localname}"
    if not len(element):
        yield here
    for child in element:
        yield from _paths(child, here)


def _where(file_name: str, content: bytes, said: str) -> FormWrong:
    """pyxform's complaint with sheet and row; it names a row as `[row : 6]`, or not at all."""
    sheet = told[1] if (told := SHEET_TOLD.search(said)) else "survey"
    row = int(told[1]) if (told := ROW_TOLD.match(said)) else _row_with(file_name, content, QUOTED.findall(said))
    return FormWrong(file_name, ROW_TOLD.sub("", said), sheet=sheet, row=row)


def _row_with(file_name: str, content: bytes, values: list[str]) -> int | None:
    """The first row of `survey` holding one of the values that a complaint quotes."""
    from pyxform.errors import PyXFormError
    from pyxform.xls2json_backends import get_xlsform

    try:
        rows = get_xlsform(content, file_type=PurePosixPath(file_name).suffix).survey
    except PyXFormError:
        return None
    return next((at for at, row in enumerate(rows, FIRST_ROW) if set(values) & set(row.values())), None)
