"""Keeping backend/openapi/refusals.toml: which refusals the tests see an operation answer with.

    REFUSALS_SEEN=/tmp/seen .venv/bin/python -m pytest -q -p tests.spec.refusals_seen tests/visits
    .venv/bin/python -m tests.spec.refusals_seen /tmp/seen

The first notes each refusal that an operation answers over HTTP, and each that leaves a verb within `pytest.raises`.
The second adds what the file lacks, and names what it lists and nobody saw: after a run of everything, what no test
says any more. A verb's refusal is an operation's where no other operation calls this verb: routes catch nothing.
"""

import inspect
import os
import sys
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from traceback import walk_tb
from types import FunctionType, ModuleType, TracebackType
from typing import Any

import pytest

Seen = set[tuple[str, str]]
OPERATIONS = "[operations]\n"


def pytest_configure() -> None:
    """Note from here on: one line each, `operation code` or `module.function,module.function code`."""
    from tests.spec import answers

    answers.is_listed = _answered
    pytest.RaisesExc.__exit__ = _raised(pytest.RaisesExc.__exit__)  # type: ignore[method-assign]


def _answered(operation: dict[str, Any], code: str) -> bool:
    _note(operation["operationId"], code)
    return True


def _raised(leave: Callable[..., bool]) -> Callable[..., bool]:
    from backend.core.refusals import Refusal

    def left(self: Any, kind: Any, raised: BaseException | None, trace: TracebackType | None) -> bool:
        if isinstance(raised, Refusal):
            through = (f"{frame.f_globals['__name__']}.{frame.f_code.co_name}" for frame, _ in walk_tb(trace))
            _note(",".join(through), raised.code)
        return leave(self, kind, raised, trace)

    return left


def _note(who: str, code: str) -> None:
    with Path(os.environ["REFUSALS_SEEN"]).open("a", encoding="utf-8") as file:
        file.write(f"{who} {code}\n")


def read(lines: Iterable[str], verbs: dict[str, str]) -> Seen:
    """Operations and codes, out of what was noted.

    >>> noted = ["getCase cases/gone", "tests.cases.test_lists.test_far,backend.cases.lists.get cases/far"]
    >>> sorted(read(noted, {"backend.cases.lists.get": "getCase"}))
    [('getCase', 'cases/far'), ('getCase', 'cases/gone')]
    """
    noted = [line.split() for line in sorted(set(lines))]
    of_verbs = {(verbs[each], code) for who, code in noted for each in who.split(",") if each in verbs}
    return of_verbs | {(who, code) for who, code in noted if "." not in who}


def verbs_of_one_operation() -> dict[str, str]:
    """Each function that the handler of exactly one operation calls, and the operation."""
    from tests.application import whole_house
    from tests.spec.promises import operations

    called: dict[str, set[str]] = defaultdict(set)
    for handler in (each for route in whole_house().routes for each in getattr(route, "route_handlers", ())):
        if handler.operation_id in operations():  # not a page, which calls the same verbs
            for name in _called(inspect.unwrap(handler.fn)):
                called[name].add(handler.operation_id)
    return {name: next(iter(by)) for name, by in called.items() if len(by) == 1}


def _called(handler: FunctionType) -> Iterator[str]:
    """What a handler's code names: functions of its module, and of modules that it names."""
    names, known = handler.__code__.co_names, handler.__globals__
    places = [known, *(vars(known[name]) for name in names if isinstance(known.get(name), ModuleType))]
    for found in (place.get(name) for place in places for name in names):
        if inspect.isfunction(found) and found.__module__.startswith("backend."):
            verb = inspect.unwrap(found)
            yield f"{verb.__module__}.{verb.__name__}"


def with_lines(text: str, seen: Seen, shared: Iterable[str]) -> str:
    """The file's text with what was seen, sorted.

    >>> print(with_lines('[operations]\\ngetCase = [\\n  "a/b",\\n]\\n', {("getCase", "a/a"), ("add", "s/s")}, ["s/s"]))
    [operations]
    getCase = [
      "a/a",
      "a/b",
    ]
    <BLANKLINE>
    """
    blocks: dict[str, list[str]] = defaultdict(list)
    for name, code in sorted(_listed(text) | {each for each in seen if each[1] not in shared}):
        blocks[name].append(f'  "{code}",\n')
    head = text.partition(OPERATIONS)[0]
    return head + OPERATIONS + "".join(f"{name} = [\n{''.join(codes)}]\n" for name, codes in blocks.items())


def _listed(text: str) -> Seen:
    return {(name, code) for name, codes in tomllib.loads(text)["operations"].items() for code in codes}


def main(notes: Path) -> None:
    """Add what was seen; say what was not."""
    from backend.openapi.refusals import FILE, told

    before = FILE.read_text(encoding="utf-8")
    seen = read(notes.read_text(encoding="utf-8").splitlines(), verbs_of_one_operation())
    after = with_lines(before, seen, told().shared)
    FILE.write_text(after, encoding="utf-8")
    print(f"{len(_listed(after)) - len(_listed(before))} added to {FILE}; not seen:")
    print("\n".join(f"  {name} {code}" for name, code in sorted(_listed(before) - seen)) or "  none")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
