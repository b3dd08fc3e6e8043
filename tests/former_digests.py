"""A server as it was until 2026-11-23, when a record was kept with a digest of all fields, said or not."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from backend.core import creates


@contextmanager
def kept_formerly() -> Iterator[None]:
    """What is kept in here is kept with the former digest, by whoever says `creates.digest`."""
    with pytest.MonkeyPatch.context() as before:
        before.setattr(creates, "digest", creates.former_digest)
        yield
