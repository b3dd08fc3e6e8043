"""Which refusals each operation answers with, as `refusals.toml` lists them.

In the document an operation has `x-problems`, its codes by status, and for each of these statuses an answer that says
what its codes mean. What every operation shares stands once, under `x-problems` of the document itself.
"""

from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec

from backend.core.problems import TYPE_PREFIX
from backend.core.refusals import Refusal
from backend.openapi.refusing import RESPONSES

FILE = Path(__file__).with_name("refusals.toml")
_ANY_OTHER = "#/components/responses/Refused"


class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the file says. `shared`: code, and why any operation may answer it; `operations`: name, and codes."""

    shared: dict[str, str]
    operations: dict[str, tuple[str, ...]]

    def by_code(self) -> dict[str, tuple[str, ...]]:
        """The operations that list each code."""
        found: dict[str, tuple[str, ...]] = {}
        for name, codes in self.operations.items():
            found |= {code: (*found.get(code, ()), name) for code in codes}
        return found


@cache
def told() -> Told:
    """The file, read once."""
    return msgspec.toml.decode(FILE.read_bytes(), type=Told)


def kinds() -> dict[str, type[Refusal]]:
    """Every refusal of every room that is loaded, by code; where a code is said twice, the lower room's."""
    upward = sorted(_below(Refusal), key=lambda kind: kind.__module__, reverse=True)
    return dict(sorted({kind.code: kind for kind in upward}.items()))


def _below(kind: type[Refusal]) -> list[type[Refusal]]:
    return [kind, *(deeper for child in kind.__subclasses__() for deeper in _below(child))]


def tell(operation: dict[str, Any], known: dict[str, type[Refusal]]) -> None:
    """Put an operation's own into the document. `known`: what `kinds` says."""
    responses, by_status = operation["responses"], _by_status(operation["operationId"], known)
    for status, refused_with in by_status.items():
        answer = responses.get(status, {"$ref": _ANY_OTHER})
        responses[status] = answer | {"description": _words(answer["$ref"], refused_with)}
    if by_status:
        operation["x-problems"] = {status: [kind.code for kind in each] for status, each in by_status.items()}
        responses["default"] = responses.pop("default")  # last, as it is read


def _by_status(name: str, known: dict[str, type[Refusal]]) -> dict[str, list[type[Refusal]]]:
    refused_with = sorted((known[code] for code in told().operations.get(name, ())), key=_status)
    return {str(status): list(each) for status, each in groupby(refused_with, key=_status)}


def _status(kind: type[Refusal]) -> int:
    return kind.status


def _words(answer: str, refused_with: list[type[Refusal]]) -> str:
    """What the answer says of itself, where it is for one status, and a line for each code."""
    general = [] if answer == _ANY_OTHER else [RESPONSES[answer.rpartition("/")[2]]["description"] + ".", ""]
    return "\n".join(
        [*general, *(f"- [`{kind.code}`]({TYPE_PREFIX}{kind.code}) {kind.title}" for kind in refused_with)]
    )
