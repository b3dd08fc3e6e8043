"""What the tests of this room stand on, beside the cast; tests of pure rules ask for none of it."""

import pytest

from tests.cast import Cast
from tests.laboratory.bench import Bench


@pytest.fixture
async def bench(cast: Cast) -> Bench:
    """The cast with a studio, a station below it, and who works there."""
    return await Bench.make(cast)
