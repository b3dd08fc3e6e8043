"""What the answers of a form become: arguments of a verb, as `[forms.<form_id>]` of kit.toml says.

[forms.visit]
verb = "recordVisit"                  # one that openrosa offers (`verbs`)
refused = "keep"                      # what the verb refuses waits and is listed; "tell": the phone keeps it

[forms.visit.arguments]
channel = "contact/channel"           # the answer at this path below the root, as text
point = { path = "contact/point", as = "point" }
topic = { path = "a/topic", otherwise = "unsure" }            # what counts where nothing was answered
campaign = { path = "a/campaign", empty = "none" }            # this answer is none
division_code = { path = "a/village", unless = "a/card" }     # left out where that other question was answered
channel = { value = "visit" }                                 # always this
photos = { files = { "photos/photo" = "scene" } }             # "" where the verb has no kinds
consents = { consents = { "consent/handling" = "handling" }, method = "consent/method" }
[forms.visit.arguments.needs]
each = "need"                         # a repeat: a table for each that has any answer
category = "category"                 # below the repeat
photo = { files = { "photo" = "" } }  # the repeat's own
"""

from collections.abc import Mapping as Named
from enum import StrEnum
from functools import lru_cache

import msgspec
from msgspec import Struct


class As(StrEnum):
    """How an answer is read. words: between spaces, as a select of several writes them; names: between 、，,；; and
    line ends; moment: RFC 3339 with offset, as dateTime is written; yes_no: `yes`, and anything else is no."""

    TEXT = "text"
    WORDS = "words"
    NAMES = "names"
    POINT = "point"
    NUMBER = "number"
    YES_NO = "yes_no"
    DATE = "date"
    MOMENT = "moment"


class Refused(StrEnum):
    """What happens to a submission that its verb refuses: kept and listed, or told to the phone and not kept."""

    KEEP = "keep"
    TELL = "tell"


class Answer(Struct, frozen=True, tag_field="from", tag="answer", omit_defaults=True, rename={"as_": "as"}):
    """The answer at a path below the root.

    empty      an answer that means none
    otherwise  what counts where there is none
    unless     left out where the question at this path was answered
    """

    path: str
    as_: As = As.TEXT
    empty: str | None = None
    otherwise: str | None = None
    unless: str | None = None


class Constant(Struct, frozen=True, tag_field="from", tag="constant"):
    """The same in every record of this form."""

    value: str


class Files(Struct, frozen=True, tag_field="from", tag="files"):
    """Questions whose answers are files: path below the root → kind, a word of the verb or empty."""

    files: dict[str, str]


class Consents(Struct, frozen=True, tag_field="from", tag="consents", omit_defaults=True):
    """Questions that ask for consent, answered yes or no: path below the root → purpose, a word of the verb. What the
    form shows there is what was read out; `method` is the path of how consent was given."""

    consents: dict[str, str]
    method: str | None = None


class Repeat(Struct, frozen=True, tag_field="from", tag="repeat"):
    """A table for each repeat at `each` that has any answer; paths of `fields` lie below the repeat."""

    each: str
    fields: dict[str, Answer | Constant | Files]


Source = Answer | Constant | Files | Consents | Repeat
"""Where an argument comes from."""


class Mapping(Struct, frozen=True):
    """One form's. `arguments` by the verb's names for them."""

    verb: str
    arguments: dict[str, Source]
    refused: Refused = Refused.KEEP


def as_json(mapping: Mapping) -> str:
    """As `kits_form.mapping` keeps it."""
    return msgspec.json.encode(mapping).decode()


@lru_cache(maxsize=256)
def of_json(text: str) -> Mapping:
    """What `as_json` wrote; read once for each text and process."""
    return msgspec.json.decode(text, type=Mapping)


def paths_of(source: Source) -> Named[str, str]:
    """Every path below the root that a source reads → the name that kit.toml says it under."""
    match source:
        case Answer(path, unless=None):
            return {path: "path"}
        case Answer(path, unless=str() as unless):
            return {path: "path", unless: "unless"}
        case Files(files):
            return dict.fromkeys(files, "files")
        case Consents(consents, method):
            return {**dict.fromkeys(consents, "consents"), **({method: "method"} if method else {})}
        case Repeat(each, fields):
            below = {f"{each}/{path}": name for name, field in fields.items() for path in paths_of(field)}
            return {each: "each", **below}
    return {}
