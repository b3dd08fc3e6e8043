"""A form's table of kit.toml, read into a `Mapping`: how an argument is written tells where it comes from."""

from typing import Annotated, Any

from msgspec import Meta

from backend.kits.mappings import Answer, As, Consents, Constant, Files, Mapping, Refused, Repeat, Source
from backend.kits.mistakes import _
from backend.kits.toml_tables import TomlTable

Path = Annotated[str, Meta(pattern=r"^[^\s/][^\s]*$", max_length=200)]
Short = Annotated[str, Meta(max_length=200)]


def read_mapping(said: TomlTable) -> Mapping | None:
    """None where it says no verb; what is wrong is noted."""
    verb, refused = said.take("verb", Short), said.may_take("refused", Refused)
    arguments = said.table("arguments")
    sources = {name: _source(arguments, name) for name in arguments.values}
    said.no_more()
    if verb is None:
        return None
    return Mapping(verb, {name: source for name, source in sources.items() if source}, refused or Refused.KEEP)


def _source(arguments: TomlTable, name: str) -> Source | None:
    value = arguments.values[name]
    if not isinstance(value, dict):
        path = arguments.may_take(name, Path)
        return None if path is None else Answer(path)
    said = arguments.table(name)
    for key, read in _BY_KEY.items():
        if key in value:
            source = read(said)
            said.no_more()
            return source
    said.wrong((), _("Say where it comes from, with one of: {ways}."), ways=list(_BY_KEY))
    return None


def _repeat(said: TomlTable) -> Repeat | None:
    each = said.take("each", Path)
    fields: dict[str, Answer | Constant | Files] = {}
    for name in said.values:
        if name == "each":
            continue
        source = _source(said, name)
        said.taken.add(name)
        if isinstance(source, Answer | Constant | Files):
            fields[name] = source
        elif source is not None:
            said.wrong((name,), _("In a repeat an argument is one answer, or files."))
    return None if each is None else Repeat(each, fields)


def _answer(said: TomlTable) -> Answer | None:
    path, read_as = said.take("path", Path), said.may_take("as", As)
    empty, otherwise = said.may_take("empty", Short), said.may_take("otherwise", Short)
    unless = said.may_take("unless", Path)
    return None if path is None else Answer(path, read_as or As.TEXT, empty, otherwise, unless)


def _constant(said: TomlTable) -> Constant | None:
    value = said.take("value", Short)
    return None if value is None else Constant(value)


def _files(said: TomlTable) -> Files | None:
    files = said.take("files", dict[Path, Short])
    return None if files is None else Files(files)


def _consents(said: TomlTable) -> Consents | None:
    consents, method = said.take("consents", dict[Path, Short]), said.may_take("method", Path)
    return None if consents is None else Consents(consents, method)


_BY_KEY: dict[str, Any] = {
    "path": _answer, "value": _constant, "files": _files, "consents": _consents, "each": _repeat,
}  # fmt: skip
