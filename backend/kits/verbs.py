"""The verbs that a form may become, with their arguments. The doors above offer them at import, as rooms register
what they forget: `offer(Verb("recordVisit", {"channel": Argument(ArgumentKind.TEXT, needed=True)}))`.
"""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from backend.kits.mappings import As


class ArgumentKind(StrEnum):
    """What an argument takes.

    words     a list of words or names
    files     photos and recordings, each of a kind out of `Argument.words` where the verb has kinds
    rows      a list of tables with `Argument.fields`
    consents  what was read out and what was said, for purposes out of `Argument.words`
    """

    TEXT = "text"
    WORDS = "words"
    POINT = "point"
    NUMBER = "number"
    YES_NO = "yes_no"
    DATE = "date"
    MOMENT = "moment"
    FILES = "files"
    ROWS = "rows"
    CONSENTS = "consents"


READ_AS: Mapping[ArgumentKind, frozenset[As]] = {
    ArgumentKind.TEXT: frozenset({As.TEXT}),
    ArgumentKind.WORDS: frozenset({As.WORDS, As.NAMES}),
    ArgumentKind.POINT: frozenset({As.POINT}),
    ArgumentKind.NUMBER: frozenset({As.NUMBER}),
    ArgumentKind.YES_NO: frozenset({As.YES_NO}),
    ArgumentKind.DATE: frozenset({As.DATE}),
    ArgumentKind.MOMENT: frozenset({As.MOMENT}),
}
"""How an answer may be read to be taken as this kind; the kinds that are not here come from no single answer."""


class Argument(Struct, frozen=True, kw_only=True):
    """One argument. `words`: the only ones it takes, none for any."""

    kind: ArgumentKind
    needed: bool = False
    words: frozenset[str] = frozenset()
    fields: Mapping[str, "Argument"] = {}


class Verb(Struct, frozen=True):
    """One verb, by the name of its operation. `media`: files that its door makes for each person's phone, such as
    `households.csv`; a form of this verb may choose from them."""

    name: str
    arguments: Mapping[str, Argument]
    media: frozenset[str] = frozenset()


_OFFERED: dict[str, Verb] = {}


def offer(verb: Verb) -> None:
    """At import of whoever carries it out."""
    _OFFERED[verb.name] = verb


def verb_named(name: str) -> Verb | None:
    """None where nobody offers it."""
    return _OFFERED.get(name)


def offered() -> list[str]:
    """The names of all."""
    return sorted(_OFFERED)
