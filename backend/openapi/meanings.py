"""What a shape and its members mean: the words over the struct that the shape was made of.

A struct's docstring has a sentence or two, and a line `member   what it means` for each member that needs one.
"""

import fnmatch
import inspect
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

_MEMBERS = re.compile(r"^([a-z]\w*\*?(?:, [a-z]\w*\*?)*) {2,}(\S.*)$")


def tell(schemas: dict[str, Any]) -> None:
    """Write them into the components. What says something of a member already goes on saying it."""
    structs = _structs()
    for name, schema in schemas.items():
        struct = _of(name, schema, structs)
        if struct is not None:
            _describe(schema, struct)


def spread(schema: dict[str, Any]) -> None:
    """The same for a shape that was put together by hand and has a whole docstring for its description."""
    schema["description"], meanings = read(schema["description"], set(schema["properties"]))
    _say(schema["properties"], meanings)


def _describe(schema: dict[str, Any], struct: type[Struct]) -> None:
    properties = schema["properties"]
    sentences, meanings = read(struct.__doc__ or "", set(properties))
    for base in struct.__mro__[1:]:
        meanings = read(base.__doc__ or "", set(properties))[1] | meanings
    if sentences:
        schema.setdefault("description", sentences)
    _say(properties, meanings)


def _say(properties: dict[str, Any], meanings: dict[str, str]) -> None:
    for member, meaning in meanings.items():
        shape = properties[member]
        if "$ref" not in shape:  # its own shape says what it is
            shape["description"] = "; ".join(filter(None, [meaning, shape.get("description")]))


def read(text: str, members: set[str]) -> tuple[str, dict[str, str]]:
    """A docstring's sentences, and what it says of each member; `sent_*` are all that begin so.

    >>> told = "A bag.\\n\\ndepth, mass_*   as it came,\\n                in the end\\nnobody   is no member"
    >>> read(told, {"depth", "mass_g"})
    ('A bag.\\n\\nnobody   is no member', {'depth': 'as it came, in the end', 'mass_g': 'as it came, in the end'})
    """
    sentences: list[str] = []
    meanings: dict[str, str] = {}
    names: list[str] = []
    for line in inspect.cleandoc(text).splitlines():
        if found := _named(line, members):
            names, meaning = found
            meanings |= dict.fromkeys(names, meaning)
        elif names and line.startswith(" "):
            meanings |= {name: f"{meanings[name]} {line.strip()}" for name in names}
        else:
            names = []
            sentences.append(line)
    return "\n".join(sentences).strip(), meanings


def _named(line: str, members: set[str]) -> tuple[list[str], str] | None:
    """The members that a line is about, and what it says; None where it is about anything else."""
    found = _MEMBERS.match(line)
    if found is None:
        return None
    by_word = [sorted(fnmatch.filter(members, word)) for word in found[1].split(", ")]
    return ([name for names in by_word for name in names], found[2]) if all(by_word) else None


def _structs() -> dict[str, list[type[Struct]]]:
    named = defaultdict(list)
    for struct in _all(Struct):
        if struct.__module__.startswith("backend."):
            named[struct.__name__].append(struct)
    return named


def _all(struct: type[Struct]) -> Iterator[type[Struct]]:
    for each in struct.__subclasses__():
        yield each
        yield from _all(each)


def _of(name: str, schema: dict[str, Any], structs: dict[str, list[type[Struct]]]) -> type[Struct] | None:
    """The one struct that a component was made of: by its name, or its room's before it, and by its members."""
    members = set(schema.get("properties", ()))
    found = {
        struct
        for ending in (name, re.sub(r"^[A-Z][a-z0-9]+", "", name))
        for struct in structs.get(ending, ())
        if ending == name or name.lower().startswith(struct.__module__.split(".")[1])
        if members and set(struct.__struct_encode_fields__) == members
    }
    return found.pop() if len(found) == 1 else None
