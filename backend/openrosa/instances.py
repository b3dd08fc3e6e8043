"""A submission's XML: which form it fills in, which instance it is, and its answers by path.

Hostile XML is refused before or by the parser: no DTD, no entities, no network, UTF-8 only, at most 256 levels deep.
Source: OpenRosa metadata schema; docs.getodk.org/openrosa-form-submission.
"""

import re
from collections.abc import Iterator, Mapping
from uuid import NAMESPACE_URL, UUID, uuid5

from lxml import etree
from msgspec import Struct
from msgspec.structs import replace

from backend.core.refusals import Refusal, TooLarge

LONGEST_ID = 120
MOST_XML_BYTES = 1_000_000
ROOM = uuid5(NAMESPACE_URL, "lianxin/openrosa")

_ENCODING = re.compile(rb"""^<\?xml[^>]{0,100}?encoding\s*=\s*["']([^"'>]{0,40})["']""")
_UUID = re.compile(r"uuid:([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})", re.IGNORECASE)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class XmlBroken(Refusal):
    """Not XML, cut off, in another encoding, or with a document type."""

    status, code, title = 400, "openrosa/xml-broken", "The record's XML cannot be read"


class InstanceWrong(Refusal):
    """XML that says something a submission must not say, or lacks what it must say."""

    status, code, title = 400, "openrosa/instance-wrong", "This is not a record that can be taken"


class NamedFile(Struct, frozen=True):
    """A file that an answer names. `question` is the path below the root, such as `photos/photo`."""

    question: str
    file_name: str


class Instance(Struct, frozen=True):
    """One filled-in form. `submission_id` follows from form and instance: the same record is the same row."""

    form_id: str
    form_version: str
    instance_id: str
    root: etree._Element
    found: Mapping[str, list[etree._Element]]

    @property
    def submission_id(self) -> UUID:
        """The same for every sending of this instance of this form."""
        return self._row_of(self.instance_id)

    @property
    def deprecated_id(self) -> UUID | None:
        """The submission of which this one is an edit (deprecatedID)."""
        said = self.answer("meta/deprecatedID")
        return None if said is None else self._row_of(said)

    def _row_of(self, instance_id: str) -> UUID:
        return uuid5(ROOM, f"{self.form_id}\n{instance_id}")

    @property
    def record_id(self) -> UUID:
        """The id of the record it becomes: the phone's own UUID where there is one."""
        found = _UUID.fullmatch(self.instance_id)
        return UUID(found[1]) if found else self.submission_id

    def answer(self, path: str) -> str | None:
        """The text of the first element at a path below the root, stripped; None where it is empty or absent."""
        return next(iter(self.answers(path)), None)

    def answers(self, path: str) -> list[str]:
        """The same for every element there, for questions inside a repeat."""
        return [said for element in self.elements(path) if (said := (element.text or "").strip())]

    def elements(self, path: str) -> list[etree._Element]:
        """Every element at a path below the root, whatever its namespace."""
        return self.found.get(path, [])

    def repeats(self, path: str) -> list["Instance"]:
        """Each time of a repeat, as if it were an instance of its own."""
        return [replace(self, root=element, found=_found(element)) for element in self.elements(path)]

    def everything(self) -> list[tuple[str, str]]:
        """Path below the root and text of every field that holds any, in the order of the form."""
        return [(path, said) for path, leaf in _leaves(self.root, ()) if (said := (leaf.text or "").strip())]

    def put(self, path: str, nth: int, value: str) -> bool:
        """Write a field anew, as if the phone had sent it so; False where there is none."""
        found = self.elements(path)
        if len(found) <= nth or len(found[nth]):
            return False
        found[nth].text = value
        return True

    def files(self, questions: tuple[str, ...]) -> list[NamedFile]:
        """The files that the answers to these questions name, each once."""
        named = (NamedFile(question, name) for question in questions for name in self.answers(question))
        return list(dict.fromkeys(named))


def read_instance(xml: bytes) -> Instance:
    """Raises XmlBroken (400), InstanceWrong (400), TooLarge (413)."""
    root = _root(xml)
    instance = Instance(root.get("id", "").strip(), root.get("version", "").strip(), "", root, _found(root))
    if not instance.form_id:
        raise InstanceWrong("The record does not say which form it fills in.")
    if root.get("encrypted") == "yes":
        raise InstanceWrong("Encrypted records are not taken. Turn encryption off in the form.")
    instance_id = instance.answer("meta/instanceID") or f"uuid:{uuid5(ROOM, xml.decode())}"
    _must_be_sensible(instance_id)
    return replace(instance, instance_id=instance_id)


def _root(xml: bytes) -> etree._Element:
    if len(xml) > MOST_XML_BYTES:
        raise TooLarge("At most {megabytes} MB are taken at once.", megabytes=MOST_XML_BYTES // 1_000_000)
    _must_be_plain_utf8(xml)
    try:
        return etree.fromstring(xml, _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise XmlBroken("It is not XML, or it was cut off. Send the record again.") from error


def _must_be_plain_utf8(xml: bytes) -> None:
    declared = _ENCODING.match(xml.removeprefix(_BYTE_ORDER_MARK))
    try:
        text = xml.decode()
    except UnicodeDecodeError as error:
        raise XmlBroken("It is not UTF-8.") from error
    if "\x00" in text or (declared and declared[1].lower() not in (b"utf-8", b"utf8", b"us-ascii")):
        raise XmlBroken("It is not UTF-8.")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise XmlBroken("A record has no document type and no entities.")


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _must_be_sensible(instance_id: str) -> None:
    if len(instance_id) > LONGEST_ID or not instance_id.isprintable():
        raise InstanceWrong("Its instanceID cannot be used: at most {limit} printable characters.", limit=LONGEST_ID)


def _found(root: etree._Element) -> dict[str, list[etree._Element]]:
    """Every element below a root by its path, in the order of the form: a question is asked for by its path alone."""
    found: dict[str, list[etree._Element]] = {}
    _find(root, "", found)
    return found


def _find(element: etree._Element, above: str, found: dict[str, list[etree._Element]]) -> None:
    for child in element:
        path = f"{above}{_name(child)}"
        found.setdefault(path, []).append(child)
        if len(child):
            _find(child, f"{path}/", found)


def _leaves(element: etree._Element, above: tuple[str, ...]) -> Iterator[tuple[str, etree._Element]]:
    for child in element:
        path = (*above, _name(child))
        if len(child):
            yield from _leaves(child, path)
        else:
            yield "/".join(path), child


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]
