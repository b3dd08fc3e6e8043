"""What SIGTERM and Ctrl-C mean: leave in order, exit code 0."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

WORDS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def leaving_in_order() -> Iterator[None]:
    """Inside: the first signal unwinds the program through its `finally`s, as SystemExit(0).

    Later signals change nothing: `make`, and whoever signals the whole group, tell us twice, and PostgreSQL must not
    be left half stopped. uvicorn takes the signals over while it serves, and raises what it caught again when it has
    served its last request: then it is ours.
    """
    before = {word: signal.signal(word, _leave) for word in WORDS}
    try:
        yield
    finally:
        for word, handler in before.items():
            signal.signal(word, handler)


def _leave(_word: int, _frame: FrameType | None) -> None:
    for word in WORDS:
        signal.signal(word, signal.SIG_IGN)
    raise SystemExit(0)
