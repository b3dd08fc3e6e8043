"""Where in a command the mistake lies that its verb found: the verb knows only the operation's body."""

from typing import Any

from msgspec import Struct


def in_command(problem: dict[str, Any] | None, arguments: Struct) -> dict[str, Any] | None:
    """A verb's problem with pointers into the command, as those of a command that cannot be read are.

    >>> class Said(Struct):
    ...     note: str
    >>> in_command({"errors": [{"pointer": "/note", "code": "too-long"}]}, Said("…"))
    {'errors': [{'pointer': '/arguments/note', 'code': 'too-long'}]}
    """
    if not problem or "errors" not in problem:
        return problem
    errors = [each | {"pointer": _in_arguments(each["pointer"].lstrip("/"), arguments)} for each in problem["errors"]]
    return problem | {"errors": errors}


def _in_arguments(place: str, arguments: Struct) -> str:
    """An amendment has each field under `changes`, as it was and as it shall be."""
    name, _, deeper = place.partition("/")
    if name in arguments.__struct_fields__ or "changes" not in arguments.__struct_fields__:
        return f"/arguments/{place}"
    return "/".join(["/arguments/changes", name, "to", *filter(None, [deeper])])
