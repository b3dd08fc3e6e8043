"""Whether this process was told to leave. What would stay open for ever (a live stream) looks here now and then."""

_begun = False


def begin() -> None:
    """The web server has been told to leave: what it began is answered, and nothing else."""
    global _begun
    _begun = True


def begun() -> bool:
    """Whether `begin` was called in this process."""
    return _begun
