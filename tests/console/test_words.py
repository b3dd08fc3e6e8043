"""Every sentence of a page has its Chinese."""

from pathlib import Path

from babel.messages.extract import extract_from_dir

from backend import console
from backend.core import words

ROOM = Path(console.__file__).parent
METHODS = [("**.html", "jinja2.ext.babel_extract"), ("**.py", "python")]


def test_every_sentence_of_a_page_has_its_chinese() -> None:
    chinese = words.translations("zh")
    found = extract_from_dir(ROOM, method_map=METHODS, keywords={"_": None, "ngettext": (1, 2), "say": None})
    said = [message for _, _, message, _, _ in found]

    assert len(said) > 80
    assert [one for one in said if isinstance(one, str) and chinese.gettext(one) == one] == []
    assert [one for one in said if isinstance(one, tuple) and chinese.ngettext(*one, 2) == one[1]] == []
