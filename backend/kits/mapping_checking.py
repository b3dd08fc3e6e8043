"""What kit.toml says a form becomes, held against the form and against the verb: each argument, path and word."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from msgspec import Struct

from backend.kits.form_questions import Questions, questions_of
from backend.kits.forms import Form
from backend.kits.kit_reading import Kit
from backend.kits.mappings import Answer, As, Consents, Constant, Files, Repeat, Source
from backend.kits.mistakes import Mistake, _
from backend.kits.reading import KIT_TOML
from backend.kits.toml_lines import Keys, line_at
from backend.kits.verbs import READ_AS, Argument, ArgumentKind, Verb, offered, verb_named

_COMES_FROM: Mapping[ArgumentKind, tuple[type, str]] = {
    ArgumentKind.FILES: (Files, "files"),
    ArgumentKind.CONSENTS: (Consents, "consents"),
    ArgumentKind.ROWS: (Repeat, "each"),
}


class _At(Struct, frozen=True):
    """A place in kit.toml, and the form that is looked at there."""

    kit: Kit
    questions: Questions
    keys: Keys

    def below(self, *keys: str) -> "_At":
        return _At(self.kit, self.questions, (*self.keys, *keys))

    def wrong(self, says: str, **facts: object) -> Mistake:
        return Mistake(f"{self.kit.kit_id}/{KIT_TOML}", line_at(self.kit.lines, self.keys), says, facts)


def mapping_mistakes(kit: Kit, forms: Mapping[str, Form]) -> Iterator[Mistake]:
    """Of every form that was built, and of mappings without a form."""
    by_id = {form.form_id: (path, form) for path, form in forms.items()}
    for form_id, (path, _built) in by_id.items():
        if form_id not in kit.mappings:
            says = _("{path} has the form {form}: kit.toml must say under [forms.{form}] what it becomes.")
            yield Mistake(f"{kit.kit_id}/{KIT_TOML}", None, says, {"path": path, "form": form_id})
    for form_id, mapping in kit.mappings.items():
        at = _At(kit, questions_of(by_id[form_id][1].xml) if form_id in by_id else _NOTHING, ("forms", form_id))
        if form_id not in by_id:
            yield at.wrong(_("No sheet of this kit has the form {form}."), form=form_id)
        elif (verb := verb_named(mapping.verb)) is None:
            says = _("There is no verb {verb} that a form may become. There are: {verbs}.")
            yield at.below("verb").wrong(says, verb=mapping.verb, verbs=offered())
        else:
            yield from _of_arguments(at.below("arguments"), mapping.arguments, verb)


_NOTHING = Questions((), (), (), frozenset(), ())


def _of_arguments(at: _At, said: Mapping[str, Source], verb: Verb) -> Iterator[Mistake]:
    for name, argument in verb.arguments.items():
        if argument.needed and name not in said:
            yield at.wrong(_("{verb} needs {argument}."), verb=verb.name, argument=name)
    for name, source in said.items():
        if (argument_taken := verb.arguments.get(name)) is None:
            says = _("{verb} has no argument {argument}. It has: {arguments}.")
            yield at.below(name).wrong(says, verb=verb.name, argument=name, arguments=list(verb.arguments))
        else:
            yield from _of_source(at.below(name), name, source, argument_taken)


def _of_source(at: _At, name: str, source: Source, argument: Argument, each: str = "") -> Iterator[Mistake]:
    """`each`: the repeat whose answers count, with a slash behind; none for all of the form's."""
    expected, key = _COMES_FROM.get(argument.kind, (Answer | Constant, "path"))
    if not isinstance(source, expected):
        yield at.wrong(_("{argument} is said with the key {key}."), argument=name, key=key)
        return
    paths = _below(each, at.questions.paths)
    match source:
        case Answer():
            yield from _of_answer(at, name, source, argument, paths)
        case Constant(value):
            yield from _of_words(at, [value], argument)
        case Files(files):
            no_file = _("{path} is no question whose answer is a file.")
            yield from _of_paths(at, files, _below(each, at.questions.files), no_file)
            yield from _of_words(at, files.values(), argument)
        case Consents(consents, method):
            yield from _of_paths(at, [*consents, *([method] if method else [])], paths, _NO_PATH)
            yield from _of_words(at, consents.values(), argument)
        case Repeat():
            yield from _of_repeat(at, source, argument)


def _below(each: str, paths: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(path.removeprefix(each) for path in paths if path.startswith(each))


_NO_PATH = _("The form has no answer {path}.")
_NO_PATH_BUT = _("The form has no answer {path}. Was {near} meant?")


def _of_answer(at: _At, name: str, said: Answer, argument: Argument, paths: tuple[str, ...]) -> Iterator[Mistake]:
    yield from _of_paths(at, [said.path], paths, _NO_PATH)
    yield from _of_paths(at, [said.unless] if said.unless else [], at.questions.paths, _NO_PATH)
    fitting = READ_AS[argument.kind]
    if said.as_ not in fitting:
        says = _("{argument} is read as one of: {fitting}. Write it behind as.")
        yield at.wrong(says, argument=name, fitting=[each.value for each in sorted(fitting)])
    if said.otherwise is not None and said.as_ is As.TEXT:
        yield from _of_words(at, [said.otherwise], argument)


def _of_repeat(at: _At, said: Repeat, argument: Argument) -> Iterator[Mistake]:
    if said.each not in at.questions.repeats:
        yield at.below("each").wrong(_("The form has no repeat {path}."), path=said.each)
        return
    for name, field in argument.fields.items():
        if field.needed and name not in said.fields:
            yield at.wrong(_("{verb} needs {argument}."), verb=at.keys[-1], argument=name)
    for name, source in said.fields.items():
        here = at.below(name)
        if name not in argument.fields:
            says = _("{verb} has no argument {argument}. It has: {arguments}.")
            yield here.wrong(says, verb=at.keys[-1], argument=name, arguments=list(argument.fields))
        else:
            yield from _of_source(here, name, source, argument.fields[name], f"{said.each}/")


def _of_paths(at: _At, said: Iterable[str], paths: tuple[str, ...], says: str) -> Iterator[Mistake]:
    for path in said:
        if path not in paths:
            near = get_close_matches(path, paths, n=1)
            if near and says is _NO_PATH:
                yield at.wrong(_NO_PATH_BUT, path=path, near=near[0])
            else:
                yield at.wrong(says, path=path)


def _of_words(at: _At, said: Iterable[str], argument: Argument) -> Iterator[Mistake]:
    for word in said:
        if argument.words and word not in argument.words:
            yield at.wrong(_("{word} is not one of: {words}."), word=word, words=sorted(argument.words))
