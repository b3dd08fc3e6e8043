"""The farmer's door as Lighthouse judges it: a cheap phone on a slow line."""
# ruff: noqa: F811 - the poster is a fixture of the file next door

import asyncio
from pathlib import Path

from tests.console.audits import LIGHTHOUSE, from_npm, lighthouse, must_have_chromium
from tests.console.posters import Poster, poster  # noqa: F401 - a fixture

TRIES = 3
"""It measures by the clock: while other tests use the machine, the best of some counts."""


async def test_it_is_quick_and_within_everybodys_reach(poster: Poster, tmp_path: Path) -> None:
    chromium = must_have_chromium()
    await asyncio.to_thread(from_npm, tmp_path, LIGHTHOUSE)
    best = {"performance": 0, "accessibility": 0}
    for _ in range(TRIES):
        told = (await asyncio.to_thread(lighthouse, tmp_path, poster.base_url + poster.path, chromium))["categories"]
        best = {name: max(score, round(told[name]["score"] * 100)) for name, score in best.items()}
        if min(best.values()) >= 95:
            return
    raise AssertionError(best)
