"""An XLSForm, the spreadsheet that people edit, becomes the XForm that phones load.

The XForm is built once at start and kept in memory. pyxform does the work; ODK Validate, which needs Java, runs in the
tests and not here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path

from lxml import etree
from pyxform.errors import PyXFormError
from pyxform.xls2json_backends import get_xlsform
from pyxform.xls2xform import convert

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
    """A spreadsheet that cannot become a form. The message names file, sheet and row for the person who edited it."""


def build_form(xlsx: Path) -> Form:
    """Read `xlsx` and build its form.

    Raises FormWrong when the file is not an XLSForm, a row is wrong, or `settings` lacks a title or version
    (without a new version phones never fetch a change).
    """
    try:
        xml = convert(xlsx, form_name=ROOT, warnings=[]).xform.encode()
    except PyXFormError as error:
        raise FormWrong(_where(xlsx, str(error))) from error
    return _form(xlsx, xml)


def _form(xlsx: Path, xml: bytes) -> Form:
    html = etree.fromstring(xml)
    title, root = html.findtext(TITLE) or "", next(html.iter(INSTANCE))[0]
    form_id, version = root.get("id", ""), root.get("version", "")
    if not version or title in ("", form_id):  # pyxform writes the id where there is no title
        raise FormWrong(f"{xlsx.name}, sheet settings, row {FIRST_ROW}: form_title and version must be filled in.")
    digest = md5(xml, usedforsecurity=False).hexdigest()  # OpenRosa's change mark, not a safeguard
    return Form(form_id, version, title, xml, digest, tuple(dict.fromkeys(_paths(root))))


def _paths(element: etree._Element, above: str = "") -> Iterator[str]:
    here = f"{above}/{etree.QName(element).localname}"
    if not len(element):
        yield here
    for child in element:
        yield from _paths(child, here)


def _where(xlsx: Path, said: str) -> str:
    """pyxform's complaint with file, sheet and row in front; it names a row as `[row : 6]`, or not at all."""
    sheet = told[1] if (told := SHEET_TOLD.search(said)) else "survey"
    row = int(told[1]) if (told := ROW_TOLD.match(said)) else _row_with(xlsx, QUOTED.findall(said))
    place = f"{xlsx.name}, sheet {sheet}, row {row}" if row else xlsx.name
    return f"{place}: {ROW_TOLD.sub('', said)}"


def _row_with(xlsx: Path, values: list[str]) -> int | None:
    """The first row of `survey` holding one of the values that a complaint quotes."""
    try:
        rows = get_xlsform(xlsx).survey
    except PyXFormError:
        return None
    return next((at for at, row in enumerate(rows, FIRST_ROW) if set(values) & set(row.values())), None)
