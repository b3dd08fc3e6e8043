"""`python -m tests.benchmarks.server [APPLICATION]`: `lianxin serve` with the floor in it, or with APPLICATION
("module:factory"). Prints its port once it answers.
"""

import socket
import sys

from backend.core import logs
from backend.core.settings import settings
from backend.serving import web
from backend.serving.listening import address_of, take
from backend.serving.stopping import leaving_in_order

FLOOR = "tests.benchmarks.floor:application"


def main() -> int:
    """Serve the database of DATABASE_URL until a signal comes."""
    application = sys.argv[1] if len(sys.argv) > 1 else FLOOR
    taken = take("127.0.0.1", 0)
    logs.configure()
    with leaving_in_order():
        return web.serve(settings(), taken, when_ready=lambda: _tell(taken), application=application)


def _tell(taken: socket.socket) -> None:
    print(address_of(taken)[1], flush=True)


if __name__ == "__main__":
    sys.exit(main())
