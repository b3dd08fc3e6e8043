"""An instance read by its form's mapping: what kit.toml says becomes the arguments of a verb, still as plain values."""

import re
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from backend.kits.mappings import Answer, As, Consents, Constant, Files, Repeat, Source
from backend.openrosa.answers import number, point
from backend.openrosa.form_texts import shown
from backend.openrosa.instances import Instance, NamedFile
from backend.openrosa.verb_doors import Sent
from backend.people.household_tables import ConsentChannel, ConsentMethod

YES = "yes"
_BETWEEN_NAMES = re.compile(r"[、，,；;\n]+")


def answers_of(sent: Sent) -> dict[str, Any]:
    """Arguments by name; what was not answered is absent. Raises Invalid (400), which names the argument."""
    said = ((name, _value(name, source, sent)) for name, source in sent.form.mapping.arguments.items())
    return {name: value for name, value in said if value is not None}


def files_of(sent: Sent, argument: str) -> Mapping[NamedFile, str]:
    """The files that are here for an argument, with the kind that the mapping gives each."""
    source = sent.form.mapping.arguments.get(argument)
    kinds = source.files if isinstance(source, Files) else {}
    return {file: kinds[file.question] for file in sent.files if file.question in kinds}


def named_files(sent: Sent, argument: str) -> int:
    """How many files the XML names for an argument, here or not."""
    source = sent.form.mapping.arguments.get(argument)
    return len(sent.instance.files(tuple(source.files))) if isinstance(source, Files) else 0


def _value(name: str, source: Source, sent: Sent) -> Any:
    match source:
        case Answer():
            return _read(name, source, sent.instance)
        case Constant(value):
            return value
        case Files():
            return [{"photo_id": str(sent.files[file]), "kind": kind} for file, kind in files_of(sent, name).items()]
        case Consents():
            return list(_consents(source, sent))
        case Repeat():
            return list(_rows(source, sent))


def _read(name: str, answer: Answer, instance: Instance) -> Any:
    if answer.unless is not None and instance.answer(answer.unless):
        return None
    return _as(name, answer, instance.answer(answer.path))


def _as(name: str, answer: Answer, said: str | None) -> Any:
    if said == answer.empty:
        said = None
    if said is None:
        said = answer.otherwise
    return _READERS[answer.as_](said, name)


def _names(said: str) -> list[str]:
    return [name.strip() for name in _BETWEEN_NAMES.split(said) if name.strip()]


_READERS: Mapping[As, Callable[[str | None, str], Any]] = {
    As.TEXT: lambda said, _: said,
    As.DATE: lambda said, _: said,
    As.MOMENT: lambda said, _: said,
    As.WORDS: lambda said, _: None if said is None else said.split(),
    As.NAMES: lambda said, _: None if said is None else _names(said),
    As.POINT: lambda said, _: point(said),
    As.NUMBER: lambda said, name: number(said, pointer=f"/{name}"),
    As.YES_NO: lambda said, _: said == YES,
}


def _consents(source: Consents, sent: Sent) -> Iterator[dict[str, Any]]:
    """What the farmer was read out of this version of the form, and what he said; what was not asked is left out."""
    method = source.method and sent.instance.answer(source.method)
    for path, purpose in source.consents.items():
        if said := sent.instance.answer(path):
            yield {
                "purpose": purpose,
                "text_version": f"{sent.form.form_id} {sent.form.version}",
                "text_sha256": sha256(shown(sent.form.xml, path).encode()).hexdigest(),
                "given": said == YES,
                "method": method or ConsentMethod.SPOKEN,
                "channel": ConsentChannel.VISIT,
            }


def _rows(source: Repeat, sent: Sent) -> Iterator[dict[str, Any]]:
    """One for each repeat that has any answer."""
    for repeat in sent.instance.repeats(source.each):
        if repeat.everything():
            said = ((name, _below(name, field, repeat, source, sent)) for name, field in source.fields.items())
            yield {name: value for name, value in said if value is not None}


def _below(name: str, field: Answer | Constant | Files, repeat: Instance, source: Repeat, sent: Sent) -> Any:
    match field:
        case Answer():
            return _read(name, field, repeat)
        case Constant(value):
            return value
        case Files(files):
            return [
                {"photo_id": str(sent.files[file]), "kind": kind}
                for path, kind in files.items()
                for file_name in repeat.answers(path)
                if (file := NamedFile(f"{source.each}/{path}", file_name)) in sent.files
            ]
