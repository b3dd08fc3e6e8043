"""The real application of `tests.benchmarks.antifraud`, with a provider that takes everything and notes emergencies.

HANDED names a file: a line in it for each emergency, the notice's id and when its message was handed over.
"""

import os
from pathlib import Path

from litestar import Litestar

from backend.push import outlets, policies
from backend.serving import web
from tests.benchmarks.push_worker import Taking, without_nights


def application() -> Litestar:
    """The application that `lianxin serve` serves, its worker inside."""
    taking = Taking(Path(os.environ["HANDED"]))
    policies.PUSH_POLICIES = tuple(without_nights(policy) for policy in policies.PUSH_POLICIES)
    outlets.in_use = lambda: [taking]
    return web.application()
